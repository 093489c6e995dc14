"""What a table of scores says: one mark for each cell that stands for a score, with its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from juri.core.errors import Problem
from juri.core.scoring.number import read_number
from juri.core.scoring.rubric import NA
from juri.core.tables.layout import LONG, MATRIX, WIDE, Layout
from juri.core.tables.table import Table, clean, show

TOTAL = ""
"""The criterion of a mark that is the total of a sheet."""

NOT_ASSIGNED = "-"
"""What a cell says where the juror was not to score the entry; an empty cell is an absent score."""

_NA_WORDS = frozenset({"na", "n/a"})


@dataclass(frozen=True)
class Mark:
    """One cell: who put what for which entry and criterion. ``row`` and ``column`` name the cell (row from 1)."""

    entry: str
    juror: str
    criterion: str
    text: str
    row: int
    column: int
    group: str = ""


class Faults:
    """A list of faults with their cells, told in the order of the spreadsheet; the same is told once."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._found: dict[tuple[int, int, str, str], Problem] = {}

    def add(self, row: int, column: int, message: str, code: str) -> None:
        """Note a fault of one cell."""
        self._found[row, column, message, code] = Problem(self._table.place(row, column), clean(message), code)

    def problems(self) -> list[Problem]:
        """Return every fault, by row and column."""
        return [problem for _, problem in sorted(self._found.items(), key=lambda fault: fault[0])]


def collect_marks(table: Table, layout: Layout, faults: Faults) -> tuple[list[Mark], list[Mark]]:
    """List the marks of a table, and note what has no name, stands there twice, or changes its group.

    Returns:
        the marks, and those of repeated rows: faulty as such, but their cells can have faults of their own.

    """
    marks, repeated = [], []
    rows: dict[tuple[str, str, str], int] = {}
    groups: dict[str, tuple[str, int]] = {}
    for mark in _marks(table, layout, faults):
        first = rows.setdefault((mark.entry, mark.juror, mark.criterion), mark.row)
        group, row = groups.setdefault(mark.entry, (mark.group, mark.row))
        if first != mark.row:
            message = f"{_said(mark, layout)} is in row {first} already; remove one of the two"
            faults.add(mark.row, _subject_column(layout), message, "duplicate")
            repeated.append(mark)
        elif group != mark.group and layout.group is not None:
            message = f"'{show(mark.entry)}' belongs to '{show(group)}' in row {row}; an entry has one group"
            faults.add(mark.row, layout.group, message, "two_groups")
        else:
            marks.append(mark)
    return marks, repeated


def _said(mark: Mark, layout: Layout) -> str:
    names = {LONG: (mark.entry, mark.juror, mark.criterion), WIDE: (mark.entry, mark.juror), MATRIX: (mark.entry,)}
    return ", ".join(f"'{show(name)}'" for name in names[layout.form] if name)


def _subject_column(layout: Layout) -> int:
    """Return the column that a repeated row is told at."""
    return layout.entry if layout.juror is None else layout.juror


def _marks(table: Table, layout: Layout, faults: Faults) -> Iterator[Mark]:
    named = (layout.entry, layout.juror, layout.criterion, layout.group)
    for row, cells in table:
        empty = [column for column in named if column is not None and not cells[column]]
        for column in empty:
            faults.add(row, column, "the cell is empty, but the row has text; name it", "no_name")
        if not empty:
            yield from _row_marks(table.header, layout, row, cells)


def _row_marks(header: tuple[str, ...], layout: Layout, row: int, cells: tuple[str, ...]) -> Iterator[Mark]:
    entry = cells[layout.entry]
    juror = cells[layout.juror] if layout.juror is not None else ""
    group = cells[layout.group] if layout.group is not None else ""
    if layout.form == LONG and layout.score is not None:
        criterion = cells[layout.criterion] if layout.criterion is not None else TOTAL
        yield Mark(entry, juror, criterion, cells[layout.score], row, layout.score, group)
    for column in layout.values:
        if layout.form == MATRIX:
            yield Mark(entry, header[column], TOTAL, cells[column], row, column, group)
        else:
            yield Mark(entry, juror, header[column], cells[column], row, column, group)


def read_value(text: str, words: tuple[str, ...] = ()) -> Decimal | str:
    """Read the text of a score: a number with a decimal comma or point, ``na``, or one of ``words``.

    Raises:
        ValueError: it is none of these; the message is for the person who typed it.

    """
    written = text.casefold()
    if written in _NA_WORDS:
        return NA
    return next((word for word in words if word.casefold() == written), None) or read_number(text)
