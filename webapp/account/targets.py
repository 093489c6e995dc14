"""Where a person goes after signing in: only to a page of ours, and by default to that of their first role."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from flask import current_app, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from juri.core.policy import Actor

LONGEST = 1000
AUDIENCE_OF_ROLE = (
    ("organiser", "organiser"),
    ("secretariat", "organiser"),
    ("juror", "juror"),
    ("panel_chair", "organiser"),
    ("local_admin", "entrant"),
    ("unit", "entrant"),
    ("auditor", "organiser"),
    ("administrator", "admin"),
)
"""Role -> the blueprint whose first page it opens; the first role that a person holds counts."""


def safe_target(asked: str | None) -> str:
    """Return a path of ours with its query, or nothing for everything else.

    What is accepted is what our own routes answer to a GET: no scheme, no host, nothing that a browser may read as one.
    """
    if not asked or len(asked) > LONGEST or not asked.startswith("/") or asked.startswith("//"):
        return ""
    if "\\" in asked or not asked.isprintable() or " " in asked:
        return ""
    try:
        parts = urlsplit(asked)
        path = unquote(parts.path, errors="strict")
    except ValueError:
        return ""
    if parts.scheme or parts.netloc or not _is_ours(path):
        return ""
    return parts.path + (f"?{parts.query}" if parts.query else "")


def first_page(actor: Actor) -> str:
    """Return the address of the page on which a person begins their work."""
    held = {grant.role for grant in actor.grants}
    for role, audience in AUDIENCE_OF_ROLE:
        address = audience_page(audience) if role in held else ""
        if address:
            return address
    return url_for("account.profile")


def audience_page(audience: str) -> str:
    """Return the address of the first page of a blueprint; nothing where it has none."""
    blueprint = current_app.blueprints.get(audience)
    prefix = (blueprint.url_prefix or "").rstrip("/") if blueprint else ""
    for rule in current_app.url_map.iter_rules():
        if prefix and rule.rule.rstrip("/") == prefix and "GET" in (rule.methods or ()):
            return url_for(rule.endpoint)
    return ""


def _is_ours(path: str) -> bool:
    if "//" in path or "\\" in path or not path.isprintable():
        return False
    try:
        endpoint, _ = current_app.url_map.bind("").match(path, method="GET")
    except (HTTPException, RequestRedirect):
        return False
    return endpoint not in {"static", "account.sign_in"}
