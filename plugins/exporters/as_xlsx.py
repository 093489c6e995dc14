"""Reports as XLSX workbooks: one sheet for each table and one that says how it came about."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from juri.core.errors import InputRefused
from juri.core.extension import Exporter, Report
from juri.plugins import hookimpl

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

_MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CREATED = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""Fixed, so that equal reports give equal bytes."""

_ABOUT = "about"
_SHEET_NAME_LENGTH = 31
_MAX_ROWS = 1_048_576
_MAX_TEXT = 32_767
_EXACT_DIGITS = 15
"""A sheet keeps so many digits of a number; a longer figure is written as text."""


@hookimpl
def juri_exporters() -> list[Exporter]:
    """Offer XLSX."""
    kind = {"suffix": ".xlsx", "media_type": _MEDIA_TYPE}
    return [Exporter(name="xlsx", title="XLSX workbook", version="1", write=write_xlsx, **kind)]


def write_xlsx(report: Report) -> bytes:
    """Write a report as a workbook; texts stay texts, whatever they begin with.

    Raises:
        InputRefused: a table has more rows, or a cell more text, than a sheet can hold.

    """
    import xlsxwriter

    stream = io.BytesIO()
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(stream, {"in_memory": True, **plain}) as book:
        book.set_properties({"created": _CREATED})
        for name, (header, rows) in report.tables.items():
            _write_table(book, name, [header, *rows])
        _write_table(book, _ABOUT, [("what", "value"), *_flatten("", report.meta)])
    return stream.getvalue()


def _write_table(book: Workbook, name: str, rows: list[tuple[Any, ...]]) -> None:
    if len(rows) > _MAX_ROWS:
        message = f"the table has {len(rows):,} rows; a sheet of a workbook holds {_MAX_ROWS:,}; write CSV instead"
        raise InputRefused.at(name, message, "too_large")
    sheet = book.add_worksheet(re.sub(r"[\[\]:*?/\\]", "-", name)[:_SHEET_NAME_LENGTH])
    sheet.freeze_panes(1, 0)
    formats: dict[int, Any] = {}
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            _write_cell(book, sheet, (number, column), value, formats)


def _write_cell(book: Workbook, sheet: Worksheet, at: tuple[int, int], value: Any, formats: dict[int, Any]) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(*at, value)
    elif isinstance(value, (int, Decimal)) and len(Decimal(value).as_tuple().digits) <= _EXACT_DIGITS:
        decimals = max(0, -int(Decimal(value).as_tuple().exponent))
        if decimals not in formats:
            formats[decimals] = book.add_format({"num_format": "0." + "0" * decimals if decimals else "0"})
        sheet.write_number(*at, float(value), formats[decimals])
    else:
        text = str(value)
        if len(text) > _MAX_TEXT:
            message = (
                f"the cell has {len(text):,} characters; a cell of a workbook holds {_MAX_TEXT:,}; write CSV instead"
            )
            raise InputRefused.at(f"row {at[0] + 1}, column {at[1] + 1}", message, "too_long")
        sheet.write_string(*at, text)


def _flatten(prefix: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Walk nested metadata as rows: ``rubric.id`` and its value; each item of a list has a row."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _flatten(f"{prefix}.{key}" if prefix else str(key), inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _flatten(prefix, inner)
    else:
        yield prefix, value
