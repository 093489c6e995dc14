"""Entries as rules may see them: who is alive in a stage, and the facts of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from juri.core.document import StageSpec
from juri.core.editions.verbs import Running
from juri.core.entries.model import EntryRow, Organization, PastAwardRow
from juri.core.storage.natural import naturally
from juri.core.view import EntryFacts, PastAward

ALIVE = frozenset({"submitted", "eligible", "advanced", "awarded"})
IN_REGISTRATION = ALIVE | {"drafted", "at_local_admin"}


def alive_entries(
    session: Session, running: Running, stage: StageSpec, *, states: frozenset[str] = ALIVE
) -> Sequence[EntryRow]:
    """Return the entries that take part in a stage, by code: those in ``states``, of its tracks.

    Entries that this very stage stopped take part in it too, so that a closed stage can be looked at again. This is for
    verbs that change them; ``alive_facts`` and ``alive_titles`` read what is shown in a fraction of the time.
    """
    return session.scalars(select(EntryRow).where(*alive_in(running, stage, states)).order_by(EntryRow.code)).all()


def alive_facts(
    session: Session, running: Running, stage: StageSpec, *, states: frozenset[str] = ALIVE
) -> tuple[EntryFacts, ...]:
    """Return the facts of the entries that ``alive_entries`` finds."""
    return facts_where(session, *alive_in(running, stage, states))


def alive_titles(session: Session, running: Running, stage: StageSpec) -> dict[str, str]:
    """Return the titles of the entries that ``alive_entries`` finds, by code, in the order of people."""
    named = select(EntryRow.code, EntryRow.title).where(*alive_in(running, stage))
    found = session.execute(named.order_by(*naturally(EntryRow.code)))
    return {code: title for code, title in found}  # noqa: C416  a row is no pair to the type checker


def alive_in(running: Running, stage: StageSpec, states: frozenset[str] = ALIVE) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions by which ``alive_entries`` finds entries."""
    here = (EntryRow.edition_id == running.id, or_(EntryRow.state.in_(states), EntryRow.stopped_in == stage.id))
    return (*here, EntryRow.track.in_(stage.tracks)) if stage.tracks else here


def facts_where(session: Session, *conditions: ColumnElement[bool]) -> tuple[EntryFacts, ...]:
    """Return the facts of the entries for which all conditions hold, by code: columns, since many are read at once."""
    found = session.execute(
        select(
            EntryRow.code,
            EntryRow.title,
            Organization.name,
            EntryRow.track,
            EntryRow.category,
            Organization.cluster,
            Organization.region,
            EntryRow.answers,
            EntryRow.submitted_at,
            EntryRow.people,
        )
        .join(Organization, Organization.id == EntryRow.organization_id)
        .where(*conditions)
        .order_by(EntryRow.code)
    )
    return tuple(
        EntryFacts(code, title, entrant, track, category, cluster, region, answers, at, tuple(people))
        for code, title, entrant, track, category, cluster, region, answers, at, people in found
    )


def facts_of(session: Session, running: Running, entries: Iterable[EntryRow]) -> tuple[EntryFacts, ...]:
    """Turn entries into facts, with their entrant's name, cluster and region."""
    rows = list(entries)
    wanted = {row.organization_id for row in rows}
    places = {place.id: place for place in session.scalars(select(Organization).where(Organization.id.in_(wanted)))}
    return tuple(_facts(row, places[row.organization_id]) for row in rows)


def award_history(session: Session, running: Running) -> tuple[PastAward, ...]:
    """Return every title won before, but those of this edition itself."""
    won = PastAwardRow
    columns = (won.competition, won.edition, won.year, won.award, won.entrant, won.title, won.track)
    found = session.execute(select(*columns).where(won.edition != running.slug).order_by(won.id))
    return tuple(PastAward(*row) for row in found)


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
