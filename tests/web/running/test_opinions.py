"""Who needs another juror: what came in for each entry, how far jurors differ, and mails to those who are ticked."""

from __future__ import annotations

import re
from datetime import timedelta
from fractions import Fraction

import pytest
from sqlalchemy import text

from juri.core.accounts.model import Mail
from juri.core.audit.model import AuditEvent
from juri.core.entries.verbs import EntryContent, register_entry, submit_entry
from juri.core.judging.assignments import free_jurors
from juri.core.judging.conflicts import declare_conflict
from juri.core.judging.pace import juror_paces
from juri.core.judging.scorecards import prepare_scorecard, submit_scorecard
from juri.core.policy import Actor, Grant
from juri.core.stages.acts import Act, record_acts
from juri.core.stages.opinions import entry_opinions
from juri.core.stages.verbs import open_stage

AT = "/organiser/raya-2026/stages/penilaian/entries"
WRITE = "/organiser/raya-2026/jurors/message"


def opinion(raya, entry):
    found = raya.look(lambda session, running: entry_opinions(session, running, "penilaian"))
    return next(each for each in found if each.entry == entry)


def test_an_entry_has_what_came_in_its_mean_and_the_difference(raya):
    raya.judge("J1", "R-1", 90)
    only = opinion(raya, "R-1")
    assert (only.received, only.wanted, only.waits_for, only.mean, only.spread) == (1, 2, ("J2",), 90, None)
    raya.judge("J2", "R-1", 75)
    both = opinion(raya, "R-1")
    assert (both.received, both.waits_for, both.mean, both.spread) == (2, (), Fraction(165, 2), 15)
    assert (both.is_complete, both.needs_another(Fraction(15)), both.needs_another(Fraction(149, 10))) == (
        True, False, True,
    )  # fmt: skip
    assert (opinion(raya, "R-2").mean, opinion(raya, "R-2").is_complete) == (None, False)


def test_a_sheet_that_a_conflict_took_off_is_no_opinion(raya):
    raya.judge("J1", "R-1", 90)
    raya.judge("J2", "R-1", 20)
    raya.do(declare_conflict, "J2", "R-1", "saudara")
    left = opinion(raya, "R-1")
    assert (dict(left.totals), left.wanted, left.is_complete) == ({"J1": 90}, 2, False)


def test_the_limit_is_typed_and_stays_in_the_address(raya, oka):
    for juror, points in (("J1", 90), ("J2", 60)):
        raya.judge(juror, "R-1", points)
        raya.judge(juror, "R-2", 80)
    page = oka.get(f"{AT}?show=third&beyond=12,5&sort=spread").text
    assert ("Antrean Puskesmas" in page, "Perpustakaan Perahu" in page) == (True, False)
    assert ('value="12,5"' in page, "more than 12,5 apart" in page) == (True, True)
    assert f"{AT}?show=third&amp;sort=mean&amp;beyond=12,5" in page
    assert "/stages/penilaian/assignments?entry=R-1#by-hand" in page
    assert "Antrean Puskesmas" not in oka.get(f"{AT}?show=third&beyond=30").text  # no more than the limit is no more
    assert "Antrean Puskesmas" not in oka.get(f"{AT}?show=waiting").text


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("show=third", "Type the limit"),
        ("beyond=viel", "&#39;viel&#39; is not a number"),
        ("beyond=-1", "A difference is never below zero."),
    ],
)
def test_a_limit_that_is_none_is_told_beside_its_field(oka, asked, told):
    assert told in oka.get(f"{AT}?{asked}").text


def test_one_more_juror_is_offered_by_least_load_without_those_who_cannot(raya, oka):
    offered = raya.look(lambda session, running: free_jurors(session, running, "penilaian", "R-1"))
    assert offered == (("J3", 0),)
    page = oka.get("/organiser/raya-2026/stages/penilaian/assignments?entry=R-1").text
    assert ('value="R-1"' in page, "Maria Tuto (J3), 0 entries" in page) == (True, True)
    raya.do(declare_conflict, "J3", "R-1", "saudara")
    assert raya.look(lambda session, running: free_jurors(session, running, "penilaian", "R-1")) == ()
    said = oka.get("/organiser/raya-2026/stages/penilaian/assignments?entry=R-1").text
    assert "Nobody else of the panel could score R-1." in said


def test_a_stage_in_which_nobody_scores_has_no_such_page(oka):
    assert oka.get("/organiser/raya-2026/stages/administrasi/entries").status_code == 404


def write(raya, juror, entry, points, version, *, by, draft=False):
    answers = {"manfaat": points, "kebaruan": points}

    def prepared(session, running):
        return prepare_scorecard(
            session, running, stage="penilaian", entry=entry, juror=juror, answers=answers, draft=draft
        )

    raya.do(submit_scorecard, raya.look(prepared), version=version, by=by)


def test_the_time_of_an_entry_is_measured_where_a_draft_came_first_and_the_juror_wrote(raya):
    juror = Actor("j1@raya.test", frozenset({Grant("juror", "raya-2026")}), person=_person(raya, "j1@raya.test"))
    for entry in ("R-1", "R-2", "R-3"):
        write(raya, "J1", entry, "80", 0, by=juror, draft=True)
        write(raya, "J1", entry, "85", 1, by=juror)
        write(raya, "J1", entry, "86", 2, by=juror)  # corrected later: the first sending counts
    write(raya, "J1", "R-4", "80", 0, by=juror)  # sent at once
    raya.judge("J2", "R-1", 80)  # typed by the operator
    with raya.database.write() as session:  # tests have no clock of the database: the past is put there by hand
        for entry, minutes in (("R-1", 4), ("R-2", 10), ("R-3", 31)):
            session.execute(
                text(
                    "UPDATE scorecard_revision SET at = datetime(at, :ago) WHERE version = 1 AND assignment_id ="
                    " (SELECT a.id FROM assignment a JOIN entry e ON e.id = a.entry_id"
                    " JOIN juror j ON j.id = a.juror_id WHERE e.code = :entry AND j.code = 'J1')"
                ),
                {"ago": f"-{minutes} minutes", "entry": entry},
            )
    paces = raya.look(lambda session, running: juror_paces(session, running, stage="penilaian"))
    assert set(paces) == {"J1"}
    assert (paces["J1"].measured, round(paces["J1"].median / timedelta(minutes=1))) == (3, 10)


def _person(raya, email):
    from juri.core.entries.people import find_person

    with raya.database.read() as session:
        return find_person(session, email).id


def test_those_who_are_ticked_get_a_mail_that_waits(raya, oka):
    jurors = oka.get("/organiser/raya-2026/jurors/").text
    assert ('name="juror" value="J2"' in jurors, f'action="{WRITE}"' in jurors) == (True, True)
    form = oka.get(f"{WRITE}?juror=J2").text
    assert (form.count(" checked"), "Bagus Santoso" in form) == (1, True)
    words = {"juror": ["J2", "P1"], "subject": "Rapat Jumat", "text": "Pukul 09.00 di aula."}
    seen = oka.post(WRITE, data=words).text
    assert ("2 mails go to 2 people" in seen, "Yth. Bagus Santoso,\n\nPukul 09.00 di aula." in seen) == (True, True)
    assert raya.rows(Mail, "id") == []
    said = oka.post(WRITE, data={**words, "sure": "yes"}, follow_redirects=True).text
    assert "2 mails wait in the outbox until an administrator releases them." in said
    assert raya.rows(Mail, "recipient", "subject", "state") == [
        ("j2@raya.test", "Rapat Jumat", "held"), ("p1@raya.test", "Rapat Jumat", "held"),
    ]  # fmt: skip
    assert ("juror.message", "raya-2026") in raya.rows(AuditEvent, "action", "subject")


@pytest.mark.parametrize(
    "sent",
    [
        {"subject": "Rapat", "text": "Halo", "sure": "yes"},
        {"juror": ["J99"], "subject": "Rapat", "text": "Halo", "sure": "yes"},
        {"juror": ["J1"], "subject": " ", "text": "Halo", "sure": "yes"},
        {"juror": ["J1"], "subject": "Rapat", "text": "x" * 2001, "sure": "yes"},
    ],
)
def test_a_mail_without_anybody_or_words_is_not_written(raya, oka, sent):
    assert (oka.post(WRITE, data=sent).status_code, raya.rows(Mail, "id")) == (422, [])


def test_an_auditor_sees_the_figures_and_writes_to_nobody(client_for):
    agus = client_for("agus@raya.test")
    assert (agus.get(AT).status_code, agus.get(WRITE).status_code) == (200, 404)
    assert 'type="checkbox"' not in agus.get("/organiser/raya-2026/jurors/").text


@pytest.mark.parametrize("step", ["registering"])
def test_entries_stand_in_the_order_of_their_numbers_and_equals_too(raya, oka):
    content = EntryContent(title="Sumur Resapan", category="kesehatan", answers={"ringkasan": "Ada."})
    raya.do(register_entry, "Kampung Asei", content, code="R-10")
    raya.do(submit_entry, "R-10")
    codes = [*(f"R-{number}" for number in range(1, 7)), "R-10"]
    raya.finish("pendaftaran")
    raya.do(open_stage, "administrasi")
    raya.do(record_acts, "administrasi",
            [Act("check", {"answer": "yes"}, code, item) for code in codes for item in ("sk", "asli")])  # fmt: skip
    raya.finish("administrasi")
    raya.do(open_stage, "penilaian")
    raya.assign([(code, "J1") for code in codes])
    raya.judge("J1", "R-3", 90)

    def shown(sort):
        return re.findall(r'entries/(R-\d+)/"', oka.get(f"{AT}?sort={sort}").text)

    assert (shown("code"), shown("mean")) == (codes, ["R-3", "R-1", "R-2", "R-4", "R-5", "R-6", "R-10"])
