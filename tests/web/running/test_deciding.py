"""Deciding by pages: what the rules propose and why, departures and their reasons, equals, weights, disqualifying."""

from __future__ import annotations

import re

import pytest

from juri.core.entries.model import EntryRow
from juri.core.entries.people import grant_role
from juri.core.policy import Actor
from juri.core.results.model import DecisionRow, TieOrderRow

AT = "/organiser/raya-2026/stages/nominasi"
STANDINGS = "/organiser/raya-2026/standings/"


@pytest.fixture
def closed(raya, oka):
    """Close the cut by its page."""
    assert oka.post(f"{AT}/close").status_code == 302
    return raya


def decided(raya):
    kept = raya.rows(DecisionRow, "entry_id", "status", "outcome", "reason", "signer")
    codes = dict(raya.rows(EntryRow, "id", "code"))
    return {codes[entry]: (outcome, reason, signer) for entry, status, outcome, reason, signer in kept if
            status == "decided" and signer != "Ketua"}  # fmt: skip


@pytest.mark.parametrize("step", ["cutting"])
def test_a_decision_departs_from_the_proposal_only_with_a_reason_of_its_own(closed, oka):
    page = oka.get(f"{AT}/decide").text
    assert ("Equals at the line" in page, "rank 1 with 90: the 2 places of cluster" in page) == (True, True)
    sent = {"signer": "Bupati", "reason": "by the rules", "o:R-2": "advance", "w:R-2": "first to apply",
            "o:R-6": "stop", "w:R-6": ""}  # fmt: skip
    refused = oka.post(f"{AT}/decide", data=sent)
    assert (refused.status_code, decided(closed)) == (422, {})
    assert ("R-6: say why it is decided so." in refused.text, 'value="first to apply"' in refused.text) == (True, True)
    assert oka.post(f"{AT}/decide", data={**sent, "signer": "", "w:R-6": "second"}).status_code == 422
    done = oka.post(f"{AT}/decide", data={**sent, "w:R-6": "second"}, follow_redirects=True).text
    assert "6 entries are decided." in done
    assert decided(closed) == {
        "R-1": ("advance", "by the rules", "Bupati"),
        "R-2": ("advance", "first to apply", "Bupati"),
        "R-3": ("stop", "by the rules", "Bupati"),
        "R-4": ("advance", "by the rules", "Bupati"),
        "R-5": ("advance", "by the rules", "Bupati"),
        "R-6": ("stop", "second", "Bupati"),
    }
    assert "R-6" in oka.get("/organiser/raya-2026/decisions/?stage=nominasi&show=stop").text


@pytest.mark.parametrize("step", ["cutting"])
def test_decisions_are_paged_and_filtered_by_what_waits_and_what_departs(closed, oka, monkeypatch):
    def shown(query=""):
        page = oka.get(f"/organiser/raya-2026/decisions/?stage=nominasi{query}").text
        return re.findall(r'<th role="rowheader"[^>]*><a[^>]*>([^<]+)</a>', page)

    monkeypatch.setattr("juri.webapp.paging.PAGE", 4)
    assert (shown(), shown("&page=2")) == (["R-1", "R-2", "R-6", "R-3"], ["R-4", "R-5"])
    assert (shown("&page=9"), shown("&page=x")) == (["R-4", "R-5"], shown())
    assert (shown("&words=bank+sampah"), shown("&words=kampung&page=2")) == (["R-6"], ["R-4", "R-5"])
    assert (shown("&show=undecided"), shown("&show=waiting&page=2")) == (["R-2", "R-6"], ["R-4", "R-5"])
    oka.post(f"{AT}/decide", data={"signer": "Bupati", "reason": "rules", "o:R-3": "advance", "w:R-3": "first"})
    assert (shown("&show=waiting"), shown("&show=departures"), shown("&track=none")) == (["R-2", "R-6"], ["R-3"], [])
    assert "No entry fits" in oka.get("/organiser/raya-2026/decisions/?stage=nominasi&track=none").text


@pytest.mark.parametrize("step", ["cutting"])
def test_standings_are_paged_and_searched_and_ranks_stay_those_of_all(oka, monkeypatch):
    def shown(query=""):
        page = oka.get(f"{STANDINGS}?stage=penilaian{query}").text
        return re.findall(r'class="figure rank"[^>]*>([^<]+)<.*?<a[^>]*>([^<]+)</a>', page, re.DOTALL)

    whole = shown()
    assert len(whole) == 6
    monkeypatch.setattr("juri.webapp.paging.PAGE", 4)
    assert (shown(), shown("&page=2"), shown("&page=99"), shown(f"&page={'9' * 5000}")) == (
        whole[:4], whole[4:], whole[4:], whole[:4],
    )  # fmt: skip
    last = whole[-1]
    assert (shown(f"&words={last[1].lower()}"), shown("&words=nothing-fits")) == ([last], [])
    assert "No entry fits" in oka.get(f"{STANDINGS}?stage=penilaian&words=nothing-fits").text


@pytest.mark.parametrize("step", ["cutting"])
def test_what_need_not_be_looked_at_is_folded_away_but_stays_in_the_form(closed, oka, monkeypatch):
    def folds(page):
        found = re.findall(r'<details class="fold"( open)?>(.*?)</details>', page, re.DOTALL)
        return [(bool(opened), re.findall(r'name="o:([^"]+)"', text)) for opened, text in found]

    assert {opened for opened, _ in folds(oka.get(f"{AT}/decide").text)} == {True}  # few entries: nothing is folded
    monkeypatch.setattr("juri.webapp.organiser.decisions._FEW", 2)
    assert folds(oka.get(f"{AT}/decide").text) == [
        (False, ["R-1", "R-4", "R-5"]), (True, ["R-2", "R-6"]), (False, ["R-3"]),
    ]  # fmt: skip
    refused = oka.post(f"{AT}/decide", data={"signer": "Bupati", "reason": "rules", "o:R-3": "advance", "w:R-3": ""})
    assert folds(refused.text)[2] == (True, ["R-3"])
    assert "4 entries that are not decided yet are decided as proposed" in refused.text


@pytest.mark.parametrize("step", ["cutting"])
def test_what_is_open_stays_open_until_somebody_decides_it(closed, oka):
    oka.post(f"{AT}/decide", data={"signer": "Bupati", "reason": "by the rules"})
    assert sorted(decided(closed)) == ["R-1", "R-3", "R-4", "R-5"]
    assert "2 entries are not decided, such as R-2, R-6; decide first" in oka.get(f"{AT}/seal").text
    tampered = oka.post(f"{AT}/decide", data={"signer": "B", "reason": "r", "o:R-99": "advance", "w:R-99": "x"})
    assert (tampered.status_code, "R-99" in tampered.text) == (422, True)


@pytest.mark.parametrize("step", ["cutting"])
def test_equals_are_put_into_an_order_that_the_stage_is_worked_out_by(closed, oka):
    page = oka.get(f"{AT}/ties").text
    assert re.findall(r'name="order" value="([^"]+)"', page) == ["R-2", "R-6"]
    moved = oka.post(f"{AT}/ties", data={"order": ["R-2", "R-6"], "move": "up:R-6", "signer": "Ketua Pleno"}).text
    assert re.findall(r'name="order" value="([^"]+)"', moved) == ["R-6", "R-2"]
    assert ('value="Ketua Pleno"' in moved, closed.rows(TieOrderRow, "codes")) == (True, [])
    unsigned = oka.post(f"{AT}/ties", data={"order": ["R-6", "R-2"], "signer": "", "reason": "x"})
    assert (unsigned.status_code, closed.rows(TieOrderRow, "codes")) == (422, [])
    sent = {"order": ["R-6", "R-2"], "signer": "Ketua Pleno", "reason": "by lot"}
    said = oka.post(f"{AT}/ties", data=sent, follow_redirects=True).text
    assert "The order is recorded, and the stage was worked out again by it." in said
    assert closed.rows(TieOrderRow, "codes", "signer", "reason") == [(["R-6", "R-2"], "Ketua Pleno", "by lot")]
    assert "No tie decides anything here" in oka.get(f"{AT}/ties").text
    assert re.findall(r"displaced by (R-\d)", oka.get(f"{AT}/decide").text) == ["R-4", "R-5"]


@pytest.mark.parametrize("step", ["cutting"])
def test_the_chair_of_a_panel_sees_the_board_and_decides_but_does_not_seal(closed, client_for):
    with closed.database.write() as session:
        grant_role(session, "p3@raya.test", "panel_chair", by=Actor.operator("test"), edition="raya-2026")
    chair = client_for("p3@raya.test")
    assert "/organiser/raya-2026/" in chair.get("/organiser/").text
    assert [chair.get(each).status_code for each in ("/organiser/raya-2026/", f"{AT}/decide", STANDINGS)] == [200] * 3
    assert chair.post(f"{AT}/decide", data={"signer": "Hasan", "reason": "by the rules"}).status_code == 302
    assert sorted(decided(closed)) == ["R-1", "R-3", "R-4", "R-5"]
    assert chair.post(f"{AT}/seal", data={"name": "Hasan", "sure": "y", "alone": "y"}).status_code == 404


@pytest.mark.parametrize("step", ["cutting"])
def test_standings_say_ranks_reasons_and_ties(oka):
    page = oka.get(f"{STANDINGS}?stage=penilaian").text
    rows = re.findall(r'data-label="Rank">([^<]+)</td>\s*<th[^>]*><a[^>]*>([^<]+)</a>', page)
    assert rows == [("1", "R-1"), ("2", "R-2"), ("2", "R-6"), ("4", "R-3"), ("5", "R-4"), ("6", "R-5")]
    assert ("mean of the sheets; only submitted sheets count" in page, page.count("tied</span>")) == (True, 2)
    one = oka.get(f"{STANDINGS}penilaian/R-1").text
    assert ("Rank 1 of 6" in one, "J1" in one, "54.00" in one, "36.00" in one) == (True, True, True, True)
    assert oka.get(f"{STANDINGS}penilaian/R-99").status_code == 404
    assert oka.get(f"{STANDINGS}?stage=lapangan").status_code == 404


@pytest.mark.parametrize("step", ["judging"])
def test_standings_of_an_open_stage_say_that_they_are_provisional(raya, oka):
    raya.judge("J1", "R-1", 90)
    page = oka.get(STANDINGS).text
    assert "this is what it would come to if it closed now" in page
    assert ("Without a rank" in page, page.count("no sheet was submitted")) == (True, 5)


@pytest.mark.parametrize("step", ["cutting"])
def test_other_weights_are_tried_out_and_nothing_is_stored(raya, oka):
    raya_before = raya.rows(DecisionRow, "id")
    address = "/organiser/raya-2026/what-if/penilaian"
    assert 'value="60"' in oka.get(address).text
    page = oka.get(f"{address}?w:nilai:manfaat=70&w:nilai:kebaruan=30").text
    assert ("Ranks moved" in page, 'value="70"' in page, raya.rows(DecisionRow, "id")) == (True, True, raya_before)
    comma = oka.get(f"{address}?w:nilai:manfaat=62,5&w:nilai:kebaruan=37,5").text
    assert 'value="62,5"' in comma
    wrong = oka.get(f"{address}?w:nilai:manfaat=viel&w:nilai:kebaruan=30")
    assert (wrong.status_code, 'value="viel"' in wrong.text, "It cannot be worked out so:" in wrong.text) == (
        422,
        True,
        True,
    )
    uneven = oka.get(f"{address}?w:nilai:manfaat=70&w:nilai:kebaruan=40")
    assert (uneven.status_code, "the weights sum to 110, not 100" in uneven.text) == (422, True)
    assert "<html" not in oka.get(f"{address}?w:nilai:manfaat=70", headers={"HX-Request": "true"}).text


def test_an_entry_is_disqualified_with_a_reason(raya, oka, client_for):
    address = "/organiser/raya-2026/entries/R-3/"
    assert "Disqualify R-3" in oka.get(f"{address}disqualify").text
    assert oka.post(f"{address}disqualify", data={"reason": ""}).status_code == 422
    assert client_for("sari@raya.test").post(f"{address}disqualify", data={"reason": "x"}).status_code == 404
    assert raya.rows(EntryRow, "code", "state")[2] == ("R-3", "eligible")
    said = oka.post(f"{address}disqualify", data={"reason": "a copy"}, follow_redirects=True).text
    assert ("R-3 is disqualified." in said, raya.rows(EntryRow, "code", "state")[2]) == (True, ("R-3", "disqualified"))
    assert f"{address}disqualify" not in oka.get(address).text
    assert oka.post(f"{address}disqualify", data={"reason": "again"}).status_code == 409


@pytest.mark.parametrize("step", ["published"])
def test_an_entry_shows_its_whole_way(oka):
    page = oka.get("/organiser/raya-2026/entries/R-1/").text
    parts = ("Registration", "Antrean Puskesmas Tanpa Kertas", "Rank 1 of 6", "Juara", "Confirmed", "Health")
    assert [part for part in parts if part not in page] == []
