"""Panels, conflicts, assignments and scorecards: every refusal in its words, and exact figures."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from juri.core.entries.people import actor_of, add_person, relate
from juri.core.errors import ActionRefused, InputRefused, NotFound, PluginError
from juri.core.extension import AssignmentRule
from juri.core.judging.assignments import assign, assign_pairs, assigned_pairs
from juri.core.judging.conflicts import accept_assignment, declare_conflict, forbidden_pairs
from juri.core.judging.model import ScorecardRevision, ScorecardRow
from juri.core.judging.panels import add_juror, find_juror, panel_jurors
from juri.core.policy import Actor, Grant
from juri.core.registry import Registry
from juri.core.stages.verbs import close_stage, open_stage, recompute_stage, reopen_stage

ALL = {(entry, juror) for entry in ("E1", "E2", "E3") for juror in ("J1", "J2", "J3")}
MARKS = {"manfaat": "80", "kebaruan": "60"}


def refused(competition, verb, *args, **options):
    with pytest.raises((ActionRefused, InputRefused, NotFound, PluginError)) as error:
        competition.do(verb, *args, **options)
    return [
        str(each) for each in getattr(error.value, "problems", None) or getattr(error.value, "reasons", [error.value])
    ]


def states(competition):
    with competition.read() as (session, running):
        return assigned_pairs(session, running, "proposal")


def juror(competition, code):
    """Return the person behind a juror as an actor."""
    with competition.database.read() as session:
        return actor_of(session, f"{code}@juri.test")


# Panels


def test_a_person_is_in_a_panel_once(registering):
    before = registering.do(add_juror, "te", "J1@juri.test", code="J1")
    assert registering.do(add_juror, "te", "j1@juri.test").id == before.id
    with registering.read() as (session, running):
        assert list(panel_jurors(session, running, "te")) == ["J1", "J2", "J3"]
        assert find_juror(session, running, "J2").panel == "te"


@pytest.mark.parametrize(
    ("panel", "options", "said"),
    [
        ("tpi", {}, "panel: there is no panel 'tpi'; panels are te"),
        ("te", {"weight": 0}, "juror: a weight is 1 or more"),
        ("te", {"categories": ["hobi", "kesehatan"]}, "juror: unknown categories ['hobi']"),
        ("te", {"code": "J2"}, "code: the code 'J2' belongs to another juror or panel; give another, or leave it out"),
        (
            "te",
            {"code": "J" * 41},
            f"code: the code '{'J' * 41}' is longer than 40 characters; give another, or leave it out",
        ),
    ],
)  # fmt: skip
def test_a_juror_without_sense_is_refused(registering, panel, options, said):
    with registering.database.write() as session:
        add_person(session, name="Baru", email="baru@juri.test", by=registering.by)
    assert refused(registering, add_juror, panel, "baru@juri.test", **options) == [said]


def test_a_juror_without_a_code_gets_the_address_or_a_number(registering):
    for email in ("baru@juri.test", f"{'x' * 60}@juri.test"):
        with registering.database.write() as session:
            add_person(session, name="Baru", email=email, by=registering.by)
    assert registering.do(add_juror, "te", "baru@juri.test").code == "baru@juri.test"
    assert registering.do(add_juror, "te", f"{'x' * 60}@juri.test").code == "J5"


def test_who_is_not_there_is_not_found(registering):
    assert refused(registering, add_juror, "te", "z@juri.test") == ["there is no person 'z@juri.test'"]
    with registering.read() as (session, running), pytest.raises(NotFound, match="there is no juror 'J9' in edition"):
        find_juror(session, running, "J9")


def test_a_panel_is_the_organisers_business(registering):
    chair = Actor("ketua", frozenset({Grant("panel_chair")}))
    assert refused(registering, add_juror, "te", "J1@juri.test", by=chair) == ["ketua may not do 'panel.change' here"]


# Conflicts


def test_a_panel_whose_rules_leave_the_region_out_does_not_look_at_it(competition_at):
    competition = competition_at("empty")
    competition.install(panels=[{"id": "te", "name": "Tim"}])
    competition.begin()
    competition.enter("E1", "Dinas A")
    with competition.database.write() as session:
        add_person(session, name="J4", email="J4@juri.test", by=competition.by, region="Utara")
    competition.do(add_juror, "te", "J4@juri.test", code="J4")
    with competition.read() as (session, running):
        assert forbidden_pairs(session, running, "te", panel_jurors(session, running, "te").values()) == {}


def test_a_juror_declares_the_own_conflicts_and_nobody_elses(judging):
    own = juror(judging, "J1")
    said = "j1@juri.test may not do 'conflict.declare' here"
    assert refused(judging, declare_conflict, "J2", "E1", "keluarga", by=own) == [said]
    judging.do(declare_conflict, "J1", "E1", "keluarga", by=own)
    assert states(judging) == {pair: "conflict" if pair == ("E1", "J1") else "offered" for pair in ALL}


@pytest.mark.parametrize(
    ("who", "entry", "reason", "said"),
    [
        ("J1", "E1", " ", "reason: name the conflict: own agency, family, business, other"),
        ("J9", "E1", "keluarga", "there is no juror 'J9' in edition lomba-2026"),
        ("J1", "E9", "keluarga", "there is no entry 'E9' in edition lomba-2026"),
        ("J2", "E2", "usaha", "entry: the conflict of J2 with E2 is noted already"),
        ("J1", "E1", "x" * 501, "reason: 501 characters are too many; write 500 at most"),
    ],
)
def test_a_conflict_without_sense_is_refused(judging, who, entry, reason, said):
    judging.do(declare_conflict, "J2", "E2", "keluarga")
    assert refused(judging, declare_conflict, who, entry, reason) == [said]


def test_a_sheet_given_before_the_conflict_was_declared_stays_and_counts_no_more(judging):
    judging.judge_all()
    judging.judge("E1", "J1", {"manfaat": "0", "kebaruan": "0"}, version=1)
    judging.do(close_stage, "proposal")
    judging.do(declare_conflict, "J1", "E1", "keluarga")
    outcome = judging.do(recompute_stage, "proposal", reason="benturan kepentingan")
    first = outcome.standings[""].lines[0]
    assert (first.entry, first.score, first.sheets) == ("E1", 90, 2)
    with judging.database.read() as session:
        assert len(session.scalars(select(ScorecardRevision.id)).all()) == 10
    assert judging.verified().findings == ()


def test_an_absent_juror_in_conflict_is_no_absence(competition_at, edition_stages):
    """With the policy that an absent sheet counts zero, a juror in conflict must not cost the entry a third."""
    competition = competition_at("empty")
    registration, proposal, *rest = edition_stages
    competition.install(stages=[registration, proposal | {"missing": "zero"}, *rest])
    competition.begin()
    competition.begin_judging()
    for code in ("J1", "J2"):
        competition.judge("E1", code, {"manfaat": "90", "kebaruan": "90"})
    competition.do(close_stage, "proposal")
    competition.do(declare_conflict, "J3", "E1", "keluarga")
    outcome = competition.do(recompute_stage, "proposal", reason="benturan kepentingan")
    assert {line.entry: line.score for line in outcome.standings[""].lines}["E1"] == 90


def test_a_conflict_declared_after_the_seal_changes_nothing_until_the_stage_is_reopened(judging):
    judging.judge_all()
    judging.finish("proposal")
    judging.do(declare_conflict, "J1", "E1", "keluarga")
    assert states(judging)["E1", "J1"] == "done"
    for name in ("ani", "budi"):
        judging.do(reopen_stage, "proposal", by=Actor.operator(name), reason="benturan kepentingan")
    assert states(judging)["E1", "J1"] == "conflict"
    assert judging.verified().findings == ()


def test_a_juror_in_conflict_sends_nothing_more(judging):
    judging.do(declare_conflict, "J1", "E1", "keluarga")
    with pytest.raises(ActionRefused) as error:
        judging.judge("E1", "J1")
    assert error.value.reasons == ("J1 is recused from E1; the sheet is not taken",)
    assert error.value.code == "conflict_of_interest"
    with pytest.raises(ActionRefused) as error:
        judging.judge("E1", "J1", by=juror(judging, "J1"))
    assert error.value.reasons == ("j1@juri.test may not do 'scorecard.write' here",)


def test_a_juror_who_knows_of_no_conflict_says_so(judging):
    own = juror(judging, "J1")
    for _ in range(2):
        judging.do(accept_assignment, "proposal", "E1", "J1", by=own)
    assert states(judging)["E1", "J1"] == "accepted"
    judging.do(declare_conflict, "J1", "E2", "keluarga")
    said = "J1 is recused from E2; ask the secretariat"
    assert refused(judging, accept_assignment, "proposal", "E2", "J1", by=own) == [said]
    said = "there is no assignment 'J1 to E9' in stage proposal"
    assert refused(judging, accept_assignment, "proposal", "E9", "J1", by=own) == [said]


# Assignments


def test_assigning_again_keeps_what_is_assigned_and_adds_what_is_new(judging):
    judging.judge("E1", "J1")
    with judging.database.write() as session:
        add_person(session, name="J4", email="J4@juri.test", by=judging.by)
    judging.do(add_juror, "te", "J4@juri.test", code="J4")
    assert judging.do(assign, "proposal") == 3
    assert states(judging) == dict.fromkeys(ALL, "offered") | {
        ("E1", "J1"): "done", ("E1", "J4"): "offered", ("E2", "J4"): "offered", ("E3", "J4"): "offered",
    }  # fmt: skip
    assert judging.do(assign, "proposal") == 0


def test_pairs_by_hand_are_all_checked_before_any_is_stored(competition_at):
    competition = competition_at("registering")
    for code in ("E1", "E2"):
        competition.enter(code)
    competition.finish("registration")
    competition.do(declare_conflict, "J1", "E1", "keluarga")
    pairs = [("E1", "J1"), ("E9", "J1"), ("E2", "J9"), ("E2", "J2")]
    assert refused(competition, assign_pairs, "proposal", pairs) == [
        "E1, J1: they are in conflict: declared",
        "E2, J9: juror 'J9' is not in this stage's panel",
        "E9, J1: entry 'E9' does not take part in this stage",
    ]
    assert states(competition) == {}
    assert competition.do(assign_pairs, "proposal", [("E2", "J2"), ("E2", "J2"), ("E1", "J3")]) == 2
    assert competition.do(assign_pairs, "proposal", [("E2", "J2")]) == 0


def test_nothing_is_assigned_in_a_stage_that_is_closed(judging):
    judging.do(close_stage, "proposal")
    said = "the stage 'proposal' is closed; assignments are made before it closes"
    assert refused(judging, assign, "proposal") == [said]
    assert refused(judging, assign_pairs, "proposal", []) == [said]


def test_an_unknown_stage_or_rule_is_not_found(judging):
    said = "there is no stage 'none'; the stages are registration, proposal, finalists, winners, after"
    assert refused(judging, assign, "none") == [said]
    (said,) = refused(judging, assign, "proposal", rule="balancd")
    assert said == "there is no assignment rule 'balancd'; did you mean 'balanced'?"


def raising(error):
    def assign_nobody(_case, _options):
        raise error

    return Registry.of(
        [
            (
                "assignment_rules",
                "strange 1.0",
                AssignmentRule(name="odd", title="Odd", version="1", assign=assign_nobody),
            )
        ]
    )


def test_a_rule_that_fails_is_told_with_its_plugin_and_assigns_nobody(judging):
    with judging.write() as (session, running), pytest.raises(PluginError) as error:
        assign(
            session, replace(running, registry=raising(ZeroDivisionError("0"))), "proposal", by=judging.by, rule="odd"
        )
    assert str(error.value) == "plugin 'strange 1.0', assignment rule 'odd': ZeroDivisionError: 0"


# Scorecards


def test_a_total_is_stored_exactly(competition_at):
    """Krenova Jawa Tengah: elements 7,6,5,3 | 6,5 | 7,7,6 | 5,3,2 come to 1660/3 of 700."""
    competition = competition_at("empty")
    criteria = {"a": (20, (7, 6, 5, 3)), "b": (30, (6, 5)), "c": (35, (7, 7, 6)), "d": (15, (5, 3, 2))}
    rubric = {
        "kind": "levelled",
        "criteria": [
            {
                "id": name,
                "weight": weight,
                "children": [{"id": f"{name}{n}", "scale": {"levels": [2, 3, 5, 6, 7]}} for n in range(len(levels))],
            }
            for name, (weight, levels) in criteria.items()
        ],
    }
    answers = {f"{name}{n}": str(level) for name, (_, levels) in criteria.items() for n, level in enumerate(levels)}
    competition.install(rubrics={"nilai": rubric})
    competition.begin()
    competition.begin_judging()
    competition.judge("E1", "J1", answers)
    with competition.database.read() as session:
        (kept,) = session.scalars(select(ScorecardRow)).all()
    assert (kept.total_numerator, kept.total_denominator) == (1660, 3)


def test_conflicts_are_found_by_employer_region_and_tie(registering):
    for code, place in (("E1", "Dinas A"), ("E2", "Dinas B"), ("E3", "Kecamatan C")):
        registering.enter(code, place)
    with registering.database.write() as session:
        for code, options in (("J4", {"organization": "Dinas A"}), ("J5", {"region": "Selatan"}), ("J6", {})):
            add_person(session, name=code, email=f"{code}@juri.test", by=registering.by, **options)
        relate(session, "J6@juri.test", "Kecamatan C", "spouse", by=registering.by)
    for code in ("J4", "J5", "J6"):
        registering.do(add_juror, "te", f"{code}@juri.test", code=code)
    found = {("E1", "J4"): "own_agency", ("E2", "J5"): "own_region", ("E3", "J6"): "relation"}
    with registering.read() as (session, running):
        jurors = panel_jurors(session, running, "te").values()
        assert forbidden_pairs(session, running, "te", jurors) == found
        assert forbidden_pairs(session, running, "another", jurors) == {}
    registering.finish("registration")
    registering.do(open_stage, "proposal")
    registering.do(assign, "proposal")
    everybody = {(entry, juror) for entry in ("E1", "E2", "E3") for juror in ("J1", "J2", "J3", "J4", "J5", "J6")}
    assert set(states(registering)) == everybody - set(found)
