"""Who scores what: proposed by a rule and looked at first, changed by hand, every refusal explained."""

from __future__ import annotations

import pytest

from juri.core.judging.assignments import assigned_pairs
from juri.core.judging.conflicts import declare_conflict

AT = "/organiser/raya-2026/stages/penilaian/assignments"


def pairs(raya):
    return raya.look(lambda session, running: dict(assigned_pairs(session, running, "penilaian")))


def test_the_page_says_who_scores_what_and_how_far_each_is(raya, oka):
    raya.judge("J1", "R-1", 90)
    page = oka.get(AT).text
    assert ("R-1" in page, "<b>1</b> / 6" in page, "nothing assigned" in page) == (True, True, True)
    found = oka.get(f"{AT}?words=perahu").text
    assert ("Perpustakaan Perahu" in found, "Posyandu Malam" in found) == (True, False)


def test_a_rule_shows_what_it_would_assign_before_it_does(raya, oka):
    before = pairs(raya)
    for entry in ("R-1", "R-2"):
        assert oka.post(f"{AT}/remove", data={"entry": entry, "juror": "J2"}).status_code == 302
    page = oka.get(f"{AT}?rule=balanced&seed=7").text
    assert ("Make 2 assignments" in page, "Entries for each juror afterwards" in page) == (True, True)
    assert sum(state == "recused" for state in pairs(raya).values()) == 2
    said = oka.post(AT, data={"rule": "balanced", "seed": "7"}, follow_redirects=True).text
    assert "2 assignments were made." in said
    assert {pair for pair in pairs(raya) if pair not in before} == {("R-1", "J3"), ("R-2", "J3")}
    assert "Every entry has its jurors; nothing is left to assign." in oka.get(f"{AT}?rule=balanced&seed=7").text


@pytest.mark.parametrize(
    "data", [{"rule": "luck", "seed": "1"}, {"rule": "balanced", "seed": "-1"}, {"rule": "balanced", "seed": "x"}]
)
def test_a_rule_or_seed_that_does_not_exist_is_refused(raya, oka, data):
    before = pairs(raya)
    assert (oka.post(AT, data=data).status_code, pairs(raya)) == (422, before)


def test_a_rule_that_cannot_be_met_says_why(raya, oka):
    for juror in ("J2", "J3"):
        raya.do(declare_conflict, juror, "R-1", "saudara")
    page = oka.get(f"{AT}?rule=balanced&seed=0").text
    assert "The rule cannot be met:" in page
    assert "&#39;R-1&#39; needs 2 jurors and can get 1" in page
    refused = oka.post(AT, data={"rule": "balanced", "seed": "0"})
    assert (refused.status_code, "&#39;R-1&#39; needs 2 jurors" in refused.text) == (409, True)


def test_the_preview_says_how_the_jurors_hang_together_and_obeys_the_loads(raya, oka):
    for entry in ("R-1", "R-2"):
        assert oka.post(f"{AT}/remove", data={"entry": entry, "juror": "J2"}).status_code == 302
    page = oka.get(f"{AT}?rule=balanced&seed=7&max_load=9&bridges=5").text
    assert ("Connectivity (lambda2)" in page, "all connected" in page) == (True, True)
    assert '<input type="hidden" name="max_load" value="9">' in page
    refused = oka.get(f"{AT}?rule=balanced&seed=7&max_load=1").text
    assert ("The rule cannot be met:" in refused, "want 2 scorecards" in refused) == (True, True)
    wrong = oka.post(AT, data={"rule": "balanced", "seed": "7", "bridges": "many"})
    assert wrong.status_code == 422


def test_a_juror_is_replaced_after_a_look_at_what_changes(raya, oka):
    before = {pair for pair, state in pairs(raya).items() if state == "offered"}
    raya.judge("J1", "R-1", 90)
    page = oka.get(f"{AT}?replace=J1").text
    assert ("What changes" in page, 'name="juror" value="J1"' in page) == (True, True)
    refused = oka.post(f"{AT}/replace", data={"juror": "J1", "reason": ""})
    assert (refused.status_code, "Say why." in refused.text) == (422, True)
    said = oka.post(f"{AT}/replace", data={"juror": "J1", "reason": "sakit"}, follow_redirects=True).text
    assert "J1 is replaced: " in said
    after = pairs(raya)
    assert {pair for pair, state in after.items() if state == "recused"} == {
        pair for pair in before if pair[1] == "J1" and pair != ("R-1", "J1")
    }
    assert after["R-1", "J1"] == "done"
    again = oka.post(f"{AT}/replace", data={"juror": "J1", "reason": "sakit"})
    assert again.status_code in {404, 409, 422}


def test_a_juror_whom_nobody_can_replace_is_said_where_it_was_asked(raya, oka):
    raya.do(declare_conflict, "J3", "R-1", "saudara")
    page = oka.get(f"{AT}?replace=J1").text
    assert ("The juror cannot be replaced:" in page, "The rule cannot be met:" in page) == (True, False)
    assert "&#39;R-1&#39; needs 2 jurors and can get 1" in page


def test_a_juror_is_put_on_an_entry_by_hand(raya, oka):
    said = oka.post(f"{AT}/add", data={"entry": "R-1", "juror": "J3"}, follow_redirects=True).text
    assert ("J3 scores R-1." in said, pairs(raya)["R-1", "J3"]) == (True, "offered")
    raya.do(declare_conflict, "J3", "R-2", "saudara")
    refused = oka.post(f"{AT}/add", data={"entry": "R-2", "juror": "J3"})
    assert (refused.status_code, "they are in conflict: " in refused.text, 'value="R-2"' in refused.text) == (
        422,
        True,
        True,
    )
    wrong = [{"entry": "R-77", "juror": "J3"}, {"entry": "R-3", "juror": "J77"}, {"entry": "", "juror": "J3"}]
    assert [oka.post(f"{AT}/add", data=each).status_code for each in wrong] == [422, 422, 422]
    assert ("R-2", "J3") not in {pair for pair, state in pairs(raya).items() if state != "conflict"}


def test_a_juror_is_taken_off_with_a_reason_where_a_sheet_was_begun(raya, oka):
    raya.judge("J1", "R-1", 90)
    refused = oka.post(f"{AT}/remove", data={"entry": "R-1", "juror": "J1"})
    assert (refused.status_code, pairs(raya)["R-1", "J1"]) == (422, "done")
    assert "a sheet was begun already: say why it shall not count" in refused.text
    said = oka.post(f"{AT}/remove", data={"entry": "R-1", "juror": "J1", "reason": "ill"}, follow_redirects=True).text
    assert ("J1 does not score R-1 any more." in said, pairs(raya)["R-1", "J1"]) == (True, "recused")
    nobody = oka.post(f"{AT}/remove", data={"entry": "R-1", "juror": "J3"})
    assert (nobody.status_code, "J3 does not score R-1" in nobody.text) == (422, True)


def test_the_panels_and_their_conflicts_are_shown(raya, oka):
    raya.do(declare_conflict, "J3", "R-2", "saudara kandung")
    raya.judge("J1", "R-1", 90)
    page = oka.get("/organiser/raya-2026/jurors/?stage=penilaian").text
    assert ("Ratna Dewi" in page, "<b>1</b> / 6" in page, "Jury" in page) == (True, True, True)
    conflicts = oka.get("/organiser/raya-2026/jurors/conflicts").text
    assert ("saudara kandung" in conflicts, "declared by the juror" in conflicts) == (True, True)


@pytest.mark.parametrize("step", ["cutting"])
def test_when_the_stage_is_over_its_assignments_stay(raya, oka):
    page = oka.get(AT).text
    assert ("The stage is closed; assignments stay as they are." in page, "By a rule" in page) == (True, False)
    before = pairs(raya)
    assert oka.post(f"{AT}/add", data={"entry": "R-1", "juror": "J3"}).status_code == 409
    assert pairs(raya) == before
    assert oka.get("/organiser/raya-2026/stages/nominasi/assignments").status_code == 404
