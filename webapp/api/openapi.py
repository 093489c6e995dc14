"""The OpenAPI document, made of the routes and their schemas: what is described is what is checked."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import Schema

from juri.webapp.api.blueprint import PREFIX, VERSION
from juri.webapp.api.routing import LONGEST_KEY, SHORTEST_KEY, Route
from juri.webapp.api.schemas import ProblemOut
from juri.webapp.problems import MEDIA_TYPE

JSON = "application/json"
PARAMETER = re.compile(r"<(\w+)>")
DESCRIPTION = (
    "Signed in by the session cookie; each write sends the header X-CSRFToken. Bodies are JSON, and a key that is not "
    "listed is refused. Exact figures are texts. What you may not see is as absent (404) as what does not exist."
)


def describe(routes: Iterable[Route]) -> dict[str, Any]:
    """Write the document."""
    spec = APISpec(
        title="Juri", version=VERSION, openapi_version="3.1.0", info={"description": DESCRIPTION},
        plugins=[MarshmallowPlugin(schema_name_resolver=_name)],
    )  # fmt: skip
    spec.components.security_scheme("session", {"type": "apiKey", "in": "cookie", "name": "juri_session"})
    spec.components.schema("Problem", schema=ProblemOut)
    for route in routes:
        path = PREFIX + PARAMETER.sub(r"{\1}", route.rule)
        spec.path(path=path, operations={route.method.lower(): _operation(route)})
    return spec.to_dict()


def _name(schema: Any) -> str:
    named = schema if isinstance(schema, type) else type(schema)
    return str(named.__name__).removesuffix("Out").removesuffix("Body")


def _operation(route: Route) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": route.name,
        "summary": route.summary,
        "parameters": [*_path_parameters(route), *_query_parameters(route), *_headers(route)],
        "security": [] if route.anyone else [{"session": []}],
        "responses": {
            str(route.status): {"description": (route.answer.__doc__ or "").strip(), "content": _json(route.answer)},
            "default": {"description": "A problem", "content": {MEDIA_TYPE: {"schema": "Problem"}}},
        },
    }
    if route.body is not None:
        told["requestBody"] = {"required": True, "content": _json(route.body)}
    return told


def _json(schema: type[Schema]) -> dict[str, Any]:
    return {JSON: {"schema": schema}}


def _path_parameters(route: Route) -> list[dict[str, Any]]:
    names = PARAMETER.findall(route.rule)
    return [{"in": "path", "name": name, "required": True, "schema": {"type": "string"}} for name in names]


def _query_parameters(route: Route) -> list[dict[str, Any]]:
    return [] if route.query is None else [{"in": "query", "schema": route.query}]


def _headers(route: Route) -> Iterable[dict[str, Any]]:
    if route.method == "GET":
        return
    text = {"type": "string"}
    yield {"in": "header", "name": "X-CSRFToken", "required": True, "schema": text}
    if route.key:
        key = {**text, "minLength": SHORTEST_KEY, "maxLength": LONGEST_KEY}
        yield {"in": "header", "name": "Idempotency-Key", "required": route.key == "needed", "schema": key}
    if route.versioned:
        yield {"in": "header", "name": "If-Match", "required": False, "schema": text}
