"""One's own account: the second factor, the password, the display, the browsers one is signed in with."""

import re
from datetime import timedelta

import pyotp
import pytest

from juri.core.accounts.asking import hand_out_link
from juri.core.accounts.model import WebSession
from juri.core.accounts.second_factor import has_second_factor
from juri.core.accounts.sessions import begin_session, digest_of_rights
from juri.core.clock import now, standing_at
from juri.core.entries.people import actor_of, find_person
from juri.core.policy import Actor
from juri.webapp.account.browsers import browser_name

ORGANISER, JUROR = "organiser@kota.test", "j1@kota.test"
OTHER = "gunung tinggi berkabut"
STEP = timedelta(seconds=30)


def english(client):
    client.set_cookie("language", "en")
    return client


def sign_in(client, password, email=ORGANISER, **fields):
    return client.post("/account/sign-in", data={"email": email, "password": password, **fields})


def set_up(client):
    """Turn the second factor on; returns the secret and the recovery codes."""
    page = client.get("/account/second-factor").text
    secret = re.search(r"secret=([A-Z2-7]+)", page).group(1)
    answer = client.post("/account/second-factor", data={"code": code_of(secret)})
    return secret, re.findall(r"<code>([A-Z2-7-]{19})</code>", answer.text)


def code_of(secret):
    return pyotp.TOTP(secret).at(now())


def later(steps=1):
    return standing_at(now() + steps * STEP)


def token_of(app, email):
    """Begin a session in which no second factor was shown; returns its token."""
    with app.extensions["juri"].database.write() as session:
        actor = actor_of(session, email)
        return begin_session(session, data="{}", person=actor.person, rights=digest_of_rights(actor.grants))


def client_of(app, email):
    client = app.test_client()
    client.set_cookie("juri_session", token_of(app, email))
    return client


def test_the_second_factor_is_asked_for_after_the_password(client_for, password):
    secret, codes = set_up(client_for(ORGANISER))
    assert len(codes) == 10
    with later():
        client = client_for()
        assert sign_in(client, password, next="/account/second-factor").location.startswith("/account/code?next=")
        assert client.get("/account/").status_code == 302
        answer = client.post("/account/code", data={"code": code_of(secret), "next": "/account/second-factor"})
        assert answer.location == "/account/second-factor"
        assert client.get("/account/").status_code == 200


def test_the_second_factor_is_asked_for_after_a_link(web_app, client_for):
    set_up(client_for(ORGANISER))
    with web_app.extensions["juri"].database.write() as session:
        token = hand_out_link(session, ORGANISER, by=Actor.operator("test"))
    client = client_for()
    assert client.post(f"/account/link/{token}").location == "/account/code"
    assert client.get("/account/").status_code == 302


def test_a_code_is_taken_once_over_two_browsers(client_for, password):
    secret, _ = set_up(client_for(ORGANISER))
    with later():
        tried = []
        for _ in range(2):
            client = client_for()
            sign_in(client, password)
            tried.append(client.post("/account/code", data={"code": code_of(secret)}).status_code)
    assert tried == [302, 422]


def test_a_recovery_code_signs_in_once(client_for, password):
    _, codes = set_up(client_for(ORGANISER))
    tried = []
    for _ in range(2):
        client = client_for()
        sign_in(client, password)
        tried.append(client.post("/account/code", data={"code": codes[0]}).status_code)
    assert tried == [302, 422]


def test_guessing_codes_is_answered_with_429(client_for, password):
    set_up(client_for(ORGANISER))
    client = client_for()
    sign_in(client, password)
    assert [client.post("/account/code", data={"code": "000000"}).status_code for _ in range(6)] == [422] * 5 + [429]


def test_a_proven_password_waits_ten_minutes_for_its_code(client_for, password):
    secret, _ = set_up(client_for(ORGANISER))
    client = client_for()
    sign_in(client, password)
    with standing_at(now() + timedelta(minutes=11)):
        assert client.post("/account/code", data={"code": code_of(secret)}).location == "/account/sign-in"


def test_the_page_of_the_code_is_nothing_without_a_password(client_for):
    assert client_for().get("/account/code").location == "/account/sign-in"


def test_field_57_the_session_id_differs_when_the_second_factor_is_on(client_for):
    client = client_for(ORGANISER)
    before = client.get_cookie("juri_session").value
    set_up(client)
    assert client.get_cookie("juri_session").value != before
    assert client.get("/account/").status_code == 200


def test_a_wrong_code_turns_nothing_on_and_the_secret_stays(web_app, client_for):
    client = client_for(ORGANISER)
    first = re.search(r"secret=([A-Z2-7]+)", client.get("/account/second-factor").text).group(1)
    answer = client.post("/account/second-factor", data={"code": "000000"})
    assert (answer.status_code, first in answer.text) == (422, True)
    with web_app.extensions["juri"].database.read() as session:
        assert not has_second_factor(session, find_person(session, ORGANISER).id)


def test_whoever_has_a_second_factor_is_shown_no_other_secret(client_for):
    client = client_for(ORGANISER)
    set_up(client)
    assert client.get("/account/second-factor").location == "/account/"


def test_giving_it_up_needs_one_of_its_codes(client_for):
    client = client_for(ORGANISER)
    _, codes = set_up(client)
    assert client.post("/account/second-factor/off", data={"code": "000000"}).status_code == 422
    assert client.post("/account/second-factor/off", data={"code": codes[0]}).location == "/account/"
    assert client.get("/account/second-factor").status_code == 200


def test_new_recovery_codes_need_one_of_its_codes(client_for, password):
    client = client_for(ORGANISER)
    _, codes = set_up(client)
    assert client.post("/account/recovery-codes", data={"code": "wrong"}).status_code == 422
    fresh = re.findall(
        r"<code>([A-Z2-7-]{19})</code>", client.post("/account/recovery-codes", data={"code": codes[0]}).text
    )
    assert (len(fresh), set(fresh) & set(codes)) == (10, set())


def test_where_it_is_required_who_can_change_results_sets_it_up_first(make_app):
    app = make_app(require_second_factor="1")
    client = client_of(app, ORGANISER)
    assert client.get("/account/start").location == "/account/second-factor"
    assert client.get("/nowhere").location == "/account/second-factor"
    assert client.get("/account/").status_code == 200
    set_up(client)
    assert client.get("/account/start").location != "/account/second-factor"


def test_where_it_is_required_nobody_administers_without_it(make_app):
    client = client_of(make_app(require_second_factor="1"), "admin@kota.test")
    assert client.get("/admin/people").location == "/account/second-factor"
    assert client.post("/admin/people/1/disable", data={"reason": "x"}).location == "/account/second-factor"


def test_where_it_is_required_jurors_go_on_without_it(make_app):
    assert client_of(make_app(require_second_factor="1"), JUROR).get("/account/second-factor/change").status_code == 200


def test_a_password_is_changed_with_the_one_in_force(client_for, password):
    client, elsewhere = client_for(ORGANISER), client_for(ORGANISER)
    before = client.get_cookie("juri_session").value
    new = {"current": password, "password": OTHER, "again": OTHER}
    assert client.post("/account/password", data=new).location == "/account/"
    assert client.get_cookie("juri_session").value != before
    assert (client.get("/account/").status_code, elsewhere.get("/account/").status_code) == (200, 302)
    assert sign_in(client_for(), OTHER).status_code == 302


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"current": "wrong wrong", "password": OTHER, "again": OTHER}, "The address or the password is wrong"),
        ({"current": "{password}", "password": OTHER, "again": "another one"}, "The two passwords are not the same."),
        ({"current": "{password}", "password": "short", "again": "short"}, "Write at least 8"),
        (
            {"current": "{password}", "password": "password123", "again": "password123"},
            "A guesser would try this first",
        ),
        ({"current": "{password}", "password": "", "again": ""}, "Write the new password."),
    ],
)
def test_a_password_that_is_not_taken_says_why(client_for, password, typed, said):
    data = {name: value.replace("{password}", password) for name, value in typed.items()}
    answer = english(client_for(ORGANISER)).post("/account/password", data=data)
    assert (answer.status_code, said in answer.text) == (422, True)
    assert sign_in(client_for(), password).status_code == 302


def test_what_is_no_language_is_not_kept(client_for):
    assert client_for(ORGANISER).post("/account/display", data={"language": "xx", "theme": "dark"}).status_code == 422


def test_language_and_theme_follow_the_person(client_for, password):
    client_for(ORGANISER).post("/account/display", data={"language": "en", "theme": "dark"})
    other = client_for()
    other.set_cookie("theme", "light")
    sign_in(other, password)
    assert '<html lang="en" data-theme="dark">' in other.get("/account/").text


def test_who_chose_nothing_keeps_what_the_browser_has(client_for, password):
    client = client_for()
    client.set_cookie("language", "en")
    sign_in(client, password)
    assert '<html lang="en">' in client.get("/account/").text


def test_the_secret_that_waits_for_its_first_code_is_encrypted_too(web_app, client_for):
    shown = re.search(r"secret=([A-Z2-7]+)", client_for(ORGANISER).get("/account/second-factor").text).group(1)
    with web_app.extensions["juri"].database.read() as session:
        kept = [row.data for row in session.query(WebSession) if "totp" in row.data]
    assert [shown in data for data in kept] == [False]


def test_signing_in_forgets_what_is_over(web_app, client_for, password):
    client_for(ORGANISER)
    with standing_at(now() + timedelta(days=2)):
        sign_in(client_for(), password)
        with web_app.extensions["juri"].database.read() as session:
            assert session.query(WebSession).count() == 1


def test_every_other_browser_is_signed_out_at_once(client_for):
    here, there = client_for(ORGANISER), client_for(ORGANISER)
    assert here.post("/account/sessions").location == "/account/"
    assert (here.get("/account/").status_code, there.get("/account/").status_code) == (200, 302)


def test_the_page_shows_roles_and_browsers(client_for):
    page = english(client_for(ORGANISER)).get("/account/", headers={"User-Agent": "Mozilla/5.0 Firefox/130.0"}).text
    assert "organiser" in page
    assert "kota-2026" in page
    assert "this browser" in page


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36", "Chrome, Android"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/130.0 Safari/537.36 Edg/130.0", "Edge, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18) Version/18.0 Mobile Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0", "Firefox, Linux"),
        ("curl/8.0", "curl/8.0"),
        ("", ""),
    ],
)
def test_a_browser_is_named_so_that_its_person_knows_it(agent, name):
    assert browser_name(agent) == name
