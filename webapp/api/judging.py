"""What is assigned to the juror who is signed in: read, the question about conflicts, the own scorecard."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from marshmallow import RAISE, Schema, fields

from juri.core.errors import ActionRefused, InputRefused
from juri.core.judging.conflicts import accept_assignment, declare_conflict
from juri.core.judging.queue import OwnAssignment, find_own, own_stages, read_queue, require_open_to_read
from juri.core.judging.scorecards import prepare_by_track, submit_scorecard
from juri.core.scoring.rubric import Question
from juri.core.sheets import answers_as_json
from juri.webapp.api.routing import Told, read_body, read_key, read_version, resource
from juri.webapp.api.schemas import (
    AssignmentsOut,
    DeclarationIn,
    DeclarationOut,
    ScorecardIn,
    ScorecardOut,
    ScorecardReceiptOut,
    SheetOut,
)
from juri.webapp.desk import desk
from juri.webapp.forms import AnswerBody
from juri.webapp.juror.worksheet import Worksheet, read_content, read_stored, worksheet_of
from juri.webapp.own_work import DECLARES, HAS_QUEUE, SCORES, SEES, own_work

NEEDED = "needed"
PATH = "/editions/<edition>/stages/<stage>/assignments/<entry>"


@resource("/editions/<edition>/assignments", needs=HAS_QUEUE, answer=AssignmentsOut)
def assignments(edition: str) -> Any:
    """List everything that you are to score in an edition, in your own order."""
    person = desk().actor.person
    with desk().reading() as session:
        running = desk().running(session, edition)
        stages = [each.stage for each in own_stages(session, person) if each.edition == edition]
        told = [
            _assignment(stage, item) for stage in stages for item in read_queue(session, running, stage, person).items
        ]
    return {"edition": edition, "assignments": told}


@resource(PATH, needs=SEES, answer=SheetOut)
def assignment(edition: str, stage: str, entry: str) -> Any:
    """Read what an entry says and what you are asked, once you said that there is no conflict."""
    sheet = _open(edition, stage, entry)
    with desk().reading() as session:
        answers = read_content(session, sheet)
    told = _assignment(stage, sheet.own)
    return {**told, "answers": answers, "questions": [_question(each) for each in sheet.asked]}


@resource(f"{PATH}/declaration", needs=DECLARES, method="POST", answer=DeclarationOut, body=DeclarationIn)
def declare(edition: str, stage: str, entry: str) -> Any:
    """Say whether you have a conflict of interest with an entry: it opens the entry, or takes it off your list."""
    body, by = read_body(DeclarationIn()), desk().actor
    with desk().reading() as session:
        own = find_own(session, edition, stage, entry, by.person)
        running = desk().running(session, edition)
    with desk().writing() as session:
        if body["conflict"]:
            declare_conflict(session, running, own.juror, entry, body["reason"], by=by)
        else:
            accept_assignment(session, running, stage, entry, own.juror, by=by)
    with desk().reading() as session:
        return {"status": find_own(session, edition, stage, entry, by.person).status}


@resource(f"{PATH}/scorecard", needs=SCORES, answer=ScorecardOut)
def scorecard(edition: str, stage: str, entry: str) -> Any:
    """Read your own scorecard; its ETag begins with the version that a write must name."""
    sheet = _open(edition, stage, entry)
    with desk().reading() as session:
        stored = read_stored(session, sheet)
    own = sheet.own
    told = {
        "stage": stage,
        "entry": entry,
        "state": own.card,
        "version": own.version,
        "answers": answers_as_json(stored.answers),
        "total": own.total,
        "total_exact": own.total,
        "saved_at": stored.at,
    }
    return Told(told, version=own.version)


@resource(
    f"{PATH}/scorecard", needs=SCORES, method="PUT", answer=ScorecardReceiptOut, body=ScorecardIn, key=NEEDED,
    versioned=True,
)  # fmt: skip
def save_scorecard(edition: str, stage: str, entry: str) -> Any:
    """Keep your scorecard as a draft; what is open may stay open, what is written must be on its scale."""
    return _write(edition, stage, entry, finish=False)


@resource(
    f"{PATH}/scorecard/submit", needs=SCORES, method="POST", answer=ScorecardReceiptOut, body=ScorecardIn, key=NEEDED,
    versioned=True,
)  # fmt: skip
def submit_own_scorecard(edition: str, stage: str, entry: str) -> Any:
    """Send your complete scorecard, or a correction of it, while the stage is open."""
    return _write(edition, stage, entry, finish=True)


def _open(edition: str, stage: str, entry: str) -> Worksheet:
    """Put the worksheet of an own assignment together, once the question about conflicts is answered."""
    work = own_work(edition, stage, entry)
    require_open_to_read(work.own)
    return worksheet_of(work.running, work.stage, work.gate, work.own)


def _write(edition: str, stage: str, entry: str, *, finish: bool) -> dict[str, Any]:
    sheet = _open(edition, stage, entry)
    key, body = read_key(needed=True), read_body(_schema(sheet.asked))
    version = read_version(body)
    _require_no_draft_over_what_was_sent(sheet, version, finish=finish)
    own = sheet.own
    where = {"track": own.track, "category": own.category, "stage": stage, "entry": entry, "juror": own.juror}
    try:
        prepared = prepare_by_track(sheet.running, **where, answers=body["answers"], draft=not finish)
    except InputRefused as refused:
        raise InputRefused(_below_answers(refused, sheet.asked)) from refused
    with desk().writing() as session:
        written = submit_scorecard(session, sheet.running, prepared, by=desk().actor, version=version, key=key)
    total = None if prepared.total is None else Fraction(prepared.total)
    return {"state": prepared.state, "version": written.version, "total": total, "total_exact": total}


def _require_no_draft_over_what_was_sent(sheet: Worksheet, version: int, *, finish: bool) -> None:
    if not finish and sheet.own.card == "submitted" and sheet.own.version == version:
        raise ActionRefused(["this scorecard was sent already; send it again to correct it"], code="already_sent")


def _below_answers(refused: InputRefused, asked: Sequence[Question]) -> Iterable[Any]:
    criteria = {question.criterion for question in asked}
    return (
        replace(each, field=f"answers.{each.field}") if each.field in criteria else each for each in refused.problems
    )


def _schema(asked: Sequence[Question]) -> Schema:
    """Build the schema of a rubric's scorecard from its questions; what it does not ask is refused."""
    answers = Schema.from_dict({each.criterion: fields.Nested(AnswerBody, unknown=RAISE) for each in asked})
    return ScorecardIn.from_dict({"answers": fields.Nested(answers, required=True, unknown=RAISE)})(unknown=RAISE)


def _assignment(stage: str, own: OwnAssignment) -> dict[str, Any]:
    named = ("entry", "title", "entrant", "track", "category", "status", "version", "total")
    return {"stage": stage, "total_exact": own.total, **{name: getattr(own, name) for name in named}}


def _question(question: Question) -> dict[str, Any]:
    scale = question.scale
    is_range = not scale.levels and not scale.choices
    return {
        "criterion": question.criterion,
        "text": question.text,
        "minimum": scale.minimum if is_range else None,
        "maximum": scale.maximum if is_range else None,
        "step": scale.step if is_range else None,
        "levels": scale.levels,
        "choices": scale.choices,
        "na_allowed": question.na_allowed,
        "comment_required": question.comment_required,
        "reasons": question.reasons,
        "min_words": question.min_words,
    }
