"""From a rank down to the criterion points of each juror: one entry's score, told as a person would check it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol, TypeVar

from juri.core.errors import NotFound
from juri.core.scoring.number import Rounding, decimal_text, round_fraction
from juri.core.scoring.rubric import Line
from juri.core.scoring.standings import Standing, Standings, Unranked
from juri.core.scoring.tree import exact_text

Listed = TypeVar("Listed", Standing, Unranked)

COUNTED, NOT_COUNTED, ABSENT = "counted", "not counted", "absent"


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
    what counted where the rule rounds sheets.
    """

    juror: str
    status: str
    total: Fraction | None = None
    rounded: Fraction | None = None
    lines: tuple[Line, ...] = ()
    note: str = ""


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
    entry: str, standings: Standings, sheets: Iterable[FilledSheet], *, rounding: Sequence[Rounding] = ()
) -> Explanation:
    """Explain the place of an entry from the standings and all sheets they were made of.

    Raises:
        NotFound: the standings do not list the entry.

    """
    everything = list(sheets)
    line = _find(entry, standings.lines)
    gone = _find(entry, standings.unranked)
    if line is None and gone is None:
        raise NotFound("entry in these standings", entry)
    late = {sheet.juror for sheet in everything if sheet.total is None}
    own = sorted((sheet for sheet in everything if sheet.entry == entry), key=lambda sheet: sheet.juror)
    return Explanation(
        entry=entry,
        sheets=tuple(_sheet(sheet, line, standings, rounding, late) for sheet in own),
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
    sheet: FilledSheet, line: Standing | None, standings: Standings, rounding: Sequence[Rounding], late: set[str]
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


def _why_not(juror: str, line: Standing | None, standings: Standings, late: set[str]) -> str:
    if standings.missing == "drop_juror" and juror in late:
        return "the juror did not finish all assignments"
    return "the entry has no rank" if line is None else f"left out by the method {standings.method}"


def _text(told: Explanation) -> Iterator[str]:
    yield from _head(told)
    yield f"Method {told.method or '-'}, absent sheets: {told.missing or '-'}"
    for sheet in told.sheets:
        yield from _sheet_text(sheet)
    if told.line is not None:
        yield from _score_text(told.line, told.rounding)
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
    yield f"  {sheet.juror}: {figure_text(sheet.total)}{rounded}, {sheet.status}{note}"
    for line in sheet.lines:
        yield f"    {line.criterion}: {figure_text(line.points)}"


def _score_text(line: Standing, rounding: Sequence[Rounding]) -> Iterator[str]:
    base = line.score if line.base is None else line.base
    yield f"By the method: {figure_text(base)}"
    for bonus in line.bonus:
        yield f"Bonus {bonus.criterion}: +{figure_text(bonus.points)} ({bonus.note})"
    for step in rounding:
        if step.step == "entry":
            yield f"Rounded to {step.decimals} decimals, {step.mode}"
    yield f"Score: {figure_text(line.score)}"


def figure_text(value: Fraction) -> str:
    """Write a figure exactly; where decimals cannot, four of them and the fraction: ``83.3333 (250/3)``."""
    text = exact_text(value)
    return f"{decimal_text(value, 4)} ({text})" if "/" in text else text
