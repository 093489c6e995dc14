"""Eligibility rules on the entry itself: its age, its form, its words, its title, its facts; and groups of rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import INCLUDE, Schema, ValidationError, fields, post_load, validate

from juri.core.document import FormField
from juri.core.entries.asked import as_answer, asked_of, count_words, fact_of, is_blank
from juri.core.errors import ActionRefused
from juri.core.extension import EligibilityRule
from juri.core.view import EntryFacts, RuleContext, Verdict
from juri.plugins import hookimpl
from juri.plugins.rules._award_history import AWARD_RULES
from juri.plugins.rules._facts import date_of, day_in_zone, fold, months_before

Options = Mapping[str, Any]

PASSED = Verdict(passed=True)


class AgeOptions(Schema):
    """Options of ``min_age_months``."""

    value = fields.Integer(required=True, strict=True, validate=validate.Range(min=0, max=1200))
    until = fields.String(required=True, validate=validate.Length(min=1))
    fact = fields.String(load_default="implementation_start", validate=validate.Length(min=1))


def judge_age(entry: EntryFacts, options: Options, context: RuleContext) -> Verdict:
    """Pass what had started ``value`` whole months before the day of ``until``; exactly that long ago is enough.

    The months are counted back from that day, as the rule books say it.

    Raises:
        ActionRefused: the edition's calendar does not have the date to count from.

    """
    moment = context.calendar.get(options["until"])
    if moment is None:
        raise ActionRefused(
            [f"the age of '{entry.code}' cannot be judged: the calendar of this edition has no '{options['until']}'"]
        )
    started = date_of(fact_of(entry, options["fact"]))
    if started is None:
        return Verdict(
            passed=False, code="age_unknown", reason=f"'{options['fact']}' does not say on which day it started"
        )
    until = day_in_zone(moment, context.time_zone)
    latest = months_before(until, options["value"])
    if started <= latest:
        return PASSED
    reason = f"it started on {started}; to be {options['value']} months old on {until} it must have started by {latest}"
    return Verdict(passed=False, code="too_young", reason=reason)


def _asked(entry: EntryFacts, context: RuleContext) -> Iterator[tuple[FormField, Any]]:
    for field in asked_of(context.form, entry):
        yield field, fact_of(entry, field.id)


def judge_completeness(entry: EntryFacts, options: Options, context: RuleContext) -> Verdict:
    """Pass an entry with a title and an answer to each required question that the form puts to it."""
    missing = ["title"] if is_blank(entry.title) else []
    missing += [field.id for field, answer in _asked(entry, context) if field.required and is_blank(answer)]
    if not missing:
        return PASSED
    return Verdict(passed=False, code="form_incomplete", reason=f"not answered: {', '.join(dict.fromkeys(missing))}")


def judge_word_limits(entry: EntryFacts, options: Options, context: RuleContext) -> Verdict:
    """Pass an entry none of whose texts has more words than its question allows (see ``count_words``)."""
    counted = [
        (field, count_words(answer))
        for field, answer in _asked(entry, context)
        if field.max_words is not None and isinstance(answer, str)
    ]
    over = [f"{field.id} has {words} words of {field.max_words}" for field, words in counted if _is_over(field, words)]
    return Verdict(passed=False, code="too_many_words", reason="; ".join(over)) if over else PASSED


def _is_over(field: FormField, words: int) -> bool:
    return field.max_words is not None and words > field.max_words


class TitleOptions(Schema):
    """Options of ``unique_title``: ``keep`` says whether the first that was submitted may stand."""

    keep = fields.String(load_default="none", validate=validate.OneOf(["none", "first"]))


def judge_title(entry: EntryFacts, options: Options, context: RuleContext) -> Verdict:
    """Pass an entry whose title no other entry has, but for case, spaces, punctuation and Unicode variants.

    With ``keep: first`` the one submitted first stands (at the same moment: the lower code); with ``none`` all fall.
    """
    title = fold(entry.title)
    rivals = [other for other in context.entries if other.code != entry.code and title and fold(other.title) == title]
    if options["keep"] == "first":
        rivals = [other for other in rivals if _turn(other) < _turn(entry)]
    if not rivals:
        return PASSED
    named = ", ".join(sorted(f"'{rival.code}' ({rival.entrant})" for rival in rivals))
    return Verdict(passed=False, code="duplicate_title", reason=f"the title '{entry.title}' is also that of {named}")


def _turn(entry: EntryFacts) -> tuple[bool, float, str]:
    """Order by submission; what was never submitted comes last."""
    moment = entry.submitted_at
    return moment is None, moment.timestamp() if moment else 0, entry.code


class FactOptions(Schema):
    """Options of ``facts_equal``: the wanted value, or a list of values of which one is enough."""

    fact = fields.String(required=True, validate=validate.Length(min=1))
    value = fields.Raw(required=True)


def judge_fact(entry: EntryFacts, options: Options, context: RuleContext) -> Verdict:
    """Pass an entry whose answer or own fact (track, category, cluster, region, ...) is the wanted one."""
    wanted = as_answer(options["value"])
    allowed = wanted if isinstance(wanted, tuple) else (wanted,)
    found = as_answer(fact_of(entry, options["fact"]))
    if found in allowed:
        return PASSED
    said = "not answered" if is_blank(found) else f"'{found}'"
    named = " or ".join(f"'{value}'" for value in allowed)
    return Verdict(passed=False, code="fact_differs", reason=f"'{options['fact']}' is {said}; it must be {named}")


class GroupedRule(Schema):
    """One rule of a group, written as elsewhere: ``{rule: NAME, ...options}``."""

    class Meta:
        """Keep the options, which only the rule itself knows."""

        unknown = INCLUDE

    rule = fields.String(required=True, validate=validate.Length(min=1))

    @post_load
    def split(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Check the options of a bundled rule now; those of another plugin's rule when it is used.

        Raises:
            ValidationError: an option is wrong.

        """
        name = data.pop("rule")
        known = RULES.get(name)
        return {"rule": name, "options": _checked(known, data) if known else data}


class GroupOptions(Schema):
    """Options of a group: its rules, at least one."""

    rules = fields.List(fields.Nested(GroupedRule), required=True, validate=validate.Length(min=1))


def _checked(rule: EligibilityRule, options: dict[str, Any]) -> dict[str, Any]:
    if rule.options is None:
        if options:
            raise ValidationError({key: [f"the rule '{rule.name}' has no options"] for key in options})
        return {}
    return dict(rule.options().load(options))


def _verdicts(entry: EntryFacts, options: Options, context: RuleContext) -> list[tuple[str, Verdict]]:
    return [(use["rule"], _verdict(use, entry, context)) for use in options["rules"]]


def _verdict(use: Options, entry: EntryFacts, context: RuleContext) -> Verdict:
    bundled = RULES.get(use["rule"])
    if bundled:
        return bundled.verdict(entry, use["options"], context)
    rule: EligibilityRule = context.extensions("eligibility_rules", use["rule"])
    return rule.verdict(entry, _checked(rule, dict(use["options"])), context)


def judge_any(entry: EntryFacts, options: Options, context: RuleContext) -> Verdict:
    """Pass where at least one rule of the group passes."""
    found = _verdicts(entry, options, context)
    if any(verdict.passed for _, verdict in found):
        return PASSED
    reasons = "; ".join(verdict.reason for _, verdict in found)
    return Verdict(
        passed=False, code="no_alternative_met", reason=f"at least one should hold, and none does: {reasons}"
    )


def judge_all(entry: EntryFacts, options: Options, context: RuleContext) -> Verdict:
    """Pass where every rule of the group passes; the code of a refusal is that of the first rule that refuses."""
    refused = [verdict for _, verdict in _verdicts(entry, options, context) if not verdict.passed]
    if not refused:
        return PASSED
    return Verdict(passed=False, code=refused[0].code, reason="; ".join(verdict.reason for verdict in refused))


def judge_none(entry: EntryFacts, options: Options, context: RuleContext) -> Verdict:
    """Pass where no rule of the group passes."""
    met = [(name, verdict) for name, verdict in _verdicts(entry, options, context) if verdict.passed]
    if not met:
        return PASSED
    named = "; ".join(verdict.reason or f"'{name}' holds" for name, verdict in met)
    return Verdict(passed=False, code="excluded", reason=f"this excludes it: {named}")


def _rules() -> Iterator[EligibilityRule]:
    yield EligibilityRule(name="min_age_months", title="Old enough", version="1", verdict=judge_age, options=AgeOptions)
    yield EligibilityRule(name="complete_form", title="Form complete", version="1", verdict=judge_completeness)
    yield EligibilityRule(name="word_limits", title="Within the word limits", version="1", verdict=judge_word_limits)
    yield EligibilityRule(
        name="unique_title", title="Title used once", version="1", verdict=judge_title, options=TitleOptions
    )
    yield EligibilityRule(
        name="facts_equal", title="A fact as wanted", version="1", verdict=judge_fact, options=FactOptions
    )
    yield EligibilityRule(
        name="any_of", title="At least one holds", version="1", verdict=judge_any, options=GroupOptions
    )
    yield EligibilityRule(name="all_of", title="All hold", version="1", verdict=judge_all, options=GroupOptions)
    yield EligibilityRule(name="none_of", title="None holds", version="1", verdict=judge_none, options=GroupOptions)


RULES: Mapping[str, EligibilityRule] = {rule.name: rule for rule in (*AWARD_RULES, *_rules())}
"""The bundled rules by name; a group checks the options of these when the edition is loaded."""


@hookimpl
def juri_eligibility_rules() -> list[EligibilityRule]:
    """Offer the bundled eligibility rules."""
    return list(RULES.values())
