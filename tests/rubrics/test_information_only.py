"""Aspects that are asked for information only: in no kind do they weigh, and the answers are kept."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from juri.core.editions.rubrics import load_rubric
from juri.core.errors import DefinitionError, InputRefused
from juri.core.extension import RubricKind
from juri.core.scoring.rubric import Criterion, Level, Rubric, Scale
from juri.core.sheets import read_answers, rubric_problems, score_sheet

LEVELS = Scale(levels=(Level(Decimal(1)), Level(Decimal(2))))
KINDS = {
    "weighted": (Scale(), {"a": "80", "b": "60"}, (60, 40)),
    "points": (None, {"a": "50", "b": "40"}, (60, 40)),
    "levelled": (LEVELS, {"a": "1", "b": "2"}, (60, 40)),
    "checklist": (Scale(choices=("yes", "no")), {"a": "yes", "b": "yes"}, (1, 1)),
}


def rubric_of(kind, *, more=()):
    scale, _, weights = KINDS[kind]
    own = [
        Criterion(name, weight=Decimal(weight), scale=scale or Scale(maximum=Decimal(weight)))
        for name, weight in zip("ab", weights, strict=True)
    ]
    return Rubric("r", kind, (*own, *more))


def worth(registry, rubric, typed):
    kind = registry.find(RubricKind, rubric.kind)
    return score_sheet(kind, rubric, read_answers(kind, rubric, typed))


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_total_and_its_bounds_are_those_without_it_and_the_answer_is_kept(builtin_registry, kind):
    scale = KINDS[kind][0] or Scale(maximum=Decimal(30))
    informed = rubric_of(kind, more=(Criterion("c", weight=Decimal(30), scale=scale, counts=False),))
    typed = KINDS[kind][1]
    extra = {"c": typed["a"] if kind != "points" else "12"}
    plain, more = (worth(builtin_registry, rubric, told) for rubric, told in
                   ((rubric_of(kind), typed), (informed, typed | extra)))  # fmt: skip
    assert (more.total, more.passed) == (plain.total, plain.passed)
    assert [line.points for line in more.lines if line.criterion == "c"] == [Fraction(0)]
    found = builtin_registry.find(RubricKind, kind)
    assert rubric_problems(found, informed) == []
    assert found.bounds(informed.counted) == found.bounds(rubric_of(kind))
    assert [question.criterion for question in found.questions(informed)] == ["a", "b", "c"]


def test_it_may_be_answered_in_words_where_the_kind_has_numbers(builtin_registry):
    advice = Criterion("advice", scale=Scale(choices=("go_on", "stop")), counts=False, required=False)
    rubric = rubric_of("weighted", more=(advice,))
    assert rubric_problems(builtin_registry.find(RubricKind, "weighted"), rubric) == []
    assert worth(builtin_registry, rubric, {"a": "80", "b": "60", "advice": "stop"}).total == 72
    assert worth(builtin_registry, rubric, {"a": "80", "b": "60"}).total == 72
    with pytest.raises(InputRefused):
        worth(builtin_registry, rubric, {"a": "80", "b": "60", "advice": "maybe"})


def test_a_heading_that_does_not_count_takes_all_below_it_along(builtin_registry):
    heading = Criterion("h", weight=Decimal(99), counts=False, children=(Criterion("c"), Criterion("d")))
    emptied = Criterion("i", weight=Decimal(7), children=(Criterion("e", counts=False),))
    rubric = rubric_of("weighted", more=(heading, emptied))
    assert [each.id for each in rubric.counted.criteria] == ["a", "b"]
    assert rubric_problems(builtin_registry.find(RubricKind, "weighted"), rubric) == []
    typed = {"a": "80", "b": "60", "c": "1", "d": "2", "e": "3"}
    assert worth(builtin_registry, rubric, typed).total == 72


def test_a_rubric_in_which_nothing_counts_is_refused(builtin_registry):
    silent = replace(rubric_of("weighted"), criteria=(Criterion("a", counts=False),))
    told = [problem.code for problem in rubric_problems(builtin_registry.find(RubricKind, "weighted"), silent)]
    assert told == ["nothing_counts"]
    with pytest.raises(DefinitionError):
        load_rubric("kind: weighted\ncriteria: [{id: a, counts: false}]\n", builtin_registry)


def test_a_rubric_that_counts_whole_is_its_own_counted_part():
    rubric = rubric_of("weighted")
    assert rubric.counted is rubric


def test_a_document_says_it_and_older_hashes_stay(builtin_registry):
    text = "kind: weighted\ncriteria: [{id: a, weight: 100}, {id: b, weight: 5, counts: false, visible: false}]\n"
    rubric = load_rubric(text, builtin_registry)
    assert [(leaf.counts, leaf.visible) for leaf in rubric.leaves] == [(True, True), (False, False)]
    plain = load_rubric("kind: weighted\ncriteria: [{id: a, weight: 100}]\n", builtin_registry)
    assert plain.content_hash == "8300b98cf2521f0c295cf1eeffc7365019770dbd5079f6722f93ab7d293d4dac"


def test_only_what_counts_is_structure():
    rubric = rubric_of("weighted")
    kept = replace(rubric, criteria=tuple(replace(each, visible=False) for each in rubric.criteria))
    silent = replace(rubric, criteria=(rubric.criteria[0], replace(rubric.criteria[1], counts=False)))
    assert (kept.structure_hash, kept.content_hash == rubric.content_hash) == (rubric.structure_hash, False)
    assert silent.structure_hash != rubric.structure_hash
