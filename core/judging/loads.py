"""How much each juror has to do and has done, and whom a conflict keeps from what: an organiser's view of a panel."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from juri.core.editions.model import StageRow
from juri.core.editions.verbs import Running
from juri.core.entries.facts import ALIVE
from juri.core.entries.listing import entry_labels
from juri.core.entries.model import EntryRow, Organization, Person
from juri.core.judging.conflicts import forbidden_pairs
from juri.core.judging.model import AssignmentRow, ConflictRow, JurorRow, ScorecardRevision, ScorecardRow
from juri.core.storage.natural import natural_key, naturally

OUT = ("conflict", "recused")
"""States of an assignment in which the juror is not to score."""

SENT = ("submitted", "locked")
"""States of a scorecard that counts."""


@dataclass(frozen=True)
class Load:
    """How far a juror is in one stage.

    ``drafts`` of the sheets that are left were begun; ``out`` counts what was taken off, ``conflicts`` of it because of
    a conflict of interest.
    """

    stage: str
    asked: int
    sent: int
    drafts: int
    out: int
    conflicts: int
    last: datetime | None

    @property
    def left(self) -> int:
        """Return how many sheets are missing."""
        return self.asked - self.sent


@dataclass(frozen=True)
class Seat:
    """A juror in a panel, with the load in each stage that asks for something."""

    code: str
    name: str
    email: str
    panel: str
    organization: str
    weight: int
    categories: tuple[str, ...]
    active: bool
    loads: tuple[Load, ...]

    def total(self, what: str) -> int:
        """Add up a figure over the stages: ``asked``, ``sent``, ``left``, ``drafts``, ``out`` or ``conflicts``."""
        return sum(getattr(load, what) for load in self.loads)

    @property
    def last(self) -> datetime | None:
        """Return when the juror last wrote something."""
        return max((load.last for load in self.loads if load.last), default=None)


def panel_seats(session: Session, running: Running, *, stage: str = "") -> tuple[Seat, ...]:
    """Return the jurors of the edition by panel and code, with their loads in one stage or in all."""
    loads = _loads(session, running, stage)
    found = session.execute(
        select(JurorRow, Person.name, Person.email, Organization.name)
        .join(Person, Person.id == JurorRow.person_id)
        .outerjoin(Organization, Organization.id == Person.organization_id)
        .where(JurorRow.edition_id == running.id)
        .order_by(JurorRow.panel, *naturally(JurorRow.code))
    )
    return tuple(
        Seat(
            row.code,
            name,
            email,
            row.panel,
            place or "",
            row.weight,
            tuple(row.categories),
            row.active,
            loads.get(row.id, ()),
        )
        for row, name, email, place in found
    )


def _loads(session: Session, running: Running, stage: str) -> Mapping[int, tuple[Load, ...]]:
    asked = AssignmentRow.state.not_in(OUT) & ((StageRow.state != "open") | EntryRow.state.in_(ALIVE))
    last = select(ScorecardRevision.assignment_id, func.max(ScorecardRevision.at).label("at"))
    written = last.group_by(ScorecardRevision.assignment_id).subquery()
    counted = (
        select(
            AssignmentRow.juror_id,
            StageRow.key,
            func.sum(case((asked, 1), else_=0)),
            func.sum(case((asked & ScorecardRow.state.in_(SENT), 1), else_=0)),
            func.sum(case((asked & (ScorecardRow.state == "draft"), 1), else_=0)),
            func.sum(case((AssignmentRow.state.in_(OUT), 1), else_=0)),
            func.sum(case((AssignmentRow.state == "conflict", 1), else_=0)),
            func.max(written.c.at),
        )
        .join(StageRow, StageRow.id == AssignmentRow.stage_id)
        .join(EntryRow, EntryRow.id == AssignmentRow.entry_id)
        .outerjoin(ScorecardRow, ScorecardRow.assignment_id == AssignmentRow.id)
        .outerjoin(written, written.c.assignment_id == AssignmentRow.id)
        .where(StageRow.edition_id == running.id)
        .group_by(AssignmentRow.juror_id, StageRow.key, StageRow.position)
        .order_by(StageRow.position)
    )
    statement = counted.where(StageRow.key == stage) if stage else counted
    found: dict[int, tuple[Load, ...]] = defaultdict(tuple)
    for juror, key, wanted, sent, drafts, off, conflicts, at in session.execute(statement):
        load = Load(key, int(wanted), int(sent), int(drafts), int(off), int(conflicts), at)
        found[juror] = (*found[juror], load)
    return found


def juror_names(session: Session, running: Running) -> dict[str, str]:
    """Return the names of the jurors of an edition, by code."""
    found = (
        select(JurorRow.code, Person.name)
        .join(Person, Person.id == JurorRow.person_id)
        .where(JurorRow.edition_id == running.id)
    )
    return {code: name for code, name in session.execute(found)}  # noqa: C416  a row is no pair to the type checker


@dataclass(frozen=True)
class KnownConflict:
    """Why a juror must not score an entry; ``reason`` is what the juror said, where it was declared."""

    juror: str
    entry: str
    title: str
    entrant: str
    kind: str
    panel: str
    reason: str = ""
    at: datetime | None = None


def known_conflicts(session: Session, running: Running) -> tuple[KnownConflict, ...]:
    """Return every conflict of the edition, declared or found by rule, by panel, juror and entry."""
    jurors = session.scalars(select(JurorRow).where(JurorRow.edition_id == running.id, JurorRow.active)).all()
    said = _said(session, running)
    labels = entry_labels(session, running)
    found = [
        KnownConflict(
            juror,
            entry,
            labels[entry].title,
            labels[entry].entrant,
            kind,
            panel,
            *said.get((entry, juror), ()),
        )
        for panel in sorted({juror.panel for juror in jurors})
        for seats in [[juror for juror in jurors if juror.panel == panel]]
        for (entry, juror), kind in forbidden_pairs(session, running, panel, seats).items()
        if juror in {seat.code for seat in seats}
    ]
    return tuple(sorted(found, key=lambda each: (each.panel, natural_key(each.juror), natural_key(each.entry))))


def _said(session: Session, running: Running) -> dict[tuple[str, str], tuple[str, datetime]]:
    rows = session.execute(
        select(EntryRow.code, JurorRow.code, ConflictRow.reason, ConflictRow.at)
        .join(EntryRow, EntryRow.id == ConflictRow.entry_id)
        .join(JurorRow, JurorRow.id == ConflictRow.juror_id)
        .where(JurorRow.edition_id == running.id)
    )
    return {(entry, juror): (reason, at) for entry, juror, reason, at in rows}
