"""A part of standings: read from the lines of a snapshot, or cut out of standings that were just worked out.

Both come to the same. Reading takes as many steps as there are lines on the page, or lines with the words that are
sought, however many there are in all.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

from sqlalchemy import CompoundSelect, Select, func, select
from sqlalchemy.orm import Session

from juri.core.editions.model import StageRow
from juri.core.entries.listing import EntryLabel
from juri.core.entries.model import EntryRow, Organization
from juri.core.entries.words import beginnings_of, entries_with, fits, words_of
from juri.core.results.model import SnapshotRow, StandingsHeadRow, StandingsLineRow
from juri.core.results.snapshots import read_line
from juri.core.scoring.standings import Standing, Standings, Unranked

Numbers = Sequence[int] | Select[int]


@dataclass(frozen=True)
class Wanted:
    """Which lines are wanted: of one track, with words (empty: any); which page, and how many stand on one."""

    track: str = ""
    words: str = ""
    page: int = 1
    size: int = 25


@dataclass(frozen=True)
class Head:
    """What is said of the standings of a track as a whole; its lines come after the first ``before`` of the stage."""

    track: str
    before: int
    ranked: int
    unranked: int
    method: str
    missing: str
    low_is_best: bool
    warnings: tuple[str, ...]

    @property
    def last(self) -> int:
        """Return the number of its last line: those of a stage are numbered from 1."""
        return self.before + self.ranked + self.unranked


@dataclass(frozen=True)
class Shown:
    """One line of a page, the track in whose standings it is, and what its entry is called."""

    track: str
    line: Standing | Unranked
    label: EntryLabel

    @property
    def is_ranked(self) -> bool:
        """Tell whether the entry has a rank."""
        return isinstance(self.line, Standing)


@dataclass(frozen=True)
class StandingsPage:
    """One page of standings: ``found`` lines of ``total`` are wanted, and stand on ``pages`` pages."""

    heads: tuple[Head, ...]
    lines: tuple[Shown, ...]
    found: int
    page: int
    pages: int

    @property
    def total(self) -> int:
        """Return how many lines there are, wanted or not."""
        return _range(self.heads, "")[1]

    @property
    def stretches(self) -> tuple[tuple[Head, tuple[Shown, ...]], ...]:
        """Return the lines of the page track by track."""
        own = ((head, tuple(each for each in self.lines if each.track == head.track)) for head in self.heads)
        return tuple((head, lines) for head, lines in own if lines)


def read_page(session: Session, stage: StageRow, wanted: Wanted) -> StandingsPage:
    """Read a page of the standings in force of a stage that is closed or sealed."""
    snapshot, heads = _heads_in_force(session, stage)
    first, last = _range(heads, wanted.track)
    sought = beginnings_of(wanted.words)
    numbers = _found(session, stage, snapshot, sought) if sought else range(1, last + 1)
    fitting = numbers[bisect_right(numbers, first) : bisect_right(numbers, last)]
    page, pages = _clamp(wanted, len(fitting))
    shown = fitting[(page - 1) * wanted.size : page * wanted.size]
    lines = _read(session, snapshot, heads, shown)
    return StandingsPage(heads, tuple(lines), len(fitting), page, pages)


def standings_among(session: Session, stage: StageRow, entries: Select[int | None]) -> dict[str, Standings]:
    """Read the standings in force by track, as far as the entries that a statement finds have a rank in them."""
    snapshot, heads = _heads_in_force(session, stage)
    shown = tuple(_read(session, snapshot, heads, _numbers(snapshot, entries)))
    return {head.track: _standings(head, shown) for head in heads}


def cut_page(standings: Mapping[str, Standings], labels: Mapping[str, EntryLabel], wanted: Wanted) -> StandingsPage:
    """Cut a page out of standings that are not stored."""
    heads = tuple(_heads_of(standings))
    sought = beginnings_of(wanted.words)
    lines = [
        Shown(track, line, labels[line.entry])
        for track, told in standings.items()
        if wanted.track in {"", track}
        for line in _lines_of(told)
        if not sought or _has_words(line.entry, labels[line.entry], sought)
    ]
    page, pages = _clamp(wanted, len(lines))
    return StandingsPage(heads, tuple(lines[(page - 1) * wanted.size : page * wanted.size]), len(lines), page, pages)


def _clamp(wanted: Wanted, found: int) -> tuple[int, int]:
    """Return the page that is wanted, or the last one, and how many there are."""
    pages = max(1, -(-found // wanted.size))
    return min(max(wanted.page, 1), pages), pages


def _range(heads: tuple[Head, ...], track: str) -> tuple[int, int]:
    """Return after which number the lines of a track (empty: of all) begin, and the number of the last of them."""
    own = [head for head in heads if track in {"", head.track}]
    return (own[0].before, own[-1].last) if own else (0, 0)


def _heads_in_force(session: Session, stage: StageRow) -> tuple[int, tuple[Head, ...]]:
    """Read the heads of the newest snapshot of the stage's present round, and its number; 0 and none without one."""
    kept, own = StandingsHeadRow, (SnapshotRow.stage_id == stage.id, SnapshotRow.round == stage.revision)
    newest = select(func.max(SnapshotRow.id)).where(*own).scalar_subquery()
    found = session.execute(
        select(kept.snapshot_id, kept.track, kept.before, kept.ranked, kept.unranked, kept.told)
        .where(kept.snapshot_id == newest)
        .order_by(kept.before, kept.track)
    ).all()
    heads = (Head(*counted, **{**told, "warnings": tuple(told["warnings"])}) for _, *counted, told in found)
    return found[0].snapshot_id if found else 0, tuple(heads)


def _found(session: Session, stage: StageRow, snapshot: int, sought: tuple[str, ...]) -> Sequence[int]:
    """Read the numbers of the lines with words, in order."""
    return sorted(session.scalars(_numbers(snapshot, entries_with(stage.edition_id, sought))))


def _numbers(snapshot: int, entries: Select[int | None] | CompoundSelect[int]) -> Select[int]:
    """Return the statement that finds the numbers of the lines of some entries: in an index, which has no more."""
    kept = StandingsLineRow
    return select(kept.number).where(kept.snapshot_id == snapshot, kept.entry_id.in_(entries))


def _heads_of(standings: Mapping[str, Standings]) -> Iterator[Head]:
    before = 0
    for track, told in standings.items():
        counted = (before, len(told.lines), len(told.unranked))
        yield Head(track, *counted, told.method, told.missing, told.low_is_best, told.warnings)
        before += len(told.lines) + len(told.unranked)


def _read(
    session: Session, snapshot: int, heads: tuple[Head, ...], numbers: Sequence[int] | Select[int]
) -> Iterator[Shown]:
    """Read lines of a snapshot in their order; sorted here, lest the database goes through all lines in order."""
    kept = StandingsLineRow
    found = session.execute(
        select(kept.number, kept.told, EntryRow.title, Organization.name, EntryRow.track, Organization.cluster)
        .join(EntryRow, EntryRow.id == kept.entry_id)
        .join(Organization, Organization.id == EntryRow.organization_id)
        .where(kept.snapshot_id == snapshot, kept.number.in_(numbers))
    )
    for number, told, *label in sorted(found, key=itemgetter(0)):
        track = next(head.track for head in heads if head.before < number <= head.last)
        yield Shown(track, read_line(told), EntryLabel(*label))


def _standings(head: Head, shown: Iterable[Shown]) -> Standings:
    lines = (each.line for each in shown if each.track == head.track)
    ranked = tuple(line for line in lines if isinstance(line, Standing))
    return Standings(ranked, (), head.method, head.missing, head.warnings, head.low_is_best)


def _lines_of(told: Standings) -> Iterator[Standing | Unranked]:
    yield from told.lines
    yield from told.unranked


def _has_words(code: str, label: EntryLabel, sought: tuple[str, ...]) -> bool:
    return fits(words_of(code, label.title, label.entrant), sought)
