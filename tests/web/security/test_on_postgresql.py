"""A sample of the matrix and of the canaries on PostgreSQL: what SQLite answers proves nothing for it."""

from pathlib import Path

import pytest

from juri.core.storage.database import Database
from juri.core.storage.migrate import migrate
from juri.webapp.sessions import cookie_name

EVERY = 17
"""One request of so many is made: a number that shares no divisor with the count of places or methods."""

LEAST = 250

pytestmark = [pytest.mark.postgres, pytest.mark.slow]


@pytest.fixture
def elsewhere(world_module, fresh_postgres, builtin_registry, build_kota):
    """Return the world of ``world.py``, on PostgreSQL."""
    database = Database(fresh_postgres())
    migrate(database)
    build_kota(database)
    built = world_module.World(database, builtin_registry)
    world_module.build(built, (Path(__file__).parents[1] / "kota-2026.yaml").read_text(encoding="utf-8"))
    yield built
    database.dispose()


def test_a_sample_of_all_requests_is_answered_as_the_policy_says_and_holds_nothing_that_is_hidden(
    elsewhere, app_on, matrix, world_module, content_of
):
    app = app_on(elsewhere.database)
    requests = matrix.Requests(app, elsewhere)
    before, wrong, seen, tried = content_of(elsewhere.database), [], {}, 0
    for number, role in enumerate(world_module.PEOPLE):
        client = app.test_client()
        if role in elsewhere.tokens:
            client.set_cookie(cookie_name(app.extensions["juri"]), elsewhere.tokens[role])
        cases = [case for case in requests.cases(role) if case.route.method == "GET" or not requests.lets_in(case)]
        for case in cases[number % EVERY :: EVERY]:
            with client.open(case.url, method=case.route.method) as answer:
                tried, found = tried + 1, matrix.outcome(answer)
                seen.setdefault(role, []).append((str(case), answer.data))
            if found != requests.expected(case):
                wrong.append(f"{case} is {found}, not {requests.expected(case)}")
    assert "\n".join(wrong) == ""
    assert [each for role in seen for each in met(world_module, role, seen[role])] == []
    assert content_of(elsewhere.database) == before
    assert tried > LEAST


def met(world_module, role, answers):
    """Return what a role met that is hidden from it."""
    hidden = [world_module.planted(what) for what, roles in world_module.HIDDEN.items() if role not in roles]
    figures = [figure for figure, roles in world_module.FIGURES.items() if role not in roles]
    words = [*hidden, *figures, *(figure.replace(".", ",") for figure in figures)]
    return [f"{case}: {word}" for case, body in answers for word in words if word.encode() in body]
