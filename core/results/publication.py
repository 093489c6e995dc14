"""What the public may see: published titles, as openly as the edition says, and the hashes to check them by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from juri.core.document import StageSpec, Text
from juri.core.editions.model import EditionRow, StageRow
from juri.core.editions.verbs import Running
from juri.core.entries.model import EntryRow, Organization
from juri.core.policy import Actor, Subject, may
from juri.core.results.decisions import decisions_in_force, stopped_anybody
from juri.core.results.model import AwardRow
from juri.core.results.pages import standings_among
from juri.core.results.snapshots import Hashes, find_snapshot
from juri.core.scoring.combine import Combination, combine_stages
from juri.core.view import Proposal

PUBLISHED = "published"

Holders = Select[int | None]
"""The statement that finds the ids of the entries that hold a title."""


@dataclass(frozen=True)
class Place:
    """One recipient of a title. ``rank`` and ``score`` are None where the edition does not publish them.

    ``entry`` is the code by which its agency knows it; it is not shown to everybody.
    """

    recipient: str
    recipient_type: str
    innovation: str
    entrant: str
    region: str
    track: str
    rank: int | None = None
    score: Fraction | None = None
    rule: str = ""
    entry: str = ""


@dataclass(frozen=True)
class PublishedTitle:
    """A title with its recipients, in the order in which the edition publishes them."""

    id: str
    title: Text
    ranked: bool
    places: tuple[Place, ...]


@dataclass(frozen=True)
class Announcement:
    """A published announcement: its titles, who signed the result, and the hashes that identify it."""

    stage: str
    name: Text
    titles: tuple[PublishedTitle, ...]
    hashes: Hashes
    signers: tuple[str, ...]
    sealed_at: datetime


def published_editions(session: Session) -> list[str]:
    """Return the editions that have published something, the newest first."""
    found = session.scalars(
        select(EditionRow.slug)
        .join(StageRow, StageRow.edition_id == EditionRow.id)
        .join(AwardRow, (AwardRow.stage_id == StageRow.id) & (AwardRow.round == StageRow.revision))
        .where(StageRow.state == PUBLISHED)
        .group_by(EditionRow.id, EditionRow.slug)
        .order_by(EditionRow.id.desc())
    )
    return list(found)


def edition_subject(session: Session, slug: str) -> Subject:
    """Return the subject of an edition for the policy, published once anything of it is; nobody's without one."""
    state = session.scalar(select(EditionRow.state).where(EditionRow.slug == slug))
    if state is None:
        return Subject()
    return Subject(slug, state=PUBLISHED if slug in published_editions(session) else state)


def visible_editions(session: Session, actor: Actor) -> tuple[str, ...]:
    """Return the editions that an actor may know of, the newest first."""
    published = frozenset(published_editions(session))
    rows = session.execute(select(EditionRow.slug, EditionRow.state).order_by(EditionRow.id.desc())).all()
    subjects = (Subject(slug, state=PUBLISHED if slug in published else state) for slug, state in rows)
    return tuple(subject.edition for subject in subjects if may(actor, "edition.see", subject).allowed)


def announcements_of(session: Session, running: Running, *, preview: str = "") -> tuple[Announcement, ...]:
    """Return what an edition has published, in the order of its stages; nothing that is only sealed.

    ``preview`` names one sealed stage to be shown alone, as if it were published: for those who run the edition.
    """
    shown = StageRow.state == PUBLISHED
    if preview:
        shown = (StageRow.key == preview) & StageRow.state.in_(("sealed", PUBLISHED))
    rows = session.scalars(
        select(StageRow).where(StageRow.edition_id == running.id, shown).order_by(StageRow.position)
    ).all()
    found = (_announcement(session, running, row) for row in rows)
    return tuple(each for each in found if each is not None)


def _announcement(session: Session, running: Running, row: StageRow) -> Announcement | None:
    spec = running.stage(row.key)
    snapshot = find_snapshot(session, row, with_body=False)
    awards: Sequence[Mapping[str, Any]] = spec.options.get("awards", ())
    if snapshot is None or not awards:
        return None
    return Announcement(
        stage=row.key,
        name=spec.name,
        titles=tuple(_title(session, running, row, spec, award) for award in awards),
        hashes=Hashes(snapshot.inputs_sha256, snapshot.rules_sha256, snapshot.result_sha256),
        signers=tuple(snapshot.signers),
        sealed_at=snapshot.at,
    )


def _title(
    session: Session, running: Running, row: StageRow, spec: StageSpec, award: Mapping[str, Any]
) -> PublishedTitle:
    publish: Mapping[str, Any] = spec.options.get("publish", {})
    ranked = bool(publish.get("ranked"))
    of: Combination | None = award.get("of")
    given_here = (AwardRow.stage_id == row.id, AwardRow.round == row.revision, AwardRow.award == award["id"])
    holders = select(AwardRow.entry_id).where(*given_here)
    scores = _scores(session, running, of, holders) if publish.get("scores") else {}
    by_places = _by_places(award)
    rules = {} if by_places else _rules(session, running, row, of, holders)
    found = session.execute(
        select(AwardRow, EntryRow, Organization)
        .outerjoin(EntryRow, EntryRow.id == AwardRow.entry_id)
        .outerjoin(Organization, Organization.id == EntryRow.organization_id)
        .where(*given_here)
    )
    places = [
        Place(
            recipient=given.recipient,
            recipient_type=given.recipient_type,
            innovation=entry.title if entry else "",
            entrant=place.name if place else given.recipient,
            region=place.region if place else "",
            track=given.track,
            rank=given.rank if ranked else None,
            score=scores.get(entry.code) if entry else None,
            rule=by_places or (rules.get(entry.code, "") if entry else ""),
            entry=entry.code if entry else "",
        )
        for given, entry, place in found
    ]
    title = award["title"]
    return PublishedTitle(
        id=str(award["id"]),
        title=title if isinstance(title, Text) else Text(str(title), str(title)),
        ranked=ranked,
        places=tuple(sorted(places, key=_in_order(publish))),
    )


def _in_order(publish: Mapping[str, Any]) -> Any:
    """Order by rank where ranks are published and asked for, else by name: never by a hidden score."""
    if publish.get("ranked") and publish.get("order") == "rank":
        return lambda place: (place.rank is None, place.rank or 0, place.innovation.casefold(), place.entrant)
    return lambda place: ((place.innovation or place.entrant).casefold(), place.entrant)


def _stage_row(session: Session, running: Running, key: str) -> StageRow | None:
    return session.scalar(select(StageRow).where(StageRow.edition_id == running.id, StageRow.key == key))


def _scores(session: Session, running: Running, of: Combination | None, holders: Holders) -> dict[str, Fraction]:
    """Return the scores of its holders that a title rests on, combined where it rests on several stages."""
    if of is None:
        return {}
    rows = {key: row for key in (*of.weights, *of.ties) if (row := _stage_row(session, running, key)) is not None}
    by_stage = {key: standings_among(session, row, holders) for key, row in rows.items()}
    tracks = {track for standings in by_stage.values() for track in standings}
    found: dict[str, Fraction] = {}
    for track in tracks:
        parts = {key: standings[track] for key, standings in by_stage.items() if track in standings}
        if len(parts) == len({*of.weights, *of.ties}):
            found.update(combine_stages(parts, of).score_of())
    return found


def _by_places(award: Mapping[str, Any]) -> str:
    """Say which places of a ranking a title goes to; empty where it goes to all who came so far."""
    if award.get("places") is None or award.get("of") is None:
        return ""
    first = int(award.get("from_place", 1))
    last = first + int(award["places"]) - 1
    return f"the best {last} of the ranking" if first == 1 else f"places {first} to {last} of the ranking"


def _rules(
    session: Session, running: Running, row: StageRow, of: Combination | None, holders: Holders
) -> dict[str, str]:
    """Name the rule by which each holder came to a title; no figures stand in it.

    It is the rule of the stage that the title rests on or, where it rests on all who were left, of the last stage
    before it that stopped anybody.
    """
    named = _stage_row(session, running, list(of.weights)[-1]) if of is not None else None
    for stage in [named] if named is not None else _before(session, running, row):
        if named is not None or stopped_anybody(session, stage):
            proposed, decided = decisions_in_force(session, stage, holders)
            return {code: _rule(own, decided.get(code, own)) for code, own in proposed.items()}
    return {}


def _before(session: Session, running: Running, row: StageRow) -> Sequence[StageRow]:
    return session.scalars(
        select(StageRow)
        .where(StageRow.edition_id == running.id, StageRow.position < row.position)
        .order_by(StageRow.position.desc())
    ).all()


def _rule(proposed: Proposal, final: Proposal) -> str:
    return proposed.rule if final.outcome == proposed.outcome else final.rule
