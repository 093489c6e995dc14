from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType

import pytest

from juri.core.errors import InputRefused, Problem
from juri.core.scoring.rubric import (
    Answer,
    Bonus,
    Criterion,
    Level,
    Line,
    Question,
    Rubric,
    Scale,
    Score,
    check_answers,
    decimal_as_text,
    questions,
    require_answers,
)

HALVES = Scale(Decimal(0), Decimal(10), Decimal("0.5"))
LEVELS = Scale(levels=tuple(Level(Decimal(value)) for value in (1, 2, 3, 5, 6, 7)))
YES_NO = Scale(choices=("yes", "no"))


def number(text):
    return Answer(Decimal(text))


class TestScale:
    @pytest.mark.parametrize("value", ["0", "0.5", "9.5", "10", "10.0"])
    def test_a_value_on_a_step_is_accepted(self, value):
        assert HALVES.refusal(Decimal(value)) is None

    @pytest.mark.parametrize(
        ("scale", "value", "why"),
        [
            (HALVES, Decimal("0.4"), "0.4 is not a step of 0.5 from 0"),
            (HALVES, Decimal("10.5"), "10.5 is outside the scale 0 to 10"),
            (HALVES, Decimal("-0.5"), "-0.5 is outside the scale 0 to 10"),
            (HALVES, Decimal("NaN"), "'NaN' is not a number"),
            (HALVES, "good", "'good' is not a number"),
            (LEVELS, Decimal(4), "4 is not a level; the levels are 1, 2, 3, 5, 6, 7"),
            (YES_NO, "maybe", "'maybe' is not one of yes, no"),
            (YES_NO, Decimal(1), "'1' is not one of yes, no"),
        ],
    )
    def test_a_value_off_the_scale_is_refused_with_the_reason(self, scale, value, why):
        assert scale.refusal(value) == why

    def test_a_mark_of_many_digits_is_not_rounded_onto_a_step(self):
        assert HALVES.refusal(Decimal("5.00000000000000000000000000000000001")) is not None

    def test_a_step_is_counted_from_the_least_value(self):
        assert Scale(Decimal("0.25"), Decimal("1.25"), Decimal("0.5")).refusal(Decimal("0.75")) is None

    def test_least_and_greatest_are_those_of_the_range_or_of_the_levels(self):
        assert (HALVES.least, HALVES.greatest) == (0, 10)
        assert (LEVELS.least, LEVELS.greatest) == (1, 7)


class TestAnswers:
    ASKED = (
        Question("a", "A", HALVES, required=True, na_allowed=False, comment_required=False),
        Question("b", "B", LEVELS, required=False, na_allowed=True, comment_required=True),
        Question(
            "c",
            "C",
            YES_NO,
            required=True,
            na_allowed=False,
            comment_required=False,
            reason_for=("no",),
            reasons=("late", "empty"),
        ),
    )
    GOOD = MappingProxyType({"a": number("9.5"), "b": Answer(Decimal(7), comment="good"), "c": Answer("yes")})

    def problems(self, **changed):
        answers = {name: answer for name, answer in {**self.GOOD, **changed}.items() if answer is not None}
        return [(problem.field, problem.code) for problem in check_answers(self.ASKED, answers)]

    def test_a_complete_sheet_has_no_problems(self):
        assert self.problems() == []

    def test_what_is_not_required_may_be_left_out(self):
        assert self.problems(b=None) == []

    @pytest.mark.parametrize(
        ("changed", "problem"),
        [
            ({"a": None}, ("a", "missing")),
            ({"z": number("1")}, ("z", "foreign")),
            ({"a": number("11")}, ("a", "off_scale")),
            ({"a": Answer("na")}, ("a", "na_not_allowed")),
            ({"b": Answer("na")}, ("b", "comment_missing")),
            ({"b": Answer(Decimal(4), comment="so-so")}, ("b", "off_scale")),
            ({"c": Answer("no")}, ("c", "reason_missing")),
            ({"c": Answer("no", reason=" ")}, ("c", "unknown_reason")),
            ({"c": Answer("no", reason="tired")}, ("c", "unknown_reason")),
            ({"c": Answer("na")}, ("c", "na_not_allowed")),
        ],
    )
    def test_each_fault_is_named_with_its_criterion(self, changed, problem):
        assert problem in self.problems(**changed)

    def test_na_is_an_answer_where_it_is_allowed(self):
        assert self.problems(b=Answer("na", comment="does not apply")) == []

    def test_na_may_be_one_of_the_words_of_a_scale(self):
        asked = replace(self.ASKED[2], scale=Scale(choices=("yes", "no", "na")), reason_for=("na",), reasons=())
        assert [str(problem) for problem in check_answers((asked,), {"c": Answer("na")})] == [
            "c: 'c' needs a reason for the answer 'na'"
        ]

    def test_a_missing_reason_says_which_there_are(self):
        problems = check_answers(self.ASKED, {**self.GOOD, "c": Answer("no")})
        assert problems == [
            Problem("c", "'c' needs a reason for the answer 'no'; choose from late, empty", "reason_missing")
        ]

    def test_every_fault_is_listed_at_once(self):
        assert self.problems(a=None, c=Answer("maybe"), z=Answer("yes")) == [
            ("z", "foreign"),
            ("a", "missing"),
            ("c", "off_scale"),
        ]

    def test_a_sheet_with_faults_is_refused(self):
        require_answers(self.ASKED, self.GOOD)
        with pytest.raises(InputRefused) as refused:
            require_answers(self.ASKED, {})
        assert [problem.field for problem in refused.value.problems] == ["a", "c"]

    def test_an_answer_gives_its_number_exactly_or_not_at_all(self):
        assert number("84.38").number == Fraction(4219, 50)
        with pytest.raises(ValueError, match="'na' is not a number"):
            _ = Answer("na").number


def tree():
    return Rubric(
        "r",
        "weighted",
        (
            Criterion("g", weight=Decimal(40), children=(Criterion("a", name="A"), Criterion("b"))),
            Criterion("c", weight=Decimal(60)),
        ),
    )


def test_a_juror_answers_the_leaves_in_reading_order():
    assert [leaf.id for leaf in tree().leaves] == ["a", "b", "c"]
    assert [(question.criterion, question.text) for question in questions(tree())] == [
        ("a", "A"),
        ("b", "b"),
        ("c", "c"),
    ]


def test_a_score_made_of_lines_is_their_sum():
    lines = [Line("a", Fraction(1, 3)), Line("b", Fraction(2, 3))]
    assert Score.of(lines, grade="A") == Score(Fraction(1), tuple(lines), grade="A")
    assert Score.of([]) == Score(Fraction(0), ())


class TestHashes:
    RUBRIC = Rubric(
        "r",
        "levelled",
        (
            Criterion(
                "a", "Impact", "How much?", Decimal(30), Scale(levels=(Level(Decimal(1), "low"), Level(Decimal(2))))
            ),
            Criterion("b", weight=Decimal(70), options=MappingProxyType({"x": 1, "y": [True, None, "z"]})),
        ),
        name="Proposal",
        bonuses=(Bonus("two_years", "age", at_least=Decimal(2), points=Decimal(5)),),
        options=MappingProxyType({"weights": "percent", "na": "zero"}),
    )

    def first(self, **changed):
        return replace(self.RUBRIC, criteria=(replace(self.RUBRIC.criteria[0], **changed), self.RUBRIC.criteria[1]))

    def test_another_wording_changes_the_content_and_not_the_structure(self):
        other_levels = Scale(levels=(Level(Decimal(1), "weak", "hardly any"), Level(Decimal(2))))
        reworded = [
            replace(self.RUBRIC, name="Usulan"),
            self.first(name="Dampak"),
            self.first(description="Seberapa besar?"),
            self.first(scale=other_levels),
        ]
        assert {rubric.structure_hash for rubric in reworded} == {self.RUBRIC.structure_hash}
        assert len({rubric.content_hash for rubric in [self.RUBRIC, *reworded]}) == 5

    def test_whatever_can_change_a_score_changes_the_structure(self):
        changed = [
            self.first(weight=Decimal(31)),
            self.first(required=False),
            self.first(na_allowed=True),
            self.first(scale=Scale()),
            replace(self.RUBRIC, kind="weighted"),
            replace(self.RUBRIC, bonuses=()),
            replace(self.RUBRIC, options={"weights": "percent", "na": "renormalise"}),
            replace(self.RUBRIC, options={"weights": "percent", "na": "zero", "cap": 30}),
            replace(self.RUBRIC, options={"weights": "percent", "na": "zero", "cap": "30"}),
        ]
        assert len({rubric.structure_hash for rubric in [self.RUBRIC, *changed]}) == 10

    @pytest.mark.parametrize("weight", ["30.0", "30.000", "3E+1"])
    def test_the_way_a_number_is_written_changes_no_hash(self, weight):
        written = self.first(weight=Decimal(weight))
        assert (written.structure_hash, written.content_hash) == (self.RUBRIC.structure_hash, self.RUBRIC.content_hash)

    def test_neither_the_order_of_keys_nor_the_type_of_a_whole_number_changes_a_hash(self):
        turned = replace(self.RUBRIC, options={"na": "zero", "weights": "percent", "cap": Decimal("30.0")})
        plain = replace(self.RUBRIC, options={"weights": "percent", "na": "zero", "cap": 30})
        assert turned.content_hash == plain.content_hash

    def test_a_hash_once_stored_stays_what_it_is(self):
        rubric = Rubric("r", "weighted", (Criterion("a", "A", weight=Decimal("0.50")),))
        assert rubric.structure_hash == "3063e303de3953366934766366d4c30a2942eac2b3cddc7825f7de54f0ce7a76"
        assert rubric.content_hash == "9d70e93e4e7eed8afa18aee813b1e959efe5bf653fb58672bb5ba22504fb4861"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("84.380", "84.38"),
        ("30.0", "30"),
        ("100", "100"),
        ("1E+2", "100"),
        ("-0.0", "0"),
        ("-1.50", "-1.5"),
        ("0.12345678901234567890123456789012345", "0.12345678901234567890123456789012345"),
    ],
)
def test_a_decimal_has_one_canonical_text(value, text):
    assert decimal_as_text(Decimal(value)) == text
