"""Language and theme: asked for in the address of any page, kept in cookies of the browser."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from juri.webapp.account.blueprint import blueprint
from juri.webapp.desk import desk
from juri.webapp.language import LANGUAGES
from juri.webapp.sessions import is_over_https

THEMES = ("auto", "light", "dark")
A_YEAR = 365 * 24 * 3600


def keep_display(response: Any, *, language: str | None = None, theme: str | None = None) -> None:
    """Let the browser remember what was chosen; what is no choice of ours is left out."""
    for name, value, known in (("language", language, LANGUAGES), ("theme", theme, THEMES)):
        if value in known:
            safe = is_over_https(desk().workbench)
            response.set_cookie(name, value, max_age=A_YEAR, secure=safe, httponly=True, samesite="Lax", path="/")


@blueprint.after_app_request
def _keep_what_was_asked(response: Response) -> Response:
    if request.endpoint != "static" and not request.path.startswith("/api/"):
        keep_display(response, language=request.args.get("lang"), theme=request.args.get("theme"))
    return response
