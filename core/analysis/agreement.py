"""How well jurors agree: Krippendorff's alpha, Kendall's W, and every other figure of one set of scores together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc

from juri.core.analysis.agreement_icc import Reliability, intraclass, no_reliability
from juri.core.analysis.agreement_kappa import Kappa, cohen_kappa, fleiss_kappa
from juri.core.analysis.agreement_order import mean_correlation, mid_ranks, order_beside_others
from juri.core.analysis.estimate import Estimate, unknown
from juri.core.scoring.matrix import Matrix

LEVELS = ("nominal", "ordinal", "interval", "ratio")
"""What differences between scores mean: none, an order, distances, or distances from a true zero."""

Floats = NDArray[np.float64]
_PAIR = 2
_BLOCK = 2_000
"""Distinct values whose differences to all others are in memory at a time."""


@dataclass(frozen=True)
class Concordance:
    """Kendall's W with its test: is there any agreement on the order at all? Undefined as ``w`` says."""

    w: Estimate
    chi_square: float | None = None
    df: int = 0
    p: float | None = None


@dataclass(frozen=True)
class Agreement:
    """Everything about the agreement of one set of scores; a figure that does not exist says why.

    ``correlation`` and ``rank_correlation`` are those of two jurors, in the mean; ``order`` is each juror's rank
    correlation with the mean of the others.
    """

    entries: int
    jurors: int
    scores: int
    level: str
    reliability: Reliability
    alpha: Estimate
    kendall: Concordance
    fleiss: Kappa
    cohen: Kappa
    linear: Kappa
    quadratic: Kappa
    correlation: Estimate
    rank_correlation: Estimate
    order: Mapping[str, Estimate]


def measure_agreement(matrix: Matrix, level: str = "interval", *, words: bool = False) -> Agreement:
    """Work out every figure of agreement.

    Args:
        matrix: the scores of one group and criterion.
        level: one of ``LEVELS``; tells alpha what a difference means.
        words: the values only stand for words; what needs numbers or an order does not exist then.

    """
    if words:
        return _of_words(matrix)
    return Agreement(
        entries=np.unique(matrix.entry).size,
        jurors=np.unique(matrix.juror).size,
        scores=matrix.entry.size,
        level=level,
        reliability=intraclass(matrix),
        alpha=krippendorff_alpha(matrix, level),
        kendall=kendall_w(matrix),
        fleiss=fleiss_kappa(matrix),
        cohen=cohen_kappa(matrix),
        linear=cohen_kappa(matrix, "linear"),
        quadratic=cohen_kappa(matrix, "quadratic"),
        correlation=mean_correlation(matrix, by_rank=False),
        rank_correlation=mean_correlation(matrix, by_rank=True),
        order=order_beside_others(matrix),
    )


def no_agreement(why: str, level: str) -> Agreement:
    """Return what there is where there are no scores to compare, for a reason of ``estimate.REASONS``."""
    none, kappa = unknown(why), Kappa(None, why)
    return Agreement(
        0, 0, 0, level, no_reliability(why), none, Concordance(none), kappa, kappa, kappa, kappa, none, none, {}
    )


def _of_words(matrix: Matrix) -> Agreement:
    none = Kappa(None, "words")
    return replace(
        measure_agreement(matrix, "nominal"),
        reliability=no_reliability("words"),
        kendall=Concordance(unknown("words")),
        linear=none,
        quadratic=none,
        correlation=unknown("words"),
        rank_correlation=unknown("words"),
        order={},
    )


def krippendorff_alpha(matrix: Matrix, level: str = "interval") -> Estimate:
    """Estimate Krippendorff's alpha: 1 - observed / expected disagreement, for any pattern of missing scores.

    Krippendorff (2011), Computing Krippendorff's Alpha-Reliability. An entry with one score only has nothing to compare
    and does not count. The difference of two ordinal values is the number of scores between them, so ``ordinal`` is
    ``interval`` over mid-ranks.
    """
    pairable = np.bincount(matrix.entry, minlength=len(matrix.entries))[matrix.entry] >= _PAIR
    if not pairable.any():
        return unknown("no_overlap")
    entry, exact = matrix.entry[pairable], matrix.value[pairable]
    distinct, of_score, counts = np.unique(exact, return_inverse=True, return_counts=True)
    if distinct.size == 1:
        return unknown("all_equal")
    if level == "ratio" and distinct[0] < 0:
        return unknown("negative")
    if level == "nominal":
        observed, expected = _nominal(entry, of_score, counts)
    elif level == "ratio":
        observed, expected = _ratio(entry, np.asarray(distinct / matrix.scale, dtype=np.float64), of_score, counts)
    else:
        scale = mid_ranks(counts) if level == "ordinal" else np.asarray(distinct / matrix.scale, dtype=np.float64)
        observed, expected = _squared(entry, scale[of_score])
    return Estimate(1 - observed / expected)


def _nominal(entry: NDArray[np.int64], of_score: NDArray[np.int64], counts: NDArray[np.int64]) -> tuple[float, float]:
    """Return the observed and the expected share of pairs that differ."""
    total = entry.size
    per_entry = np.bincount(entry)
    cells, same = np.unique(np.stack([entry, of_score]), axis=1, return_counts=True)
    differing = np.square(per_entry).astype(np.float64) - np.bincount(cells[0], np.square(same))
    paired = per_entry >= _PAIR
    observed = (differing[paired] / (per_entry[paired] - 1)).sum() / total
    return float(observed), float((total**2 - np.square(counts).sum()) / (total * (total - 1)))


def _squared(entry: NDArray[np.int64], value: Floats) -> tuple[float, float]:
    """Return the observed and the expected mean of squared differences of pairs."""
    total = value.size
    value = value - value.mean()
    per_entry = np.bincount(entry)
    paired = per_entry >= _PAIR
    means = np.divide(np.bincount(entry, value), per_entry, out=np.zeros(per_entry.size), where=paired)
    of_pairs = per_entry * np.bincount(entry, np.square(value - means[entry]))
    observed = 2 * (of_pairs[paired] / (per_entry[paired] - 1)).sum() / total
    return float(observed), float(2 * (value @ value) / (total - 1))


def _ratio(
    entry: NDArray[np.int64], distinct: Floats, of_score: NDArray[np.int64], counts: NDArray[np.int64]
) -> tuple[float, float]:
    """Return the observed and the expected mean of ((a - b) / (a + b))^2 of pairs; 0 where both are 0."""
    total = entry.size
    value = distinct[of_score]  # the scores stand entry by entry
    per_score = np.bincount(entry)[entry]
    observed = 0.0
    for apart in range(1, int(per_score.max())):
        together = entry[apart:] == entry[:-apart]
        far = _relative(value[apart:][together], value[:-apart][together])
        observed += 2 * float((far / (per_score[apart:][together] - 1)).sum())
    expected = 0.0
    for start in range(0, distinct.size, _BLOCK):
        own = slice(start, start + _BLOCK)
        far = _relative(distinct[own, None], distinct[None, :])
        expected += float(counts[own] @ far @ counts)
    return observed / total, expected / (total * (total - 1))


def _relative(a: Floats, b: Floats) -> Floats:
    both = a + b
    apart = np.square(np.divide(a - b, both, out=np.zeros(np.broadcast(a, b).shape), where=both > 0))
    return np.asarray(apart, dtype=np.float64)


def kendall_w(matrix: Matrix) -> Concordance:
    """Estimate Kendall's W, corrected for ties, of a complete table; entries and jurors without a score are left out.

    Kendall (1948), Rank Correlation Methods: W = 12 S / (m^2 (n^3 - n) - m T). The test is Friedman's chi-square with
    n - 1 degrees of freedom.
    """
    entries, jurors = np.unique(matrix.entry).size, np.unique(matrix.juror).size
    if entries < _PAIR:
        return Concordance(unknown("one_entry"))
    if jurors < _PAIR:
        return Concordance(unknown("one_juror"))
    if matrix.entry.size < entries * jurors:
        return Concordance(unknown("incomplete"))
    table = matrix.value.reshape(entries, jurors)  # complete, and in the canonical order
    sums, ties = np.zeros(entries), 0.0
    for column in table.T:
        _, of_score, counts = np.unique(column, return_inverse=True, return_counts=True)
        sums += mid_ranks(counts)[of_score]
        ties += float((counts.astype(np.float64) ** 3 - counts).sum())
    spread = float(np.square(sums - sums.mean()).sum())
    most = float(jurors**2) * (float(entries) ** 3 - entries) - jurors * ties
    if most <= 0:
        return Concordance(unknown("all_equal"))
    w = min(1.0, 12 * spread / most)
    chi_square = jurors * (entries - 1) * w
    return Concordance(Estimate(w), chi_square, entries - 1, float(chdtrc(entries - 1, chi_square)))
