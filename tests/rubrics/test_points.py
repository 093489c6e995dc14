from decimal import Decimal
from fractions import Fraction

import pytest
from marshmallow import ValidationError

from juri.core.errors import InputRefused
from juri.core.scoring.rubric import Answer, Criterion, Level, Line, Rubric, Scale
from juri.core.sheets import rubric_problems, score_sheet
from juri.rubrics.kinds.points import KIND, PointsItemOptions, juri_rubric_kinds, prepare


def item(name, *, weight="1", children=(), **more):
    options = {key: more.pop(key) for key in ("maximum", "step") if key in more}
    return prepare(Criterion(name, weight=Decimal(weight), children=children, options=options, **more))


def points(*items, **options):
    return Rubric("r", "points", items, options=options)


def score(rubric, **marks):
    answers = {name: Answer(mark if mark == "na" else Decimal(mark)) for name, mark in marks.items()}
    return score_sheet(KIND, rubric, answers)


def codes(rubric):
    return [(problem.field, problem.code) for problem in rubric_problems(KIND, rubric)]


def test_the_hook_offers_the_kind():
    assert juri_rubric_kinds() == [KIND]


def test_points_add_up_each_to_its_own_maximum():
    rubric = points(item("a", weight="30"), item("b", weight="70"))
    assert codes(rubric) == []
    assert KIND.bounds(rubric) == (0, 100)
    assert score(rubric, a="25", b="60").lines == (
        Line("a", Fraction(25), "25 of 30"),
        Line("b", Fraction(60), "60 of 70"),
    )


def test_half_points_stay_half_points():
    rubric = points(item("desk", maximum=Decimal(200), step="half"), item("field", maximum=Decimal(300), step="half"))
    assert score(rubric, desk="170.5", field="249").total == Fraction("419.5")


def test_more_than_the_maximum_is_refused():
    with pytest.raises(InputRefused, match="31 is outside the scale 0 to 30"):
        score(points(item("a", weight="30")), a="31")


@pytest.mark.parametrize(
    ("step", "good", "bad"), [("integer", "7", "7.5"), ("half", "7.5", "7.2"), ("0.1", "7.2", "7.25")]
)
def test_an_item_is_marked_in_steps(step, good, bad):
    rubric = points(item("a", weight="10", step=step))
    assert score(rubric, a=good).total == Fraction(good)
    with pytest.raises(InputRefused, match="is not a step"):
        score(rubric, a=bad)


@pytest.mark.parametrize(
    ("made", "greatest"),
    [
        (item("a", weight="30"), 30),
        (item("a", maximum=Decimal("12.5")), Fraction(25, 2)),
        (item("a", scale=Scale(Decimal(0), Decimal(5))), 5),
        (item("a", scale=Scale(levels=(Level(Decimal(0)), Level(Decimal(3))))), 3),
    ],
)
def test_the_maximum_is_said_as_weight_as_maximum_or_as_the_scale(made, greatest):
    assert made.scale.greatest == greatest


def test_a_heading_groups_items_and_may_say_their_points_together():
    heading = item("g", weight="30", children=(item("a", weight="10"), item("b", weight="20")))
    rubric = points(heading, item("c", weight="70"))
    assert codes(rubric) == []
    assert score(rubric, a="10", b="15", c="40").total == 65


@pytest.mark.parametrize(
    ("rubric", "problem"),
    [
        (points(item("a", weight="20", maximum=Decimal(30))), ("a", "two_maxima")),
        (points(Criterion("a", scale=Scale(choices=("good", "bad")))), ("a", "no_maximum")),
        (points(item("a", scale=Scale(Decimal(-5), Decimal(0)))), ("a", "no_maximum")),
        (
            points(item("g", weight="40", children=(item("a", weight="10"), item("b", weight="20")))),
            ("g", "heading_points"),
        ),
        (
            points(item("a", weight="10", na_allowed=True), item("b", scale=Scale(Decimal(1), Decimal(5)))),
            ("b", "mixed_scales"),
        ),
    ],
)
def test_a_rubric_that_contradicts_itself_is_refused(rubric, problem):
    assert codes(rubric) == [problem]


class TestLeftOut:
    ITEMS = (item("a", weight="20", na_allowed=True), item("b", weight="80", na_allowed=True))

    def test_the_others_grow_so_that_the_maximum_stays(self):
        assert codes(points(*self.ITEMS)) == []
        assert score(points(*self.ITEMS), a="na", b="60").lines == (
            Line("a", Fraction(0), "left out"),
            Line("b", Fraction(75), "60 of 80, counted as 75"),
        )

    def test_it_counts_zero_only_where_the_rubric_says_so(self):
        assert score(points(*self.ITEMS, na="zero"), a="na", b="60").total == 60

    def test_an_item_that_does_not_begin_at_zero_may_be_left_out_at_zero(self):
        rubric = points(
            item("a", weight="10", na_allowed=True), item("b", scale=Scale(Decimal(1), Decimal(5))), na="zero"
        )
        assert codes(rubric) == []
        assert KIND.bounds(rubric) == (1, 15)

    def test_a_sheet_on_which_nothing_applies_is_refused(self):
        with pytest.raises(InputRefused, match="at least one answer that counts"):
            score(points(*self.ITEMS), a="na", b="na")


def test_a_step_of_a_tenth_may_be_written_as_a_number():
    assert PointsItemOptions().load({"step": Decimal("0.10"), "maximum": 5}) == {"step": "0.1", "maximum": Decimal(5)}


@pytest.mark.parametrize("options", [{"step": "third"}, {"step": 2}, {"maximum": 0}, {"maximum": "much"}])
def test_other_steps_and_maxima_are_refused(options):
    with pytest.raises(ValidationError):
        PointsItemOptions().load(options)
