"""The application factory: what every page shares, put together in one place."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from flask import Flask, Response, request, url_for
from flask_wtf.csrf import CSRFProtect

from juri.webapp.compression import register_compression
from juri.webapp.contact import register_contact
from juri.webapp.errors import register_errors
from juri.webapp.frame import register_frame
from juri.webapp.front_door import register_front_door
from juri.webapp.guard import allow_large_form, require_policies
from juri.webapp.language import register_language
from juri.webapp.paging import page_url
from juri.webapp.sentences import bonus_note, shown_sentence
from juri.webapp.sessions import register_sessions
from juri.webapp.states import state_of
from juri.webapp.workbench import Workbench

AUDIENCES = ("account", "public", "juror", "entrant", "organiser", "admin", "api")
"""Our own blueprints, by audience; plugins add theirs behind them."""

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
LARGEST_REQUEST = 16 * 2**20


def create_app(workbench: Workbench | None = None, **config: Any) -> Flask:
    """Build the application.

    Args:
        workbench: settings, plugins and database; by default from the environment.
        config: Flask's configuration, over ours.

    Raises:
        RuntimeError: a route states no policy.

    """
    bench = workbench or Workbench()
    app = Flask(__name__)
    app.config.update(
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        MAX_FORM_PARTS=2000,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
    )
    app.config.update(config)
    app.extensions["juri"] = bench
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    register_front_door(app, bench.settings)
    register_sessions(app)
    app.before_request(allow_large_form)  # before CSRF is checked, which reads the form
    CSRFProtect(app)
    register_language(app)
    register_errors(app)
    register_frame(app)
    register_contact(app, bench.settings)
    _register_blueprints(app, bench)
    app.jinja_env.globals.update(asset=asset, state_of=state_of, page_url=page_url)
    app.jinja_env.filters.update(said=shown_sentence, bonus_said=bonus_note)
    app.after_request(_secure)
    register_compression(app)
    require_policies(app)
    return app


def asset(name: str) -> str:
    """Return the address of a static file with the hash of its content, so that it can be kept for ever."""
    return _address(request.script_root, name)


@cache
def _address(_root: str, name: str) -> str:
    """Build the address once for each root that the application is mounted at: a page has dozens of icons."""
    return url_for("static", filename=name, v=_content_hash(name))


@cache
def _content_hash(name: str) -> str:
    return hashlib.sha256((Path(__file__).parent / "static" / name).read_bytes()).hexdigest()[:12]


def _register_blueprints(app: Flask, bench: Workbench) -> None:
    for audience in AUDIENCES:
        app.register_blueprint(import_module(f"juri.webapp.{audience}.views").blueprint)
    for name in bench.registry.names("blueprints"):
        app.register_blueprint(bench.plugins.load("blueprints", name))


def _secure(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("X-Frame-Options", "DENY")
    if request.endpoint == "static" and request.args.get("v"):
        headers["Cache-Control"] = "public, max-age=31536000, immutable"
    elif request.endpoint != "static":
        headers.setdefault("Cache-Control", "no-store")
        response.vary.add("Cookie")
    return response
