"""Scoring, interview, visit and rating: sheets and votes become standings by the rules that the edition names."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given as any_of
from hypothesis import settings
from hypothesis import strategies as st
from marshmallow import ValidationError

from juri.core.errors import Problem
from juri.core.scoring.rubric import Bonus, Criterion, Rubric
from juri.core.scoring.standings import Unranked
from juri.core.view import Proposal

SCORING = {"panel": "te", "rubric": "r", "method": "mean", "missing": "submitted"}
RUBRIC = {"r": Rubric("r", "weighted", (Criterion("c"),))}


def scores_of(outcome, track=""):
    return {line.entry: line.score for line in outcome.standings[track].lines}


def test_the_stage_ranks_and_stops_nobody(given):
    sheets = given.sheets({"A": {"j": 80, "k": 90}, "B": {"j": 70, "k": None}, "C": {"j": None}})
    outcome = given.close("scoring", SCORING, given.entries("A", "B", "C"), sheets=sheets)
    rule = "the stage ranks and stops nobody"
    assert outcome.proposals == (
        Proposal("A", "advance", rule, "rank 1 with 85"),
        Proposal("B", "advance", rule, "rank 2 with 70"),
        Proposal("C", "advance", rule, "not ranked: no sheet was submitted"),
    )
    assert outcome.warnings == ("absent sheets by juror: j (1), k (1); only submitted sheets count",)


@pytest.mark.parametrize(
    ("method", "missing", "order"),
    [("mean", "zero", ["A", "B"]), ("mean", "submitted", ["B", "A"]), ("sum", "submitted", ["A", "B"])],
)
def test_the_same_sheets_and_another_policy_give_another_order(given, method, missing, order):
    sheets = given.sheets({"A": {"j": 70, "k": 70, "l": 70}, "B": {"j": 90, "k": 90, "l": None}})
    options = SCORING | {"method": method, "missing": missing}
    outcome = given.close("scoring", options, given.entries("A", "B"), sheets=sheets)
    assert list(scores_of(outcome)) == order


def test_tegal_ranks_its_two_tracks_apart(given):
    alive = (*given.entries("P1", "P2", track="pelajar"), *given.entries("U1", track="umum"))
    sheets = given.sheets({"P1": {"j": 80}, "P2": {"j": 90}, "U1": {"j": 85}})
    outcome = given.close("scoring", SCORING, alive, sheets=sheets, tracks=given.tracks("umum", "pelajar"))
    assert {track: scores_of(outcome, track) for track in outcome.standings} == {
        "umum": {"U1": 85},
        "pelajar": {"P2": 90, "P1": 80},
    }
    assert list(outcome.standings) == ["umum", "pelajar"]


def test_sheets_of_entries_that_are_gone_do_not_count(given):
    sheets = given.sheets({"A": {"j": 80}, "GONE": {"j": 99}})
    assert scores_of(given.close("scoring", SCORING, given.entries("A"), sheets=sheets)) == {"A": 80}


def test_rounding_and_ties_are_as_declared(given):
    sheets = given.sheets({"A": {"j": "80.004"}, "B": {"j": "80.001"}})
    options = SCORING | {"rounding": [{"step": "entry", "decimals": 2}], "ties": ["panel_decision"]}
    outcome = given.close("scoring", options, given.entries("A", "B"), sheets=sheets, tie_order=("B", "A"))
    assert [(line.entry, line.rank, line.score) for line in outcome.standings[""].lines] == [
        ("B", 1, 80),
        ("A", 2, 80),
    ]


def test_bonuses_count_where_the_stage_says_so(given):
    bonus = Bonus("two_years", fact="years", at_least=Decimal(2), points=Decimal(5))
    rubrics = {"r": replace(RUBRIC["r"], bonuses=(bonus,))}
    alive = [given.entry("A", answers={"years": 2}), given.entry("B", answers={"years": 1})]
    found = [
        scores_of(
            given.close(
                "scoring",
                SCORING | {"bonuses": on},
                alive,
                rubrics=rubrics,
                sheets=given.sheets({"A": {"j": 80}, "B": {"j": 81}}),
            )
        )
        for on in (True, False)
    ]
    assert found == [{"A": 85, "B": 81}, {"B": 81, "A": 80}]
    assert given.against("opening", "scoring", SCORING, alive, rubrics=rubrics) == [
        "the rubric 'r' has bonuses; write bonuses: true or bonuses: false in stage 'here'"
    ]


def test_what_would_fail_at_the_end_is_refused_at_the_opening(given):
    options = SCORING | {"method": {"name": "meen"}, "ties": ["coin"]}
    assert given.against("opening", "scoring", options, rubrics=RUBRIC) == [
        "method: there is no method 'meen'; did you mean 'mean'?",
        "ties: there is no tie rule 'coin'; known are: " + ", ".join(given.registry.names("tie_breakers")),
    ]
    assert given.against("opening", "scoring", SCORING, rubrics=RUBRIC) == []


def test_every_track_needs_a_rubric_that_is_there(given):
    options = SCORING | {"rubric": {"umum": "r", "khusus": "q"}}
    assert given.against(
        "opening", "scoring", options, rubrics=RUBRIC, tracks=given.tracks("umum", "khusus", "baru")
    ) == [
        "the rubric 'q' is not in the edition; it has: r",
        "track 'baru' has no rubric in stage 'here'; name one under rubric",
    ]


def test_a_gate_names_the_jurors_whose_sheets_are_missing(given):
    sheets = given.sheets({"A": {"j": 80, "k": None}, "B": {"k": None}, "C": {}})
    gated = SCORING | {"gate": "all_submitted", "jurors_per_entry": 2}
    assert given.against("closing", "scoring", gated, given.entries("A", "B", "C"), sheets=sheets) == [
        "juror 'k' has not submitted 2 sheets: A, B",
        "2 entries with fewer than 2 jurors: B, C",
    ]
    assert given.against("closing", "scoring", SCORING, given.entries("A", "B", "C"), sheets=sheets) == []


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"missing": None}, ["missing"]),
        ({"missing": "zeroes"}, ["missing"]),
        ({"method": None}, ["method"]),
        ({"jurors_per_entry": 2.0}, ["jurors_per_entry"]),
        ({"weights": {"j": 0}}, ["weights"]),
        ({"rounding": [{"decimals": 2}]}, ["rounding"]),
        ({"jurors": 3}, ["jurors"]),
    ],
)
def test_no_rule_is_implied_and_no_key_is_unknown(given, change, fields):
    written = {key: value for key, value in (SCORING | change).items() if value is not None}
    with pytest.raises(ValidationError) as refused:
        given.view("scoring", written)
    assert list(refused.value.messages) == fields


def test_a_juror_may_weigh_more(given):
    sheets = given.sheets({"A": {"j": 80, "k": 50}})
    weighted = [replace(sheet, juror_weight=1) for sheet in sheets]
    from juri.plugins.methods import weighted as method

    registry = type(given.registry).of(
        [
            *(
                (family, "x", item.extension)
                for family, items in given.registry.items.items()
                for item in items.values()
            ),
            *(("methods", "x", record) for record in method.juri_methods()),
        ]
    )
    options = SCORING | {"method": "weighted", "weights": {"j": 2}}
    view = replace(given.view("scoring", options, given.entries("A"), sheets=tuple(weighted)), extensions=registry.get)
    assert scores_of(given.kind("scoring").outcome(view)) == {"A": 70}


INTERVIEW = SCORING | {"minutes": [7, 13]}


def test_an_interview_closes_when_everybodys_attendance_is_written_down(given):
    seen = given.record("attendance", "A", "", present="no", leader="no")
    assert given.against("closing", "interview", INTERVIEW, given.entries("A", "B"), records=(seen,)) == [
        "1 entry without a record of attendance: B"
    ]
    sheets = given.sheets({"A": {"j": 80}, "B": {"j": 70}})
    outcome = given.close("interview", INTERVIEW, given.entries("A", "B"), sheets=sheets, records=(seen,))
    assert (scores_of(outcome), outcome.warnings) == ({"A": 80, "B": 70}, ("1 entry without anybody present: A",))


@pytest.mark.parametrize(
    ("starts", "place", "problems"),
    [
        ("2023-06-26T09:19:00+07:00", "Zoom 1", 1),
        ("2023-06-26T09:20:00+07:00", "Zoom 1", 0),
        ("2023-06-26T02:00:00+00:00", "Zoom 1", 1),
        ("2023-06-26T09:00:00+07:00", "Zoom 2", 0),
    ],
)
def test_two_slots_of_one_place_do_not_overlap(given, starts, place, problems):
    kept = given.record("slot", "A", "", starts="2023-06-26T09:00:00+07:00", place="Zoom 1")
    view = given.view("interview", INTERVIEW, given.entries("A", "B"), records=(kept,))
    new = given.record("slot", "B", "", starts=starts, place=place)
    found = list(given.kind("interview").records["slot"].check(view, new))
    taken = "entry 'A' has this place from 2023-06-26T09:00:00+07:00 to 2023-06-26T09:20:00+07:00"
    assert found == [Problem("starts", f"the slot is taken: {taken}", "slot_taken")] * problems


def test_a_slot_needs_a_moment_with_its_offset(given):
    schema = given.kind("interview").records["slot"].schema()
    assert schema.load({"starts": "2023-06-26T09:00:00+07:00", "minutes": "20"}) == {
        "starts": "2023-06-26T09:00:00+07:00",
        "minutes": 20,
    }
    assert list(schema.validate({"starts": "2023-06-26T09:00:00"})) == ["starts"]


GATE = {"mode": "gate", "claims": [{"id": "runs", "text": "It runs"}, {"id": "users", "text": "It is used"}]}


def claim(given, code, name, finding, number=1):
    return given.record("claim", code, name, number, finding=finding, evidence=["photo"])


def test_a_visit_as_a_gate_stops_whose_claims_are_refuted(given):
    records = (
        claim(given, "A", "runs", "confirmed"), claim(given, "A", "users", "partly"),
        claim(given, "B", "runs", "refuted"), claim(given, "B", "users", "confirmed"),
        claim(given, "C", "runs", "confirmed"),
    )  # fmt: skip
    rule = "at most 0 refuted claims"
    assert given.close("visit", GATE, given.entries("A", "B", "C"), records=records).proposals == (
        Proposal("A", "advance", rule, "partly: users"),
        Proposal("B", "stop", rule, "1 claim refuted: runs", ("claim_refuted",)),
        Proposal("C", "undecided", rule, "not verified yet: users"),
    )
    assert given.against("closing", "visit", GATE, given.entries("A", "B", "C"), records=records) == [
        "1 entry with claims that are not verified yet: C"
    ]


def test_a_gate_may_tolerate_a_refuted_claim(given):
    records = (claim(given, "A", "runs", "refuted"), claim(given, "A", "users", "confirmed"))
    outcome = given.close("visit", GATE | {"tolerate": 1}, given.entries("A"), records=records)
    assert outcome.proposals == (Proposal("A", "advance", "at most 1 refuted claim", "refuted: runs"),)


@pytest.mark.parametrize(
    ("sample", "reasons"),
    [({"share": Decimal("0.5")}, ["1 entry visited, at least 2 must be"]), ({"count": 1}, [])],
)
def test_of_a_sample_enough_are_visited_and_the_others_go_on(given, sample, reasons):
    records = (claim(given, "A", "runs", "confirmed"), claim(given, "A", "users", "confirmed"))
    options = GATE | {"sample": sample}
    alive = given.entries("A", "B", "C")
    assert given.advanced(given.close("visit", options, alive, records=records)) == ["A", "B", "C"]
    assert given.against("closing", "visit", options, alive, records=records) == reasons


def test_a_scored_visit_ranks_like_any_scoring(given):
    options = SCORING | {"mode": "scored"}
    sheets = given.sheets({"A": {"j": 80}, "B": {"j": 90}})
    assert scores_of(given.close("visit", options, given.entries("A", "B"), sheets=sheets)) == {"B": 90, "A": 80}
    assert given.against("opening", "visit", options, given.entries("A"), rubrics=RUBRIC) == []
    assert given.against("opening", "visit", GATE, given.entries("A")) == []
    assert given.against("closing", "visit", options | {"gate": "all_submitted"}, given.entries("A")) == [
        "1 entry with fewer than 1 juror: A"
    ]


@pytest.mark.parametrize(
    ("options", "fields"),
    [
        ({"mode": "scored"}, ["panel", "rubric", "method", "missing"]),
        ({"mode": "gate"}, ["claims"]),
        (GATE | {"method": "mean", "missing": "zero"}, ["method", "missing"]),
        (GATE | {"sample": {"share": Decimal("0.5"), "count": 1}}, ["sample"]),
    ],
)
def test_a_visit_is_a_gate_or_scored_and_has_what_that_needs(given, options, fields):
    with pytest.raises(ValidationError) as refused:
        given.view("visit", options)
    assert list(refused.value.messages) == fields


def test_only_the_claims_of_the_stage_are_verified(given):
    view = given.view("visit", GATE, given.entries("A"))
    found = given.kind("visit").records["claim"].check(view, claim(given, "A", "cost", "confirmed"))
    message = "'cost' is not a claim of this stage; its claims are: runs, users"
    assert list(found) == [Problem("subject", message)]
    assert given.kind("visit").records["claim"].schema().validate({"finding": "refuted", "evidence": []}) == {
        "evidence": ["Shorter than minimum length 1."]
    }


RATING = {"scale": {"min": 1, "max": 5, "step": 1}, "minimum_votes": 2}


def vote(given, code, voter, value, number=1):
    return given.record("vote", code, voter, number, value=value)


def test_votes_are_averaged_exactly_and_too_few_give_no_rank(given):
    votes = (
        vote(given, "A", "x", "5"), vote(given, "A", "y", "4"), vote(given, "A", "z", "4"),
        vote(given, "B", "x", "1"), vote(given, "B", "y", "1", 2), vote(given, "B", "y", "3", 7),
        vote(given, "C", "x", "5"), vote(given, "D", "x", "9"),
    )  # fmt: skip
    outcome = given.close("rating", RATING, given.entries("A", "B", "C", "D"), records=votes)
    assert scores_of(outcome) == {"A": Fraction(13, 3), "B": 2}
    assert outcome.standings[""].unranked == (
        Unranked("C", 1, "1 vote, at least 2 needed"),
        Unranked("D", 0, "0 votes, at least 2 needed"),
    )
    assert outcome.warnings == ("1 vote off the scale, not counted",)
    assert given.advanced(outcome) == ["A", "B", "C", "D"]


def test_tegal_counts_the_newest_pick_of_each_voter_in_each_track(given):
    poll = {"scale": {"min": 1, "max": 1}, "minimum_votes": 1, "method": "sum", "picks": 1}
    alive = (*given.entries("P1", "P2", track="pelajar"), *given.entries("U1", track="umum"))
    votes = (
        vote(given, "P1", "x", 1, 1), vote(given, "P2", "x", 1, 2), vote(given, "U1", "x", 1, 3),
        vote(given, "P2", "y", 1, 4),
    )  # fmt: skip
    outcome = given.close("rating", poll, alive, records=votes, tracks=given.tracks("pelajar", "umum"))
    assert {track: scores_of(outcome, track) for track in outcome.standings} == {
        "pelajar": {"P2": 2},
        "umum": {"U1": 1},
    }


def test_a_vote_off_the_scale_is_refused_when_it_is_cast(given):
    view = given.view("rating", RATING, given.entries("A"))
    check = given.kind("rating").records["vote"].check
    assert list(check(view, vote(given, "A", "x", "6"))) == [
        Problem("value", "6 is outside the scale 1 to 5", "off_scale")
    ]
    assert list(check(view, vote(given, "A", "x", "5"))) == []
    assert given.kind("rating").records["vote"].schema().load({"value": "4.50"}) == {"value": "4.5"}


@settings(max_examples=40)
@any_of(st.data())
def test_the_order_of_entries_sheets_and_records_never_matters(given, data):
    codes = [f"E{n}" for n in range(6)]
    grades = data.draw(st.lists(st.integers(0, 5), min_size=18, max_size=18))
    sheets = given.sheets({code: {j: grades[3 * n + i] for i, j in enumerate("jkl")} for n, code in enumerate(codes)})
    votes = [vote(given, code, f"v{n % 4}", grades[n] or 1, n) for n, code in enumerate(codes * 3)]
    alive = data.draw(st.permutations(given.entries(*codes)))
    judged = [given.close("scoring", SCORING, found, sheets=shuffled) for found, shuffled in (
        (given.entries(*codes), sheets), (alive, tuple(data.draw(st.permutations(sheets)))),
    )]  # fmt: skip
    rated = [given.close("rating", RATING | {"picks": 2}, found, records=tuple(shuffled)) for found, shuffled in (
        (given.entries(*codes), votes), (alive, data.draw(st.permutations(votes))),
    )]  # fmt: skip
    assert judged[0] == judged[1]
    assert rated[0] == rated[1]
