"""The one way to add a page: a route states who may open it, and a route that does not stops the start."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from flask import Blueprint, Flask, redirect, request, url_for
from werkzeug.exceptions import Unauthorized
from werkzeug.wrappers import Response

from juri.core.errors import ActionRefused, NotFound
from juri.core.policy import Subject, may
from juri.webapp.desk import desk
from juri.webapp.problems import asks_api

View = TypeVar("View", bound=Callable[..., Any])
SubjectOf = Callable[..., Subject]


@dataclass(frozen=True)
class Needs:
    """Who may open a route: ``action`` of the policy table, on the subject that the route's arguments name.

    ``anyone`` needs no right (signing in, the help page); ``signed_in`` needs a person and no more.
    """

    action: str = ""
    subject_of: SubjectOf | None = None
    anyone: bool = False
    signed_in: bool = False


ANYONE = Needs(anyone=True)
SIGNED_IN = Needs(signed_in=True)

POLICIES: dict[str, Needs] = {"static": ANYONE}
"""What each endpoint needs, by its full name: filled by ``guarded``, checked at start and by the tests."""

LARGE_FORMS: dict[str, int] = {}
"""How many bytes a form may have, for the endpoints that take more than Werkzeug's half a megabyte."""


def in_edition(edition: str, stage: str = "", **_: Any) -> Subject:
    """Return the subject of a route whose arguments name the edition and, where it is about one, its stage."""
    return Subject(edition, stage=stage)


def installation(**_: Any) -> Subject:
    """Return the subject of a route on the installation as a whole."""
    return Subject()


def guarded(
    blueprint: Blueprint,
    rule: str,
    *,
    needs: Needs,
    methods: Sequence[str] = ("GET",),
    endpoint: str | None = None,
    largest_form: int = 0,
) -> Callable[[View], View]:
    """Add a route with its policy: whoever may not open it gets the same answer as for a page that does not exist.

    Whoever may, but not while judging beside others, is told so: that the page is there is no secret to them.

    ``largest_form`` is for a route whose form carries a file as text; who is not signed in never gets it.
    """

    def add(view: View) -> View:
        @wraps(view)
        def checked(**arguments: Any) -> Any:
            refusal = _refusal(needs, arguments)
            desk().end_opening()
            return view(**arguments) if refusal is None else refusal

        name = endpoint or view.__name__
        POLICIES[f"{blueprint.name}.{name}"] = needs
        if largest_form:
            LARGE_FORMS[f"{blueprint.name}.{name}"] = largest_form
        blueprint.add_url_rule(rule, name, checked, methods=list(methods))
        return view

    return add


def allow_large_form() -> None:
    """Let a form be as large as its route says: to be called before anybody reads the form."""
    if request.endpoint in LARGE_FORMS and desk().actor.person:
        request.max_form_memory_size = LARGE_FORMS[request.endpoint]


def require_policies(app: Flask) -> None:
    """Refuse to start with a route that states no policy.

    Raises:
        RuntimeError: names every such route.

    """
    bare = sorted(rule.rule for rule in app.url_map.iter_rules() if rule.endpoint not in POLICIES)
    if bare:
        raise RuntimeError(f"these routes state no policy; add them with guarded(): {', '.join(bare)}")


def _refusal(needs: Needs, arguments: Mapping[str, Any]) -> Response | None:
    if needs.anyone:
        return None
    actor = desk().actor
    if needs.signed_in and actor.person:
        return None
    if needs.subject_of is not None:
        answer = may(actor, needs.action, needs.subject_of(**arguments))
        if answer.allowed:
            return None
        if answer.code == "judges_here":
            raise ActionRefused([answer.why], code=answer.code)
    if not actor.person and asks_api():
        raise Unauthorized
    if not actor.person and request.method == "GET":
        return redirect(url_for("account.sign_in", next=request.full_path.rstrip("?")))
    raise NotFound("page", request.path)
