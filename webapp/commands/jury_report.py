"""What ``juri jury`` gives back: a line for each juror, what to know to read it, and a report for the exporters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from functools import cached_property
from importlib.metadata import version
from typing import Any

from juri.core.analysis.jurors import ENOUGH_ENTRIES, ENOUGH_JURORS, JurorFigures, describe_jurors
from juri.core.extension import Report
from juri.core.judging.jury import line_up
from juri.core.judging.table_ratings import Ratings, TableRatings
from juri.core.judging.table_sheets import RubricUse
from juri.core.tables.table import Table, clean
from juri.webapp.commands.output import brief
from juri.webapp.commands.output import table as lay_out

_KEPT = 10
"""Decimals that programs get: more would differ from machine to machine."""

_SHOWN_HASH = 12
_KEYS = tuple(field.name for field in fields(JurorFigures) if field.name not in {"juror", "flags"})
_HEADERS = (
    "juror", "sheets", "shared", "mean", "severity", "95 %", "spread", "with others", "infit", "flat", "same", "drift",
    "minutes", "look at",
)  # fmt: skip
_WHAT_FLAGS_ARE = (
    "what stands under 'look at' asks a human to look; it excludes nobody, and is told only of jurors with "
    f"{ENOUGH_ENTRIES} or more entries, where {ENOUGH_JURORS} jurors have as many"
)
_LEGEND = (
    "severity     points below an average juror (above 0: strict), shrunk towards 0; told on shared entries only",
    "spread       standard deviation of the totals; one far below the others' uses the middle of the scale only",
    "with others  correlation with the mean of the others; infit: noise beside the average noise (1)",
    "flat         differences between criteria beside the median juror's (1); same: sheets with one score throughout",
    "drift        points by which the last sheets are milder than the first",
)


@dataclass(frozen=True)
class JuryResult:
    """The figures of every juror with what they came from."""

    input_sha256: str
    table: Table
    use: RubricUse | None
    ratings: TableRatings

    @cached_property
    def groups(self) -> Mapping[str, tuple[tuple[str, JurorFigures], ...]]:
        """Return the jurors of each group with their figures; the empty text is all groups together."""
        return {"": _described(self.ratings.whole)} | {
            name: _described(own) for name, own in self.ratings.groups.items()
        }


def _described(own: Ratings) -> tuple[tuple[str, JurorFigures], ...]:
    if own.total is None:
        return ()
    jury = line_up(own.total, own.criteria, own.order, own.minutes)
    return tuple((own.total.jurors[figures.juror], figures) for figures in describe_jurors(jury))


def table_text(result: JuryResult) -> str:
    """Lay the jurors out for the terminal, all together and group by group, with how to read the columns."""
    parts = []
    for group, jurors in result.groups.items():
        if group:
            parts += [f"{', '.join(result.ratings.grouped_by)}: {clean(group)}", ""]
        headers, rows = brief(_HEADERS, [_row(name, figures) for name, figures in jurors])
        parts += [lay_out(headers, rows, right=set(headers) - {"juror", "95 %", "look at"}), ""]
    return "\n".join([*parts, *_LEGEND, "", *footer(result)])


def _row(name: str, own: JurorFigures) -> tuple[object, ...]:
    interval = "" if own.low is None else f"{_shown(own.low)} to {_shown(own.high)}"
    figures = (own.spread, own.consistency, own.infit, own.flat, own.straight, own.drift, own.minutes)
    return (
        clean(name), own.sheets, own.common, _shown(own.mean), _shown(own.severity), interval,
        *map(_shown, figures), ", ".join(own.flags),
    )  # fmt: skip


def footer(result: JuryResult) -> list[str]:
    """Say what was read, what a flag means, and every warning."""
    rubric = result.use.rubric if result.use else None
    return [
        f"rubric:  {f'{rubric.id} (sha256 {rubric.content_hash[:_SHOWN_HASH]})' if rubric else 'none'}",
        f"input:   {clean(result.table.name)} ({result.table.reading}; sha256 {result.input_sha256[:_SHOWN_HASH]})",
        f"note:    {_WHAT_FLAGS_ARE}",
        *(f"note:    {warning}" for warning in _warnings(result)),
    ]


def _warnings(result: JuryResult) -> Iterator[str]:
    yield from result.ratings.warnings
    told = [own for _, own in result.groups[""] if own.severity is not None]
    if told and all(own.low is None for own in told):
        yield "the sheets show no difference between jurors beyond chance: every severity is 0, and has no interval"


def report(result: JuryResult) -> Report:
    """Make the report of JSON: all jurors, then those of each group."""
    groups = {name: [_json(*each) for each in jurors] for name, jurors in result.groups.items() if name}
    jurors = [_json(*each) for each in result.groups[""]]
    return Report({**_meta(result), "jurors": jurors, **({"groups": groups} if groups else {})}, {})


def flat_report(result: JuryResult) -> Report:
    """Make the report of CSV and XLSX: one row a juror and group."""
    rows = tuple(
        (group, name, *(_decimal(getattr(own, key)) for key in _KEYS), " ".join(own.flags))
        for group, jurors in result.groups.items()
        for name, own in jurors
    )
    return Report(_meta(result), {"jurors": (("group", "juror", *_KEYS, "flags"), rows)})


def _meta(result: JuryResult) -> dict[str, Any]:
    rubric = result.use.rubric if result.use else None
    return {
        "juri": version("juri"),
        "form": result.ratings.layout.form,
        "rubric": {"id": rubric.id if rubric else None, "hash": rubric.content_hash if rubric else None},
        "group_by": list(result.ratings.grouped_by),
        "input_sha256": result.input_sha256,
        "warnings": list(_warnings(result)),
    }


def _json(name: str, own: JurorFigures) -> dict[str, Any]:
    figures = {key: getattr(own, key) for key in _KEYS}
    kept = {key: round(value, _KEPT) if isinstance(value, float) else value for key, value in figures.items()}
    return {"juror": name, **kept, "flags": list(own.flags)}


def _decimal(value: float | None) -> Decimal | int | None:
    return Decimal(f"{value:.{_KEPT}f}") if isinstance(value, float) else value


def _shown(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"
