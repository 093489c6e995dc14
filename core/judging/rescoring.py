"""Scoring sheets again by a rubric that was changed while its stage is open: as new revisions, none overwritten."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction

from sqlalchemy import select

from juri.core.audit.trail import record
from juri.core.editions.gate import find_stage
from juri.core.editions.verbs import Running
from juri.core.entries.model import EntryRow
from juri.core.errors import InputRefused, Problem
from juri.core.extension import RubricKind
from juri.core.judging.model import AssignmentRow, ScorecardRevision, ScorecardRow
from juri.core.judging.scorecards import rubric_of
from juri.core.lifecycle import move
from juri.core.policy import Actor
from juri.core.registry import Registry
from juri.core.scoring.rubric import OVERALL, Answer, Rubric, Score
from juri.core.sheets import answers_as_json, answers_from_json, asked_by, score_sheet
from juri.core.storage.database import database_now
from juri.core.storage.session import WriteSession


@dataclass(frozen=True)
class Rescored:
    """A filled sheet under another rubric: the answers that it still takes, and what they are worth.

    ``score`` is None where the sheet is not complete any more; ``problems`` say why.
    """

    answers: Mapping[str, Answer]
    score: Score | None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Counts:
    """How many sheets were scored again, and how many went back to their jurors as drafts."""

    scored: int
    returned: int


def score_again(registry: Registry, rubric: Rubric, answers: Mapping[str, Answer]) -> Rescored:
    """Work out what a filled sheet is worth by another rubric; what that does not ask is left out.

    Raises:
        PluginError: the rubric's kind broke down.

    """
    kind = registry.find(RubricKind, rubric.kind)
    owner = registry.owner("rubric_kinds", rubric.kind)
    asked = {question.criterion for question in asked_by(kind, rubric, owner)}
    still = {name: answer for name, answer in answers.items() if name in asked}
    try:
        return Rescored(still, score_sheet(kind, rubric, still, owner))
    except InputRefused as refused:
        wrong = {problem.field for problem in refused.problems} - {OVERALL}
        return Rescored({name: still[name] for name in still if name not in wrong}, None, refused.problems)


def rescore_stage(session: WriteSession, running: Running, key: str, *, by: Actor, reason: str) -> Counts:
    """Score every sheet of an open stage by the rubric now in force; the caller holds the stage alone.

    A sheet that the rubric does not take as complete becomes a draft again, with the answers that still hold; so does
    a draft that holds an answer which is not asked any more.

    Args:
        session: the caller's writing transaction, in which the document was revised.
        running: the edition with its new document.
        key: the stage.
        by: who revised.
        reason: why; it stands in every new revision.

    """
    stage = find_stage(session, running.id, key)
    moment, scored, returned = database_now(session), 0, 0
    for stored in _stored(session, stage.id):
        rubric = rubric_of(running, running.stage(key), stored.track, stored.category)
        again = score_again(running.registry, rubric, stored.answers)
        made = _made_by(running.registry, rubric) | {"written_by": by.name, "reason": reason}
        if stored.head.state == "submitted":
            _keep(session, stored, again, made, moment)
            scored, returned = scored + (again.score is not None), returned + (again.score is None)
        elif len(again.answers) < len(stored.answers):
            _keep(session, stored, replace(again, score=None), made, moment)
    session.flush()
    detail = {"scored": str(scored), "returned": str(returned), "reason": reason}
    record(session, by=by.name, action="scorecard.rescore", subject=f"{running.slug}/{key}", detail=detail)
    return Counts(scored, returned)


def _made_by(registry: Registry, rubric: Rubric) -> dict[str, str]:
    kind, owner = registry.find(RubricKind, rubric.kind), registry.owner("rubric_kinds", rubric.kind)
    return {"rubric_hash": rubric.content_hash, "kind_version": f"{kind.name} {kind.version} ({owner})"}


@dataclass(frozen=True)
class _Stored:
    """A scorecard with its answers in force."""

    head: ScorecardRow
    assignment: AssignmentRow
    track: str
    category: str
    answers: Mapping[str, Answer]


def _stored(session: WriteSession, stage_id: int) -> list[_Stored]:
    found = session.execute(
        select(ScorecardRow, AssignmentRow, EntryRow.track, EntryRow.category, ScorecardRevision.answers)
        .join(AssignmentRow, AssignmentRow.id == ScorecardRow.assignment_id)
        .join(EntryRow, EntryRow.id == AssignmentRow.entry_id)
        .join(
            ScorecardRevision,
            (ScorecardRevision.assignment_id == ScorecardRow.assignment_id)
            & (ScorecardRevision.version == ScorecardRow.version),
        )
        .where(AssignmentRow.stage_id == stage_id, AssignmentRow.state.not_in(("conflict", "recused")))
        .order_by(ScorecardRow.assignment_id)
        .execution_options(populate_existing=True)
    )
    return [
        _Stored(head, assignment, track, category, answers_from_json(told))
        for head, assignment, track, category, told in found
    ]


def _keep(session: WriteSession, stored: _Stored, again: Rescored, made: Mapping[str, str], at: datetime) -> None:
    """Write a sheet as a new revision, and let its head and its assignment say what it is now."""
    head, score = stored.head, again.score
    total = None if score is None else Fraction(score.total)
    head.version += 1
    head.state = "draft" if score is None else "submitted"
    head.total_numerator = None if total is None else total.numerator
    head.total_denominator = None if total is None else total.denominator
    if score is None and stored.assignment.state == "done":
        move(stored.assignment, "assignment", "accepted")
    lines = () if score is None else score.lines
    session.add(
        ScorecardRevision(
            assignment_id=head.assignment_id,
            version=head.version,
            state=head.state,
            answers=answers_as_json(again.answers),
            points={line.criterion: str(Fraction(line.points)) for line in lines},
            total=None if total is None else str(total),
            passed=None if score is None else score.passed,
            at=at,
            **made,
        )
    )
