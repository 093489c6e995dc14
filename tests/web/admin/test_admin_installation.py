"""The administrator's other pages: outbox, audit trail, plugins, jobs, health."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select, text

from juri.core.accounts.model import Mail
from juri.core.accounts.outbox import queue_mail
from juri.core.entries.people import find_person
from juri.core.policy import Actor

JURORS = ("j1@kota.test", "j2@kota.test", "j3@kota.test")
SENDING = {"smtp_url": "smtp://127.0.0.1:1", "mail_from": "juri@kota.test", "base_url": "http://localhost"}


@pytest.fixture
def admin_of(client_for):
    """Return a function that signs the administrator in, who reads English."""

    def sign_in(*app):
        client = client_for("admin@kota.test", *app)
        client.set_cookie("language", "en")
        return client

    return sign_in


@pytest.fixture
def three_mails(web_bench):
    """Put three mails into the outbox."""
    with web_bench.database.write() as session:
        for email in JURORS:
            values = {"subject": f"Untuk {email}", "text": "Rapat <besok>."}
            queue_mail(session, "message", find_person(session, email), by=Actor.operator("test"), values=values)


def states(web_bench):
    with web_bench.database.read() as session:
        return list(session.scalars(select(Mail.state).order_by(Mail.id)))


def test_mails_are_looked_at_and_those_that_the_page_named_are_released(web_bench, three_mails, make_app, admin_of):
    admin = admin_of(make_app(**SENDING))
    page = admin.get("/admin/outbox").text
    assert "3 mails go out, to as many people, if you release what this page shows." in page
    assert re.findall(r'name="mail" value="(\d)"', page) == ["3", "2", "1"]
    one = admin.get("/admin/outbox/1").text
    assert ("Rapat &lt;besok&gt;." in one, "Untuk j1@kota.test" in one, "juri@kota.test" in one) == (True, True, True)
    said = admin.post("/admin/outbox/release", data={"mail": ["1", "2"]}, follow_redirects=True).text
    assert ("2 mails are released." in said, states(web_bench)) == (True, ["released", "released", "held"])
    assert admin.post("/admin/outbox/2/hold").status_code == 302
    assert admin.post("/admin/outbox/3/withdraw").status_code == 302
    assert states(web_bench) == ["released", "held", "withdrawn"]
    assert admin.post("/admin/outbox/3/release").status_code == 403
    assert admin.get("/admin/outbox/99").status_code == 404
    sent = admin.post("/admin/jobs/mail", follow_redirects=True).text
    assert ("0 mails were sent, 1 failed." in sent, states(web_bench)) == (True, ["failed", "held", "withdrawn"])


def test_without_a_mail_server_nothing_is_released(web_bench, three_mails, web_app, admin_of):
    admin = admin_of()
    page = admin.get("/admin/outbox").text
    assert ("No mail server is configured" in page, "Release these" in page) == (True, False)
    assert (admin.post("/admin/outbox/1/release").status_code, states(web_bench)) == (403, ["held"] * 3)
    assert admin.get("/admin/outbox?state=nowhere").status_code == 404


def test_the_trail_is_searched_and_verified(web_bench, admin_of):
    admin = admin_of()
    opened = admin.get("/admin/audit?action=stage.open&subject=kota-2026/penilaian").text
    assert ("1 act</p>" in opened, "kota-2026/penilaian" in opened) == (True, True)
    assert "&#39;soon&#39; is no day; write it as 2026-08-17." in admin.get("/admin/audit?since=soon").text
    assert "No act fits" in admin.get("/admin/audit?actor=nobody-did").text
    whole = admin.post("/admin/audit/verify", data={"head": ""}).text
    assert "The trail is whole" in whole
    with web_bench.database.write() as session:
        session.execute(text("UPDATE entry SET title = 'Sungguh lain' WHERE code = 'K-03'"))
    broken = admin.post("/admin/audit/verify", data={"head": "f" * 64}).text
    assert "The trail is NOT whole" in broken
    assert re.search(r"<th[^>]*>entry[^<]*</th>", broken)


def test_an_auditor_sees_the_trail_of_the_edition_and_no_more(client_for):
    auditor = client_for("auditor@kota.test")
    assert auditor.get("/admin/").location == "/admin/audit/edition/kota-2026"
    page = auditor.get("/admin/audit/edition/kota-2026").text
    assert ("kota-2026/penilaian" in page, "account.password" in page) == (True, False)
    assert [
        auditor.get(each).status_code for each in ("/admin/audit", "/admin/outbox", "/admin/audit/edition/lain")
    ] == [404] * 3


def test_the_overview_and_the_jobs_say_how_the_installation_stands(web_bench, three_mails, admin_of):
    admin = admin_of()
    page = admin.get("/admin/").text
    assert [part for part in ("Health", "mails wait for you", "acts in the audit trail") if part not in page] == []
    assert "No mail server is configured" in admin.get("/admin/jobs").text
    free = [
        re.search(r"[\d,.]+ GB", admin.get("/admin/", query_string={"lang": each}).text)[0] for each in ("id", "en")
    ]
    assert [re.sub(r"\d", "", each) for each in free] == [", GB", ". GB"]
    assert admin.post("/admin/jobs/mail").status_code == 403
