"""What stands before every page: the proxies that are believed, the hosts that are answered, the key of forms."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask, request
from werkzeug.exceptions import BadRequest, SecurityError
from werkzeug.middleware.proxy_fix import ProxyFix

from juri.core.errors import InputRefused
from juri.core.settings import Settings
from juri.core.storage.database import Database

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
OUR_OWN = frozenset({"same-origin", "none"})
"""What a browser says of a request that begins in a page of ours, or that its person typed."""
NO_TEXT = "\0"
LOCAL_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
"""Where no address is configured, we are reached from this machine only."""


def register_front_door(app: Flask, settings: Settings) -> None:
    """Configure what a request passes before anything reads it. What the application's configuration says, stays.

    Raises:
        InputRefused: the settings name no usable address, or no key where several machines need the same.

    """
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]  # as documented
    if app.config.get("TRUSTED_HOSTS") is None:
        app.config["TRUSTED_HOSTS"] = trusted_hosts(settings.base_url)
    app.register_error_handler(SecurityError, _unknown_host)
    app.before_request(_refuse_other_sites)
    app.before_request(_refuse_what_is_no_text)
    if not app.config.get("SECRET_KEY"):
        app.config["SECRET_KEY"] = secret_key(settings)


def secret_key(settings: Settings) -> str:
    """Return the installation's secret key: the one that is set, or the one kept beside the embedded database.

    Raises:
        InputRefused: none is set, and the database is on a server.

    """
    return settings.secret_key or _kept_key(Database(settings.database_url))


def _refuse_other_sites() -> None:
    """Refuse to change anything for a page of another site, where the browser says so; the form's token comes on top.

    A neighbour under the same domain is another site, too: it may be anybody's.
    """
    if request.method not in SAFE_METHODS and request.headers.get("Sec-Fetch-Site", "none") not in OUR_OWN:
        raise BadRequest


def _refuse_what_is_no_text() -> None:
    """Refuse an address with the character of code 0: one database takes it for the end of a text, the other fails."""
    if NO_TEXT in request.path or any(NO_TEXT in each for _, each in request.args.items(multi=True)):
        raise BadRequest


def _unknown_host(_: SecurityError) -> tuple[str, int, dict[str, str]]:
    """Answer a request for another host in plain words: no page of ours has an address there."""
    return "This host is not served here (JURI_BASE_URL).\n", 400, {"Content-Type": "text/plain; charset=utf-8"}


def trusted_hosts(base_url: str) -> list[str]:
    """Return the hosts for which requests are answered: any other may be an attacker's, put into a link.

    Raises:
        InputRefused: the address is none.

    """
    if not base_url:
        return LOCAL_HOSTS
    parts = urlsplit(base_url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path not in {"", "/"} or parts.query:
        raise InputRefused.at("JURI_BASE_URL", f"'{base_url}' is not an address; write https://juri.example.go.id")
    return [parts.hostname]


def _kept_key(database: Database) -> str:
    """Read the key beside the embedded database; the first who needs it makes it."""
    if not database.is_sqlite:
        raise InputRefused.at("JURI_SECRET_KEY", "set a random text, the same on every machine that serves pages")
    path = database.path.with_name(f"{database.path.name}.key")
    if not path.exists():
        _make_key(path)
    return path.read_text(encoding="ascii").strip()


def _make_key(path: Path) -> None:
    """Make the key, whole or not at all; of two processes that start together, both get that of the first."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(32))
    with suppress(FileExistsError):
        path.hardlink_to(draft)
    draft.unlink()
