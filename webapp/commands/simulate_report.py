"""What ``juri simulate`` gives back: a table with bars, and what was drawn and assumed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal
from importlib.metadata import version
from typing import Any

from juri.core.analysis.decision_study import METHODS, Figure, Finding
from juri.core.extension import Report
from juri.webapp.commands.output import counted
from juri.webapp.commands.output import table as lay_out
from juri.webapp.commands.simulate_study import Study

_BAR = 20
_SHOWN = ("same", "found", "reliab.")
_KEPT = 6
_FIGURES = ("overlap", "hit", "reliability", "rho")


def table_text(study: Study, findings: Sequence[Finding]) -> str:
    """Lay the figures out for the terminal, one line for each number of jurors, with a bar for the overlap."""
    by_count = by_count_of(findings)
    rows = [
        (
            f"{count}{' *' if count == study.asked else ''}", count * study.plan.entries,
            *(percent(own[method].overlap) for method in METHODS), *(percent(own[method].hit) for method in METHODS),
            *(f"{own[method].reliability.mean:.2f}" for method in METHODS),
            "#" * round(_BAR * max(own[method].overlap.mean for method in METHODS)),
        )
        for count, own in by_count.items()
    ]  # fmt: skip
    headers = ["jurors", "sheets", *(f"{what}{how}" for what in _SHOWN for how in ("", ", corr.")), "0 to 100 %"]
    parts = [lay_out(headers, rows, right=set(headers[:-1])), "", *_reading(study, by_count), "", *footer(study)]
    return "\n".join(parts)


def by_count_of(findings: Iterable[Finding]) -> dict[int, dict[str, Finding]]:
    """Sort findings by the number of jurors per entry, and by method."""
    found: dict[int, dict[str, Finding]] = {}
    for each in findings:
        found.setdefault(each.per_entry, {})[each.method] = each
    return found


def percent(figure: Figure) -> str:
    """Write the mean of a figure in percent."""
    return f"{figure.mean:.0%}"


def _reading(study: Study, by_count: Mapping[int, Mapping[str, Finding]]) -> list[str]:
    top = study.plan.top
    first = study.asked if study.asked is not None and study.asked in by_count else min(by_count)
    own = by_count[first]
    better = max(METHODS, key=lambda method: own[method].overlap.mean)
    same = own[better].overlap.mean * top
    whose = " (the edition)" if first == study.asked else ""
    share = f"two juries that know nothing of each other would share {same:.1f} of {top} places."
    return [
        f"With {counted(first, 'juror')} per entry{whose} {share}",
        f"same: part of the Top {top} that both juries chose; found: part of the true Top {top} that a jury chose;",
        "reliab.: correlation between the scores of both; corr.: with the jurors' severity taken out",
        *(["*: jurors per entry as the edition says"] if study.asked in by_count else []),
    ]


def footer(study: Study) -> list[str]:
    """Say what was drawn and assumed, so that it can be drawn again."""
    plan = study.plan
    habits = ", ".join(f"{name} {value:g}" for name, value in asdict(plan.behaviour).items())
    return [
        f"edition: {study.edition}{f', stage {study.stage}' if study.stage else ''}, rubric {study.rubric}",
        f"plan:    {plan.entries} entries, {plan.jurors} jurors, Top {plan.top}; {study.draws} draws for each number",
        f"jurors:  {habits}; one deviation of quality takes {plan.scale.spread:g} of a scale",
        f"seed:    {study.seed}",
        *(f"note:    {note}" for note in study.notes),
    ]


def report(study: Study, findings: Sequence[Finding]) -> Report:
    """Make the report of JSON."""
    figures = [
        {"per_entry": each.per_entry, "method": each.method}
        | {name: round(getattr(each, name).mean, _KEPT) for name in _FIGURES}
        | {f"{name}_error": round(getattr(each, name).error, _KEPT) for name in _FIGURES}
        for each in findings
    ]
    return Report({**_meta(study), "figures": figures}, {})


def flat_report(study: Study, findings: Sequence[Finding]) -> Report:
    """Make the report of CSV and XLSX: one row for each number of jurors and method."""
    header = ("per_entry", "method", *(part for name in _FIGURES for part in (name, f"{name}_error")))
    rows = tuple(
        (each.per_entry, each.method, *(_decimal(part) for name in _FIGURES for part in _parts(getattr(each, name))))
        for each in findings
    )
    return Report(_meta(study), {"simulation": (header, rows)})


def _parts(figure: Figure) -> tuple[float, float]:
    return figure.mean, figure.error


def _decimal(value: float) -> Decimal:
    return Decimal(f"{value:.{_KEPT}f}")


def _meta(study: Study) -> dict[str, Any]:
    plan = study.plan
    return {
        "juri": version("juri"),
        "edition": study.edition,
        "stage": study.stage,
        "rubric": study.rubric,
        "entries": plan.entries,
        "jurors": plan.jurors,
        "top": plan.top,
        "jurors_per_entry": study.asked,
        "draws": study.draws,
        "seed": study.seed,
        "behaviour": asdict(plan.behaviour),
        "spread": plan.scale.spread,
        "notes": list(study.notes),
    }
