"""How firm a cut is: the page says what the command says, and where it cannot say anything, why."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

import pytest

from juri.core.doubt import Doubt, EntryDoubt
from juri.webapp.organiser import firmness

AT = "/organiser/raya-2026/firmness/penilaian"
CELL = re.compile(r"<t[hd] role=\"(?:rowheader|cell)\"[^>]*>(.*?)</t[hd]>", re.DOTALL)


def rows(page, heading):
    """Return the cells of the table below a heading, as text."""
    part = page.split(f"<h3>{heading}</h3>")[1].split("</table>")[0]
    found = [CELL.findall(row) for row in part.split('<tr role="row">')[2:]]
    return [[" ".join(re.sub("<[^>]+>", "", cell).split()) for cell in row] for row in found]


@pytest.mark.parametrize("step", ["cutting"])
def test_the_page_tells_what_the_first_places_depend_on(oka):
    page = oka.get(f"{AT}?top=2").text
    parts = ("Least change of weights", "Without one juror", "Without one aspect", "By another method", "Always in")
    assert [part for part in parts if part not in page] == []
    for change in rows(page, "With other weights") if "With other weights" in page else []:
        assert change[1] != change[2]
        assert change[3] != change[4]


@pytest.mark.parametrize("step", ["judging"])
def test_a_change_of_weights_that_is_shown_is_what_the_weights_tried_out_give(raya, oka):
    raya.judge("J1", "R-1", 80)
    raya.judge("J1", "R-2", 70, new=90)
    raya.judge("J1", "R-3", 40)
    page = oka.get(f"{AT}?top=1").text
    (change,) = rows(page, "With other weights")[:1]
    assert change[0] == "10.00 %"  # 60 and 40 become 50 and 50: both are worth 80
    assert (change[3][:3], change[4][:3]) == ("R-2", "R-1")
    tried = oka.get("/organiser/raya-2026/what-if/penilaian?w:nilai:manfaat=49&w:nilai:kebaruan=51").text
    assert tried.index("R-2 ") < tried.index("R-1 ")


@pytest.mark.parametrize("step", ["cutting"])
def test_places_that_are_no_number_and_places_for_everybody_are_told(oka):
    wrong = oka.get(f"{AT}?top=many").text
    assert ("Write a whole number from 1 on." in wrong, 'value="many"' in wrong) == (True, True)
    assert "Too few entries have a rank for so many places." in oka.get(f"{AT}?top=500").text


@pytest.mark.parametrize("step", ["cutting"])
def test_the_standings_lead_there_and_only_ranked_stages_have_it(oka):
    assert f'href="{AT}"' in oka.get("/organiser/raya-2026/standings/?stage=penilaian").text
    assert oka.get("/organiser/raya-2026/firmness/administrasi").status_code == 404
    assert oka.get("/organiser/raya-2026/firmness/nominasi").status_code == 404


@pytest.mark.parametrize("step", ["judging"])
def test_how_sure_a_place_is_is_drawn_when_asked_and_says_so_where_nothing_can_be_known(raya, oka):
    raya.judge("J1", "R-1", 80)
    raya.judge("J1", "R-2", 70)
    assert 'value="1"' in (page := oka.get(f"{AT}?top=1").text)
    assert "nothing can be said of how sure" not in page
    assert (
        "No entry has two sheets, so nothing can be said of how sure its place is."
        in oka.get(f"{AT}?top=1&sure=1").text
    )


@pytest.mark.parametrize("step", ["judging"])
def test_the_entries_that_the_sheets_leave_open_stand_with_their_rank_interval_and_probability(raya, oka):
    for juror, marks in (("J1", (80, 79, 60)), ("J2", (74, 78, 64))):
        for code, mark in zip(("R-1", "R-2", "R-3"), marks, strict=True):
            raya.judge(juror, code, mark)
    page = oka.get(f"{AT}?top=1&sure=1").text
    assert "Drawn 1,000 times from seed 20240229" in page
    found = rows(page, "How sure is each place")
    assert [(row[0][:3], row[1], row[2].replace("\u2013", " to ")) for row in found] == [
        ("R-2", "1", "1 to 2"),
        ("R-1", "2", "1 to 2"),
    ]
    inside = [float(row[3].removesuffix(" %")) for row in found]
    assert inside[0] > inside[1] > 5
    assert sum(inside) <= 100  # there is one place, and R-3 has what is left


@pytest.mark.parametrize("step", ["judging"])
def test_an_entry_that_is_surely_in_or_out_is_counted_but_not_listed(raya, oka, monkeypatch):
    raya.judge("J1", "R-1", 80)
    raya.judge("J1", "R-2", 70)
    sure = {"R-1": EntryDoubt(1, 1, (Fraction(19, 20),)), "R-2": EntryDoubt(2, 2, (Fraction(1, 20),))}
    doubt = Doubt(sure, (1,), 1000, 7)
    monkeypatch.setattr("juri.webapp.organiser.firmness.doubt_of", lambda *_, **__: doubt)
    page = oka.get(f"{AT}?top=1&sure=1").text
    assert "1 are in and 1 are out with at least 95 percent probability" in page
    assert "The sheets leave nothing open" in page


@pytest.mark.parametrize("step", ["judging"])
def test_where_an_absent_sheet_counts_0_no_probability_is_told(raya, oka, monkeypatch):
    raya.judge("J1", "R-1", 80)
    raya.judge("J1", "R-2", 70)
    usual = firmness.rank_rule
    monkeypatch.setattr(firmness, "rank_rule", lambda options: replace(usual(options), missing="zero"))
    assert "Where an absent sheet counts 0, nothing can be said" in oka.get(f"{AT}?top=1&sure=1").text


@pytest.mark.parametrize("step", ["cutting"])
def test_entries_that_fell_in_a_later_stage_still_count_where_they_were_ranked(raya, oka):
    assert "of 6 ranked" in oka.get(f"{AT}?top=2").text
    later = "/organiser/raya-2026/stages/nominasi"
    assert oka.post(f"{later}/close").status_code == 302
    fallen = {f"{kind}:R-{n}": {"o": "stop", "w": "by vote"}[kind] for n in (2, 5, 6) for kind in "ow"}
    assert oka.post(f"{later}/decide", data={"signer": "Bupati", "reason": "rules", **fallen}).status_code == 302
    assert oka.post(f"{later}/seal", data={"name": "Bupati", "sure": "y", "alone": "y"}).status_code == 302
    assert "of 6 ranked" in oka.get(f"{AT}?top=2").text
