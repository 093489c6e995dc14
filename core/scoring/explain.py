"""From a rank down to the criterion points of each juror: one entry's score, told as a person would check it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Protocol, TypeVar

from juri.core.errors import NotFound
from juri.core.scoring.number import Rounding, decimal_text, round_fraction
from juri.core.scoring.rubric import Line
from juri.core.scoring.standings import JurorFigure, Standing, Standings, Unranked
from juri.core.scoring.tree import exact_text

Listed = TypeVar("Listed", Standing, Unranked)

COUNTED, NOT_COUNTED, ABSENT = "counted", "not counted", "absent"

_TOLD = 3
"""So many jurors are named in the sentence on a correction."""


class FilledSheet(Protocol):
    """What an explanation needs of a sheet: ``juri.core.view.Sheet`` has it."""

    @property
    def entry(self) -> str:
        """Return the entry's code."""

    @property
    def juror(self) -> str:
        """Return the juror's name."""

    @property
    def total(self) -> Fraction | None:
        """Return the total; None where nothing was submitted."""

    @property
    def points(self) -> Mapping[str, Fraction]:
        """Return the points of each criterion."""


@dataclass(frozen=True)
class SheetExplanation:
    """What one juror gave, and whether it counts.

    ``status`` is COUNTED, NOT_COUNTED or ABSENT, ``note`` says why or what follows. ``total`` is exact, ``rounded`` is
    what counted where the rule rounds sheets. ``held`` is what a method that corrects scores holds of the juror.
    """

    juror: str
    status: str
    total: Fraction | None = None
    rounded: Fraction | None = None
    lines: tuple[Line, ...] = ()
    note: str = ""
    held: JurorFigure | None = None


@dataclass(frozen=True)
class Explanation:
    """How one entry came to its place. ``line`` is None where the entry has no rank; then ``reason`` says why."""

    entry: str
    sheets: tuple[SheetExplanation, ...]
    method: str
    missing: str
    line: Standing | None
    of: int
    shared_with: tuple[str, ...] = ()
    rounding: tuple[Rounding, ...] = ()
    reason: str = ""
    warnings: tuple[str, ...] = ()

    def as_text(self) -> str:
        """Write the explanation for a terminal: one fact a line, criterion lines below their juror."""
        return "\n".join(_text(self))


def explain_entry(
    entry: str,
    standings: Standings,
    sheets: Iterable[FilledSheet],
    *,
    rounding: Sequence[Rounding] = (),
    late: Collection[str] | None = None,
) -> Explanation:
    """Explain the place of an entry from the standings and the sheets they were made of.

    Args:
        entry: its code.
        standings: where it stands.
        sheets: all that the standings were made of; with ``late``, those of the entry do.
        rounding: the steps by which sheets and scores were rounded.
        late: the jurors who have yet to send a sheet, of any entry.

    Raises:
        NotFound: the standings do not list the entry.

    """
    everything = list(sheets)
    line = _find(entry, standings.lines)
    gone = _find(entry, standings.unranked)
    if line is None and gone is None:
        raise NotFound("entry in these standings", entry)
    if late is None:
        late = {sheet.juror for sheet in everything if sheet.total is None}
    held = {figure.juror: figure for figure in standings.jurors}
    own = sorted((sheet for sheet in everything if sheet.entry == entry), key=lambda sheet: sheet.juror)
    return Explanation(
        entry=entry,
        sheets=tuple(
            replace(_sheet(sheet, line, standings, rounding, late), held=held.get(sheet.juror)) for sheet in own
        ),
        method=standings.method,
        missing=standings.missing,
        line=line,
        of=len(standings.lines),
        shared_with=_shared(line, standings),
        rounding=tuple(rounding),
        reason=gone.reason if gone else "",
        warnings=standings.warnings,
    )


def _find(entry: str, lines: Sequence[Listed]) -> Listed | None:
    return next((line for line in lines if line.entry == entry), None)


def _shared(line: Standing | None, standings: Standings) -> tuple[str, ...]:
    if line is None or not line.tied:
        return ()
    return tuple(other.entry for other in standings.lines if other.rank == line.rank and other.entry != line.entry)


def _sheet(
    sheet: FilledSheet, line: Standing | None, standings: Standings, rounding: Sequence[Rounding], late: Collection[str]
) -> SheetExplanation:
    if sheet.total is None:
        note = "counts 0" if standings.missing == "zero" else ""
        return SheetExplanation(sheet.juror, ABSENT, note=note)
    rounded = sheet.total
    for step in rounding:
        if step.step == "sheet":
            rounded = round_fraction(rounded, step.decimals, step.mode)
    status, note = COUNTED, ""
    if line is None or sheet.juror in line.uncounted:
        status, note = NOT_COUNTED, _why_not(sheet.juror, line, standings, late)
    lines = tuple(Line(criterion, points) for criterion, points in sheet.points.items())
    return SheetExplanation(sheet.juror, status, sheet.total, None if rounded == sheet.total else rounded, lines, note)


def _why_not(juror: str, line: Standing | None, standings: Standings, late: Collection[str]) -> str:
    if standings.missing == "drop_juror" and juror in late:
        return "the juror did not finish all assignments"
    return "the entry has no rank" if line is None else f"left out by the method {standings.method}"


def _text(told: Explanation) -> Iterator[str]:
    yield from _head(told)
    yield f"Method {told.method or '-'}, absent sheets: {told.missing or '-'}"
    for sheet in told.sheets:
        yield from _sheet_text(sheet)
    if told.line is not None:
        held = [sheet.held for sheet in told.sheets if sheet.held and sheet.status == COUNTED]
        yield from _score_text(told.line, told.rounding, held)
    for warning in told.warnings:
        yield f"Note: {warning}"


def _head(told: Explanation) -> Iterator[str]:
    if told.line is None:
        yield f"{told.entry}: no rank. {told.reason[:1].upper()}{told.reason[1:]}."
        return
    shared = f", shared with {', '.join(told.shared_with)}" if told.shared_with else ""
    rule = f", set apart from equal scores by {told.line.tie_rule}" if told.line.tie_rule else ""
    yield f"{told.entry}: rank {exact_text(told.line.rank)} of {told.of}{shared}{rule}"


def _sheet_text(sheet: SheetExplanation) -> Iterator[str]:
    note = f" ({sheet.note})" if sheet.note else ""
    if sheet.total is None:
        yield f"  {sheet.juror}: {sheet.status}{note}"
        return
    rounded = "" if sheet.rounded is None else f", rounded to {figure_text(sheet.rounded)}"
    held = f"; gives {_less(sheet.held.severity, 2)} than an average juror" if sheet.held else ""
    yield f"  {sheet.juror}: {figure_text(sheet.total)}{rounded}, {sheet.status}{note}{held}"
    for line in sheet.lines:
        yield f"    {line.criterion}: {figure_text(line.points)}"


def _score_text(line: Standing, rounding: Sequence[Rounding], held: Sequence[JurorFigure]) -> Iterator[str]:
    base = line.score if line.base is None else line.base
    if line.raw is not None and line.raw_rank is not None:
        yield f"Without correction: {figure_text(line.raw)}, rank {exact_text(line.raw_rank)}"
        yield from (f"Corrected: {text}" for text in [correction_text(line, held)] if text)
    yield f"By the method: {figure_text(base)}"
    for bonus in line.bonus:
        yield f"Bonus {bonus.criterion}: +{figure_text(bonus.points)} ({bonus.note})"
    for step in rounding:
        if step.step == "entry":
            yield f"Rounded to {step.decimals} decimals, {step.mode}"
    yield f"Score: {figure_text(line.score)}"


def correction_text(line: Standing, held: Sequence[JurorFigure], decimals: int = 2) -> str:
    """Say in a sentence why a corrected score differs from the raw one; empty where nothing is said of jurors.

    Args:
        line: the entry's place, with its raw score.
        held: what the method holds of the jurors whose sheets count for the entry.
        decimals: how exactly points are written.

    """
    if line.raw is None or not held:
        return ""
    by_weight = sorted(held, key=lambda figure: (-abs(figure.severity), figure.juror))
    least = Fraction(1, 2 * 10**decimals)
    told = [f"{figure.juror} {_less(figure.severity, decimals)}" for figure in by_weight[:_TOLD]]
    severity = sum((figure.severity for figure in held), Fraction(0)) / len(held)
    drawn = line.score - line.raw - severity
    if len(held) > _TOLD:
        told.append(f"{len(held) - _TOLD} more")
    if abs(severity) < least:
        sentence = f"its jurors are as harsh as the average together ({', '.join(told)})"
    else:
        sentence = f"its jurors gave {_less(severity, decimals)} on average ({', '.join(told)})"
    rest = f"; the other {_signed(drawn, decimals)} is a draw to the mean of all, or rounding"
    return sentence + (rest if abs(drawn) >= least else "")


def _less(severity: Fraction, decimals: int) -> str:
    return f"{decimal_text(abs(severity), decimals)} {'less' if severity >= 0 else 'more'}"


def _signed(value: Fraction, decimals: int) -> str:
    return f"{'+' if value > 0 else ''}{decimal_text(value, decimals)}"


def figure_text(value: Fraction) -> str:
    """Write a figure exactly; where decimals cannot, four of them and the fraction: ``83.3333 (250/3)``."""
    text = exact_text(value)
    return f"{decimal_text(value, 4)} ({text})" if "/" in text else text
