"""The steps of a stage: each asks once more, says what is in its way, and does what it says and no more."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from juri.core.editions.gate import find_stage
from juri.core.results.model import DecisionRow
from juri.core.stages.model import Approval

AT = "/organiser/raya-2026/stages"
BOARD = "/organiser/raya-2026/"


def embargo_of(raya, stage):
    return raya.look(lambda session, running: find_stage(session, running.id, stage).embargo_until)


@pytest.mark.parametrize("step", ["empty"])
def test_a_stage_is_opened_and_then_closed(raya, oka):
    assert "Open the stage" in oka.get(f"{AT}/pendaftaran/open").text
    said = oka.post(f"{AT}/pendaftaran/open", follow_redirects=True).text
    assert (raya.state("pendaftaran"), "The stage is open." in said) == ("open", True)
    assert oka.post(f"{AT}/pendaftaran/close").status_code == 302
    assert raya.state("pendaftaran") == "closed"


def test_a_stage_does_not_open_before_those_before_it_are_sealed(raya, oka):
    page = oka.get(f"{AT}/nominasi/open").text
    assert "stage &#39;Scoring of proposals&#39; is open; seal it first" in page
    assert "What this means" not in page
    refused = oka.post(f"{AT}/nominasi/open")
    assert (refused.status_code, raya.state("nominasi")) == (409, "planned")
    assert "stage &#39;Scoring of proposals&#39; is open; seal it first" in refused.text


def test_closing_before_the_deadline_needs_a_reason(raya, oka):
    page = oka.get(f"{AT}/penilaian/close").text
    assert "12 scorecards are missing. The edition says: only submitted sheets count." in page
    assert "30 November 2099 16:00 WIT" in page
    refused = oka.post(f"{AT}/penilaian/close", data={"reason": " "})
    assert (refused.status_code, raya.state("penilaian")) == (409, "open")
    assert "is open until 2099-11-30 07:00 UTC; to close it before, give the reason" in refused.text
    assert oka.post(f"{AT}/penilaian/close", data={"reason": "all have met"}).status_code == 302
    assert raya.state("penilaian") == "closed"


@pytest.mark.parametrize("step", ["judged"])
def test_a_result_is_decided_signed_by_two_people_and_sealed(raya, oka, client_for):
    oka.post(f"{AT}/penilaian/close", data={"reason": "all is in"})
    assert "6 entries are not decided" in oka.get(f"{AT}/penilaian/seal").text
    said = oka.post(f"{AT}/penilaian/decide", data={"signer": "Ketua", "reason": "by the rules"}, follow_redirects=True)
    assert "6 entries are decided." in said.text
    name = {"name": "Oka Wijaya", "sure": "y"}
    assert oka.post(f"{AT}/penilaian/seal", data={"name": "Oka Wijaya"}).status_code == 422
    assert oka.post(f"{AT}/penilaian/seal", data={"name": "", "sure": "y"}).status_code == 422
    first = oka.post(f"{AT}/penilaian/seal", data=name, follow_redirects=True).text
    assert "You have signed. The result is sealed when a second person signs, too." in first
    assert "Oka Wijaya has signed the result; a second person must sign, too." in first
    assert raya.state("penilaian") == "closed"
    again = oka.post(f"{AT}/penilaian/seal", data=name)
    assert (again.status_code, "a second person must sign, too" in again.text) == (409, True)
    rini = client_for("rini@raya.test")
    assert rini.post(f"{AT}/penilaian/seal", data={"name": "Rini Lestari", "sure": "y"}).status_code == 302
    assert raya.state("penilaian") == "sealed"
    assert raya.rows(Approval, "person", "reason")[-2:] == [
        ("oka@raya.test", "Oka Wijaya"), ("rini@raya.test", "Rini Lestari"),
    ]  # fmt: skip
    assert "Oka Wijaya, Rini Lestari" in oka.get(f"{AT}/penilaian/").text


@pytest.mark.parametrize("step", ["cutting"])
def test_one_person_seals_alone_where_they_say_so(raya, oka):
    oka.post(f"{AT}/nominasi/close")
    oka.post(f"{AT}/nominasi/decide", data={"signer": "K", "reason": "r", "o:R-2": "advance", "w:R-2": "first",
                                            "o:R-6": "stop", "w:R-6": "second"})  # fmt: skip
    said = oka.post(f"{AT}/nominasi/seal", data={"name": "Oka", "sure": "y", "alone": "y"}, follow_redirects=True)
    assert ("The result is sealed." in said.text, raya.state("nominasi")) == (True, "sealed")


@pytest.mark.parametrize("step", ["announcing"])
def test_an_embargo_keeps_a_result_back_and_its_time_is_that_of_the_edition(raya, oka):
    kept = oka.post(f"{AT}/pengumuman/embargo", data={"until": "2099-08-17T10:00"}, follow_redirects=True).text
    assert embargo_of(raya, "pengumuman") == datetime(2099, 8, 17, 1, 0, tzinfo=UTC)
    assert ("The embargo is noted." in kept, "17 August 2099 10:00 WIT" in kept) == (True, True)
    assert 'value="2099-08-17T10:00"' in oka.get(f"{AT}/pengumuman/embargo").text
    refused = oka.post(f"{AT}/pengumuman/publish")
    assert (refused.status_code, raya.state("pengumuman")) == (409, "sealed")
    assert "under embargo until 2099-08-17 01:00 UTC" in refused.text
    for wrong in ("2020-01-01T10:00", "tomorrow"):
        bad = oka.post(f"{AT}/pengumuman/embargo", data={"until": wrong})
        assert (bad.status_code, f'value="{wrong}"' in bad.text) == (422, True)
    assert oka.post(f"{AT}/pengumuman/embargo", data={"until": ""}).status_code == 302
    assert embargo_of(raya, "pengumuman") is None
    assert oka.post(f"{AT}/pengumuman/publish").status_code == 302
    assert raya.state("pengumuman") == "published"


@pytest.mark.parametrize("step", ["announcing"])
def test_the_page_is_previewed_by_those_who_run_the_edition_and_by_nobody_else(oka, client_for):
    offered = oka.get(f"{AT}/pengumuman/publish").text
    assert "/organiser/raya-2026/preview/pengumuman" in offered
    seen = oka.get("/organiser/raya-2026/preview/pengumuman").text
    assert "Preview: nobody else can see this page yet." in seen
    assert "Antrean Puskesmas Tanpa Kertas" in seen
    nobody = client_for("")
    assert nobody.get("/organiser/raya-2026/preview/pengumuman").status_code == 302
    assert nobody.get("/results/raya-2026").status_code == 404


@pytest.mark.parametrize("step", ["published"])
def test_a_stage_opens_again_when_two_people_want_it(raya, oka, client_for):
    assert oka.post(f"{AT}/pengumuman/reopen", data={"reason": ""}).status_code == 422
    first = oka.post(f"{AT}/pengumuman/reopen", data={"reason": "a sheet was lost"}, follow_redirects=True).text
    assert "oka@raya.test wants the stage to be opened again: “a sheet was lost”." in first
    rini = client_for("rini@raya.test")
    assert "oka@raya.test" in rini.get(f"{AT}/pengumuman/reopen").text
    assert (raya.state("pengumuman"), rini.post(f"{AT}/pengumuman/reopen", data={"reason": "yes"}).status_code) == (
        "published", 302,
    )  # fmt: skip
    assert raya.state("pengumuman") == "open"


@pytest.mark.parametrize("step", ["cutting"])
def test_a_closed_stage_is_worked_out_again_with_a_reason(raya, oka):
    oka.post(f"{AT}/nominasi/close")
    before = len(raya.rows(DecisionRow, "id"))
    assert oka.post(f"{AT}/nominasi/recompute", data={"reason": ""}).status_code == 422
    assert len(raya.rows(DecisionRow, "id")) == before
    said = oka.post(f"{AT}/nominasi/recompute", data={"reason": "a conflict came up"}, follow_redirects=True).text
    assert "The stage was worked out again." in said
    assert len(raya.rows(DecisionRow, "id")) == before + 6


def test_a_stage_that_does_not_exist_is_not_found(oka):
    steps = ("open", "close", "recompute", "seal", "publish", "embargo", "reopen", "decide", "ties", "remind")
    assert [step for step in steps if oka.get(f"{AT}/nowhere/{step}").status_code != 404] == []
    assert [step for step in steps if oka.post(f"{AT}/nowhere/{step}").status_code != 404] == []


def test_the_secretariat_is_offered_no_step_and_takes_none(raya, client_for):
    sari = client_for("sari@raya.test")
    page = sari.get(f"{AT}/penilaian/").text
    assert [word for word in ("/close", "/seal", "/reopen") if f"penilaian{word}" in page] == []
    assert sari.post(f"{AT}/penilaian/close", data={"reason": "x"}).status_code == 404
    assert raya.state("penilaian") == "open"


def test_an_edition_moves_on_by_its_own_page(raya, oka):
    page = oka.get(BOARD).text
    assert "/organiser/raya-2026/move/judging" in page
    assert oka.get("/organiser/raya-2026/move/archived").status_code == 409
    assert oka.get("/organiser/raya-2026/move/nowhere").status_code == 404
    assert oka.post("/organiser/raya-2026/move/archived").status_code == 409
    said = oka.post("/organiser/raya-2026/move/judging", data={"reason": "it begins"}, follow_redirects=True).text
    assert "The edition is being judged now." in said
    assert raya.look(lambda _session, running: running.state) == "judging"
