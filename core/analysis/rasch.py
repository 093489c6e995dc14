"""Many-facet Rasch measures: entries, jurors and criteria on one scale of logits, as a diagnosis and not for ranking.

Linacre (1989), Many-Facet Rasch Measurement: ``log P(x = k) / P(x = k - 1)`` is ``entry - juror - criterion -
threshold_k``, with one rating scale for all. Estimated by joint maximum likelihood, without correction of its bias, as
FACETS does: the jurors float, entries, criteria and thresholds are centred at 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from juri.core.analysis.design import FloatArray, one_thread
from juri.core.analysis.estimate import divide
from juri.core.errors import InputRefused
from juri.core.scoring.number import IntArray

MOST_CATEGORIES = 20
"""A scale with more values than this is cut into classes first: each category needs scores of its own."""

ENTRY, JUROR, CRITERION = range(3)
_SIGNS = (1.0, -1.0, -1.0)
"""A higher measure of an entry raises scores; of a juror (severity) or criterion (difficulty) it lowers them."""

_EXTREME = 0.3
"""Points by which a total of nothing but the least or the greatest category is moved, so that its measure is finite."""

_CLOSE, _MOST_ROUNDS, _LONGEST_STEP = 1e-7, 200, 1.0

_FARTHEST, _LEAST_KNOWN = 30.0, 1e-8
"""Logits, and the information on a measure: beyond, or with less, no number of scores can have put it there."""

_SHORTEST_PART = 1e-6
_SINGULAR = 1e-11
"""Part of the greatest singular value below which a direction is one that moves nothing."""


@dataclass(frozen=True, eq=False)
class Observations:
    """Scores in long form. ``index[f]`` numbers the elements of facet f (entry, juror, criterion) of each score.

    ``category`` counts from 0 to ``most``; every category between occurs. ``sizes`` says how many elements each facet
    has.
    """

    index: tuple[IntArray, IntArray, IntArray]
    sizes: tuple[int, int, int]
    category: IntArray
    most: int


@dataclass(frozen=True, eq=False)
class FacetMeasures:
    """One facet: arrays by element. Elements without a score are NaN; fit is NaN where the total is extreme."""

    measure: FloatArray
    error: FloatArray
    infit: FloatArray
    outfit: FloatArray
    extreme: IntArray


@dataclass(frozen=True)
class RaschFit:
    """The measures of entries, jurors and criteria in logits, and the thresholds between the categories.

    A threshold is NaN where nothing but extreme elements used the category above or below it.
    """

    facets: tuple[FacetMeasures, ...]
    thresholds: FloatArray
    rounds: int


@dataclass(frozen=True, eq=False)
class _State:
    """The scores in use, and the measures at a point of the search."""

    index: tuple[IntArray, ...]
    category: IntArray
    sizes: tuple[int, int, int]
    measures: tuple[FloatArray, ...]
    steps: FloatArray

    @classmethod
    def begin(cls, data: Observations, rows: IntArray) -> _State:
        """Begin with every measure at 0."""
        index = tuple(each[rows] for each in data.index)
        return cls(index, data.category[rows], data.sizes, tuple(map(np.zeros, data.sizes)), np.zeros(data.most))

    def of(self, data: Observations, rows: IntArray | slice) -> _State:
        """Return other scores at the same measures."""
        return replace(self, index=tuple(each[rows] for each in data.index), category=data.category[rows])

    def sum_by(self, facet: int, values: FloatArray) -> FloatArray:
        """Add up values by the elements of a facet."""
        return np.asarray(np.bincount(self.index[facet], values, self.sizes[facet]), dtype=np.float64)

    @cached_property
    def chances(self) -> FloatArray:
        """Return the probability of each category; shape (categories, scores)."""
        place = sum(sign * self.measures[facet][self.index[facet]] for facet, sign in enumerate(_SIGNS))
        passed = np.concatenate([[0.0], self.steps.cumsum()])
        exponent = np.arange(passed.size)[:, None] * np.asarray(place) - passed[:, None]
        exponent -= exponent.max(axis=0)
        weight = np.exp(exponent, out=exponent)
        return np.asarray(weight / weight.sum(axis=0), dtype=np.float64)

    @cached_property
    def mean(self) -> FloatArray:
        """Return the expectation of each score."""
        return np.asarray(np.arange(self.steps.size + 1) @ self.chances, dtype=np.float64)

    @cached_property
    def variance(self) -> FloatArray:
        """Return the variance of each score."""
        return np.asarray(
            np.square(np.arange(self.steps.size + 1)) @ self.chances - np.square(self.mean), dtype=np.float64
        )

    @property
    def likelihood(self) -> float:
        """Return the logarithm of the probability of the scores."""
        return float(np.log(self.chances[self.category, np.arange(self.category.size)]).sum())


@one_thread
def fit_rasch(data: Observations) -> RaschFit:
    """Estimate the measures by Newton's method on all of them at once; the likelihood has one maximum.

    Elements with nothing but the least or the greatest category are set aside, so that they do not move others, and get
    a measure afterwards, for a total moved by 0.3 points. A category that only they used is taken for the next one.

    Raises:
        InputRefused: no score is left once extreme elements are set aside: nothing tells anything apart; or the
            scores are so few, or so apart, that no finite measures make them most probable.

    """
    rows, extremes = _set_extremes_aside(data)
    if not rows.size or not data.most:
        message = "every entry, juror or criterion has the same score throughout; there is nothing to measure"
        raise InputRefused.at("scores", message, "all_extreme")
    used = np.unique(data.category[rows])
    if used.size <= data.most:
        return _fit_without_unused(data, used)
    state, rounds = _climb(_State.begin(data, rows))
    for facet, element in reversed(extremes):
        state = _measure_extreme(data, state, facet, element)
    inside, everything = state.of(data, rows), state.of(data, slice(None))
    facets = tuple(_facet(inside, everything, facet, extremes) for facet in range(3))
    return RaschFit(facets, state.steps, rounds)


def _fit_without_unused(data: Observations, used: IntArray) -> RaschFit:
    """Estimate with the categories that are used; thresholds of the others are NaN."""
    category = np.maximum(np.searchsorted(used, data.category, side="right") - 1, 0)
    fit = fit_rasch(replace(data, category=category, most=used.size - 1))
    thresholds = np.full(data.most, np.nan)
    thresholds[used[1:] - 1] = fit.thresholds
    return replace(fit, thresholds=thresholds)


def _climb(state: _State) -> tuple[_State, int]:
    """Go to the maximum of the likelihood; return it, and in how many steps.

    Raises:
        InputRefused: there is none.

    """
    known = 0
    for rounds in range(1, _MOST_ROUNDS + 1):
        change, rank = _newton(state)
        known = max(known, rank)
        if rank < known or _runs_off(state):
            break  # what moves nothing is the same wherever one stands, so a direction was lost on the way
        longest = max(float(np.abs(each).max()) for each in change)
        state = _stepped(state, change, min(1.0, _LONGEST_STEP / longest) if longest else 1.0)
        if longest <= _CLOSE:
            return state, rounds
    message = (
        f"so few scores in {state.steps.size + 1} categories ({state.category.size}) do not fix the measures: "
        "some run off without end; give more scores, or cut the scale into fewer classes (--classes)"
    )
    raise InputRefused.at("scores", message, "no_maximum")


def _runs_off(state: _State) -> bool:
    farthest = max(float(np.abs(each).max()) for each in (*state.measures, state.steps))
    known = min(float(state.sum_by(facet, state.variance)[np.unique(state.index[facet])].min()) for facet in range(3))
    return farthest > _FARTHEST or known < _LEAST_KNOWN


def _stepped(state: _State, change: Sequence[FloatArray], part: float) -> _State:
    """Take the part of a step that does not lead downhill, and centre."""
    before = state.likelihood
    while True:
        measures = tuple(own + part * each for own, each in zip(state.measures, change[:3], strict=True))
        found = replace(state, measures=measures, steps=state.steps + part * change[3])
        if part < _SHORTEST_PART or found.likelihood >= before - _CLOSE:
            return _centred(found)
        part /= 2


def _newton(state: _State) -> tuple[tuple[FloatArray, ...], int]:
    """Return the step for entries, jurors, criteria and thresholds, and in how many directions the others can move.

    The entries, who are many, are eliminated: only a system of the others is solved. It has no single solution, since
    facets can be shifted against each other; the shortest is taken.
    """
    rest, tail = state.category - state.mean, state.chances[::-1].cumsum(axis=0)[::-1][1:]
    slopes = [sign * state.sum_by(facet, rest) for facet, sign in enumerate(_SIGNS)]
    reached = np.bincount(state.category, minlength=state.steps.size + 1)[::-1].cumsum()[::-1][1:]
    expected = tail.sum(axis=1)
    shared, both = _information(state, tail, expected)
    room = state.sum_by(ENTRY, state.variance)
    scale = np.divide(1.0, room, out=np.zeros_like(room), where=room > 0)[:, None]
    slope = np.concatenate([slopes[JUROR], slopes[CRITERION], expected - reached])
    system = both - shared.T @ (scale * shared)
    others, _, rank, _ = np.linalg.lstsq(system, slope - shared.T @ (scale[:, 0] * slopes[ENTRY]), rcond=_SINGULAR)
    entries = scale[:, 0] * (slopes[ENTRY] - shared @ others)
    return (entries, *np.split(others, np.cumsum(state.sizes[1:]))), int(rank)


def _information(state: _State, tail: FloatArray, expected: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the information that entries share with jurors, criteria and thresholds, and that of these."""
    jurors, criteria = state.sizes[1:]
    size = jurors + criteria + state.steps.size
    shared, both = np.zeros((state.sizes[ENTRY], size)), np.zeros((size, size))
    own = {JUROR: slice(0, jurors), CRITERION: slice(jurors, jurors + criteria)}
    steps = slice(jurors + criteria, size)
    for facet, place in own.items():
        shared[:, place] = -_sum_by_two(state, ENTRY, facet, state.variance)
        both[place, place] = np.diag(state.sum_by(facet, state.variance))
    both[own[JUROR], own[CRITERION]] = _sum_by_two(state, JUROR, CRITERION, state.variance)
    above = state.chances * np.arange(state.steps.size + 1)[:, None]
    with_steps = above[::-1].cumsum(axis=0)[::-1][1:] - state.mean * tail
    for at, values in enumerate(with_steps):
        shared[:, steps.start + at] = -state.sum_by(ENTRY, values)
        for facet, place in own.items():
            both[place, steps.start + at] = state.sum_by(facet, values)
    upper = np.triu(both, 1)
    both = both + upper.T
    # two thresholds are passed together as often as the higher one is
    both[steps, steps] = np.minimum.outer(expected, expected) - tail @ tail.T
    return shared, both


def _sum_by_two(state: _State, one: int, other: int, values: FloatArray) -> FloatArray:
    shape = state.sizes[one], state.sizes[other]
    pair = state.index[one] * shape[1] + state.index[other]
    return np.asarray(np.bincount(pair, values, shape[0] * shape[1]), dtype=np.float64).reshape(shape)


def _set_extremes_aside(data: Observations) -> tuple[IntArray, list[tuple[int, int]]]:
    """Return the rows to be used, and the extreme elements in the order in which they were found."""
    rows = np.arange(data.category.size)
    extremes: list[tuple[int, int]] = []
    while rows.size:
        found = [(facet, int(element)) for facet in range(3) for element in _extremes_of(data, rows, facet)]
        if not found:
            break
        extremes += found
        for facet in range(3):
            own = [element for at, element in found if at == facet]
            rows = rows[~np.isin(data.index[facet][rows], own)]
    return rows, extremes


def _extremes_of(data: Observations, rows: IntArray, facet: int) -> IntArray:
    if data.sizes[facet] == 1:
        return np.array([], dtype=np.int64)  # a facet of one element is a constant
    index = data.index[facet][rows]
    count = np.bincount(index, minlength=data.sizes[facet])
    total = np.bincount(index, data.category[rows], data.sizes[facet])
    return np.flatnonzero((count > 0) & ((total == 0) | (total == count * data.most)))


def _centred(state: _State) -> _State:
    """Centre entries, criteria and thresholds at 0; the jurors take up what that moves."""
    measures = [each.copy() for each in state.measures]
    for facet in (ENTRY, CRITERION):
        used = np.unique(state.index[facet])
        middle = measures[facet][used].mean()
        measures[facet][used] -= middle
        measures[JUROR] -= _SIGNS[facet] * middle
    middle = state.steps.mean()
    measures[JUROR] += middle
    return replace(state, measures=tuple(measures), steps=state.steps - middle)


def _measure_extreme(data: Observations, state: _State, facet: int, element: int) -> _State:
    """Measure an element that was set aside, the others standing as they are."""
    own = state.of(data, np.flatnonzero(data.index[facet] == element))
    total = float(own.category.sum())
    total += _EXTREME if total == 0 else -_EXTREME
    for _ in range(_MOST_ROUNDS):
        slope = _SIGNS[facet] * (total - own.mean.sum())
        step = float(np.clip(slope / own.variance.sum(), -_LONGEST_STEP, _LONGEST_STEP))
        moved = own.measures[facet].copy()
        moved[element] += step
        own = replace(own, measures=(*own.measures[:facet], moved, *own.measures[facet + 1 :]))
        if abs(step) <= _CLOSE:
            break
    return replace(state, measures=own.measures)


def _facet(inside: _State, everything: _State, facet: int, extremes: Sequence[tuple[int, int]]) -> FacetMeasures:
    information = everything.sum_by(facet, everything.variance)
    squared = np.square(inside.category - inside.mean)
    used = inside.sum_by(facet, np.ones(squared.size))
    seen = everything.sum_by(facet, np.ones(everything.category.size)) > 0
    extreme = np.zeros(inside.sizes[facet], dtype=np.int64)
    extreme[[element for at, element in extremes if at == facet]] = 1
    return FacetMeasures(
        measure=np.where(seen, inside.measures[facet], np.nan),
        error=np.sqrt(divide(np.ones_like(information), information)),
        infit=divide(inside.sum_by(facet, squared), inside.sum_by(facet, inside.variance)),
        outfit=divide(inside.sum_by(facet, squared / inside.variance), used),
        extreme=extreme,
    )
