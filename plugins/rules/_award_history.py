"""Eligibility rules on the award history: never awarded, awarded in named years, awarded too often."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from juri.core.entries.asked import fact_of
from juri.core.extension import EligibilityRule
from juri.core.view import EntryFacts, PastAward, RuleContext, Verdict
from juri.plugins.rules._facts import fold

Options = Mapping[str, Any]


class HistoryOptions(Schema):
    """Which titles of the past count for an entry. A list that is not given lets all count.

    ``match`` says when a title is this entry's: ``innovation`` (same entrant and same title), ``entrant`` or
    ``title`` alone; names are compared without case, spaces and punctuation. ``title_fact`` names a question of the
    form that asks under which title it was awarded, for an innovation that was renamed.
    """

    awards = fields.List(fields.String(), load_default=list)
    tracks = fields.List(fields.String(), load_default=list)
    competitions = fields.List(fields.String(), load_default=list)
    from_year = fields.Integer(strict=True, load_default=None, allow_none=True)
    to_year = fields.Integer(strict=True, load_default=None, allow_none=True)
    match = fields.String(load_default="innovation", validate=validate.OneOf(["innovation", "entrant", "title"]))
    title_fact = fields.String(load_default="")

    @validates_schema
    def check_years(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse years in the wrong order.

        Raises:
            ValidationError: ``from_year`` lies after ``to_year``.

        """
        first, last = data.get("from_year"), data.get("to_year")
        if first is not None and last is not None and first > last:
            raise ValidationError(f"from_year {first} lies after to_year {last}", "from_year")


class AwardedOptions(HistoryOptions):
    """Options of ``awarded_before``: the titles, and in how many editions they may have been won at most."""

    awards = fields.List(fields.String(), required=True, validate=validate.Length(min=1))
    at_most = fields.Integer(strict=True, load_default=None, allow_none=True, validate=validate.Range(min=1))


class TimesOptions(HistoryOptions):
    """Options of ``max_times_awarded``: the titles, and in how many editions they may have been won at most."""

    awards = fields.List(fields.String(), required=True, validate=validate.Length(min=1))
    times = fields.Integer(strict=True, required=True, validate=validate.Range(min=0))


def find_awards(entry: EntryFacts, options: Options, history: tuple[PastAward, ...]) -> tuple[PastAward, ...]:
    """Return the titles that this entry won and that count by the options, oldest first."""
    titles = {fold(entry.title), fold(str(fact_of(entry, options["title_fact"]) or ""))} - {""}
    found = [award for award in history if _is_of(award, entry, titles, options["match"]) and _counts(award, options)]
    return tuple(sorted(found, key=lambda award: (award.year, award.competition, award.edition, award.award)))


def _counts(award: PastAward, options: Options) -> bool:
    named = ((award.award, "awards"), (award.track, "tracks"), (award.competition, "competitions"))
    if any(options[key] and fold(value) not in map(fold, options[key]) for value, key in named):
        return False
    first, last = options["from_year"], options["to_year"]
    return (first is None or first <= award.year) and (last is None or award.year <= last)


def _is_of(award: PastAward, entry: EntryFacts, titles: set[str], match: str) -> bool:
    if match != "entrant" and fold(award.title) not in titles:
        return False
    return match == "title" or fold(award.entrant) == fold(entry.entrant)


def _editions(awards: tuple[PastAward, ...]) -> int:
    return len({(award.competition, award.edition) for award in awards})


def _list(awards: tuple[PastAward, ...]) -> str:
    return ", ".join(f"'{award.award}' in {award.edition}" for award in awards)


def judge_never_awarded(entry: EntryFacts, options: Options, context: RuleContext) -> Verdict:
    """Pass an entry that won none of the titles."""
    won = find_awards(entry, options, context.history)
    if not won:
        return Verdict(passed=True, reason="it was never awarded before")
    return Verdict(passed=False, code="awarded_before", reason=f"it was awarded {_list(won)}")


def judge_awarded_before(entry: EntryFacts, options: Options, context: RuleContext) -> Verdict:
    """Pass an entry that won one of the titles, in no more editions than ``at_most``."""
    won = find_awards(entry, options, context.history)
    if not won:
        named = " or ".join(f"'{award}'" for award in options["awards"])
        return Verdict(passed=False, code="not_awarded_before", reason=f"it was never awarded {named}{_years(options)}")
    if options["at_most"] is not None and _editions(won) > options["at_most"]:
        return _too_often(won, options["at_most"])
    return Verdict(passed=True, reason=f"it was awarded {_list(won)}")


def judge_times_awarded(entry: EntryFacts, options: Options, context: RuleContext) -> Verdict:
    """Pass an entry that won the titles in no more than ``times`` editions; two titles of one edition count once."""
    won = find_awards(entry, options, context.history)
    if _editions(won) > options["times"]:
        return _too_often(won, options["times"])
    return Verdict(
        passed=True, reason=f"it was awarded in {_editions(won)} editions, at most {options['times']} allowed"
    )


def _too_often(won: tuple[PastAward, ...], allowed: int) -> Verdict:
    reason = f"it was awarded in {_editions(won)} editions ({_list(won)}); at most {allowed} allowed"
    return Verdict(passed=False, code="awarded_too_often", reason=reason)


def _years(options: Options) -> str:
    first, last = options["from_year"], options["to_year"]
    after = "" if first is None else f" from {first}"
    return after + ("" if last is None else f" up to {last}")


AWARD_RULES = (
    EligibilityRule(
        name="never_awarded", title="Never awarded", version="1", verdict=judge_never_awarded, options=HistoryOptions
    ),
    EligibilityRule(
        name="awarded_before", title="Awarded before", version="1", verdict=judge_awarded_before, options=AwardedOptions
    ),
    EligibilityRule(
        name="max_times_awarded",
        title="Not awarded too often",
        version="1",
        verdict=judge_times_awarded,
        options=TimesOptions,
    ),
)
