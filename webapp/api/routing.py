"""How a resource is added: its policy, its schemas, its answer. The OpenAPI document tells what is said here."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, TypeVar

from flask import Response, json, request
from marshmallow import Schema
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from juri.core.errors import InputRefused, Problem
from juri.core.storage.idempotency import once
from juri.core.storage.session import WriteSession
from juri.webapp.api.blueprint import blueprint
from juri.webapp.desk import desk
from juri.webapp.forms import load_body
from juri.webapp.guard import Needs, guarded

View = TypeVar("View", bound=Callable[..., Any])

MOST_DIGITS = 9
SHORTEST_KEY, LONGEST_KEY = 8, 100
DEEPEST = 20
"""So many levels may a body have; a deeper one says nothing that we ask."""


@dataclass(frozen=True)
class Route:
    """One operation of the API.

    ``key`` tells whether it takes an Idempotency-Key, ``versioned`` an If-Match; ``anyone`` may ask without signing in.
    """

    rule: str
    method: str
    name: str
    summary: str
    answer: type[Schema]
    body: type[Schema] | None = None
    query: type[Schema] | None = None
    status: int = 200
    key: str = ""
    versioned: bool = False
    anyone: bool = False


@dataclass(frozen=True)
class Told:
    """What a view answers: the value that the schema writes, and what goes into the headers."""

    value: Any
    version: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


ROUTES: list[Route] = []
"""Every operation, in the order of the modules that add them."""


def resource(
    rule: str, *, needs: Needs, answer: type[Schema], method: str = "GET", **more: Any
) -> Callable[[View], View]:
    """Add an operation: ``more`` are the other fields of its ``Route``; its summary is the view's first line."""

    def add(view: View) -> View:
        summary = (view.__doc__ or "").strip().splitlines()[0]
        route = Route(rule, method, view.__name__, summary, answer, anyone=needs.anyone, **more)
        ROUTES.append(route)

        @wraps(view)
        def answered(**arguments: Any) -> Response:
            if method != "GET" and request.mimetype != "application/json":
                raise UnsupportedMediaType
            return _answer(route, view(**arguments))

        guarded(blueprint, rule, needs=needs, methods=(method,), endpoint=view.__name__)(answered)
        return view

    return add


def read_body(schema: Schema) -> dict[str, Any]:
    """Read the body of a request.

    Raises:
        BadRequest: it is no JSON.
        InputRefused: it is not what the schema says; every fault with its path.

    """
    try:
        body = json.loads(request.get_data())
    except (ValueError, RecursionError) as error:
        raise BadRequest from error
    strange = list(_strange(body))
    if strange:
        raise InputRefused(strange)
    return load_body(schema, body)


def read_query(schema: type[Schema]) -> dict[str, Any]:
    """Read the query of a request; what is not known is refused.

    Raises:
        InputRefused: names every faulty part.

    """
    return load_body(schema(), request.args.to_dict())


def read_version(body: Mapping[str, Any]) -> int:
    """Return the version that the writer saw: of the header If-Match, which may be a whole ETag, or of the body.

    Raises:
        InputRefused: neither names one.

    """
    header = request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"').partition("-")[0]
    if header:
        if header.isascii() and header.isdecimal() and len(header) <= MOST_DIGITS:
            return int(header)
        raise InputRefused.at("If-Match", 'send the ETag or the version that you read, such as "3"', "malformed")
    if body.get("version") is None:
        raise InputRefused.at("version", "name the version that you read, here or in the header If-Match", "missing")
    return int(body["version"])


def read_key(*, needed: bool = False) -> str:
    """Return the Idempotency-Key of a request; empty where none is sent and none is needed.

    Raises:
        InputRefused: it is needed and missing, or is no key.

    """
    key = request.headers.get("Idempotency-Key", "").strip()
    if (needed or key) and not (SHORTEST_KEY <= len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()):
        said = (
            f"send a key of {SHORTEST_KEY} to {LONGEST_KEY} characters that you made up for this write, such as a UUID"
        )
        raise InputRefused.at("Idempotency-Key", said, "malformed" if key else "missing")
    return key


def written_once(session: WriteSession, sent: Any, do: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Do a write once for the request's key, where it has one; ``sent`` is what makes two writes the same."""
    key = read_key()
    if not key:
        return do()
    body = {"path": request.path, "sent": sent}
    return dict(once(session, actor=desk().actor.name, key=key, body=body, do=do))


def _strange(value: Any, at: str = "", depth: int = 0) -> Iterator[Problem]:
    """Find what no database takes, and what nobody means: halves of characters, zero bytes, bodies without a bottom."""
    if depth > DEEPEST:
        yield Problem(at, f"more than {DEEPEST} levels are too deep", "too_deep")
    elif isinstance(value, str):
        if "\0" in value or any("\ud800" <= sign <= "\udfff" for sign in value):
            yield Problem(at, "it holds a character that cannot be stored", "bad_character")
    elif isinstance(value, Mapping):
        for name, below in value.items():
            yield from _strange(name, at or "name", depth + 1)
            yield from _strange(below, f"{at}.{name}" if at else name, depth + 1)
    elif isinstance(value, list):
        for number, below in enumerate(value):
            yield from _strange(below, f"{at}.{number}" if at else str(number), depth + 1)


def _answer(route: Route, told: Any) -> Response:
    given = told if isinstance(told, Told) else Told(told)
    text = json.dumps(route.answer().dump(given.value), ensure_ascii=False)
    response = Response(text, route.status, headers=dict(given.headers), mimetype="application/json")
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    if route.method == "GET":
        response.set_etag(digest if given.version is None else f"{given.version}-{digest}")
        response.make_conditional(request)
    return response
