"""How much the weights must change before another entry is in: the least change, exact, and shares over many weights.

The weight that one criterion loses another gets, so that the sum stays. For an entry inside and one outside, the least
weight to move for the second to draw level is greedy: from the criteria where the first is furthest ahead to the one
where it is least, or furthest behind. That is the optimum of the linear programme, in exact fractions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, reduce
from math import lcm

import numpy as np
from numpy.typing import NDArray

from juri.core.analysis.design import FloatArray, one_thread
from juri.core.scoring.number import IntArray, int_array, plus, times

CONCENTRATION = 100
"""How close drawn weights stay to those in force: a weight of 20 % then has a standard deviation of 4 points."""

_BLOCK = 2_000_000
"""So many differences of two entries are looked at in one go."""

_CLOSE = 1e-9


@dataclass(frozen=True, eq=False)
class Profile:
    """What each entry earns on each criterion, exactly: ``points[i, c] / scale`` at the weights in force.

    ``weights`` are positive; ``score[i] / scale`` may hold more than the points of these criteria (such as deductions,
    which no weight touches).
    """

    entries: tuple[str, ...]
    criteria: tuple[str, ...]
    points: IntArray
    score: IntArray
    scale: int
    weights: tuple[Fraction, ...]

    @property
    def whole(self) -> Fraction:
        """Return the sum of the weights."""
        return sum(self.weights, Fraction(0))

    def gap(self, ahead: int, behind: int) -> Fraction:
        """Return by how much the score of one entry is above that of another."""
        return Fraction(int(self.score[ahead]) - int(self.score[behind]), self.scale)

    def difference(self, ahead: int, behind: int) -> list[Fraction]:
        """Return for each criterion by how much one entry is above another, for one unit of weight."""
        gaps = (self.points[ahead] - self.points[behind]).tolist()
        return [Fraction(int(gap), self.scale) / weight for gap, weight in zip(gaps, self.weights, strict=True)]

    @cached_property
    def alone(self) -> IntArray:
        """Return what each entry would score if one criterion had all the weight, times a factor of that criterion."""
        common = lcm(*(weight.denominator for weight in self.weights))
        weights = int_array(int(weight * common) for weight in self.weights)
        fixed = plus(self.score, -reduce(plus, self.points.T))
        return plus(times(self.points, int(self.whole * common)), times(fixed[:, None], weights))

    def inside(self, top: int) -> NDArray[np.bool_]:
        """Tell which entries are among the first ``top``; all that are level with the last of them are."""
        ordered = np.sort(self.score)[::-1]
        found: NDArray[np.bool_] = self.score >= ordered[min(top, ordered.size) - 1]
        return found


@dataclass(frozen=True)
class WeightChange:
    """The least change: ``mass`` of weight goes from the criteria of ``taken`` to ``given_to``, by their places."""

    mass: Fraction
    taken: tuple[tuple[int, Fraction], ...]
    given_to: int

    def applied(self, weights: Sequence[Fraction]) -> list[Fraction]:
        """Return the weights after the change."""
        after = list(weights)
        for place, mass in self.taken:
            after[place] -= mass
        after[self.given_to] += self.mass
        return after


@dataclass(frozen=True)
class Overtaking:
    """One entry outside that draws level with one inside by ``change``; with any more of it, it is ahead."""

    ahead: str
    behind: str
    gap: Fraction
    change: WeightChange


def least_change(gap: Fraction, difference: Sequence[Fraction], weights: Sequence[Fraction]) -> WeightChange | None:
    """Return the least change of weights that closes a gap; None where no weights let the entry behind pass.

    Args:
        gap: by how much the entry ahead leads, above 0.
        difference: its lead on each criterion, for one unit of weight.
        weights: the weights in force.

    """
    order = sorted(range(len(weights)), key=lambda place: (-difference[place], place))
    goal = order[-1]
    gains = [each - difference[goal] for each in difference]
    if sum((weight * gain for weight, gain in zip(weights, gains, strict=True)), Fraction(0)) <= gap:
        return None
    taken = []
    for place in order:
        mass = min(weights[place], gap / gains[place])
        taken.append((place, mass))
        gap -= mass * gains[place]
        if not gap:
            break
    return WeightChange(sum((mass for _, mass in taken), Fraction(0)), tuple(taken), goal)


def overtakings(profile: Profile, inside: NDArray[np.bool_], most: int) -> list[Overtaking]:
    """List whom the least changes of weights bring in, each entry outside with the one that it passes first.

    Args:
        profile: the entries.
        inside: who is in.
        most: how many entries outside to list, nearest first.

    """
    within, without = np.flatnonzero(inside), np.flatnonzero(~inside)
    if not within.size or not without.size:
        return []
    nearest = np.full(without.size, np.inf)
    for block in _blocks(within, without.size * len(profile.criteria)):
        np.minimum(nearest, _masses(profile, block, without).min(axis=0), out=nearest)
    limit = np.sort(nearest)[min(most, nearest.size) - 1]
    listed = [
        _nearest(profile, within, int(without[place]), float(nearest[place]))
        for place in np.flatnonzero(np.isfinite(nearest) & (nearest <= limit + _slack(limit)))
    ]
    found = sorted((each for each in listed if each), key=lambda each: (each.change.mass, each.behind))
    return found[:most]


def _slack(mass: float) -> float:
    """Return how far a float may be from its exact value and yet deserve to be worked out exactly."""
    return _CLOSE * (1 + abs(mass)) if np.isfinite(mass) else 0.0


def _blocks(places: IntArray, each: int) -> Iterator[IntArray]:
    size = max(1, _BLOCK // max(each, 1))
    for start in range(0, places.size, size):
        yield places[start : start + size]


def _masses(profile: Profile, within: IntArray, without: IntArray) -> FloatArray:
    """Return the least mass for each entry outside to pass each inside, as floats; infinite where none does.

    Whether any does is told exactly: it does if it would be ahead with all the weight on some criterion.
    """
    weights = np.array([float(weight) for weight in profile.weights])
    points = profile.points.astype(np.float64) / profile.scale / weights
    score = profile.score.astype(np.float64) / profile.scale
    lead = points[within][:, None, :] - points[without][None, :, :]
    gap = (score[within][:, None] - score[without][None, :])[..., None]
    order = np.argsort(-lead, axis=2, kind="stable")
    gains = np.take_along_axis(lead, order, axis=2)
    gains = gains - gains[..., -1:]
    mass = weights[order]
    before = np.cumsum(mass * gains, axis=2) - mass * gains
    with np.errstate(divide="ignore", invalid="ignore"):
        used = np.clip((gap - before) / gains, 0, mass)
    total = np.where(gains > 0, used, 0).sum(axis=2)
    possible = (profile.alone[without][None, :, :] > profile.alone[within][:, None, :]).any(axis=2)
    return np.where(possible, total, np.inf)


def _nearest(profile: Profile, within: IntArray, behind: int, mass: float) -> Overtaking | None:
    """Work out exactly which entry inside one outside passes first; those that floats cannot tell apart are tried."""
    near = [_masses(profile, block, np.array([behind]))[:, 0] for block in _blocks(within, len(profile.criteria))]
    close = within[np.concatenate(near) <= mass + _slack(mass)]
    found = []
    for ahead in close.tolist():
        gap, difference = profile.gap(ahead, behind), profile.difference(ahead, behind)
        change = least_change(gap, difference, profile.weights)
        if change:
            found.append(Overtaking(profile.entries[ahead], profile.entries[behind], gap, change))
    return min(found, key=lambda each: (each.change.mass, each.ahead), default=None)


@one_thread
def shares_inside(profile: Profile, top: int, *, draws: int, seed: int) -> FloatArray:
    """Return for each entry the share of drawn weights at which it is among the first ``top``; shape (entries,).

    Stochastic multicriteria acceptability analysis: weights are drawn from the Dirichlet distribution around those in
    force. Entries that are level with the last one inside are inside.

    Args:
        profile: the entries.
        top: how many are in.
        draws: how many sets of weights.
        seed: of the draws; the same seed gives the same shares.

    """
    weights = np.array([float(weight) for weight in profile.weights])
    points = profile.points.astype(np.float64) / profile.scale / weights
    fixed = (profile.score - profile.points.sum(axis=1)).astype(np.float64) / profile.scale
    drawn = np.random.default_rng(seed).dirichlet(CONCENTRATION * weights / weights.sum(), draws) * weights.sum()
    inside = np.zeros(len(profile.entries))
    place = max(len(profile.entries) - top, 0)
    for block in _blocks(np.arange(draws), len(profile.entries)):
        scores = points @ drawn[block].T + fixed[:, None]
        cut = np.partition(scores, place, axis=0)[place]
        inside += (scores >= cut - _CLOSE * (1 + np.abs(cut))).sum(axis=1)
    return inside / draws
