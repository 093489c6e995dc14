"""Bonuses: earned by a fact, explained by a line, and never to anybody's harm."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from juri.core.errors import InputRefused
from juri.core.scoring.bonus import bonus_lines
from juri.core.scoring.rubric import Bonus, Line

TWO_YEARS = Bonus("two_years", "running_years", at_least=Decimal(2), points=Decimal("2.5"))
TEN_PERCENT = Bonus("inclusive", "inclusive", equals="yes", percent=Decimal(10))


@pytest.mark.parametrize(
    ("years", "earned"),
    [
        (2, True),
        (Decimal("2.0"), True),
        ("3", True),
        (1, False),
        ("1.99", False),
        (None, False),
        ("", False),
        (" ", False),
    ],
)
def test_a_fact_of_at_least_the_number_earns_the_bonus(years, earned):
    expected = (Line("two_years", Fraction(5, 2), "running_years is at least 2"),) if earned else ()

    assert bonus_lines([TWO_YEARS], {"running_years": years}, Fraction(80)) == expected


@pytest.mark.parametrize(
    ("wanted", "fact", "earned"),
    [
        ("yes", True, True),
        ("true", True, True),
        ("no", False, True),
        ("yes", False, False),
        ("yes", "yes", True),
        ("2", 2, True),
        ("2", Decimal("2.00"), True),
        ("2.0", "2", True),
        ("two", 2, False),
        ("kesehatan", "pendidikan", False),
    ],
)
def test_a_fact_equals_what_a_person_would_call_equal(wanted, fact, earned):
    bonus = Bonus("b", "fact", equals=wanted, points=Decimal(1))

    assert bool(bonus_lines([bonus], {"fact": fact}, Fraction(0))) == earned


def test_a_missing_fact_earns_nothing():
    assert bonus_lines([TWO_YEARS, TEN_PERCENT], {}, Fraction(80)) == ()


def test_percentages_are_of_the_score_before_any_bonus_and_say_so():
    facts = {"running_years": 2, "inclusive": True}

    assert bonus_lines([TWO_YEARS, TEN_PERCENT], facts, Fraction(80)) == (
        Line("two_years", Fraction(5, 2), "running_years is at least 2"),
        Line("inclusive", Fraction(8), "inclusive is yes: 10 percent of 80"),
    )


@given(
    score=st.fractions(-100, 100, max_denominator=50), percent=st.decimals(0, 200, places=2), points=st.integers(0, 50)
)
def test_a_bonus_never_lowers_a_score(score, percent, points):
    bonuses = [Bonus("a", "f", equals="1", percent=percent), Bonus("b", "f", equals="1", points=Decimal(points))]

    assert all(line.points >= 0 for line in bonus_lines(bonuses, {"f": 1}, score))


def test_a_fact_that_should_be_a_number_and_is_none_is_refused_in_words():
    with pytest.raises(InputRefused) as refused:
        bonus_lines([TWO_YEARS], {"running_years": "about two"}, Fraction(80))

    assert [(problem.field, problem.message) for problem in refused.value.problems] == [
        (
            "running_years",
            "bonus 'two_years' asks whether 'running_years' is at least 2, but 'about two' is no number",
        )
    ]


def test_an_innovation_of_two_years_never_stands_behind_an_identical_one_of_one_year(rank):
    scores = {"new": {"j1": 80, "j2": 81}, "old": {"j1": 80, "j2": 81}}
    facts = {"new": {"running_years": 1}, "old": {"running_years": 2}}

    standings = rank(scores, facts=facts, bonuses=(TWO_YEARS,))

    assert [(line.entry, line.score, line.base, line.bonus) for line in standings.lines] == [
        (
            "old",
            83,
            Fraction(161, 2),
            (Line("two_years", Fraction(5, 2), "running_years is at least 2"),),
        ),
        ("new", Fraction(161, 2), None, ()),
    ]


@pytest.mark.parametrize(
    ("bonus", "codes"),
    [
        (Bonus("b", "f", points=Decimal(1)), ["bonus_condition"]),
        (Bonus("b", "f", equals="1", at_least=Decimal(1), points=Decimal(1)), ["bonus_condition"]),
        (Bonus("b", "f", equals="1"), ["bonus_amount"]),
        (Bonus("b", "f", equals="1", points=Decimal(1), percent=Decimal(1)), ["bonus_amount"]),
        (Bonus("b", "f", points=Decimal(-1)), ["bonus_condition", "bonus_negative"]),
    ],
)
def test_a_bonus_that_is_unclear_or_would_harm_is_refused(rank, bonus, codes):
    with pytest.raises(InputRefused) as refused:
        rank({"A": {"j1": 1}}, bonuses=(bonus,))

    assert [problem.code for problem in refused.value.problems] == codes


def test_a_bonus_is_refused_where_the_lowest_score_is_best(rank):
    with pytest.raises(InputRefused) as refused:
        rank({"A": {"j1": 1}}, "rank_sum", bonuses=(TWO_YEARS,))

    assert [(problem.field, problem.code) for problem in refused.value.problems] == [("bonuses", "bonus_harms")]
