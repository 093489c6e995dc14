"""Signing in through an identity provider (OpenID Connect): the code flow with state, nonce and PKCE.

Authlib speaks the protocol; what is believed is decided here. Algorithms are a list of ours, never the token's choice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hmac import compare_digest
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from juri.core.accounts.identities import Claimed
from juri.core.accounts.tokens import new_token
from juri.core.errors import ActionRefused, InputRefused
from juri.core.settings import Settings

if TYPE_CHECKING:
    from authlib.integrations.requests_client import OAuth2Session

ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
"""Signatures with a key pair only: with a shared secret, a public key could be passed off as one."""
PATIENCE_SECONDS = 10
LEEWAY_SECONDS = 60
RETURN_PATH = "/account/provider/return"


@dataclass(frozen=True)
class Begun:
    """A sign-in that was begun: what the answer must match. It is kept in the session, and used once."""

    state: str
    nonce: str
    verifier: str


class Provider:
    """The identity provider of the settings.

    Raises:
        InputRefused: the settings name no usable one.

    """

    def __init__(self, settings: Settings) -> None:
        self.issuer = settings.oidc_issuer
        self._settings = settings
        if not _is_safe(self.issuer):
            raise InputRefused.at("JURI_OIDC_ISSUER", f"'{self.issuer}' is not an address that begins with https://")
        if not settings.oidc_client_id or not settings.base_url:
            raise InputRefused.at("JURI_OIDC_ISSUER", "signing in needs JURI_OIDC_CLIENT_ID and JURI_BASE_URL, too")

    def begin(self) -> tuple[str, Begun]:
        """Return the address at the provider that a person goes to, and what its answer must match."""
        begun = Begun(new_token(), new_token(), new_token())
        with self._client() as client:
            address, _ = client.create_authorization_url(
                self._endpoint(self._metadata(client), "authorization_endpoint"),
                state=begun.state,
                nonce=begun.nonce,
                code_verifier=begun.verifier,
            )
        return str(address), begun

    def finish(self, begun: Begun, answer: Mapping[str, str]) -> Claimed:
        """Check the provider's answer and return whom it names.

        Raises:
            ActionRefused: it is no answer to what was begun, or does not hold; with code ``provider_refused``.

        """
        if not compare_digest(begun.state.encode(), answer.get("state", "").encode()):
            raise _refused("the answer does not belong to this browser")
        if answer.get("iss", self.issuer) != self.issuer or not answer.get("code"):
            raise _refused(answer.get("error", "the answer names another provider, or holds no code"))
        with self._client() as client:
            metadata = self._metadata(client)
            token = self._fetch(client, metadata, answer["code"], begun.verifier)
            keys = _json(client, self._endpoint(metadata, "jwks_uri"))
        return self._claimed(token, keys, begun.nonce)

    def _client(self) -> OAuth2Session:
        from authlib.integrations.requests_client import OAuth2Session

        return OAuth2Session(
            self._settings.oidc_client_id,
            self._settings.oidc_client_secret,
            scope="openid email",
            redirect_uri=self._settings.base_url.rstrip("/") + RETURN_PATH,
            code_challenge_method="S256",
            default_timeout=PATIENCE_SECONDS,
        )

    def _metadata(self, client: OAuth2Session) -> dict[str, Any]:
        metadata = _json(client, f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
        if metadata.get("issuer") != self.issuer:
            raise _refused(f"the provider calls itself '{metadata.get('issuer')}', not '{self.issuer}'")
        return metadata

    def _endpoint(self, metadata: Mapping[str, Any], name: str) -> str:
        address = str(metadata.get(name, ""))
        if not _is_safe(address):
            raise _refused(f"the provider's {name} is no address that begins with https://")
        return address

    def _fetch(self, client: OAuth2Session, metadata: Mapping[str, Any], code: str, verifier: str) -> str:
        from authlib.common.errors import AuthlibBaseError
        from requests import RequestException

        try:
            address = self._endpoint(metadata, "token_endpoint")
            token = client.fetch_token(address, code=code, code_verifier=verifier, allow_redirects=False)
        except (AuthlibBaseError, RequestException, ValueError) as error:
            raise _refused(f"the provider gave no token: {error}") from error
        return str(token.get("id_token", ""))

    def _claimed(self, token: str, keys: Mapping[str, Any], nonce: str) -> Claimed:
        from authlib.oidc.core import CodeIDToken
        from joserfc import jwt
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        try:
            decoded = jwt.decode(token, KeySet.import_key_set(keys), algorithms=ALGORITHMS)  # type: ignore[arg-type]  # plain JSON
            claims = CodeIDToken(
                decoded.claims,
                decoded.header,
                {"iss": {"values": [self.issuer]}},
                {"nonce": nonce, "client_id": self._settings.oidc_client_id},
            )
            claims.validate(leeway=LEEWAY_SECONDS)
        except (JoseError, ValueError) as error:
            raise _refused(f"the provider's token does not hold: {error}") from error
        if claims["aud"] not in (self._settings.oidc_client_id, [self._settings.oidc_client_id]):
            raise _refused("the provider's token is for somebody else")
        return Claimed(
            issuer=self.issuer,
            subject=str(claims["sub"]),
            email=str(claims.get("email", "")),
            is_verified=claims.get("email_verified") is True,
        )


def _json(client: OAuth2Session, address: str) -> dict[str, Any]:
    from requests import RequestException

    try:
        answer = client.request("GET", address, withhold_token=True, allow_redirects=False)
        answer.raise_for_status()
        found = answer.json()
    except (RequestException, ValueError) as error:
        raise _refused(f"the provider does not answer: {error}") from error
    if not isinstance(found, dict):
        raise _refused("the provider's answer cannot be read")
    return found


def _is_safe(address: str) -> bool:
    """Tell whether an address is HTTPS; plain HTTP only where it never leaves this machine."""
    parts = urlsplit(address)
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in {"localhost", "127.0.0.1"})
    )


def _refused(why: str) -> ActionRefused:
    return ActionRefused([why], code="provider_refused")
