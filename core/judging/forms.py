"""Scorecards as forms: what is still to be filled in, and what a juror has filled in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from juri.core.editions.gate import find_stage
from juri.core.editions.model import StageRow
from juri.core.editions.verbs import Running
from juri.core.entries.model import EntryRow, Organization
from juri.core.entries.verbs import find_entry
from juri.core.errors import ActionRefused, NotFound
from juri.core.extension import RubricKind, StageKind
from juri.core.judging.model import AssignmentRow, JurorRow, ScorecardRevision, ScorecardRow
from juri.core.judging.panels import find_juror
from juri.core.judging.scorecards import PreparedSheet, overall_name, rubric_of
from juri.core.scoring.rubric import Answer, Question
from juri.core.sheets import answers_from_json, asked_by
from juri.core.storage.natural import naturally


@dataclass(frozen=True)
class EmptyForm:
    """One scorecard to fill in: whose, of which entry, and the ids of the criteria that it asks."""

    entry: str
    juror: str
    title: str
    entrant: str
    track: str
    asks: tuple[str, ...]


@dataclass(frozen=True)
class FormSet:
    """Forms with every question that any of them asks, in reading order."""

    forms: tuple[EmptyForm, ...]
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class Revision:
    """One scorecard as it was sent. ``total`` is exact, as a fraction's text; None for a draft."""

    version: int
    state: str
    total: str | None
    answers: Mapping[str, Answer]
    points: Mapping[str, str]
    written_by: str
    reason: str
    at: datetime


@dataclass(frozen=True)
class Filled:
    """What a juror filled in for an entry: every revision, the newest last, and the assignment's state.

    ``overall`` is what the overall comment of the sheet is called.
    """

    entry: str
    title: str
    juror: str
    assignment: str
    revisions: tuple[Revision, ...]
    overall: str


def empty_forms(session: Session, running: Running, stage: str, *, juror: str = "", again: bool = False) -> FormSet:
    """Return the forms of the assignments of a stage, for one juror or for all.

    Args:
        session: a reading session.
        running: the edition.
        stage: a judged stage.
        juror: a juror's code; empty for all.
        again: whether those that are submitted already are wanted, too.

    Raises:
        ActionRefused: the stage takes no scorecards, or there is nothing to fill in.

    """
    spec = running.stage(stage)
    if not running.registry.find(StageKind, spec.kind).judged:
        raise ActionRefused([f"the stage '{stage}' is a {spec.kind}; it takes no scorecards"])
    if juror:
        find_juror(session, running, juror)
    asked: dict[tuple[str, str], tuple[Question, ...]] = {}
    forms = []
    for entry, code, title, entrant, track, category in _assigned(session, running, stage, juror, again=again):
        if (track, category) not in asked:
            asked[track, category] = _questions(running, stage, track, category)
        ids = tuple(question.criterion for question in asked[track, category])
        forms.append(EmptyForm(entry, code, title, entrant, track, ids))
    if not forms:
        whose = f"juror '{juror}'" if juror else "anybody"
        raise ActionRefused([f"no scorecard of {whose} is open in '{stage}': assign first, or ask for all forms"])
    questions = {question.criterion: question for own in asked.values() for question in own}
    with_overall_last = sorted(questions.values(), key=lambda each: each.is_overall)
    return FormSet(tuple(forms), tuple(with_overall_last))


def find_filled(session: Session, running: Running, stage: str, entry: str, juror: str) -> Filled:
    """Return everything that a juror sent for an entry.

    Raises:
        NotFound: there is no such entry, juror or assignment.

    """
    spec = running.stage(stage)
    row, person = find_entry(session, running, entry), find_juror(session, running, juror)
    assignment = session.scalar(
        select(AssignmentRow).where(
            AssignmentRow.stage_id == find_stage(session, running.id, stage).id,
            AssignmentRow.entry_id == row.id,
            AssignmentRow.juror_id == person.id,
        )
    )
    if assignment is None:
        raise NotFound("assignment", f"{juror} to {entry}", f"in stage {stage}")
    revisions = session.scalars(
        select(ScorecardRevision)
        .where(ScorecardRevision.assignment_id == assignment.id)
        .order_by(ScorecardRevision.version)
    )
    overall = overall_name(running, spec, row.track)
    return Filled(entry, row.title, juror, assignment.state, tuple(map(_revision, revisions)), overall)


def newest_revision(session: Session, running: Running, stage: str, entry: str, juror: str) -> Revision | None:
    """Return what a juror sent last for an entry; None where nothing was sent, or nothing is assigned."""
    place = {"edition": running.id, "stage": stage, "entry": entry, "juror": juror}
    row = session.scalars(_NEWEST, place).first()
    return None if row is None else _revision(row)


def says_the_same(revision: Revision | None, sheet: PreparedSheet) -> bool:
    """Tell whether a revision says exactly what a prepared sheet says."""
    if revision is None or (revision.state, revision.total) != (sheet.state, sheet.total):
        return False
    return revision.answers == answers_from_json(sheet.answers)


_REVISIONS = (
    select(ScorecardRevision)
    .join(AssignmentRow, AssignmentRow.id == ScorecardRevision.assignment_id)
    .join(StageRow, StageRow.id == AssignmentRow.stage_id)
    .join(JurorRow, JurorRow.id == AssignmentRow.juror_id)
    .join(EntryRow, EntryRow.id == AssignmentRow.entry_id)
    .where(
        StageRow.edition_id == bindparam("edition"),
        StageRow.key == bindparam("stage"),
        EntryRow.code == bindparam("entry"),
        JurorRow.code == bindparam("juror"),
    )
)
_NEWEST = _REVISIONS.order_by(ScorecardRevision.version.desc()).limit(1)


def _revision(row: ScorecardRevision) -> Revision:
    answers = answers_from_json(row.answers)
    return Revision(row.version, row.state, row.total, answers, row.points, row.written_by, row.reason, row.at)


def _questions(running: Running, stage: str, track: str, category: str) -> tuple[Question, ...]:
    rubric = rubric_of(running, running.stage(stage), track, category)
    return asked_by(running.registry.find(RubricKind, rubric.kind), rubric)


def _assigned(
    session: Session, running: Running, stage: str, juror: str, *, again: bool
) -> list[tuple[str, str, str, str, str, str]]:
    statement = (
        select(EntryRow.code, JurorRow.code, EntryRow.title, Organization.name, EntryRow.track, EntryRow.category)
        .select_from(AssignmentRow)
        .join(EntryRow, EntryRow.id == AssignmentRow.entry_id)
        .join(Organization, Organization.id == EntryRow.organization_id)
        .join(JurorRow, JurorRow.id == AssignmentRow.juror_id)
        .outerjoin(ScorecardRow, ScorecardRow.assignment_id == AssignmentRow.id)
        .where(
            AssignmentRow.stage_id == find_stage(session, running.id, stage).id,
            AssignmentRow.state.not_in(("conflict", "recused")),
        )
        .order_by(*naturally(JurorRow.code), *naturally(EntryRow.code))
    )
    if juror:
        statement = statement.where(JurorRow.code == juror)
    if not again:
        statement = statement.where(ScorecardRow.state.is_(None) | (ScorecardRow.state == "draft"))
    return [(*each,) for each in session.execute(statement)]
