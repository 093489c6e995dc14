"""How sure a ranking is: where each entry may truly stand, and how probably it belongs inside the cut.

Drawn around the official score, which is the ridge of ``juri.core.analysis.mixed``: jurors' effects are drawn as the
ridge has them, entries free; given these, an entry's true quality is drawn from what its sheets say and from how
entries differ at all (normal, variance by REML). Without the second half, drawn around the unshrunk scores alone, the
ranks would be spread too far, and intervals that are to hold in 95 of 100 cases would hold in 92; with entries random
from the start (BLUP) they hold as long as jurors are assigned at random, and in 90 where each sees one category only.
Resampling the sheets (bootstrap) gives intervals that hold in 72 to 83 of 100 cases and is not offered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, optimize, sparse

from juri.core.analysis.design import DECIMALS, FloatArray, one_thread
from juri.core.analysis.mixed import Severity
from juri.core.scoring.number import IntArray

DRAWS = 1000
SEED = 20240229
BORDERLINE = (0.05, 0.95)
"""Between these probabilities of being inside the cut, the sheets leave it open."""

_COVERED = 0.95
_AT_ONCE = 2_000_000
"""So many figures are drawn at a time, which bounds the memory."""


@dataclass(frozen=True, eq=False)
class RankDoubt:
    """What the sheets leave open, one figure for each of ``entries`` (their places in the design).

    The true rank lies from ``low`` to ``high`` with 95 % probability. ``inside`` has a row for each cut of ``tops``:
    the probability of being among so many best. ``draws`` and ``seed`` say how it was drawn; ``quality_variance`` is
    that of the entries' true quality.
    """

    entries: IntArray
    low: IntArray
    high: IntArray
    tops: tuple[int, ...]
    inside: FloatArray
    draws: int
    seed: int
    quality_variance: float

    def borderline(self, cut: int = 0) -> NDArray[np.bool_]:
        """Tell which entries are neither surely inside nor surely outside a cut, by its place in ``tops``."""
        low, high = BORDERLINE
        open_: NDArray[np.bool_] = (self.inside[cut] > low) & (self.inside[cut] < high)
        return open_


@one_thread
def rank_doubt(fit: Severity, tops: Sequence[int] = (), *, draws: int = DRAWS, seed: int = SEED) -> RankDoubt | None:
    """Say how far ranks can be trusted; None where no entry has two sheets, so that no doubt can be measured.

    The same sheets and seed give the same answer. Entries that the model cannot tell apart (equal without noise, or
    all of one quality) share their places: a cut through such a group lets each in with the same probability.

    Args:
        fit: the corrected scores.
        tops: so many are inside, for each cut to be looked at.
        draws: how many juries and qualities are drawn.
        seed: where the draws begin.

    """
    design = fit.design
    entries = np.flatnonzero(design.sheets > 0)
    if design.value.size == entries.size:
        return None
    sampler = _Sampler.of(fit, entries)
    if fit.noise == 0 or sampler.variance == 0:
        low, high, inside = _certain(fit.score[entries] if fit.noise == 0 else np.zeros(entries.size), tops)
    else:
        low, high, inside = _counted(sampler, tops, draws, np.random.default_rng(seed))
    return RankDoubt(entries, low, high, tuple(tops), inside, draws, seed, sampler.variance)


@dataclass(frozen=True, eq=False)
class _Sampler:
    """Draws of the true quality of entries: juries around the ridge, then quality between score and common mean.

    ``noise`` is the variance that the noise of the sheets leaves in each score, ``lenience`` (entries, jurors) what a
    juror's effect adds to each. ``freedom`` counts the sheets that the noise is known from: with few the draws spread
    further (Student's t), as the noise itself is in doubt.
    """

    fit: Severity
    score: FloatArray
    noise: FloatArray
    lenience: sparse.csr_array
    variance: float
    freedom: int

    @classmethod
    def of(cls, fit: Severity, entries: IntArray) -> _Sampler:
        sheets, score = fit.design.sheets[entries], fit.score[entries]
        lenience = sparse.diags_array(1 / sheets) @ fit.design.incidence[entries]
        noise = fit.noise / sheets
        design = fit.design
        compared = int((design.loads > 0).sum()) - design.islands_in_use
        freedom = max(design.value.size - entries.size - compared, 1)
        return cls(fit, score, noise, lenience.tocsr(), _quality_variance(score, noise), freedom)

    def draw(self, count: int, random: np.random.Generator) -> FloatArray:
        """Return the quality of each entry in each draw; shape (draws, entries)."""
        scale = np.sqrt(self.freedom / random.chisquare(self.freedom, count))
        normal = scale * random.standard_normal((self.fit.design.jurors, count))
        juror = sqrt(self.fit.juror_variance) * linalg.solve_triangular(self.fit.factor.T, normal, check_finite=False)
        weight = 1 / (self.variance + self.noise)
        kept = self.variance * weight
        drawn: FloatArray = np.ascontiguousarray((self.lenience @ -juror).T)
        drawn += self.score
        mean = drawn @ weight / weight.sum() + random.standard_normal(count) / sqrt(weight.sum())
        drawn *= kept
        drawn += np.outer(mean, 1 - kept)
        own = random.standard_normal(drawn.shape)
        own *= scale[:, None]
        own *= np.sqrt(kept * self.noise)
        drawn += own
        return drawn


def _quality_variance(score: FloatArray, noise: FloatArray) -> float:
    """Return the variance of true quality by REML, where each score has its own noise variance; 0 for none."""
    if not noise.any():
        return float(score.var(ddof=1)) if score.size > 1 else 0.0
    unit = float(noise.mean())
    kinds, kind, many = np.unique(noise, return_inverse=True, return_counts=True)
    means = np.bincount(kind, score) / many
    within = np.bincount(kind, (score - means[kind]) ** 2)

    def criterion(share: float) -> float:
        spread = unit * share / (1 - share) + kinds
        weight = many / spread
        mean = weight @ means / weight.sum()
        return float(
            many @ np.log(spread) + np.log(weight.sum()) + (within / spread).sum() + weight @ (means - mean) ** 2
        )

    found = optimize.minimize_scalar(criterion, bounds=(0, 1 - 1e-6), method="bounded", options={"xatol": 1e-9})
    if criterion(0) <= found.fun:
        return 0.0
    return float(unit * found.x / (1 - found.x))


def _counted(
    sampler: _Sampler, tops: Sequence[int], draws: int, random: np.random.Generator
) -> tuple[IntArray, IntArray, FloatArray]:
    """Rank every draw; return the bounds of each entry's ranks and its share of draws inside each cut."""
    count = sampler.score.size
    ranks = np.empty((draws, count), dtype=np.int32)
    places = np.arange(1, count + 1, dtype=np.int32)
    step = max(1, _AT_ONCE // count)
    for begin in range(0, draws, step):
        part = ranks[begin : begin + step]
        for line, order in zip(part, _best_first(sampler.draw(len(part), random)), strict=True):
            line[order] = places
    inside = np.array([(ranks <= top).mean(axis=0) for top in tops]).reshape(len(tops), count)
    least, most = _bounds(draws)
    ordered = np.ascontiguousarray(ranks.T)
    ordered.sort(axis=1)
    return ordered[:, least].astype(np.int64), ordered[:, most].astype(np.int64), inside


def _best_first(drawn: FloatArray) -> IntArray:
    """Return the entries of each draw, the best first; almost twice as fast as ``argsort``.

    The bits of floats from 0 up are in the order of their values. So each distance from the best, its last bits given
    up for the entry's number, is sorted as a whole number, and the entries come out in order.
    """
    mask = (1 << (drawn.shape[1] - 1).bit_length()) - 1
    keys: IntArray = (drawn.max() - drawn).view(np.int64)
    keys &= ~mask
    keys |= np.arange(drawn.shape[1])
    keys.sort(axis=1)
    keys &= mask
    return keys


def _bounds(draws: int) -> tuple[int, int]:
    """Return the places of the bounds among the sorted draws, so that at least 95 % lie from one to the other."""
    outside = int(draws * (1 - _COVERED) / 2)
    return outside, draws - 1 - outside


def _certain(quality: FloatArray, tops: Sequence[int]) -> tuple[IntArray, IntArray, FloatArray]:
    """Give equal entries the same bounds and the same probability; nothing else is in doubt."""
    values, group, many = np.unique(-np.round(quality, DECIMALS), return_inverse=True, return_counts=True)
    last = np.cumsum(many)[group]
    first = last - many[group] + 1
    inside = [np.clip((top - first + 1) / many[group], 0, 1) for top in tops]
    return first, last, np.array(inside).reshape(len(tops), values[group].size)
