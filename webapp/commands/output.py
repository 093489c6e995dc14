"""How commands print: tables of aligned columns."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from juri.core.tables.table import clean

_SHA256 = re.compile(r"\b[0-9a-f]{64}\b")


def table(headers: Sequence[str], rows: Iterable[Sequence[object]], *, right: Collection[str] = ()) -> str:
    """Lay out rows under their headers, two spaces between columns, without blanks at the ends of lines.

    Args:
        headers: one a column.
        rows: as many cells as headers; None is an empty cell.
        right: the headers of the columns that are aligned to the right (figures).

    """
    cells = [list(headers), *([_text(cell) for cell in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    to_right = [header in right for header in headers]
    rule = ["-" * width for width in widths]
    return "\n".join(_line(row, widths, to_right) for row in (cells[0], rule, *cells[1:]))


def brief(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> tuple[list[str], list[list[object]]]:
    """Make a table fit a terminal: columns without a single value go, hashes are cut to their first 16 digits."""
    lines = [[_shortened(cell) for cell in row] for row in rows]
    kept = [index for index in range(len(headers)) if any(line[index] not in (None, "") for line in lines)]
    return [headers[index] for index in kept], [[line[index] for index in kept] for line in lines]


def counted(number: int, noun: str, plural: str = "") -> str:
    """Write a number with its noun: 1 entry, 2 entries."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def short_names(names: Iterable[str], longest: int = 22) -> dict[str, str]:
    """Make names fit a column, each still told from the others: cut at the end, else in the middle, else not."""
    texts = {name: clean(name) for name in names}
    for kept in (longest - 1, longest // 2):
        end = kept + 1 - longest
        short = {
            name: text if len(text) <= longest else f"{text[:kept]}…{text[end:] if end else ''}"
            for name, text in texts.items()
        }
        if len(set(short.values())) == len(texts):
            return short
    return texts


def shorten_hashes(text: str) -> str:
    """Cut every SHA-256 in a text to its first 16 digits."""
    return _SHA256.sub(lambda found: found[0][:16], text)


def _shortened(cell: object) -> object:
    return shorten_hashes(cell) if isinstance(cell, str) else cell


def _text(cell: object) -> str:
    return "" if cell is None else str(cell)


def _line(cells: Sequence[str], widths: Sequence[int], to_right: Sequence[bool]) -> str:
    columns = zip(cells, widths, to_right, strict=True)
    return "  ".join(cell.rjust(width) if right else cell.ljust(width) for cell, width, right in columns).rstrip()
