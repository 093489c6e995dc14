"""The bundled eligibility rules on the entry itself: age, form, words, title, facts, and groups of rules."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from juri.core.document import FormField, Text
from juri.core.entries.asked import count_words
from juri.core.errors import ActionRefused, NotFound
from juri.core.extension import EligibilityRule
from juri.core.view import EntryFacts, PastAward, RuleContext, Verdict
from juri.plugins.rules._facts import fold, months_before
from juri.plugins.rules.eligibility import RULES, juri_eligibility_rules

NOTHING_ELSE = RuleContext()
WIB = timezone(timedelta(hours=7))
CLOSING = datetime(2023, 5, 6, 23, 59, tzinfo=WIB)


def entry(code="E1", title="Sembada", entrant="Sukoharjo", **more):
    return EntryFacts(code, title, entrant, **more)


def verdict(rule, facts, context=NOTHING_ELSE, **options):
    extension = RULES[rule]
    loaded = extension.options().load(options) if extension.options else {}
    return extension.verdict(facts, loaded, context)


def age(started, *, months=24, closing=CLOSING, zone=""):
    context = RuleContext(calendar={"registration_close": closing}, time_zone=zone)
    facts = entry(answers={"implementation_start": started})
    return verdict("min_age_months", facts, context, value=months, until="registration_close")


def question(name, kind="text", **more):
    return FormField(name, kind, Text(name, name), **more)


def test_an_innovation_exactly_as_old_as_asked_is_old_enough():
    assert age("2021-05-06") == Verdict(passed=True)


def test_an_innovation_one_day_younger_is_too_young_and_the_reason_names_the_latest_day():
    reason = "it started on 2021-05-07; to be 24 months old on 2023-05-06 it must have started by 2021-05-06"
    assert age("2021-05-07") == Verdict(passed=False, code="too_young", reason=reason)


def test_months_are_counted_back_from_the_closing_date_to_the_last_day_of_a_shorter_month():
    closing = datetime(2023, 5, 31, 12, tzinfo=WIB)
    assert age("2023-02-28", months=3, closing=closing).passed
    assert not age("2023-03-01", months=3, closing=closing).passed


def test_a_leap_day_is_no_year_old_on_the_day_before_it():
    closing = datetime(2021, 2, 28, 12, tzinfo=WIB)
    assert age("2020-02-28", months=12, closing=closing).passed
    assert not age("2020-02-29", months=12, closing=closing).passed


def test_counting_back_from_a_leap_day_ends_on_the_28th_in_a_common_year():
    assert [months_before(date(2024, 2, 29), months) for months in (0, 1, 12, 48)] == [
        date(2024, 2, 29),
        date(2024, 1, 29),
        date(2023, 2, 28),
        date(2020, 2, 29),
    ]


def test_an_age_before_the_beginning_of_the_calendar_is_refused():
    with pytest.raises(ValueError, match="13 months before 0002-01-01 lie before the calendar begins"):
        months_before(date(2, 1, 1), 13)


def test_the_closing_day_is_that_of_the_editions_time_zone():
    closing = datetime(2023, 5, 6, 17, 30, tzinfo=UTC)  # 7 May, 00:30 in Jakarta
    assert age("2021-05-07", closing=closing, zone="Asia/Jakarta").passed
    assert not age("2021-05-07", closing=closing, zone="UTC").passed


def test_without_a_zone_the_closing_day_is_that_of_the_moments_own_offset():
    assert age("2021-05-07", closing=datetime(2023, 5, 7, 0, 30, tzinfo=WIB)).passed


@pytest.mark.parametrize(
    "started", [date(2021, 5, 6), datetime(2021, 5, 6, 23, 59, tzinfo=WIB), "2021-05-06T08:00:00+07:00"]
)
def test_a_start_may_be_a_day_or_a_moment(started):
    assert age(started).passed


@pytest.mark.parametrize("started", ["", "tahun 2021", None, 2021, "2021-02-30"])
def test_an_age_that_nobody_can_tell_is_refused_by_its_own_code(started):
    reason = "'implementation_start' does not say on which day it started"
    assert age(started) == Verdict(passed=False, code="age_unknown", reason=reason)


def test_an_age_cannot_be_judged_without_the_date_to_count_from():
    with pytest.raises(ActionRefused, match="the calendar of this edition has no 'registration_close'"):
        verdict("min_age_months", entry(), value=24, until="registration_close")


@given(day=st.dates(date(1900, 1, 1), date(2200, 12, 31)), months=st.integers(0, 1200))
def test_counting_months_back_keeps_the_day_unless_the_month_is_too_short(day, months):
    back = months_before(day, months)
    assert (day.year * 12 + day.month) - (back.year * 12 + back.month) == months
    assert back.day == day.day or (back.day < day.day and (back + timedelta(days=1)).day == 1)


@given(
    days=st.tuples(st.dates(date(1900, 1, 1), date(2200, 12, 31)), st.dates(date(1900, 1, 1), date(2200, 12, 31))),
    months=st.integers(0, 240),
)
def test_a_later_closing_never_makes_an_innovation_too_young(days, months):
    earlier, later = sorted(days)
    assert months_before(earlier, months) <= months_before(later, months)


@given(day=st.dates(date(1950, 1, 1), date(2100, 12, 31)), months=st.integers(0, 240), off=st.integers(-40, 40))
def test_an_innovation_passes_exactly_when_it_started_by_the_latest_day(day, months, off):
    latest = months_before(day, months)
    started = latest + timedelta(days=off)
    closing = datetime(day.year, day.month, day.day, 12, tzinfo=WIB)
    assert age(started, months=months, closing=closing).passed == (off <= 0)


@pytest.mark.parametrize("value", [1.5, -1, 1201, "24 months"])
def test_an_age_that_is_no_count_of_months_is_refused_when_the_edition_is_read(value):
    with pytest.raises(ValidationError):
        RULES["min_age_months"].options().load({"value": value, "until": "registration_close"})


FORM = (
    question("ringkasan", max_words=3),
    question("spbe", when={"is_app": "yes"}),
    question("inspirasi", tracks=("replikasi",)),
    question("video", "url", required=False),
    question("is_app", "yes_no"),
)


def test_a_form_is_complete_when_every_question_that_is_put_has_an_answer():
    facts = entry(track="umum", answers={"ringkasan": "satu", "is_app": False})
    assert verdict("complete_form", facts, RuleContext(form=FORM)) == Verdict(passed=True)


def test_every_missing_answer_is_named_with_those_that_another_answer_asks_for():
    facts = entry(title=" ", track="replikasi", answers={"ringkasan": "\t", "is_app": True})
    reason = "not answered: title, ringkasan, spbe, inspirasi"
    expected = Verdict(passed=False, code="form_incomplete", reason=reason)
    assert verdict("complete_form", facts, RuleContext(form=FORM)) == expected


@pytest.mark.parametrize(("answer", "complete"), [("no", True), (False, True), (0, True), ([], False), (None, False)])
def test_no_and_zero_are_answers_and_an_empty_list_is_none(answer, complete):
    context = RuleContext(form=(question("is_app", "yes_no"),))
    assert verdict("complete_form", entry(answers={"is_app": answer}), context).passed == complete


def test_a_text_at_its_limit_passes_and_every_text_beyond_it_is_named():
    form = (question("a", max_words=3), question("b", max_words=1), question("c", max_words=1, tracks=("khusus",)))
    context = RuleContext(form=form)
    assert verdict("word_limits", entry(answers={"a": "satu dua tiga", "b": "satu"}), context).passed
    over = entry(track="umum", answers={"a": "satu dua tiga empat", "b": "satu dua", "c": "satu dua"})
    reason = "a has 4 words of 3; b has 2 words of 1"
    assert verdict("word_limits", over, context) == Verdict(passed=False, code="too_many_words", reason=reason)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("  \n ", 0),
        ("orang-orang desa", 2),
        ("dan/atau", 1),
        ("Rp10.000,00 per bulan", 3),
        ("Sukoharjo \u2013 unggul", 2),
        ("* satu\n* dua", 2),
        ("satu\u00a0dua\u200btiga", 3),
        ("ke-2 (dua)", 2),
    ],
)
def test_words_are_what_stands_between_white_space_and_has_a_letter_or_digit(text, words):
    assert count_words(text) == words


@pytest.mark.parametrize(
    "other", ["E-LAPOR 2", "e lapor2", "e\u2013Lapor, 2!", "\uff45-\uff2c\uff41por \uff12", "e\u00adLapor 2"]
)
def test_titles_are_one_but_for_case_spaces_punctuation_and_unicode_variants(other):
    assert fold(other) == fold("e-Lapor 2")


@pytest.mark.parametrize("other", ["e-Lapor 3", "e-Lapor+ 2", "e-Lapór 2"])
def test_titles_that_differ_in_a_letter_a_digit_or_a_sign_are_two(other):
    assert fold(other) != fold("e-Lapor 2")


def test_a_title_used_twice_is_refused_for_both_and_names_the_other():
    first, second = entry("E1", "SIAP!"), entry("E2", "s i a p", "Klaten")
    context = RuleContext(entries=(first, second, entry("E3", "Lain")))
    reason = "the title 'SIAP!' is also that of 'E2' (Klaten)"
    assert verdict("unique_title", first, context) == Verdict(passed=False, code="duplicate_title", reason=reason)
    assert not verdict("unique_title", second, context).passed
    assert verdict("unique_title", context.entries[2], context).passed


def test_the_first_that_was_submitted_may_stand_where_the_edition_says_so():
    early, late = (
        datetime(2023, 4, 1, tzinfo=UTC),
        datetime(2023, 4, 1, 6, 30, tzinfo=WIB),
    )  # 6:30 WIB is the day before
    entries = (
        entry("E1", "Siap", submitted_at=early),
        entry("E2", "Siap", submitted_at=late),
        entry("E3", "Siap"),
        entry("E4", "Siap", submitted_at=late),
    )
    context = RuleContext(entries=entries)
    passed = [each.code for each in entries if verdict("unique_title", each, context, keep="first").passed]
    assert passed == ["E2"]


def test_titles_of_nothing_but_punctuation_are_not_the_same_title():
    context = RuleContext(entries=(entry("E1", "???"), entry("E2", "!!!")))
    assert verdict("unique_title", context.entries[0], context).passed


def test_a_fact_may_be_an_answer_or_the_entrys_own_and_one_of_several_values():
    facts = entry(category="kesehatan", answers={"state": "rintisan", "is_app": True})
    assert verdict("facts_equal", facts, fact="category", value="kesehatan").passed
    assert verdict("facts_equal", facts, fact="state", value=["rintisan", "berjalan"]).passed
    assert verdict("facts_equal", facts, fact="is_app", value="yes").passed


def test_a_fact_that_differs_is_refused_with_what_it_is_and_what_it_must_be():
    facts = entry(answers={"state": "ide"})
    assert verdict("facts_equal", facts, fact="state", value=["rintisan", "berjalan"]) == Verdict(
        passed=False, code="fact_differs", reason="'state' is 'ide'; it must be 'rintisan' or 'berjalan'"
    )
    assert verdict("facts_equal", facts, fact="unasked", value="yes") == Verdict(
        passed=False, code="fact_differs", reason="'unasked' is not answered; it must be 'yes'"
    )


IS_A = {"rule": "facts_equal", "fact": "x", "value": "a"}
IS_B = {"rule": "facts_equal", "fact": "x", "value": "b"}


@pytest.mark.parametrize(
    ("rule", "answer", "passed"),
    [
        ("any_of", "a", True),
        ("any_of", "c", False),
        ("all_of", "a", False),
        ("none_of", "a", False),
        ("none_of", "c", True),
    ],
)
def test_a_group_passes_by_any_all_or_none_of_its_rules(rule, answer, passed):
    assert verdict(rule, entry(answers={"x": answer}), rules=[IS_A, IS_B]).passed == passed


def test_a_group_says_why_each_of_its_rules_refuses():
    facts = entry(answers={"x": "c"})
    a, b = "'x' is 'c'; it must be 'a'", "'x' is 'c'; it must be 'b'"
    any_of = f"at least one should hold, and none does: {a}; {b}"
    assert verdict("any_of", facts, rules=[IS_A, IS_B]) == Verdict(
        passed=False, code="no_alternative_met", reason=any_of
    )
    assert verdict("all_of", facts, rules=[IS_A, IS_B]) == Verdict(
        passed=False, code="fact_differs", reason=f"{a}; {b}"
    )


def test_a_group_that_excludes_says_what_excludes():
    won = PastAward("kipp", "kipp-2021", 2021, "top_terpuji", "Sukoharjo", "Sembada")
    rules = [{"rule": "awarded_before", "awards": ["top_terpuji"]}]
    expected = Verdict(
        passed=False, code="excluded", reason="this excludes it: it was awarded 'top_terpuji' in kipp-2021"
    )
    assert verdict("none_of", entry(), RuleContext(history=(won,)), rules=rules) == expected
    assert verdict("none_of", entry(answers={"x": "a"}), rules=[IS_A]).reason == "this excludes it: 'facts_equal' holds"


def test_groups_may_hold_groups():
    inner = {"rule": "none_of", "rules": [IS_B]}
    assert verdict("all_of", entry(answers={"x": "a"}), rules=[IS_A, inner]).passed


def test_a_group_may_hold_a_rule_of_another_plugin():
    rule = EligibilityRule(name="moon:full", title="Full moon", version="1", verdict=lambda *_: Verdict(passed=True))
    context = RuleContext(extensions=lambda family, name: {("eligibility_rules", "moon:full"): rule}[family, name])
    assert verdict("all_of", entry(), context, rules=[{"rule": "moon:full"}]).passed


def test_a_group_refuses_an_option_that_a_rule_of_another_plugin_does_not_know():
    rule = EligibilityRule(name="moon:full", title="Full moon", version="1", verdict=lambda *_: Verdict(passed=True))
    with pytest.raises(ValidationError, match="the rule 'moon:full' has no options"):
        verdict(
            "all_of", entry(), RuleContext(extensions=lambda *_: rule), rules=[{"rule": "moon:full", "phase": "new"}]
        )


def test_a_rule_that_nobody_knows_is_named():
    with pytest.raises(NotFound, match="moon:full"):
        verdict("all_of", entry(), rules=[{"rule": "moon:full"}])


@pytest.mark.parametrize(
    "rules",
    [
        [],
        [{}],
        [{"rule": "min_age_months", "value": "old", "until": "x"}],
        [{"rule": "complete_form", "strict": True}],
        [{"rule": "any_of", "rules": [{"rule": "facts_equal", "fact": "x"}]}],
    ],
)
def test_the_options_of_bundled_rules_in_a_group_are_checked_when_the_edition_is_read(rules):
    with pytest.raises(ValidationError):
        RULES["any_of"].options().load({"rules": rules})


def test_the_bundled_rules_are_those_that_editions_may_name():
    assert sorted(rule.name for rule in juri_eligibility_rules()) == [
        "all_of",
        "any_of",
        "awarded_before",
        "complete_form",
        "facts_equal",
        "max_times_awarded",
        "min_age_months",
        "never_awarded",
        "none_of",
        "unique_title",
        "word_limits",
    ]
