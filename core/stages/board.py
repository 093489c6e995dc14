"""The board of an edition: its stages with their counts and deadlines, and the one next thing to do.

The number of queries does not depend on how many stages, entries or jurors there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from juri.core.document import StageSpec
from juri.core.editions.model import StageRow
from juri.core.editions.verbs import Running
from juri.core.entries.facts import ALIVE, IN_REGISTRATION
from juri.core.entries.model import EntryRow
from juri.core.errors import NotFound
from juri.core.extension import StageKind
from juri.core.judging.loads import OUT, SENT
from juri.core.judging.model import AssignmentRow, ScorecardRow
from juri.core.results.model import DecisionRow
from juri.core.storage.database import database_now
from juri.core.view import ADVANCE, UNDECIDED

Counts = Mapping[str, int]
"""How many entries, by track (the empty string where the edition has none)."""


@dataclass(frozen=True, kw_only=True)
class StageHead:
    """One stage without a figure of it. Of one that ``is_veiled`` no figures of its judging and its result are told."""

    spec: StageSpec
    kind: StageKind
    state: str
    revision: int
    opens_at: datetime | None
    closes_at: datetime | None
    opened_at: datetime | None
    closed_at: datetime | None
    is_veiled: bool = False

    @property
    def key(self) -> str:
        """Return the stage's id."""
        return self.spec.id

    @property
    def is_over(self) -> bool:
        """Tell whether nothing is left to do but to publish."""
        return self.state in {"sealed", "published"}


@dataclass(frozen=True, kw_only=True)
class StageCard(StageHead):
    """One stage on the board.

    ``entries`` take part in it (or took part, where it is closed), ``advanced`` go on as far as it is known, ``open``
    wait for a decision of people. ``asked`` and ``sent`` count scorecards.
    """

    entries: Counts
    advanced: Counts
    undecided: int
    decided: int
    asked: int
    sent: int
    is_overdue: bool = False

    @property
    def progress(self) -> int | None:
        """Return how many percent of the scorecards are in, rounded down; None where none is asked for."""
        return self.sent * 100 // self.asked if self.asked else None


@dataclass(frozen=True)
class NextStep:
    """The next thing to do: ``action`` is one of ``ACTIONS``, ``stage`` the stage it is about (empty: the edition)."""

    action: str
    stage: str = ""


ACTIONS = ("fill_unknowns", "open_edition", "open", "collect", "screen", "assign", "wait", "close", "decide", "seal",
           "publish", "finish")  # fmt: skip
"""Fill in unknown rules, open the edition, open a stage, collect entries, work in a stage, assign jurors, wait for
the jurors, close, decide, seal and publish a stage; with nothing left, finish the edition."""


@dataclass(frozen=True)
class Board:
    """An edition at a glance: ``moment`` is the database's clock, ``states`` counts its entries by state."""

    cards: tuple[StageCard, ...]
    states: Counts
    moment: datetime
    next: NextStep

    def card(self, key: str) -> StageCard:
        """Return the card of a stage.

        Raises:
            NotFound: the edition has no such stage.

        """
        for card in self.cards:
            if card.key == key:
                return card
        raise NotFound("stage", key)

    @property
    def total(self) -> int:
        """Return how many entries there are, those that went out included."""
        return sum(self.states.values())


def stage_heads(session: Session, running: Running, hidden: Collection[str]) -> tuple[StageHead, ...]:
    """Return the stages of an edition without counting anything; those that are hidden are veiled."""
    rows = _stage_rows(session, running)
    return tuple(StageHead(**_head(running, row), is_veiled=row.key in hidden) for row in rows)


def edition_board(session: Session, running: Running) -> Board:
    """Return the board of an edition."""
    moment = database_now(session)
    rows = _stage_rows(session, running)
    alive = _alive(session, running)
    decisions, sheets = _decisions(session, rows), _sheets(session, rows)
    counted = _Counted(moment, alive, decisions, sheets)
    cards = tuple(_card(running, row, counted) for row in rows)
    states: dict[str, int] = defaultdict(int)
    for (state, _, _), count in alive.items():
        states[state] += count
    return Board(cards, dict(sorted(states.items())), moment, next_step(running, cards))


def veil(running: Running, board: Board, hidden: Collection[str]) -> Board:
    """Return a board without the figures of some stages, for who may not see them; what comes next goes by the rest."""
    cards = tuple(
        replace(card, is_veiled=True, advanced=dict.fromkeys(card.advanced, 0), undecided=0, decided=0, asked=0, sent=0)
        if card.key in hidden
        else card
        for card in board.cards
    )
    return replace(board, cards=cards, next=next_step(running, cards))


def next_step(running: Running, cards: Sequence[StageCard]) -> NextStep:
    """Return the one next thing to do: the first stage that is not over says what."""
    if running.state == "draft":
        return NextStep("fill_unknowns" if running.edition.is_draft else "open_edition")
    blocking = [card for card in cards if not card.is_over and (card.kind.blocks or card.state != "planned")]
    working = [card for card in blocking if card.state != "planned"] or blocking[:1]
    if working:
        return NextStep(_action(working[0]), working[0].key)
    unpublished = [card for card in cards if card.state == "sealed"]
    return NextStep("publish", unpublished[-1].key) if unpublished else NextStep("finish")


def _action(card: StageCard) -> str:
    if card.state == "planned":
        return "open"
    if card.state == "closed":
        return "decide" if card.undecided or not card.decided else "seal"
    if card.is_overdue or (card.asked and card.sent == card.asked):
        return "close"
    if card.kind.takes_entries:
        return "collect"
    if card.kind.judged:
        return "wait" if card.asked or card.is_veiled else "assign"
    return "screen" if card.kind.records else "close"


_Alive = Mapping[tuple[str, str, str], int]


def _alive(session: Session, running: Running) -> _Alive:
    """Count the entries by state, by track and by the stage that stopped them."""
    columns = (EntryRow.state, EntryRow.track, EntryRow.stopped_in)
    counted = select(*columns, func.count()).where(EntryRow.edition_id == running.id).group_by(*columns)
    return {(state, track, stopped): count for state, track, stopped, count in session.execute(counted)}


def _decisions(session: Session, rows: Iterable[StageRow]) -> Mapping[int, Mapping[tuple[str, str, str], int]]:
    """Count for each stage what counts for its entries: by track, status and outcome; a decision goes before."""
    newest = func.row_number().over(
        partition_by=(DecisionRow.stage_id, DecisionRow.entry_id),
        order_by=(case((DecisionRow.status == "decided", 0), else_=1), DecisionRow.number.desc()),
    )
    kept = (
        select(
            DecisionRow.stage_id, DecisionRow.entry_id, DecisionRow.status, DecisionRow.outcome, newest.label("place")
        )
        .join(StageRow, (StageRow.id == DecisionRow.stage_id) & (StageRow.revision == DecisionRow.round))
        .where(DecisionRow.stage_id.in_([row.id for row in rows]))
        .subquery()
    )
    counted = (
        select(kept.c.stage_id, EntryRow.track, kept.c.status, kept.c.outcome, func.count())
        .join(EntryRow, EntryRow.id == kept.c.entry_id)
        .where(kept.c.place == 1)
        .group_by(kept.c.stage_id, EntryRow.track, kept.c.status, kept.c.outcome)
    )
    found: dict[int, dict[tuple[str, str, str], int]] = defaultdict(dict)
    for stage, track, status, outcome, count in session.execute(counted):
        found[stage][track, status, outcome] = count
    return found


def _sheets(session: Session, rows: Iterable[StageRow]) -> Mapping[int, tuple[int, int]]:
    sent = func.sum(case((ScorecardRow.state.in_(SENT), 1), else_=0))
    counted = (
        select(AssignmentRow.stage_id, func.count(), sent)
        .join(EntryRow, EntryRow.id == AssignmentRow.entry_id)
        .outerjoin(ScorecardRow, ScorecardRow.assignment_id == AssignmentRow.id)
        .join(StageRow, StageRow.id == AssignmentRow.stage_id)
        .where(
            AssignmentRow.stage_id.in_([row.id for row in rows]),
            AssignmentRow.state.not_in(OUT),
            (StageRow.state != "open") | EntryRow.state.in_(ALIVE),
        )
        .group_by(AssignmentRow.stage_id)
    )
    return {stage: (asked, int(done or 0)) for stage, asked, done in session.execute(counted)}


@dataclass(frozen=True)
class _Counted:
    """What was counted for all stages at once."""

    moment: datetime
    alive: _Alive
    decisions: Mapping[int, Mapping[tuple[str, str, str], int]]
    sheets: Mapping[int, tuple[int, int]]


def _stage_rows(session: Session, running: Running) -> Sequence[StageRow]:
    own = select(StageRow).where(StageRow.edition_id == running.id)
    return session.scalars(own.order_by(StageRow.position)).all()


def _head(running: Running, row: StageRow) -> dict[str, Any]:
    """Return what a card says of its stage without a figure."""
    spec = running.stage(row.key)
    kind = running.registry.find(StageKind, spec.kind)
    stored = {name: getattr(row, name) for name in _STORED}
    return {"spec": spec, "kind": kind, **stored}


_STORED = ("state", "revision", "opens_at", "closes_at", "opened_at", "closed_at")


def _card(running: Running, row: StageRow, counted: _Counted) -> StageCard:
    head = _head(running, row)
    spec, kind = head["spec"], head["kind"]
    decisions = counted.decisions.get(row.id, {})
    asked, sent = counted.sheets.get(row.id, (0, 0))
    tracks = [track.id for track in running.edition.tracks if not spec.tracks or track.id in spec.tracks] or [""]
    taking_part = _taking_part(kind, row, counted.alive) if row.state in {"planned", "open"} else _by_track(decisions)
    advanced = _by_track(decisions, ADVANCE)
    return StageCard(
        **head,
        entries={track: taking_part.get(track, 0) for track in tracks},
        advanced={track: advanced.get(track, 0) for track in tracks},
        undecided=sum(_by_track(decisions, UNDECIDED).values()),
        decided=sum(count for (_, status, _), count in decisions.items() if status == "decided"),
        asked=asked,
        sent=sent,
        is_overdue=row.state == "open" and row.closes_at is not None and row.closes_at < counted.moment,
    )


def _taking_part(kind: StageKind, row: StageRow, alive: _Alive) -> Counts:
    states: Collection[str] = IN_REGISTRATION if kind.takes_entries else ALIVE
    found: dict[str, int] = defaultdict(int)
    for (state, track, stopped), count in alive.items():
        if state in states or stopped == row.key:
            found[track] += count
    return found


def _by_track(decisions: Mapping[tuple[str, str, str], int], outcome: str = "") -> Counts:
    found: dict[str, int] = defaultdict(int)
    for (track, _, own), count in decisions.items():
        if outcome in {"", own}:
            found[track] += count
    return found
