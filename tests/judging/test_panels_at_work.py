"""Panels at work: what an assignment would be, taking jurors off by hand and back again, loads and conflicts."""

import pytest

from juri.core.errors import ActionRefused, InputRefused, NotFound
from juri.core.judging.assignments import assign, assign_pairs, recuse, replace_juror
from juri.core.judging.conflicts import declare_conflict
from juri.core.judging.loads import known_conflicts, panel_seats
from juri.core.judging.planning import plan_assignment, plan_replacement
from juri.core.stages.progress import stage_progress, unfinished_entries
from juri.core.stages.verbs import open_stage


@pytest.fixture
def unassigned(registering):
    """Return a competition whose scoring is open with three entries and no assignment."""
    for code, place in {"E1": "Dinas A", "E2": "Dinas B", "E3": "Dinas B"}.items():
        registering.enter(code, place)
    registering.finish("registration")
    registering.do(open_stage, "proposal")
    return registering


def seats(competition):
    with competition.read() as (session, running):
        return {seat.code: seat for seat in panel_seats(session, running)}


def figures(competition, juror):
    seat = seats(competition)[juror]
    return {what: seat.total(what) for what in ("asked", "sent", "left", "drafts", "out")}


def test_a_plan_says_the_loads_and_assigns_nobody(unassigned):
    with unassigned.read() as (session, running):
        plan = plan_assignment(session, running, "proposal")
    assert plan.loads() == {"J1": (0, 3), "J2": (0, 3), "J3": (0, 3)}
    assert len(plan.fresh) == 9
    assert figures(unassigned, "J1")["asked"] == 0


def test_a_plan_is_what_assigning_does(unassigned):
    with unassigned.read() as (session, running):
        plan = plan_assignment(session, running, "proposal", seed=7)
    assert unassigned.do(assign, "proposal", seed=7) == len(plan.fresh)
    with unassigned.read() as (session, running):
        again = plan_assignment(session, running, "proposal", seed=7)
    assert (again.kept, again.fresh) == (frozenset(plan.fresh), ())


def test_a_stage_without_jurors_has_no_plan(unassigned):
    with unassigned.read() as (session, running), pytest.raises(ActionRefused):
        plan_assignment(session, running, "finalists")


def test_a_juror_taken_off_by_hand_has_less_to_do_and_no_rule_gives_it_back(judging):
    judging.do(recuse, "proposal", [("E1", "J1")])
    assert figures(judging, "J1") == {"asked": 2, "sent": 0, "left": 2, "drafts": 0, "out": 1}
    assert judging.do(assign, "proposal") == 0
    assert figures(judging, "J1")["out"] == 1


def test_a_juror_taken_off_by_hand_is_put_back_by_hand_and_the_sheet_counts_again(judging):
    judging.judge("E1", "J1")
    judging.do(recuse, "proposal", [("E1", "J1")], reason="keliru ditugaskan")
    assert figures(judging, "J1") == {"asked": 2, "sent": 0, "left": 2, "drafts": 0, "out": 1}
    assert judging.do(assign_pairs, "proposal", [("E1", "J1")]) == 1
    assert figures(judging, "J1") == {"asked": 3, "sent": 1, "left": 2, "drafts": 0, "out": 0}
    assert judging.verified().findings == ()


def test_a_sheet_that_was_begun_is_not_dropped_without_a_reason(judging):
    judging.judge("E1", "J1", draft=True)
    with pytest.raises(InputRefused) as refused:
        judging.do(recuse, "proposal", [("E1", "J1"), ("E9", "J1")])
    assert [problem.field for problem in refused.value.problems] == ["E9, J1", "reason"]
    assert figures(judging, "J1") == {"asked": 3, "sent": 0, "left": 3, "drafts": 1, "out": 0}


def test_loads_say_when_a_juror_last_wrote(judging):
    assert seats(judging)["J1"].last is None
    judging.judge("E1", "J1", draft=True)
    judging.judge("E2", "J1")
    assert figures(judging, "J1") == {"asked": 3, "sent": 1, "left": 2, "drafts": 1, "out": 0}
    found = seats(judging)
    assert found["J1"].last is not None
    assert found["J2"].last is None


def unfinished(competition, most=9):
    """Return the entries that wait, as the database counts them, which is as the whole progress tells them."""
    with competition.read() as (session, running):
        found, count = unfinished_entries(session, running, "proposal", most)
        whole = stage_progress(session, running, "proposal").unfinished
    assert (found, count) == (whole[:most], len(whole))
    return [(each.entry, each.done, each.assigned, each.waits_for) for each in found]


def test_entries_that_wait_are_counted_where_they_are_stored(judging):
    assert [entry for entry, *_ in unfinished(judging)] == ["E1", "E2", "E3"]
    judging.judge("E1", "J1", draft=True)
    for juror in ("J1", "J2", "J3"):
        judging.judge("E2", juror)
    judging.judge("E3", "J2")
    judging.do(recuse, "proposal", [("E3", "J3")])
    judging.do(declare_conflict, "J2", "E1", "keluarga")
    assert unfinished(judging) == [("E1", 0, 2, ("J1", "J3")), ("E3", 1, 2, ("J1",))]
    assert [entry for entry, *_ in unfinished(judging, most=1)] == ["E1"]


def test_an_entry_without_any_juror_waits_and_nothing_waits_where_all_is_in(unassigned):
    assert unfinished(unassigned) == [("E1", 0, 0, ()), ("E2", 0, 0, ()), ("E3", 0, 0, ())]
    unassigned.do(assign, "proposal")
    for entry in ("E1", "E2", "E3"):
        for juror in ("J1", "J2", "J3"):
            unassigned.judge(entry, juror)
    assert unfinished(unassigned) == []


def test_conflicts_are_told_with_what_the_juror_said(judging):
    judging.do(declare_conflict, "J2", "E1", "keluarga")
    with judging.read() as (session, running):
        found = known_conflicts(session, running)
    assert [(each.panel, each.juror, each.entry, each.entrant, each.kind, each.reason) for each in found] == [
        ("te", "J2", "E1", "Dinas A", "declared", "keluarga")
    ]
    assert figures(judging, "J2")["out"] == 1


def test_a_plan_says_how_the_jurors_hang_together(unassigned):
    with unassigned.read() as (session, running):
        plan = plan_assignment(session, running, "proposal")
    assert (plan.graph.components, plan.graph.connectivity) == (1, pytest.approx(1.5))
    assert (plan.worries, plan.thinnest, plan.gone) == ((), None, ())


def test_options_of_the_rule_are_checked_and_obeyed(unassigned):
    with unassigned.read() as (session, running):
        with pytest.raises(ActionRefused) as refused:
            plan_assignment(session, running, "proposal", options={"max_load": 2})
        with pytest.raises(InputRefused) as faulty:
            plan_assignment(session, running, "proposal", options={"max_load": 0, "luck": 3})
    assert refused.value.reasons[0].startswith(
        "these 3 entries of category 'kesehatan' (E1, E2, E3) want 9 scorecards; the 3 jurors (J1, J2, J3)"
    )
    assert [problem.field for problem in faulty.value.problems] == ["luck", "max_load"]


def test_what_a_juror_has_not_sent_is_handed_over_and_what_was_sent_stays(judging):
    judging.judge("E1", "J1")
    with judging.read() as (session, running):
        plan = plan_replacement(session, running, "proposal", "J1")
    assert (plan.gone, plan.fresh) == ((("E2", "J1"), ("E3", "J1")), ())
    with pytest.raises(InputRefused) as refused:
        judging.do(replace_juror, "proposal", "J1", reason=" ")
    assert str(refused.value) == "reason: say why the juror is replaced"
    assert judging.do(replace_juror, "proposal", "J1", reason="sakit") == plan
    assert figures(judging, "J1") == {"asked": 1, "sent": 1, "left": 0, "drafts": 0, "out": 2}
    with pytest.raises(NotFound):
        judging.do(replace_juror, "proposal", "J1", reason="sakit")
    assert judging.verified().findings == ()
