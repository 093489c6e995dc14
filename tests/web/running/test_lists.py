"""Long lists of an organiser: by pages, searched, and short on a phone."""

from __future__ import annotations

import html
import re

import pytest

from juri.core.judging.conflicts import declare_conflict

AT = "/organiser/raya-2026"
JURORS = f"{AT}/jurors/"


def rows(client, address):
    """Return the codes of the jurors whom a page shows, by panel."""
    page = client.get(address).text
    panels = re.findall(r'aria-labelledby="panel-([^"]+)"(.*?)</section>', page, re.DOTALL)
    return {name: re.findall(r'name="juror" value="([^"]+)"', text) for name, text in panels}


@pytest.fixture
def short(monkeypatch):
    monkeypatch.setattr("juri.webapp.paging.PAGE", 4)


def test_jurors_are_paged_panel_by_panel(oka, short):
    assert (rows(oka, JURORS), rows(oka, f"{JURORS}?page=2"), rows(oka, f"{JURORS}?page=77")) == (
        {"juri": ["J1", "J2", "J3"], "pleno": ["P1"]}, {"pleno": ["P2", "P3"]}, {"pleno": ["P2", "P3"]},
    )  # fmt: skip
    assert "Words in name, code or agency" in oka.get(JURORS).text


def test_a_short_list_of_jurors_has_neither_pages_nor_a_search(oka):
    page = oka.get(JURORS).text
    assert ("Words in name" in page, 'class="pages"' in page) == (False, False)


def test_jurors_are_found_by_words_by_panel_and_by_what_they_have_left(raya, oka, short):
    for entry in ("R-1", "R-2", "R-3", "R-4", "R-5", "R-6"):
        raya.judge("J1", entry, 90)
    asked = ("words=SANTOSO", "words=p2&panel=pleno", "panel=pleno", "show=behind", "stage=penilaian&show=behind")
    assert [rows(oka, f"{JURORS}?{each}") for each in asked] == [
        {"juri": ["J2"]}, {"pleno": ["P2"]}, {"pleno": ["P1", "P2", "P3"]}, {"juri": ["J2"]}, {"juri": ["J2"]},
    ]  # fmt: skip
    assert "No juror fits" in oka.get(f"{JURORS}?words=nothing-fits").text


def test_all_who_were_found_can_be_written_to(oka, short):
    found = oka.get(f"{JURORS}?panel=pleno").text
    (address,) = re.findall(r'href="([^"]*/jurors/message[^"]*)"', found)
    page = oka.get(address.replace("&amp;", "&")).text
    assert re.findall(r'value="([^"]+)" checked', page) == ["P1", "P2", "P3"]
    assert " checked" not in oka.get(f"{AT}/jurors/message").text


def test_a_page_of_any_number_is_answered(oka):
    for page in ("0", "-1", "x", "\u00b2", "9" * 30, "9" * 5000):
        for address in (
            f"{AT}/entries/",
            JURORS,
            f"{AT}/stages/administrasi/screening",
            f"{AT}/stages/penilaian/entries",
        ):
            assert oka.get(address, query_string={"page": page}).status_code == 200


@pytest.mark.parametrize("step", ["judging"])
def test_conflicts_are_paged_and_found_by_words(raya, oka, monkeypatch):
    monkeypatch.setattr("juri.webapp.paging.PAGE", 1)
    for juror, entry in (("J1", "R-2"), ("J2", "R-4")):
        raya.do(declare_conflict, juror, entry, "adik")
    at = f"{JURORS}conflicts"
    found = [
        re.findall(r"entries/(R-\d)/", oka.get(f"{at}?{each}").text)
        for each in ("", "page=2", "words=kebun", "words=none")
    ]
    assert found == [["R-2"], ["R-4"], ["R-4"], []]


def test_who_was_ticked_stands_first_in_a_message_and_the_others_in_a_fold(oka):
    page = oka.get(f"{AT}/jurors/message?juror=P3").text
    assert page.index('id="j-P3"') < page.index('<details class="rest">') < page.index('id="j-J1"')


@pytest.mark.parametrize("step", ["cutting"])
def test_what_other_weights_would_make_of_a_ranking_is_paged_with_the_weights(oka, short):
    at = f"{AT}/what-if/penilaian?w:nilai:manfaat=70&w:nilai:kebaruan=30"
    pages = [oka.get(at).text, oka.get(f"{at}&page=2").text]
    ranked = [re.findall(r'<th role="rowheader" scope="row">(R-\d)', page) for page in pages]
    assert ([len(own) for own in ranked], len({code for own in ranked for code in own})) == ([4, 2], 6)
    (after,) = re.findall(r'href="([^"]+)" rel="next"', pages[0])
    assert re.findall(r'scope="row">(R-\d)', oka.get(html.unescape(after)).text) == ranked[1]


def test_jurors_whose_paper_can_be_typed_are_paged_and_found_by_words(raya, oka, monkeypatch):
    monkeypatch.setattr("juri.webapp.paging.PAGE", 1)
    at = f"{AT}/stages/penilaian/paper/"
    found = [
        re.findall(r"paper/of/(J\d)", oka.get(f"{at}?{each}").text)
        for each in ("", "page=2", "words=santoso", "words=no")
    ]
    assert found == [["J1"], ["J2"], ["J2"], []]


def test_a_stage_names_first_those_who_have_most_left_and_how_many_there_are_more(raya, oka, monkeypatch):
    monkeypatch.setattr("juri.webapp.organiser.stage._WAITING", 1)
    for entry in ("R-1", "R-2"):
        raya.judge("J1", entry, 90)
    page = oka.get(f"{AT}/stages/penilaian/").text
    jurors = page.partition("How far the jurors are")[2].partition("Entries that wait")[0]
    assert ("Bagus Santoso" in jurors, "Ratna Dewi" in jurors, "and 1 more" in jurors) == (True, False, True)


@pytest.mark.browser
def test_choices_are_folded_away_on_a_phone_alone_and_open_where_one_is_taken(raya, page_for):
    def choices_seen(width, query=""):
        page = page_for("oka@raya.test", width=width, java_script_enabled=False)
        page.goto(f"{AT}/entries/{query}")
        return page.get_by_label("Status").is_visible(), page.locator(".choosing > summary").is_visible()

    seen = choices_seen(375), choices_seen(375, "?state=submitted"), choices_seen(1280)
    assert seen == ((False, True), (True, True), (True, False))


@pytest.mark.browser
@pytest.mark.parametrize("step", ["cutting"])
def test_on_a_phone_a_line_of_a_list_is_short_but_where_people_departed_from_the_rules(raya, page_for):
    raya.finish("nominasi", {"R-2": "stop", "R-6": "advance"})
    page = page_for("oka@raya.test", width=375)
    most = {f"{AT}/entries/": 130, JURORS: 130, f"{AT}/decisions/?stage=nominasi": 200}
    heights = {}
    for address in most:
        page.goto(address)
        heights[address] = page.evaluate(
            "Math.max(...[...document.querySelectorAll('main tbody tr:not(.departs)')].map((row) => row.offsetHeight))"
        )
    assert {address: height for address, height in heights.items() if height > most[address]} == {}
