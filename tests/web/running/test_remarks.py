"""What jurors wrote is read by those who may see the standings, with names; agencies get it without, once published."""

from __future__ import annotations

from juri.core.judging.conflicts import declare_conflict
from juri.core.judging.scorecards import prepare_scorecard, submit_scorecard

ENTRY = "/organiser/raya-2026/entries/R-1/"
PLACE = "/organiser/raya-2026/standings/penilaian/R-1"


def comment(raya, juror, words, *, overall="", draft=False):
    answers = {"manfaat": {"value": "80", "comment": words}, "kebaruan": "70", "_overall": overall}

    def prepared(session, running):
        return prepare_scorecard(
            session, running, stage="penilaian", entry="R-1", juror=juror, answers=answers, draft=draft
        )

    raya.do(submit_scorecard, raya.look(prepared), version=0)


def test_comments_stand_by_criterion_with_the_name_of_their_juror(raya, oka):
    comment(raya, "J1", "Data <b>kurang</b>.")
    comment(raya, "J2", "Baru draf.", draft=True)
    for page in (oka.get(ENTRY).text, oka.get(PLACE).text):
        assert "What the jurors wrote" in page
        assert ("Data &lt;b&gt;kurang&lt;/b&gt;." in page, "Ratna Dewi (J1)" in page) == (True, True)
        assert "Baru draf." not in page


def test_the_overall_comment_stands_behind_the_aspects_by_its_own_name(raya, oka):
    comment(raya, "J1", "Data kurang.", overall="Layak dicontoh.")
    for page in (oka.get(ENTRY).text, oka.get(PLACE).text):
        read = page[page.index("What the jurors wrote") :]
        places = [read.index(each) for each in ("Manfaat", "Data kurang.", "<dt>Kesan umum</dt>", "Layak dicontoh.")]
        assert places == sorted(places)
    assert "_overall,,,Layak dicontoh." in oka.get("/organiser/raya-2026/exports/csv?sheets=1").text


def test_what_a_conflict_took_off_is_not_read(raya, oka):
    comment(raya, "J1", "Sudah saya kenal.")
    raya.do(declare_conflict, "J1", "R-1", "saudara")
    assert "Sudah saya kenal." not in oka.get(ENTRY).text + oka.get(PLACE).text


def test_the_export_has_them_where_it_is_asked_for(raya, oka):
    comment(raya, "J1", "Data kurang.")
    at = "/organiser/raya-2026/exports/csv"
    assert ("Data kurang." in oka.get(f"{at}?sheets=1").text, "Data kurang." in oka.get(at).text) == (True, False)


def test_a_juror_and_an_agency_do_not_come_near(raya, client_for):
    comment(raya, "J1", "Data kurang.")
    other = client_for("j2@raya.test")
    assert [other.get(path).status_code for path in (ENTRY, PLACE, "/organiser/raya-2026/exports/csv?sheets=1")] == [
        404
    ] * 3
