"""What must not be found out on the way: by a page, an export, a search, an order, a count, an error."""

import ast
import re
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import event, update
from werkzeug.exceptions import HTTPException

import juri
from juri.core.judging.model import ScorecardRevision, ScorecardRow
from juri.core.storage.base import table_of
from tests.web.signing import MADE_ANEW

pytestmark = pytest.mark.slow

ROLES = ["anonymous", "nobody", "unit", "local_admin", "juror", "panel_chair", "secretariat", "organiser", "auditor",
         "administrator", "judge", "of_a_stage"]  # fmt: skip
HOMES = ["/", "/account/start", "/juror/", "/organiser/", "/results/desa-2026"]
STRANGERS = ["anonymous", "nobody", "unit", "local_admin", "juror"]
"""Who is to learn nothing of what others judged; our juror is no exception."""
SEARCHED = ["kenari"]
"""Part of everything that is planted: a search that looks at what is hidden would find it."""
MADE_UP = re.compile(
    MADE_ANEW.pattern + rb"|Set-Cookie: [^\n]+|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", MADE_ANEW.flags
)
"""What a page makes up each time: token and key of its form, the name of a new session, how long it still lasts."""
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


@pytest.mark.parametrize("role", STRANGERS)
def test_field_29_no_address_and_no_name_is_part_of_what_strangers_see(stroll, requests, role):
    own = {requests.email(role)} if requests.email(role) else set()
    seen = {
        found for body in stroll(role).bodies.values() for found in re.findall(rb"[\w.+-]+(?:@|%40)[\w-]+\.test", body)
    }
    assert {each.decode().replace("%40", "@") for each in seen} <= own


@pytest.mark.parametrize("role", ["anonymous", "unit", "juror"])
def test_field_03_no_list_lets_itself_be_asked_for_a_group_or_for_who_judges(stroll, as_role, role):
    asked = "group=juri&juror=J2&panel=juri&assigned=J2&reviewer=j2%40kota.test&person=3&role=juror&score=61"
    client = as_role(role)
    pages = [url for url in stroll(role).bodies if "?" not in url and not url.startswith("/account")]
    different = [url for url in pages if plain(client.get(f"{url}?{asked}")) != plain(client.get(url))]
    assert different == []
    assert len(pages) > 1


@pytest.mark.parametrize("role", ["anonymous", "unit", "juror"])
def test_field_21_a_search_for_what_is_hidden_finds_what_a_search_for_nothing_finds(
    stroll, as_role, world_module, role
):
    client, pages = (
        as_role(role),
        {url.partition("?")[0] for url in stroll(role).bodies if not url.startswith("/account")},
    )
    hidden = [world_module.planted("namajuri"), "61.37"]
    for name in ("q", "words", "sort"):
        for url in sorted(pages):
            found = {plain(client.get(url, query_string={name: word})) for word in hidden}
            assert found == {plain(client.get(url, query_string={name: "tidakada"}))}, (url, name)


def plain(answer):
    """Return an answer without what it made up, and without the query that its own links carry on."""
    return answer.status_code, MADE_UP.sub(b"", re.sub(rb"\?[^\"'#]*", b"", answer.data))


@pytest.fixture(scope="session")
def twin(copy_of_world, app_on):
    """Return the application on a world in which other jurors gave other points, wrote other words and are done."""
    database = copy_of_world("twin")
    card, revision = table_of(ScorecardRow), table_of(ScorecardRevision)
    with database.write() as session:
        other = {"manfaat": {"value": "12.5", "comment": "lain"}, "kebaruan": {"value": "3"}}
        changed = session.execute(
            update(card).values(state="submitted", total_numerator=7, total_denominator=1)
        ).rowcount
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


def test_field_26_how_far_and_how_high_others_are_shows_to_those_who_run_the_edition_alone(twin, as_role, world_app):
    for address in ("/organiser/kota-2026/standings/penilaian/K-02", "/organiser/kota-2026/"):
        here, there = (MADE_UP.sub(b"", as_role("organiser", app).get(address).data) for app in (world_app, twin))
        assert here != there
    for address in (
        "/juror/kota-2026/penilaian/",
        "/juror/kota-2026/penilaian/list",
        "/juror/kota-2026/penilaian/grid",
    ):
        here, there = (MADE_UP.sub(b"", as_role("juror", app).get(address).data) for app in (world_app, twin))
        assert here == there


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


HIDDEN_NAMES = re.compile(r"token|secret|nonce|signature|password|sha256|hmac", re.IGNORECASE)
KEEPS_SECRETS = ["core/accounts", "webapp/account", "webapp/sessions.py", "webapp/front_door.py", "webapp/api"]


def test_field_24_no_secret_is_compared_letter_by_letter():
    """A query may look for a hash: it compares hashes, and tells the same in the same time for any."""
    root, found = Path(juri.__path__[0]), []
    for place in KEEPS_SECRETS:
        for file in sorted([root / place] if place.endswith(".py") else (root / place).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Compare) and isinstance(node.ops[0], (ast.Eq, ast.NotEq)):
                    sides = [ast.unparse(side) for side in (node.left, *node.comparators)]
                    is_column = re.match(r"(_session\.c|[A-Z]\w+)\.", sides[0])
                    if not is_column and any(HIDDEN_NAMES.search(side) for side in sides):
                        found.append(f"{file.name}:{node.lineno} {ast.unparse(node)}")
    assert found == []
