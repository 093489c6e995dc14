"""The two engines: what a reader and a writer are, and what each refuses."""

import sqlite3
import sys
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from juri.core.editions.model import EditionRow
from juri.core.errors import ActionRefused, InputRefused
from juri.core.storage import database as database_module
from juri.core.storage.database import WAL_IS_SAFE_FROM, Database, database_now, sqlite_driver
from juri.core.storage.gate import SECONDS_OF_A_THREAD, exclusive

EXAMPLES = "write sqlite:///var/juri.db or postgresql://user@host/name"
SYNCHRONOUS_FULL = 2


def test_a_reader_cannot_write(competition_at):
    competition = competition_at("installed")
    with pytest.raises((ActionRefused, DBAPIError)) as refused, competition.database.read() as session:
        session.execute(text("UPDATE edition SET state = 'open'"))
    said = str(refused.value)
    assert "readonly" in said or "read-only" in said
    with competition.database.read() as session:
        assert session.scalar(select(EditionRow.state)) == "draft"


def test_a_reader_sees_one_moment_while_others_write(competition_at):
    competition = competition_at("installed")
    with competition.database.read() as session:
        before = session.execute(text("SELECT count(*) FROM audit_event")).scalar_one()
        competition.begin()
        assert session.execute(text("SELECT count(*) FROM audit_event")).scalar_one() == before
    with competition.database.read() as session:
        assert session.execute(text("SELECT count(*) FROM audit_event")).scalar_one() > before


def test_a_writer_takes_sqlites_lock_before_its_first_statement(templates, tmp_path):
    database = Database(templates.copy_sqlite("installed", tmp_path / "juri.db"))
    other = sqlite_driver().connect(str(database.path), timeout=0, isolation_level=None)
    with database.write() as session:
        session.connection()
        with pytest.raises(sqlite_driver().OperationalError, match="database is locked"):
            other.execute("BEGIN IMMEDIATE")
    other.close()
    database.dispose()


def test_a_writer_that_cannot_begin_is_told_why(templates, tmp_path, monkeypatch):
    monkeypatch.setattr(database_module, "SQLITE_PRAGMAS", ("busy_timeout=0",))
    database = Database(templates.copy_sqlite("installed", tmp_path / "juri.db"))
    other = sqlite_driver().connect(str(database.path), timeout=0, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(ActionRefused, match="did not do it: database is locked"), database.write() as session:
        session.connection()
    other.close()
    database.dispose()


def test_who_holds_the_lock_gets_the_interpreter_back_quickly_and_nobody_else_does(tmp_path):
    def interval():
        return round(sys.getswitchinterval(), 7)

    usual = interval()
    with exclusive(tmp_path / "var" / "juri.db.lock"):
        assert interval() == SECONDS_OF_A_THREAD < usual
    with pytest.raises(ZeroDivisionError), exclusive(tmp_path / "var" / "juri.db.lock"):
        raise ZeroDivisionError
    assert interval() == usual


def test_a_reader_begins_without_the_write_lock(templates, tmp_path):
    database = Database(templates.copy_sqlite("installed", tmp_path / "juri.db"))
    other = sqlite_driver().connect(str(database.path), timeout=0, isolation_level=None)
    with database.read() as session:
        driver = session.connection().connection.driver_connection
        assert driver.in_transaction
        other.execute("BEGIN IMMEDIATE")
    other.close()
    database.dispose()


def test_what_sqlite_acknowledges_is_on_disk_and_its_journal_is_one_that_is_safe(templates, tmp_path):
    database = Database(templates.copy_sqlite("installed", tmp_path / "juri.db"))
    wanted = ["synchronous", "foreign_keys", "busy_timeout", "trusted_schema", "mmap_size", "query_only"]
    for engine, read_only in ((database.writer, 0), (database.reader, 1)):
        with engine.connect() as connection:
            found = [connection.execute(text(f"PRAGMA {name}")).scalar() for name in wanted]
            assert found == [SYNCHRONOUS_FULL, 1, 10000, 0, 0, read_only]
    is_safe = sqlite_driver().sqlite_version_info >= WAL_IS_SAFE_FROM
    with database.reader.connect() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar_one() == ("wal" if is_safe else "delete")
    database.dispose()


def test_a_sqlite_with_the_wal_reset_bug_keeps_the_rollback_journal(templates, tmp_path, monkeypatch):
    monkeypatch.setattr("juri.core.storage.database.WAL_IS_SAFE_FROM", (999, 0, 0))
    database = Database(templates.copy_sqlite("installed", tmp_path / "juri.db"))
    with database.write() as session:
        assert session.execute(text("PRAGMA journal_mode")).scalar_one() == "delete"
    database.dispose()


def test_the_newer_sqlite_driver_is_used():
    newest = sqlite_driver()
    assert newest.sqlite_version_info >= sqlite3.sqlite_version_info


@pytest.mark.postgres
def test_postgresql_waits_for_no_lock_and_no_statement_forever(fresh_postgres):
    database = Database(fresh_postgres())
    for engine in (database.reader, database.writer):
        with engine.connect() as connection:
            timeouts = ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")
            found = [connection.execute(text(f"SHOW {name}")).scalar() for name in timeouts]
            assert found == ["10s", "1min", "1min"]
    with database.reader.connect() as connection:
        assert connection.execute(text("SHOW transaction_isolation")).scalar() == "repeatable read"
        assert connection.execute(text("SHOW transaction_read_only")).scalar() == "on"
    database.dispose()


def test_the_time_is_the_databases_and_has_a_zone(competition_at):
    with competition_at("empty").database.read() as session:
        first, second = database_now(session), database_now(session)
    assert first <= second
    assert str(first.tzinfo) == "UTC"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("juri.db", f"'juri.db' is not a database URL; {EXAMPLES}"),
        ("", f"'' is not a database URL; {EXAMPLES}"),
        ("mysql://host/juri", f"Juri does not run on 'mysql'; {EXAMPLES}"),
        ("postgresql+asyncpg://host/juri", f"Juri does not run on 'postgresql+asyncpg'; {EXAMPLES}"),
        ("sqlite://", f"the embedded database needs a file; {EXAMPLES}"),
        ("sqlite:///:memory:", f"the embedded database needs a file; {EXAMPLES}"),
        ("postgresql://host:port/juri", f"'postgresql://host:port/juri' is not a database URL; {EXAMPLES}"),
    ],
)
def test_a_url_that_cannot_be_used_is_refused_with_examples(url, said):
    with pytest.raises(InputRefused) as refused:
        Database(url)
    assert [(problem.field, problem.message) for problem in refused.value.problems] == [("JURI_DATABASE_URL", said)]


def test_both_ways_of_writing_a_postgresql_url_mean_one_driver():
    for url in ("postgresql://host/juri", "postgresql+psycopg://host/juri"):
        database = Database(url)
        assert (database.url.drivername, database.is_sqlite) == ("postgresql+psycopg", False)


def test_a_fault_of_ours_in_sql_is_not_dressed_up_as_trouble_of_the_database(competition_at):
    database = competition_at("empty").database
    with pytest.raises(DBAPIError) as fault, database.read() as session:
        session.execute(text("SELECT 1/'x' FROM nowhere" if not database.is_sqlite else "SELECT ?"), {})
    assert isinstance(fault.value, ProgrammingError)


def test_a_database_in_a_folder_that_does_not_exist_yet_makes_the_folder(tmp_path: Path):
    database = Database(f"sqlite:///{tmp_path / 'var' / 'deep' / 'juri.db'}")
    with database.write() as session:
        assert session.execute(text("SELECT 1")).scalar_one() == 1
    database.dispose()
