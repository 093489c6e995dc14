"""The bundled tie-breakers: what may set entries of one score apart, greater is better. Chains name them in turn."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np

from juri.core.errors import InputRefused, Problem
from juri.core.extension import TieBreaker, TieContext
from juri.core.scoring.aggregate import mean, median
from juri.core.scoring.matrix import Matrix
from juri.core.scoring.number import ExactColumn, IntArray, codes, fact_number, int_array
from juri.core.scoring.ties import PANEL, panel_link
from juri.plugins import hookimpl


def by_criterion(context: TieContext, criterion: str) -> ExactColumn:
    """Prefer the higher mean of one criterion's points, over the sheets that count."""
    try:
        matrix = context.criteria[criterion]
    except KeyError:
        known = ", ".join(context.criteria) or "none: these sheets have totals only"
        message = f"there is no criterion '{criterion}' to settle ties by; known are {known}"
        raise InputRefused.at("ties", message, "unknown_criterion") from None
    return mean(matrix).score


def by_median(context: TieContext, argument: str) -> ExactColumn:
    """Prefer the higher median of the sheets."""
    return median(context.matrix).score


def by_highest_sheet(context: TieContext, argument: str) -> ExactColumn:
    """Prefer the entry whose best sheet is higher."""
    return _extreme(context.matrix, np.maximum)


def by_lowest_sheet(context: TieContext, argument: str) -> ExactColumn:
    """Prefer the entry whose worst sheet is higher."""
    return _extreme(context.matrix, np.minimum)


def by_first_places(context: TieContext, argument: str) -> ExactColumn:
    """Prefer the entry that more jurors put first; a shared first place counts for each entry."""
    return ExactColumn(_places(context.matrix, np.maximum), 1)


def by_fewest_last_places(context: TieContext, argument: str) -> ExactColumn:
    """Prefer the entry that fewer jurors put last; a shared last place counts for each entry."""
    return ExactColumn(-_places(context.matrix, np.minimum), 1)


def by_fact(context: TieContext, fact: str) -> ExactColumn:
    """Prefer the higher value of a fact of the entry; an entry without it comes last.

    Raises:
        InputRefused: the fact of a tied entry is not a number; every such entry is named.

    """
    asked = context.tied or frozenset(context.matrix.entries)
    given = {entry: context.facts.get(entry, {}).get(fact) for entry in context.matrix.entries if entry in asked}
    values = {entry: fact_number(value) for entry, value in given.items() if value not in (None, "")}
    problems = [
        Problem(entry, f"'{fact}' of {entry} is {given[entry]!r}, not a number, so it settles no tie", "tie_fact")
        for entry, value in values.items()
        if value is None
    ]
    if problems:
        raise InputRefused(problems)
    numbers = {entry: value for entry, value in values.items() if value is not None}
    worst = min(numbers.values(), default=Fraction(0)) - 1
    return ExactColumn.from_fractions([numbers.get(entry, worst) for entry in context.matrix.entries])


def by_juror(context: TieContext, juror: str) -> ExactColumn:
    """Prefer what one juror gave more points (the public, a chair); an entry without that sheet comes last.

    Raises:
        InputRefused: nobody of that name gave points.

    """
    matrix = context.matrix
    if juror not in matrix.jurors:
        known = ", ".join(matrix.jurors) or "none"
        raise InputRefused.at(
            "ties", f"there is no juror '{juror}' to settle ties by; known are {known}", "unknown_juror"
        )
    own = matrix.juror == matrix.jurors.index(juror)
    values = [int(value) for value in matrix.value[own].tolist()]
    figures = [min(values, default=0) - 1] * len(matrix.entries)
    for entry, value in zip(matrix.entry[own].tolist(), values, strict=True):
        figures[entry] = value
    return ExactColumn(int_array(figures), matrix.scale)


def by_panel(context: TieContext, argument: str) -> ExactColumn:
    """Prefer what the panel put first in its recorded decision; entries it did not name stay tied, behind."""
    entries = context.matrix.entries
    return panel_link(context.panel_order, entries).figures(np.arange(len(entries)))


def _extreme(matrix: Matrix, choose: np.ufunc) -> ExactColumn:
    """Return the greatest or least total of each entry, 0 without a sheet."""
    figures = np.zeros(len(matrix.entries), dtype=matrix.value.dtype)
    figures[matrix.entry] = matrix.value
    choose.at(figures, matrix.entry, matrix.value)
    return ExactColumn(figures, matrix.scale)


def _places(matrix: Matrix, choose: np.ufunc) -> IntArray:
    """Count for each entry the jurors whose greatest or least total it has."""
    figure = codes(matrix.value)
    extreme = np.zeros(len(matrix.jurors), dtype=figure.dtype)
    extreme[matrix.juror] = figure
    choose.at(extreme, matrix.juror, figure)
    return int_array(np.bincount(matrix.entry[figure == extreme[matrix.juror]], minlength=len(matrix.entries)).tolist())


Key = Callable[[TieContext, str], ExactColumn]


def _rule(name: str, title: str, key: Key, *, argument: bool = False) -> TieBreaker:
    return TieBreaker(name=name, title=title, version="1", key=key, argument=argument)


@hookimpl
def juri_tie_breakers() -> list[TieBreaker]:
    """Offer the bundled tie-breakers."""
    return [
        _rule("criterion", "Higher in a named criterion", by_criterion, argument=True),
        _rule("fact", "Higher in a named fact of the entry", by_fact, argument=True),
        _rule("fewest_last_places", "Put last by fewer jurors", by_fewest_last_places),
        _rule("first_places", "Put first by more jurors", by_first_places),
        _rule("highest_sheet", "Higher best sheet", by_highest_sheet),
        _rule("juror", "Higher from a named juror", by_juror, argument=True),
        _rule("lowest_sheet", "Higher worst sheet", by_lowest_sheet),
        _rule("median", "Higher median", by_median),
        _rule(PANEL, "Recorded decision of the panel", by_panel),
    ]
