"""Scorecards that were filled on paper: one person types them, another confirms that they say what the paper says.

What is typed counts nothing until it is confirmed. Who confirms cannot change it: a sheet that is not right is
rejected, and typed anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session

from juri.core.audit.trail import record
from juri.core.editions.gate import find_stage, hold_open, hold_stage
from juri.core.editions.model import StageRow
from juri.core.editions.verbs import Running
from juri.core.entries.facts import ALIVE
from juri.core.entries.model import EntryRow
from juri.core.errors import ActionRefused, InputRefused, NotFound
from juri.core.judging.loads import OUT
from juri.core.judging.model import AssignmentRow, JurorRow, PaperSheetRow, ScorecardRow
from juri.core.judging.panels import find_juror
from juri.core.judging.scorecards import PreparedSheet, prepare_scorecard, submit_scorecard
from juri.core.lifecycle import move
from juri.core.policy import Actor, Subject, require
from juri.core.scoring.rubric import Answer
from juri.core.sheets import answers_from_json
from juri.core.storage.natural import naturally
from juri.core.storage.session import WriteSession

TYPED = "typed"
"""The state of a sheet that waits for a second person."""


@dataclass(frozen=True)
class PaperSheet:
    """One typed sheet. ``version`` is that of the scorecard which its writer saw: 0 where nothing was there.

    ``looked_by`` is who confirmed, rejected or took it back; empty while it waits.
    """

    number: int
    entry: str
    title: str
    track: str
    category: str
    juror: str
    state: str
    answers: Mapping[str, Answer]
    version: int
    typed_by: str
    typed_at: datetime
    looked_by: str
    reason: str


def type_sheet(session: WriteSession, running: Running, sheet: PreparedSheet, *, by: Actor, version: int) -> int:
    """Put down a sheet from paper, to be confirmed by somebody else; returns its number.

    Args:
        session: the transaction.
        running: the edition.
        sheet: from ``prepare_scorecard``; complete, not a draft.
        by: who types.
        version: that of the scorecard which the writer saw; it is checked again when the sheet is confirmed.

    Raises:
        InputRefused: the sheet is a draft.
        ActionRefused: the actor may not, the stage is not open, the juror was taken off, the scorecard has another
            version by now, or a sheet of it waits to be confirmed already.

    """
    require(by, "paper.type", Subject(running.slug, stage=sheet.stage))
    if sheet.score is None:
        raise InputRefused.at("answers", "a sheet from paper is typed whole: what is a draft stays on paper", "draft")
    stage, moment = hold_open(session, running.id, sheet.stage)
    assignment, stored = _hold(session, running, stage, sheet.entry, sheet.juror)
    if assignment.state in OUT:
        raise ActionRefused([f"{sheet.juror} is recused from {sheet.entry}"], code="conflict_of_interest")
    if stored != version:
        raise ActionRefused([_changed(sheet.juror, sheet.entry, stored)], code="version_conflict")
    waiting = session.scalar(select(PaperSheetRow.id).where(
        PaperSheetRow.assignment_id == assignment.id, PaperSheetRow.state == TYPED))  # fmt: skip
    if waiting is not None:
        raise ActionRefused([f"a sheet of {sheet.juror} for {sheet.entry} waits to be confirmed already"], code="waits")
    row = PaperSheetRow(
        assignment_id=assignment.id, state=TYPED,
        answers={name: dict(answer) for name, answer in sheet.answers.items()},
        rubric_hash=sheet.rubric_hash, version=version, typed_by=by.name, typed_at=moment, looked_by="", reason="",
    )  # fmt: skip
    session.add(row)
    session.flush()
    _note(session, _place(running, stage, sheet), row, by, {"total": sheet.total or ""})
    return row.id


def confirm_sheet(session: WriteSession, running: Running, number: int, *, by: Actor) -> PaperSheet:
    """Say that a typed sheet is what the paper says: from now on it is the juror's scorecard.

    Raises:
        NotFound: there is no such sheet in this edition.
        ActionRefused: the actor may not or typed it, it does not wait any more, the stage is not open, or the
            scorecard was changed since it was typed.
        InputRefused: the rubric was changed since, and the sheet does not fit it.

    """
    stage, row, sheet = _look_at(session, running, number, by, in_time=True)
    prepared = prepare_scorecard(
        session, running, stage=stage.key, entry=sheet.entry, juror=sheet.juror, answers=dict(row.answers)
    )
    if prepared.rubric_hash != row.rubric_hash:
        raise ActionRefused(["the rubric was changed since the sheet was typed; reject it and type it again"])
    _, stored = _hold(session, running, stage, sheet.entry, sheet.juror)
    if stored != row.version:
        raise ActionRefused([_changed(sheet.juror, sheet.entry, stored)], code="version_conflict")
    move(row, "paper", "confirmed")
    row.looked_by = by.name
    _note(session, _place(running, stage, sheet), row, by, {"typed_by": row.typed_by})
    why = f"from paper, typed by {row.typed_by}, confirmed by {by.name}"
    submit_scorecard(session, running, prepared, by=by, version=row.version, reason=why, right="paper.confirm")
    return sheet


def reject_sheet(session: WriteSession, running: Running, number: int, *, by: Actor, reason: str) -> PaperSheet:
    """Say that a typed sheet is not what the paper says: it counts nothing, and is typed anew.

    Raises:
        InputRefused: no reason is given.
        NotFound, ActionRefused: as ``confirm_sheet``.

    """
    if not reason.strip():
        raise InputRefused.at("reason", "say what is not as it stands on the paper", "missing")
    stage, row, sheet = _look_at(session, running, number, by, in_time=False)
    move(row, "paper", "rejected")
    row.looked_by, row.reason = by.name, reason.strip()
    _note(session, _place(running, stage, sheet), row, by, {"typed_by": row.typed_by, "reason": row.reason})
    return sheet


def withdraw_sheet(session: WriteSession, running: Running, number: int, *, by: Actor) -> PaperSheet:
    """Take back a sheet that one typed oneself and that nobody has looked at yet.

    Raises:
        NotFound: there is no such sheet in this edition.
        ActionRefused: the actor did not type it, or it does not wait any more.

    """
    key = _stage_of(session, running, number)
    require(by, "paper.type", Subject(running.slug, stage=key))
    stage, row, sheet = _held_sheet(session, running, key, number, in_time=False)
    if row.typed_by != by.name:
        raise ActionRefused([f"only {row.typed_by} takes back what they typed; others confirm or reject it"])
    move(row, "paper", "withdrawn")
    row.looked_by = by.name
    _note(session, _place(running, stage, sheet), row, by, {})
    return sheet


@dataclass(frozen=True)
class PaperRow:
    """One scorecard of a juror that could come on paper; ``card`` is its state, empty where nothing was written."""

    entry: str
    title: str
    track: str
    category: str
    card: str
    version: int
    is_waiting: bool


def paper_rows(session: Session, running: Running, stage: str, juror: str) -> tuple[PaperRow, ...]:
    """Return the scorecards that a juror is to fill in a stage, by entry; what was taken off is left out.

    Raises:
        NotFound: there is no such juror.

    """
    find_juror(session, running, juror)
    row = find_stage(session, running.id, stage)
    waiting = exists().where(PaperSheetRow.assignment_id == AssignmentRow.id, PaperSheetRow.state == TYPED)
    found = session.execute(
        select(EntryRow.code, EntryRow.title, EntryRow.track, EntryRow.category, func.coalesce(ScorecardRow.state, ""),
               func.coalesce(ScorecardRow.version, 0), waiting)
        .select_from(AssignmentRow)
        .join(EntryRow, EntryRow.id == AssignmentRow.entry_id)
        .join(JurorRow, JurorRow.id == AssignmentRow.juror_id)
        .outerjoin(ScorecardRow, ScorecardRow.assignment_id == AssignmentRow.id)
        .where(AssignmentRow.stage_id == row.id, JurorRow.code == juror, AssignmentRow.state.not_in(OUT),
               EntryRow.state.in_(ALIVE))
        .order_by(*naturally(EntryRow.code))
    )  # fmt: skip
    return tuple(PaperRow(*each) for each in found)


def waiting_sheets(session: Session, running: Running, stage: str) -> tuple[PaperSheet, ...]:
    """Return the sheets of a stage that wait for a second person, as they were typed."""
    row = find_stage(session, running.id, stage)
    found = session.execute(_of(row.id).where(PaperSheetRow.state == TYPED).order_by(PaperSheetRow.id))
    return tuple(_sheet(*each) for each in found)


def find_sheet(session: Session, running: Running, stage: str, number: int) -> PaperSheet:
    """Return a typed sheet of a stage, whatever became of it.

    Raises:
        NotFound: there is none of that number in this stage.

    """
    row = find_stage(session, running.id, stage)
    found = session.execute(_of(row.id).where(PaperSheetRow.id == number)).first()
    if found is None:
        raise NotFound("sheet", str(number), f"in stage {stage}")
    return _sheet(*found)


def rejected_sheets(session: Session, running: Running, stage: str, juror: str) -> tuple[PaperSheet, ...]:
    """Return the newest sheet of each scorecard of a juror, where it was rejected: what is to be typed anew."""
    row = find_stage(session, running.id, stage)
    newest = select(func.max(PaperSheetRow.id)).group_by(PaperSheetRow.assignment_id)
    found = session.execute(
        _of(row.id).where(JurorRow.code == juror, PaperSheetRow.id.in_(newest), PaperSheetRow.state == "rejected")
    )
    return tuple(_sheet(*each) for each in found)


def _of(stage_id: int) -> Select[PaperSheetRow, str, str, str, str, str]:
    return (
        select(PaperSheetRow, EntryRow.code, EntryRow.title, EntryRow.track, EntryRow.category, JurorRow.code)
        .join(AssignmentRow, AssignmentRow.id == PaperSheetRow.assignment_id)
        .join(EntryRow, EntryRow.id == AssignmentRow.entry_id)
        .join(JurorRow, JurorRow.id == AssignmentRow.juror_id)
        .where(AssignmentRow.stage_id == stage_id)
    )


def _sheet(row: PaperSheetRow, *named: str) -> PaperSheet:
    entry, title, track, category, juror = named
    answers = answers_from_json(row.answers)
    return PaperSheet(
        row.id,
        entry,
        title,
        track,
        category,
        juror,
        row.state,
        answers,
        row.version,
        row.typed_by,
        row.typed_at,
        row.looked_by,
        row.reason,
    )


def _look_at(
    session: WriteSession, running: Running, number: int, by: Actor, *, in_time: bool
) -> tuple[StageRow, PaperSheetRow, PaperSheet]:
    """Hold a sheet for its second person; what waits may be put away after the deadline, too."""
    key = _stage_of(session, running, number)
    require(by, "paper.confirm", Subject(running.slug, stage=key))
    stage, row, sheet = _held_sheet(session, running, key, number, in_time=in_time)
    if row.typed_by == by.name:
        raise ActionRefused(["you typed this sheet yourself; somebody else looks at it"], code="same_person")
    return stage, row, sheet


def _stage_of(session: WriteSession, running: Running, number: int) -> str:
    """Return the stage to which a sheet belongs.

    Raises:
        NotFound: there is no such sheet in this edition.

    """
    key = session.scalar(
        select(StageRow.key)
        .join(AssignmentRow, AssignmentRow.stage_id == StageRow.id)
        .join(PaperSheetRow, PaperSheetRow.assignment_id == AssignmentRow.id)
        .where(StageRow.edition_id == running.id, PaperSheetRow.id == number)
    )
    if key is None:
        raise NotFound("sheet", str(number), f"in edition {running.slug}")
    return key


def _held_sheet(
    session: WriteSession, running: Running, key: str, number: int, *, in_time: bool
) -> tuple[StageRow, PaperSheetRow, PaperSheet]:
    stage = hold_stage(session, running.id, key, alone=False)
    if in_time:
        hold_open(session, running.id, key)
    held = _of(stage.id).where(PaperSheetRow.id == number).with_for_update(of=PaperSheetRow)
    row, *named = session.execute(held.execution_options(populate_existing=True)).one()
    return stage, row, _sheet(row, *named)


def _hold(
    session: WriteSession, running: Running, stage: StageRow, entry: str, juror: str
) -> tuple[AssignmentRow, int]:
    """Hold an assignment; returns it with the version of its scorecard."""
    found = session.execute(
        select(AssignmentRow, func.coalesce(ScorecardRow.version, 0))
        .join(EntryRow, EntryRow.id == AssignmentRow.entry_id)
        .join(JurorRow, JurorRow.id == AssignmentRow.juror_id)
        .outerjoin(ScorecardRow, ScorecardRow.assignment_id == AssignmentRow.id)
        .where(AssignmentRow.stage_id == stage.id, EntryRow.code == entry, JurorRow.code == juror)
        .with_for_update(of=AssignmentRow)
    ).first()
    if found is None:
        raise NotFound("assignment", f"{juror} to {entry}", f"in stage {stage.key} of {running.slug}")
    return found[0], found[1]


def _changed(juror: str, entry: str, version: int) -> str:
    return f"the scorecard of {juror} for {entry} is at version {version} by now; look at it again"


def _note(session: WriteSession, place: str, row: PaperSheetRow, by: Actor, detail: Mapping[str, str]) -> None:
    session.flush()
    record(
        session, by=by.name, action=f"paper.{_ACTS[row.state]}", subject=place, detail={"number": str(row.id), **detail}
    )


def _place(running: Running, stage: StageRow, sheet: PreparedSheet | PaperSheet) -> str:
    return f"{running.slug}/{stage.key}/{sheet.entry}/{sheet.juror}"


_ACTS = {TYPED: "type", "confirmed": "confirm", "rejected": "reject", "withdrawn": "withdraw"}
