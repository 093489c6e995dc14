"""The document as one text, what it leaves unknown, and what was saved of it: told with lines, never overwritten."""

from __future__ import annotations

import re

import pytest

from tests.web.organiser.conftest import BEGUN, COLLEAGUE, ORGANISER, SUKOHARJO, Writer

FAULTY = BEGUN + "limits:\n  - {value: banyak}\nclusters: [dinas, dinas]\n"


@pytest.fixture
def web_bench(begun):
    """Let the pages work on a database in which Sukoharjo's edition is begun."""
    return begun


@pytest.fixture
def writer(client_for, web_bench):
    """Return Sukoharjo's organiser at work."""
    return Writer(client_for(ORGANISER), web_bench)


@pytest.fixture
def colleague(client_for, web_bench):
    """Return the other organiser of the same edition."""
    return Writer(client_for(COLLEAGUE), web_bench)


def faults_of(page):
    found = re.findall(r'data-line="(\d+)" data-column="(\d+)">.*?</a> (.*?)(?:<br>|</li>)', page, re.DOTALL)
    return [(int(line), int(column), said) for line, column, said in found]


def titles(page):
    return [title.strip() for title in re.findall(r'<h2 id="gap-\d+">.*?</svg>(.*?)</h2>', page, re.DOTALL)]


# the text


def test_a_text_with_faults_is_kept_and_each_is_told_at_its_line(writer):
    assert writer.send("/text", text=FAULTY).status_code == 303
    assert writer.text() == FAULTY
    assert [(line, column) for line, column, _ in faults_of(writer.get("/text"))] == [(7, 13), (8, 19)]
    assert re.findall(r'<li id="L(\d+)" class="at-fault">', writer.page) == ["7", "8"]
    assert faults_of(writer.page)[0][2] == "&#39;value&#39; harus berupa bilangan bulat, bukan &#39;banyak&#39;"
    assert re.findall(r"<b>(\d+)</b> (?:hal|kesalahan)", writer.get()) == ["5", "2"]


def test_a_text_that_is_checked_is_not_saved(writer):
    answer = writer.post("/text/check", text=FAULTY)
    assert ("<html" in answer.text, len(faults_of(answer.text))) == (False, 2)
    assert writer.text() == BEGUN


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("juri: [1\n", "sukoharjo-2026.yaml:2:1"),
        (BEGUN.replace("edition: sukoharjo-2026", "edition: kota-2026"), "edisi ini &#39;sukoharjo-2026&#39;"),
        ("", "sukoharjo-2026.yaml"),
    ],
)
def test_what_cannot_be_a_document_is_refused_and_stays_on_the_page(writer, text, told):
    answer = writer.send("/text", text=text)
    assert (answer.status_code, told in answer.text) == (422, True)
    assert (text[:20].replace("'", "&#39;") in answer.text, writer.text()) == (True, BEGUN)


def test_whoever_saves_a_text_second_sees_both(writer, colleague):
    page = colleague.get("/text")
    writer.send("/text", text=BEGUN + "competition: kipp-sukoharjo\n")
    answer = colleague.send("/text", page=page, text=BEGUN + "template: false\n")
    assert answer.status_code == 409
    assert re.findall(r"<mark>(.*?)</mark>", answer.text) == ["competition: kipp-sukoharjo", "template: false"]
    assert writer.text() == BEGUN + "competition: kipp-sukoharjo\n"
    assert colleague.send("/text", page=answer.text).status_code == 303
    assert writer.text() == BEGUN + "template: false\n"


def test_a_document_that_extends_nothing_known_is_mended_as_text(writer):
    writer.post("/text", text=BEGUN.replace("sukoharjo-2023", "hilang"))
    page = writer.get()
    assert "tidak ada edisi &#39;hilang&#39;" in page
    assert re.findall(r'href="/organiser/sukoharjo-2026/edit/(part|unknown)', page) == []
    assert "hilang" in writer.get("/text")


# what is unknown


def test_a_suggestion_is_told_in_words_and_becomes_an_own_decision_only_when_it_is_taken(writer):
    page = writer.get("/unknown")
    assert titles(page) == [
        "Kalender / Pendaftaran dibuka",
        "Kalender / Pendaftaran ditutup",
        "Formulir pendaftaran",
        "Rubrik / Proposal",
        "Tahap dan penghargaan",
    ]
    assert "<b>Signifikansi</b>: Bobot: 30" in page
    assert writer.post("/unknown/rubrics.proposal/accept").status_code == 303
    assert "- {id: signifikansi, name: Signifikansi, weight: 30}" in writer.text()
    assert "unknown:\n  - {at: rubrics.proposal, resolved: true}\n" in writer.text()
    assert "Rubrik / Proposal" not in titles(writer.get("/unknown"))
    assert writer.post("/unknown/stages/accept").status_code == 422


def test_a_date_is_filled_in_on_a_page_of_its_own(writer):
    path = "/unknown/calendar.registration_close"
    answer = writer.send(path, value__day="2026-01-31", value__time="23:59")
    assert (answer.status_code, writer.client.get(answer.location).status_code) == (303, 200)
    assert "registration_close: 2026-01-31T23:59:00+07:00" in writer.text()
    assert writer.client.get(f"/organiser/{SUKOHARJO}/edit{path}").status_code == 404


@pytest.mark.parametrize(
    ("path", "typed", "said"),
    [
        ("/unknown/calendar.registration_open", {"value__day": "besok"}, "besok"),
        ("/unknown/calendar.registration_open", {"value__day": ""}, "tulis sebuah nilai"),
        ("/unknown/stages", {"value": "[{id: x"}, "baris 1"),
        ("/unknown/stages", {"value": "[{id: a, kind: teleport}]"}, "teleport"),
    ],
)
def test_a_value_that_is_none_is_told_at_the_field_and_stays(writer, path, typed, said):
    answer = writer.send(path, **typed)
    error = re.search(r'<p class="error" id="value-error">(.*?)</p>', answer.text, re.DOTALL)
    assert (answer.status_code, said in error[1]) == (422, True)
    assert all(text in answer.text for text in typed.values())
    assert writer.text() == BEGUN


def test_what_is_not_wanted_is_done_without(writer):
    assert writer.post("/unknown/calendar.registration_open/without").status_code == 303
    assert writer.text() == BEGUN + "\nunknown:\n  - {at: calendar.registration_open, remove: true}\n"
    assert titles(writer.get("/unknown"))[0] == "Kalender / Pendaftaran ditutup"


def test_a_value_that_comes_second_is_shown_again_and_saved_on_top(writer, colleague):
    path = "/unknown/calendar.registration_open"
    page = colleague.get(path)
    writer.post("/unknown/rubrics.proposal/accept")
    answer = colleague.send(path, page=page, value__day="2026-01-05")
    assert (answer.status_code, 'value="2026-01-05"' in answer.text) == (409, True)
    assert colleague.post("/unknown/form/accept", seen="1.0").status_code == 409
    assert colleague.send(path, page=answer.text).status_code == 303
    assert ("registration_open: 2026-01-05" in writer.text(), "signifikansi" in writer.text()) == (True, True)


# what was saved


def test_every_version_is_kept_and_can_be_brought_back(writer, colleague):
    writer.send("/text", text=BEGUN + "competition: a\n")
    colleague.send("/text", text=BEGUN + "competition: b\n")
    assert re.findall(r"/history/(\d)", writer.get("/history")) == ["3", "2", "1"]
    assert "+competition: b" in re.sub(r"<ins>.*?</span>", "+", writer.get("/history/3"))
    assert writer.send("/history/2/restore", page=writer.get("/history/2")).status_code == 303
    assert writer.text() == BEGUN + "competition: a\n"
    assert writer.seen == "4.0"
