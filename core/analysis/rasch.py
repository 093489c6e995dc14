"""Many-facet Rasch measures: entries, jurors and criteria on one scale of logits, as a diagnosis and not for ranking.

Linacre (1989), Many-Facet Rasch Measurement: ``log P(x = k) / P(x = k - 1)`` is ``entry - juror - criterion -
threshold_k``, with one rating scale for all. Estimated by joint maximum likelihood, without correction of its bias, as
FACETS does: the jurors float, entries, criteria and thresholds are centred at 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

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

_CLOSE, _MOST_ROUNDS, _LONGEST_STEP = 1e-7, 2_000, 1.0


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

    ``converged`` is False where the search ended before its steps became smaller than a millionth of a logit.
    """

    facets: tuple[FacetMeasures, ...]
    thresholds: FloatArray
    rounds: int
    converged: bool


@dataclass(eq=False)
class _State:
    """The measures while they are sought."""

    data: Observations
    rows: IntArray
    measures: list[FloatArray]
    steps: FloatArray
    category: IntArray = field(init=False)

    def __post_init__(self) -> None:
        self.category = self.data.category[self.rows]

    def index(self, facet: int) -> IntArray:
        """Return the element of each score in use."""
        return self.data.index[facet][self.rows]

    def chances(self) -> FloatArray:
        """Return the probability of each category; shape (scores in use, categories)."""
        place = sum(sign * self.measures[facet][self.index(facet)] for facet, sign in enumerate(_SIGNS))
        exponent = np.outer(np.asarray(place), np.arange(self.data.most + 1)) - np.concatenate(
            [[0.0], self.steps.cumsum()]
        )
        exponent -= exponent.max(axis=1, keepdims=True)
        weight = np.exp(exponent)
        return np.asarray(weight / weight.sum(axis=1, keepdims=True), dtype=np.float64)

    def moments(self) -> tuple[FloatArray, FloatArray]:
        """Return the expectation and the variance of each score in use."""
        numbers = np.arange(self.data.most + 1)
        chances = self.chances()
        mean = chances @ numbers
        return mean, chances @ np.square(numbers) - np.square(mean)

    def sum_by(self, facet: int, values: FloatArray) -> FloatArray:
        """Add up values by the elements of a facet."""
        return np.asarray(np.bincount(self.index(facet), values, self.data.sizes[facet]), dtype=np.float64)


@one_thread
def fit_rasch(data: Observations) -> RaschFit:
    """Estimate the measures.

    Elements with nothing but the least or the greatest category are set aside, so that they do not move others, and get
    a measure afterwards, for a total moved by 0.3 points.

    Raises:
        InputRefused: no score is left once extreme elements are set aside: nothing tells anything apart.

    """
    rows, extremes = _set_extremes_aside(data)
    if not rows.size:
        message = "every entry, juror or criterion has the same score throughout; there is nothing to measure"
        raise InputRefused.at("scores", message, "all_extreme")
    state = _State(data, rows, [np.zeros(size) for size in data.sizes], np.zeros(data.most))
    change, rounds = np.inf, 0
    while change > _CLOSE and rounds < _MOST_ROUNDS:
        change = max(*(_move(state, facet) for facet in range(3)), _move_steps(state))
        _centre(state, extremes)
        rounds += 1
    for facet, element in reversed(extremes):
        _measure_extreme(state, facet, element)
    return RaschFit(tuple(_facet(state, facet, extremes) for facet in range(3)), state.steps, rounds, change <= _CLOSE)


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


def _move(state: _State, facet: int) -> float:
    """Take a step of Newton's method for every element of a facet; return the longest."""
    if state.data.sizes[facet] == 1 and facet != JUROR:
        return 0.0
    mean, variance = state.moments()
    slope = _SIGNS[facet] * state.sum_by(facet, state.category - mean)
    room = state.sum_by(facet, variance)
    step = np.divide(slope, room, out=np.zeros_like(slope), where=room > 0).clip(-_LONGEST_STEP, _LONGEST_STEP)
    state.measures[facet] += step
    return float(np.abs(step).max())


def _move_steps(state: _State) -> float:
    """Take a step of Newton's method for the thresholds; return the longest."""
    at_least = state.chances()[:, ::-1].cumsum(axis=1)[:, ::-1][:, 1:]
    reached = (state.category[:, None] >= np.arange(1, state.data.most + 1)).sum(axis=0)
    expected = at_least.sum(axis=0)
    # two thresholds are passed together as often as the higher one is
    curve = np.minimum.outer(expected, expected) - at_least.T @ at_least
    step = -np.linalg.lstsq(curve, reached - expected, rcond=None)[0]
    step = np.asarray(step).clip(-_LONGEST_STEP, _LONGEST_STEP)
    state.steps = state.steps + step
    return float(np.abs(step - step.mean()).max())


def _centre(state: _State, extremes: Sequence[tuple[int, int]]) -> None:
    """Centre entries, criteria and thresholds at 0; the jurors take up what that moves."""
    for facet in (ENTRY, CRITERION):
        used = np.unique(state.index(facet))
        middle = state.measures[facet][used].mean()
        state.measures[facet][used] -= middle
        state.measures[JUROR] -= _SIGNS[facet] * middle
    middle = state.steps.mean()
    state.steps = state.steps - middle
    state.measures[JUROR] += middle


def _measure_extreme(state: _State, facet: int, element: int) -> None:
    rows = np.flatnonzero(state.data.index[facet] == element)
    own = _State(state.data, rows, state.measures, state.steps)
    total = float(own.category.sum())
    total += _EXTREME if total == 0 else -_EXTREME
    for _ in range(_MOST_ROUNDS):
        mean, variance = own.moments()
        step = float(np.clip(_SIGNS[facet] * (total - mean.sum()) / variance.sum(), -_LONGEST_STEP, _LONGEST_STEP))
        state.measures[facet][element] += step
        if abs(step) <= _CLOSE:
            break


def _facet(state: _State, facet: int, extremes: Sequence[tuple[int, int]]) -> FacetMeasures:
    everything = _State(state.data, np.arange(state.data.category.size), state.measures, state.steps)
    information = everything.sum_by(facet, everything.moments()[1])
    mean, variance = state.moments()
    squared = np.square(state.category - mean)
    used = state.sum_by(facet, np.ones(squared.size))
    seen = everything.sum_by(facet, np.ones(everything.category.size)) > 0
    extreme = np.zeros(state.data.sizes[facet], dtype=np.int64)
    extreme[[element for at, element in extremes if at == facet]] = 1
    return FacetMeasures(
        measure=np.where(seen, state.measures[facet], np.nan),
        error=np.sqrt(divide(np.ones_like(information), information)),
        infit=divide(state.sum_by(facet, squared), state.sum_by(facet, variance)),
        outfit=divide(state.sum_by(facet, squared / variance), used),
        extreme=extreme,
    )
