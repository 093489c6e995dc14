from decimal import Decimal
from fractions import Fraction

import pytest

from juri.core.errors import InputRefused
from juri.core.scoring.rubric import Answer, Criterion, Level, Line, Rubric, Scale
from juri.core.sheets import rubric_problems, score_sheet
from juri.rubrics.kinds.weighted import KIND, WeightedOptions, juri_rubric_kinds

KIPP_2023 = ("0", "10", "15", "5", "30", "20", "5", "15")


def weighted(*weights, scale=None, **options):
    criteria = tuple(
        Criterion(f"c{place}", weight=Decimal(weight), scale=scale or Scale())
        for place, weight in enumerate(weights, 1)
    )
    return Rubric("r", "weighted", criteria, options=options)


def rubric_of(*criteria, **options):
    return Rubric("r", "weighted", criteria, options=options)


def sheet(*marks):
    return {
        f"c{place}": Answer(mark if mark == "na" else Decimal(mark))
        for place, mark in enumerate(marks, 1)
        if mark is not None
    }


def total(rubric, *marks):
    return score_sheet(KIND, rubric, sheet(*marks)).total


def codes(rubric):
    return [(problem.field, problem.code) for problem in rubric_problems(KIND, rubric)]


def test_the_hook_offers_the_kind():
    assert juri_rubric_kinds() == [KIND]


def test_the_weights_of_the_national_rubric_of_2023_sum_up():
    assert codes(weighted(*KIPP_2023)) == []
    assert sum(map(Decimal, KIPP_2023)) == 100


def test_percent_weights_share_out_a_hundred():
    assert total(weighted(*KIPP_2023), "50", "80", "70", "90", "85", "75", "60", "84.38") == Fraction(
        80 * 10 + 70 * 15 + 90 * 5 + 85 * 30 + 75 * 20 + 60 * 5, 100
    ) + Fraction(8438 * 15, 100 * 100)


def test_every_line_says_what_the_criterion_adds():
    score = score_sheet(KIND, weighted("25", "75"), sheet("80", "84.5"))
    assert score.lines == (
        Line("c1", Fraction(20), "80 x 0.25"),
        Line("c2", Fraction("63.375"), "84.5 x 0.75"),
    )
    assert score.total == Fraction("83.375")


def test_a_criterion_of_weight_zero_must_be_answered_and_adds_nothing():
    rubric = weighted("0", "100")
    assert total(rubric, "10", "80") == total(rubric, "100", "80") == 80
    with pytest.raises(InputRefused, match="'c1' is not answered"):
        total(rubric, None, "80")


def test_a_tree_of_any_depth_is_weighted_on_every_level():
    inner = Criterion("deep", weight=Decimal(50), children=(Criterion("c1", weight=Decimal(100)),))
    outer = Criterion("top", weight=Decimal(40), children=(inner, Criterion("c2", weight=Decimal(50))))
    rubric = rubric_of(outer, Criterion("c3", weight=Decimal(60)))
    assert codes(rubric) == []
    assert [line.points for line in score_sheet(KIND, rubric, sheet("90", "70", "50")).lines] == [18, 14, 30]


@pytest.mark.parametrize(
    ("rubric", "problem"),
    [
        (weighted("50", "47"), ("criteria", "weights_not_100")),
        (weighted("0", "0", weights="free"), ("criteria", "no_weight")),
        (
            rubric_of(
                Criterion("g", weight=Decimal(100), children=(Criterion("a", weight=Decimal(40)), Criterion("b")))
            ),
            ("g", "weights_not_100"),
        ),
        (
            rubric_of(Criterion("g", weight=Decimal(9), children=(Criterion("a", weight=Decimal(0)),)), weights="free"),
            ("g", "no_weight"),
        ),
        (
            rubric_of(Criterion("a", weight=Decimal(100), scale=Scale(choices=("yes", "no")))),
            ("a", "words_on_scale"),
        ),
    ],
)
def test_a_rubric_that_cannot_be_added_up_is_refused(rubric, problem):
    assert codes(rubric) == [problem]


def test_the_refusal_says_what_the_weights_sum_to():
    [problem] = rubric_problems(KIND, weighted("33.3", "33.3", "33.3"))
    assert problem.message == "the weights sum to 99.9, not 100; mend them, or declare 'weights: free'"


class TestFreeWeights:
    def test_equal_weights_give_the_mean(self):
        assert total(weighted("1", "1", "1", "1", weights="free"), "80", "85", "90", "70") == Fraction(325, 4)

    def test_a_plain_sum_of_weight_times_level(self):
        levels = Scale(levels=tuple(Level(Decimal(value)) for value in (1, 2, 3)))
        metro = weighted("5", "5", "4", "3", "2", "2", scale=levels, weights="free", divide_by="one")
        assert codes(metro) == []
        assert KIND.bounds(metro) == (21, 63)
        assert total(metro, "3", "3", "3", "3", "3", "3") == 63
        assert total(metro, "1", "2", "3", "1", "2", "3") == 40

    def test_a_hundredth_of_a_sum_that_is_not_a_hundred(self):
        assert total(weighted("60", "60", weights="free", divide_by="hundred"), "100", "50") == 90


class TestScales:
    def test_each_criterion_has_its_own_scale(self):
        small = Criterion("c1", weight=Decimal(50), scale=Scale(Decimal(0), Decimal(10)))
        rubric = rubric_of(small, Criterion("c2", weight=Decimal(50)))
        assert KIND.bounds(rubric) == (0, 55)
        assert total(rubric, "10", "80") == 45

    def test_normalising_brings_each_mark_to_a_hundred_of_its_own_scale(self):
        small = Criterion("c1", weight=Decimal(50), scale=Scale(Decimal(1), Decimal(5)))
        rubric = rubric_of(small, Criterion("c2", weight=Decimal(50)), normalise=True)
        assert KIND.bounds(rubric) == (0, 100)
        assert total(rubric, "3", "80") == 65
        assert total(rubric, "1", "0") == 0

    @pytest.mark.parametrize(("step", "mark"), [("1", "84.5"), ("0.5", "84.3"), ("0.1", "84.25")])
    def test_a_mark_between_two_steps_is_refused(self, step, mark):
        rubric = weighted("100", scale=Scale(step=Decimal(step)))
        assert codes(rubric) == []
        with pytest.raises(InputRefused, match=f"{mark} is not a step of {step}"):
            total(rubric, mark)


class TestLeftOut:
    CRITERIA = (
        Criterion("c1", weight=Decimal(20), na_allowed=True),
        Criterion("c2", weight=Decimal(30), required=False),
        Criterion("c3", weight=Decimal(50), na_allowed=True),
    )

    def test_the_others_take_over_the_weight_of_what_is_not_applicable(self):
        score = score_sheet(KIND, rubric_of(*self.CRITERIA), sheet("na", "60", "80"))
        assert score.lines == (
            Line("c1", Fraction(0), "left out"),
            Line("c2", Fraction(45, 2), "60 x 0.375"),
            Line("c3", Fraction(50), "80 x 0.625"),
        )

    def test_what_is_optional_and_open_is_left_out_in_the_same_way(self):
        assert total(rubric_of(*self.CRITERIA), "40", None, "80") == Fraction(20 * 40 + 50 * 80, 70)

    def test_not_applicable_counts_zero_only_where_the_rubric_says_so(self):
        assert total(rubric_of(*self.CRITERIA, na="zero"), "na", "60", "80") == 58
        assert KIND.bounds(rubric_of(*self.CRITERIA, na="zero")) == (0, 100)

    @pytest.mark.parametrize("na", ["renormalise", "zero"])
    def test_a_sheet_on_which_nothing_applies_is_refused(self, na):
        with pytest.raises(InputRefused, match="everything that counts is 'not applicable' or open"):
            total(rubric_of(*self.CRITERIA, na=na), "na", None, "na")

    def test_a_plain_sum_keeps_its_greatest_total(self):
        rubric = rubric_of(*self.CRITERIA, weights="free", divide_by="one")
        assert total(rubric, "na", "100", "100") == total(rubric, "100", "100", "100") == 10_000

    def test_a_group_of_which_nothing_applies_is_left_out_as_a_whole(self):
        group = Criterion("g", weight=Decimal(50), children=(Criterion("c1", weight=Decimal(100), na_allowed=True),))
        rubric = rubric_of(group, Criterion("c2", weight=Decimal(50)))
        assert codes(rubric) == []
        assert total(rubric, "na", "80") == 80

    def test_a_rubric_whose_range_would_change_is_refused(self):
        small = Criterion("c1", weight=Decimal(50), scale=Scale(Decimal(0), Decimal(10)), na_allowed=True)
        other = Criterion("c2", weight=Decimal(50))
        assert codes(rubric_of(small, other)) == [("criteria", "mixed_scales")]
        assert codes(rubric_of(small, other, normalise=True)) == []
        assert codes(rubric_of(small, other, na="zero")) == []

    def test_zero_is_within_the_bounds_of_a_scale_that_begins_above_it(self):
        rubric = weighted("100", scale=Scale(Decimal(1), Decimal(5)), na="zero")
        left_out = rubric_of(
            *(
                Criterion("c1", weight=Decimal(50), scale=Scale(Decimal(1), Decimal(5)), na_allowed=True),
                Criterion("c2", weight=Decimal(50), scale=Scale(Decimal(1), Decimal(5))),
            ),
            na="zero",
        )
        assert KIND.bounds(rubric) == (1, 5)
        assert KIND.bounds(left_out) == (Fraction(1, 2), 5)


def test_the_options_have_their_defaults_and_refuse_other_words():
    assert WeightedOptions().load({}) == {"na": "renormalise", "weights": "percent", "normalise": False}
    assert sorted(WeightedOptions().validate({"weights": "grams", "divide_by": "two", "na": "guess", "more": 1})) == [
        "divide_by",
        "more",
        "na",
        "weights",
    ]
