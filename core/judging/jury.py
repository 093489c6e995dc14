"""What jurors gave, lined up for an analysis of jurors: totals, criteria, order and time of the same sheets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

import numpy as np

from juri.core.analysis.design import Design, FloatArray
from juri.core.analysis.jurors import Jury
from juri.core.scoring.matrix import Matrix
from juri.core.scoring.number import IntArray
from juri.core.view import Sheet

_exact = lru_cache(maxsize=4096)(Fraction)
Pair = tuple[str, str]
"""An entry and a juror."""


def scores_of(sheet: Sheet) -> Iterator[tuple[str, Fraction]]:
    """Walk what each criterion of a sheet got: the score as it was given, or its points where that is a word."""
    for criterion, points in sheet.points.items():
        answer = sheet.answers.get(criterion)
        is_number = answer is not None and isinstance(answer.value, Decimal)
        yield criterion, _exact(answer.value) if answer is not None and is_number else points


def line_up(
    total: Matrix,
    criteria: Mapping[str, Matrix],
    order: Mapping[Pair, Fraction] | None = None,
    minutes: Mapping[Pair, Fraction] | None = None,
) -> Jury:
    """Line up what belongs to the sheets of ``total``; what has no total is left out.

    Args:
        total: the totals.
        criteria: the scores of each criterion.
        order: when each sheet was filled, as any number that grows with time, by entry and juror.
        minutes: how long each took.

    """
    design = Design.of(total)
    columns = [_aligned(total, matrix) for matrix in criteria.values()]
    spent = _looked_up(total, minutes) if minutes else None
    return Jury(design, np.stack(columns, axis=1) if columns else None, _places(total, order), spent)


def _aligned(total: Matrix, criterion: Matrix) -> FloatArray:
    """Return the scores of one criterion in the order of the totals; NaN where there is none."""
    jurors = len(total.jurors)
    own = total.entry * jurors + total.juror
    entry, juror = (
        np.array([at.get(name, -1) for name in names], dtype=np.int64)
        for at, names in (
            ({name: place for place, name in enumerate(total.entries)}, criterion.entries),
            ({name: place for place, name in enumerate(total.jurors)}, criterion.jurors),
        )
    )
    known = (entry[criterion.entry] >= 0) & (juror[criterion.juror] >= 0)
    keys = (entry[criterion.entry] * jurors + juror[criterion.juror])[known]
    found = np.full(own.size, np.nan)
    places = np.searchsorted(own, keys)
    there = (places < own.size) & (own[np.minimum(places, own.size - 1)] == keys) if own.size else places < 0
    found[places[there]] = Design.of(criterion).value[known][there]
    return found


def _looked_up(total: Matrix, given: Mapping[Pair, Fraction]) -> FloatArray:
    pairs = zip(total.entry.tolist(), total.juror.tolist(), strict=True)
    found = (given.get((total.entries[entry], total.jurors[juror])) for entry, juror in pairs)
    return np.array([np.nan if value is None else float(value) for value in found], dtype=np.float64)


def _places(total: Matrix, order: Mapping[Pair, Fraction] | None) -> IntArray | None:
    """Return the place of each sheet among its juror's, from 0; None unless the order of all is known."""
    if not order:
        return None
    when = _looked_up(total, order)
    if np.isnan(when).any():
        return None
    by_time = np.lexsort((when, total.juror))
    first = np.searchsorted(total.juror[by_time], np.arange(len(total.jurors)))
    places = np.empty(when.size, dtype=np.int64)
    places[by_time] = np.arange(when.size) - first[total.juror[by_time]]
    return places
