"""Errors as answers: the one place that knows HTTP statuses."""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app, jsonify, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from juri.core.errors import ActionRefused, Conflict, DefinitionError, InputRefused, JuriError, NotFound, PluginError
from juri.webapp.problems import CSRF_WAY_OUT, asks_api, problem, problem_of

STATUS: tuple[tuple[type[JuriError], int], ...] = (
    (InputRefused, 422),
    (DefinitionError, 422),
    (Conflict, 409),
    (ActionRefused, 403),
    (NotFound, 404),
    (PluginError, 500),
)
"""By class, the narrower before the wider."""

Answer = tuple[Any, int]


def status_of(error: JuriError) -> int:
    """Return the HTTP status of an error that Juri raised on purpose."""
    return next((status for kind, status in STATUS if isinstance(error, kind)), 500)


def register_errors(app: Flask) -> None:
    """Answer every error: with a page, with JSON to a script of a page, with a problem document of the API."""
    app.register_error_handler(JuriError, _juri_error)
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unforeseen)


def wants_json() -> bool:
    """Tell whether a script of a page asks, not a person: it sends JSON."""
    return request.is_json


def _juri_error(error: JuriError) -> Answer:
    status = status_of(error)
    if asks_api():
        return problem_of(error, status), status
    if wants_json():
        return jsonify(error=_plain(error)), status
    return render_template(f"errors/{status}.html", error=error), status


def _plain(error: JuriError) -> dict[str, Any]:
    told: dict[str, Any] = {"code": error.code}
    if isinstance(error, InputRefused):
        told["problems"] = [problem.__dict__ for problem in error.problems]
    elif isinstance(error, ActionRefused):
        told["reasons"] = list(error.reasons)
    if isinstance(error, Conflict):
        told.update(theirs=error.theirs, yours=error.yours, version=error.version)
    return told


def _csrf_error(error: CSRFError) -> Answer:
    if asks_api():
        return problem(400, "csrf", CSRF_WAY_OUT), 400
    if wants_json():
        return jsonify(error={"code": "csrf"}), 400
    return render_template("errors/400.html", error=error), 400


def _http_error(error: HTTPException) -> Any:
    status = error.code or 500
    if error.response is not None or status in {301, 302, 303, 307, 308}:
        return error
    code = (error.name or "error").lower().replace(" ", "_")
    if asks_api():
        answer = problem(status, code)
        answer.headers.extend((name, value) for name, value in error.get_headers() if name in {"Allow", "Retry-After"})
        return answer, status
    if wants_json():
        return jsonify(error={"code": code}), status
    page = status if status in {400, 403, 404, 405, 413, 415, 429, 500} else 500
    return render_template(f"errors/{page}.html", error=None), status


def _unforeseen(error: Exception) -> Answer:
    current_app.logger.error("unforeseen error at %s", request.path, exc_info=error)
    if asks_api():
        return problem(500, "fault"), 500
    if wants_json():
        return jsonify(error={"code": "fault"}), 500
    return render_template("errors/500.html", error=None), 500
