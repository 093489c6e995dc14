"""Reports as CSV: comma, decimal point, UTF-8, CRLF; safe to open in a spreadsheet program."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from juri.core.extension import Exporter, Report
from juri.plugins import hookimpl

_FORMULA = re.compile(r" *[=+\-@\t\r\n]")
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


@hookimpl
def juri_exporters() -> list[Exporter]:
    """Offer CSV."""
    return [Exporter(name="csv", title="CSV", version="1", suffix=".csv", media_type="text/csv", write=write_csv)]


def write_csv(report: Report) -> bytes:
    """Write the tables of a report; one alone as it is, several each under a line with its name.

    A text that a spreadsheet program would take for a formula gets an apostrophe in front; numbers stay as they are.
    """
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    for index, (name, (header, rows)) in enumerate(report.tables.items()):
        if len(report.tables) > 1:
            writer.writerows([[]] * (index > 0) + [[_cell(name)]])
        writer.writerow(_cells(header))
        writer.writerows(map(_cells, rows))
    return stream.getvalue().encode()


def _cells(row: Iterable[Any]) -> list[str]:
    return [_cell(value) for value in row]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, Decimal)):
        return format(value, "f" if isinstance(value, Decimal) else "d")
    text = str(value)
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text
