"""Eligibility by the award history: whose award it was, which titles and years count, and how often."""

import pytest
from marshmallow import ValidationError

from juri.core.view import EntryFacts, PastAward, RuleContext, Verdict
from juri.plugins.rules.eligibility import RULES

ENTRY = EntryFacts("E1", "Gelis", "Kab. Sukoharjo")


def won(award, year, *, title="Gelis", entrant="Kab. Sukoharjo", track="", competition="kipp"):
    return PastAward(competition, f"{competition}-{year}", year, award, entrant, title, track)


def verdict(rule, *history, facts=ENTRY, **options):
    return RULES[rule].verdict(facts, RULES[rule].options().load(options), RuleContext(history=history))


def test_an_innovation_without_a_title_was_never_awarded():
    assert verdict("never_awarded") == Verdict(passed=True, reason="it was never awarded before")


def test_every_title_that_was_won_is_named_oldest_first():
    history = (won("top_terpuji", 2022), won("top_inovasi", 2022), won("top_inovasi", 2020))
    reason = "it was awarded 'top_inovasi' in kipp-2020, 'top_inovasi' in kipp-2022, 'top_terpuji' in kipp-2022"
    assert verdict("never_awarded", *history) == Verdict(passed=False, code="awarded_before", reason=reason)


def test_an_innovation_is_known_by_entrant_and_title_without_case_spaces_and_punctuation():
    assert not verdict("never_awarded", won("top_inovasi", 2022, title="GELIS!", entrant="kab sukoharjo")).passed
    assert verdict("never_awarded", won("top_inovasi", 2022, entrant="Kab. Klaten")).passed
    assert verdict("never_awarded", won("top_inovasi", 2022, title="Sembada")).passed


@pytest.mark.parametrize(("match", "other"), [("title", "entrant"), ("entrant", "title")])
def test_an_edition_may_look_at_the_title_or_the_entrant_alone(match, other):
    history = won("top_inovasi", 2022, **{other: "Somebody else"})
    assert not verdict("never_awarded", history, match=match).passed
    assert verdict("never_awarded", history, match=other).passed


def test_an_innovation_that_was_renamed_is_found_by_the_title_that_the_form_asks_for():
    facts = EntryFacts("E1", "Gelis Plus", "Kab. Sukoharjo", answers={"earlier": "Gelis"})
    assert verdict("never_awarded", won("top_inovasi", 2022), facts=facts).passed
    assert not verdict("never_awarded", won("top_inovasi", 2022), facts=facts, title_fact="earlier").passed


def test_only_the_named_titles_tracks_and_competitions_count():
    history = won("top_inovasi", 2022, track="umum", competition="kovablik")
    assert verdict("never_awarded", history, awards=["oapsi"]).passed
    assert verdict("never_awarded", history, tracks=["khusus"]).passed
    assert verdict("never_awarded", history, competitions=["kipp"]).passed
    assert not verdict(
        "never_awarded", history, awards=["Top Inovasi", "oapsi"], tracks=["umum"], competitions=["kovablik"]
    ).passed


@pytest.mark.parametrize(("year", "passed"), [(2013, False), (2014, True), (2021, True), (2022, False)])
def test_the_first_and_the_last_year_count(year, passed):
    options = {"awards": ["top_terpuji"], "from_year": 2014, "to_year": 2021}
    assert verdict("awarded_before", won("top_terpuji", year), **options).passed == passed


def test_who_was_not_awarded_in_those_years_is_told_so():
    found = verdict("awarded_before", awards=["top_30", "top_25"], from_year=2016, to_year=2019)
    reason = "it was never awarded 'top_30' or 'top_25' from 2016 up to 2019"
    assert found == Verdict(passed=False, code="not_awarded_before", reason=reason)


def test_an_award_may_be_asked_for_and_limited_at_once():
    history = [won("top_15_khusus", year) for year in (2020, 2021)]
    options = {"awards": ["top_15_khusus"], "at_most": 1}
    assert verdict("awarded_before", history[0], **options).passed
    won_twice = "'top_15_khusus' in kipp-2020, 'top_15_khusus' in kipp-2021"
    reason = f"it was awarded in 2 editions ({won_twice}); at most 1 allowed"
    assert verdict("awarded_before", *history, **options) == Verdict(
        passed=False, code="awarded_too_often", reason=reason
    )


def test_two_titles_of_one_edition_count_once():
    both = (won("top_inovasi", 2022), won("top_terpuji", 2022))
    options = {"awards": ["top_inovasi", "top_terpuji"], "times": 1}
    assert verdict("max_times_awarded", *both, **options).passed
    assert not verdict("max_times_awarded", *both, won("top_inovasi", 2020), **options).passed


def test_a_rule_may_allow_no_award_at_all():
    assert verdict("max_times_awarded", awards=["oapsi"], times=0).passed
    assert verdict("max_times_awarded", won("oapsi", 2022), awards=["oapsi"], times=0).code == "awarded_too_often"


@pytest.mark.parametrize(
    ("rule", "options"),
    [
        ("awarded_before", {}),
        ("awarded_before", {"awards": []}),
        ("awarded_before", {"awards": ["x"], "at_most": 0}),
        ("awarded_before", {"awards": ["x"], "from_year": 2022, "to_year": 2020}),
        ("max_times_awarded", {"awards": ["x"]}),
        ("max_times_awarded", {"awards": ["x"], "times": 1.5}),
        ("never_awarded", {"match": "luck"}),
    ],
)
def test_options_that_make_no_sense_are_refused_when_the_edition_is_read(rule, options):
    with pytest.raises(ValidationError):
        RULES[rule].options().load(options)
