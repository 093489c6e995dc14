"""Entries as rules may see them: who is alive in a stage, and the facts of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from juri.core.document import StageSpec
from juri.core.editions.verbs import Running
from juri.core.entries.model import EntryRow, Organization, PastAwardRow
from juri.core.view import EntryFacts, PastAward

ALIVE = frozenset({"submitted", "eligible", "advanced", "awarded"})
IN_REGISTRATION = ALIVE | {"drafted", "at_local_admin"}


def alive_entries(
    session: Session, running: Running, stage: StageSpec, *, states: frozenset[str] = ALIVE
) -> Sequence[EntryRow]:
    """Return the entries that take part in a stage, by code: those in ``states``, of its tracks.

    Entries that this very stage stopped take part in it too, so that a closed stage can be looked at again.
    """
    statement = select(EntryRow).where(
        EntryRow.edition_id == running.id, or_(EntryRow.state.in_(states), EntryRow.stopped_in == stage.id)
    )
    if stage.tracks:
        statement = statement.where(EntryRow.track.in_(stage.tracks))
    return session.scalars(statement.order_by(EntryRow.code)).all()


def facts_of(session: Session, running: Running, entries: Iterable[EntryRow]) -> tuple[EntryFacts, ...]:
    """Turn entries into facts, with their entrant's name, cluster and region."""
    rows = list(entries)
    wanted = {row.organization_id for row in rows}
    places = {place.id: place for place in session.scalars(select(Organization).where(Organization.id.in_(wanted)))}
    return tuple(_facts(row, places[row.organization_id]) for row in rows)


def award_history(session: Session, running: Running) -> tuple[PastAward, ...]:
    """Return every title won before, but those of this edition itself."""
    rows = session.scalars(select(PastAwardRow).where(PastAwardRow.edition != running.slug).order_by(PastAwardRow.id))
    return tuple(
        PastAward(row.competition, row.edition, row.year, row.award, row.entrant, row.title, row.track) for row in rows
    )


def _facts(row: EntryRow, place: Organization) -> EntryFacts:
    return EntryFacts(
        code=row.code,
        title=row.title,
        entrant=place.name,
        track=row.track,
        category=row.category,
        cluster=place.cluster,
        region=place.region,
        answers=row.answers,
        people=tuple(row.people),
        submitted_at=row.submitted_at,
    )
