from decimal import Decimal
from fractions import Fraction

import pytest

from juri.core.errors import InputRefused
from juri.core.scoring.number import decimal_text
from juri.core.scoring.rubric import Answer, Criterion, Level, Rubric, Scale
from juri.core.sheets import rubric_problems, score_sheet
from juri.rubrics.kinds.levelled import KIND, LevelledOptions, juri_rubric_kinds

LEVELS = Scale(levels=tuple(Level(Decimal(value)) for value in (7, 6, 5, 3, 2, 1)))
"""The levels of Krenova Jawa Tengah 2018: there is no 4."""


def criterion(name, weight, elements, **more):
    children = tuple(Criterion(f"{name}{place}", scale=LEVELS, **more) for place in range(1, elements + 1))
    return Criterion(name, weight=Decimal(weight), children=children)


def krenova(**more):
    criteria = (
        criterion("a", 20, 4, **more),
        criterion("b", 30, 2, **more),
        criterion("c", 35, 3, **more),
        criterion("d", 15, 3, **more),
    )
    return Rubric("krenova", "levelled", criteria)


PUBLISHED = {
    "a1": 7,
    "a2": 6,
    "a3": 5,
    "a4": 3,
    "b1": 6,
    "b2": 5,
    "c1": 7,
    "c2": 7,
    "c3": 6,
    "d1": 5,
    "d2": 3,
    "d3": 2,
}


def total(rubric, levels):
    return score_sheet(
        KIND, rubric, {name: Answer(value if value == "na" else Decimal(value)) for name, value in levels.items()}
    ).total


def codes(rubric):
    return [(problem.field, problem.code) for problem in rubric_problems(KIND, rubric)]


def test_the_hook_offers_the_kind():
    assert juri_rubric_kinds() == [KIND]


def test_the_form_of_krenova_jawa_tengah_2018_takes_the_mean_of_the_elements_before_the_weight():
    score = total(krenova(), PUBLISHED)
    assert score == 105 + 165 + Fraction(700, 3) + 50 == Fraction(1660, 3)
    assert decimal_text(score, 2) == "553.33"


def test_its_totals_run_from_100_to_700():
    assert codes(krenova()) == []
    assert KIND.bounds(krenova()) == (100, 700)


def test_level_4_is_refused_as_there_is_none():
    with pytest.raises(InputRefused, match="4 is not a level; the levels are 7, 6, 5, 3, 2, 1"):
        total(krenova(), {**PUBLISHED, "a1": 4})


def test_the_mean_before_the_weight_is_not_a_sum_over_all_elements():
    flat = sum(PUBLISHED.values()) * Fraction(100, 12)
    assert flat == Fraction(1550, 3)
    assert flat != total(krenova(), PUBLISHED)


@pytest.mark.parametrize(("divide_by", "expected"), [("one", 500), ("hundred", 5), ("sum", 5)])
def test_the_weighted_sum_is_divided_as_declared(divide_by, expected):
    rubric = Rubric("r", "levelled", krenova().criteria, options={"divide_by": divide_by})
    assert total(rubric, dict.fromkeys(PUBLISHED, 5)) == expected


def test_a_criterion_without_elements_is_its_own_level():
    rubric = Rubric("r", "levelled", (Criterion("a", weight=Decimal(100), scale=LEVELS),))
    assert total(rubric, {"a": 6}) == 600


def test_an_element_may_have_elements_of_its_own():
    deep = Criterion("x", children=(Criterion("x1", scale=LEVELS), Criterion("x2", scale=LEVELS)))
    outer = Criterion("a", weight=Decimal(100), children=(deep, Criterion("y", scale=LEVELS)))
    assert total(Rubric("r", "levelled", (outer,)), {"x1": 1, "x2": 2, "y": 7}) == 425


class TestLeftOut:
    def test_an_element_that_does_not_apply_leaves_the_mean_to_the_others(self):
        assert total(krenova(na_allowed=True), {**PUBLISHED, "b2": "na"}) == Fraction(1660, 3) - 165 + 180

    def test_a_criterion_of_which_nothing_applies_gives_its_weight_to_the_others(self):
        without_b = {**PUBLISHED, "b1": "na", "b2": "na"}
        assert total(krenova(na_allowed=True), without_b) == (Fraction(1660, 3) - 165) * 100 / 70

    def test_a_sheet_on_which_nothing_applies_is_refused(self):
        with pytest.raises(InputRefused, match="at least one answer that counts"):
            total(krenova(na_allowed=True), dict.fromkeys(PUBLISHED, "na"))


@pytest.mark.parametrize(
    ("rubric", "problem"),
    [
        (Rubric("r", "levelled", (Criterion("a", weight=Decimal(100)),)), ("a", "no_levels")),
        (Rubric("r", "levelled", krenova().criteria[:3]), ("criteria", "weights_not_100")),
        (
            Rubric(
                "r",
                "levelled",
                (
                    Criterion(
                        "a",
                        weight=Decimal(100),
                        children=(Criterion("x", weight=Decimal(3), scale=LEVELS), Criterion("y", scale=LEVELS)),
                    ),
                ),
            ),
            ("x", "weighted_element"),
        ),
        (
            Rubric(
                "r",
                "levelled",
                (
                    Criterion("a", weight=Decimal(50), scale=LEVELS, na_allowed=True),
                    Criterion("b", weight=Decimal(50), scale=Scale(levels=(Level(Decimal(0)), Level(Decimal(9))))),
                ),
            ),
            ("criteria", "mixed_scales"),
        ),
    ],
)
def test_a_rubric_that_cannot_be_worked_out_is_refused(rubric, problem):
    assert codes(rubric) == [problem]


def test_the_weights_need_not_be_percent_where_that_is_declared():
    rubric = Rubric("r", "levelled", krenova().criteria[:3], options={"weights": "free"})
    assert codes(rubric) == []


def test_the_options_have_their_defaults():
    assert LevelledOptions().load({}) == {"na": "renormalise", "weights": "percent", "divide_by": "one"}
