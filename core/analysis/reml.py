"""Restricted maximum likelihood for entries and jurors: the entries eliminated, one Cholesky factor of the jury's size.

With ``V = I + g_u Z_u Z_u' + g_b Z_b Z_b'`` (``g``: variance over noise variance; ``Z``: which entry, which juror), the
entries go out first: ``H = (I + g_u Z_u Z_u')^-1`` is diagonal by entry. ``S = Z_b' H Z_b`` is of the jury's size, and
``Z_b' V^-1 q = (I + g_b S)^-1 Z_b' H q`` for every ``q``. ``g_u = inf`` makes entries fixed effects (no mean then).

The sums over entries depend on ``g_u`` only through the entry's number of sheets. So they are made once for each number
that occurs. Formulas: Bates et al. (2015), Fitting linear mixed-effects models using lme4, J. Stat. Software 67(1),
for the criterion; Searle, Casella, McCulloch (1992), Variance Components, ch. 6, for its gradient.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from math import inf, log, pi
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, optimize

from juri.core.analysis.design import Design, FloatArray
from juri.core.scoring.number import IntArray

_MOST = 1e6
"""The greatest ratio of a variance to the noise that is looked at: beyond it there is no noise to speak of."""

_NOTHING = 1e-12
"""A sum of squares below this share of the whole is rounding of floats, not a difference of opinion."""


@dataclass(frozen=True, eq=False)
class Sums:
    """What the models need of the sheets, by number of sheets of an entry (K numbers occur), scores centred.

    ``count`` (K,) are these numbers and ``many`` (K,) so many entries have them. Over the entries of each number go
    ``gram`` (K, cells), the sum of ``A_ij A_il`` at the ``cells`` (flat, jury x jury) that are not 0; ``sheets_of``
    (K, J), of ``A_ij n_i``; ``points_of`` (K, J), of ``A_ij y_i+``; ``points`` (K,), of ``y_i+``; ``squares`` (K,), of
    ``y_i+`` squared. ``A_ij`` is 1 where juror j scored entry i, ``n_i`` the sheets of an entry, ``y_i+`` their sum.
    """

    design: Design
    centre: float
    value: FloatArray
    count: IntArray
    many: IntArray
    cells: IntArray
    gram: FloatArray
    sheets_of: FloatArray
    points_of: FloatArray
    points: FloatArray
    squares: FloatArray

    @classmethod
    def of(cls, design: Design) -> Sums:
        """Go through the sheets once."""
        centre = float(design.value.mean())
        value = design.value - centre
        per_entry = np.bincount(design.entry, value, design.entries)
        count, many = np.unique(design.sheets[design.sheets > 0], return_counts=True)
        parts = [design.sheets == each for each in count]
        grams = [(part.T @ part).tocoo() for part in (design.incidence[which] for which in parts)]
        flat = [gram.row.astype(np.int64) * design.jurors + gram.col for gram in grams]
        occurs = np.zeros(design.jurors**2, dtype=bool)
        occurs[np.concatenate(flat)] = True
        cells, place = np.flatnonzero(occurs), np.cumsum(occurs) - 1
        gram = np.zeros((count.size, cells.size))
        for row, cell, each in zip(gram, flat, grams, strict=True):
            row[place[cell]] = each.data
        return cls(
            design,
            centre,
            value,
            count,
            many,
            cells,
            gram,
            np.stack([design.incidence[which].sum(axis=0) * n for which, n in zip(parts, count, strict=True)]),
            np.stack([design.incidence[which].T @ per_entry[which] for which in parts]),
            np.array([per_entry[which].sum() for which in parts]),
            np.array([(per_entry[which] ** 2).sum() for which in parts]),
        )

    @property
    def freedom(self) -> int:
        """Return how many sheets there are beyond the first of each entry."""
        return int(self.design.value.size - self.many.sum())

    @cached_property
    def total(self) -> float:
        """Return the sum of squares of all sheets around their mean."""
        return float(self.value @ self.value)

    @cached_property
    def by_juror(self) -> FloatArray:
        """Return the sum of each juror's scores; shape (J,)."""
        return np.asarray(np.bincount(self.design.juror, self.value, self.design.jurors), dtype=np.float64)


@dataclass(frozen=True, eq=False)
class System:
    """The equations of the jury for one pair of variance ratios; ``yy``, ``one_y``, ``one_one`` are forms in ``V^-1``.

    ``juror_y`` and ``juror_one`` are ``Z_b' V^-1 y`` and ``Z_b' V^-1 1``, ``factor`` is the lower Cholesky factor of
    ``I + g_b S``.
    """

    sums: Sums
    entry_ratio: float
    juror_ratio: float
    schur: FloatArray
    factor: FloatArray
    juror_y: FloatArray
    juror_one: FloatArray
    yy: float
    one_y: float
    one_one: float

    @classmethod
    def of(cls, sums: Sums, entry_ratio: float, juror_ratio: float) -> System:
        """Eliminate the entries and factor what is left."""
        jurors, count = sums.design.jurors, sums.count
        weight = 1 / count if entry_ratio == inf else entry_ratio / (1 + count * entry_ratio)
        schur = np.diag(sums.design.loads.astype(np.float64))
        schur.ravel()[sums.cells] -= weight @ sums.gram
        right = np.stack([sums.by_juror - weight @ sums.points_of, sums.design.loads - weight @ sums.sheets_of], axis=1)
        factor = linalg.cholesky(np.eye(jurors) + juror_ratio * schur, lower=True, check_finite=False)
        solved = linalg.cho_solve((factor, True), right, check_finite=False)
        entry_forms = (
            sums.total - weight @ sums.squares,
            -weight @ (sums.points * count),
            sums.value.size - weight @ (sums.many * count**2),
        )
        juror_forms = (right[:, 0] @ solved[:, 0], right[:, 1] @ solved[:, 0], right[:, 1] @ solved[:, 1])
        yy, one_y, one_one = (
            float(whole - juror_ratio * part) for whole, part in zip(entry_forms, juror_forms, strict=True)
        )
        return cls(
            sums, entry_ratio, juror_ratio, schur, factor, solved[:, 0], solved[:, 1], max(yy, 0.0), one_y, one_one
        )

    @property
    def mean(self) -> float:
        """Return the mean, from the centre of the sums; 0 where the entries are fixed effects."""
        return 0.0 if self.entry_ratio == inf else self.one_y / self.one_one

    @property
    def left(self) -> float:
        """Return what the model leaves unexplained, as a sum of squares."""
        return max(self.yy - self.mean * self.one_y, 0.0)

    @property
    def juror_effect(self) -> FloatArray:
        """Return the predicted effect of each juror; shape (J,)."""
        effect: FloatArray = self.juror_ratio * (self.juror_y - self.mean * self.juror_one)
        return effect

    @property
    def entry_residual(self) -> FloatArray:
        """Return ``Z_u' V^-1 (y - mean)``, what each entry has beyond mean and jurors; shape (entries,)."""
        rest = self.sums.value - self.mean - self.juror_effect[self.sums.design.juror]
        return self._to_entries(np.bincount(self.sums.design.entry, rest, self.sums.design.entries))

    @cached_property
    def inverse(self) -> FloatArray:
        """Return ``(I + g_b S)^-1``; shape (J, J)."""
        lower, _ = linalg.lapack.dpotri(self.factor, lower=True)  # above the diagonal are the zeros of the factor
        inverse: FloatArray = lower + lower.T
        np.fill_diagonal(inverse, np.diag(lower))
        return inverse

    def _to_entries(self, sums: NDArray[Any]) -> FloatArray:
        divided: FloatArray = sums / (1 + self.sums.design.sheets * self.entry_ratio)
        return divided

    @property
    def log_determinant(self) -> float:
        """Return the logarithm of the determinant of ``I + g_b S``."""
        return float(2 * np.log(np.diag(self.factor)).sum())

    def severity_criterion(self) -> tuple[float, FloatArray]:
        """Return the REML criterion with entries as fixed effects, and its slope in ``g_b``."""
        free, left = self.sums.freedom, self._left_over_nothing
        value = free * (1 + log(2 * pi * left / free)) + self.log_determinant
        value += float(self.sums.many @ np.log(self.sums.count))
        slope = float((self.inverse * self.schur).sum()) - free / left * float(self.juror_y @ self.juror_y)
        return value, np.array([slope])

    def crossed_criterion(self) -> tuple[float, FloatArray]:
        """Return the REML criterion with random entries, and its slopes in ``g_u`` and ``g_b``."""
        sums, free, left = self.sums, self.sums.value.size - 1, self._left_over_nothing
        shrunk = 1 + sums.count * self.entry_ratio
        value = free * (1 + log(2 * pi * left / free)) + self.log_determinant + log(self.one_one)
        value += float(sums.many @ np.log(shrunk))
        inverse = self.inverse
        residual = self.entry_residual
        ones = sums.design.sheets - self.juror_ratio * (sums.design.incidence @ self.juror_one)
        entry_one = self._to_entries(ones)
        entry_trace = sums.many @ (sums.count / shrunk) - entry_one @ entry_one / self.one_one
        entry_trace -= self.juror_ratio * ((sums.gram @ inverse.ravel()[sums.cells]) @ (1 / shrunk**2))
        juror = self.juror_y - self.mean * self.juror_one
        juror_trace = (inverse * self.schur).sum() - self.juror_one @ self.juror_one / self.one_one
        return value, np.array(
            [entry_trace - free / left * (residual @ residual), juror_trace - free / left * (juror @ juror)]
        )

    @property
    def _left_over_nothing(self) -> float:
        return max(self.left, _NOTHING * self.sums.total)


def severity_ratio(sums: Sums) -> float:
    """Return juror variance over noise by REML, entries being fixed; 0 where sheets do not tell jurors apart."""
    within = sums.total - float((sums.squares / sums.count).sum())
    if sums.freedom == 0 or sums.design.loads.max() == 1 or within <= _NOTHING * sums.total:
        return 0.0
    return _least(lambda ratio: System.of(sums, inf, ratio[0]).severity_criterion(), [True])[0]


def crossed_ratios(sums: Sums) -> tuple[float, float]:
    """Return the variances of entries and jurors over that of the noise, by REML; 0 for what cannot be told apart."""
    if sums.total <= _NOTHING * max(sums.centre**2, 1.0):
        return 0.0, 0.0
    told_apart = [bool(sums.count.max() > 1), bool(sums.design.loads.max() > 1)]
    entries, jurors = _least(lambda ratios: System.of(sums, *ratios).crossed_criterion(), told_apart)
    return entries, jurors


def _least(criterion: Callable[[list[float]], tuple[float, FloatArray]], free: list[bool]) -> list[float]:
    """Find the ratios with the least criterion; those that are not free stay 0.

    The search is over shares ``g / (1 + g)``, which lie between 0 and 1 and have a slope at 0.
    """

    def by_share(share: FloatArray) -> tuple[float, FloatArray]:
        ratios = share / (1 - share)
        value, slope = criterion(ratios.tolist())
        return value, slope * (1 + ratios) ** 2

    bounds = [(0.0, _MOST / (1 + _MOST) if each else 0.0) for each in free]
    start = np.array([0.5 if each else 0.0 for each in free])
    found = optimize.minimize(
        by_share, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"ftol": 1e-12, "gtol": 1e-7}
    )
    share: FloatArray = found.x
    return [float(each) for each in share / (1 - share)]
