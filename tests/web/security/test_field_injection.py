"""What is typed never becomes a program: no formula, no template, no query, no line of a log."""

import ast
import json
import logging
from pathlib import Path

import pytest

import juri.webapp
from juri.webapp.logs import JsonLines

ROOMS = [Path(juri.__path__[0]) / room for room in ("core", "plugins", "rubrics", "webapp")]
RUNS_TEXT = {"eval", "exec", "compile", "__import__", "render_template_string", "from_string"}
UNSAFE_MODULES = {"pickle", "marshal", "shelve", "dill"}
NUL = "\0"
QUERIES = [
    "' OR '1'='1", "'; DROP TABLE entry; --", '" OR ""="', "%", "_", "\\", "K-01' --", NUL, "${7*7}", "{{7*7}}"
]  # fmt: skip
ASKED = [
    ("organiser", "/organiser/kota-2026/entries/", ["words", "sort", "page", "track"]),
    ("organiser", "/organiser/kota-2026/standings/", ["stage"]),
    ("administrator", "/admin/people", ["q", "role", "page"]),
    ("administrator", "/admin/audit", ["actor", "before", "since"]),
]
OURS = {
    "page.py": "the layout of a page that is installed with us",
    "prepared.py": "a statement of SQLAlchemy becomes SQL with places for the values",
}
"""Files that turn a text into what is run, and whose text it is."""


def test_field_44_nothing_that_is_written_down_is_run():
    found = []
    for file in sorted(path for room in ROOMS for path in room.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            called = getattr(node, "func", None)
            name = getattr(called, "id", "") if isinstance(called, ast.Name) else getattr(called, "attr", "")
            of_re = isinstance(called, ast.Attribute) and getattr(called.value, "id", "") == "re"
            if name in RUNS_TEXT and not of_re and file.name not in OURS:
                found.append(f"{file.name}:{node.lineno} {name}")
            if isinstance(node, ast.Import) and {each.name for each in node.names} & UNSAFE_MODULES:
                found.append(f"{file.name}:{node.lineno} import")
    assert found == []


@pytest.mark.parametrize("query", QUERIES)
def test_field_47_what_is_searched_for_is_a_text_and_no_error_of_the_database_is_shown(as_role, query):
    for role, path, names in ASKED:
        for name in names:
            answer = as_role(role).get(path, query_string={name: query}, follow_redirects=True)
            assert answer.status_code in ({400} if query == NUL else {200, 404, 422}), (path, name)
            assert [word for word in ("sqlite", "psycopg", "sqlalchemy", "Traceback") if word in answer.text] == []
    page = as_role("organiser").get("/organiser/kota-2026/entries/", query_string={"words": query}).text
    assert "/organiser/kota-2026/entries/K-0" not in page


def test_field_48_no_text_from_outside_begins_a_line_of_its_own():
    record = logging.LogRecord("juri", logging.WARNING, "", 0, "seen: %s", ('a\r\n{"level": "info"}\u2028b',), None)
    written = JsonLines().format(record)
    assert written.splitlines() == [written]
    assert json.loads(written)["message"] == 'seen: a\r\n{"level": "info"}\u2028b'


@pytest.mark.parametrize("path", ["/organiser/kota%00-2026/", "/organiser/kota-2026/entries/K%00/", "/results/%00"])
def test_field_47_no_address_holds_what_no_text_holds(as_role, path):
    assert as_role("organiser").get(path).status_code == 400
    assert as_role("anonymous").post("/account/sign-in", data={"email": "a\0@b.test"}).status_code == 422
