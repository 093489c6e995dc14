"""Tables out of XLSX workbooks."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from juri.core.errors import InputRefused, NotFound
from juri.core.tables.table import Record, Table, build_table, show
from juri.core.tables.workbook_scan import Cell, scan_workbook


def read_workbook(data: bytes, name: str, sheet: str | None = None) -> Table:
    """Read one sheet of an XLSX workbook, the first where none is named.

    A number is read as the decimal that the spreadsheet shows (84.38, not 84.3799999999999954). Dates are written as
    ISO. A cell whose formula gives an error, or was never calculated, is not an empty cell: it says so.

    Raises:
        InputRefused: not a workbook, damaged, too large, or a fault of the table itself.
        NotFound: there is no sheet of that name.

    """
    unusable = scan_workbook(data, name)
    names, rows = _parse(data, name, sheet)
    chosen = sheet or names[0]
    others = f", the first of {len(names)}" if sheet is None and len(names) > 1 else ""
    return build_table(name, _records(rows, unusable.get(chosen, {})), f"XLSX, sheet '{show(chosen)}'{others}")


def _parse(data: bytes, name: str, sheet: str | None) -> tuple[list[str], list[list[Any]]]:
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        names = list(book.sheet_names)
        return names, book.get_sheet_by_name(_choose(sheet, names, name)).to_python(skip_empty_area=False)
    except (InputRefused, NotFound):
        raise
    except BaseException as error:  # a panic of the reader's own language is not an Exception
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        message = f"the workbook cannot be read ({error}); save it again as XLSX, or as CSV"
        raise InputRefused.at(name, message, "damaged") from error


def _choose(sheet: str | None, names: list[str], name: str) -> str:
    if not names:
        raise InputRefused.at(name, "the workbook has no sheet", "empty")
    if sheet is not None and sheet not in names:
        raise NotFound("sheet", sheet, f"the workbook has {', '.join(map(show, names))}")
    return sheet or names[0]


def _records(rows: list[list[Any]], unusable: Mapping[Cell, str]) -> Iterator[Record]:
    marks: dict[int, dict[int, str]] = {}
    for (row, column), why in unusable.items():
        marks.setdefault(row, {})[column] = why
    for number in range(1, max(len(rows), *marks) + 1 if marks else len(rows) + 1):
        texts = [_text(cell) for cell in rows[number - 1]] if number <= len(rows) else []
        for column, why in marks.get(number, {}).items():
            texts.extend([""] * (column - len(texts)))
            texts[column - 1] = why
        yield number, texts


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else format(Decimal(repr(value)), "f")
    return str(value)
