"""Reports as one page of HTML: complete in itself, readable on a phone, by day and by night, and without a script.

What a report tells the page, in its metadata: ``name`` is the heading, ``subtitle`` and ``notice`` stand below it,
``language`` is ``id`` or ``en``, ``chart`` says which table is drawn as bars: ``{table, label, value}``. Everything
else stands in a list at the end.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from importlib.resources import files
from typing import Any

from juri.core.extension import Exporter, Report
from juri.plugins import hookimpl

STAGES_CHART: Mapping[str, str] = {"table": "stages", "label": "stage", "value": "advanced"}
"""The chart of a report that names none: how many each stage of an edition let on."""

_HEAD = ("name", "subtitle", "notice", "language", "chart")
_LONG = 60
"""A table with more rows is folded away until somebody opens it."""

_ROW_HEIGHT, _ROW_FOOT = 54, 8

_HASH = re.compile(r"[0-9a-f]{64}")

_WORDS: Mapping[str, Mapping[str, str]] = {
    "id": {
        "as_table": "Angka dalam tabel",
        "rows": "Tampilkan {count} baris",
        "about": "Tentang hasil ini",
        "made_by": "Dibuat dengan Juri, mesin terbuka untuk kompetisi bertahap.",
        "yes": "ya",
        "no": "tidak",
    },
    "en": {
        "as_table": "The figures as a table",
        "rows": "Show {count} rows",
        "about": "About this result",
        "made_by": "Made with Juri, an open engine for competitions in stages.",
        "yes": "yes",
        "no": "no",
    },
}


@dataclass(frozen=True)
class Cell:
    """What stands in one place; a hash is set in type of one width."""

    text: str
    is_hash: bool = False


@dataclass(frozen=True)
class Column:
    """The head of a column, and whether it holds figures, which stand to the right."""

    name: str
    is_figure: bool


@dataclass(frozen=True)
class PageTable:
    """A table as the page shows it."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]

    @property
    def is_long(self) -> bool:
        """Tell whether it is folded away."""
        return len(self.rows) > _LONG


@dataclass(frozen=True)
class Bar:
    """One bar: where it stands, and its share of the longest in percent."""

    label: str
    value: str
    y: int
    left: str
    width: str


@dataclass(frozen=True)
class Chart:
    """The bars of one table, one below the other and centred, with what a screen reader says instead."""

    title: str
    bars: tuple[Bar, ...]
    table: PageTable

    @property
    def height(self) -> int:
        """Return the height of the drawing in pixels."""
        return len(self.bars) * _ROW_HEIGHT - _ROW_FOOT

    @property
    def spoken(self) -> str:
        """Return the chart in words."""
        return f"{self.title}: " + "; ".join(f"{bar.label} {bar.value}" for bar in self.bars)


@dataclass(frozen=True)
class Page:
    """All that the template shows."""

    name: str
    subtitle: str
    notice: str
    language: str
    chart: Chart | None
    tables: tuple[PageTable, ...]
    facts: tuple[tuple[str, Cell], ...]


@hookimpl
def juri_exporters() -> list[Exporter]:
    """Offer the page."""
    return [
        Exporter(name="page", title="HTML page", version="1", write=write_page, suffix=".html", media_type="text/html")
    ]


def write_page(report: Report) -> bytes:
    """Write a report as one HTML page in UTF-8; whatever stands in a cell is text, never markup."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    layout = environment.from_string((files("juri.plugins.exporters") / "page.html").read_text(encoding="utf-8"))
    page = page_of(report)
    return layout.render(page=page, words=_WORDS[page.language]).encode()


def page_of(report: Report) -> Page:
    """Lay a report out as a page."""
    meta = report.meta
    asked = str(meta.get("language", ""))
    language = asked if asked in _WORDS else "en"
    said = {name: _table(name, *table, language) for name, table in report.tables.items()}
    chart = _chart(report, meta.get("chart", STAGES_CHART), said, language)
    return Page(
        name=str(meta.get("name", "")),
        subtitle=str(meta.get("subtitle", "")),
        notice=str(meta.get("notice", "")),
        language=language,
        chart=chart,
        tables=tuple(table for table in said.values() if table.rows and (chart is None or table is not chart.table)),
        facts=tuple((_label(key), _cell(value, language)) for key, value in meta.items() if key not in _HEAD),
    )


def _table(name: str, header: Sequence[str], rows: Sequence[Sequence[Any]], language: str) -> PageTable:
    columns = (Column(_label(title), _is_figures(row[at] for row in rows)) for at, title in enumerate(header))
    return PageTable(name, tuple(columns), tuple(tuple(_cell(cell, language) for cell in row) for row in rows))


def _chart(report: Report, asked: Mapping[str, str], tables: Mapping[str, PageTable], language: str) -> Chart | None:
    header, rows = report.tables.get(asked["table"], ((), ()))
    if not rows or asked["label"] not in header or asked["value"] not in header:
        return None
    label, value = header.index(asked["label"]), header.index(asked["value"])
    longest = max(*(int(row[value]) for row in rows), 1)
    bars = (
        _bar(str(row[label]), int(row[value]), longest, number * _ROW_HEIGHT, language)
        for number, row in enumerate(rows)
    )
    table = tables[asked["table"]]
    return Chart(table.name, tuple(bars), table)


def _bar(label: str, value: int, longest: int, y: int, language: str) -> Bar:
    share = Fraction(100 * value, longest)
    return Bar(label, _text(value, language), y, f"{float(50 - share / 2):.3f}", f"{float(share):.3f}")


def _label(name: str) -> str:
    words = name.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def _is_figures(cells: Iterable[Any]) -> bool:
    kinds = {type(cell) for cell in cells}
    return bool(kinds) and kinds <= {int, Decimal, Fraction}


def _cell(value: Any, language: str) -> Cell:
    text = _text(value, language)
    return Cell(text, is_hash=_HASH.fullmatch(text) is not None)


def _text(value: Any, language: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _WORDS[language]["yes" if value else "no"]
    if isinstance(value, int):
        return f"{value:,}".replace(",", "." if language == "id" else ",")
    if isinstance(value, (list, tuple)):
        return ", ".join(_text(each, language) for each in value)
    if isinstance(value, Mapping):
        return "; ".join(f"{_label(str(key))}: {_text(each, language)}" for key, each in value.items())
    return str(value)
