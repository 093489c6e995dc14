"""Errors for programs: problem documents (RFC 9457) that say what is wrong, where, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, json, request
from flask_babel import force_locale
from flask_babel import lazy_gettext as later
from werkzeug.http import HTTP_STATUS_CODES

from juri.core.errors import ActionRefused, Conflict, DefinitionError, InputRefused, JuriError
from juri.webapp.language import language_of_asker
from juri.webapp.recognition import said_in
from juri.webapp.sentences import sentence

MEDIA_TYPE = "application/problem+json"

TITLES: Mapping[int, Any] = {
    400: later("Bad Request"),
    401: later("Unauthorized"),
    403: later("Forbidden"),
    404: later("Not Found"),
    405: later("Method Not Allowed"),
    409: later("Conflict"),
    413: later("Content Too Large"),
    415: later("Unsupported Media Type"),
    422: later("Unprocessable Entity"),
    429: later("Too Many Requests"),
    500: later("Internal Server Error"),
}
"""The names of the statuses, as HTTP has them in English."""

WAYS_OUT: Mapping[int, Any] = {
    400: later("Send a request that HTTP and JSON allow; nothing was read of this one."),
    401: later("Sign in, and send the session cookie with each request; docs/api.md shows how."),
    403: later("Nothing was changed. The reasons say what stands in the way."),
    404: later("There is no such thing, or it is not yours to see. Look for it in the list that it belongs to."),
    405: later("The header Allow names the methods that this address takes."),
    409: later(
        "Somebody else wrote first; nothing was overwritten. Read again, merge, and send with the present version."
    ),
    413: later("Send less in one request."),
    415: later("Send JSON, with the header 'Content-Type: application/json'."),
    422: later("Nothing was written. Mend what 'faults' lists, each with the path of its field, and send again."),
    429: later("Wait, and try again later."),
    500: later("This is a fault of ours; it was noted. Try again later, or report it with the time."),
}
CSRF_WAY_OUT = later(
    "Send the header X-CSRFToken with the csrf_token that GET /api/v1/session returns for your session."
)


def asks_api() -> bool:
    """Tell whether the API is asked."""
    return request.path.startswith("/api/")


def problem_of(error: JuriError, status: int) -> Response:
    """Write an error that Juri raised on purpose."""
    with force_locale(language_of_asker()):
        more: dict[str, Any] = {}
        if isinstance(error, InputRefused):
            more["faults"] = [_fault(each.field, each.message, each.code) for each in error.problems]
        elif isinstance(error, DefinitionError):
            more["faults"] = [_fault(str(each.where), each.problem, "fault") for each in error.faults]
        elif isinstance(error, ActionRefused):
            more["reasons"] = [sentence(reason) for reason in error.reasons]
        if isinstance(error, Conflict):
            more |= {"theirs": error.theirs, "yours": error.yours, "version": error.version}
        return problem(status, error.code, **more)


def asker_says(text: str) -> str:
    """Say a sentence of the engine in the language of the program that asks."""
    return said_in(text, language_of_asker())


def problem(status: int, code: str, way_out: Any = "", **more: Any) -> Response:
    """Write a problem document, its texts in the language of who asks. ``code`` is stable and meant for programs."""
    spoken = language_of_asker()
    with force_locale(spoken):
        said = {
            "type": "about:blank",
            "title": str(TITLES.get(status) or HTTP_STATUS_CODES.get(status, "Error")),
            "status": status,
            "code": code,
            "detail": str(way_out or WAYS_OUT.get(status, WAYS_OUT[400 if status < 500 else 500])),  # noqa: PLR2004  whose fault
            "instance": request.path,
            **more,
        }
    answer = Response(json.dumps(said), status, mimetype=MEDIA_TYPE, headers={"Content-Language": spoken})
    answer.vary.add("Accept-Language")
    return answer


def _fault(path: str, message: str, code: str) -> dict[str, str]:
    return {"path": path, "message": sentence(message), "code": code}
