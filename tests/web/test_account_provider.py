"""Signing in through an identity provider, against one that runs beside the test."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

pytest.importorskip("authlib", reason="the extra 'oidc' is not installed")
pytest.importorskip("requests", reason="the extra 'oidc' is not installed")

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from juri.core.accounts.accounts import disable_account
from juri.core.accounts.model import ForeignIdentity
from juri.core.clock import now
from juri.core.errors import InputRefused
from juri.core.policy import Actor
from juri.core.settings import Settings
from juri.webapp.account.oidc import Provider

ORGANISER = "organiser@kota.test"
CLIENT = "juri"


class FakeProvider:
    """An OpenID provider that signs what a test tells it to."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "one"})
        self.claims, self.metadata, self.keys = {}, {}, {"keys": [self.key.as_dict(private=False)]}
        self.asked, self.sign, self.tokens = {}, self.signed, 0
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def signed(self, claims):
        return jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.key)

    def told(self):
        """Return the claims of an honest token for what was asked last."""
        moment = int(now().timestamp())
        honest = {
            "iss": self.issuer,
            "sub": "42",
            "aud": CLIENT,
            "exp": moment + 300,
            "iat": moment,
            "nonce": self.asked["nonce"],
            "email": ORGANISER,
            "email_verified": True,
        }
        return {name: value for name, value in {**honest, **self.claims}.items() if value is not None}

    def answer(self, path, body):
        if path == "/.well-known/openid-configuration":
            endpoints = {"authorization_endpoint": "/authorize", "token_endpoint": "/token", "jwks_uri": "/keys"}
            known = {name: self.issuer + place for name, place in endpoints.items()}
            return 200, {"issuer": self.issuer, **known, **self.metadata}
        if path == "/keys":
            return 200, self.keys
        self.tokens += 1
        sent = {name: values[0] for name, values in parse_qs(body).items()}
        if create_s256_code_challenge(sent.get("code_verifier", "")) != self.asked["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        return 200, {"access_token": "x", "token_type": "Bearer", "id_token": self.sign(self.told())}

    def _handler(self):
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                status, said = provider.answer(urlsplit(self.path).path, body)
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(json.dumps(said).encode())

            do_POST = do_GET  # noqa: N815  the same

            def log_message(self, *_):
                """Keep the test's output clean."""

        return Handler

    def close(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def fake() -> Iterator[FakeProvider]:
    provider = FakeProvider()
    yield provider
    provider.close()


@pytest.fixture
def app(make_app, fake):
    return make_app(
        oidc_issuer=fake.issuer,
        oidc_client_id=CLIENT,
        oidc_client_secret="s3cret",  # noqa: S106  of an invented client
        oidc_name="SSO Kota",
        base_url="http://localhost",
    )


def begin(client, fake, **query):
    """Go to the provider; returns the state that its answer must name."""
    address = client.get("/account/provider", query_string=query).location
    fake.asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    return fake.asked["state"]


def come_back(client, fake, **answer):
    answer = {"state": answer.pop("state", fake.asked.get("state", "")), "code": "c", **answer}
    return client.get("/account/provider/return", query_string={k: v for k, v in answer.items() if v is not None})


def is_in(client):
    return client.get("/account/").status_code == 200


def test_an_honest_answer_signs_in_and_goes_where_the_person_wanted(app, fake):
    client = app.test_client()
    begin(client, fake, next="/account/second-factor")
    assert come_back(client, fake).location == "/account/second-factor"
    assert is_in(client)


def test_field_63_the_provider_is_asked_with_state_nonce_and_pkce(app, fake):
    begin(app.test_client(), fake)
    asked = fake.asked
    assert (asked["response_type"], asked["client_id"], asked["code_challenge_method"]) == ("code", CLIENT, "S256")
    assert asked["redirect_uri"] == "http://localhost/account/provider/return"
    assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3
    assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) == 43


def test_field_63_no_two_sign_ins_share_a_state(app, fake):
    assert len({begin(app.test_client(), fake) for _ in range(3)}) == 3


@pytest.mark.parametrize(
    "answer",
    [
        {"state": "x"},
        {"state": ""},
        {"state": None},
        {"code": None},
        {"code": None, "error": "access_denied"},
        {"iss": "https://evil"},
    ],
)
def test_field_63_an_answer_to_another_question_signs_nobody_in(app, fake, answer):
    client = app.test_client()
    begin(client, fake)
    assert come_back(client, fake, **answer).location == "/account/sign-in"
    assert (is_in(client), fake.tokens) == (False, 0)


def test_field_63_an_answer_that_nobody_asked_for_signs_nobody_in(app, fake):
    victim, attacker = app.test_client(), app.test_client()
    state = begin(attacker, fake)
    come_back(victim, fake, state=state)
    assert (is_in(victim), fake.tokens) == (False, 0)


def test_field_63_an_answer_is_taken_once(app, fake):
    client = app.test_client()
    state = begin(client, fake)
    come_back(client, fake)
    client.post("/account/sign-out")
    come_back(client, fake, state=state)
    assert (is_in(client), fake.tokens) == (False, 1)


MOMENT = int(now().timestamp())
WRONG_CLAIMS = {
    "another issuer": {"iss": "http://evil.example"},
    "an issuer with a slash more": {"iss": "{issuer}/"},
    "no issuer": {"iss": None},
    "another audience": {"aud": "somebody-else"},
    "one audience more": {"aud": [CLIENT, "somebody-else"], "azp": CLIENT},
    "no audience": {"aud": None},
    "another nonce": {"nonce": "x"},
    "no nonce": {"nonce": None},
    "an end that is over": {"exp": MOMENT - 600, "iat": MOMENT - 900},
    "no end": {"exp": None},
    "no subject": {"sub": None},
}


@pytest.mark.parametrize("claims", WRONG_CLAIMS.values(), ids=WRONG_CLAIMS)
def test_field_63_a_token_that_is_not_for_us_now_signs_nobody_in(app, fake, claims):
    client = app.test_client()
    begin(client, fake)
    fake.claims = {k: v.replace("{issuer}", fake.issuer) if isinstance(v, str) else v for k, v in claims.items()}
    assert come_back(client, fake).location == "/account/sign-in"
    assert (is_in(client), fake.tokens) == (False, 1)


def _unsigned(fake, claims):
    return jwt.encode({"alg": "none"}, claims, OctKey.import_key("x" * 32), algorithms=["none"])


def _with_public_key_as_secret(fake, claims):
    secret = OctKey.import_key(fake.key.as_pem(private=False))
    return jwt.encode({"alg": "HS256", "kid": "one"}, claims, secret)


def _with_client_secret(fake, claims):
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key("s3cret" * 6))


def _with_another_key(fake, claims):
    return jwt.encode({"alg": "RS256", "kid": "one"}, claims, RSAKey.generate_key(2048))


def _no_token(fake, claims):
    return "not.a.token"


@pytest.mark.parametrize(
    "forge", [_unsigned, _with_public_key_as_secret, _with_client_secret, _with_another_key, _no_token]
)
def test_field_63_a_token_that_the_provider_did_not_sign_signs_nobody_in(app, fake, forge):
    client = app.test_client()
    begin(client, fake)
    fake.metadata = {"id_token_signing_alg_values_supported": ["RS256", "HS256", "none"]}
    fake.sign = lambda claims: forge(fake, claims)
    assert come_back(client, fake).location == "/account/sign-in"
    assert not is_in(client)


@pytest.mark.parametrize("verified", [False, None, "true", 1, "yes"])
def test_field_63_an_address_that_is_not_verified_ties_nobody(app, fake, verified):
    client = app.test_client()
    begin(client, fake)
    fake.claims = {"email_verified": verified}
    come_back(client, fake)
    assert not is_in(client)
    with app.extensions["juri"].database.read() as session:
        assert session.query(ForeignIdentity).all() == []


def test_an_address_that_nobody_has_here_makes_no_account(app, fake):
    client = app.test_client()
    client.set_cookie("language", "en")
    begin(client, fake)
    fake.claims = {"email": "stranger@kota.test"}
    answer = come_back(client, fake)
    assert "Ask the organiser for an invitation." in client.get(answer.location).text
    assert not is_in(client)


def test_a_closed_account_stays_closed(app, fake):
    with app.extensions["juri"].database.write() as session:
        disable_account(session, ORGANISER, by=Actor.operator("test"), reason="left")
    client = app.test_client()
    begin(client, fake)
    come_back(client, fake)
    assert not is_in(client)


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "http://evil.example"},
        {"token_endpoint": "http://evil.example/token"},
        {"jwks_uri": "http://evil.example/keys"},
        {"token_endpoint": ""},
        {"token_endpoint": "file:///etc/passwd"},
    ],
)
def test_a_provider_that_points_elsewhere_is_not_followed(app, fake, metadata):
    client = app.test_client()
    begin(client, fake)
    fake.metadata = metadata
    assert come_back(client, fake).location == "/account/sign-in"
    assert not is_in(client)


def test_a_provider_that_does_not_answer_is_said(app, fake):
    fake.close()
    client = app.test_client()
    client.set_cookie("language", "en")
    answer = client.get("/account/provider")
    assert "Signing in through the provider failed." in client.get(answer.location).text


def test_the_button_is_there_where_a_provider_is(app, client_for):
    assert "SSO Kota" in app.test_client().get("/account/sign-in").text
    assert "/account/provider" not in client_for().get("/account/sign-in").text


@pytest.mark.parametrize("path", ["/account/provider", "/account/provider/return"])
def test_without_a_provider_its_pages_are_not_there(client_for, path):
    assert client_for().get(path).status_code == 404


@pytest.mark.parametrize(
    "settings",
    [
        {"oidc_issuer": "http://id.example.go.id", "oidc_client_id": "x", "base_url": "https://x"},
        {"oidc_issuer": "id.example.go.id", "oidc_client_id": "x", "base_url": "https://x"},
        {"oidc_issuer": "https://id.example.go.id", "base_url": "https://x"},
        {"oidc_issuer": "https://id.example.go.id", "oidc_client_id": "x"},
    ],
)
def test_settings_that_cannot_be_safe_are_refused(settings):
    with pytest.raises(InputRefused):
        Provider(Settings(**settings))
