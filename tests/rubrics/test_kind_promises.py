"""What every rubric kind promises, as properties: a case is a kind with a strategy for its rubrics.

Each promise takes a drawn rubric and answers, so a new kind is held to all of them by one more line in ``CASES``.
"""

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from juri.core.errors import InputRefused
from juri.core.extension import RubricKind
from juri.core.scoring.rubric import Answer, Criterion, Level, Rubric, Scale, Score
from juri.core.sheets import answers_as_json, answers_from_json, read_answers, rubric_problems, score_sheet
from juri.rubrics.kinds import banded, checklist, levelled, points, weighted

pytestmark = pytest.mark.uncounted  # what so many examples reach, the tests of each kind count in a few


@dataclass(frozen=True)
class Case:
    """A kind, and how to draw a rubric of it that passes its check."""

    kind: RubricKind
    rubrics: st.SearchStrategy[Rubric]


def decimals(least, greatest, places=2):
    return st.integers(least * 10**places, greatest * 10**places).map(lambda whole: Decimal(whole).scaleb(-places))


@st.composite
def shares(draw, size):
    """Draw percent weights, of which some may be 0, that sum to 100."""
    cuts = sorted(draw(st.lists(decimals(0, 100), min_size=size - 1, max_size=size - 1)))
    return [after - before for before, after in zip([Decimal(0), *cuts], [*cuts, Decimal(100)], strict=True)]


RANGES = st.sampled_from(
    [
        Scale(),
        Scale(step=Decimal(1)),
        Scale(Decimal(1), Decimal(5), Decimal("0.5")),
        Scale(Decimal(-2), Decimal(2), Decimal("0.1")),
        Scale(levels=tuple(Level(Decimal(value)) for value in (1, 2, 3, 5, 6, 7))),
    ]
)
FREEDOM = st.fixed_dictionaries({"required": st.booleans(), "na_allowed": st.booleans()})


@st.composite
def trees(draw, weights, scales, *, depth=2, prefix="c", elements=False):
    """Draw criteria of a tree; ``weights`` gives the weights of a level by its size."""
    size = draw(st.integers(1, 3))
    criteria = []
    for place, weight in enumerate(draw(weights(size))):
        name = f"{prefix}{place}"
        below = weights if not elements else equal_weights
        children = (
            draw(trees(below, scales, depth=depth - 1, prefix=f"{name}_", elements=elements))
            if depth and draw(st.booleans())
            else ()
        )
        criteria.append(Criterion(name, weight=weight, scale=draw(scales), children=children, **draw(FREEDOM)))
    return tuple(criteria)


def equal_weights(size):
    return st.just([Decimal(1)] * size)


def free_weights(size):
    return st.lists(decimals(0, 30), min_size=size, max_size=size)


def common(**more):
    return {"na": st.sampled_from(["renormalise", "zero"]), **more}


@st.composite
def weighted_rubrics(draw):
    percent = draw(st.booleans())
    scales = draw(st.one_of(st.just(RANGES), RANGES.map(st.just)))
    how = draw(
        st.fixed_dictionaries(
            common(normalise=st.booleans(), weights=st.just("percent" if percent else "free")),
            optional={"divide_by": st.sampled_from(["sum", "hundred", "one"])},
        )
    )
    return Rubric("r", "weighted", draw(trees(shares if percent else free_weights, scales)), options=how)


@st.composite
def levelled_rubrics(draw):
    levels = st.lists(st.integers(-3, 9), min_size=2, max_size=6, unique=True)
    shared = draw(levels.map(lambda values: Scale(levels=tuple(Level(Decimal(value)) for value in values))))
    how = draw(st.fixed_dictionaries(common(divide_by=st.sampled_from(["one", "hundred", "sum"]))))
    return Rubric("r", "levelled", draw(trees(shares, st.just(shared), elements=True)), options=how)


@st.composite
def points_rubrics(draw):
    maxima = st.lists(decimals(1, 40, places=1), min_size=1, max_size=5)
    steps = st.fixed_dictionaries({}, optional={"step": st.just("0.1")})
    items = tuple(
        points.prepare(Criterion(f"c{place}", weight=most, options=draw(steps), **draw(FREEDOM)))
        for place, most in enumerate(draw(maxima))
    )
    return Rubric("r", "points", items, options=draw(st.fixed_dictionaries(common())))


@st.composite
def checklist_rubrics(draw):
    how = st.fixed_dictionaries(
        {
            "mode": st.sampled_from(["gate", "count"]),
            "count": st.sampled_from(["number", "share"]),
            "reason_for": st.sampled_from([[], ["no"], ["no", "na"]]),
        }
    )
    items = tuple(
        checklist.prepare(replace(item, children=())) for item in draw(trees(free_weights, st.just(Scale()), depth=0))
    )
    return Rubric("r", "checklist", items, options=draw(how))


@st.composite
def banded_rubrics(draw):
    inner = draw(st.sampled_from([weighted_rubrics(), points_rubrics()]).flatmap(lambda rubrics: rubrics))
    bounds = draw(st.lists(decimals(-10, 90), max_size=4, unique=True))
    bands = [{"grade": "lowest"}, *({"grade": f"from {bound}", "min": bound} for bound in bounds)]
    rounding = draw(
        st.fixed_dictionaries({"decimals": st.integers(0, 2), "mode": st.sampled_from(["half_up", "down"])})
    )
    options = {**inner.options, "inner": inner.kind, "bands": bands, "rounding": rounding}
    return replace(inner, kind="banded", options=options)


CASES = {
    "weighted": Case(weighted.KIND, weighted_rubrics()),
    "levelled": Case(levelled.KIND, levelled_rubrics()),
    "points": Case(points.KIND, points_rubrics()),
    "checklist": Case(checklist.KIND, checklist_rubrics()),
    "banded": Case(banded.KIND, banded_rubrics()),
}
every_kind = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


def promise(check):
    """Hold every kind to a check over drawn data; few examples each, as eleven promises share the drawing."""
    few = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    return every_kind(few(given(data=st.data())(check)))


def draw_rubric(data, case):
    rubric = data.draw(case.rubrics, label="rubric")
    assume(not rubric_problems(case.kind, rubric))
    return rubric


def marks_on(scale):
    """Draw a value of a scale; words are ordered from the worst to the best."""
    if scale.choices:
        return st.sampled_from(scale.choices[::-1])
    if scale.levels:
        return st.sampled_from(sorted(level.value for level in scale.levels))
    step = scale.step or Decimal("0.01")
    return st.integers(0, int((scale.maximum - scale.minimum) / step)).map(lambda steps: scale.minimum + steps * step)


def draw_answers(data, case, rubric):
    answers = {}
    for question in case.kind.questions(rubric):
        ways = [marks_on(question.scale)]
        ways += [st.just("na")] if question.na_allowed else []
        ways += [st.none()] if not question.required else []
        value = data.draw(st.one_of(ways), label=question.criterion)
        reason = "because" if value in question.reason_for else ""
        answers.update({} if value is None else {question.criterion: Answer(value, "a comment", reason)})
    return answers


def draw_scored(data, case):
    """Draw a rubric, a complete sheet on which something counts, and its score."""
    rubric = draw_rubric(data, case)
    answers = draw_answers(data, case, rubric)
    score = score_or_none(case, rubric, answers)
    assume(score is not None)
    return rubric, answers, score


def score_or_none(case, rubric, answers) -> Score | None:
    try:
        return score_sheet(case.kind, rubric, answers)
    except InputRefused as refused:
        assert [problem.code for problem in refused.problems] == ["nothing_counts"]  # noqa: PT017  the sheet is complete
        return None


@promise
def test_a_complete_sheet_has_a_score_unless_nothing_on_it_counts(case, data):
    rubric = draw_rubric(data, case)
    answers = draw_answers(data, case, rubric)
    if score_or_none(case, rubric, answers) is None:
        counting = [leaf.id for leaf in rubric.leaves if leaf.weight and leaf.id in answers]
        left_out = [name for name in counting if not answers[name].is_na and weight_above(rubric, name)]
        assert left_out == []


def weight_above(rubric, name):
    def product(criteria, factor):
        for criterion in criteria:
            if criterion.id == name:
                return factor * criterion.weight
            found = product(criterion.children, factor * criterion.weight)
            if found is not None:
                return found
        return None

    return product(rubric.criteria, Decimal(1))


@promise
def test_a_total_is_within_the_bounds(case, data):
    rubric, _, score = draw_scored(data, case)
    least, greatest = case.kind.bounds(rubric)
    assert least <= score.total <= greatest


@promise
def test_the_lines_are_the_criteria_in_order_and_add_up_exactly(case, data):
    rubric, _, score = draw_scored(data, case)
    assert [line.criterion for line in score.lines] == [leaf.id for leaf in rubric.leaves]
    assert sum((line.points for line in score.lines), Fraction(0)) == score.total
    assert {type(figure) for figure in (score.total, *(line.points for line in score.lines))} == {Fraction}


@promise
def test_a_better_mark_never_lowers_the_total(case, data):
    rubric, answers, _ = draw_scored(data, case)
    marked = [asked for asked in case.kind.questions(rubric) if not answers.get(asked.criterion, Answer("na")).is_na]
    question = data.draw(st.sampled_from(marked), label="question")
    rank = question.scale.choices[::-1].index if question.scale.choices else Fraction
    marks = data.draw(st.lists(marks_on(question.scale), min_size=2, max_size=2, unique=True), label="marks")
    worse, better = (
        score_sheet(case.kind, rubric, {**answers, question.criterion: Answer(mark, "a comment", "because")})
        for mark in sorted(marks, key=rank)
    )
    assert better.total >= worse.total
    assert (better.passed or False) >= (worse.passed or False)


@promise
def test_the_order_of_answers_is_of_no_account(case, data):
    rubric, answers, score = draw_scored(data, case)
    shuffled = dict(data.draw(st.permutations(list(answers.items()))))
    assert score_sheet(case.kind, rubric, shuffled) == score


@promise
def test_the_same_in_gives_the_same_out_and_leaves_the_input_as_it_was(case, data):
    rubric, answers, score = draw_scored(data, case)
    before = repr((rubric, answers))
    assert score_sheet(case.kind, replace(rubric), {**answers}) == score
    assert score_sheet(case.kind, rubric, answers) == score
    assert repr((rubric, answers)) == before


@promise
def test_a_missing_mark_is_refused_and_not_guessed(case, data):
    rubric, answers, _ = draw_scored(data, case)
    required = [leaf.id for leaf in rubric.leaves if leaf.required]
    assume(required)
    missing = data.draw(st.sampled_from(required))
    with pytest.raises(InputRefused) as refused:
        score_sheet(case.kind, rubric, {name: answer for name, answer in answers.items() if name != missing})
    assert [(problem.field, problem.code) for problem in refused.value.problems] == [(missing, "missing")]


@promise
def test_a_foreign_mark_is_refused_and_not_passed_over(case, data):
    rubric, answers, _ = draw_scored(data, case)
    with pytest.raises(InputRefused) as refused:
        score_sheet(case.kind, rubric, {**answers, "foreign": Answer(Decimal(1))})
    assert [(problem.field, problem.code) for problem in refused.value.problems] == [("foreign", "foreign")]


@promise
def test_a_mark_off_its_scale_is_refused_and_not_moved(case, data):
    rubric, answers, _ = draw_scored(data, case)
    name = data.draw(st.sampled_from([leaf.id for leaf in rubric.leaves]))
    off = data.draw(st.sampled_from([Decimal(-1000), Decimal("0.0000001"), Decimal(1000), "excellent"]))
    assume({leaf.id: leaf for leaf in rubric.leaves}[name].scale.refusal(off))
    with pytest.raises(InputRefused) as refused:
        score_sheet(case.kind, rubric, {**answers, name: Answer(off, "a comment", "because")})
    assert [(problem.field, problem.code) for problem in refused.value.problems] == [(name, "off_scale")]


@promise
def test_answers_that_were_stored_or_typed_again_give_the_same_score(case, data):
    rubric, answers, score = draw_scored(data, case)
    stored = answers_as_json(answers)
    assert score_sheet(case.kind, rubric, answers_from_json(stored)) == score
    typed = {name: {**answer, "value": answer["value"].replace(".", ",")} for name, answer in stored.items()}
    assert score_sheet(case.kind, rubric, read_answers(case.kind, rubric, typed)) == score


@promise
def test_another_wording_gives_the_same_score_and_the_same_structure(case, data):
    rubric, answers, score = draw_scored(data, case)
    reworded = replace(rubric, name="Reworded", criteria=tuple(replace(each, name="Other") for each in rubric.criteria))
    assert score_sheet(case.kind, reworded, answers) == score
    assert (reworded.structure_hash, reworded.content_hash != rubric.content_hash) == (rubric.structure_hash, True)


@every_kind
def test_the_options_of_a_kind_survive_being_loaded_twice(case):
    given = {"bands": [{"grade": "A"}]} if case.kind.name == "banded" else {}
    loaded = case.kind.options().load(given)
    assert case.kind.options().load(loaded) == loaded
