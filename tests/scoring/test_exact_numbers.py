"""Exact numbers: integers over one denominator, which never overflow and round as the rule says."""

from decimal import ROUND_DOWN, ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Context, Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from juri.core.scoring.number import (
    ROUNDING_MODES,
    ExactColumn,
    codes,
    decimal_text,
    fact_number,
    group_sums,
    int_array,
    order_of,
    plus,
    ratios,
    round_fraction,
    stable_order,
    times,
)

DECIMAL_MODES = {
    "half_up": ROUND_HALF_UP,
    "half_even": ROUND_HALF_EVEN,
    "half_down": ROUND_HALF_DOWN,
    "down": ROUND_DOWN,
    "up": ROUND_UP,
}
integers = st.integers(min_value=-(2**70), max_value=2**70)
fractions = st.fractions(min_value=-(10**6), max_value=10**6, max_denominator=10**4)


@pytest.mark.parametrize("mode", ROUNDING_MODES)
@given(value=st.decimals(min_value=-(10**6), max_value=10**6, places=5), decimals=st.integers(0, 4))
def test_a_decimal_is_rounded_as_the_decimal_standard_says(mode, value, decimals):
    expected = value.quantize(Decimal(1).scaleb(-decimals), DECIMAL_MODES[mode], Context(prec=30))

    assert round_fraction(Fraction(value), decimals, mode) == Fraction(expected)


@pytest.mark.parametrize("mode", ROUNDING_MODES)
@given(values=st.lists(fractions, min_size=1, max_size=8), decimals=st.integers(0, 3))
def test_a_column_is_rounded_like_each_of_its_figures(mode, values, decimals):
    rounded = ExactColumn.from_fractions(values).rounded(decimals, mode)

    assert rounded.fractions() == [round_fraction(value, decimals, mode) for value in values]


def test_an_unknown_mode_rounds_nothing():
    with pytest.raises(
        ValueError, match="there is no rounding mode 'nearest'; known are half_up, half_even, half_down"
    ):
        round_fraction(Fraction(1, 3), 2, "nearest")


def test_a_column_over_a_huge_denominator_is_rounded_exactly():
    column = ExactColumn(int_array([1, 3]), 2**62)

    assert column.rounded(0, "up").fractions() == [1, 1]
    assert column.rounded(0, "down").fractions() == [0, 0]


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (Fraction(250, 3), 2, "83.33"),
        (Fraction(-250, 3), 2, "-83.33"),
        (Fraction(1, 8), 2, "0.13"),
        (Fraction(7), 2, "7.00"),
        (Fraction(5, 2), 0, "3"),
        (Fraction(-1, 1000), 2, "0.00"),
        (Fraction(10**40, 3), 1, "3" * 40 + ".3"),
    ],
)
def test_a_figure_is_written_with_a_fixed_number_of_decimals(value, decimals, text):
    assert decimal_text(value, decimals) == text


@pytest.mark.parametrize(
    ("fact", "number"),
    [
        (24, Fraction(24)),
        (Decimal("2.5"), Fraction(5, 2)),
        (Fraction(1, 3), Fraction(1, 3)),
        (" 2.50 ", Fraction(5, 2)),
        ("2,5", Fraction(5, 2)),
        ("-3", Fraction(-3)),
        ("two", None),
        ("1e5", None),
        ("1/3", None),
        ("", None),
        (True, None),
        (None, None),
        (Decimal("NaN"), None),
        (Decimal("Infinity"), None),
        (["24"], None),
    ],
)
def test_a_fact_is_a_number_only_where_it_says_one_exactly(fact, number):
    assert fact_number(fact) == number


@given(st.lists(integers, min_size=1, max_size=6), st.lists(integers, min_size=6, max_size=6))
def test_sums_and_products_are_exact_beyond_64_bits(left, right):
    first, second = int_array(left), int_array(right[: len(left)])

    assert plus(first, second).tolist() == [a + b for a, b in zip(left, right, strict=False)]
    assert times(first, second).tolist() == [a * b for a, b in zip(left, right, strict=False)]
    assert times(first, right[0]).tolist() == [a * right[0] for a in left]


@given(st.lists(st.tuples(st.integers(0, 3), integers), max_size=12))
def test_sums_by_group_do_not_depend_on_the_order_and_never_overflow(rows):
    expected = [sum(value for group, value in rows if group == each) for each in range(4)]

    for given_rows in (rows, rows[::-1]):
        groups = np.array([group for group, _ in given_rows], dtype=np.int64)
        assert group_sums(groups, int_array(value for _, value in given_rows), 4).tolist() == expected


def test_a_sum_that_leaves_64_bits_behind_goes_on_in_python_integers():
    values = np.full(8, 2**61, dtype=np.int64)

    assert group_sums(np.zeros(8, dtype=np.int64), values, 1).tolist() == [2**64]


@given(st.lists(st.tuples(integers, st.integers(1, 400)), max_size=8), st.integers(1, 100))
def test_ratios_over_different_denominators_are_exact(pairs, scale):
    column = ratios(int_array(n for n, _ in pairs), int_array(d for _, d in pairs), scale)

    assert column.fractions() == [Fraction(n, d * scale) for n, d in pairs]


def test_a_ratio_without_a_denominator_is_zero():
    assert ratios(int_array([5, 7]), int_array([0, 2])).fractions() == [0, Fraction(7, 2)]


@given(st.lists(fractions, max_size=6), st.data())
def test_columns_over_different_denominators_are_added_exactly(values, data):
    others = data.draw(st.lists(fractions, min_size=len(values), max_size=len(values)))
    added = ExactColumn.from_fractions(values).added(ExactColumn.from_fractions(others))

    assert added.fractions() == [a + b for a, b in zip(values, others, strict=True)]


def test_a_column_gives_single_figures_and_a_selection():
    column = ExactColumn.from_fractions([Fraction(1, 2), Fraction(1, 3), Fraction(2)])

    assert column.fraction(1) == Fraction(1, 3)
    assert column.take(np.array([2, 0])).fractions() == [2, Fraction(1, 2)]


@given(st.lists(integers, max_size=8) | st.lists(st.integers(-20, 20), max_size=8))
def test_codes_keep_order_and_equality(values):
    found = codes(int_array(values)).tolist()

    assert found == [sorted(set(values)).index(value) for value in values]


@pytest.mark.parametrize("top", [3, 2**61])
@given(pairs=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=12))
def test_two_columns_are_sorted_stably_also_where_keys_would_overflow(top, pairs):
    first, second = (np.array([*column], dtype=np.int64) for column in zip(*pairs, (0, top), strict=True))

    assert order_of(first, second).tolist() == np.lexsort((second, first)).tolist()


@pytest.mark.parametrize("top", [4, 2**16])
def test_groups_are_sorted_stably_few_or_many(top):
    groups = np.array([top, 0, top, 1, 0])

    assert stable_order(groups).tolist() == [1, 4, 3, 0, 2]
