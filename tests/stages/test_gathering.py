"""Registration, checklist, objection and monitoring: what people enter, and who stops because of it."""

from datetime import timedelta

import pytest
from marshmallow import ValidationError

from juri.core.document import RuleUse, Text, Track
from juri.core.errors import Problem
from juri.core.view import Proposal

ITEMS = [
    {"id": "decree", "text": "Decree", "reason": "no_decree"},
    {"id": "proof", "text": "Proof", "reason": "no_proof", "tracks": ["khusus"]},
    {"id": "age", "text": "Old enough", "reason": "too_young", "rule": "old"},
]


def test_what_was_never_submitted_stops_at_the_end_of_registration(given):
    options = {"chain": ["unit", "local_admin"]}
    outcome = given.close("registration", options, [given.entry("B"), given.entry("A", submitted_at=None)])
    reason = "never submitted: 'local_admin' had to submit it before registration closed"
    assert outcome.proposals == (
        Proposal("A", "stop", "submitted in time", reason, ("not_submitted",)),
        Proposal("B", "advance", "submitted in time", "submitted at 2023-06-01T12:00:00+00:00"),
    )


@pytest.mark.parametrize("chain", [[], ["local_admin", "unit"], ["unit", "unit"], ["minister"]])
def test_a_chain_names_known_roles_once_and_in_order(given, chain):
    with pytest.raises(ValidationError) as refused:
        given.view("registration", {"chain": chain})
    assert list(refused.value.messages) == ["chain"]


def _screened(given, records, **more):
    alive = (given.entry("A", track="umum", answers={"age": 30}), given.entry("B", track="khusus", answers={"age": 5}))
    return given.close(
        "checklist", {"items": ITEMS}, alive, tracks=given.tracks("umum", "khusus"), records=records, **more
    )


def test_an_entry_gets_the_codes_of_everything_that_it_fails(given):
    answers = (
        given.record("check", "A", "decree", answer="yes"),
        given.record("check", "B", "decree", answer="no", reason="signed by nobody"),
        given.record("check", "B", "proof", answer="no"),
    )
    reason = "Decree: signed by nobody; Proof: answered no; Old enough: younger than 24 months"
    assert _screened(given, answers).proposals == (
        Proposal("A", "advance", "every item of the checklist is met", "nothing against it"),
        Proposal("B", "stop", "every item of the checklist is met", reason, ("no_decree", "no_proof", "too_young")),
    )


def test_the_newest_answer_is_in_force_and_not_applicable_is_no_failure(given):
    answers = (
        given.record("check", "A", "decree", 7, answer="na"),
        given.record("check", "A", "decree", 3, answer="no"),
    )
    assert given.advanced(_screened(given, answers)) == ["A"]


def test_an_unanswered_item_leaves_an_entry_open_and_the_stage_too(given):
    alive = given.entries("A", "B", "C", "D", "E", answers={"age": 30})
    options = {"items": [ITEMS[0]], "eligibility": False}
    answers = (given.record("check", "C", "decree", answer="yes"),)
    assert given.advanced(given.close("checklist", options, alive, records=answers), "undecided") == [
        "A",
        "B",
        "D",
        "E",
    ]
    assert given.against("closing", "checklist", options, alive, records=answers) == [
        "4 items of 4 entries not answered yet: A (decree), B (decree), D (decree) and 1 more"
    ]


def test_a_checklist_that_is_answered_may_close(given):
    answers = (given.record("check", "A", "decree", answer="yes"),)
    assert given.against("closing", "checklist", {"items": [ITEMS[0]]}, given.entries("A"), records=answers) == []


def test_the_rules_of_edition_and_track_apply_unless_the_stage_says_no(given):
    young = given.entry("A", track="umum", answers={"age": 3})
    in_track = (Track("umum", Text("u", "u"), eligibility=(RuleUse("old"),)),)
    found = [
        given.close("checklist", {}, [young], tracks=in_track),
        given.close("checklist", {}, [young], eligibility=(RuleUse("old"),)),
    ]
    refused = Proposal("A", "stop", "every item of the checklist is met", "younger than 24 months", ("too_young",))
    assert [outcome.proposals for outcome in found] == [(refused,), (refused,)]
    off = given.close("checklist", {"items": [ITEMS[0]], "eligibility": False}, [young], tracks=in_track)
    assert off.proposals[0].outcome == "undecided"


def test_a_rule_that_nobody_provides_is_found_out_when_the_stage_opens(given):
    options = {"items": [ITEMS[2] | {"rule": {"rule": "old", "value": 3}}, ITEMS[2] | {"id": "x", "rule": "ancient"}]}
    assert given.against("opening", "checklist", options) == [
        "old.value: 'old' has no options",
        "there is no eligibility rule 'ancient'; known are: old",
    ]


@pytest.mark.parametrize(
    "options",
    [
        {"items": [ITEMS[0], ITEMS[0]]},
        {"eligibility": False},
        {"items": [{"id": "x", "text": "X"}]},
        {"items": [ITEMS[0] | {"reason": "No Decree"}]},
        {"eligibility": "yes"},
    ],
)
def test_a_checklist_that_cannot_work_is_refused(given, options):
    with pytest.raises(ValidationError):
        given.view("checklist", options)


@pytest.mark.parametrize(
    ("code", "subject", "problems"),
    [
        ("A", "decree", []),
        ("A", "age", ["'age' is not an item that a person answers; those are: decree, proof"]),
        ("A", "proof", ["'proof' is not asked in track 'umum'"]),
    ],
)
def test_only_the_items_for_a_person_and_the_track_are_answered(given, code, subject, problems):
    view = given.view("checklist", {"items": ITEMS}, [given.entry("A", track="umum")])
    found = given.kind("checklist").records["check"].check(view, given.record("check", code, subject, answer="yes"))
    assert list(found) == [Problem("subject", message) for message in problems]


def test_an_upheld_objection_stops_its_entry_with_the_answer(given):
    records = (
        given.record("objection", "A", "1", text="copied", **{"from": "a citizen"}),
        given.record("answer", "A", "1", verdict="upheld", text="it was copied"),
        given.record("objection", "B", "2", text="too new", **{"from": "a rival"}),
        given.record("answer", "B", "2", verdict="rejected", text="it is old enough"),
        given.record("answer", "C", "9", verdict="upheld", text="an answer to nothing"),
    )
    rule = "no objection upheld"
    assert given.close("objection", {"days": 5}, given.entries("A", "B", "C"), records=records).proposals == (
        Proposal("A", "stop", rule, "objection upheld: 1: it was copied", ("objection_upheld",)),
        Proposal("B", "advance", rule, "1 objection rejected"),
        Proposal("C", "advance", rule, "no objection"),
    )


def test_an_objection_without_an_answer_keeps_the_window_open(given):
    records = (given.record("objection", "A", "1", text="copied", **{"from": "a citizen"}),)
    assert given.against("closing", "objection", {"days": 5}, given.entries("A"), records=records) == [
        "1 objection without an answer: 1 on A"
    ]
    answered = (*records, given.record("answer", "A", "1", verdict="rejected", text="no"))
    assert given.against("closing", "objection", {"days": 5}, given.entries("A"), records=answered) == []


@pytest.mark.parametrize(("hours", "reasons"), [(120, 0), (119, 1)])
def test_a_window_may_not_be_shorter_than_its_days(given, hours, reasons):
    closes = given.noon + timedelta(hours=hours)
    found = given.against("opening", "objection", {"days": 5}, opens=given.noon, closes=closes)
    assert len(found) == reasons


def test_who_objects_and_why_is_needed(given):
    schema = given.kind("objection").records["objection"].schema()
    assert schema.load({"from": "a citizen", "text": "copied"}) == {"from": "a citizen", "text": "copied"}
    assert sorted(schema.validate({"sender": "x", "text": " "})) == ["from", "sender", "text"]


def test_monitoring_stops_nobody_and_says_what_became_of_each(given):
    records = (
        given.record("adoption", "A", "1", by="Kota Tegal", year=2024, evidence="MoU"),
        given.record("adoption", "A", "2", by="Kudus", year=2025, evidence="MoU"),
        given.record("survival", "A", "b", year=2025, alive="no", evidence="visit"),
        given.record("survival", "A", "a", year=2024, alive="yes", evidence="report"),
    )
    assert given.close("monitoring", {}, given.entries("A", "B"), records=records).proposals == (
        Proposal("A", "advance", "monitoring stops nobody", "2 adoptions; alive in 2025: no"),
        Proposal("B", "advance", "monitoring stops nobody", "0 adoptions; survival not looked at yet"),
    )


def test_adoptions_are_written_after_the_stage_has_closed_too(given):
    assert {name: kind.after_close for name, kind in given.kind("monitoring").records.items()} == {
        "adoption": True,
        "survival": True,
    }
