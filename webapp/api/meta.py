"""About the API itself: who you are to it, and its description for programs."""

from __future__ import annotations

from functools import cache
from typing import Any

from flask import Response, json, request
from flask_wtf.csrf import generate_csrf

from juri.webapp.api.blueprint import blueprint
from juri.webapp.api.openapi import describe
from juri.webapp.api.routing import ROUTES, resource
from juri.webapp.api.schemas import SessionOut
from juri.webapp.desk import desk
from juri.webapp.guard import ANYONE, guarded


@resource("/session", needs=ANYONE, answer=SessionOut)
def session() -> Any:
    """Tell who you are to us, with the token that each write must send; before signing in, for the sign-in form."""
    actor = desk().actor
    roles = sorted(grant.said() for grant in actor.grants)
    return {"email": actor.name if actor.person else "", "roles": roles, "csrf_token": generate_csrf()}


@guarded(blueprint, "/openapi.json", needs=ANYONE)
def openapi() -> Response:
    """Describe the API for programs."""
    response = Response(_document(), mimetype="application/json")
    response.add_etag()
    response.make_conditional(request)
    return response


@cache
def _document() -> str:
    return json.dumps(describe(ROUTES), ensure_ascii=False, indent=1)
