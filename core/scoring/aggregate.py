"""How the sheets of an entry become one score: exact, on whole columns at once, whatever order the sheets came in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from juri.core.errors import InputRefused, Problem
from juri.core.scoring.matrix import Matrix
from juri.core.scoring.number import ExactColumn, IntArray, codes, group_sums, order_of, plus, ratios, times
from juri.core.scoring.standings import EntryScores

_SHOWN = 5
"""So many names stand in a message before it says how many more there are."""


def mean(matrix: Matrix) -> EntryScores:
    """Return the mean of the sheets of each entry; every juror counts once."""
    sums = group_sums(matrix.entry, matrix.value, len(matrix.entries))
    return _all_counted(matrix, ratios(sums, matrix.sheets, matrix.scale), _weights_unused(matrix))


def total(matrix: Matrix) -> EntryScores:
    """Return the sum of the sheets of each entry; an entry with more sheets can reach more."""
    sums = group_sums(matrix.entry, matrix.value, len(matrix.entries))
    return _all_counted(matrix, ExactColumn(sums, matrix.scale), _weights_unused(matrix))


def weighted_mean(matrix: Matrix) -> EntryScores:
    """Return the mean of the sheets of each entry, in which a juror counts as often as the juror's weight says."""
    weights = matrix.juror_weight[matrix.juror]
    sums = group_sums(matrix.entry, times(matrix.value, weights), len(matrix.entries))
    return _all_counted(matrix, ratios(sums, group_sums(matrix.entry, weights, len(matrix.entries)), matrix.scale))


def median(matrix: Matrix, even: str = "mean") -> EntryScores:
    """Return the middle sheet of each entry; ``even`` says which, where two are in the middle: mean, low or high."""
    line = _Ladder.up(matrix)
    low = line.place == (line.length - 1) // 2
    high = line.place == line.length // 2
    low, high = {"mean": (low, high), "low": (low, low), "high": (high, high)}[even]
    figures = [group_sums(matrix.entry[line.order][which], line.value[which], line.count) for which in (low, high)]
    return EntryScores(
        ExactColumn(plus(*figures), 2 * matrix.scale),
        matrix.sheets > 0,
        line.by_sheet(low | high),
        _weights_unused(matrix),
    )


@dataclass(frozen=True)
class Trim:
    """How many of the lowest and of the highest sheets are dropped."""

    low: int
    high: int


def trimmed_mean(matrix: Matrix, trim: Trim, min_sheets: int, per_n: Mapping[int, Trim] | None = None) -> EntryScores:
    """Return the mean of the sheets of each entry without its lowest and highest ones.

    Of several equal extremes only as many copies are dropped as the rule says. A rule that would leave no sheet
    drops nothing; a warning says so.

    Args:
        matrix: the sheets.
        trim: how many are dropped at each end.
        min_sheets: an entry with fewer sheets keeps them all.
        per_n: where given, the rule by number of sheets instead of the two before; other numbers drop nothing.

    """
    line = _Ladder.up(matrix)
    rules = {int(n): _trim_for(int(n), trim, min_sheets, per_n) for n in np.unique(line.length)}
    low, high = (np.zeros(max(rules, default=0) + 1, dtype=np.int64) for _ in range(2))
    for sheets, rule in rules.items():
        low[sheets], high[sheets] = (rule.low, rule.high) if rule else (0, 0)
    kept = (line.place >= low[line.length]) & (line.place < line.length - high[line.length])
    entry = matrix.entry[line.order][kept]
    sums = group_sums(entry, line.value[kept], line.count)
    column = ratios(sums, np.bincount(entry, minlength=line.count), matrix.scale)
    warnings = _weights_unused(matrix) + _untrimmed(matrix, [sheets for sheets, rule in rules.items() if not rule])
    return EntryScores(column, matrix.sheets > 0, line.by_sheet(kept), warnings)


def _trim_for(sheets: int, trim: Trim, min_sheets: int, per_n: Mapping[int, Trim] | None) -> Trim | None:
    rule = per_n.get(sheets) if per_n is not None else trim if sheets >= min_sheets else None
    return rule if rule and rule.low + rule.high < sheets else None


def _untrimmed(matrix: Matrix, numbers: list[int]) -> tuple[str, ...]:
    names = [matrix.entries[each] for each in np.flatnonzero(np.isin(matrix.sheets, numbers))]
    return (
        (f"the trimming rule does not apply to their number of sheets, so none was dropped: {some(names)}",)
        if names
        else ()
    )


def rank_sum(matrix: Matrix, incomplete: str = "refuse") -> EntryScores:
    """Return the sum of the ranks that the jurors gave an entry, times juror weight; the lowest sum is best.

    Equal totals of a juror share the average of their ranks.

    Args:
        matrix: the sheets.
        incomplete: ``refuse``, or ``percentile`` for jurors who saw different entries: then the score is the mean
            of (rank - 1) / (entries of the juror - 1), and a juror with a single entry says nothing.

    Raises:
        InputRefused: not every juror ranked every entry, and ``incomplete`` is ``refuse``.

    """
    ranking = _Ranking.of(matrix)
    if incomplete == "percentile":
        return ranking.percentiles(ranking.doubled - 2)
    ranking.require_complete("rank_sum")
    return ranking.sums(ranking.doubled)


def borda(matrix: Matrix, incomplete: str = "refuse") -> EntryScores:
    """Return the Borda points of an entry: from each juror, times weight, as many as entries stand behind it.

    With n entries the first gets n - 1 points and the last 0; equal totals of a juror share the average.

    Args:
        matrix: the sheets.
        incomplete: ``refuse``, or ``percentile`` for jurors who saw different entries: then the score is the mean
            of (entries behind) / (entries of the juror - 1), and a juror with a single entry says nothing.

    Raises:
        InputRefused: not every juror ranked every entry, and ``incomplete`` is ``refuse``.

    """
    ranking = _Ranking.of(matrix)
    points = 2 * ranking.seen - ranking.doubled
    if incomplete == "percentile":
        return ranking.percentiles(points)
    ranking.require_complete("borda")
    return ranking.sums(points)


@dataclass(frozen=True, eq=False)
class _Ladder:
    """The sheets of each entry from the lowest total up: ``order`` finds the sheet, ``place`` counts from 0."""

    order: IntArray
    value: IntArray
    place: IntArray
    length: IntArray
    count: int

    @classmethod
    def up(cls, matrix: Matrix) -> _Ladder:
        order = order_of(matrix.entry, codes(matrix.value))
        sheets, entry = matrix.sheets, matrix.entry[order]
        place = np.arange(order.size) - (np.cumsum(sheets) - sheets)[entry]
        return cls(order, matrix.value[order], place, sheets[entry], len(matrix.entries))

    def by_sheet(self, chosen: IntArray) -> IntArray:
        """Put truth values of this order back into the order of the matrix."""
        found = np.zeros(self.order.size, dtype=bool)
        found[self.order] = chosen
        return found


@dataclass(frozen=True, eq=False)
class _Ranking:
    """The rank of each sheet among those of its juror, doubled so that an average rank is whole.

    ``seen`` is the number of entries of the sheet's juror.
    """

    matrix: Matrix
    doubled: IntArray
    seen: IntArray

    @classmethod
    def of(cls, matrix: Matrix) -> _Ranking:
        figure = codes(matrix.value)
        pair, size = np.unique(matrix.juror * (figure.size + 1) - figure, return_inverse=True, return_counts=True)[1:]
        last = np.cumsum(size)[pair]
        sheets = np.bincount(matrix.juror, minlength=len(matrix.jurors))
        before = (np.cumsum(sheets) - sheets)[matrix.juror]
        return cls(matrix, 2 * (last - before) - size[pair] + 1, sheets[matrix.juror])

    def require_complete(self, method: str) -> None:
        matrix = self.matrix
        jurors = np.unique(matrix.juror).size
        short = np.flatnonzero((matrix.sheets > 0) & (matrix.sheets < jurors))
        if short.size:
            names = some([matrix.entries[each] for each in short])
            raise InputRefused(
                [
                    Problem(
                        "method",
                        f"{method} adds up ranks, so every juror must have scored every entry; not all {jurors} jurors "
                        f"scored {names}. Use 'incomplete: percentile', or another method such as mean",
                        "incomplete_design",
                    )
                ]
            )

    def sums(self, doubled: IntArray) -> EntryScores:
        weighted = times(doubled, self.matrix.juror_weight[self.matrix.juror])
        return _all_counted(
            self.matrix, ExactColumn(group_sums(self.matrix.entry, weighted, len(self.matrix.entries)), 2)
        )

    def percentiles(self, doubled: IntArray) -> EntryScores:
        matrix, count = self.matrix, len(self.matrix.entries)
        counted = self.seen > 1
        weights = matrix.juror_weight[matrix.juror][counted]
        shares = ratios(times(doubled[counted], weights), 2 * (self.seen[counted] - 1))
        entry = matrix.entry[counted]
        weight = group_sums(entry, weights, count)
        sums = group_sums(entry, shares.numerators, count)
        silent = [matrix.jurors[each] for each in np.unique(matrix.juror[~counted])]
        warnings = (f"scored a single entry, so their ranking says nothing: {some(silent)}",) if silent else ()
        return EntryScores(ratios(sums, weight, shares.denominator), weight > 0, counted, warnings)


def _all_counted(matrix: Matrix, score: ExactColumn, warnings: tuple[str, ...] = ()) -> EntryScores:
    return EntryScores(score, matrix.sheets > 0, np.ones(matrix.value.size, dtype=bool), warnings)


def _weights_unused(matrix: Matrix) -> tuple[str, ...]:
    if (matrix.juror_weight == 1).all():
        return ()
    return ("this method counts every juror once; the juror weights are not used (weighted, rank_sum and borda do)",)


def some(names: Sequence[str]) -> str:
    """Write the first few names, and how many more there are."""
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
