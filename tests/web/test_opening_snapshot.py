"""Who asks and whether they may is read in one snapshot, which is over before anything is written.

With SQLite's older journal a reader keeps a writer from committing, so a request that still read would lock itself out.
"""

import html

import pytest
from sqlalchemy import func, select

from juri.core.accounts.model import WebSession
from juri.core.accounts.sessions import SEEN_AGAIN_AFTER
from juri.core.clock import now, standing_at
from juri.core.storage import database

JUROR = "j1@kota.test"


@pytest.fixture(autouse=True)
def _older_journal(monkeypatch):
    monkeypatch.setattr(database, "WAL_IS_SAFE_FROM", (99,))
    at_once = tuple(each for each in database.SQLITE_PRAGMAS if not each.startswith("busy_timeout"))
    monkeypatch.setattr(database, "SQLITE_PRAGMAS", (*at_once, "busy_timeout=0"))


def last_seen(web_bench):
    with web_bench.database.read() as session:
        return session.scalar(select(func.max(WebSession.seen_at)))


def test_the_journal_is_the_older_one(web_bench):
    with web_bench.database.writer.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "delete"


@pytest.mark.parametrize("path", ["/account/", "/no/such/page", "/organiser/kota-2026/"])
def test_a_request_notes_that_its_browser_was_seen_whether_or_not_a_view_was_reached(client_for, web_bench, path):
    client = client_for(JUROR)
    with standing_at(now() + 2 * SEEN_AGAIN_AFTER):
        assert client.get(path).status_code in {200, 404}
    assert last_seen(web_bench) > now() + SEEN_AGAIN_AFTER


def test_signing_out_writes_although_the_request_began_with_reading(client_for, web_bench):
    client = client_for(JUROR)
    assert client.post("/account/sign-out").status_code == 302
    assert last_seen(web_bench) is None


@pytest.mark.parametrize("path", ["/", "/account/", "/api/v1/editions"])
def test_a_database_that_cannot_be_read_is_said_plainly_and_the_cookie_holds_again(client_for, web_bench, path):
    client = client_for(JUROR)
    rename(web_bench, "web_session", "elsewhere")
    answer = client.get(path)
    assert answer.status_code == 403
    assert "did not do it: no such table: web_session" in html.unescape(answer.text)
    rename(web_bench, "elsewhere", "web_session")
    assert client.get("/account/").status_code == 200


def rename(web_bench, table, name):
    with web_bench.database.writer.begin() as connection:
        connection.exec_driver_sql(f"ALTER TABLE {table} RENAME TO {name}")
