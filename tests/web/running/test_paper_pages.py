"""Typing scorecards from paper in the browser: put down by one of the secretariat, confirmed or rejected by another."""

from __future__ import annotations

import pytest

from juri.core.judging.forms import find_filled
from juri.core.judging.paper import waiting_sheets

AT = "/organiser/raya-2026/stages/penilaian/paper/"
MARKS = {
    "R-1-c_manfaat-value": "80",
    "R-1-c_kebaruan-value": "72,5",
    "R-1-version": "0",
    "R-1-c__overall-comment": "Rapi sekali.",
}


@pytest.fixture
def sari(client_for):
    client = client_for("sari@raya.test")
    client.set_cookie("language", "en")
    return client


def waiting(raya):
    return raya.look(lambda session, running: waiting_sheets(session, running, "penilaian"))


def revisions(raya, juror="J1", entry="R-1"):
    return raya.look(lambda session, running: find_filled(session, running, "penilaian", entry, juror)).revisions


def test_what_one_types_another_confirms_and_then_it_counts(raya, sari, oka):
    form = sari.get(f"{AT}of/J1").text
    assert ('name="R-1-c_manfaat-value"' in form, "js/paper.js" in form) == (True, True)
    said = sari.post(f"{AT}of/J1", data=MARKS, follow_redirects=True).text
    assert "1 sheet is put down. It counts once somebody else has confirmed it." in said
    assert ("Somebody else confirms what you typed." in said, revisions(raya)) == (True, ())
    number = waiting(raya)[0].number
    own = sari.get(f"{AT}{number}").text
    assert ("You typed this sheet yourself" in own, 'value="confirm"' in own) == (True, False)
    refused = sari.post(f"{AT}{number}", data={"act": "confirm"})
    assert (refused.status_code, revisions(raya)) == (409, ())
    shown = oka.get(f"{AT}{number}").text
    assert ("72.5" in shown, "Ratna Dewi" in shown, 'name="R-1-' in shown) == (True, True, False)
    assert shown.index("Kesan umum") < shown.index("Rapi sekali.")
    assert (
        "Confirmed: the sheet counts." in oka.post(f"{AT}{number}", data={"act": "confirm"}, follow_redirects=True).text
    )
    assert [(each.state, each.total) for each in revisions(raya)] == [("submitted", "77")]
    assert revisions(raya)[0].answers["_overall"].comment == "Rapi sekali."


def test_a_rejected_sheet_comes_back_with_its_reason(raya, sari, oka):
    sari.post(f"{AT}of/J1", data=MARKS)
    number = waiting(raya)[0].number
    assert oka.post(f"{AT}{number}", data={"act": "reject"}).status_code == 422  # a rejection has a reason
    oka.post(f"{AT}{number}", data={"act": "reject", "reason": "Kebaruan 70"})
    assert ("Kebaruan 70" in sari.get(f"{AT}of/J1").text, waiting(raya)) == (True, ())


def test_rows_that_are_right_are_put_down_and_the_others_stay_with_what_was_typed(raya, sari):
    typed = {**MARKS, "R-2-c_manfaat-value": "180", "R-2-c_kebaruan-value": "70", "R-2-version": "0"}
    answer = sari.post(f"{AT}of/J1", data=typed)
    assert (answer.status_code, [sheet.entry for sheet in waiting(raya)]) == (422, ["R-1"])
    assert ('value="180"' in answer.text, 'href="#row-R-2"' in answer.text, 'value="72,5"' in answer.text) == (
        True, True, False,
    )  # fmt: skip
    assert sari.post(f"{AT}of/J1", data={}).status_code == 422


def test_a_sheet_that_was_written_meanwhile_is_not_put_down(raya, sari):
    raya.judge("J1", "R-2", 60)
    typed = {"R-2-c_manfaat-value": "80", "R-2-c_kebaruan-value": "70", "R-2-version": "0"}
    assert (sari.post(f"{AT}of/J1", data=typed).status_code, waiting(raya)) == (422, ())


def test_what_one_typed_is_taken_back(raya, sari, oka):
    sari.post(f"{AT}of/J1", data=MARKS)
    number = waiting(raya)[0].number
    oka.post(f"{AT}{number}/back")
    assert len(waiting(raya)) == 1
    sari.post(f"{AT}{number}/back")
    assert waiting(raya) == ()


@pytest.mark.parametrize("path", ["", "of/J1", "1", "of/P1", "of/J99", "99"])
def test_who_is_no_secretariat_and_what_is_not_there_is_not_found(raya, sari, client_for, path):
    sari.post(f"{AT}of/J1", data=MARKS)
    assert client_for("agus@raya.test").get(f"{AT}{path}").status_code == 404
    if path in {"of/P1", "of/J99", "99"}:
        assert sari.get(f"{AT}{path}").status_code == 404
    assert sari.get("/organiser/raya-2026/stages/administrasi/paper/").status_code == 404
