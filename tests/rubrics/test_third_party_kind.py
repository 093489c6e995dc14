from decimal import Decimal
from fractions import Fraction

import pytest

from juri.core.errors import InputRefused
from juri.core.scoring.rubric import Answer, Criterion, Line, Rubric
from juri.core.sheets import rubric_problems, score_sheet

PLUGIN = '''"""Each mark counts as it is, and the best one counts twice."""
from juri.core.extension import RubricKind
from juri.core.scoring.rubric import Line, Score
from juri.plugins import hookimpl

def score(rubric, answers):
    marks = {leaf.id: answers[leaf.id].number for leaf in rubric.leaves}
    best = max(marks, key=marks.get)
    return Score.of([Line(name, mark * (1 + (name == best))) for name, mark in marks.items()])

@hookimpl
def juri_rubric_kinds():
    return [RubricKind(name="best-twice", title="The best mark counts twice", version="1", score=score)]
'''

RUBRIC = Rubric("r", "best-twice", (Criterion("a"), Criterion("b"), Criterion("c")))


@pytest.fixture
def kind():
    module = {}
    exec(compile(PLUGIN, "best_twice.py", "exec"), module)  # noqa: S102  the text of a plugin file, as its author wrote it
    [offered] = module["juri_rubric_kinds"]()
    return offered


def test_a_rubric_kind_is_a_file_of_at_most_fifteen_lines():
    assert len(PLUGIN.splitlines()) <= 15


def test_it_scores_a_sheet_like_any_other_kind(kind):
    answers = {name: Answer(Decimal(mark)) for name, mark in {"a": "70", "b": "84.38", "c": "60"}.items()}
    score = score_sheet(kind, RUBRIC, answers, owner="best_twice.py")
    assert rubric_problems(kind, RUBRIC) == []
    assert score.lines == (Line("a", Fraction(70)), Line("b", Fraction("168.76")), Line("c", Fraction(60)))
    assert score.total == Fraction("298.76")


def test_the_engine_checks_the_sheet_for_it(kind):
    with pytest.raises(InputRefused) as refused:
        score_sheet(kind, RUBRIC, {"a": Answer(Decimal(101)), "b": Answer(Decimal(1))})
    assert [problem.code for problem in refused.value.problems] == ["off_scale", "missing"]
