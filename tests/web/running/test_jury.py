"""How the jurors of a stage score: the same figures as on the command line, and a page that asks to look."""

from __future__ import annotations

import re

import pytest

from juri.core.stages.jury import stage_jury

AT = "/organiser/raya-2026/stages/penilaian"


def described(raya):
    return dict(raya.look(lambda session, running: stage_jury(session, running, "penilaian")).jurors)


def test_a_juror_is_compared_on_shared_entries_and_in_points(raya):
    for entry, mild, strict in (("R-1", 90, 80), ("R-2", 70, 61), ("R-3", 85, 73), ("R-4", 60, 50)):
        raya.judge("J1", entry, mild)
        raya.judge("J2", entry, strict)
    found = described(raya)
    assert [(each.sheets, each.common) for each in found.values()] == [(4, 4), (4, 4)]
    assert found["J2"].severity == pytest.approx(-found["J1"].severity)
    assert 4 < found["J2"].severity < 5.125  # half of what lies between them, shrunk towards 0
    assert found["J2"].flags == ()


def test_the_page_shows_severity_with_its_interval_and_every_figure(raya, oka):
    assert "No scorecard is in yet" in oka.get(f"{AT}/jury").text
    raya.judge("J1", "R-1", 90)
    raya.judge("J2", "R-1", 80)
    raya.judge("J1", "R-2", 70)
    page = oka.get(f"{AT}/jury").text
    assert "It excludes nobody" in page
    assert len(re.findall('class="strip"', page)) == 2
    assert page.count("on 1 shared entry") == 2
    assert 'href="/organiser/raya-2026/stages/penilaian/"' in page


def test_agreement_is_told_of_the_totals_and_of_each_criterion(raya, oka):
    for entry, mild, strict in (("R-1", 90, 80), ("R-2", 70, 61), ("R-3", 85, 73), ("R-4", 60, 50)):
        raya.judge("J1", entry, mild)
        raya.judge("J2", entry, strict)
    found = raya.look(lambda session, running: stage_jury(session, running, "penilaian"))
    assert set(found.criteria) == {"manfaat", "kebaruan"}
    assert found.whole.reliability.icc["C1"].value == pytest.approx(0.99, abs=0.01)
    assert found.whole.reliability.icc["A1"].value < 0.9
    page = oka.get(f"{AT}/jury").text
    assert "How well they agree" in page
    assert "Of what single scores differ by" in page


def test_the_stage_and_the_jurors_of_a_stage_lead_there(raya, oka):
    raya.judge("J1", "R-1", 90)
    for address in (f"{AT}/", "/organiser/raya-2026/jurors/?stage=penilaian"):
        assert f'href="{AT}/jury"' in oka.get(address).text


def test_a_stage_without_jurors_has_no_such_page(oka):
    assert oka.get("/organiser/raya-2026/stages/administrasi/jury").status_code == 404
