from decimal import Decimal
from fractions import Fraction

import pytest

from juri.core.errors import InputRefused
from juri.core.scoring.rubric import Answer, Criterion, Line, Rubric
from juri.core.sheets import rubric_problems, score_sheet
from juri.rubrics.kinds.checklist import KIND, ChecklistItemOptions, ChecklistOptions, juri_rubric_kinds, prepare


def item(name, *, reasons=(), **more):
    return prepare(Criterion(name, options={"reasons": list(reasons)}, **more))


def checklist(*items, **options):
    return Rubric("r", "checklist", items, options=options)


def score(rubric, **answers):
    return score_sheet(
        KIND,
        rubric,
        {
            name: Answer(*answer.split("/")[:1], reason="".join(answer.split("/")[1:]))
            for name, answer in answers.items()
        },
    )


def codes(rubric):
    return [(problem.field, problem.code) for problem in rubric_problems(KIND, rubric)]


THREE = (item("letter"), item("photo", na_allowed=True), item("video", required=False))


def test_the_hook_offers_the_kind():
    assert juri_rubric_kinds() == [KIND]


class TestGate:
    def test_a_sheet_passes_unless_a_required_item_is_answered_no(self):
        assert score(checklist(*THREE), letter="yes", photo="yes").passed is True
        assert score(checklist(*THREE), letter="no", photo="yes").passed is False
        assert score(checklist(*THREE), letter="yes", photo="no").passed is False

    def test_no_for_what_is_not_required_does_not_stop_it(self):
        assert score(checklist(*THREE), letter="yes", photo="yes", video="no").passed is True

    def test_what_does_not_apply_does_not_stop_it(self):
        assert score(checklist(*THREE), letter="yes", photo="na").passed is True

    def test_a_sheet_on_which_nothing_applies_is_refused(self):
        with pytest.raises(InputRefused, match="no item that counts applies"):
            score(checklist(item("photo", na_allowed=True)), photo="na")

    def test_its_total_counts_the_items_answered_yes(self):
        assert score(checklist(*THREE), letter="yes", photo="no").lines == (
            Line("letter", Fraction(1), "yes"),
            Line("photo", Fraction(0), "no"),
            Line("video", Fraction(0), "left out"),
        )


class TestCount:
    def test_a_count_neither_passes_nor_fails(self):
        counted = score(checklist(*THREE, mode="count"), letter="no", photo="yes", video="yes")
        assert (counted.total, counted.passed) == (2, None)

    def test_a_weight_makes_an_item_count_more(self):
        rubric = checklist(item("a", weight=Decimal("2.5")), item("b"), mode="count")
        assert KIND.bounds(rubric) == (0, Fraction(7, 2))
        assert score(rubric, a="yes", b="no").total == Fraction(5, 2)

    def test_a_share_is_in_percent_of_the_items_that_apply(self):
        rubric = checklist(*THREE, mode="count", count="share")
        assert KIND.bounds(rubric) == (0, 100)
        assert score(rubric, letter="yes", photo="no", video="no").total == Fraction(100, 3)
        assert score(rubric, letter="yes", photo="na").total == 100


class TestReasons:
    RUBRIC = checklist(item("letter", reasons=["unsigned", "missing"]), item("photo"), reason_for=["no"])

    def test_no_needs_a_reason_where_that_is_declared(self):
        assert score(self.RUBRIC, letter="no/unsigned", photo="yes").lines[0] == Line(
            "letter", Fraction(0), "no: unsigned"
        )
        with pytest.raises(
            InputRefused, match="'letter' needs a reason for the answer 'no'; choose from unsigned, missing"
        ):
            score(self.RUBRIC, letter="no", photo="yes")

    def test_the_reason_is_one_of_the_items_own_where_it_has_some(self):
        with pytest.raises(InputRefused, match="'late' is not a reason of 'letter'"):
            score(self.RUBRIC, letter="no/late", photo="yes")
        assert score(self.RUBRIC, letter="yes", photo="no/late").passed is False

    def test_no_needs_no_reason_where_nothing_is_declared(self):
        assert score(checklist(*THREE), letter="no", photo="yes").passed is False


def test_an_item_is_answered_with_yes_or_no_and_na_only_where_allowed():
    with pytest.raises(InputRefused) as refused:
        score(checklist(*THREE), letter="na", photo="perhaps")
    assert [(problem.field, problem.code) for problem in refused.value.problems] == [
        ("letter", "na_not_allowed"),
        ("photo", "off_scale"),
    ]


def test_items_may_stand_under_headings():
    heading = prepare(Criterion("documents", children=THREE))
    assert codes(checklist(heading)) == []
    assert score(checklist(heading), letter="yes", photo="yes").total == 2


def test_a_list_that_is_not_of_yes_and_no_is_refused():
    assert codes(checklist(Criterion("a"))) == [("a", "not_yes_or_no")]
    assert codes(checklist(item("a", weight=Decimal(0)))) == [("criteria", "no_weight")]


def test_the_options_have_their_defaults_and_refuse_other_words():
    assert ChecklistOptions().load({}) == {"mode": "gate", "count": "number", "reason_for": []}
    assert sorted(ChecklistOptions().validate({"mode": "door", "count": "all", "reason_for": ["maybe"]})) == [
        "count",
        "mode",
        "reason_for",
    ]
    assert ChecklistItemOptions().validate({"reasons": [""]}) == {"reasons": {0: ["Shorter than minimum length 1."]}}
