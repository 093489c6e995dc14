"""A juror's queue: what was assigned, in an order of the juror's own that never changes, and how far it is done.

Nothing here tells of other jurors: every question is asked of the database for one person only.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, select
from sqlalchemy.orm import Session

from juri.core.audit.model import AuditEvent
from juri.core.editions.model import EditionRow, StageRow
from juri.core.editions.verbs import Running
from juri.core.entries.model import EntryRow, Organization
from juri.core.entries.verbs import GONE
from juri.core.errors import ActionRefused, NotFound
from juri.core.judging.model import AssignmentRow, JurorRow, ScorecardRevision, ScorecardRow
from juri.core.policy import Subject
from juri.core.scoring.rubric import Answer
from juri.core.sheets import answers_from_json
from juri.core.storage.database import database_now
from juri.core.storage.prepared import Prepared

PUBLISHING = "stage.publish"
"""The act of the trail that tells when a result was published."""

TODO = "todo"
DRAFT = "draft"
DONE = "done"
MISSED = "missed"
OUT = "out"
STATUSES = (TODO, DRAFT, DONE, MISSED, OUT)
"""What an assignment is to its juror: not begun, begun, sent, closed before it was sent, taken off by a conflict."""

_OFF = frozenset({"conflict", "recused"})
_SENT = frozenset({"submitted", "locked"})


@dataclass(frozen=True)
class OwnAssignment:
    """One entry that a person is to score, as far as its juror may know before saying that there is no conflict.

    ``state`` is the assignment's, ``card`` the scorecard's (empty where nothing was written) and ``version`` is the
    one that the next write must name. ``total`` is exact; None for a draft.
    """

    juror: str
    entry: str
    title: str
    entrant: str
    track: str
    category: str
    state: str
    card: str = ""
    version: int = 0
    total: Fraction | None = None

    @property
    def status(self) -> str:
        """Return one of ``STATUSES``."""
        if self.state in _OFF:
            return OUT
        if self.card in _SENT:
            return DONE
        if self.state == "lapsed":
            return MISSED
        return DRAFT if self.card else TODO

    @property
    def is_unfinished(self) -> bool:
        """Tell whether a sheet is still asked for."""
        return self.status in {TODO, DRAFT}

    @property
    def is_open_to_read(self) -> bool:
        """Tell whether the juror answered the question about conflicts, so that the content may be shown."""
        return self.state not in {"offered", *_OFF}


@dataclass(frozen=True)
class Queue:
    """A juror's assignments in one stage, in the juror's own order."""

    items: tuple[OwnAssignment, ...]

    @property
    def asked(self) -> tuple[OwnAssignment, ...]:
        """Return what counts for progress: all but what a conflict took off."""
        return tuple(item for item in self.items if item.status != OUT)

    @property
    def unfinished(self) -> tuple[OwnAssignment, ...]:
        """Return what is still to be sent."""
        return tuple(item for item in self.items if item.is_unfinished)

    @property
    def done(self) -> int:
        """Return how many sheets were sent."""
        return sum(item.status == DONE for item in self.items)

    def having(self, status: str) -> tuple[OwnAssignment, ...]:
        """Return the assignments of one status."""
        return tuple(item for item in self.items if item.status == status)

    def next_unfinished(self, after: str = "") -> OwnAssignment | None:
        """Return the first unfinished assignment, or the first behind an entry; None only where nothing is left.

        Behind the last it goes on from the beginning, so that what was skipped comes back at the end.
        """
        place = self._place(after) + 1
        turned = (*self.items[place:], *self.items[:place])
        return next((item for item in turned if item.is_unfinished), None)

    def neighbours(self, entry: str) -> tuple[OwnAssignment | None, OwnAssignment | None]:
        """Return what stands before and behind an entry among all that is asked; None at either end."""
        asked = self.asked
        codes = [item.entry for item in asked]
        if entry not in codes:
            return None, None
        place = codes.index(entry)
        before = asked[place - 1] if place else None
        return before, asked[place + 1] if place + 1 < len(asked) else None

    def position(self, entry: str) -> int:
        """Return the place of an entry among all that is asked, from 1; 0 where it is not among them."""
        codes = [item.entry for item in self.asked]
        return codes.index(entry) + 1 if entry in codes else 0

    def _place(self, entry: str) -> int:
        codes = [item.entry for item in self.items]
        return codes.index(entry) if entry in codes else -1


@dataclass(frozen=True)
class OwnStage:
    """One stage in which a person has assignments."""

    edition: str
    stage: str
    state: str
    opens: datetime | None
    closes: datetime | None
    asked: int
    done: int
    unfinished: int


def queue_order(entries: Iterable[str], seed: str) -> list[str]:
    """Put entries into an order that looks random, is the same for the same seed, and bears additions.

    Each entry has its place by itself: adding or removing one leaves the order of the others as it is.
    """
    return sorted(entries, key=lambda entry: (hashlib.sha256(f"{seed}\0{entry}".encode()).digest(), entry))


def read_queue(session: Session, running: Running, stage: str, person: int) -> Queue:
    """Return what a person has to score in a stage, in an order of this person's own.

    Raises:
        NotFound: the edition has no such stage, or the person has no assignment in it.

    """
    running.stage(stage)
    found = _IN_STAGE.rows(session, {"slug": running.slug, "person": person, "stage": stage})
    items = {item.entry: item for item in map(_assignment, found)}
    if not items:
        raise NotFound("queue", stage)
    juror = min(item.juror for item in items.values())
    return Queue(tuple(items[code] for code in queue_order(items, f"{running.slug}/{stage}/{juror}")))


def find_own(session: Session, slug: str, stage: str, entry: str, person: int) -> OwnAssignment:
    """Return a person's own assignment.

    Raises:
        NotFound: there is none; in the same words whether or not the entry exists.

    """
    place = {"slug": slug, "person": person, "stage": stage, "entry": entry}
    found = _ONE.first(session, place)
    if found is None:
        raise NotFound("assignment", f"{stage}/{entry}")
    return _assignment(found)


def own_answers(session: Session, running: Running, stage: str, person: int) -> dict[str, Mapping[str, Answer]]:
    """Return what a person has written in a stage: the answers in force, by entry."""
    found = _ANSWERS.rows(session, {"slug": running.slug, "person": person, "stage": stage})
    return {entry: answers_from_json(answers) for entry, answers in found}


def require_open_to_read(own: OwnAssignment) -> None:
    """Keep the content of an entry and its scorecard shut until the juror said that there is no conflict.

    Raises:
        ActionRefused: the question is not answered yet, or was answered with a conflict.

    """
    if not own.is_open_to_read:
        raise ActionRefused(
            [f"say first whether you have a conflict of interest with {own.entry}"], code="conflict_unanswered"
        )


def own_subject(slug: str, own: OwnAssignment, person: int) -> Subject:
    """Return the subject of a person's own assignment for the policy."""
    return Subject(slug, person=person, state=own.state, conflicted=own.status == OUT)


def reading_is_over(session: Session, running: Running, days: int) -> bool:
    """Tell whether jurors are done with reading: so many days ago the edition's last result was published.

    While a stage is open or waits for its decision it goes on, however long ago an earlier result was published.
    """
    states = session.execute(select(StageRow.key, StageRow.state).where(StageRow.edition_id == running.id)).all()
    published = [f"{running.slug}/{key}" for key, state in states if state == "published"]
    if not published or {state for _, state in states} & {"open", "closed"}:
        return False
    acts = select(func.max(AuditEvent.at)).where(AuditEvent.action == PUBLISHING, AuditEvent.subject.in_(published))
    at = session.scalar(acts)
    return at is not None and database_now(session) > at + timedelta(days=days)


def own_stages(session: Session, person: int) -> tuple[OwnStage, ...]:
    """Return the stages in which a person has assignments, open ones first, then by deadline."""
    found: dict[tuple[str, str], tuple[OwnStage, int]] = {}
    for slug, key, state, opens, closes, position, assignment, card in _STAGES.rows(session, {"person": person}):
        item = OwnAssignment("", "", "", "", "", "", assignment, card or "")
        known = found.get((slug, key), (OwnStage(slug, key, state, opens, closes, 0, 0, 0), position))[0]
        found[slug, key] = _counted(known, item), position
    return tuple(stage for stage, _ in sorted(found.values(), key=_urgency))


def _counted(stage: OwnStage, item: OwnAssignment) -> OwnStage:
    return replace(
        stage,
        asked=stage.asked + (item.status != OUT),
        done=stage.done + (item.status == DONE),
        unfinished=stage.unfinished + item.is_unfinished,
    )


def _urgency(found: tuple[OwnStage, int]) -> tuple[bool, float, str, int]:
    stage, position = found
    closes = stage.closes.timestamp() if stage.closes else float("inf")
    return stage.state != "open", closes, stage.edition, position


def _assignment(told: tuple[Any, ...]) -> OwnAssignment:
    *known, card, version, over, under = told
    total = None if over is None else Fraction(over, under)
    return replace(OwnAssignment(*known), card=card or "", version=version or 0, total=total)


def _of_person(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Keep to the assignments of a person who sits in the panel still, of entries that are still in the race.

    The person's jurors are asked for apart, so that a database without statistics begins with them, too: beginning with
    the stage it reads what was assigned to everybody.
    """
    seats = select(JurorRow.id).where(JurorRow.person_id == bindparam("person"), JurorRow.active)
    return (
        statement.select_from(AssignmentRow)
        .join(StageRow, StageRow.id == AssignmentRow.stage_id)
        .join(EditionRow, EditionRow.id == StageRow.edition_id)
        .join(EntryRow, EntryRow.id == AssignmentRow.entry_id)
        .join(Organization, Organization.id == EntryRow.organization_id)
        .join(JurorRow, JurorRow.id == AssignmentRow.juror_id)
        .outerjoin(ScorecardRow, ScorecardRow.assignment_id == AssignmentRow.id)
        .where(AssignmentRow.juror_id.in_(seats), EntryRow.state.not_in(GONE | {"refused"}))
    )


_HERE = and_(EditionRow.slug == bindparam("slug"), StageRow.key == bindparam("stage"))
_OWN = (
    _of_person(
        select(
            JurorRow.code,
            EntryRow.code,
            EntryRow.title,
            Organization.name,
            EntryRow.track,
            EntryRow.category,
            AssignmentRow.state,
            ScorecardRow.state,
            ScorecardRow.version,
            ScorecardRow.total_numerator,
            ScorecardRow.total_denominator,
        )
    )
    .where(_HERE)
    .order_by(JurorRow.code)
)
_IN_STAGE = Prepared(_OWN)
_ONE = Prepared(_OWN.where(EntryRow.edition_id == EditionRow.id, EntryRow.code == bindparam("entry")))
_ANSWERS = Prepared(
    _of_person(select(EntryRow.code, ScorecardRevision.answers))
    .join(
        ScorecardRevision,
        and_(
            ScorecardRevision.assignment_id == ScorecardRow.assignment_id,
            ScorecardRevision.version == ScorecardRow.version,
        ),
    )
    .where(_HERE)
)
_STAGES = Prepared(
    _of_person(
        select(
            EditionRow.slug,
            StageRow.key,
            StageRow.state,
            StageRow.opens_at,
            StageRow.closes_at,
            StageRow.position,
            AssignmentRow.state,
            ScorecardRow.state,
        )
    )
)
