"""The administrator's pages of people: inviting, roles, closed accounts; every refusal beside what was typed."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from juri.core.accounts.accounts import is_disabled
from juri.core.accounts.model import Mail
from juri.core.entries.model import Person
from juri.core.entries.people import actor_of

NEW = {"name": "Wati Baru", "email": "wati@kota.test", "role": "secretariat", "edition": "kota-2026", "write": "y"}


@pytest.fixture
def admin(client_for):
    """Return a client of the administrator, who reads English."""
    client = client_for("admin@kota.test")
    client.set_cookie("language", "en")
    return client


@pytest.fixture
def stored(web_bench):
    """Return a function that reads from the database: ``stored(actor_of, address)``."""

    def read(what, *args):
        with web_bench.database.read() as session:
            return what(session, *args)

    return read


def number_of(session, email):
    return session.scalar(select(Person.id).where(Person.email == email))


def roles(stored, email):
    return sorted(grant.said() for grant in stored(actor_of, email).grants)


def mails(session):
    return [(mail.recipient, mail.kind, mail.state) for mail in session.scalars(select(Mail).order_by(Mail.id))]


def test_somebody_is_invited_with_a_first_role_and_the_invitation_waits(admin, stored):
    said = admin.post("/admin/people/new", data=NEW, follow_redirects=True).text
    assert "The invitation waits in the outbox: look at it there, and release it." in said
    assert (roles(stored, NEW["email"]), stored(mails)) == (
        ["secretariat (kota-2026)"], [("wati@kota.test", "invitation", "held")],
    )  # fmt: skip
    text = admin.get("/admin/outbox/1").text
    assert ("Yth. Wati Baru" in text, "[a personal link, made when the mail is sent]" in text) == (True, True)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"email": "wati"}, "is not an e-mail address"),
        ({"name": " "}, "Write a name."),
        ({"role": "king"}, "Not a valid choice"),
        ({"role": "local_admin"}, "local_admin"),
    ],
)
def test_a_faulty_invitation_is_refused_and_kept_as_typed(admin, stored, wrong, told):
    refused = admin.post("/admin/people/new", data={**NEW, **wrong})
    assert (refused.status_code, stored(mails), stored(number_of, NEW["email"])) == (422, [], None)
    assert told in refused.text
    assert f'value="{wrong.get("email", NEW["email"])}"' in refused.text


def test_people_are_found_by_name_role_and_edition(admin):
    assert "Nova Nobody" in admin.get("/admin/people?q=nova").text
    jurors = admin.get("/admin/people?role=juror&edition=kota-2026").text
    assert ("Juri J1" in jurors, "Oka Organiser" in jurors) == (True, False)
    assert "Nobody fits" in admin.get("/admin/people?q=nobody-at-all").text
    assert "Nobody fits" in admin.get("/admin/people?disabled=1").text


def test_a_role_is_given_and_taken_back(admin, stored):
    nova = stored(number_of, "nobody@kota.test")
    role = {"role": "auditor", "edition": "kota-2026"}
    assert "The role is given." in admin.post(f"/admin/people/{nova}/grant", data=role, follow_redirects=True).text
    assert roles(stored, "nobody@kota.test") == ["auditor (kota-2026)"]
    twice = admin.post(f"/admin/people/{nova}/grant", data={"role": "unit"})
    assert (twice.status_code, roles(stored, "nobody@kota.test")) == (422, ["auditor (kota-2026)"])
    assert admin.post(f"/admin/people/{nova}/revoke", data=role).status_code == 302
    assert roles(stored, "nobody@kota.test") == []
    me = stored(number_of, "admin@kota.test")
    mine = admin.post(f"/admin/people/{me}/revoke", data={"role": "administrator"})
    assert (mine.status_code, roles(stored, "admin@kota.test")) == (422, ["administrator"])
    assert "You cannot take this role from yourself" in mine.text


def test_a_role_is_given_for_one_stage_of_the_edition_that_is_chosen(admin, stored):
    nova = stored(number_of, "nobody@kota.test")
    page = f"/admin/people/{nova}"
    role = {"role": "secretariat", "edition": "kota-2026", "stage": "kota-2026/admin"}
    for wrong in ({**role, "edition": ""}, {**role, "role": "juror"}, {**role, "stage": "kota-2026/nada"}):
        assert (admin.post(f"{page}/grant", data=wrong).status_code, roles(stored, "nobody@kota.test")) == (422, [])
    assert "kota-2026, admin" in admin.post(f"{page}/grant", data=role, follow_redirects=True).text
    assert roles(stored, "nobody@kota.test") == ["secretariat (kota-2026, admin)"]
    assert "kota-2026, admin" in admin.get("/admin/people?role=secretariat").text
    held = {"role": "secretariat", "edition": "kota-2026"}
    assert admin.post(f"{page}/revoke", data=held).status_code == 404
    assert admin.post(f"{page}/revoke", data={**held, "stage": "admin"}).status_code == 302
    assert roles(stored, "nobody@kota.test") == []


def test_an_account_is_closed_with_a_reason_and_its_browsers_are_signed_out(admin, stored, client_for):
    juror = client_for("j1@kota.test")
    assert juror.get("/account/").status_code == 200
    number = stored(number_of, "j1@kota.test")
    silent = admin.post(f"/admin/people/{number}/disable", data={"reason": ""})
    assert (silent.status_code, stored(is_disabled, number)) == (422, False)
    assert admin.post(f"/admin/people/{number}/disable", data={"reason": "left the jury"}).status_code == 302
    assert (stored(is_disabled, number), juror.get("/account/").status_code) == (True, 302)
    page = admin.get(f"/admin/people/{number}").text
    assert ("This account is closed" in page, "account.disable" in admin.get("/admin/audit?action=account").text) == (
        True, True,
    )  # fmt: skip
    assert admin.post(f"/admin/people/{number}/enable").status_code == 302
    assert stored(is_disabled, number) is False


def test_what_is_refused_is_said_in_the_language_of_the_page(client_for, stored):
    admin = client_for("admin@kota.test")
    bad = admin.post("/admin/people/new", data={**NEW, "email": "wati"})
    assert "bukan alamat surel" in bad.text


def test_nobody_but_an_administrator_sees_people(client_for):
    answers = {who: client_for(f"{who}@kota.test").get("/admin/people").status_code for who in
               ("organiser", "secretariat", "auditor", "j1", "unit", "nobody")}  # fmt: skip
    assert answers == dict.fromkeys(answers, 404)
