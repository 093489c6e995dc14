"""Sessions and ways in: taken over, guessed, reused, made up, cached."""

import re

import pytest
from argon2 import PasswordHasher

from juri.core.accounts.accounts import disable_account
from juri.core.accounts.model import Mail
from juri.core.accounts.passwords import is_password
from juri.core.accounts.throttle import Limit
from juri.core.entries.people import grant_role, revoke_role
from juri.webapp.postman import send_released
from tests.web.signing import JUROR, OPERATOR, ORGANISER, bench_of, cookie_of, english, link_for, sign_in


def test_field_30_an_unknown_address_gets_the_same_page(client_for, password):
    def page(email):
        text = sign_in(client_for(), "wrong wrong", email=email).text
        return re.sub(r'(name="csrf_token" value)="[^"]*"', r"\1", text).replace(email, "X")

    assert page(ORGANISER) == page("unknown1@kota.test")


def test_field_30_asking_for_a_link_gets_the_same_answer(web_app, client_for):
    answers = []
    for email in (ORGANISER, "unknown@kota.test"):
        client = client_for()
        answer = client.post("/account/link", data={"email": email})
        page = client.get(answer.location).text
        answers.append((answer.status_code, answer.location, page))
    assert answers[0] == answers[1]
    with bench_of(web_app).database.read() as session:
        assert [(mail.recipient, mail.state) for mail in session.query(Mail)] == [(ORGANISER, "held")]


def test_field_57_the_session_id_differs_after_signing_in(web_app, client_for, password):
    client = client_for()
    client.get("/account/sign-in")
    planted = cookie_of(client)
    sign_in(client, password)
    assert planted != cookie_of(client)
    attacker = client_for()
    attacker.set_cookie("juri_session", planted)
    assert attacker.get("/account/").status_code == 302


def test_field_57_an_id_that_the_browser_made_up_is_never_taken(web_app, client_for, password):
    client = client_for()
    client.set_cookie("juri_session", "made-up-by-an-attacker")
    sign_in(client, password)
    assert cookie_of(client) != "made-up-by-an-attacker"


@pytest.mark.parametrize("change", [grant_role, revoke_role])
def test_field_57_the_session_id_differs_after_a_change_of_rights(web_app, client_for, change):
    client = client_for(ORGANISER)
    before = cookie_of(client)
    role, scope = ("juror", "kota-2026") if change is grant_role else ("organiser", "kota-2026")
    with bench_of(web_app).database.write() as session:
        change(session, ORGANISER, role, by=OPERATOR, edition=scope)
    assert client.get("/account/").status_code == 200
    after = cookie_of(client)
    assert after != before
    assert client.get("/account/").status_code == 200
    assert cookie_of(client) == after


def test_field_61_a_closed_account_is_out_with_the_next_request(web_app, client_for, password):
    client = client_for(ORGANISER)
    assert client.get("/account/").status_code == 200
    with bench_of(web_app).database.write() as session:
        disable_account(session, ORGANISER, by=OPERATOR, reason="left")
    assert client.get("/account/").status_code == 302
    assert sign_in(client, password).status_code == 422


def test_field_62_a_spoofed_address_does_not_change_what_is_counted(client_for, monkeypatch):
    monkeypatch.setattr("juri.core.accounts.signing.BY_ADDRESS", Limit("address", 2))
    tried = []
    for number in range(4):
        headers = {"X-Forwarded-For": f"198.51.100.{number}", "X-Real-IP": f"198.51.100.{number}"}
        data = {"email": f"person{number}@kota.test", "password": "wrong wrong"}
        tried.append(client_for().post("/account/sign-in", data=data, headers=headers).status_code)
    assert tried == [422, 422, 429, 429]


def test_field_62_behind_one_proxy_its_word_counts_and_what_the_sender_put_before_does_not(make_app, monkeypatch):
    monkeypatch.setattr("juri.core.accounts.signing.BY_ADDRESS", Limit("address", 1))
    app = make_app(trusted_proxies=1)
    tried = []
    for spoofed, real in (("1.1.1.1", "203.0.113.7"), ("2.2.2.2", "203.0.113.7"), ("1.1.1.1", "203.0.113.8")):
        headers = {"X-Forwarded-For": f"{spoofed}, {real}"}
        data = {"email": f"p{len(tried)}@kota.test", "password": "wrong wrong"}
        tried.append(app.test_client().post("/account/sign-in", data=data, headers=headers).status_code)
    assert tried == [422, 429, 422]


def test_field_60_a_link_that_was_used_signs_nobody_in(web_app, client_for):
    token = link_for(web_app, JUROR)
    client_for().post(f"/account/link/{token}")
    late = english(client_for())
    assert "This link no longer works" in late.get(f"/account/link/{token}").text
    assert late.post(f"/account/link/{token}").location == "/account/sign-in"
    assert late.get("/account/").status_code == 302


SAFE = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""What every answer says but a static file: nothing is kept, nothing of others is run, no other page is let near."""


@pytest.mark.parametrize("role", ["anonymous", "unit", "juror", "organiser", "administrator"])
def test_field_64_no_answer_may_be_kept_by_a_proxy_and_each_keeps_others_out(requests, as_role, role):
    client, wrong, seen = as_role(role), {}, set()
    for case in requests.cases(role):
        if case.route.endpoint not in {*seen, "static"}:
            seen.add(case.route.endpoint)
            answer = client.open(case.url, method=case.route.method if role == "anonymous" else "GET")
            found = {name: answer.headers.get(name) for name in SAFE}
            if found != SAFE or "Cookie" not in ", ".join(answer.headers.getlist("Vary")):
                wrong[case.url] = found
    assert wrong == {}
    assert len(seen) > 60


def test_field_64_what_is_static_is_kept_by_its_content_alone_and_sets_no_cookie(as_role):
    page = as_role("anonymous").get("/").text
    address = re.search(r"/static/juri\.css\?v=\w+", page).group()
    with as_role("organiser").get(address) as answer:
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert "Set-Cookie" not in answer.headers


def test_field_58_no_link_is_made_of_the_host_that_a_request_names(make_app):
    app = make_app(base_url="https://juri.example.go.id", smtp_url="smtp://127.0.0.1:1", mail_from="juri@kota.test",
                   sign_in_mail_at_once="1")  # fmt: skip
    client, data = app.test_client(), {"email": JUROR}
    for headers in ({"Host": "evil.example"}, {"Host": "juri.example.go.id.evil.example"}):
        answer = client.post("/account/link", data=data, headers=headers)
        assert (answer.status_code, answer.mimetype, "evil" in answer.text) == (400, "text/plain", False)
    forwarded = {"Host": "juri.example.go.id", "X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
    assert client.post("/account/link", data=data, headers=forwarded).status_code == 302
    sent = []
    send_released(bench_of(app).database, bench_of(app).settings, sent.append, most=5)
    links = re.findall(r"https?://[^/\s]+/account/link/", sent[0].get_content())
    assert (len(sent), links) == (1, ["https://juri.example.go.id/account/link/"])


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"])
def test_a_method_that_a_page_does_not_have_is_refused(client_for, method):
    assert client_for(ORGANISER).open("/account/", method=method).status_code == 405


def test_field_30_signing_in_hashes_as_often_for_nobody_as_for_somebody(client_for, monkeypatch):
    hashed = []

    class Counting(PasswordHasher):
        def verify(self, stored, given):
            hashed.append(given)
            return super().verify(stored, given)

    is_password(None, "once a process")
    monkeypatch.setattr("juri.core.accounts.passwords._hasher", Counting(time_cost=1, memory_cost=8, parallelism=1))
    for email in (ORGANISER, "unknown@kota.test", "no address at all"):
        sign_in(client_for(), "wrong wrong", email=email)
        client_for().post("/account/link", data={"email": email})
    assert hashed == ["wrong wrong", ORGANISER, "wrong wrong", "unknown@kota.test", "wrong wrong"]
