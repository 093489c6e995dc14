"""What entrants may know of their own entries: nothing of a result before it, or one that follows it, is published."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from juri.core.document import StageSpec, Text
from juri.core.editions.model import StageRow
from juri.core.editions.verbs import Running
from juri.core.entries.listing import agencies_of, visible_entries
from juri.core.entries.model import EntryRow, Organization
from juri.core.errors import NotFound
from juri.core.extension import StageKind
from juri.core.judging.model import AssignmentRow, ScorecardRevision, ScorecardRow
from juri.core.policy import Actor
from juri.core.results.decisions import decisions_in_force
from juri.core.results.model import AwardRow, DecisionRow
from juri.core.results.publication import PUBLISHED, announcements_of
from juri.core.scoring.rubric import OVERALL
from juri.core.storage.natural import naturally
from juri.core.view import ADVANCE

OWN_DOING = frozenset({"drafted", "at_local_admin", "submitted", "withdrawn", "disqualified", "lapsed"})
"""States that tell of no result: the entrant's own acts, what was never submitted, and what was told at once."""

SEALED = ("sealed", PUBLISHED)
SENT = ("submitted", "locked")
OFF = ("conflict", "recused")
REFUSED = "refused"


@dataclass(frozen=True)
class OwnEntry:
    """An entry with the ``state`` that its entrant may know."""

    row: EntryRow
    entrant: str
    state: str


@dataclass(frozen=True)
class OwnTitle:
    """A title that was published for an entry; ``rank`` and ``score`` where the edition publishes them."""

    stage: Text
    title: Text
    rank: int | None = None
    score: Fraction | None = None


@dataclass(frozen=True)
class Comment:
    """What one of the jurors wrote beside a criterion; whose it is, nobody is told."""

    stage: str
    criterion: str
    text: str


def own_entries(session: Session, running: Running, *, by: Actor) -> tuple[OwnEntry, ...]:
    """Return the entries of the actor's own agencies, by code."""
    return _own(session, running, Organization.name.in_(agencies_of(by, running.slug)))


def find_own(session: Session, running: Running, code: str, *, by: Actor) -> OwnEntry:
    """Return an entry that the actor may see, as its entrant knows it.

    Raises:
        NotFound: there is none; in the same words where there is one of others.

    """
    found = _own(session, running, (EntryRow.code == code) & visible_entries(running, by))
    if not found:
        raise NotFound("entry", code)
    return found[0]


def _own(session: Session, running: Running, which: ColumnElement[bool]) -> tuple[OwnEntry, ...]:
    rows = session.execute(
        select(EntryRow, Organization.name)
        .join(Organization, Organization.id == EntryRow.organization_id)
        .where(EntryRow.edition_id == running.id, which)
        .order_by(*naturally(EntryRow.code))
    ).all()
    states = known_states(session, running, [row for row, _ in rows])
    return tuple(OwnEntry(row, entrant, states[row.code]) for row, entrant in rows)


def known_states(session: Session, running: Running, entries: Iterable[EntryRow]) -> dict[str, str]:
    """Return the states of entries as their entrants may know them, by code.

    What a published announcement rests on is known with it: a stage counts once it or a later one is published.
    """
    rows = list(entries)
    known = {row.code: row.state if row.state in OWN_DOING else "submitted" for row in rows}
    judged = [row for row in rows if row.state not in OWN_DOING]
    known.update(_decided_states(session, running, judged))
    winners = _winners(session, running, judged)
    return {code: "awarded" if code in winners and state == "advanced" else state for code, state in known.items()}


def refusal_of(session: Session, running: Running, entry: EntryRow) -> tuple[StageSpec, str] | None:
    """Return the stage that refused an entry before anybody scored it, with the reason, once that is known.

    Why an entry stopped in a ranking is not told: the reason names ranks and scores.
    """
    if known_states(session, running, [entry])[entry.code] != REFUSED:
        return None
    row = session.scalars(select(StageRow).where(StageRow.edition_id == running.id, StageRow.key == entry.stopped_in))
    stage = row.one()
    proposed, decided = decisions_in_force(session, stage)
    final, own = decided[entry.code], proposed.get(entry.code)
    reason = own.reason if own is not None and own.outcome == final.outcome else final.reason
    return running.stage(stage.key), reason


def titles_of(session: Session, running: Running, entry: EntryRow) -> tuple[OwnTitle, ...]:
    """Return the titles that were published for an entry."""
    return tuple(
        OwnTitle(announced.name, title.title, place.rank, place.score)
        for announced in announcements_of(session, running)
        for title in announced.titles
        for place in title.places
        if place.entry == entry.code
    )


def comments_on(session: Session, running: Running, entry: EntryRow) -> tuple[Comment, ...]:
    """Return what jurors wrote on an entry, where a published announcement lets its entrant read it.

    The order tells nothing of who wrote what: by stage, by the rubric's order, then by the text itself. What a rubric
    keeps with the jury in one criterion is kept in every criterion of that name.
    """
    until = _last_with_comments(session, running)
    found = session.execute(
        select(StageRow.key, ScorecardRevision.answers)
        .select_from(AssignmentRow)
        .join(StageRow, StageRow.id == AssignmentRow.stage_id)
        .join(ScorecardRow, ScorecardRow.assignment_id == AssignmentRow.id)
        .join(
            ScorecardRevision,
            (ScorecardRevision.assignment_id == ScorecardRow.assignment_id)
            & (ScorecardRevision.version == ScorecardRow.version),
        )
        .where(
            AssignmentRow.entry_id == entry.id,
            AssignmentRow.state.not_in(OFF),
            ScorecardRow.state.in_(SENT),
            StageRow.edition_id == running.id,
            StageRow.state.in_(SEALED),
            StageRow.position < until,
        )
    )
    rubrics = running.edition.rubrics.values()
    hidden = {leaf.id for rubric in rubrics for leaf in rubric.leaves if not leaf.visible}
    hidden |= {OVERALL for rubric in rubrics if rubric.overall and not rubric.overall.visible}
    comments = [
        Comment(stage, criterion, answer["comment"])
        for stage, answers in found
        for criterion, answer in answers.items()
        if answer.get("comment", "").strip() and criterion not in hidden
    ]
    place = {leaf.id: number for rubric in rubrics for number, leaf in enumerate(rubric.leaves)}
    last = len(place)
    stages = running.edition.stage_ids
    return tuple(
        sorted(comments, key=lambda each: (stages.index(each.stage), place.get(each.criterion, last), each.text))
    )


def _decided_states(session: Session, running: Running, entries: Sequence[EntryRow]) -> Mapping[str, str]:
    """Follow the decisions of the stages that are known by now, one after the other."""
    found = session.execute(
        select(EntryRow.code, StageRow.kind, DecisionRow.outcome)
        .join(EntryRow, EntryRow.id == DecisionRow.entry_id)
        .join(StageRow, (StageRow.id == DecisionRow.stage_id) & (StageRow.revision == DecisionRow.round))
        .where(
            DecisionRow.entry_id.in_([row.id for row in entries]),
            DecisionRow.status == "decided",
            StageRow.state.in_(SEALED),
            StageRow.position <= _last_published(running),
        )
        .order_by(StageRow.position, DecisionRow.number)
    )
    known: dict[str, str] = {}
    for code, kind, outcome in found:
        told = running.registry.find(StageKind, kind)
        known[code] = told.advances_as if outcome == ADVANCE else told.stops_as
    return known


def _last_published(running: Running) -> object:
    published = (StageRow.edition_id == running.id) & (StageRow.state == PUBLISHED)
    return select(func.coalesce(func.max(StageRow.position), -1)).where(published).scalar_subquery()


def _winners(session: Session, running: Running, entries: Sequence[EntryRow]) -> frozenset[str]:
    titles = (
        select(EntryRow.code)
        .join(AwardRow, AwardRow.entry_id == EntryRow.id)
        .join(StageRow, (StageRow.id == AwardRow.stage_id) & (StageRow.revision == AwardRow.round))
        .where(EntryRow.id.in_([row.id for row in entries]), StageRow.state == PUBLISHED)
    )
    return frozenset(session.scalars(titles))


def _last_with_comments(session: Session, running: Running) -> int:
    """Return the position of the last published announcement that lets entrants read comments; -1 without one."""
    allowing = [stage.id for stage in running.edition.stages if (stage.options.get("publish") or {}).get("comments")]
    published = select(func.max(StageRow.position)).where(
        StageRow.edition_id == running.id, StageRow.key.in_(allowing), StageRow.state == PUBLISHED
    )
    last = session.scalar(published)
    return -1 if last is None else last
