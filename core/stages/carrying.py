"""Carrying a sealed stage out: entries go on or stop, titles are given; and taking it back when it is reopened."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from juri.core.editions.model import StageRow
from juri.core.editions.verbs import Running
from juri.core.entries.facts import ALIVE, IN_REGISTRATION
from juri.core.entries.model import EntryRow
from juri.core.extension import StageKind
from juri.core.judging.conflicts import apply_conflicts
from juri.core.judging.model import AssignmentRow
from juri.core.lifecycle import move
from juri.core.results.model import AwardRow
from juri.core.stages.holding import entry_ids
from juri.core.storage.session import WriteSession
from juri.core.view import ADVANCE, AwardProposal, Outcome, Proposal


def lapse_unfinished(session: WriteSession, row: StageRow) -> None:
    """Let the assignments without a sheet lapse when their stage closes."""
    for assignment in session.scalars(_assignments(row, "offered", "accepted")).all():
        move(assignment, "assignment", "lapsed")


def carry_out(
    session: WriteSession, running: Running, row: StageRow, kind: StageKind, decided: Mapping[str, Proposal]
) -> None:
    """Move every entry as it was decided, into the states that the stage's kind names.

    An entry that went out meanwhile (stopped by another stage, withdrawn, disqualified) stays out.
    """
    taking_part = IN_REGISTRATION if kind.takes_entries else ALIVE
    for entry in session.scalars(_entries(running).where(EntryRow.state.in_(taking_part))).all():
        decision = decided.get(entry.code)
        if decision is not None and decision.outcome != ADVANCE:
            move(entry, "entry", kind.stops_as)
            entry.stopped_in = row.key
        elif decision is not None and entry.state not in {kind.advances_as, "awarded"}:
            move(entry, "entry", kind.advances_as)


def give_awards(session: WriteSession, running: Running, row: StageRow, outcome: Outcome) -> None:
    """Store the titles of a sealed stage and mark the entries that won one and are still in the race.

    A title may also go to an entry that was stopped later (a finalist that did not win); it stays stopped.
    """
    ids = entry_ids(session, running)
    winners = set()
    for award in outcome.awards:
        session.add(AwardRow(stage_id=row.id, round=row.revision, entry_id=ids.get(award.entry), **_award(award)))
        winners.add(award.entry)
    for entry in session.scalars(_entries(running).where(EntryRow.code.in_(winners))).all():
        if entry.state in ALIVE - {"awarded"}:
            move(entry, "entry", "awarded")


def _award(award: AwardProposal) -> dict[str, Any]:
    return {name: value for name, value in award.__dict__.items() if name != "entry"}


def bring_back(session: WriteSession, running: Running, row: StageRow, kind: StageKind) -> None:
    """Give the entries that this stage stopped the state back that they had in it, and assignments their chance.

    Entries that won a title in it lose it; conflicts that were declared since it was sealed take effect.
    """
    before = "drafted" if kind.takes_entries else _state_before(session, running, row)
    for entry in session.scalars(_entries(running).where(EntryRow.stopped_in == row.key)).all():
        entry.stopped_in = ""
        move(entry, "entry", before)
    titles = select(AwardRow.entry_id).where(AwardRow.stage_id == row.id, AwardRow.round == row.revision)
    for entry in session.scalars(_entries(running).where(EntryRow.id.in_(titles), EntryRow.state == "awarded")).all():
        if not _won_elsewhere(session, row, entry):
            move(entry, "entry", kind.advances_as)
    apply_conflicts(session, row.id)
    for assignment in session.scalars(_assignments(row, "lapsed")).all():
        move(assignment, "assignment", "offered")


def _won_elsewhere(session: Session, row: StageRow, entry: EntryRow) -> bool:
    """Tell whether an entry holds a title of another stage, in the round that is in force there."""
    titles = select(AwardRow.id).join(StageRow, StageRow.id == AwardRow.stage_id)
    other = titles.where(AwardRow.entry_id == entry.id, StageRow.id != row.id, StageRow.revision == AwardRow.round)
    return session.scalars(other).first() is not None


def _entries(running: Running) -> Select[EntryRow]:
    """Lock entries and read them afresh: somebody may withdraw one at this moment."""
    own = select(EntryRow).where(EntryRow.edition_id == running.id).order_by(EntryRow.id)
    return own.with_for_update().execution_options(populate_existing=True)


def _assignments(row: StageRow, *states: str) -> Select[AssignmentRow]:
    own = select(AssignmentRow).where(AssignmentRow.stage_id == row.id, AssignmentRow.state.in_(states))
    return own.order_by(AssignmentRow.id).with_for_update().execution_options(populate_existing=True)


def _state_before(session: Session, running: Running, row: StageRow) -> str:
    earlier = session.scalars(
        select(StageRow.kind)
        .where(StageRow.edition_id == running.id, StageRow.position < row.position)
        .order_by(StageRow.position.desc())
    ).first()
    return "submitted" if earlier is None else running.registry.find(StageKind, earlier).advances_as
