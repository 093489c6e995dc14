"""What ``juri rasch`` gives back: three tables of measures, the thresholds, and what to be careful about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from importlib.metadata import version
from typing import Any

import numpy as np

from juri.core.analysis.rasch import CRITERION, ENTRY, JUROR, RaschFit
from juri.core.analysis.rasch_scale import RatingScale
from juri.core.extension import Report
from juri.core.judging.table_ratings import TableRatings
from juri.core.tables.table import Table, clean
from juri.webapp.commands.output import table as lay_out

_FACETS = {"entries": ENTRY, "jurors": JUROR, "criteria": CRITERION}
_DECIMALS = 3
_KEPT = 8
_SHOWN_HASH = 12
_SAYS = {
    "entries": "a higher measure is a better entry",
    "jurors": "a higher measure is a more severe juror",
    "criteria": "a higher measure is a harder criterion",
}


@dataclass(frozen=True)
class RaschResult:
    """The measures with what they came from."""

    input_sha256: str
    table: Table
    ratings: TableRatings
    scale: RatingScale
    fit: RaschFit


@dataclass(frozen=True)
class Element:
    """One entry, juror or criterion; infit and outfit are None where the total is extreme."""

    name: str
    total: float
    count: int
    measure: float
    error: float
    infit: float | None
    outfit: float | None
    extreme: bool


def elements(result: RaschResult, facet: int) -> Iterator[Element]:
    """Walk the elements of a facet, the highest measure first."""
    data, found = result.scale.observations, result.fit.facets[facet]
    size = data.sizes[facet]
    totals = np.bincount(data.index[facet], result.scale.value, size)
    counts = np.bincount(data.index[facet], minlength=size)
    names = result.scale.names[facet]
    for at in sorted(np.flatnonzero(counts), key=lambda each: (-found.measure[each], names[each])):
        infit, outfit = (_known(each[at]) for each in (found.infit, found.outfit))
        yield Element(
            name=names[at],
            total=float(totals[at]),
            count=int(counts[at]),
            measure=float(found.measure[at]),
            error=float(found.error[at]),
            infit=infit,
            outfit=outfit,
            extreme=bool(found.extreme[at]),
        )


def table_text(result: RaschResult) -> str:
    """Lay the measures out for the terminal, facet by facet."""
    parts = []
    for title, facet in _FACETS.items():
        rows = [
            (
                clean(each.name), f"{each.total:g}", each.count,
                *map(_shown, (each.measure, each.error, each.infit, each.outfit)), "extreme" if each.extreme else "",
            )
            for each in elements(result, facet)
        ]  # fmt: skip
        headers = [title, "total", "scores", "measure", "SE", "infit", "outfit", "note"]
        parts += [lay_out(headers, rows, right=set(headers[1:-1])), _SAYS[title], ""]
    steps = [(result.scale.labels[at + 1], _shown(_known(each))) for at, each in enumerate(result.fit.thresholds)]
    parts += [lay_out(["up to", "threshold"], steps, right={"threshold"}), ""]
    return "\n".join([*parts, *footer(result)])


def warnings_of(result: RaschResult) -> Iterator[str]:
    """Tell what the measures must not be taken for."""
    scale = result.scale
    if len(scale.subsets) > 1:
        groups = "; ".join(", ".join(map(clean, jurors)) for jurors in scale.subsets)
        yield f"{len(scale.subsets)} groups of jurors share no entry; measures compare within each only: {groups}"
    if scale.is_cut:
        yield f"the scale was cut into {len(scale.labels)} classes between the extremes of each criterion"
    if any(facet.extreme.any() for facet in result.fit.facets):
        yield "extreme: nothing but the least or the greatest score; the measure is for a total moved by 0.3 points"
    yield from result.ratings.warnings


def footer(result: RaschResult) -> list[str]:
    """Say how to read it, what was read, and every warning."""
    source = f"{clean(result.table.name)} ({result.table.reading}; sha256 {result.input_sha256[:_SHOWN_HASH]})"
    return [
        "model:   many-facet Rasch by joint maximum likelihood, in logits; entries and criteria are centred",
        "reading: infit and outfit are near 1; above 1.5 the scores do not fit, below 0.5 they say little of their own",
        f"input:   {source}",
        *(f"note:    {warning}" for warning in warnings_of(result)),
    ]


def report(result: RaschResult) -> Report:
    """Make the report of JSON."""
    facets = {title: [_json(each) for each in elements(result, facet)] for title, facet in _FACETS.items()}
    known = [_known(each) for each in result.fit.thresholds]
    thresholds = [None if each is None else round(each, _KEPT) for each in known]
    more = {"categories": list(result.scale.labels), "thresholds": thresholds, "subsets": result.scale.subsets}
    return Report({**_meta(result), **facets, **more}, {})


def flat_report(result: RaschResult) -> Report:
    """Make the report of CSV and XLSX: one row for each entry, juror and criterion."""
    header = ("facet", "name", "total", "scores", "measure", "se", "infit", "outfit", "extreme")
    rows = tuple(
        (
            title, each.name, _decimal(each.total), each.count,
            *map(_decimal, (each.measure, each.error, each.infit, each.outfit)), each.extreme,
        )
        for title, facet in _FACETS.items()
        for each in elements(result, facet)
    )  # fmt: skip
    return Report(_meta(result), {"measures": (header, rows)})


def _meta(result: RaschResult) -> dict[str, Any]:
    return {
        "juri": version("juri"),
        "form": result.ratings.layout.form,
        "input_sha256": result.input_sha256,
        "rounds": result.fit.rounds,
        "warnings": list(warnings_of(result)),
    }


def _json(each: Element) -> dict[str, Any]:
    figures = {"measure": each.measure, "se": each.error, "infit": each.infit, "outfit": each.outfit}
    kept = {name: None if value is None else round(value, _KEPT) for name, value in figures.items()}
    return {"name": each.name, "total": each.total, "scores": each.count, **kept, "extreme": each.extreme}


def _known(figure: float) -> float | None:
    return None if np.isnan(figure) else float(figure)


def _decimal(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(f"{value:.{_KEPT}f}")


def _shown(value: float | None) -> str:
    return "" if value is None else f"{value:.{_DECIMALS}f}"
