"""Criteria that are asked in some categories only: what is asked, what is left reaches the same greatest total."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from juri.core.extension import RubricKind
from juri.core.judging.rubric_scale import answer_scale
from juri.core.judging.table_sheets import RubricUse
from juri.core.scoring.rubric import Answer, Criterion, Level, OverallComment, Rubric, Scale
from juri.core.sheets import greatest_total, rubric_in, rubric_problems, score_sheet
from juri.rubrics.kinds import banded, checklist, levelled, points, weighted

LEVELS = Scale(levels=tuple(Level(Decimal(value)) for value in range(1, 5)))
YES_NO = Scale(choices=("yes", "no"))


def rubric(kind, *criteria, **options):
    return Rubric("r", kind, tuple(prepared(kind, each) for each in criteria), options=options)


def prepared(kind, criterion):
    return KINDS[kind].prepare(criterion) if KINDS[kind].prepare else criterion


KINDS: dict[str, RubricKind] = {each.KIND.name: each.KIND for each in (banded, checklist, levelled, points, weighted)}
SHARED = (Criterion("use", weight=Decimal(40)), Criterion("safety", weight=Decimal(30)))
WEIGHTED = rubric(
    "weighted",
    *SHARED,
    Criterion("cure", weight=Decimal(30), only_in=("health",)),
    Criterion("lesson", weight=Decimal(20), only_in=("school", "camp")),
)


def best(part):
    return {leaf.id: Answer("yes" if leaf.scale.choices else Decimal(str(leaf.scale.greatest))) for leaf in part.leaves}


def worth(whole, category, answers):
    kind = KINDS[whole.kind]
    return score_sheet(kind, rubric_in(kind, whole, category), answers)


def test_each_category_is_asked_its_own_and_the_others_what_all_are_asked():
    asked = {each: [leaf.id for leaf in WEIGHTED.part_for(each).leaves] for each in ("health", "camp", "", "sea")}
    assert asked == {
        "health": ["use", "safety", "cure"],
        "camp": ["use", "safety", "lesson"],
        "": ["use", "safety"],
        "sea": ["use", "safety"],
    }
    assert WEIGHTED.part_for("camp").content_hash == WEIGHTED.content_hash


def test_the_total_is_stretched_exactly_and_the_lines_say_so():
    marks = {"use": Answer(Decimal(50)), "safety": Answer(Decimal(100))}
    score = worth(WEIGHTED, "sea", marks)
    assert score.total == Fraction(50 * 40 + 100 * 30, 100) * Fraction(100, 70)
    assert sum(line.points for line in score.lines) == score.total
    assert score.lines[0].note.endswith(", x 10/7")
    full = worth(WEIGHTED, "health", {**marks, "cure": Answer(Decimal(10))})
    assert (full.total, full.lines[0].note) == (Fraction(53), "50 x 0.4")


@pytest.mark.parametrize(
    "whole",
    [
        WEIGHTED,
        rubric("weighted", *SHARED, Criterion("cure", weight=Decimal(9), only_in=("health",)), weights="free"),
        rubric(
            "levelled",
            *(replace(each, scale=LEVELS) for each in SHARED),
            Criterion("cure", weight=Decimal(30), scale=LEVELS, only_in=("health",)),
        ),
        rubric("points", *SHARED, Criterion("cure", weight=Decimal(25), only_in=("health",))),
        rubric(
            "checklist", Criterion("decree"), Criterion("permit", only_in=("health",)), mode="count", count="number",
        ),
    ],
    ids=["percent", "free", "levels", "points", "checklist"],
)  # fmt: skip
def test_a_full_sheet_is_worth_the_same_in_every_category(whole):
    assert rubric_problems(KINDS[whole.kind], whole) == []
    totals = {category: worth(whole, category, best(whole.part_for(category))).total for category in ("health", "")}
    assert totals["health"] == totals[""] == greatest_total(KINDS[whole.kind], whole.part_for("health"))


@given(st.lists(st.integers(1, 60), min_size=2, max_size=4), st.integers(1, 60), st.data())
def test_what_is_left_keeps_its_proportions(weights, limited, data):
    names = [f"c{number}" for number in range(len(weights))]
    shared = (Criterion(name, weight=Decimal(weight)) for name, weight in zip(names, weights, strict=True))
    whole = rubric("points", *shared, Criterion("own", weight=Decimal(limited), only_in=("a",)))
    marks = [data.draw(st.integers(0, weight)) for weight in weights]
    given_ = {name: Answer(Decimal(mark)) for name, mark in zip(names, marks, strict=True)}
    score = worth(whole, "b", given_)
    assert score.total == Fraction(sum(marks) * (sum(weights) + limited), sum(weights))


@pytest.mark.parametrize(
    ("whole", "code", "said"),
    [
        (
            rubric("weighted", *SHARED, Criterion("cure", weight=Decimal(50), only_in=("health",))),
            "weights_not_100",
            "in category 'health': the weights sum to 120, not 100",
        ),
        (
            rubric("weighted", *SHARED, Criterion("cure", weight=Decimal(20), only_in=("health",))),
            "weights_not_100",
            "in category 'health': the weights sum to 90, not 100",
        ),
        (
            rubric("weighted", Criterion("cure", weight=Decimal(100), only_in=("health",)),
                   Criterion("view", counts=False, only_in=("sea",))),
            "nothing_counts",
            "nothing that counts is asked in category 'sea'",
        ),
        (
            rubric("banded", *SHARED, Criterion("cure", weight=Decimal(30), only_in=("health",)),
                   bands=({"grade": "A"},)),
            "not_limited",
            "a rubric of the kind 'banded' asks the same in every category",
        ),
    ],
    ids=["too much", "too little", "nothing", "a kind that cannot"],
)  # fmt: skip
def test_a_rubric_that_cannot_be_brought_to_one_maximum_is_refused(whole, code, said):
    problems = rubric_problems(KINDS[whole.kind], whole)
    assert [problem.code for problem in problems] == [code]
    assert problems[0].message.startswith(said)


def test_a_simulation_draws_the_category_that_can_reach_most_and_writes_no_overall_comment():
    whole = replace(WEIGHTED, overall=OverallComment(required=True))
    scale, adds_up = answer_scale(RubricUse(whole, weighted.KIND, "bundled"), 0.6, 0.1)
    assert ([max(worth) for worth in scale.worth], adds_up) == ([40.0, 30.0, 30.0], True)
