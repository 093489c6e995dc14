"""Dates in the zone of the edition, figures with a comma in Indonesian, and plurals, on the pages that show them."""

from __future__ import annotations

import re

import pytest

from juri.core.stages.verbs import close_stage

AT = "/organiser/raya-2026"


@pytest.fixture
def in_language(client_for):
    """Return a function that opens a page as the organiser, in a language."""

    def get(address, language):
        client = client_for("oka@raya.test")
        client.set_cookie("language", language)
        return client.get(AT + address).text

    return get


def test_a_deadline_stands_in_the_zone_of_the_edition(in_language):
    assert "dibuka sampai" in in_language("/stages/penilaian/", "id")
    pages = {language: in_language("/stages/penilaian/", language) for language in ("id", "en")}
    shown = {
        language: re.findall(r'<time datetime="2099[^>]*>([^<]+)</time>', page) for language, page in pages.items()
    }
    assert shown == {"id": ["30 November 2099 16.00 WIT"], "en": ["30 November 2099 16:00 WIT"]}


def test_a_figure_has_a_comma_in_indonesian_and_a_point_in_english(raya, in_language):
    raya.judge("J1", "R-1", 90)
    raya.judge("J2", "R-1", 85)
    shown = {
        language: re.findall(r"<b>([\d.,]+)</b>", in_language("/standings/", language)) for language in ("id", "en")
    }
    assert shown == {"id": ["87,50"], "en": ["87.50"]}
    assert in_language("/what-if/penilaian?w:nilai:manfaat=62,5&w:nilai:kebaruan=37.5", "id").count("87,50") == 2


@pytest.mark.parametrize(("left", "told"), [(1, "1 scorecard is missing."), (2, "2 scorecards are missing.")])
@pytest.mark.parametrize("step", ["judging"])
def test_one_is_told_apart_from_several_where_the_language_does(raya, in_language, left, told):
    sheets = [(juror, code) for code in ("R-1", "R-2", "R-3", "R-4", "R-5", "R-6") for juror in ("J1", "J2")]
    for juror, code in sheets[left:]:
        raya.judge(juror, code, 70)
    assert told in in_language("/", "en")
    assert f"{left} lembar nilai belum masuk." in in_language("/", "id")


def test_no_english_is_left_on_an_indonesian_page(in_language):
    pages = ("/", "/entries/", "/jurors/", "/standings/", "/stages/penilaian/", "/stages/penilaian/remind", "/exports/")
    assert {page: re.findall(r'<span lang="en">([^<]*)</span>', in_language(page, "id")) for page in pages} == {
        page: [] for page in pages
    }


@pytest.mark.parametrize("step", ["announcing"])
def test_the_titles_of_an_announcement_are_not_marked_as_english(in_language):
    page = in_language("/decisions/?stage=pengumuman", "id")
    assert ("Juara; Finalis" in page, '<span lang="en">' in page) == (True, False)


@pytest.mark.parametrize("step", ["announcing"])
def test_the_trail_says_its_details_in_the_language_of_the_page(client_for):
    auditor = client_for("agus@raya.test")
    told = {}
    for language in ("id", "en"):
        auditor.set_cookie("language", language)
        page = auditor.get("/admin/audit/edition/raya-2026?action=decision.take").text
        details = re.search(r"<details><summary>.*?</summary>(.*?)</details>", page)[1]
        told[language] = [part.split(": ")[0] for part in details.split("; ")]
    assert told == {
        "id": ["diputuskan", "Alasan", "putaran", "penanggung jawab"],
        "en": ["decided", "Reason", "round", "answers for it"],
    }


def test_a_program_is_told_of_standings_in_its_own_language(raya, client_for):
    raya.judge("J1", "R-1", 90)
    raya.do(close_stage, "penilaian", early="the hall is needed")
    client = client_for("oka@raya.test")
    address = "/api/v1/editions/raya-2026/stages/penilaian/standings"
    answers = [client.get(address, headers={"Accept-Language": language}) for language in ("id", "en")]
    (ours,), (theirs,) = ([track for track in answer.json["tracks"] if track["lines"]] for answer in answers)
    assert [answer.headers["Content-Language"] for answer in answers] == ["id", "en"]
    assert ours["lines"] == theirs["lines"]
    assert {each["reason"] for each in theirs["unranked"]} == {"no sheet was submitted"}
    assert {each["reason"] for each in ours["unranked"]} == {"belum ada lembar nilai yang dikirim"}
    assert [each.split(":")[0] for each in ours["warnings"]] == ["lembar nilai yang belum ada per juri"]
