"""What an organiser sees of a stage before acting: obstacles, previews, proposals, ties, signatures; and the board."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from juri.core.editions.gate import find_stage
from juri.core.errors import ActionRefused, InputRefused
from juri.core.extension import StageKind
from juri.core.policy import Actor, Grant
from juri.core.stages.acts import Act, may_record, record_act
from juri.core.stages.board import edition_board
from juri.core.stages.deciding import decide, order_ties
from juri.core.stages.gates import obstacles
from juri.core.stages.outcomes import outcome_lines, tied_groups
from juri.core.stages.preview import compare_rubrics, preview_outcome
from juri.core.stages.signing import reopening_asked, sign_stage, signatures
from juri.core.stages.verbs import (
    close_stage,
    embargo_stage,
    open_stage,
    publish_stage,
    recompute_stage,
    reopen_stage,
    seal_stage,
)
from juri.core.storage.database import database_now

ANI, BUDI = Actor.operator("ani"), Actor.operator("budi")
TIE = {"E1": 90, "E2": 70, "E3": 70}


def next_of(competition):
    with competition.read() as (session, running):
        step = edition_board(session, running).next
    return (step.action, step.stage)


def lines_of(competition, stage):
    with competition.read() as (session, running):
        return outcome_lines(session, running, find_stage(session, running.id, stage))


@pytest.fixture
def judged(judging):
    """Return a competition whose scoring is sealed: E1 before E2 and E3, who are equal."""
    judging.judge_all(TIE)
    judging.finish("proposal")
    return judging


def test_a_planned_stage_says_which_stage_must_be_sealed_first(judging):
    with judging.read() as (session, running):
        assert obstacles(session, running, "finalists") == ["stage 'proposal' is open; seal it first"]


def test_a_stage_of_a_draft_says_that_its_edition_is_no_open_one(competition_at):
    installed = competition_at("installed")
    with installed.read() as (session, running):
        assert obstacles(session, running, "registration") == ["the edition is draft; open the edition first"]


def test_a_closed_stage_says_who_is_not_decided(judging):
    judging.judge_all()
    judging.do(close_stage, "proposal")
    with judging.read() as (session, running):
        assert obstacles(session, running, "proposal") == [
            "3 entries are not decided, such as E1, E2, E3; decide first"
        ]


def test_nothing_stands_in_the_way_of_a_decided_stage(judged):
    with judged.read() as (session, running):
        assert [obstacles(session, running, key) for key in ("proposal", "finalists")] == [[], []]


def test_a_preview_ranks_what_is_there_and_stores_nothing(judging):
    judging.judge("E1", "J1")
    with judging.read() as (session, running):
        outcome = preview_outcome(session, running, "proposal")
        kept = lines_of(judging, "proposal")
    assert [(line.entry, line.score) for line in outcome.standings[""].lines] == [("E1", Fraction(74))]
    assert [line.entry for line in outcome.standings[""].unranked] == ["E2", "E3"]
    assert kept == ()


def weights(running, **changed):
    """Return the rubric with other weights."""
    rubric = running.edition.rubrics["nilai"]
    criteria = tuple(replace(each, weight=Decimal(changed.get(each.id, each.weight))) for each in rubric.criteria)
    return {"nilai": replace(rubric, criteria=criteria)}


def test_other_weights_move_ranks_and_store_nothing(judging):
    for juror in ("J1", "J2", "J3"):
        judging.judge("E1", juror, {"manfaat": "90", "kebaruan": "50"})
        judging.judge("E2", juror, {"manfaat": "60", "kebaruan": "100"})
    with judging.read() as (session, running):
        same = compare_rubrics(session, running, "proposal", weights(running))
        other = compare_rubrics(session, running, "proposal", weights(running, manfaat=30, kebaruan=70))
    assert (same.sheets, same.sheets_changed, same.ranks_moved, same.scores_changed) == (6, 0, 0, 0)
    assert (other.sheets, other.sheets_changed, other.ranks_moved, other.scores_changed) == (6, 6, 2, 2)
    assert [(move.entry, move.places, move.after.score) for move in other.moves[""]] == [
        ("E2", 1, Fraction(88)),
        ("E1", -1, Fraction(62)),
    ]


def test_weights_that_do_not_add_up_are_refused_with_the_kind_s_own_words(judging):
    with judging.read() as (session, running), pytest.raises(InputRefused) as refused:
        compare_rubrics(session, running, "proposal", weights(running, manfaat=60))
    assert [problem.code for problem in refused.value.problems] == ["weights_not_100"]


def test_a_stage_without_scorecards_has_nothing_to_compare(judging):
    with judging.read() as (session, running), pytest.raises(ActionRefused):
        compare_rubrics(session, running, "finalists", {})


def test_every_entry_of_a_closed_stage_is_listed_with_its_place_and_what_is_proposed(judged):
    judged.do(open_stage, "finalists")
    judged.do(close_stage, "finalists")
    found = [(line.entry, line.standing.rank, line.outcome, line.is_open) for line in lines_of(judged, "finalists")]
    assert found == [("E1", 1, "advance", False), ("E2", 2, "undecided", True), ("E3", 2, "undecided", True)]


def test_a_departure_keeps_the_proposal_its_own_reason_and_the_signer(judging):
    judging.judge_all()
    judging.do(close_stage, "proposal")
    judging.do(
        decide, "proposal", signer="Ketua", reason="sesuai", outcomes={"E3": "stop"}, reasons={"E3": "dokumen palsu"}
    )
    lines = {line.entry: line for line in lines_of(judging, "proposal")}
    told = [
        (line.proposed.outcome, line.decided.proposal.outcome, line.decided.proposal.reason, line.departs)
        for line in (lines["E1"], lines["E3"])
    ]
    assert told == [("advance", "advance", "sesuai", False), ("advance", "stop", "dokumen palsu", True)]
    assert {line.decided.signer for line in lines.values()} == {"Ketua"}


def test_only_ties_that_decide_something_wait_for_an_order(judged):
    assert tied_groups(lines_of(judged, "proposal")) == ()
    judged.do(open_stage, "finalists")
    judged.do(close_stage, "finalists")
    (group,) = tied_groups(lines_of(judged, "finalists"), ["E3", "E2"])
    assert [line.entry for line in group] == ["E3", "E2"]


def test_the_panel_s_order_settles_the_tie_once_it_is_worked_out_again(judged):
    judged.do(open_stage, "finalists")
    judged.do(close_stage, "finalists")
    judged.do(order_ties, "finalists", ["E3", "E2"], signer="Ketua", reason="dampak lebih luas")
    judged.do(recompute_stage, "finalists", reason="urutan seri")
    assert {line.entry: line.outcome for line in lines_of(judged, "finalists")} == {
        "E1": "advance",
        "E2": "stop",
        "E3": "advance",
    }


def closed_and_decided(judging):
    judging.judge_all()
    judging.do(close_stage, "proposal")
    judging.do(decide, "proposal", signer="Ketua", reason="sesuai")


def pending(competition, stage="proposal"):
    with competition.read() as (session, running):
        return [each.name for each in signatures(session, running, find_stage(session, running.id, stage))]


def test_the_second_person_s_signature_seals_the_result_in_both_names(judging):
    closed_and_decided(judging)
    assert judging.do(sign_stage, "proposal", by=ANI, name="Ani") is None
    assert pending(judging) == ["Ani"]
    hashes = judging.do(sign_stage, "proposal", by=BUDI, name="Budi")
    with judging.read() as (session, running):
        row = find_stage(session, running.id, "proposal")
        assert (row.state, len(hashes.result)) == ("sealed", 64)
    assert judging.verified().findings == ()


def test_one_person_cannot_sign_twice(judging):
    closed_and_decided(judging)
    judging.do(sign_stage, "proposal", by=ANI, name="Ani")
    with pytest.raises(ActionRefused) as refused:
        judging.do(sign_stage, "proposal", by=ANI, name="Budi")
    assert refused.value.code == "second_person"


def test_a_signature_does_not_hold_for_decisions_that_were_changed_after_it(judging):
    closed_and_decided(judging)
    judging.do(sign_stage, "proposal", by=ANI, name="Ani")
    judging.do(decide, "proposal", signer="Ketua", reason="ternyata palsu", outcomes={"E3": "stop"})
    assert pending(judging) == []
    assert judging.do(sign_stage, "proposal", by=BUDI, name="Budi") is None
    assert pending(judging) == ["Budi"]


def test_nobody_signs_what_is_not_decided_nor_without_a_name(judging):
    judging.judge_all()
    judging.do(close_stage, "proposal")
    with pytest.raises(ActionRefused):
        judging.do(sign_stage, "proposal", by=ANI, name="Ani")
    with pytest.raises(InputRefused):
        judging.do(sign_stage, "proposal", by=ANI, name=" ")


def test_whoever_asked_for_a_reopening_is_told_with_the_reason(judging):
    judging.judge_all()
    judging.do(close_stage, "proposal")
    judging.do(reopen_stage, "proposal", by=ANI, reason="satu lembar keliru")
    with judging.read() as (session, running):
        asked = reopening_asked(session, find_stage(session, running.id, "proposal"))
    assert [(each.account, each.name) for each in asked] == [("operator:ani", "satu lembar keliru")]


def test_the_next_thing_to_do_follows_the_life_of_a_competition(competition_at):
    competition = competition_at("installed")
    assert next_of(competition) == ("open_edition", "")
    competition.begin()
    assert next_of(competition) == ("collect", "registration")
    competition.begin_judging()
    assert next_of(competition) == ("wait", "proposal")
    competition.judge_all()
    assert next_of(competition) == ("close", "proposal")
    competition.do(close_stage, "proposal")
    assert next_of(competition) == ("decide", "proposal")
    competition.do(decide, "proposal", signer="Ketua", reason="sesuai")
    assert next_of(competition) == ("seal", "proposal")
    competition.do(seal_stage, "proposal", signers=["Ketua"])
    assert next_of(competition) == ("open", "finalists")
    competition.do(open_stage, "finalists")
    assert next_of(competition) == ("close", "finalists")
    competition.finish("finalists")
    competition.do(open_stage, "winners")
    competition.finish("winners")
    assert next_of(competition) == ("publish", "winners")
    competition.do(publish_stage, "winners")
    competition.do(publish_stage, "finalists")
    competition.do(publish_stage, "proposal")
    competition.do(publish_stage, "registration")
    assert next_of(competition) == ("finish", "")


def test_a_stage_without_assignments_asks_for_them(registering):
    registering.enter("E1")
    registering.finish("registration")
    registering.do(open_stage, "proposal")
    assert next_of(registering) == ("assign", "proposal")


def test_the_board_counts_entries_sheets_and_decisions_of_each_stage(judging):
    judging.judge("E1", "J1")
    with judging.read() as (session, running):
        board = edition_board(session, running)
    registration, proposal, finalists = (board.card(key) for key in ("registration", "proposal", "finalists"))
    assert (registration.state, registration.entries, registration.advanced) == ("sealed", {"": 3}, {"": 3})
    assert (proposal.entries, proposal.asked, proposal.sent, proposal.progress) == ({"": 3}, 9, 1, 11)
    assert (finalists.state, finalists.asked, finalists.progress) == ("planned", 0, None)
    assert (board.states, board.total) == ({"submitted": 3}, 3)


def in_hours(competition, hours):
    with competition.read() as (session, _):
        return database_now(session) + timedelta(hours=hours)


def test_nobody_publishes_under_an_embargo_until_it_is_lifted(judged):
    judged.do(embargo_stage, "proposal", until=in_hours(judged, 3))
    with pytest.raises(ActionRefused) as refused:
        judged.do(publish_stage, "proposal")
    assert refused.value.code == "embargo"
    judged.do(embargo_stage, "proposal", until=None)
    judged.do(publish_stage, "proposal")
    assert judged.verified().findings == ()


def test_an_embargo_lies_ahead_and_is_on_what_is_sealed(judged):
    with pytest.raises(InputRefused):
        judged.do(embargo_stage, "proposal", until=in_hours(judged, -1))
    with pytest.raises(ActionRefused):
        judged.do(embargo_stage, "finalists", until=in_hours(judged, 3))


@pytest.mark.parametrize(
    ("role", "code"), [("panel_chair", "not_allowed"), ("secretariat", "stage_not_open"), ("juror", "not_allowed")]
)
def test_an_act_is_for_the_roles_that_its_kind_names_among_those_who_write_records(competition_at, role, code):
    competition = competition_at("installed")
    writer = Actor("ani", frozenset({Grant(role, "lomba-2026")}), 7)
    adoption = {"by": "Dinas Z", "year": "2027", "evidence": "surat"}
    with pytest.raises(ActionRefused) as refused:
        competition.do(record_act, "after", Act("adoption", adoption, "E1", "1"), by=writer)
    assert refused.value.code == code


def test_a_role_of_another_edition_writes_no_act_here(builtin_registry):
    told = builtin_registry.find(StageKind, "monitoring").records["adoption"]
    held = [Grant("organiser", "lomba-2026"), Grant("organiser"), Grant("organiser", "other-2026"), Grant("operator")]
    assert [may_record(Actor("ani", frozenset({grant})), told, "lomba-2026", "after") for grant in held] == [
        True,
        True,
        False,
        True,
    ]
