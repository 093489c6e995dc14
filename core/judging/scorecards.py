"""Scorecards: immutable revisions under an optimistic version, accepted only while the stage is open.

A sheet is checked and scored before the write begins (``prepare_scorecard``), so that the write lock is held for a
handful of statements only (``submit_scorecard``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from juri.core.audit.trail import record
from juri.core.document import StageSpec
from juri.core.editions.gate import enter_open
from juri.core.editions.model import EditionRow, StageRow
from juri.core.editions.verbs import Running, require_in_force
from juri.core.entries.model import EntryRow
from juri.core.errors import ActionRefused, Conflict, InputRefused, NotFound
from juri.core.extension import RubricKind, StageKind
from juri.core.judging.model import AssignmentRow, JurorRow, ScorecardRevision, ScorecardRow
from juri.core.lifecycle import next_state
from juri.core.policy import Actor, Subject, require
from juri.core.scoring.rubric import UNNAMED_OVERALL, Rubric, Score
from juri.core.sheets import answers_as_json, read_answers, rubric_in, score_sheet
from juri.core.storage.base import table_of
from juri.core.storage.idempotency import once
from juri.core.storage.limits import LARGEST_BIG_INTEGER, require_storable
from juri.core.storage.prepared import Prepared, by_name
from juri.core.storage.session import WriteSession
from juri.core.storage.types import iso_utc


@dataclass(frozen=True)
class PreparedSheet:
    """A checked and scored sheet, ready to be written. ``score`` is None for a draft.

    ``revision`` is that of the document by whose rubric it was scored.
    """

    stage: str
    entry: str
    juror: str
    answers: Mapping[str, Mapping[str, str]]
    score: Score | None
    rubric_hash: str
    kind_version: str
    revision: int

    @property
    def state(self) -> str:
        """Return the state that the scorecard will have."""
        return "draft" if self.score is None else "submitted"

    @property
    def total(self) -> str | None:
        """Return the exact total as a fraction's text."""
        return None if self.score is None else str(Fraction(self.score.total))


@dataclass(frozen=True)
class Written:
    """A sheet that was written: the version that it became, and when, by the clock of the database."""

    version: int
    at: datetime


@dataclass(frozen=True)
class _Held:
    """What the write needs to know, read under the gate. ``assignment`` is the whole row."""

    assignment: Mapping[str, Any]
    person_id: int
    version: int
    head_state: str | None

    @property
    def assignment_id(self) -> int:
        """Return the number of the assignment."""
        return int(self.assignment["id"])

    @property
    def state(self) -> str:
        """Return the state of the assignment."""
        return str(self.assignment["state"])


def rubric_of(running: Running, stage: StageSpec, track: str, category: str) -> Rubric:
    """Return the rubric that a stage uses for the entries of a track and a category.

    Raises:
        NotFound: the stage names no rubric for it.

    """
    name = _rubric_id(stage, track)
    if name not in running.edition.rubrics:
        raise NotFound("rubric", name, f"the stage '{stage.id}' names none for the track '{track}'")
    rubric = running.edition.rubrics[name]
    kind, owner = running.registry.find(RubricKind, rubric.kind), running.registry.owner("rubric_kinds", rubric.kind)
    return rubric_in(kind, rubric, category, owner)


def overall_name(running: Running, stage: StageSpec, track: str) -> str:
    """Return what the overall comment of a sheet is called in plain text: as its rubric says, or by our own words."""
    rubric = running.edition.rubrics.get(_rubric_id(stage, track))
    return (rubric and rubric.overall and rubric.overall.name) or UNNAMED_OVERALL


def _rubric_id(stage: StageSpec, track: str) -> str:
    named: Any = stage.options.get("rubric")
    return (named.get(track) if isinstance(named, Mapping) else named) or ""


def prepare_scorecard(
    session: Session,
    running: Running,
    *,
    stage: str,
    entry: str,
    juror: str,
    answers: Mapping[str, Any],
    draft: bool = False,
) -> PreparedSheet:
    """Check what a juror typed against the stage's rubric and work out the exact total; writes nothing.

    Raises:
        InputRefused: a score is missing, foreign, unreadable or off its scale; every problem with its criterion.
        ActionRefused: the stage takes no scorecards.

    """
    wanted = select(EntryRow.track, EntryRow.category).where(EntryRow.edition_id == running.id, EntryRow.code == entry)
    found = session.execute(wanted).first()
    if found is None:
        raise NotFound("entry", entry, f"in edition {running.slug}")
    place = {"track": found.track, "category": found.category, "stage": stage, "entry": entry, "juror": juror}
    return prepare_by_track(running, **place, answers=answers, draft=draft)


def prepare_by_track(
    running: Running,
    *,
    track: str,
    category: str,
    stage: str,
    entry: str,
    juror: str,
    answers: Mapping[str, Any],
    draft: bool = False,
) -> PreparedSheet:
    """Do the same for an entry whose track and category are known, without asking the database.

    Raises:
        InputRefused: as ``prepare_scorecard``.
        ActionRefused: as ``prepare_scorecard``.

    """
    spec = running.stage(stage)
    if not running.registry.find(StageKind, spec.kind).judged:
        raise ActionRefused([f"the stage '{stage}' is a {spec.kind}; it takes no scorecards"])
    rubric = rubric_of(running, spec, track, category)
    kind = running.registry.find(RubricKind, rubric.kind)
    owner = running.registry.owner("rubric_kinds", rubric.kind)
    read = read_answers(kind, rubric, answers, complete=not draft, owner=owner)
    score = None if draft else score_sheet(kind, rubric, read, owner)
    if score is not None:
        _require_storable(score)
    version = f"{kind.name} {kind.version} ({owner})"
    told = answers_as_json(read)
    return PreparedSheet(stage, entry, juror, told, score, rubric.content_hash, version, running.revision)


def submit_scorecard(
    session: WriteSession,
    running: Running,
    sheet: PreparedSheet,
    *,
    by: Actor,
    version: int,
    key: str = "",
    reason: str = "",
    right: str = "scorecard.write",
) -> Written:
    """Write a sheet as a new revision while the stage is open.

    Args:
        session: the caller's writing transaction.
        running: the edition.
        sheet: from ``prepare_scorecard``.
        by: the juror, or an operator who types a paper form in.
        version: the version that the writer saw; 0 for the first.
        key: the client's idempotency key: sending the same write again has one effect and the same answer.
        reason: why a submitted sheet is changed.
        right: the right by which the actor writes; another than the juror's own where paper is confirmed.

    Raises:
        Conflict: somebody wrote meanwhile; carries what is stored and what was sent.
        ActionRefused: the stage is not open, its deadline has passed, or the assignment is in conflict.

    """
    if not key:
        return _write(session, running, sheet, by=by, version=version, reason=reason, right=right)

    def write() -> dict[str, Any]:
        written = _write(session, running, sheet, by=by, version=version, reason=reason, right=right)
        return {"version": written.version, "at": iso_utc(written.at)}

    body = {"sheet": [sheet.stage, sheet.entry, sheet.juror, sheet.state], "answers": _plain(sheet), "version": version}
    reply = once(session, actor=by.name, key=key, body=body, do=write)
    return Written(reply["version"], datetime.fromisoformat(reply["at"]))


def version_of(session: Session, running: Running, stage: str, entry: str, juror: str) -> int:
    """Return the version of a scorecard: 0 where nothing was written yet."""
    found = session.scalar(
        select(ScorecardRow.version)
        .join(AssignmentRow, AssignmentRow.id == ScorecardRow.assignment_id)
        .join(StageRow, StageRow.id == AssignmentRow.stage_id)
        .join(JurorRow, JurorRow.id == AssignmentRow.juror_id)
        .join(EntryRow, EntryRow.id == AssignmentRow.entry_id)
        .where(StageRow.edition_id == running.id, StageRow.key == stage, EntryRow.code == entry, JurorRow.code == juror)
    )
    return found or 0


def _write(
    session: WriteSession, running: Running, sheet: PreparedSheet, *, by: Actor, version: int, reason: str, right: str
) -> Written:
    stage_id, moment = enter_open(session, running.id, sheet.stage)
    held = _hold_assignment(session, running, stage_id, sheet)
    conflicted = held.state in {"conflict", "recused"}
    require(by, right, Subject(running.slug, person=held.person_id, conflicted=conflicted, stage=sheet.stage))
    if conflicted:
        raise ActionRefused(
            [f"{sheet.juror} is recused from {sheet.entry}; the sheet is not taken"], code="conflict_of_interest"
        )
    if held.version != version:
        raise _conflict(session, held, sheet)
    if held.head_state is not None:
        next_state("scorecard", held.head_state, sheet.state)
    _store(session, held, sheet, by=by, reason=reason, moment=moment)
    _mark(session, held, "accepted" if sheet.score is None else "done")
    subject = f"{running.slug}/{sheet.stage}/{sheet.entry}/{sheet.juror}"
    detail = {"version": str(version + 1), "total": sheet.total or "", "reason": reason}
    record(session, by=by.name, action=f"scorecard.{sheet.state}", subject=subject, detail=detail, at=moment)
    return Written(version + 1, moment)


def _hold_assignment(session: WriteSession, running: Running, stage_id: int, sheet: PreparedSheet) -> _Held:
    """Lock the assignment, so that two writers of one scorecard come one after the other."""
    place = {"stage": stage_id, "edition": running.id, "juror": sheet.juror, "entry": sheet.entry}
    found = _HELD.first(session, place)
    if found is None:
        raise NotFound("assignment", f"{sheet.juror} to {sheet.entry}", f"in stage {sheet.stage}")
    *assignment, person, revision = found
    _require_prepared_by(running, sheet, revision)
    row = dict(zip(_assignments.c.keys(), assignment, strict=True))
    head = _HEAD.first(session, {"assignment": row["id"]})
    return _Held(row, person, head.version if head else 0, head.state if head else None)


def _require_prepared_by(running: Running, sheet: PreparedSheet, revision: int) -> None:
    """Refuse a sheet that was scored by a rubric which is not in force any more."""
    require_in_force(running, revision)
    if sheet.revision != revision:
        raise ActionRefused(
            [f"the edition '{running.slug}' was revised meanwhile; look at the form again"], code="revised_meanwhile"
        )


def _store(
    session: WriteSession, held: _Held, sheet: PreparedSheet, *, by: Actor, reason: str, moment: datetime
) -> None:
    total = None if sheet.score is None else Fraction(sheet.score.total)
    head = {
        "assignment_id": held.assignment_id,
        "state": sheet.state,
        "version": held.version + 1,
        "total_numerator": None if total is None else total.numerator,
        "total_denominator": None if total is None else total.denominator,
    }
    revision = {
        "assignment_id": held.assignment_id,
        "version": held.version + 1,
        "state": sheet.state,
        "answers": _plain(sheet),
        "points": {}
        if sheet.score is None
        else {line.criterion: str(Fraction(line.points)) for line in sheet.score.lines},
        "total": sheet.total,
        "passed": None if sheet.score is None else sheet.score.passed,
        "rubric_hash": sheet.rubric_hash,
        "kind_version": sheet.kind_version,
        "written_by": by.name,
        "reason": reason,
        "at": moment,
    }
    require_storable(_revisions, revision)
    if held.version == 0:
        _FIRST_HEAD.rows(session, head)
    else:
        _NEXT_HEAD.rows(session, {"assignment": held.assignment_id, **head})
    number = _REVISION.rows(session, revision)[0].id
    session.touch(_heads, head)
    session.touch(_revisions, {"id": number, **revision})


_assignments, _heads, _revisions = table_of(AssignmentRow), table_of(ScorecardRow), table_of(ScorecardRevision)
_jurors, _entries, _editions = table_of(JurorRow), table_of(EntryRow), table_of(EditionRow)
_HELD = Prepared(
    select(_assignments, _jurors.c.person_id, _editions.c.revision)
    .select_from(_assignments)
    .join(_jurors, _jurors.c.id == _assignments.c.juror_id)
    .join(_entries, _entries.c.id == _assignments.c.entry_id)
    .join(_editions, _editions.c.id == _entries.c.edition_id)
    .where(
        _assignments.c.stage_id == bindparam("stage"),
        _jurors.c.edition_id == bindparam("edition"),
        _jurors.c.code == bindparam("juror"),
        _entries.c.edition_id == bindparam("edition"),
        _entries.c.code == bindparam("entry"),
    )
    .with_for_update(of=_assignments)
)
_MARKED = Prepared(
    update(_assignments).where(_assignments.c.id == bindparam("assignment")).values(by_name(_assignments, "state"))
)
_HEAD = Prepared(select(_heads.c.version, _heads.c.state).where(_heads.c.assignment_id == bindparam("assignment")))
_FIRST_HEAD = Prepared(insert(_heads))
_NEXT_HEAD = Prepared(update(_heads).where(_heads.c.assignment_id == bindparam("assignment")).values(by_name(_heads)))
_REVISION = Prepared(
    insert(_revisions)
    .values(by_name(_revisions, *(each.name for each in _revisions.columns if not each.primary_key)))
    .returning(_revisions.c.id)
)


def _mark(session: WriteSession, held: _Held, to: str) -> None:
    """Let the assignment say what its sheet is: done when submitted, accepted again when taken back into a draft."""
    if held.state == to:
        return
    marked = {**held.assignment, "state": next_state("assignment", held.state, to)}
    _MARKED.rows(session, {"assignment": held.assignment_id, "state": marked["state"]})
    session.touch(_assignments, marked)


def _conflict(session: Session, held: _Held, sheet: PreparedSheet) -> Conflict:
    theirs = session.scalar(
        select(ScorecardRevision.answers).where(
            ScorecardRevision.assignment_id == held.assignment_id, ScorecardRevision.version == held.version
        )
    )
    reason = f"the scorecard of {sheet.juror} for {sheet.entry} is at version {held.version} by now"
    return Conflict(reason, theirs=theirs, yours=_plain(sheet), version=held.version)


def _plain(sheet: PreparedSheet) -> dict[str, dict[str, str]]:
    return {name: dict(answer) for name, answer in sheet.answers.items()}


def _require_storable(score: Score) -> None:
    total = Fraction(score.total)
    if max(abs(total.numerator), total.denominator) > LARGEST_BIG_INTEGER:
        raise InputRefused.at("total", "the total has more digits than the database keeps exactly; use fewer decimals")
