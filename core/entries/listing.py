"""Entries as lists: found by state, track, category, cluster and words, and never more than the reader may see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, false, func, or_, select, true
from sqlalchemy.orm import Session

from juri.core.editions.model import EditionRow
from juri.core.editions.verbs import Running
from juri.core.entries.model import EntryRow, Organization
from juri.core.errors import InputRefused
from juri.core.policy import Actor, Subject, may
from juri.core.storage.natural import naturally

PAGE = 50
"""So many entries stand on a page."""

SORTS: Mapping[str, tuple[Any, ...]] = {
    "code": naturally(EntryRow.code),
    "title": (func.lower(EntryRow.title), *naturally(EntryRow.code)),
    "entrant": (func.lower(Organization.name), *naturally(EntryRow.code)),
    "state": (EntryRow.state, *naturally(EntryRow.code)),
}


@dataclass(frozen=True)
class EntryFilter:
    """Which entries are wanted; an empty text is any. ``words`` must all stand in code, title or entrant."""

    state: str = ""
    track: str = ""
    category: str = ""
    cluster: str = ""
    words: str = ""
    sort: str = "code"
    page: int = 1


@dataclass(frozen=True)
class EntryLine:
    """One entry of a list."""

    code: str
    title: str
    entrant: str
    cluster: str
    region: str
    track: str
    category: str
    state: str
    stopped_in: str
    submitted_at: datetime | None


@dataclass(frozen=True)
class EntryPage:
    """One page of a list: ``total`` entries fit the filter, on ``pages`` pages."""

    lines: tuple[EntryLine, ...]
    total: int
    page: int

    @property
    def pages(self) -> int:
        """Return how many pages there are, at least one."""
        return max(1, -(-self.total // PAGE))


def list_entries(session: Session, running: Running, wanted: EntryFilter, *, by: Actor) -> EntryPage:
    """Return a page of the entries of an edition that the actor may see.

    Raises:
        InputRefused: there is no such order.

    """
    if wanted.sort not in SORTS:
        raise InputRefused.at("sort", f"entries are sorted by {', '.join(SORTS)}, not by '{wanted.sort}'")
    found = _found(running, wanted, by)
    total = session.scalar(found.with_only_columns(func.count())) or 0
    page = min(max(wanted.page, 1), max(1, -(-total // PAGE)))
    rows = session.execute(found.order_by(*SORTS[wanted.sort]).offset((page - 1) * PAGE).limit(PAGE))
    return EntryPage(tuple(EntryLine(*row) for row in rows), total, page)


@dataclass(frozen=True)
class EntryLabel:
    """What an entry is called in tables about something else."""

    title: str
    entrant: str
    track: str
    cluster: str


def entry_labels(session: Session, running: Running) -> dict[str, EntryLabel]:
    """Return what every entry of an edition is called, by code."""
    found = session.execute(
        select(EntryRow.code, EntryRow.title, Organization.name, EntryRow.track, Organization.cluster)
        .join(Organization, Organization.id == EntryRow.organization_id)
        .where(EntryRow.edition_id == running.id)
    )
    return {code: EntryLabel(title, entrant, track, cluster) for code, title, entrant, track, cluster in found}


def clusters_of(session: Session, running: Running) -> tuple[str, ...]:
    """Return the kinds of entrants that have an entry in the edition, for a filter."""
    found = (
        select(Organization.cluster)
        .join(EntryRow, EntryRow.organization_id == Organization.id)
        .where(EntryRow.edition_id == running.id, Organization.cluster != "")
        .distinct()
        .order_by(Organization.cluster)
    )
    return tuple(session.scalars(found))


def visible_entries(running: Running, actor: Actor) -> ColumnElement[bool]:
    """Return the condition that leaves an actor the entries that the policy lets them see: all, of agencies, or none.

    What a juror may see goes by assignments and is asked for there.
    """
    if may(actor, "entry.see", Subject(running.slug)).allowed:
        return true()
    agencies = agencies_of(actor, running.slug)
    return Organization.name.in_(agencies) if agencies else false()


def agencies_of(actor: Actor, edition: str, action: str = "entry.see") -> tuple[str, ...]:
    """Return the agencies for which an actor may do something in an edition, by a role in these very agencies."""
    named = {grant.organization for grant in actor.grants if grant.organization}
    return tuple(sorted(name for name in named if may(actor, action, Subject(edition, name)).allowed))


def agency_editions(session: Session, actor: Actor) -> tuple[str, ...]:
    """Return the editions in which an actor may see the entries of an agency, the newest first; drafts are left out."""
    slugs = session.scalars(select(EditionRow.slug).where(EditionRow.state != "draft").order_by(EditionRow.id.desc()))
    return tuple(slug for slug in slugs if agencies_of(actor, slug))


def entry_subject(session: Session, edition: str, code: str) -> Subject:
    """Return the subject of an entry for the policy; one that is nobody's where there is none."""
    found = session.execute(
        select(Organization.name, EntryRow.state)
        .join(EntryRow, EntryRow.organization_id == Organization.id)
        .join(EditionRow, EditionRow.id == EntryRow.edition_id)
        .where(EditionRow.slug == edition, EntryRow.code == code)
    ).first()
    return Subject() if found is None else Subject(edition, found[0], state=found[1])


def _found(
    running: Running, wanted: EntryFilter, actor: Actor
) -> Select[str, str, str, str, str, str, str, str, str, datetime | None]:
    exact = {
        EntryRow.state: wanted.state,
        EntryRow.track: wanted.track,
        EntryRow.category: wanted.category,
        Organization.cluster: wanted.cluster,
    }
    return (
        select(
            EntryRow.code,
            EntryRow.title,
            Organization.name,
            Organization.cluster,
            Organization.region,
            EntryRow.track,
            EntryRow.category,
            EntryRow.state,
            EntryRow.stopped_in,
            EntryRow.submitted_at,
        )
        .join(Organization, Organization.id == EntryRow.organization_id)
        .where(
            EntryRow.edition_id == running.id,
            visible_entries(running, actor),
            *(column == value for column, value in exact.items() if value),
            *map(_has_word, wanted.words.split()),
        )
    )


def _has_word(word: str) -> ColumnElement[bool]:
    columns = (EntryRow.code, EntryRow.title, Organization.name)
    return or_(*(column.icontains(word, autoescape=True) for column in columns))
