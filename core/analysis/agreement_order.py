"""How alike jurors order the entries: the mean correlation of two jurors, and each juror beside all others.

For complete tables only: a correlation over the few entries that two jurors happen to share tells next to nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from juri.core.analysis.design import Design, FloatArray
from juri.core.analysis.estimate import Estimate, unknown
from juri.core.scoring.matrix import Matrix
from juri.core.scoring.number import IntArray

_FEWEST_ENTRIES, _FEWEST_JURORS = 3, 2
_NEARLY_ONE = 1 - 1e-12
"""Fisher's transform of a perfect correlation is infinite."""


def mean_correlation(matrix: Matrix, *, by_rank: bool) -> Estimate:
    """Return the mean correlation of two jurors, of scores or of ranks (Spearman), averaged by Fisher's transform."""
    why = _impossible(matrix)
    if why:
        return unknown(why)
    table = _table(matrix)
    if (table == table[0]).all(axis=0).any():
        return unknown("all_equal")
    columns = np.apply_along_axis(ranks_of, 0, table) if by_rank else table
    pairs: FloatArray = np.asarray(np.corrcoef(columns, rowvar=False))[np.triu_indices(table.shape[1], 1)]
    return Estimate(float(np.tanh(np.arctanh(pairs.clip(-_NEARLY_ONE, _NEARLY_ONE)).mean())))


def order_beside_others(matrix: Matrix) -> Mapping[str, Estimate]:
    """Return for each juror the rank correlation with the mean of the others (Quandt's wine tastings show it)."""
    jurors = [matrix.jurors[at] for at in np.unique(matrix.juror)]
    why = _impossible(matrix)
    if why:
        return dict.fromkeys(jurors, unknown(why))
    table = _table(matrix)
    found = {}
    for column, juror in enumerate(jurors):
        own, others = ranks_of(table[:, column]), ranks_of(np.delete(table, column, axis=1).mean(axis=1).round(9))
        varies = np.ptp(own) > 0 and np.ptp(others) > 0
        found[juror] = Estimate(float(np.corrcoef(own, others)[0, 1])) if varies else unknown("all_equal")
    return found


def ranks_of(values: FloatArray) -> FloatArray:
    """Return the rank of each value from 1, the mean rank where values are equal."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    return mid_ranks(counts)[place]


def mid_ranks(counts: IntArray) -> FloatArray:
    """Return the mean rank of each distinct value, from how often each stands, in rising order."""
    middle: FloatArray = np.cumsum(counts) - (counts - 1) / 2
    return middle


def _impossible(matrix: Matrix) -> str:
    entries, jurors = np.unique(matrix.entry).size, np.unique(matrix.juror).size
    if jurors < _FEWEST_JURORS:
        return "one_juror"
    if entries < _FEWEST_ENTRIES:
        return "few_entries"
    return "incomplete" if matrix.entry.size < entries * jurors else ""


def _table(matrix: Matrix) -> FloatArray:
    return Design.of(matrix).value.reshape(np.unique(matrix.entry).size, -1)
