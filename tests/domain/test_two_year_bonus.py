"""Sukoharjo's bonus for two years, of the size that the demonstration sets: earned from two years on, never harmful."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from juri.core.ranking import RankRule, rank_sheets
from juri.core.view import Sheet


@pytest.fixture(scope="module")
def bonuses(load):
    return load("sukoharjo-2023-demo").rubrics["proposal"].bonuses


def scores(registry, bonuses, marks, years):
    sheets = [Sheet(entry, f"J{number}", Fraction(mark)) for entry in years for number, mark in enumerate(marks)]
    facts = {entry: {"running_years": value} for entry, value in years.items()}
    found = rank_sheets(
        sheets, RankRule("mean", {}, "submitted"), extensions=registry.get, facts=facts, bonuses=bonuses
    )
    return {line.entry: line.score for line in found.lines}


@pytest.mark.parametrize(("years", "points"), [(0, 0), (1, 0), (2, 5), (3, 5), ("2", 5), (None, 0), ("", 0)])
def test_the_bonus_is_earned_from_two_years_on(registry, bonuses, years, points):
    assert scores(registry, bonuses, [70, 80], {"E": years}) == {"E": 75 + points}


@given(
    marks=st.lists(st.integers(0, 100), min_size=1, max_size=5), years=st.tuples(st.integers(0, 9), st.integers(0, 9))
)
def test_an_older_innovation_never_scores_less_than_an_identical_younger_one(registry, bonuses, marks, years):
    younger, older = sorted(years)
    found = scores(registry, bonuses, marks, {"younger": younger, "older": older})
    assert found["older"] >= found["younger"]
