"""Errors for programs: problem documents (RFC 9457) that say what is wrong, where, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, json, request
from werkzeug.http import HTTP_STATUS_CODES

from juri.core.errors import ActionRefused, Conflict, DefinitionError, InputRefused, JuriError

MEDIA_TYPE = "application/problem+json"

WAYS_OUT: Mapping[int, str] = {
    400: "Send a request that HTTP and JSON allow; nothing was read of this one.",
    401: "Sign in, and send the session cookie with each request; docs/api.md shows how.",
    403: "Nothing was changed. The reasons say what stands in the way.",
    404: "There is no such thing, or it is not yours to see. Look for it in the list that it belongs to.",
    405: "The header Allow names the methods that this address takes.",
    409: "Somebody else wrote first; nothing was overwritten. Read again, merge, and send with the present version.",
    413: "Send less in one request.",
    415: "Send JSON, with the header 'Content-Type: application/json'.",
    422: "Nothing was written. Mend what 'faults' lists, each with the path of its field, and send again.",
    429: "Wait, and try again later.",
    500: "This is a fault of ours; it was noted. Try again later, or report it with the time.",
}
CSRF_WAY_OUT = "Send the header X-CSRFToken with the csrf_token that GET /api/v1/session returns for your session."


def asks_api() -> bool:
    """Tell whether the API is asked."""
    return request.path.startswith("/api/")


def problem_of(error: JuriError, status: int) -> Response:
    """Write an error that Juri raised on purpose."""
    more: dict[str, Any] = {}
    if isinstance(error, InputRefused):
        more["faults"] = [{"path": each.field, "message": each.message, "code": each.code} for each in error.problems]
    elif isinstance(error, DefinitionError):
        more["faults"] = [{"path": str(each.where), "message": each.problem, "code": "fault"} for each in error.faults]
    elif isinstance(error, ActionRefused):
        more["reasons"] = list(error.reasons)
    if isinstance(error, Conflict):
        more |= {"theirs": error.theirs, "yours": error.yours, "version": error.version}
    return problem(status, error.code, **more)


def problem(status: int, code: str, way_out: str = "", **more: Any) -> Response:
    """Write a problem document. ``code`` is stable and meant for programs."""
    said = {
        "type": "about:blank",
        "title": HTTP_STATUS_CODES.get(status, "Error"),
        "status": status,
        "code": code,
        "detail": way_out or WAYS_OUT.get(status, WAYS_OUT[400 if status < 500 else 500]),  # noqa: PLR2004  whose fault
        "instance": request.path,
        **more,
    }
    return Response(json.dumps(said), status, mimetype=MEDIA_TYPE)
