"""A table of text that remembers where each cell stands in the spreadsheet that it came from."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from juri.core.errors import InputRefused, Problem

MAX_BYTES = 64 * 2**20
MAX_ROWS = 2_000_000
MAX_COLUMNS = 16_384
MAX_CELLS = 8_000_000
"""Rows times columns: a workbook of two far-off cells must not ask for gigabytes."""

MAX_CELL_LENGTH = 32_767
"""What a spreadsheet program itself allows in one cell."""

_SHOWN = 40
_MAX_PROBLEMS_PER_TABLE = 1_000
"""A file that is wrong throughout is told so often enough."""

Record = tuple[int, Sequence[str]]
"""A row number as the spreadsheet shows it (from 1), and the texts of its cells from column A."""


@dataclass(frozen=True)
class Table:
    """A header and rows of one width; ``row_numbers`` are as the spreadsheet shows them (from 1).

    ``header`` holds an empty text for a column that is empty throughout. ``reading`` says how the file was
    understood (``CSV, semicolon, UTF-8``).
    """

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    row_numbers: tuple[int, ...]
    header_row: int = 1
    reading: str = ""

    def place(self, row_number: int, column: int) -> str:
        """Name a cell as a person finds it: ``row 7, column C (signifikansi)``."""
        header = self.header[column] if column < len(self.header) else ""
        return f"row {row_number}, {name_column(column)}" + (f" ({show(header)})" if header else "")

    def __iter__(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        return zip(self.row_numbers, self.rows, strict=True)


def name_column(index: int) -> str:
    """Name a column as a spreadsheet does, from its index: 0 is ``column A``, 26 is ``column AA``."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"column {letters}"


def clean(text: str) -> str:
    """Make a text from a file safe for a terminal: control and other invisible characters are written out."""
    return text if text.isascii() and text.isprintable() else "".join(map(_visible, text))


def show(text: str) -> str:
    """Make a text from a file safe and short enough for a message: at most 40 characters of it."""
    return clean(text) if len(text) <= _SHOWN else clean(text[:_SHOWN]) + "…"


def _visible(letter: str) -> str:
    return letter if unicodedata.category(letter)[0] not in "CZ" or letter == " " else f"\\u{ord(letter):04x}"


def refuse_if(problems: Sequence[Problem]) -> None:
    """Refuse the table where there are problems; a very long list ends with how many more there are.

    Raises:
        InputRefused: with the problems.

    """
    if len(problems) > _MAX_PROBLEMS_PER_TABLE:
        more = f"and {len(problems) - _MAX_PROBLEMS_PER_TABLE} more problems that are not listed"
        problems = [*problems[:_MAX_PROBLEMS_PER_TABLE], Problem("", more, "more")]
    if problems:
        raise InputRefused(problems)


def build_table(name: str, records: Iterable[Record], reading: str) -> Table:
    """Build a table from records: the first that is not blank is the header, blank ones and empty ends are dropped.

    Raises:
        InputRefused: no header or no rows, a header used twice, text beside the header's columns, a size limit.

    """
    filled = list(_filled(name, records))
    if len(filled) < 2:  # noqa: PLR2004  a header and one row
        raise InputRefused.at(name, "the table needs a header row and at least one row of scores below it", "empty")
    header_row, header = filled[0]
    body = filled[1:]
    width = max(len(cells) for _, cells in filled)
    _check_area(name, width, len(filled))
    rows = tuple(cells + ("",) * (len(header) - len(cells)) for _, cells in body)
    table = Table(name, header, rows, tuple(number for number, _ in body), header_row, reading)
    refuse_if([*_repeated_headers(table), *_stray_text(table), *_long_cells(table)])
    return table


def _filled(name: str, records: Iterable[Record]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Drop the blank rows and the empty ends of the others; texts are stripped."""
    kept = 0
    for number, cells in records:
        texts = [cell.strip() for cell in cells]
        while texts and not texts[-1]:
            texts.pop()
        if texts:
            kept += 1
            if kept > MAX_ROWS:
                raise InputRefused.at(name, f"the table has more than {MAX_ROWS:,} rows; split it", "too_large")
            yield number, tuple(texts)


def _check_area(name: str, width: int, height: int) -> None:
    if width > MAX_COLUMNS or width * height > MAX_CELLS:
        limit = f"{MAX_COLUMNS:,} columns and {MAX_CELLS:,} cells"
        raise InputRefused.at(
            name, f"the table has {width:,} columns in {height:,} rows; at most {limit} are read", "too_large"
        )


def _repeated_headers(table: Table) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for column, text in enumerate(table.header):
        before = first.setdefault(text.casefold(), column)
        if text and before != column:
            place = table.place(table.header_row, column)
            same = f"{name_column(before)} has the header '{show(text)}' already; give each column its own"
            yield Problem(place, same, "header_twice")


def _stray_text(table: Table) -> Iterator[Problem]:
    """Find text that stands under no header: a header forgotten, or a decimal comma taken for a separator."""
    nameless = [column for column, text in enumerate(table.header) if not text]
    for number, cells in table:
        if len(cells) > len(table.header):
            yield Problem(
                f"row {number}",
                f"it has {len(cells)} cells, but the header has {len(table.header)}; a comma or semicolon inside a "
                'cell must stand in quotes ("84,38")',
                "too_many_cells",
            )
        for column in nameless:
            if cells[column]:
                yield Problem(table.place(number, column), "the column has no header; name it or empty it", "no_header")


def _long_cells(table: Table) -> Iterator[Problem]:
    for number, cells in ((table.header_row, table.header), *table):
        for column, text in enumerate(cells):
            if len(text) > MAX_CELL_LENGTH:
                said = f"the cell has {len(text):,} characters; at most {MAX_CELL_LENGTH:,} are read"
                yield Problem(f"row {number}, {name_column(column)}", said, "too_long")
