"""What options are written in: exact numbers, moments, texts in two languages, references."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from marshmallow import ValidationError

from juri.core.document import RuleUse, Text
from juri.core.scoring.combine import Combination
from juri.core.scoring.number import Rounding
from juri.plugins.options import Exact, ExactText, Moment, RankingOf, Reference, RoundingStep, Whole, Wording, for_track


@pytest.mark.parametrize("value", [5, "5", " 5 ", Decimal(5)])
def test_a_whole_number_is_read_as_it_was_written(value):
    assert Whole().deserialize(value) == 5


@pytest.mark.parametrize("value", [5.0, True, "5.0", Decimal("5.5"), "five", None, "1e2"])
def test_what_is_no_whole_number_is_refused(value):
    with pytest.raises(ValidationError):
        Whole().deserialize(value)


@pytest.mark.parametrize("value", ["84.50", Decimal("84.5")])
def test_an_exact_number_keeps_its_digits(value):
    assert (Exact().deserialize(value), ExactText().deserialize(value)) == (Decimal("84.5"), "84.5")


@pytest.mark.parametrize("value", [84.5, True, "84,5", "1e5", "nan", Decimal("Infinity"), "", "x"])
def test_what_is_not_exact_is_refused(value):
    with pytest.raises(ValidationError):
        Exact().deserialize(value)


def test_a_moment_has_an_offset_and_is_kept_as_text():
    assert Moment().deserialize(datetime(2023, 6, 1, tzinfo=UTC)) == "2023-06-01T00:00:00+00:00"
    for value in ("2023-06-01T09:00", "tomorrow", 5):
        with pytest.raises(ValidationError):
            Moment().deserialize(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Juara", Text("Juara", "Juara")),
        ({"id": "Juara", "en": "Winner"}, Text("Juara", "Winner")),
        ({"en": "W"}, Text("W", "W")),
    ],
)
def test_a_text_is_one_string_or_one_in_each_language(value, text):
    assert Wording().deserialize(value) == text


@pytest.mark.parametrize("value", [5, " ", {}, {"id": ""}, {"fr": "Gagnant"}])
def test_what_says_nothing_is_no_text(value):
    with pytest.raises(ValidationError):
        Wording().deserialize(value)


def test_a_rule_is_a_name_or_a_name_with_options():
    assert Reference("cut_rules").deserialize("human") == RuleUse("human")
    assert Reference("methods", key="name").deserialize({"name": "trimmed", "low": 1}) == RuleUse("trimmed", {"low": 1})
    with pytest.raises(ValidationError):
        Reference("cut_rules").deserialize({"name": "human"})


def test_a_ranking_is_that_of_a_stage_or_of_several_in_their_order():
    assert RankingOf().deserialize("interview") == Combination("last", {"interview": Decimal(1)})
    both = {"combine": "lexicographic", "stages": {"b": 1, "a": 1}, "ties": ["b"]}
    assert list(RankingOf().deserialize(both).weights) == ["b", "a"]
    for value in (5, "", {"stages": {"a": 1}}, {"combine": "last", "stages": {"a": 0.5}}):
        with pytest.raises(ValidationError):
            RankingOf().deserialize(value)


def test_rounding_halves_go_up_unless_another_way_is_named():
    assert RoundingStep().deserialize({"step": "entry", "decimals": 2}) == Rounding("entry", 2, "half_up")


def test_a_value_for_all_tracks_holds_for_each():
    assert (for_track("r", "umum"), for_track({"umum": "r"}, "umum"), for_track({"umum": "r"}, "khusus")) == (
        "r",
        "r",
        None,
    )


def test_a_scale_of_votes_needs_values(given):
    with pytest.raises(ValidationError) as refused:
        given.view("rating", {"scale": {"min": 5, "max": 1}, "minimum_votes": 1})
    assert refused.value.messages == {"scale": {"min": ["The minimum is above the maximum."]}}
