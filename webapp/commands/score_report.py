"""What ``juri score`` gives back: a table for people, a report for the exporters, and what was applied."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from importlib.metadata import version
from typing import Any

from juri.core.extension import Report
from juri.core.judging.table_ranking import RankedTable
from juri.core.judging.table_sheets import RubricUse
from juri.core.scoring.number import decimal_text
from juri.core.scoring.standings import Standing, Unranked
from juri.core.tables.layout import LONG, MATRIX, Layout
from juri.core.tables.table import Table, clean
from juri.webapp.commands.output import table as lay_out
from juri.webapp.commands.score_beside import EXACT_DECIMALS, WHY, Beside
from juri.webapp.commands.score_options import ScoreRule
from juri.webapp.recognition import said_in

_SHOWN_HASH = 12

_SENTENCES = frozenset({"reason", WHY})
"""The columns that hold sentences of the engine."""


@dataclass(frozen=True)
class ScoreResult:
    """The ranking with everything that was applied to get it."""

    input_sha256: str
    table: Table
    layout: Layout
    use: RubricUse | None
    rule: ScoreRule
    ranked: RankedTable
    decimals: int
    beside: Beside

    def lines(self) -> Iterator[tuple[str, Standing]]:
        """Walk the ranked entries with their group, groups by name, entries from the best."""
        return ((group, line) for group, own in self.ranked.groups.items() for line in own.lines)

    def unranked(self) -> Iterator[tuple[str, Unranked]]:
        """Walk the entries without a rank with their group."""
        return ((group, line) for group, own in self.ranked.groups.items() for line in own.unranked)

    @property
    def group_by(self) -> str | None:
        """Return the header of the column that groups entries."""
        return None if self.layout.group is None else self.table.header[self.layout.group]

    @property
    def low_is_best(self) -> bool:
        """Tell whether the lowest score stands first."""
        return any(own.low_is_best for own in self.ranked.groups.values())


def report(result: ScoreResult) -> Report:
    """Make the report of JSON and XLSX: metadata, ranked entries, unranked entries."""
    grouped = result.group_by is not None
    ranked = tuple(_without_group(_ranked_row(result, group, line), grouped) for group, line in result.lines())
    unranked = tuple(
        _without_group((group, line.entry, line.sheets, line.reason), grouped) for group, line in result.unranked()
    )
    more = tuple(name for name, _, _ in result.beside.columns())
    header = ("group", "rank", "entry", "score", "score_exact", "jurors", "tied", "settled_by", *more)
    tables = {
        "standings": (_without_group(header, grouped), ranked),
        "unranked": (_without_group(("group", "entry", "jurors", "reason"), grouped), unranked),
    }
    return Report(_meta(result), tables | _juror_table(result, grouped))


def _juror_table(result: ScoreResult, grouped: bool) -> dict[str, tuple[tuple[str, ...], tuple[tuple[Any, ...], ...]]]:
    """Make the table of jurors, where the method holds something of them."""
    rows = tuple(
        _without_group(
            (
                *(group, each.juror, _exact(each.severity), None if each.error is None else _exact(each.error)),
                *(each.sheets, each.common),
            ),
            grouped,
        )
        for group, each in result.beside.jurors()
    )
    header = ("group", "juror", "severity", "standard_error", "entries", "common_entries")
    return {"jurors": (_without_group(header, grouped), rows)} if rows else {}


def flat_report(result: ScoreResult) -> Report:
    """Make the report of CSV: one table, the unranked entries at its end without rank and with the reason."""
    grouped = result.group_by is not None
    columns = list(result.beside.columns())
    header = ("group", "rank", "entry", "score", "jurors", "tied", "reason", *(name for name, _, _ in columns))
    rows: list[tuple[Any, ...]] = [
        (
            *(group, _rank(line.rank), line.entry, _score(result, line), line.sheets, line.tied, None),
            *(cell(group, line) for _, _, cell in columns),
        )
        for group, line in result.lines()
    ]
    rows += [
        (group, None, line.entry, None, line.sheets, None, line.reason, *(None for _ in columns))
        for group, line in result.unranked()
    ]
    body = tuple(_without_group(row, grouped) for row in rows)
    return Report(_meta(result), {"standings": (_without_group(header, grouped), body)})


def in_language(told: Report, language: str) -> Report:
    """Say the sentences of a report in a language: warnings, and why entries have no rank or another score.

    Names, codes and figures stay: programs go by them.
    """

    def said(header: tuple[str, ...], row: tuple[Any, ...]) -> tuple[Any, ...]:
        pairs = zip(header, row, strict=True)
        return tuple(said_in(cell, language) if name in _SENTENCES and cell else cell for name, cell in pairs)

    tables = {name: (header, tuple(said(header, row) for row in rows)) for name, (header, rows) in told.tables.items()}
    return Report({**told.meta, "warnings": [said_in(each, language) for each in told.meta["warnings"]]}, tables)


def table_text(result: ScoreResult) -> str:
    """Lay the standings out for the terminal; equal ranks are marked ``=``, what was applied stands below."""
    grouped = result.group_by is not None
    settled = any(line.tie_rule for _, line in result.lines())
    columns = list(result.beside.columns())
    headings = [heading for _, heading, _ in columns]
    header = ["rank", "entry", "score", "jurors", *(["settled by"] if settled else []), *headings]
    rows = [
        [
            *([clean(group)] if grouped else []),
            f"{_rank(line.rank)}{'=' if line.tied else ''}",
            clean(line.entry),
            decimal_text(line.score, result.decimals),
            line.sheets,
            *([line.tie_rule] if settled else []),
            *(clean(told) if isinstance(told := cell(group, line), str) else told for _, _, cell in columns),
        ]
        for group, line in result.lines()
    ]
    headers = [*([clean(result.group_by or "group")] if grouped else []), *header]
    unranked = [
        f"not ranked: {f'{clean(group)}: ' if grouped else ''}{clean(line.entry)} ({clean(line.reason)})"
        for group, line in result.unranked()
    ]
    figures = {"score", "jurors", *(heading for heading in headings if heading != WHY)}
    jurors = ["", result.beside.juror_table()] if any(result.beside.jurors()) else []
    parts = [lay_out(headers, rows, right=figures), *unranked, *jurors, "", *footer(result)]
    return "\n".join(parts)


def footer(result: ScoreResult) -> list[str]:
    """Say what was applied: form, method, policy, ties, rubric, input, and every warning."""
    use, rule = result.use, result.rule
    options = ",".join(f"{key}={value}" for key, value in sorted(rule.rule.method_options.items()))
    direction = " (the lowest score is the best)" if result.low_is_best else ""
    return [
        f"form:    {_form(result)}",
        f"method:  {rule.rule.method}{f':{options}' if options else ''}{direction}",
        f"missing: {rule.missing}",
        f"ties:    {', '.join(rule.ties)}",
        f"rubric:  {f'{use.rubric.id} (sha256 {use.rubric.content_hash[:_SHOWN_HASH]})' if use else 'none'}",
        f"input:   {clean(result.table.name)} ({result.table.reading}; sha256 {result.input_sha256[:_SHOWN_HASH]})",
        *result.beside.footer(),
        *(f"note:    {warning}" for warning in result.ranked.warnings),
    ]


def _form(result: ScoreResult) -> str:
    layout, header = result.layout, result.table.header
    columns = [layout.entry, layout.juror, layout.criterion, layout.score]
    named = ", ".join(clean(header[column]) for column in columns if column is not None)
    if layout.form == LONG:
        return f"{LONG} ({named})"
    what = "jurors" if layout.form == MATRIX else "criteria"
    return f"{layout.form} ({named}, {len(layout.values)} {what})"


def _meta(result: ScoreResult) -> dict[str, Any]:
    rubric = result.use.rubric if result.use else None
    return {
        "juri": version("juri"),
        "form": result.layout.form,
        "method": result.rule.rule.method,
        "method_options": {key: str(value) for key, value in sorted(result.rule.rule.method_options.items())},
        "low_is_best": result.low_is_best,
        "missing": result.rule.missing,
        "ties": list(result.rule.ties),
        "rubric": {"id": rubric.id if rubric else None, "hash": rubric.content_hash if rubric else None},
        "group_by": result.group_by,
        "decimals": result.decimals,
        "input_sha256": result.input_sha256,
        "warnings": list(result.ranked.warnings),
        **result.beside.meta(),
    }


def _ranked_row(result: ScoreResult, group: str, line: Standing) -> tuple[Any, ...]:
    score = _score(result, line)
    told = (group, _rank(line.rank), line.entry, score, str(line.score), line.sheets, line.tied, line.tie_rule or None)
    return (*told, *(cell(group, line) for _, _, cell in result.beside.columns()))


def _without_group(row: tuple[Any, ...], grouped: bool) -> tuple[Any, ...]:
    return row if grouped else row[1:]


def _rank(rank: Fraction) -> int | str:
    return rank.numerator if rank.denominator == 1 else decimal_text(rank, 1)


def _exact(figure: Fraction) -> Decimal:
    return Decimal(decimal_text(figure, EXACT_DECIMALS))


def _score(result: ScoreResult, line: Standing) -> Decimal:
    return Decimal(decimal_text(line.score, result.decimals))
