"""The sections about the jurors: who is strict, how well they agree, who gave what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

from juri.core.analysis.agreement import measure_agreement
from juri.core.analysis.design import Design
from juri.core.analysis.estimate import Estimate
from juri.core.analysis.jurors import JurorFigures, Jury, describe_jurors
from juri.core.scoring.matrix import Matrix
from juri.core.view import Sheet
from juri.webapp.commands.output import short_names
from juri.webapp.commands.report.drawing import SHADES, Span, Warm, heat, spans
from juri.webapp.commands.report.ranking import DRAWN
from juri.webapp.commands.report.values import Column, Grid, Section
from juri.webapp.commands.report.words import NONE, Words

_LISTED = 1_000
_COLUMNS = 20
"""So many jurors the heat map has at most: on a phone a column is then still as wide as a finger's tip."""


def severity(words: Words, given: Matrix) -> Section:
    """Draw how strict each juror is, from the strictest."""
    title = words.say("severity")
    jurors = [own for own in describe_jurors(Jury(Design.of(given))) if own.severity is not None]
    if not jurors:
        return Section(title, (words.say("severity_none"),))
    jurors.sort(key=lambda own: (-(own.severity or 0.0), given.jurors[own.juror]))
    texts, drawn = [words.say("severity_how")], jurors
    if len(jurors) > DRAWN:
        half = DRAWN // 2
        drawn = [*jurors[:half], *jurors[-half:]]
        texts.append(words.say("severity_ends", half=half, all=len(jurors)))
    if len(jurors) > _LISTED:
        texts.append(words.say("first_jurors", shown=_LISTED, all=len(jurors)))
    edge = max(abs(end) for own in drawn for end in _ends(own)) or 1.0
    short = short_names(given.jurors)
    lines = [_span(words, own, short[given.jurors[own.juror]], edge) for own in drawn]
    heads = ("severity_points", "interval", "mean", "sheets", "common")
    rows = tuple(_row(words, own, given.jurors[own.juror]) for own in jurors[:_LISTED])
    columns = (Column(words.say("juror"), is_figure=False), *(Column(words.say(key)) for key in heads))
    grid = Grid(title, columns, rows, words.say("as_table"))
    return Section(title, tuple(texts), spans(title, lines, 0.5), (grid,))


def _ends(own: JurorFigures) -> tuple[float, float]:
    middle = own.severity or 0.0
    return (middle if own.low is None else own.low, middle if own.high is None else own.high)


def _span(words: Words, own: JurorFigures, label: str, edge: float) -> Span:
    low, high = (0.5 + end / edge / 2 for end in _ends(own))
    return Span(label, words.signed(own.severity), low, 0.5 + (own.severity or 0.0) / edge / 2, high)


def _row(words: Words, own: JurorFigures, name: str) -> tuple[str, ...]:
    told = NONE if own.low is None else words.say("to", low=words.signed(own.low), high=words.signed(own.high))
    return (name, words.signed(own.severity), told, words.figure(own.mean), str(own.sheets), str(own.common))


def agreement(words: Words, given: Matrix) -> Section:
    """Say how well the jurors agree, by the figures that are asked for most."""
    title = words.say("agreement")
    if not (given.sheets > 1).any():
        return Section(title, (words.say("agreement_none"),))
    found = measure_agreement(given)
    parts = found.reliability.components
    error = Estimate(None, "confounded") if parts is None else Estimate(parts.error(1.0, absolute=True))
    figures = (
        ("alpha", found.alpha),
        ("icc_one", found.reliability.icc["A1"]),
        ("icc_mean", found.reliability.icc["Ak"]),
        ("kendall", found.kendall.w),
        ("sem", error),
    )
    rows = tuple((words.say(key), words.figure(each.value, 3), _interval(words, each)) for key, each in figures)
    heads = (Column(words.say("measure"), is_figure=False), Column(words.say("value")), Column(words.say("interval")))
    reasons = dict.fromkeys(each.reason for _, each in figures if each.value is None)
    return Section(
        title, (words.say("agreement_how"),), grids=(Grid(title, heads, rows),), notes=tuple(map(words.engine, reasons))
    )


def _interval(words: Words, each: Estimate) -> str:
    return NONE if each.low is None else words.say("to", low=words.figure(each.low, 3), high=words.figure(each.high, 3))


def heat_map(words: Words, sheets: Sequence[Sheet], entries: Sequence[str], decimals: int) -> Section:
    """Draw what each juror gave to the first entries; ``entries`` are all of them, from the best."""
    title = words.say("heat")
    given = {(sheet.entry, sheet.juror): sheet.total for sheet in sheets if sheet.total is not None}
    listed = entries[:DRAWN]
    shown_entries = set(listed)
    counts = Counter(juror for entry, juror in given if entry in shown_entries)
    if not counts:
        return Section(title, (words.say("heat_none"),))
    jurors = sorted(sorted(counts, key=lambda juror: (-counts[juror], juror))[:_COLUMNS])
    totals = [total for (entry, juror), total in given.items() if entry in shown_entries and juror in jurors]
    low, high = min(totals), max(totals)
    texts = [words.say("heat_how", low=words.figure(low, decimals), high=words.figure(high, decimals))]
    texts.append(
        words.say("heat_columns", names=", ".join(f"{place} = {name}" for place, name in enumerate(jurors, 1)))
    )
    every = {juror for _, juror in given}
    if len(listed) < len(entries) or len(jurors) < len(every):
        sizes = {"entries": len(listed), "all_entries": len(entries), "jurors": len(jurors), "all_jurors": len(every)}
        texts.append(words.say("heat_some", **sizes))
    short = short_names(listed)
    lines = [
        Warm(short[entry], tuple(_shade(given.get((entry, juror)), low, high) for juror in jurors)) for entry in listed
    ]
    rows = tuple((entry, *(words.figure(given.get((entry, juror)), decimals) for juror in jurors)) for entry in listed)
    heads = [f"{place}: {juror}" for place, juror in enumerate(jurors, 1)]
    grid = Grid(title, (Column(words.say("entry"), is_figure=False), *map(Column, heads)), rows, words.say("as_table"))
    drawn = heat(title, [str(place) for place in range(1, len(jurors) + 1)], lines)
    return Section(title, tuple(texts), drawn, (grid,))


def _shade(total: Fraction | None, low: Fraction, high: Fraction) -> int | None:
    if total is None:
        return None
    return SHADES - 1 if low == high else int((total - low) / (high - low) * (SHADES - 1))
