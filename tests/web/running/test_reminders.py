"""Reminding jurors who are late: one mail for each, seen before it is written, and held until somebody releases it."""

from __future__ import annotations

import pytest

from juri.core.accounts.model import Mail
from juri.core.audit.model import AuditEvent

AT = "/organiser/raya-2026/stages/penilaian/remind"
MAIL = ("recipient", "subject", "state", "written_by")


def test_those_who_are_late_are_offered_with_their_figures(raya, oka):
    raya.judge("J1", "R-1", 90)
    page = oka.get(AT).text
    assert [name for name in ("Ratna Dewi", "Bagus Santoso", "Maria Tuto") if name in page] == [
        "Ratna Dewi",
        "Bagus Santoso",
    ]
    assert page.index("Bagus Santoso") < page.index("Ratna Dewi")  # who has most left comes first
    assert (page.count(" checked"), "<b>1</b> / 6" in page, AT in oka.get("/organiser/raya-2026/").text) == (
        2,
        True,
        True,
    )


def test_the_mails_are_seen_before_they_are_written(raya, oka):
    page = oka.post(AT, data={"juror": ["J1", "J2"], "text": "Terima kasih <b>banyak</b>."}).text
    assert "2 mails go to 2 people" in page
    assert "Put 2 mails into the outbox" in page
    assert (
        "Yth. Bagus Santoso,\n\nPada tahap Penilaian Proposal, 6 dari 6 lembar nilai Anda belum dikirim.\n"
        "Tahap ini ditutup pada 30 November 2099 16.00 WIT.\n\nTerima kasih &lt;b&gt;banyak&lt;/b&gt;.\n"
    ) in page
    assert raya.rows(Mail, "id") == []


def test_each_juror_gets_a_mail_of_their_own_that_waits(raya, oka):
    sent = {"juror": ["J1", "J2"], "text": "Terima kasih.", "sure": "yes"}
    said = oka.post(AT, data=sent, follow_redirects=True).text
    assert "2 reminders wait in the outbox until an administrator releases them." in said
    subject = "Lembar nilai yang menunggu Anda: Lomba Inovasi Raya 2026"
    assert raya.rows(Mail, *MAIL) == [
        ("j1@raya.test", subject, "held", "oka@raya.test"), ("j2@raya.test", subject, "held", "oka@raya.test"),
    ]  # fmt: skip
    assert ("juror.remind", "raya-2026/penilaian") in raya.rows(AuditEvent, "action", "subject")


def test_nobody_gets_a_second_one_while_the_first_waits(raya, oka):
    oka.post(AT, data={"juror": ["J1"], "sure": "yes"})
    page = oka.get(AT).text
    assert ("waits in the outbox" in page, page.count(" checked"), page.count(" disabled")) == (True, 1, 1)
    refused = oka.post(AT, data={"juror": ["J1", "J2"], "text": "Ayo", "sure": "yes"})
    assert (refused.status_code, len(raya.rows(Mail, "id"))) == (422, 1)
    assert "juror &#39;J1&#39; has a reminder that waits in the outbox" in refused.text
    assert ">Ayo</textarea>" in refused.text.replace("\r\n", "")


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"sure": "yes"}, "choose at least one juror"),
        ({"juror": ["J3"], "sure": "yes"}, "juror &#39;J3&#39; has nothing left to score in this stage"),
        ({"juror": ["J99"], "sure": "yes"}, "juror &#39;J99&#39; has nothing left to score in this stage"),
        ({"juror": ["J1"], "text": "x" * 2001}, "2000"),
    ],
)  # fmt: skip
def test_what_cannot_be_sent_is_refused_and_nothing_is_written(raya, oka, sent, told):
    refused = oka.post(AT, data=sent)
    assert (refused.status_code, told in refused.text, raya.rows(Mail, "id")) == (422, True, [])


@pytest.mark.parametrize("step", ["cutting"])
def test_a_stage_that_is_over_has_nobody_to_remind(raya, oka):
    assert "The stage is not open" in oka.get(AT).text
    assert (oka.post(AT, data={"juror": ["J1"], "sure": "yes"}).status_code, raya.rows(Mail, "id")) == (409, [])


@pytest.mark.parametrize("step", ["judged"])
def test_when_every_sheet_is_in_nobody_is_late(oka):
    assert "Nobody is late" in oka.get(AT).text
    assert AT not in oka.get("/organiser/raya-2026/").text


def test_the_secretariat_may_remind_and_an_auditor_may_not(raya, client_for):
    assert client_for("sari@raya.test").post(AT, data={"juror": ["J1"], "sure": "yes"}).status_code == 302
    assert len(raya.rows(Mail, "id")) == 1
    agus = client_for("agus@raya.test")
    assert (agus.get(AT).status_code, agus.post(AT, data={"juror": ["J2"], "sure": "yes"}).status_code) == (404, 404)
