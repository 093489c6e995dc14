"""The sealer of a server: what was recorded is linked in the background, once, and nothing stays behind."""

import threading

import pytest
from sqlalchemy import text

import juri.webapp.sealer
from juri.core.audit.reading import waiting_since
from juri.core.audit.trail import SEALER_LOCK, record, seal
from juri.core.entries.model import Organization
from juri.core.errors import ActionRefused
from juri.webapp.sealer import Sealer, link_waiting

PATIENCE = 60


@pytest.fixture
def competition(competition_at):
    return competition_at("empty")


@pytest.fixture
def on_postgres(competition):
    if competition.product == "sqlite":
        pytest.skip("on SQLite each act links itself")
    return competition


def add(database, name):
    with database.write() as session:
        session.add(Organization(name=name, cluster="", region=""))
        record(session, by="test", action="organization.add", subject=name)


def waiting(database):
    with database.read() as session:
        return waiting_since(session)[0]


@pytest.fixture
def rounds(monkeypatch):
    """Note how many events each round of the background linked; the note of a round is there when it is over."""
    noted = Rounds()
    monkeypatch.setattr(juri.webapp.sealer, "PAUSE_SECONDS", 0)
    monkeypatch.setattr(juri.webapp.sealer, "PAUSE_IN_TROUBLE_SECONDS", 0)
    monkeypatch.setattr(juri.webapp.sealer, "link_waiting", noted.work)
    return noted


class Rounds:
    def __init__(self):
        self.trouble, self.done = 0, threading.Semaphore(0)

    def work(self, database):
        if self.trouble:
            self.trouble -= 1
            raise ActionRefused(["the database is away"], code="database")
        is_done = link_waiting(database)
        if is_done:
            self.done.release()
        return is_done

    def wait(self):
        assert self.done.acquire(timeout=PATIENCE)


def test_without_a_background_what_was_recorded_is_linked_at_once(competition):
    sealer = Sealer(competition.database)
    add(competition.database, "Dinas A")
    sealer.soon()
    competition.seal()
    assert competition.verified().findings == ()
    assert waiting(competition.database) == 0


def test_the_background_links_what_was_left_behind_and_what_comes(on_postgres, rounds):
    add(on_postgres.database, "left behind by a process that was killed")
    sealer = Sealer(on_postgres.database)
    sealer.start()
    rounds.wait()
    assert waiting(on_postgres.database) == 0
    add(on_postgres.database, "Dinas A")
    sealer.soon()
    rounds.wait()
    sealer.stop()
    found = on_postgres.verified()
    assert (found.events, found.waiting, found.findings) == (2, 0, ())


def test_the_background_goes_on_after_trouble(on_postgres, rounds, caplog):
    rounds.trouble = 2
    add(on_postgres.database, "Dinas A")
    sealer = Sealer(on_postgres.database)
    sealer.start()
    rounds.wait()
    sealer.stop()
    assert waiting(on_postgres.database) == 0
    assert [record.message for record in caplog.records if record.name == "juri.webapp.sealer"] == [
        "the trail could not be sealed, and is tried again: the database is away"
    ] * 2


def test_who_finds_another_sealing_leaves_it_and_looks_again(on_postgres):
    database = on_postgres.database
    add(database, "Dinas A")
    with database.write() as other:
        other.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": SEALER_LOCK})
        assert seal(database, wait=False) == 0
        assert not link_waiting(database)
    while not link_waiting(database):
        """Transactions in other databases of the server may hold it back."""
    assert on_postgres.verified().events == 1


def test_several_who_link_at_once_link_each_event_once(on_postgres, at_once):
    database = on_postgres.database
    for number in range(20):
        add(database, f"Dinas {number}")
    sealed = sum(at_once([lambda: seal(database, wait=False)] * 4)) + on_postgres.seal()
    found = on_postgres.verified()
    assert (sealed, found.events, found.findings) == (20, 20, ())


def test_on_sqlite_there_is_nothing_to_link_and_no_background(competition):
    if competition.product == "postgresql":
        pytest.skip("PostgreSQL has a background")
    before = threading.active_count()
    sealer = Sealer(competition.database)
    sealer.start()
    assert threading.active_count() == before
    sealer.stop()
    add(competition.database, "Dinas A")
    assert waiting(competition.database) == 0
