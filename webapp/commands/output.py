"""How commands print: tables of aligned columns."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence


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


def _text(cell: object) -> str:
    return "" if cell is None else str(cell)


def _line(cells: Sequence[str], widths: Sequence[int], to_right: Sequence[bool]) -> str:
    columns = zip(cells, widths, to_right, strict=True)
    return "  ".join(cell.rjust(width) if right else cell.ljust(width) for cell, width, right in columns).rstrip()
