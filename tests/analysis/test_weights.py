"""The least change of weights: what the linear programme finds, exact, and what a change that is carried out does."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.optimize import linprog

from juri.core.analysis.weights import Profile, least_change, overtakings, shares_inside
from juri.core.scoring.number import int_array


def profile(values, weights, fixed=None):
    """Build a profile from the value of each entry on each criterion (whole numbers) and weights that sum to 1."""
    points = [[value * weight for value, weight in zip(row, weights, strict=True)] for row in values]
    scale = 1
    for row in points:
        for each in row:
            scale = np.lcm(scale, Fraction(each).denominator)
    numerators = np.array([[int(each * int(scale)) for each in row] for row in points])
    extra = np.zeros(len(values), dtype=int) if fixed is None else np.array(fixed) * int(scale)
    names = tuple(f"e{number}" for number in range(len(values)))
    criteria = tuple(f"c{number}" for number in range(len(weights)))
    return Profile(names, criteria, numerators, numerators.sum(axis=1) + extra, int(scale), tuple(weights))


def programme(difference, weights):
    """Solve it as a linear programme: the least positive part of a shift that sums to 0 and closes the gap."""
    size = len(weights)
    gap = float(sum(d * w for d, w in zip(difference, weights, strict=True)))
    lead = np.array([float(each) for each in difference])
    found = linprog(
        np.concatenate([np.ones(size), np.zeros(size)]),
        A_eq=[np.concatenate([np.ones(size), -np.ones(size)])],
        b_eq=[0],
        A_ub=[np.concatenate([lead, -lead])],
        b_ub=[-gap],
        bounds=[(0, None)] * size + [(0, float(weight)) for weight in weights],
        method="highs",
    )
    return found.fun if found.status == 0 else None


def test_the_greedy_change_is_the_optimum_of_the_linear_programme():
    rng = np.random.default_rng(11)
    compared = 0
    for _ in range(200):
        size = int(rng.integers(2, 9))
        raw = rng.integers(1, 30, size).tolist()
        weights = [Fraction(each, sum(raw)) for each in raw]
        difference = [Fraction(int(each), 7) for each in rng.integers(-40, 60, size)]
        gap = sum(d * w for d, w in zip(difference, weights, strict=True))
        if gap <= 0:
            continue
        change = least_change(gap, difference, weights)
        if change:
            assert float(change.mass) == pytest.approx(programme(difference, weights), abs=1e-9)
            compared += 1
        else:
            assert min(difference) >= 0
    assert compared > 80


def test_a_small_case_by_hand():
    # ahead by 10 on the first, behind by 5 on the last; weights 1/2, 1/4, 1/4: a gap of 15/4, closed by 1/4 of weight
    difference, weights = [Fraction(10), Fraction(0), Fraction(-5)], [Fraction(1, 2), Fraction(1, 4), Fraction(1, 4)]
    change = least_change(Fraction(15, 4), difference, weights)
    assert (change.mass, change.taken, change.given_to) == (Fraction(1, 4), ((0, Fraction(1, 4)),), 2)
    assert change.applied(weights) == [Fraction(1, 4), Fraction(1, 4), Fraction(1, 2)]


def test_when_one_criterion_is_used_up_the_next_gives():
    difference, weights = [Fraction(9), Fraction(8), Fraction(-1)], [Fraction(1, 10), Fraction(8, 10), Fraction(1, 10)]
    gap = Fraction(9 + 64 - 1, 10)
    change = least_change(gap, difference, weights)
    assert change.taken == ((0, Fraction(1, 10)), (1, Fraction(62, 90)))


@pytest.mark.parametrize("difference", [[1, 2, 3], [0, 0, 4]])
def test_who_is_nowhere_behind_is_never_passed(difference):
    weights = [Fraction(1, 3)] * 3
    gap = Fraction(sum(difference), 3)
    assert least_change(gap, list(map(Fraction, difference)), weights) is None


scores = st.lists(st.lists(st.integers(0, 9), min_size=3, max_size=3), min_size=3, max_size=7, unique_by=tuple)
shares = st.lists(st.integers(1, 9), min_size=3, max_size=3).map(lambda raw: [Fraction(e, sum(raw)) for e in raw])


@example([[0, 0, 3], [0, 0, 4], [1, 0, 2]], [Fraction(2, 3), Fraction(1, 6), Fraction(1, 6)], 2)
@given(scores, shares, st.integers(1, 2))
def test_the_first_overtaking_is_the_least_of_all_pairs_and_draws_level_exactly(values, weights, top):
    given = profile(values, weights)
    inside = given.inside(top)
    found = overtakings(given, inside, 10)
    exact = [
        change.mass
        for a in np.flatnonzero(inside).tolist()
        for b in np.flatnonzero(~inside).tolist()
        if (change := least_change(given.gap(a, b), given.difference(a, b), weights))
    ]
    assert [each.change.mass for each in found[:1]] == sorted(exact)[:1]
    for each in found:
        after = each.change.applied(weights)
        assert sum(after) == 1
        assert min(after) >= 0
        ahead, behind = (values[int(name[1:])] for name in (each.ahead, each.behind))
        assert sum(w * (a - b) for w, a, b in zip(after, ahead, behind, strict=True)) == 0


@given(scores, shares)
def test_a_change_that_is_a_little_less_leaves_the_cut_as_it_is(values, weights):
    given = profile(values, weights)
    inside = given.inside(2)
    found = overtakings(given, inside, 1)
    if not found:
        return
    change = found[0].change
    less = [weight + (after - weight) * Fraction(99, 100) for weight, after in
            zip(weights, change.applied(weights), strict=True)]  # fmt: skip
    after = [sum(w * v for w, v in zip(less, row, strict=True)) for row in values]
    lowest = min(score for score, is_in in zip(after, inside, strict=True) if is_in)
    assert all(score < lowest for score, is_in in zip(after, inside, strict=True) if not is_in)


def test_what_no_weight_touches_counts_in_the_gap():
    given = profile([[6, 4], [4, 6]], [Fraction(1, 2), Fraction(1, 2)], fixed=[1, 0])
    (found,) = overtakings(given, given.inside(1), 3)
    assert (found.gap, found.change.mass) == (1, Fraction(1, 4))


def test_without_anybody_outside_nothing_is_overtaken():
    given = profile([[1, 2], [2, 1]], [Fraction(1, 2)] * 2)
    assert overtakings(given, given.inside(1), 3) == []  # both are level


def test_shares_are_certain_where_weights_do_not_matter_and_even_where_two_mirror_each_other():
    given = profile([[9, 9], [6, 4], [4, 6], [1, 1]], [Fraction(1, 2)] * 2)
    found = shares_inside(given, 2, draws=4_000, seed=5)
    assert found[[0, 3]].tolist() == [1, 0]
    assert found[1] == pytest.approx(0.5, abs=0.03)
    assert found[1] + found[2] == pytest.approx(1)
    assert found.tolist() == shares_inside(given, 2, draws=4_000, seed=5).tolist()


def test_entries_that_are_level_at_the_cut_are_all_inside():
    given = Profile(
        tuple("abc"), ("x", "y"), np.ones((3, 2), dtype=int), int_array([2, 2, 2]), 1, (Fraction(1, 2),) * 2
    )
    assert given.inside(1).all()
    assert shares_inside(given, 1, draws=100, seed=0).tolist() == [1, 1, 1]
