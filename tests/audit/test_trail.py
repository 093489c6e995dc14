"""The trail: one line for every act, linked into a chain; sealed afterwards, and safely, on PostgreSQL."""

import hashlib
import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, text

from juri.core.audit.checker import verify
from juri.core.audit.model import ROOT, AuditEvent
from juri.core.audit.trail import chain_head, event_hash, record, seal
from juri.core.entries.model import Organization
from juri.core.storage.base import plain_row, table_of

WRITERS = 8
ACTS = 12


def add(database, name, *, by="test"):
    with database.write() as session:
        session.add(Organization(name=name, cluster="", region=""))
        record(session, by=by, action="organization.add", subject=name)


def events(database):
    with database.read() as session:
        return session.scalars(select(AuditEvent).order_by(AuditEvent.seq, AuditEvent.id)).all()


def test_an_event_says_who_did_what_to_what_and_which_rows_it_wrote(competition_at):
    competition = competition_at("empty")
    add(competition.database, "Dinas A", by="ani@juri.test")
    competition.seal()
    (event,) = events(competition.database)
    assert (event.actor, event.action, event.subject, event.detail) == (
        "ani@juri.test",
        "organization.add",
        "Dinas A",
        {},
    )
    assert [(table, key) for table, key, _ in event.rows] == [("organization", "1")]


def test_each_event_points_at_the_one_before(competition_at):
    competition = competition_at("empty")
    for name in ("A", "B", "C"):
        add(competition.database, name)
    competition.seal()
    chain = events(competition.database)
    assert [event.seq for event in chain] == [1, 2, 3]
    assert [event.prev_hash for event in chain] == [ROOT, chain[0].hash, chain[1].hash]
    with competition.database.read() as session:
        assert chain_head(session) == (3, chain[2].hash)


def test_the_head_of_nothing_is_the_root(competition_at):
    competition = competition_at("empty")
    competition.seal()
    with competition.database.read() as session:
        assert chain_head(session) == (0, ROOT)
    assert competition.verified().findings == ()


def test_the_hash_of_an_event_never_changes_with_the_version():
    event = {
        "id": 1,
        "at": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        "actor": "ani@juri.test",
        "action": "organization.add",
        "subject": "Dinas A",
        "detail": {"how": "by hand"},
        "rows": [["organization", "1", "0" * 64]],
        "xid": None,
        "seq": 1,
        "prev_hash": ROOT,
        "hash": None,
    }
    plain = plain_row(table_of(AuditEvent), event)
    said = (
        '{"action":"organization.add","actor":"ani@juri.test","at":"2026-01-02T03:04:05.000000+00:00",'
        '"detail":"{\\"how\\":\\"by hand\\"}","id":"1","prev_hash":"' + ROOT + '",'
        '"rows":"[[\\"organization\\",\\"1\\",\\"' + "0" * 64 + '\\"]]","seq":"1","subject":"Dinas A","xid":null}'
    )
    assert event_hash(plain) == hashlib.sha256(said.encode()).hexdigest()


def test_on_sqlite_an_event_is_sealed_in_its_own_transaction(competition_at):
    competition = competition_at("empty")
    add(competition.database, "Dinas A")
    waiting = competition.product == "postgresql"
    assert [event.seq is None for event in events(competition.database)] == [waiting]
    assert competition.seal() == int(waiting)


def test_sealing_twice_seals_nothing_twice(competition_at):
    competition = competition_at("empty")
    add(competition.database, "Dinas A")
    competition.seal()
    before = [event.hash for event in events(competition.database)]
    assert seal(competition.database) == 0
    assert [event.hash for event in events(competition.database)] == before


def test_two_who_seal_at_once_make_one_chain(competition_at, at_once):
    competition = competition_at("empty")
    for number in range(20):
        add(competition.database, f"Dinas {number}")
    sealed = at_once([lambda: seal(competition.database)] * 4)
    assert sum(sealed) + competition.seal() == (20 if competition.product == "postgresql" else 0)
    assert competition.verified().findings == ()
    assert competition.verified().events == 20


def test_sealing_beside_writers_misses_no_event(competition_at, at_once):
    competition = competition_at("empty")
    database = competition.database
    left = threading.Semaphore(0)

    def write(writer):
        try:
            for number in range(ACTS):
                add(database, f"Dinas {writer}-{number}")
        finally:
            left.release()

    def keep_sealing():
        sealed = 0
        for _ in range(WRITERS):
            while not left.acquire(timeout=0.001):
                sealed += seal(database)
        return sealed + competition.seal()

    *_, sealed = at_once([*(lambda writer=writer: write(writer) for writer in range(WRITERS)), keep_sealing])
    assert sealed == (WRITERS * ACTS if competition.product == "postgresql" else 0)
    found = competition.verified()
    assert (found.findings, found.events, found.waiting, found.rows) == ((), WRITERS * ACTS, 0, WRITERS * ACTS)


def test_an_event_waits_for_a_transaction_that_began_before_it(competition_at):
    competition = competition_at("empty")
    if competition.product == "sqlite":
        pytest.skip("on SQLite writers come one after the other")
    database = competition.database
    with database.write() as early:
        early.execute(text("SELECT pg_current_xact_id()"))
        add(database, "Dinas A")
        assert seal(database) == 0
    assert competition.seal() == 1


def test_of_two_events_about_one_row_the_later_is_never_sealed_first(competition_at):
    """The later one may belong to the transaction with the lower number: it began first, and waited for the row."""
    competition = competition_at("installed")
    if competition.product == "sqlite":
        pytest.skip("on SQLite writers come one after the other")
    database = competition.database
    numbered, first_is_in = threading.Event(), threading.Event()

    def rename(before, after):
        row = before.scalars(select(Organization).with_for_update()).one()
        row.region = after
        record(before, by="test", action="organization.change", subject=after)

    def low():
        with database.write() as session:
            session.execute(text("SELECT pg_current_xact_id()"))
            numbered.set()
            assert first_is_in.wait(30)
            rename(session, "second")

    add(database, "Dinas A")
    competition.seal()
    thread = threading.Thread(target=low)
    thread.start()
    assert numbered.wait(30)
    with database.write() as still_running:
        still_running.execute(text("SELECT pg_current_xact_id()"))
        with database.write() as session:
            rename(session, "first")
        first_is_in.set()
        thread.join()
        assert seal(database) == 0
    assert competition.seal() == 2
    assert competition.verified().findings == ()
    assert [event.subject for event in events(database)][-2:] == ["first", "second"]


def test_an_event_that_waits_to_be_sealed_is_counted_and_nothing_is_wrong(competition_at):
    competition = competition_at("installed")
    add(competition.database, "Dinas A")

    with competition.database.read() as session:
        found = verify(session)
    assert (found.waiting, found.findings) == (int(competition.product == "postgresql"), ())
