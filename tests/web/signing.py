"""What the tests of signing in share: the form, the cookie, links, and what a session shows of itself."""

import re

from juri.core.accounts.asking import hand_out_link
from juri.core.policy import Actor

ORGANISER, JUROR, NOBODY = "organiser@kota.test", "j1@kota.test", "nobody@kota.test"
OPERATOR = Actor.operator("test")
MADE_ANEW = re.compile(
    rb'name="csrf_token" value="[^"]+"|data-(until|left)="[^"]+"|<noscript>.*?</noscript>', re.DOTALL
)
"""What differs between two answers with the same content: the token of a form, and when the session ends."""


def sign_in(client, password, email=ORGANISER, **fields):
    return client.post("/account/sign-in", data={"email": email, "password": password, **fields})


def english(client):
    client.set_cookie("language", "en")
    return client


def cookie_of(client, name="juri_session"):
    cookie = client.get_cookie(name)
    return cookie and cookie.value


def bench_of(app):
    return app.extensions["juri"]


def link_for(app, email):
    with bench_of(app).database.write() as session:
        return hand_out_link(session, email, by=OPERATOR)
