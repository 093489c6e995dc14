"""Rank conventions agree with one another and with their definitions; ordinal ranks never guess."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from juri.core.errors import InputRefused, Problem
from juri.core.scoring.number import ExactColumn, int_array
from juri.core.scoring.ranks import rank_columns, ranks
from juri.core.scoring.ties import groups_of

scores = st.lists(st.integers(0, 5), max_size=12)


def ranked(values, convention, **more):
    return ranks(groups_of(ExactColumn(int_array(values), 1)), convention, **more).fractions()


@given(scores)
def test_each_convention_is_what_counting_says(values):
    better = [sum(other > value for other in values) for value in values]
    equal = [values.count(value) for value in values]
    distinct = [len({other for other in values if other > value}) for value in values]

    assert ranked(values, "competition") == [count + 1 for count in better]
    assert ranked(values, "modified") == [count + same for count, same in zip(better, equal, strict=True)]
    assert ranked(values, "dense") == [count + 1 for count in distinct]
    assert ranked(values, "fractional") == [
        Fraction(2 * count + same + 1, 2) for count, same in zip(better, equal, strict=True)
    ]


@given(scores)
def test_fractional_ranks_always_add_up_to_the_same(values):
    assert sum(ranked(values, "fractional")) == Fraction(len(values) * (len(values) + 1), 2)


@given(scores, st.data())
def test_ordinal_ranks_follow_an_explicit_key_where_scores_are_equal(values, data):
    key = data.draw(st.permutations(range(len(values))))
    expected = sorted(range(len(values)), key=lambda place: (-values[place], key[place]))

    assert ranked(values, "ordinal", key=np.array(key, dtype=np.int64)) == [
        expected.index(place) + 1 for place in range(len(values))
    ]


def test_ordinal_ranks_without_a_key_are_refused_where_entries_are_equal():
    assert ranked([7, 9], "ordinal") == [2, 1]
    with pytest.raises(InputRefused) as refused:
        ranked([7, 9, 9], "ordinal")

    assert refused.value.problems == (
        Problem(
            "ranks",
            "ordinal ranks need a tie rule that sets every entry apart; end the chain with panel_decision",
            "ordinal_tie",
        ),
    )


def test_a_key_that_leaves_equals_is_no_guess_either():
    with pytest.raises(InputRefused):
        ranked([9, 9], "ordinal", key=np.array([1, 1]))


def test_an_unknown_convention_is_refused_with_those_that_there_are():
    with pytest.raises(InputRefused) as refused:
        ranked([1], "olympic")

    assert refused.value.problems == (
        Problem(
            "ranks",
            "there are no 'olympic' ranks; known are competition, dense, fractional, modified, ordinal",
            "unknown_convention",
        ),
    )


def test_the_lowest_score_stands_first_where_low_is_best():
    ranking = rank_columns(ExactColumn(int_array([5, 3, 5]), 1), (), "competition", low_is_best=True)

    assert ranking.rank.fractions() == [2, 1, 2]
    assert ranking.order.tolist() == [1, 0, 2]
    assert ranking.settled.tied.tolist() == [True, False, True]


def test_nothing_to_rank_is_an_empty_ranking():
    ranking = rank_columns(ExactColumn(int_array([]), 1), (), "competition")

    assert (ranking.order.tolist(), ranking.rank.fractions()) == ([], [])
