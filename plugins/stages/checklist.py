"""The administrative selection: items answered by the secretariat, items answered by rules, and eligibility."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from juri.core.document import RuleUse
from juri.core.errors import Problem
from juri.core.extension import EligibilityRule, RecordType, StageKind
from juri.core.view import ADVANCE, STOP, UNDECIDED, EntryFacts, Outcome, Proposal, Record, StageView, Verdict
from juri.plugins import hookimpl
from juri.plugins.judging import unsettled
from juri.plugins.options import Reference, Wording, not_blank, settle
from juri.plugins.views import by_code, count, entries_text, in_force, some

CHECK = "check"
RULE = "every item of the checklist is met"


class ItemOptions(Schema):
    """One item: a person answers it or, where it has a ``rule``, that eligibility rule does.

    ``reason`` is the stable code of a failure. ``tracks`` limits the item to some tracks.
    """

    id = fields.String(required=True, validate=not_blank())
    text = Wording(required=True)
    reason = fields.String(required=True, validate=validate.Regexp(r"[a-z][a-z0-9_]*\Z"))
    rule = Reference("eligibility_rules", load_default=None)
    tracks = fields.List(fields.String(), load_default=list)


class ChecklistOptions(Schema):
    """``items``, and ``eligibility``: whether the rules of edition and track are applied here as well.

    Needed by every edition with an administrative selection: national KIPP (age, completeness, duplicate titles,
    documents), Krenova Jawa Tengah (present or absent in four groups of documents), Kota Tegal.
    """

    items = fields.List(fields.Nested(ItemOptions), load_default=list)
    eligibility = fields.Boolean(load_default=True, truthy={True}, falsy={False})

    @validates_schema
    def check_items(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse two items of one id, and a checklist that checks nothing.

        Raises:
            ValidationError: says which id stands twice, or that there is nothing to check.

        """
        ids = [item["id"] for item in data["items"]]
        twice = sorted({name for name in ids if ids.count(name) > 1})
        if twice:
            raise ValidationError(f"{', '.join(twice)} stands here twice.", "items")
        if not ids and not data["eligibility"]:
            raise ValidationError("There is nothing to check: list items, or write eligibility: true.", "items")


class CheckRecord(Schema):
    """One answer: ``na`` means that the item does not concern the entry, and is no failure."""

    answer = fields.String(required=True, validate=validate.OneOf(("yes", "no", "na")))
    reason = fields.String()
    note = fields.String()


def _check(view: StageView, record: Record) -> Iterator[Problem]:
    items = {item["id"]: item for item in view.options["items"]}
    item = items.get(record.subject)
    if item is None or item["rule"] is not None:
        asked = ", ".join(name for name, it in items.items() if it["rule"] is None) or "none"
        yield Problem("subject", f"'{record.subject}' is not an item that a person answers; those are: {asked}")
        return
    entry = next((entry for entry in view.entries if entry.code == record.entry), None)
    if entry is not None and not _concerns(item, entry):
        yield Problem("subject", f"'{record.subject}' is not asked in track '{entry.track}'")


@dataclass(frozen=True)
class Failure:
    """Why an entry does not pass: the code and the sentence."""

    code: str
    reason: str


Test = Callable[[EntryFacts], Failure | None]


def screen(view: StageView) -> Outcome:
    """Stop each entry that fails an item or a rule, with the codes of all its failures."""
    tests = [_item_test(view, item) for item in view.options["items"] if item["rule"] is not None]
    answers = in_force(view, CHECK)
    return Outcome(tuple(_proposal(view, entry, tests, answers) for entry in by_code(view.entries)))


def _proposal(
    view: StageView, entry: EntryFacts, tests: list[Test], answers: dict[tuple[str, str], Record]
) -> Proposal:
    by_hand = [_manual_failure(item, entry, answers) for item in view.options["items"]]
    by_rule = [test(entry) for test in (*tests, *_eligibility(view, entry))]
    failures = [failure for failure in chain(by_hand, by_rule) if failure is not None]
    if failures:
        codes = tuple(dict.fromkeys(failure.code for failure in failures))
        return Proposal(entry.code, STOP, RULE, "; ".join(failure.reason for failure in failures), codes)
    open_ = _unanswered(view, entry, answers)
    if open_:
        return Proposal(entry.code, UNDECIDED, RULE, f"not answered yet: {', '.join(open_)}")
    return Proposal(entry.code, ADVANCE, RULE, "nothing against it")


def _concerns(item: dict[str, Any], entry: EntryFacts) -> bool:
    return not item["tracks"] or entry.track in item["tracks"]


def _manual_failure(item: dict[str, Any], entry: EntryFacts, answers: dict[tuple[str, str], Record]) -> Failure | None:
    record = answers.get((entry.code, item["id"]))
    if record is None or item["rule"] is not None or record.data["answer"] != "no" or not _concerns(item, entry):
        return None
    said = record.data.get("reason") or record.data.get("note") or "answered no"
    return Failure(item["reason"], f"{item['text'].en}: {said}")


def _unanswered(view: StageView, entry: EntryFacts, answers: dict[tuple[str, str], Record]) -> list[str]:
    asked = [item["id"] for item in view.options["items"] if item["rule"] is None and _concerns(item, entry)]
    return [name for name in asked if (entry.code, name) not in answers]


def _item_test(view: StageView, item: dict[str, Any]) -> Test:
    use: RuleUse = item["rule"]
    rule: EligibilityRule = view.extensions("eligibility_rules", use.rule)
    options = settle(rule, use.options, item["id"])

    def test(entry: EntryFacts) -> Failure | None:
        if not _concerns(item, entry):
            return None
        verdict = rule.verdict(entry, options, view.context)
        return None if verdict.passed else Failure(item["reason"], f"{item['text'].en}: {_said(verdict)}")

    return test


def _eligibility(view: StageView, entry: EntryFacts) -> Iterator[Test]:
    """Apply the rules of the edition and of the entry's track; their options were checked with the edition."""
    if not view.options["eligibility"]:
        return
    of_track = (use for track in view.tracks if track.id == entry.track for use in track.eligibility)
    for use in (*view.eligibility, *of_track):
        yield _rule_test(view, use)


def _rule_test(view: StageView, use: RuleUse) -> Test:
    rule: EligibilityRule = view.extensions("eligibility_rules", use.rule)

    def test(entry: EntryFacts) -> Failure | None:
        verdict = rule.verdict(entry, use.options, view.context)
        return None if verdict.passed else Failure(verdict.code or use.rule, _said(verdict))

    return test


def _said(verdict: Verdict) -> str:
    return verdict.reason or verdict.code or "refused"


def against_opening(view: StageView) -> list[str]:
    """Say which rules of the items cannot be applied."""
    uses = [("eligibility_rules", item["rule"]) for item in view.options["items"] if item["rule"] is not None]
    return list(unsettled(view, uses))


def against_closing(view: StageView) -> list[str]:
    """Say how many items nobody has answered yet, and of which entries."""
    answers = in_force(view, CHECK)
    open_ = {entry.code: _unanswered(view, entry, answers) for entry in by_code(view.entries)}
    left = {code: items for code, items in open_.items() if items}
    if not left:
        return []
    total = count(sum(map(len, left.values())), "item")
    named = some(f"{code} ({', '.join(items)})" for code, items in left.items())
    return [f"{total} of {entries_text(len(left))} not answered yet: {named}"]


@hookimpl
def juri_stage_kinds() -> list[StageKind]:
    """Offer the checklist."""
    check = RecordType(CheckRecord, frozenset({"secretariat", "organiser"}), "Answer to a checklist item", check=_check)
    return [
        StageKind(
            name="checklist",
            title="Administrative selection",
            version="1",
            advances_as="eligible",
            stops_as="refused",
            outcome=screen,
            options=ChecklistOptions,
            records={CHECK: check},
            against_opening=against_opening,
            against_closing=against_closing,
        )
    ]
