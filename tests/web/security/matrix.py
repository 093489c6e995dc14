"""Every route as every role in every relation: generated from the application's own map of routes and policies.

Whoever adds a route adds nothing here, unless it takes an argument that no other route takes: then ``VALUES`` says
which value it has, and ``CHILDREN`` whether it names something inside of an edition.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest
from flask import Flask, g, url_for

from juri.core.errors import NotFound
from juri.core.policy import Actor, Permission, Subject, may
from juri.webapp.desk import Desk
from juri.webapp.guard import POLICIES, Needs

OWN, OTHER, ABSENT = "kota-2026", "desa-2026", "nada-2026"
"""The edition that our people work for, one that they do not, and one that is not there: ids of one length."""

VALUES: Mapping[str, Any] = {
    "edition": OWN,
    "stage": "penilaian",
    "entry": "K-01",
    "code": "K-01",
    "juror": "J1",
    "topic": "check",
    "name": "csv",
    "to": "judging",
    "person": 1,
    "number": 1,
    "version": 1,
    "part": "tracks",
    "item": "umum",
    "rubric": "nilai",
    "at": "0",
    "token": "nothing",
    "filename": "juri.css",
    "plugin": "exporters.as_csv",
}
"""A value of each argument, as it is in our own edition, our own agency, our own assignment."""

CHILDREN: Mapping[str, tuple[Any, Any]] = {
    "stage": ("menilai", "xxxxxxx"),
    "entry": ("D-01", "X-99"),
    "code": ("D-01", "X-99"),
}
"""What names something inside of an edition: a value that only the other edition has, and one that none has."""

FITTING: Mapping[str, Mapping[str, Any]] = {
    "organiser.screening": {"stage": "admin"},
    "organiser.acts": {"stage": "admin"},
}
"""Arguments that belong together."""

SHOWN, NOT_FOUND, TO_SIGN_IN, HELD_BACK = "shown", "not found", "to sign in", "held back while judging"

API = "api."
"""How the names of the API's routes begin: programs are told to sign in whatever they ask for."""

ELSEWHERE: Mapping[str, tuple[str, str]] = {
    "account.provider": (NOT_FOUND, "no provider is configured"),
    "account.provider_return": (NOT_FOUND, "no provider is configured"),
    "organiser.roll_call": (NOT_FOUND, "no stage of this edition is attended"),
    "organiser.edit_fill": (NOT_FOUND, "nothing is unknown in these editions"),
    "organiser.check_paper": (NOT_FOUND, "no sheet was typed"),
    "organiser.take_back_paper": (NOT_FOUND, "no sheet was typed"),
    "organiser.preview": (NOT_FOUND, "nothing is sealed yet"),
}
"""What a route answers here to those whom it lets in, where that is no page."""

PUBLISHED: Mapping[str, frozenset[str]] = {
    name: frozenset({OTHER}) for name in ("public.result", "public.result_table", "api.result")
}
"""Routes for anyone, which show what an edition has published."""

OF_AN_AGENCY = frozenset({"unit", "local_admin"})

JUDGES = frozenset({"juror", "judge"})

OF_THE_VIEW: Mapping[str, frozenset[str]] = {"admin.home": frozenset({"administrator", "auditor"})}
"""Routes for everybody who is signed in, whose view looks closer."""


@dataclass(frozen=True)
class Route:
    """One route with one method, and what it needs."""

    endpoint: str
    method: str
    arguments: frozenset[str]
    needs: Needs


@dataclass(frozen=True)
class Place:
    """Where a request goes: the relation of our people to what it names; by role, whose assignment it is."""

    name: str
    values: Mapping[str, Any]
    own_assignment: frozenset[str] = frozenset()
    agency: str = ""


@dataclass(frozen=True)
class Case:
    """One request: a route in a place, as a role."""

    route: Route
    place: Place
    role: str
    url: str

    def __str__(self) -> str:
        """Name the request in a message."""
        return f"{self.role}: {self.route.method} {self.url} ({self.place.name})"


def routes_of(app: Flask) -> list[Route]:
    """Return every route of the application, once for each method that we answer."""
    return [
        Route(rule.endpoint, method, frozenset(rule.arguments), POLICIES[rule.endpoint])
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


def places_of(world: Any) -> list[Place]:
    """Return the places in which each route is tried; ``own`` is the one where most is allowed."""
    found, health, education = world.found, "Dinas Kesehatan", "Dinas Pendidikan"

    def entry(code: str) -> dict[str, Any]:
        return {**VALUES, "entry": code, "code": code}

    return [
        Place(
            "own agency, own assignment", entry(found["own_entry"]), own_assignment=frozenset({"juror"}), agency=health
        ),
        Place("other agency, own assignment", entry(found["shared_entry"]), own_assignment=JUDGES, agency=education),
        Place("other agency, other juror", entry(found["unassigned_entry"]), agency=education),
        Place("other edition", {**entry("D-01"), "edition": OTHER, "stage": "menilai"}, agency=education),
        Place("edition that is not there", {**entry("D-01"), "edition": ABSENT, "stage": "menilai"}),
    ]


@dataclass(frozen=True)
class Requests:
    """The requests that can be made of an application on a world."""

    app: Flask
    world: Any

    @property
    def routes(self) -> list[Route]:
        """Return every route."""
        return routes_of(self.app)

    def cases(self, role: str) -> Iterator[Case]:
        """Return every request of a role; places that a route cannot tell apart are tried once."""
        for route in self.routes:
            seen = set()
            for place in places_of(self.world):
                url = address(self.app, route, place)
                if url not in seen:
                    seen.add(url)
                    yield Case(route, place, role, url)

    def email(self, role: str) -> str:
        """Return the address of the person of a role."""
        actor = self.world.actors[role]
        return actor.name if actor.person else ""

    def addresses(self, role: str) -> list[str]:
        """Return what a role can ask for."""
        return [case.url for case in self.cases(role) if case.route.method == "GET"]

    def nested(self, role: str) -> Iterator[tuple[Case, Case]]:
        """Return pairs in our own edition: a request for a child of the other edition, and for one that is nowhere."""
        own = places_of(self.world)[0]
        for route in self.routes:
            for child in sorted(route.arguments & set(CHILDREN)) if "edition" in route.arguments else ():
                names = (f"{child} of the other edition", f"{child} of none")
                places = [
                    replace(own, name=name, values={**own.values, child: value}, own_assignment=frozenset())
                    for name, value in zip(names, CHILDREN[child], strict=True)
                ]
                there, nowhere = (Case(route, each, role, address(self.app, route, each, child)) for each in places)
                yield there, nowhere

    def closed(self, role: str) -> Iterator[tuple[Case, Case]]:
        """Return pairs of requests for another edition, closed to a role, and for one that is not there."""
        other, absent = places_of(self.world)[-2:]
        for route in self.routes:
            pair = [Case(route, place, role, address(self.app, route, place)) for place in (other, absent)]
            if "edition" in route.arguments and not self.lets_in(pair[0]):
                yield pair[0], pair[1]

    def expected(self, case: Case) -> str:
        """Return what a request comes to, by the policy; see ``outcome``."""
        route = case.route
        answer = allows(self.app, self.world, case)
        if answer.code == "judges_here":
            return HELD_BACK
        if not answer.allowed:
            asks_first = route.method == "GET" or route.endpoint.startswith(API)
            return TO_SIGN_IN if case.role == "anonymous" and asks_first and not route.needs.anyone else NOT_FOUND
        if "edition" in route.arguments and case.place.values["edition"] == ABSENT:
            return NOT_FOUND
        return ELSEWHERE.get(route.endpoint, (SHOWN, ""))[0]

    def lets_in(self, case: Case) -> bool:
        """Tell by the policy table whether a request may be made; the relation is ours to know, not the route's."""
        return allows(self.app, self.world, case).allowed


def outcome(answer: Any) -> str:
    """Return what an answer is: a page or the way to one, the way to signing in, or the one for what is not there."""
    if answer.status_code == 302 and answer.location.startswith("/account/sign-in?next="):
        return TO_SIGN_IN
    return {200: SHOWN, 302: SHOWN, 401: TO_SIGN_IN, 403: HELD_BACK, 404: NOT_FOUND}.get(
        answer.status_code, str(answer.status_code)
    )


def address(app: Flask, route: Route, place: Place, *kept: str) -> str:
    """Return the address of a route in a place."""
    missing = sorted(route.arguments - set(VALUES))
    if missing:
        pytest.fail(
            f"the route {route.endpoint} takes {', '.join(missing)}: say in VALUES of tests/web/security/matrix.py "
            "which value that has in our own edition, and in CHILDREN whether it names something inside of an edition",
            pytrace=False,
        )
    fitting = {name: value for name, value in FITTING.get(route.endpoint, {}).items() if name not in kept}
    own = {} if place.values["edition"] != OWN else fitting
    values = {name: {**place.values, **own}[name] for name in route.arguments}
    with app.test_request_context():
        return url_for(route.endpoint, **values)


def allows(app: Flask, world: Any, case: Case) -> Permission:
    """Say by the policy table whether a role may make a request; the relation is ours to know, not the route's."""
    needs, actor = case.route.needs, world.actors[case.role]
    if needs.anyone:
        edition = str(case.place.values["edition"])
        return Permission(edition in PUBLISHED.get(case.route.endpoint, {edition}), "")
    if needs.signed_in:
        return Permission(case.role in OF_THE_VIEW.get(case.route.endpoint, {case.role} - {"anonymous"}), "")
    try:
        subject = _subject(app, case, actor)
    except NotFound:
        return Permission(allowed=False, why="")
    return may(actor, needs.action, subject)


def _stage(case: Case) -> str:
    """Return the stage that a request names, if its route takes one."""
    if "stage" not in case.route.arguments:
        return ""
    fitting = FITTING.get(case.route.endpoint, {}) if case.place.values["edition"] == OWN else {}
    return str({**case.place.values, **fitting}["stage"])


def _subject(app: Flask, case: Case, actor: Actor) -> Subject:
    """Return what a route acts on. What we do not know by hand, the route is asked: then its guard alone is tested."""
    ask = case.route.needs.subject_of
    assert ask is not None, f"{case.route.endpoint} states an action without a subject"
    place, edition = case.place, str(case.place.values["edition"])
    by_hand = {
        "installation": Subject(),
        "in_edition": Subject(edition, stage=_stage(case)),
        "_own_queue": Subject(edition, person=actor.person),
        "_own_assignment": Subject(edition, person=actor.person),
        "_entry": Subject(edition, place.agency),
        "_own_share": Subject(edition, "Dinas Kesehatan" if case.role in OF_AN_AGENCY else ""),
        "_own_entry": Subject(edition, place.agency) if case.role in OF_AN_AGENCY else Subject(),
        "_own_agency": Subject(edition, "Dinas Kesehatan") if case.role in OF_AN_AGENCY else Subject(),
    }
    if ask.__name__ == "_own_assignment" and case.role not in place.own_assignment:
        raise NotFound("assignment", case.url)
    if ask.__name__ in by_hand:
        return by_hand[ask.__name__]
    with app.test_request_context(case.url):
        g.desk = Desk(app.extensions["juri"], actor)
        given = {**place.values, **FITTING.get(case.route.endpoint, {})}
        return ask(**{name: given[name] for name in case.route.arguments})
