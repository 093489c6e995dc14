from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from juri.core.scoring.number import read_number


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("84,38", "84.38"),
        ("84.38", "84.38"),
        (" 85 ", "85"),
        ("\u00a085\t", "85"),
        ("8031", "8031"),
        ("-0,5", "-0.5"),
        ("+7", "7"),
        ("007", "7"),
    ],
)
def test_a_decimal_comma_and_a_decimal_point_are_the_same(typed, number):
    assert read_number(typed) == Decimal(number)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("1.234,5", "separates thousands"),
        ("1,234.5", "separates thousands"),
        ("1.234.567", "separates thousands"),
        ("8 031", "separates thousands"),
        ("8'031", "separates thousands"),
        ("", "nothing is written"),
        ("  ", "nothing is written"),
        ("NaN", "is not a number"),
        ("Infinity", "is not a number"),
        ("-inf", "is not a number"),
        ("1e3", "exponent"),
        ("1,5E-2", "exponent"),
        ("٨٤", "digits other than 0 to 9"),
        ("8\uff14", "digits other than 0 to 9"),
        ("84,", "is not a number"),
        (",5", "is not a number"),
        ("84%", "is not a number"),
        ("1_000", "is not a number"),
        ("--5", "is not a number"),
        ("9" * 41, "too long"),
    ],
)
def test_what_is_not_one_plain_number_is_refused_with_the_reason(typed, why):
    with pytest.raises(ValueError, match=why):
        read_number(typed)


@given(st.decimals(-9999, 9999, places=3))
def test_any_number_is_read_back_with_a_comma_as_with_a_point(number):
    assert read_number(str(number)) == read_number(str(number).replace(".", ",")) == number


def read_or_reason(typed):
    try:
        return read_number(typed)
    except ValueError as refusal:
        return str(refusal)


@pytest.mark.uncounted  # the same lines for every text
@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_in_words_but_never_breaks(typed):
    result = read_or_reason(typed)
    assert result.is_finite() if isinstance(result, Decimal) else result
