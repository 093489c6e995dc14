# ruff: noqa: ARG005  the lambdas stand in for callables of the contract, which take what the contract gives them
import json
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from juri.core.errors import InputRefused, PluginError, Problem
from juri.core.extension import RubricKind
from juri.core.scoring.rubric import (
    OVERALL,
    Answer,
    Bonus,
    Criterion,
    Level,
    Line,
    OverallComment,
    Rubric,
    Scale,
    Score,
    questions,
)
from juri.core.sheets import (
    NOT_YET,
    answers_as_json,
    answers_from_json,
    asked_by,
    full_points,
    reachable_totals,
    read_answers,
    rubric_problems,
    score_sheet,
)

RUBRIC = Rubric(
    "r",
    "plain",
    (
        Criterion("impact", na_allowed=True),
        Criterion("novelty", scale=Scale(Decimal(1), Decimal(5), Decimal("0.5")), comment_required=True),
        Criterion("legal", scale=Scale(choices=("yes", "no"))),
    ),
)


def add_up(rubric, answers):
    return Score.of(
        [Line(name, answer.number) for name, answer in answers.items() if not isinstance(answer.value, str)]
    )


PLAIN = RubricKind(name="plain", title="Plain sum", version="1", score=add_up)
GOOD = {
    "impact": Answer(Decimal(80)),
    "novelty": Answer(Decimal("4.5"), comment="new here"),
    "legal": Answer("yes"),
}


class TestScoreSheet:
    def test_a_good_sheet_is_scored_by_its_kind(self):
        assert score_sheet(PLAIN, RUBRIC, GOOD).total == Fraction("84.5")

    def test_a_sheet_with_faults_is_refused_before_the_kind_sees_it(self):
        kind = replace(PLAIN, score=lambda rubric, answers: pytest.fail("the kind was called"))
        with pytest.raises(InputRefused) as refused:
            score_sheet(kind, RUBRIC, {"impact": Answer(Decimal(800)), "more": Answer("yes")})
        assert [(problem.field, problem.code) for problem in refused.value.problems] == [
            ("more", "foreign"),
            ("impact", "off_scale"),
            ("novelty", "missing"),
            ("legal", "missing"),
        ]

    @pytest.mark.parametrize(
        ("broken", "why"),
        [
            (lambda rubric, answers: 1 / 0, "ZeroDivisionError: division by zero"),
            (lambda rubric, answers: (_ for _ in ()).throw(SystemExit(3)), "SystemExit: 3"),
            (lambda rubric, answers: answers["absent"], "KeyError: 'absent'"),
            (lambda rubric, answers: answers.clear(), "AttributeError: 'mappingproxy' object has no attribute 'clear'"),
            (lambda rubric, answers: 84, "returned int; return a Score, such as Score.of(lines)"),
            (lambda rubric, answers: Score(Fraction(1), (1,)), "holds lines that are not a Line(criterion, points)"),
            (
                lambda rubric, answers: Score(Fraction(3), (Line("impact", Fraction(2)),)),
                "the lines add up to 2, but the total is 3",
            ),
            (
                lambda rubric, answers: Score(0.5, ()),
                "the total is 0.5, a float; scores are exact: return a Fraction",
            ),
            (
                lambda rubric, answers: Score(Fraction(1, 2), (Line("impact", 0.5),)),
                "the line 'impact' is 0.5, a float; scores are exact: return a Fraction",
            ),
        ],
    )
    def test_a_kind_that_breaks_is_named_with_what_it_did(self, broken, why):
        with pytest.raises(PluginError) as error:
            score_sheet(replace(PLAIN, score=broken), RUBRIC, GOOD, owner="plain-plugin")
        assert (error.value.plugin, error.value.hook, error.value.why) == (
            "plain-plugin",
            "score of rubric kind 'plain'",
            why,
        )

    def test_a_kind_without_a_known_owner_is_named_itself(self):
        with pytest.raises(PluginError, match="plugin 'plain'"):
            score_sheet(replace(PLAIN, questions=lambda rubric: 1 / 0), RUBRIC, GOOD)

    def test_a_kind_may_refuse_a_sheet(self):
        def refuse(rubric, answers):
            raise InputRefused.at("impact", "too good to be true")

        with pytest.raises(InputRefused, match="too good to be true"):
            score_sheet(replace(PLAIN, score=refuse), RUBRIC, GOOD)

    def test_an_interrupt_from_the_keyboard_is_not_the_plugins_fault(self):
        def interrupt(rubric, answers):
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            score_sheet(replace(PLAIN, score=interrupt), RUBRIC, GOOD)


class TestReachableTotals:
    """What a sheet may still come to: the lowest and the highest value wherever one is required."""

    def test_an_empty_sheet_spans_the_whole_range(self):
        assert reachable_totals(PLAIN, RUBRIC, {}) == (Fraction(1), Fraction(105))

    def test_every_score_narrows_the_range(self):
        given = {"impact": Answer(Decimal(80)), "novelty": Answer(NOT_YET, "no score yet")}
        assert reachable_totals(PLAIN, RUBRIC, given) == (Fraction(81), Fraction(85))

    def test_a_complete_sheet_has_one_total_even_where_a_comment_is_still_missing(self):
        given = {**GOOD, "novelty": Answer(Decimal("4.5"))}
        assert reachable_totals(PLAIN, RUBRIC, given) == (Fraction("84.5"), Fraction("84.5"))

    def test_what_need_not_be_scored_counts_only_once_it_is(self):
        rubric = replace(RUBRIC, criteria=(*RUBRIC.criteria, Criterion("extra", required=False)))
        assert reachable_totals(PLAIN, rubric, GOOD) == (Fraction("84.5"), Fraction("84.5"))
        assert reachable_totals(PLAIN, rubric, {**GOOD, "extra": Answer(Decimal(10))}) == (
            Fraction("94.5"),
            Fraction("94.5"),
        )

    def test_levels_span_from_the_lowest_to_the_highest_in_whatever_order_they_stand(self):
        levels = tuple(Level(Decimal(value)) for value in (5, 1, 3))
        rubric = replace(RUBRIC, criteria=(Criterion("impact", scale=Scale(levels=levels)),))
        assert reachable_totals(PLAIN, rubric, {}) == (Fraction(1), Fraction(5))

    @pytest.mark.parametrize("reasons", [(), ("expired",)])
    def test_a_reason_that_is_still_missing_is_of_no_account(self, reasons):
        asked = replace(
            PLAIN,
            questions=lambda rubric: tuple(
                replace(each, reason_for=("no",), reasons=reasons) for each in questions(rubric)
            ),
        )
        assert reachable_totals(asked, RUBRIC, {**GOOD, "legal": Answer("no")}) == (Fraction("84.5"), Fraction("84.5"))

    def test_there_is_none_where_the_kind_refuses_the_sheet(self):
        def refuse(rubric, answers):
            raise InputRefused.at("criteria", "nothing counts")

        assert reachable_totals(replace(PLAIN, score=refuse), RUBRIC, {}) is None


class TestReadAnswers:
    def test_what_was_typed_becomes_answers(self):
        typed = {"impact": "84,38", "novelty": {"value": " 4.5 ", "comment": "new here"}, "legal": "Yes"}
        assert read_answers(PLAIN, RUBRIC, typed) == {
            "impact": Answer(Decimal("84.38")),
            "novelty": Answer(Decimal("4.5"), comment="new here"),
            "legal": Answer("yes"),
        }

    @pytest.mark.parametrize("number", [80, 80.0, Decimal("8E+1"), "80", {"value": 80}])
    def test_a_number_may_come_as_a_number(self, number):
        typed = {"impact": number, "novelty": {"value": 1.5, "comment": "c"}, "legal": "no"}
        assert read_answers(PLAIN, RUBRIC, typed)["impact"].value == 80

    @pytest.mark.parametrize("written", ["na", "NA", " Na "])
    def test_not_applicable_is_read_in_any_case(self, written):
        assert read_answers(PLAIN, RUBRIC, {"impact": written}, complete=False) == {"impact": Answer("na")}

    def test_every_problem_is_listed_with_its_criterion(self):
        typed = {
            "impact": "1.234,5",
            "novelty": {"value": "4.4"},
            "legal": "perhaps",
            "colour": "7",
            "smell": True,
            "taste": {"value": 1, "note": "sweet"},
        }
        with pytest.raises(InputRefused) as refused:
            read_answers(PLAIN, RUBRIC, typed)
        assert sorted((problem.field, problem.code) for problem in refused.value.problems) == [
            ("colour", "foreign"),
            ("impact", "unreadable"),
            ("legal", "off_scale"),
            ("novelty", "comment_missing"),
            ("novelty", "off_scale"),
            ("smell", "unreadable"),
            ("taste", "unreadable"),
        ]

    def test_a_number_that_lost_its_comma_is_off_the_scale(self):
        with pytest.raises(InputRefused, match="impact: 8031 is outside the scale 0 to 100"):
            read_answers(PLAIN, RUBRIC, {"impact": "8031"}, complete=False)

    @pytest.mark.parametrize("number", [float("nan"), float("inf"), Decimal("NaN"), "NaN"])
    def test_what_is_no_number_is_refused(self, number):
        with pytest.raises(InputRefused, match="is not a number"):
            read_answers(PLAIN, RUBRIC, {"impact": number}, complete=False)

    @pytest.mark.parametrize("nothing", [None, "", "  ", {"value": ""}, {"comment": " "}])
    def test_an_empty_field_is_no_answer(self, nothing):
        assert read_answers(PLAIN, RUBRIC, {"impact": nothing}, complete=False) == {}
        with pytest.raises(InputRefused, match="impact: 'impact' is not answered"):
            read_answers(PLAIN, RUBRIC, {"impact": nothing})

    def test_a_draft_keeps_a_comment_that_has_no_score_yet(self):
        typed = {"impact": {"comment": "later"}}
        assert read_answers(PLAIN, RUBRIC, typed, complete=False) == {"impact": Answer(NOT_YET, "later")}
        assert answers_from_json(answers_as_json({"impact": Answer(NOT_YET, "later")})) == {
            "impact": Answer(NOT_YET, "later")
        }
        with pytest.raises(InputRefused, match="impact: 'impact' is not answered"):
            read_answers(PLAIN, RUBRIC, typed)

    def test_a_comment_on_a_criterion_that_is_not_asked_is_refused_in_a_draft_too(self):
        with pytest.raises(InputRefused, match="strange: 'strange' is not a criterion"):
            read_answers(PLAIN, RUBRIC, {"strange": {"comment": "later"}}, complete=False)

    def test_a_draft_may_be_open_but_not_wrong(self):
        assert read_answers(PLAIN, RUBRIC, {"novelty": "4.5"}, complete=False) == {"novelty": Answer(Decimal("4.5"))}
        with pytest.raises(InputRefused, match=r"4\.4 is not a step"):
            read_answers(PLAIN, RUBRIC, {"novelty": "4.4"}, complete=False)

    def test_reasons_are_read(self):
        asked = replace(PLAIN, questions=lambda rubric: (replace(questions(rubric)[2], reason_for=("no",)),))
        assert read_answers(asked, RUBRIC, {"legal": {"value": "no", "reason": "expired"}}) == {
            "legal": Answer("no", reason="expired")
        }


class TestStorage:
    def test_answers_are_stored_sorted_with_canonical_numbers(self):
        answers = {"b": Answer(Decimal("84.50"), comment="fair"), "a": Answer("no", reason="late"), "c": Answer("na")}
        assert answers_as_json(answers) == {
            "a": {"value": "no", "reason": "late"},
            "b": {"value": "84.5", "comment": "fair"},
            "c": {"value": "na"},
        }
        assert list(answers_as_json(answers)) == ["a", "b", "c"]

    @given(
        st.dictionaries(
            st.text(min_size=1),
            st.builds(
                Answer,
                st.one_of(st.sampled_from(["yes", "no", "na"]), st.decimals(-1000, 1000, places=4)),
                st.text(),
                st.text(),
            ),
        )
    )
    def test_what_was_stored_is_read_back(self, answers):
        stored = json.loads(json.dumps(answers_as_json(answers)))
        assert answers_from_json(stored) == answers


class TestRubricProblems:
    def problems(self, *criteria, kind=PLAIN, **more):
        return [
            (problem.field, problem.code)
            for problem in rubric_problems(kind, Rubric("r", "plain", criteria, **more), owner="plain-plugin")
        ]

    def test_a_good_rubric_has_none(self):
        assert rubric_problems(PLAIN, RUBRIC) == []

    @pytest.mark.parametrize(
        ("criteria", "problem"),
        [
            ((), ("criteria", "empty")),
            ((Criterion(" "),), ("criteria", "no_id")),
            ((Criterion("a"), Criterion("g", children=(Criterion("a"),))), ("a", "double_id")),
            ((Criterion("a", weight=Decimal(-1)),), ("a", "bad_weight")),
            ((Criterion("a", weight=Decimal("NaN")),), ("a", "bad_weight")),
            ((Criterion("a", scale=Scale(Decimal(5), Decimal(5))),), ("a", "bad_scale")),
            ((Criterion("a", scale=Scale(Decimal(0), Decimal("Infinity"))),), ("a", "bad_scale")),
            ((Criterion("a", scale=Scale(step=Decimal(-1))),), ("a", "bad_scale")),
            ((Criterion("a", scale=Scale(step=Decimal(3))),), ("a", "bad_scale")),
            ((Criterion("a", scale=Scale(levels=(Level(Decimal(1)), Level(Decimal("1.0"))))),), ("a", "bad_scale")),
            ((Criterion("a", scale=Scale(choices=("yes", "yes"))),), ("a", "bad_scale")),
            ((Criterion("a", scale=Scale(choices=("one", "2"))),), ("a", "bad_scale")),
        ],
    )
    def test_what_no_kind_can_use_is_refused(self, criteria, problem):
        assert self.problems(*criteria) == [problem]

    @pytest.mark.parametrize(
        "bonus",
        [
            Bonus("b", "age", points=Decimal(5)),
            Bonus("b", "age", at_least=Decimal(2), equals="2", points=Decimal(5)),
            Bonus("b", "age", at_least=Decimal(2)),
            Bonus("b", "age", at_least=Decimal(2), points=Decimal(-5)),
            Bonus("b", "age", at_least=Decimal(2), percent=Decimal("NaN")),
        ],
    )
    def test_a_bonus_has_one_condition_and_one_amount_that_never_lowers_a_score(self, bonus):
        assert self.problems(Criterion("a"), bonuses=(bonus,)) == [("b", "bad_bonus")]
        good = Bonus("b", "age", at_least=Decimal(2), points=Decimal(0))
        assert self.problems(Criterion("a"), bonuses=(good,)) == []

    def test_the_kind_then_says_what_it_cannot_use(self):
        kind = replace(PLAIN, check=lambda rubric: [Problem("a", "not mine")])
        assert self.problems(Criterion("a"), kind=kind) == [("a", "invalid")]
        assert self.problems(kind=kind) == [("criteria", "empty")]

    def test_a_rubric_on_which_every_sheet_is_worth_the_same_is_refused(self):
        kind = replace(PLAIN, bounds=lambda rubric: (Fraction(5), Fraction(5)))
        assert self.problems(Criterion("a"), kind=kind) == [("criteria", "no_room")]

    @pytest.mark.parametrize(
        ("broken", "hook"),
        [
            ({"check": lambda rubric: 1 / 0}, "check of rubric kind 'plain'"),
            ({"bounds": lambda rubric: 1 / 0}, "bounds of rubric kind 'plain'"),
            ({"bounds": lambda rubric: 100}, "bounds of rubric kind 'plain'"),
        ],
    )
    def test_a_kind_that_breaks_while_it_checks_is_named(self, broken, hook):
        with pytest.raises(PluginError) as error:
            self.problems(Criterion("a"), kind=replace(PLAIN, **broken))
        assert (error.value.plugin, error.value.hook) == ("plain-plugin", hook)


class TestOverallComment:
    ASKS = replace(RUBRIC, overall=OverallComment(required=True, min_words=3))

    def read(self, comment, **options):
        typed = {"impact": "80", "novelty": {"value": "4.5", "comment": "new"}, "legal": "yes", OVERALL: comment}
        return read_answers(PLAIN, self.ASKS, typed, **options)

    @pytest.mark.parametrize(
        ("comment", "code"),
        [("", "comment_missing"), ({"comment": " "}, "comment_missing"), ("too short", "comment_short")],
    )
    def test_one_that_is_missing_or_short_keeps_a_sheet_from_being_complete_and_a_draft_from_nothing(
        self, comment, code
    ):
        with pytest.raises(InputRefused) as refused:
            self.read(comment)
        assert [(problem.field, problem.code) for problem in refused.value.problems] == [(OVERALL, code)]
        assert self.read(comment, complete=False).keys() >= {"impact", "novelty", "legal"}

    def test_a_kind_never_sees_it_and_it_adds_nothing(self):
        seen = []
        kind = replace(PLAIN, score=lambda rubric, answers: seen.append(set(answers)) or add_up(rubric, answers))
        answers = self.read("good on the whole")
        score = score_sheet(kind, self.ASKS, answers)
        assert (score.total, [line.criterion for line in score.lines]) == (Fraction("84.5"), ["impact", "novelty"])
        assert seen == [{"impact", "novelty", "legal"}]
        assert answers_from_json(answers_as_json(answers)) == answers

    def test_totals_are_told_without_it(self):
        assert reachable_totals(PLAIN, self.ASKS, {}) == reachable_totals(PLAIN, RUBRIC, {})
        assert full_points(PLAIN, self.ASKS) == full_points(PLAIN, RUBRIC)

    def test_a_rubric_without_one_keeps_its_hash_and_refuses_it_as_foreign(self):
        assert self.ASKS.content_hash != RUBRIC.content_hash
        assert [each.criterion for each in asked_by(PLAIN, self.ASKS)] == ["impact", "novelty", "legal", OVERALL]
        assert "overall" not in json.dumps([each.criterion for each in asked_by(PLAIN, RUBRIC)])
        with pytest.raises(InputRefused) as refused:
            score_sheet(PLAIN, RUBRIC, {**GOOD, OVERALL: Answer(NOT_YET, "good on the whole")})
        assert refused.value.problems == (Problem(OVERALL, "the rubric asks for no overall comment", "foreign"),)
