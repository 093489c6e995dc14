"""Intraclass correlations: how much of what the scores differ by is due to the entries.

The six forms of Shrout and Fleiss (1979, Psychological Bulletin 86, 420-428), named as McGraw and Wong (1996,
Psychological Methods 1, 30-46) do: ``1`` (every entry has jurors of its own), ``A1`` (absolute agreement: severity
counts as error), ``C1`` (consistency: severity does not matter), and ``1k``, ``Ak``, ``Ck`` for the mean of k jurors.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy.special import fdtri

from juri.core.analysis.design import Design
from juri.core.analysis.estimate import Estimate, unknown
from juri.core.analysis.mixed import fit_crossed
from juri.core.scoring.matrix import Matrix

FORMS = ("1", "A1", "C1", "1k", "Ak", "Ck")
CONFIDENCE = 0.95
_FEWEST = 2
"""Jurors of one entry, and entries, below which nothing can be compared."""

_ROUNDING = 1e-12
_LEAST_FREEDOM = 0.1
"""With fewer degrees of freedom an interval would hold everything, and the F distribution cannot be worked out."""


@dataclass(frozen=True)
class MeanSquares:
    """The analysis of variance of a complete table of n entries and k jurors."""

    n: int
    k: int
    entries: float
    jurors: float
    within: float
    residual: float


@dataclass(frozen=True)
class Components:
    """What the scores vary by, as variances in squared points; a negative estimate counts as 0.

    ``jurors_per_entry`` is the harmonic mean: reliability goes by it, since entries with few jurors weigh most.
    """

    entry: float
    juror: float
    residual: float
    jurors_per_entry: float

    def reliability(self, jurors: float, *, absolute: bool) -> float | None:
        """Return the reliability of the mean of so many jurors: the G-coefficient, or Phi where ``absolute``.

        Brennan (2001, Generalizability Theory, ch. 2): entry variance over entry variance plus error variance. None
        where nothing varies.
        """
        total = self.entry + self.error(jurors, absolute=absolute) ** 2
        return self.entry / total if total > 0 else None

    def error(self, jurors: float, *, absolute: bool) -> float:
        """Return the standard error of measurement of the mean of so many jurors, in points.

        ``absolute`` is for scores of entries that had different jurors, whose severity is error then.
        """
        return sqrt((self.residual + (self.juror if absolute else 0.0)) / jurors)


@dataclass(frozen=True)
class Reliability:
    """The six forms by name, and the variance components; ``complete`` where every juror scored every entry.

    Without components, ``why`` is a code of ``estimate.REASONS``. Only complete tables have intervals and mean squares.
    """

    icc: Mapping[str, Estimate]
    components: Components | None
    complete: bool
    why: str = ""
    squares: MeanSquares | None = None


def intraclass(matrix: Matrix, confidence: float = CONFIDENCE) -> Reliability:
    """Estimate the intraclass correlations of a stage.

    A complete table has the six published forms with their intervals. Otherwise ``1`` and ``1k`` come from the
    one-way analysis of variance with unequal numbers, the other forms from the variance components by REML, and k is
    the harmonic mean of the numbers of jurors. Entries and jurors without a score are left out.
    """
    counts = np.bincount(matrix.entry, minlength=len(matrix.entries))
    counts = counts[counts > 0]
    jurors = np.unique(matrix.juror).size
    why = _impossible(matrix, counts, jurors)
    if why:
        return no_reliability(why)
    if counts.min() == jurors:
        return _complete(_mean_squares(matrix, counts.size, jurors), confidence)
    return _incomplete(matrix)


def _impossible(matrix: Matrix, counts: NDArray[np.int64], jurors: int) -> str:
    if counts.size < _FEWEST:
        return "one_entry"
    if jurors < _FEWEST:
        return "one_juror"
    if counts.max() < _FEWEST:
        return "no_overlap"
    return "all_equal" if (matrix.value == matrix.value[0]).all() else ""


def no_reliability(why: str) -> Reliability:
    """Return what there is where nothing can be estimated, for a reason of ``estimate.REASONS``."""
    return Reliability(MappingProxyType({form: unknown(why) for form in FORMS}), None, complete=False, why=why)


def _mean_squares(matrix: Matrix, n: int, k: int) -> MeanSquares:
    """Work out the mean squares exactly, so that no rounding is taken for a variance."""
    value = matrix.value.astype(object)
    scale = matrix.scale**2
    by_entry, by_juror = _sums(matrix.entry, value), _sums(matrix.juror, value)
    mean_part = Fraction(sum(value) ** 2, n * k)
    squares = int((value * value).sum())
    entries = Fraction(sum(s * s for s in by_entry), k) - mean_part
    jurors = Fraction(sum(s * s for s in by_juror), n) - mean_part
    within = squares - mean_part - entries
    return MeanSquares(
        n=n,
        k=k,
        entries=float(entries / ((n - 1) * scale)),
        jurors=float(jurors / ((k - 1) * scale)),
        within=float(within / (n * (k - 1) * scale)),
        residual=float((within - jurors) / ((n - 1) * (k - 1) * scale)),
    )


def _sums(index: NDArray[np.int64], value: NDArray[np.object_]) -> list[int]:
    sums: dict[int, int] = {}
    for at, number in zip(index.tolist(), value.tolist(), strict=True):
        sums[at] = sums.get(at, 0) + number
    return list(sums.values())


def _complete(ms: MeanSquares, confidence: float) -> Reliability:
    n, k = ms.n, ms.k
    components = Components(
        entry=max(0.0, (ms.entries - ms.residual) / k),
        juror=max(0.0, (ms.jurors - ms.residual) / n),
        residual=ms.residual,
        jurors_per_entry=k,
    )
    one_way = _with_f_interval(ms, ms.within, n * (k - 1), confidence)
    consistent = _with_f_interval(ms, ms.residual, (n - 1) * (k - 1), confidence)
    absolute = _absolute(ms, confidence)
    icc = {
        **dict(zip(("1", "1k"), one_way, strict=True)),
        **dict(zip(("A1", "Ak"), absolute, strict=True)),
        **dict(zip(("C1", "Ck"), consistent, strict=True)),
    }
    forms = MappingProxyType({form: icc[form] for form in FORMS})
    return Reliability(forms, components, complete=True, squares=ms)


def _with_f_interval(ms: MeanSquares, error: float, df_error: int, confidence: float) -> tuple[Estimate, Estimate]:
    """Estimate the single and the mean form whose ratio of mean squares is F distributed (``1`` and ``C``)."""
    tail = (1 + confidence) / 2
    k, between, df = ms.k, ms.entries, ms.n - 1
    low, high = float(fdtri(df, df_error, tail)), float(fdtri(df_error, df, tail))

    def single(b: float, e: float) -> float | None:
        return _ratio(b - e, b + (k - 1) * e)

    def mean(b: float, e: float) -> float | None:
        return _ratio(b - e, b)

    def both(form: Callable[[float, float], float | None]) -> Estimate:
        return _estimate(form(between, error), form(between, low * error), form(high * between, error))

    return both(single), both(mean)


def _absolute(ms: MeanSquares, confidence: float) -> tuple[Estimate, Estimate]:
    """Estimate ``A1`` and ``Ak``; their interval has the degrees of freedom of Satterthwaite (Shrout and Fleiss)."""
    n, k, b, j, e = ms.n, ms.k, ms.entries, ms.jurors, ms.residual
    single = _ratio(b - e, b + (k - 1) * e + k * (j - e) / n)
    mean = _ratio(b - e, b + (j - e) / n)
    if single is None:
        return unknown("no_spread"), _estimate(mean)
    weight = n * (1 + (k - 1) * single) - k * single
    bottom = (n - 1) * (k * single * j) ** 2 + (weight * e) ** 2
    if bottom <= 0:  # neither severity nor chance: the entries alone decide
        return Estimate(single, low=single, high=single), Estimate(mean, low=mean, high=mean)
    df = (k - 1) * (n - 1) * (k * single * j + weight * e) ** 2 / bottom
    if df < _LEAST_FREEDOM:
        return _estimate(single), _estimate(mean)
    return _absolute_interval(ms, single, mean, df, confidence)


def _absolute_interval(
    ms: MeanSquares, single: float, mean: float | None, df: float, confidence: float
) -> tuple[Estimate, Estimate]:
    n, k, b, j, e = ms.n, ms.k, ms.entries, ms.jurors, ms.residual
    tail = (1 + confidence) / 2
    lower, upper = float(fdtri(n - 1, df, tail)), float(fdtri(df, n - 1, tail))
    error = k * j + (k * n - k - n) * e
    low = _ratio(n * (b - lower * e), lower * error + n * b)
    high = _ratio(n * (upper * b - e), error + n * upper * b)
    return _estimate(single, low, high), _estimate(mean, _of_mean(low, k), _of_mean(high, k))


def _of_mean(single: float | None, k: int) -> float | None:
    """Step a reliability up to the mean of k jurors (Spearman and Brown)."""
    return None if single is None else _ratio(k * single, 1 + (k - 1) * single)


def _ratio(top: float, bottom: float) -> float | None:
    """Divide; None where nothing is left below but the rounding of mean squares that cancel out."""
    return top / bottom if bottom > abs(top) * _ROUNDING else None


def _estimate(value: float | None, low: float | None = None, high: float | None = None) -> Estimate:
    if value is None:
        return unknown("no_spread")
    return Estimate(value, low=low, high=high)


def _incomplete(matrix: Matrix) -> Reliability:
    value = np.asarray(matrix.value / matrix.scale, dtype=np.float64)
    value = value - value.mean()
    counts = np.bincount(matrix.entry, minlength=len(matrix.entries))
    k = float(1 / np.mean(1 / counts[counts > 0]))
    components = _components(matrix, k)
    single, mean = _one_way(matrix.entry, value, k)
    if components is None:
        rest = {form: unknown("confounded") for form in FORMS[1:]}
        return Reliability(MappingProxyType({**rest, "1": single, "1k": mean}), None, complete=False, why="confounded")
    icc = {
        "1": single,
        "A1": _estimate(components.reliability(1, absolute=True)),
        "C1": _estimate(components.reliability(1, absolute=False)),
        "1k": mean,
        "Ak": _estimate(components.reliability(k, absolute=True)),
        "Ck": _estimate(components.reliability(k, absolute=False)),
    }
    return Reliability(MappingProxyType(icc), components, complete=False)


def _components(matrix: Matrix, k: float) -> Components | None:
    """Estimate the variances of entries, jurors and rest by REML; None where who scored what confounds them."""
    design = Design.of(matrix)
    freedom = design.value.size - np.count_nonzero(design.sheets) - np.count_nonzero(design.loads)
    if freedom + design.islands_in_use <= 0:
        return None
    found = fit_crossed(design)
    return Components(found.entry_variance, found.juror_variance, found.noise, k)


def _part(index: NDArray[np.int64], value: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
    """Return the number of scores of each group that has some, and the sum of squares of their means."""
    counts = np.bincount(index)
    there = counts > 0
    sums = np.bincount(index, value)[there]
    kept = counts[there].astype(np.float64)
    return kept, float(sums @ (sums / kept))


def _one_way(entry: NDArray[np.int64], value: NDArray[np.float64], k: float) -> tuple[Estimate, Estimate]:
    """Estimate ``1`` and ``1k`` from the one-way analysis of variance with unequal numbers."""
    n, between_part = _part(entry, value)
    total = value.size
    between = between_part / (n.size - 1)
    within = (float(value @ value) - between_part) / (total - n.size)
    typical = (total - float(n @ n) / total) / (n.size - 1)
    variance = (between - within) / typical
    return _estimate(_ratio(variance, variance + within)), _estimate(_ratio(variance, variance + within / k))
