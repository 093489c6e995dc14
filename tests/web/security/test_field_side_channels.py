"""What must not be found out on the way: by a page, an export, a search, an order, a count, an error."""

import re
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

import pytest
from sqlalchemy import event, update
from werkzeug.exceptions import HTTPException

from juri.core.judging.model import ScorecardRevision, ScorecardRow
from juri.core.storage.base import table_of
from juri.core.storage.database import Database, sqlite_driver

ROLES = ["anonymous", "nobody", "unit", "local_admin", "juror", "panel_chair", "secretariat", "organiser", "auditor",
         "administrator"]  # fmt: skip
HOMES = ["/", "/account/start", "/juror/", "/organiser/", "/results/desa-2026"]
STRANGERS = ["anonymous", "nobody", "unit", "local_admin", "juror"]
"""Who is to learn nothing of what others judged; our juror is no exception."""
SEARCHED = ["kenari"]
"""Part of everything that is planted: a search that looks at what is hidden would find it."""
MADE_UP = re.compile(rb'name="csrf_token" value="[^"]+"|Set-Cookie: [^\n]+|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}')
"""What a page makes up each time: the token and the key of its form, the name of a new session."""
LEAST_PAGES, FAULT = 100, 500


def kind_of(app):
    adapter = app.url_map.bind("localhost")

    def kind(path):
        try:
            return adapter.match(path)[0]
        except HTTPException:
            return path

    return kind


@pytest.fixture(scope="session")
def stroll(crawl, world_app, as_role):
    """Return a function of a role: its walk along the links from its first pages, once for this process."""
    return cache(lambda role: crawl.walk(as_role(role), HOMES, kind_of(world_app), SEARCHED))


def where(trip, text):
    """Return the pages that hold a text, as it is or with a decimal comma."""
    forms = {text.encode(), text.replace(".", ",").encode() if text[0].isdigit() else text.encode()}
    return sorted(url for url, body in trip.bodies.items() if any(form in body for form in forms))


@pytest.mark.parametrize("role", ROLES)
def test_field_12_no_page_export_search_order_or_error_holds_what_is_hidden_from_a_role(
    crawl, requests, world_module, as_role, role
):
    trip = crawl.walk(as_role(role), [*HOMES, *requests.addresses(role)], kind_of(requests.app), SEARCHED)
    met = {what: where(trip, world_module.planted(what)) for what in world_module.HIDDEN}
    allowed = {what for what, roles in world_module.HIDDEN.items() if role in roles}
    assert {what: pages[0] for what, pages in met.items() if pages and what not in allowed} == {}
    assert {what for what in allowed if not met[what]} <= world_module.NOT_SHOWN_YET, "no longer planted, or not shown"
    figures = {figure: where(trip, figure) for figure, roles in world_module.FIGURES.items() if role not in roles}
    assert {figure: pages[0] for figure, pages in figures.items() if pages} == {}
    assert {name: pages[0] for name, secret in requests.world.secrets.items() if (pages := where(trip, secret))} == {}
    assert trip.broken == {}, "a page leads to one that is closed to who reads it"
    assert max(trip.statuses.values()) < FAULT
    assert len(trip.bodies) > LEAST_PAGES


@pytest.mark.parametrize("role", STRANGERS)
def test_field_14_no_score_is_shown_before_it_is_published_nor_where_the_edition_publishes_none(
    stroll, world_module, role
):
    assert {figure: pages for figure in world_module.FIGURES if (pages := where(stroll(role), figure))} == {}


@pytest.mark.parametrize("role", ["unit", "local_admin"])
def test_field_15_entrants_meet_no_comment_and_no_reason_before_it_is_published(stroll, world_module, role):
    of_judging = ["catatanjuri", "catatandraf", "alasankonflik", "alasanstop"]
    assert [what for what in of_judging if where(stroll(role), world_module.planted(what))] == []


@pytest.mark.parametrize("role", STRANGERS)
def test_field_25_who_judges_is_named_to_those_only_who_run_the_edition(stroll, world_module, role):
    names = [world_module.planted("namajuri"), "j2@kota.test", "Juri J3", "j3@kota.test", "Juri Desa 1"]
    assert {name: pages for name in names if (pages := where(stroll(role), name))} == {}


@pytest.fixture(scope="session")
def twin(world, tmp_path_factory, app_on):
    """Return the application on a world in which other jurors gave other points and wrote other words."""
    path = tmp_path_factory.mktemp("twin") / "twin.db"
    connection = sqlite_driver().connect(world.database.path)
    connection.execute("VACUUM INTO ?", [str(path)])
    connection.close()
    database = Database(f"sqlite:///{path}")
    card, revision = table_of(ScorecardRow), table_of(ScorecardRevision)
    with database.write() as session:
        other = {"manfaat": {"value": "12.5", "comment": "lain"}, "kebaruan": {"value": "3"}}
        changed = session.execute(update(card).values(total_numerator=7, total_denominator=1)).rowcount
        points = {"manfaat": "5", "kebaruan": "1", "keberlanjutan": "1"}
        session.execute(update(revision).values(answers=other, points=points, total="7"))
    assert changed > 10
    database.dispose()
    return app_on(database)


@contextmanager
def counting(app, statements):
    """Note every statement that the application sends to the database."""
    database = app.extensions["juri"].database

    def note(_connection, _cursor, statement, *_):
        statements.append(statement)

    for engine in (database.reader, database.writer):
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield
    finally:
        for engine in (database.reader, database.writer):
            event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize("role", STRANGERS)
def test_field_22_what_is_hidden_changes_no_byte_no_order_no_count_and_no_query(crawl, world_app, twin, as_role, role):
    for app in (world_app, twin):  # what a process keeps in mind is read by the first walk, not by the second
        observed(crawl, as_role(role, app), app)
    here, there = (observed(crawl, as_role(role, app), app) for app in (world_app, twin))
    assert (here.statuses, here.statements) == (there.statuses, there.statements)
    assert [url for url, body in here.bodies.items() if there.bodies[url] != body] == []
    assert len(here.bodies) > 1


def test_field_22_for_those_who_may_see_it_the_same_does_change_something(twin, as_role, world_app):
    address = "/organiser/kota-2026/standings/penilaian/K-02"
    pages = [as_role("organiser", app).get(address).text for app in (world_app, twin)]
    assert pages[0] != pages[1]


@dataclass
class Observed:
    """What somebody can observe from outside, but for what their own account makes up each time."""

    statuses: dict
    bodies: dict
    statements: list


def observed(crawl, client, app):
    statements = []
    with counting(app, statements):
        trip = crawl.walk(client, HOMES, kind_of(app), SEARCHED)
    bodies = {url: MADE_UP.sub(b"", body) for url, body in trip.bodies.items() if not url.startswith("/account/")}
    return Observed(trip.statuses, bodies, statements)
