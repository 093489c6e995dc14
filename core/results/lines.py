"""The standings of a snapshot, line by line: written with it, so that a page of them is read without the rest.

The snapshot stays what counts. Its lines say what it says, each at its number; the check works them out again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from juri.core.audit.derived import works_out
from juri.core.editions.model import StageRow
from juri.core.entries.model import EntryRow, EntryWord
from juri.core.entries.words import word_rows
from juri.core.results.model import SnapshotRow, StandingsHeadRow, StandingsLineRow
from juri.core.storage.base import Base, table_of
from juri.core.storage.session import WriteSession

Rows = Iterator[dict[str, Any]]
Told = Mapping[str, Mapping[str, Any]]
"""The standings as the body of a snapshot has them, by track."""

_OF_ALL = ("method", "missing", "low_is_best", "warnings")
"""What a snapshot says of the standings of a track as a whole, as far as a page of them shows it."""

_UNREADABLE = (AttributeError, KeyError, TypeError, ValueError)


def keep_lines(session: WriteSession, snapshot: SnapshotRow, edition: int) -> None:
    """Write the lines of a snapshot that was just kept, and the words of entries that have no line yet."""
    standings: Told = snapshot.body["standings"]
    if not standings:
        return
    _write(session, StandingsHeadRow, _heads(snapshot.id, standings))
    _write(session, StandingsLineRow, _lines(snapshot.id, standings, _entry_ids(session, edition)))
    own = select(StandingsLineRow.entry_id).where(StandingsLineRow.snapshot_id == snapshot.id)
    known = select(EntryWord.entry_id).where(EntryWord.edition_id == edition)
    _write(session, EntryWord, word_rows(session, own.except_(known)))


@works_out(StandingsHeadRow)
def head_rows(session: Session) -> Rows:
    """Work out what every snapshot says of each track as a whole."""
    return _of_each_snapshot(session, lambda snapshot, _, standings: _heads(snapshot, standings))


@works_out(StandingsLineRow)
def line_rows(session: Session) -> Rows:
    """Work out the lines of every snapshot."""
    return _of_each_snapshot(
        session, lambda snapshot, edition, standings: _lines(snapshot, standings, _entry_ids(session, edition))
    )


@works_out(EntryWord)
def ranked_word_rows(session: Session) -> Rows:
    """Work out the words of every entry that has a line in any snapshot."""
    ranked = {line["entry_id"] for line in line_rows(session)}
    return (row for row in word_rows(session, select(EntryRow.id)) if row["entry_id"] in ranked)


def _write(session: WriteSession, model: type[Base], rows: Iterable[dict[str, Any]]) -> None:
    written = list(rows)
    if written:
        session.execute(insert(table_of(model)), written)


def _heads(snapshot: int, standings: Told) -> Rows:
    before = 0
    for track, told in sorted(standings.items()):
        ranked, unranked = len(told["lines"]), len(told["unranked"])
        counted = {"before": before, "ranked": ranked, "unranked": unranked}
        yield {"snapshot_id": snapshot, "track": track, **counted, "told": {name: told[name] for name in _OF_ALL}}
        before += ranked + unranked


def _lines(snapshot: int, standings: Told, ids: Mapping[str, int]) -> Rows:
    ordered = [line for _, told in sorted(standings.items()) for line in (*told["lines"], *told["unranked"])]
    for number, line in enumerate(ordered, 1):
        yield {"snapshot_id": snapshot, "number": number, "entry_id": ids[line["entry"]], "told": line}


def _entry_ids(session: Session, edition: int) -> dict[str, int]:
    found = session.execute(select(EntryRow.code, EntryRow.id).where(EntryRow.edition_id == edition))
    return {code: number for code, number in found}  # noqa: C416  a row is no pair to the type checker


def _of_each_snapshot(session: Session, work: Callable[[int, int, Told], Rows]) -> Rows:
    """Work rows out of one snapshot after the other; of one that cannot be read, nothing follows."""
    known = select(SnapshotRow.id, StageRow.edition_id).join(StageRow, StageRow.id == SnapshotRow.stage_id)
    for snapshot, edition in session.execute(known.order_by(SnapshotRow.id)).all():
        try:
            body = session.scalars(select(SnapshotRow.body).where(SnapshotRow.id == snapshot)).one()
            rows = list(work(snapshot, edition, body["standings"]))
        except _UNREADABLE:
            continue
        yield from rows
