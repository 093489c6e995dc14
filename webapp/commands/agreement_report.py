"""What ``juri agreement`` gives back: figures with a sentence on how to read them, and a report for the exporters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from importlib.metadata import version
from typing import Any

from juri.core.analysis.agreement import Agreement, measure_agreement, no_agreement
from juri.core.analysis.agreement_icc import Components
from juri.core.analysis.agreement_kappa import Kappa
from juri.core.analysis.estimate import Estimate
from juri.core.extension import Report
from juri.core.judging.table_ratings import Ratings, TableRatings
from juri.core.judging.table_sheets import RubricUse
from juri.core.tables.marks import TOTAL
from juri.core.tables.table import Table, clean
from juri.webapp.commands.output import counted
from juri.webapp.commands.output import table as lay_out

_DECIMALS = 3
_KEPT = 10
"""Decimals that programs get: more would differ from machine to machine."""

_SHOWN_HASH = 12
_ICC_WORDS = {
    "1": "one score, each entry with jurors of its own",
    "A1": "one juror's score, severity counted as error",
    "C1": "one juror's score, severity aside",
    "1k": "the mean of {k}, each entry with jurors of its own",
    "Ak": "the mean of {k} jurors, severity counted as error",
    "Ck": "the mean of {k} jurors, severity aside",
}


@dataclass(frozen=True)
class Line:
    """One figure: what it is, the estimate, and what to know to read it."""

    key: str
    name: str
    estimate: Estimate
    help: str


@dataclass(frozen=True)
class AgreementResult:
    """The agreement of every part of a table with what was applied to get it."""

    input_sha256: str
    table: Table
    use: RubricUse | None
    level: str
    ratings: TableRatings

    @cached_property
    def sections(self) -> Mapping[str, Mapping[str, Agreement]]:
        """Return the agreement by group, and in each by criterion; the empty text is all of them, and the total."""
        return {"": self._section(self.ratings.whole)} | {
            name: self._section(own) for name, own in self.ratings.groups.items()
        }

    def _section(self, own: Ratings) -> dict[str, Agreement]:
        parts = {} if own.total is None else {TOTAL: own.total}
        found = {TOTAL: no_agreement("no_total", self.level)}
        for name, matrix in {**parts, **own.criteria}.items():
            found[name] = measure_agreement(matrix, self.level, words=name in own.words)
        return found


def lines_of(found: Agreement) -> Iterator[Line]:
    """Walk the figures of one part, the most asked first."""
    level = f"{found.level}; 1 is perfect agreement, 0 is chance"
    yield Line("krippendorff_alpha", "Krippendorff's alpha", found.alpha, level)
    parts = found.reliability.components
    k = "k" if parts is None else f"{parts.jurors_per_entry:.3g}"
    for form, estimate in found.reliability.icc.items():
        name = f"ICC({form[0]},{form[1]})" if form[0] in "AC" else f"ICC({form[0]}{',k' if form[1:] else ''})"
        yield Line(f"icc_{form}", name, estimate, _ICC_WORDS[form].format(k=k))
    p = found.kendall.p
    test = "the same order" if p is None else f"the same order; p = {_shown(p)}"
    yield Line("kendall_w", "Kendall's W", found.kendall.w, test)
    yield Line("correlation", "Mean r", found.correlation, "correlation of two jurors, in the mean")
    yield Line("rank_correlation", "Mean rho", found.rank_correlation, "the same of their ranks (Spearman)")
    yield Line("fleiss_kappa", "Fleiss' kappa", _as_estimate(found.fleiss), "the same category, beyond chance")
    for key, title, kappa in (
        ("cohen_kappa", "Cohen's kappa", found.cohen),
        ("cohen_kappa_linear", "  linear weights", found.linear),
        ("cohen_kappa_quadratic", "  quadratic weights", found.quadratic),
    ):
        yield Line(key, title, _as_estimate(kappa), "two jurors, the same category")
    if parts is not None:
        yield from _error_lines(parts, k)


def _error_lines(parts: Components, k: str) -> Iterator[Line]:
    for form, jurors in (("1", 1.0), ("k", parts.jurors_per_entry)):
        whose = "one juror's score" if form == "1" else f"the mean of {k} jurors"
        for letter, absolute, severity in (("A", True, "counted as error"), ("C", False, "aside")):
            error = Estimate(parts.error(jurors, absolute=absolute))
            told = f"typical error of {whose} in points, severity {severity}"
            yield Line(f"sem_{letter}{form}", f"SEM({letter},{form})", error, told)
    for key, name, absolute in (("g_coefficient", "G-coefficient", False), ("phi", "Phi", True)):
        value = parts.reliability(parts.jurors_per_entry, absolute=absolute)
        severity = "counted as error" if absolute else "aside"
        estimate = Estimate(value, "" if value is not None else "no_spread")
        yield Line(key, name, estimate, f"reliability of the mean of {k} jurors, severity {severity}")


def _as_estimate(kappa: Kappa) -> Estimate:
    return Estimate(kappa.value, kappa.why)


def table_text(result: AgreementResult) -> str:
    """Lay the figures out for the terminal: the totals with every figure, the criteria with the chief ones."""
    parts = []
    for group, section in result.sections.items():
        if group:
            parts += [f"{', '.join(result.ratings.grouped_by)}: {clean(group)}", ""]
        parts += [_total_text(section[TOTAL]), ""]
        if len(section) > 1:
            parts += [_criteria_text(section), ""]
    return "\n".join([*parts, *footer(result)])


def _total_text(found: Agreement) -> str:
    size = f"{counted(found.scores, 'score')}, {counted(found.entries, 'entry', 'entries')}, "
    rows = [
        (line.name, _shown(line.estimate.value), _interval(line.estimate), line.estimate.reason or line.help)
        for line in lines_of(found)
    ]
    figures = lay_out(["figure", "value", "95 %", "says"], rows, right={"value"})
    return f"{size}{counted(found.jurors, 'juror')}\n\n{figures}\n\n{reading_help(found)}"


def reading_help(found: Agreement) -> str:
    """Say in one sentence what the figures come to."""
    parts = found.reliability.components
    single, mean = (found.reliability.icc[form].value for form in ("A1", "Ak"))
    if parts is None or single is None or mean is None:
        return "Agreement cannot be told from these scores by the reliability of a mean; the table says why."
    return (
        f"Of what single scores differ by, {max(0.0, single):.0%} is due to the entries; of what the means of "
        f"{parts.jurors_per_entry:.3g} jurors differ by, {max(0.0, mean):.0%}. Entries that are alike, such as "
        "finalists, lower both without any fault of the jurors: look at the SEM, too."
    )


def _criteria_text(section: Mapping[str, Agreement]) -> str:
    keys = {
        "krippendorff_alpha": "alpha",
        "icc_A1": "ICC(A,1)",
        "icc_Ak": "ICC(A,k)",
        "kendall_w": "W",
        "sem_A1": "SEM",
    }
    rows = []
    for name, found in section.items():
        if name != TOTAL:
            figures = {line.key: line.estimate.value for line in lines_of(found)}
            rows.append((clean(name), found.scores, *(_shown(figures.get(key)) for key in keys)))
    return lay_out(["criterion", "scores", *keys.values()], rows, right={"scores", *keys.values()})


def footer(result: AgreementResult) -> list[str]:
    """Say what was read, and every warning."""
    rubric = result.use.rubric if result.use else None
    return [
        f"level:   {result.level}",
        f"rubric:  {f'{rubric.id} (sha256 {rubric.content_hash[:_SHOWN_HASH]})' if rubric else 'none'}",
        f"input:   {clean(result.table.name)} ({result.table.reading}; sha256 {result.input_sha256[:_SHOWN_HASH]})",
        *(f"note:    {warning}" for warning in result.ratings.warnings),
    ]


def report(result: AgreementResult) -> Report:
    """Make the report of JSON: the figures of the totals, then those of each criterion and of each group."""
    whole = result.sections[""]
    groups = {name: _json_section(section) for name, section in result.sections.items() if name}
    return Report({**_meta(result), **_json_section(whole), **({"groups": groups} if groups else {})}, {})


def flat_report(result: AgreementResult) -> Report:
    """Make the report of CSV and XLSX: one row a figure."""
    header = ("group", "criterion", "figure", "value", "low", "high", "reason")
    rows = tuple(
        (group, name, line.key, *_decimals(line.estimate), line.estimate.reason)
        for group, section in result.sections.items()
        for name, found in section.items()
        for line in lines_of(found)
    )
    return Report(_meta(result), {"agreement": (header, rows)})


def _meta(result: AgreementResult) -> dict[str, Any]:
    rubric = result.use.rubric if result.use else None
    return {
        "juri": version("juri"),
        "form": result.ratings.layout.form,
        "level": result.level,
        "rubric": {"id": rubric.id if rubric else None, "hash": rubric.content_hash if rubric else None},
        "group_by": list(result.ratings.grouped_by),
        "input_sha256": result.input_sha256,
        "warnings": list(result.ratings.warnings),
    }


def _json_section(section: Mapping[str, Agreement]) -> dict[str, Any]:
    criteria = {name: _json(found) for name, found in section.items() if name != TOTAL}
    return _json(section[TOTAL]) | ({"criteria": criteria} if criteria else {})


def _json(found: Agreement) -> dict[str, Any]:
    icc = found.reliability.icc
    return {
        "entries": found.entries,
        "jurors": found.jurors,
        "scores": found.scores,
        "icc": {form: _kept(each.value) for form, each in icc.items()},
        "icc_intervals": {form: _interval_kept(each) for form, each in icc.items()},
        "krippendorff_alpha": _kept(found.alpha.value),
        "kendall_w": _kept(found.kendall.w.value),
        "kendall_test": {"chi_square": _kept(found.kendall.chi_square), "df": found.kendall.df, "p": found.kendall.p},
        "mean_correlation": {"scores": _kept(found.correlation.value), "ranks": _kept(found.rank_correlation.value)},
        "order_beside_others": {juror: _kept(each.value) for juror, each in found.order.items()},
        "fleiss_kappa": _kept(found.fleiss.value),
        "cohen_kappa": _kept(found.cohen.value),
        "weighted_kappa": {"linear": _kept(found.linear.value), "quadratic": _kept(found.quadratic.value)},
        **_json_components(found.reliability.components),
        "reasons": {line.key: line.estimate.reason for line in lines_of(found) if line.estimate.why},
    }


def _json_components(parts: Components | None) -> dict[str, Any]:
    if parts is None:
        return {"variance_components": None, "sem": None, "g_coefficient": None, "phi": None}
    k = parts.jurors_per_entry
    return {
        "variance_components": {
            "entry": _kept(parts.entry),
            "juror": _kept(parts.juror),
            "residual": _kept(parts.residual),
            "jurors_per_entry": _kept(k),
        },
        "sem": {
            f"{letter}{form}": _kept(parts.error(jurors, absolute=letter == "A"))
            for form, jurors in (("1", 1.0), ("k", k))
            for letter in "AC"
        },
        "g_coefficient": _kept(parts.reliability(k, absolute=False)),
        "phi": _kept(parts.reliability(k, absolute=True)),
    }


def _interval_kept(estimate: Estimate) -> list[float | None] | None:
    return None if estimate.low is None else [_kept(estimate.low), _kept(estimate.high)]


def _kept(value: float | None) -> float | None:
    return None if value is None else round(float(value), _KEPT)


def _decimals(estimate: Estimate) -> tuple[Decimal | None, ...]:
    numbers = (estimate.value, estimate.low, estimate.high)
    return tuple(None if number is None else Decimal(f"{number:.{_KEPT}f}") for number in numbers)


def _shown(value: float | None) -> str:
    return "-" if value is None else f"{value:.{_DECIMALS}f}"


def _interval(estimate: Estimate) -> str:
    return "" if estimate.low is None else f"{_shown(estimate.low)} to {_shown(estimate.high)}"
