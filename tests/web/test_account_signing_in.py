"""Signing in and out on the pages."""

import json
from datetime import timedelta

import pytest

from juri.core.accounts.model import Mail, WebSession
from juri.core.accounts.throttle import Limit
from juri.core.audit.model import AuditEvent
from juri.core.clock import now, standing_at
from juri.core.entries.people import revoke_role
from tests.web.signing import JUROR, NOBODY, OPERATOR, ORGANISER, bench_of, cookie_of, english, link_for, sign_in


def sessions_in(app):
    with bench_of(app).database.read() as session:
        return [(row.person_id, json.loads(row.data)) for row in session.query(WebSession)]


def test_a_page_that_needs_a_person_leads_to_signing_in_and_back(client_for, password):
    client = client_for()
    answer = client.get("/account/?lang=en")
    assert (answer.status_code, answer.location) == (302, "/account/sign-in?next=/account/?lang%3Den")
    assert sign_in(client, password, next="/account/?lang=en").location == "/account/?lang=en"
    assert client.get("/account/").status_code == 200


def test_a_wrong_password_is_said_and_nobody_is_signed_in(client_for):
    client = english(client_for())
    answer = sign_in(client, "wrong wrong")
    assert (answer.status_code, "The address or the password is wrong" in answer.text) == (422, True)
    assert client.get("/account/").status_code == 302


def test_rights_that_were_taken_are_gone_with_the_next_request(web_app, client_for):
    client = client_for("admin@kota.test")
    assert client.get("/admin/").status_code == 200
    with bench_of(web_app).database.write() as session:
        revoke_role(session, "admin@kota.test", "administrator", by=OPERATOR)
    assert client.get("/admin/").status_code == 404


def test_signing_out_forgets_the_session_and_what_the_browser_kept(web_app, client_for):
    client = client_for(ORGANISER)
    answer = client.post("/account/sign-out")
    assert (answer.status_code, answer.headers["Clear-Site-Data"]) == (302, '"cache", "storage"')
    assert (cookie_of(client), sessions_in(web_app)) == (None, [])


def test_nothing_of_the_time_before_signing_in_is_carried_over(web_app, client_for, password):
    client = client_for()
    with client.session_transaction() as kept:
        kept["planted"] = "x"
    sign_in(client, password)
    assert [data for person, data in sessions_in(web_app) if person] == [{}]


def test_a_visitor_for_whom_nothing_is_kept_has_no_session(web_app, client_for):
    client = client_for()
    client.get("/account/link")
    client.get("/nowhere")
    assert (cookie_of(client), sessions_in(web_app)) == (None, [])


def test_a_session_that_is_only_read_is_not_written(web_app, client_for):
    client = client_for(ORGANISER)

    def seen():
        with bench_of(web_app).database.read() as session:
            return session.query(WebSession).one().seen_at

    client.get("/account/")  # the first form keeps the browser's CSRF token
    before = seen()
    client.get("/account/")
    assert seen() == before
    with standing_at(now() + timedelta(minutes=6)):
        client.get("/account/")
        assert seen() == now()


def test_the_cookie_is_for_us_alone(client_for, password):
    cookie = sign_in(client_for(), password).headers["Set-Cookie"]
    assert sorted(part.strip() for part in cookie.split(";")[1:]) == ["HttpOnly", "Path=/", "SameSite=Lax"]


def test_over_https_the_cookie_belongs_to_this_very_host(make_app, password):
    client = make_app(base_url="https://juri.example.go.id").test_client()
    answer = client.post(
        "/account/sign-in",
        data={"email": ORGANISER, "password": password},
        base_url="https://juri.example.go.id",
    )
    name, *rest = answer.headers["Set-Cookie"].split(";")
    assert name.startswith("__Host-juri_session=")
    assert sorted(part.strip() for part in rest) == ["HttpOnly", "Path=/", "SameSite=Lax", "Secure"]


@pytest.mark.parametrize(
    "target", ["/account/", "/account/?lang=en", "/account/second-factor", "/admin/audit?actor=a%40b"]
)
def test_a_page_of_ours_is_gone_back_to(client_for, password, target):
    assert sign_in(client_for(), password, next=target).location == target


def test_whoever_is_signed_in_is_sent_on(client_for):
    answer = client_for(NOBODY).get("/account/sign-in?next=/account/second-factor")
    assert (answer.status_code, answer.location) == (302, "/account/second-factor")


def test_a_person_without_a_role_begins_at_their_account(client_for):
    assert client_for(NOBODY).get("/account/start").location == "/account/"


def test_an_administrator_begins_at_the_overview(client_for):
    assert client_for("admin@kota.test").get("/account/start").location == "/admin/"


def test_guessing_is_answered_with_429(client_for, monkeypatch):
    monkeypatch.setattr("juri.core.accounts.signing.BY_ACCOUNT", Limit("account", 1))
    client = client_for()
    assert [sign_in(client, "wrong wrong").status_code for _ in range(2)] == [422, 429]


def test_a_link_signs_in_after_a_press_of_a_button(web_app, client_for):
    client, token = client_for(), link_for(web_app, JUROR)
    for _ in range(3):
        assert JUROR in client.get(f"/account/link/{token}").text
    assert client.post(f"/account/link/{token}").location == "/account/start"
    assert JUROR in client.get("/account/").text


def test_what_is_no_address_is_said(client_for):
    answer = english(client_for()).post("/account/link", data={"email": "no address"})
    assert (answer.status_code, "This is not an e-mail address" in answer.text) == (422, True)


def test_asking_for_too_many_links_is_answered_with_429(client_for):
    codes = [client_for().post("/account/link", data={"email": JUROR}).status_code for _ in range(4)]
    assert codes == [302, 302, 302, 429]


def test_with_a_mail_server_the_installation_may_send_sign_in_links_at_once(make_app):
    app = make_app(
        sign_in_mail_at_once="1", smtp_url="smtp://127.0.0.1:1", mail_from="juri@kota.test", base_url="http://localhost"
    )
    app.test_client().post("/account/link", data={"email": JUROR})
    with bench_of(app).database.read() as session:
        assert [mail.state for mail in session.query(Mail)] == ["released"]


def test_signing_in_is_an_act_in_the_trail_without_any_secret(web_app, client_for, password):
    client = client_for()
    sign_in(client, password)
    with bench_of(web_app).database.read() as session:
        act = session.query(AuditEvent).order_by(AuditEvent.id.desc()).first()
        assert (act.action, act.actor, act.detail) == (
            "account.sign_in",
            ORGANISER,
            {"by": "password", "second_factor": "none"},
        )
        trail = str([(event.detail, event.subject) for event in session.query(AuditEvent)])
    assert password not in trail
    assert cookie_of(client) not in trail


def test_language_and_theme_are_kept_in_the_browser(client_for):
    client = client_for()
    client.get("/account/sign-in?lang=en&theme=dark")
    assert (cookie_of(client, "language"), cookie_of(client, "theme")) == ("en", "dark")
    page = client.get("/account/sign-in").text
    assert '<html lang="en" data-theme="dark">' in page


@pytest.mark.parametrize("query", ["lang=xx&theme=neon", "lang=&theme=", "lang=id%0d%0aX"])
def test_what_is_no_language_or_theme_is_not_kept(client_for, query):
    client = client_for()
    client.get(f"/account/link?{query}")
    assert (cookie_of(client, "language"), cookie_of(client, "theme")) == (None, None)
