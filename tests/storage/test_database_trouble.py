"""When the database cannot: unreachable, full, read-only, not a database. A clear refusal, and nothing half-written."""

import os
import resource
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import event, text

from juri.core.audit.trail import record
from juri.core.entries.model import Organization
from juri.core.errors import ActionRefused
from juri.core.storage.database import Database

NOBODY = 65534


def add_organization(database, name):
    with database.write() as session:
        session.add(Organization(name=name, cluster="", region=""))
        record(session, by="test", action="organization.add", subject=name)


def names(database):
    with database.read() as session:
        return session.execute(text("SELECT name FROM organization ORDER BY id")).scalars().all()


def refusal(act):
    with pytest.raises(ActionRefused) as refused:
        act()
    assert refused.value.code == "database"
    (said,) = refused.value.reasons
    return said


@pytest.mark.parametrize("way", ["read", "write"])
def test_a_server_that_does_not_answer_is_said_in_one_line(way):
    database = Database("postgresql://juri:secret@127.0.0.1:1/juri")

    def connect():
        with getattr(database, way)() as session:
            session.connection()

    said = refusal(connect)
    assert said.startswith("the database postgresql+psycopg://juri:***@127.0.0.1:1/juri did not do it: connection ")
    assert "\n" not in said


def test_a_file_that_is_no_database_is_said(tmp_path):
    file = tmp_path / "juri.db"
    file.write_bytes(b"PK\3\4 a spreadsheet, not a database" * 99)
    database = Database(f"sqlite:///{file}")
    said = refusal(lambda: names(database))
    assert said == f"the database sqlite:///{file} did not do it: file is not a database"
    assert said == refusal(lambda: add_organization(database, "Dinas A"))
    database.dispose()


def test_a_folder_that_is_a_file_is_said(tmp_path):
    (tmp_path / "var").write_text("")
    database = Database(f"sqlite:///{tmp_path / 'var' / 'juri.db'}")
    said = refusal(lambda: add_organization(database, "Dinas A"))
    assert said == f"nothing can be written in the folder '{tmp_path / 'var'}': File exists; the database needs to"


def test_a_folder_that_may_not_be_written_is_said(templates, child):
    folder = Path(tempfile.mkdtemp(dir="/tmp"))
    url = templates.copy_sqlite("empty", folder / "juri.db")
    folder.chmod(0o555)

    def work(send):
        if os.getuid() == 0:
            os.setuid(NOBODY)
        try:
            add_organization(Database(url), "Dinas A")
        except ActionRefused as refused:
            send(refused.reasons)

    try:
        said = f"nothing can be written in the folder '{folder}': Permission denied; the database needs to"
        assert child(work).rest() == [(said,)]
    finally:
        folder.chmod(0o755)
        shutil.rmtree(folder)


def test_a_server_that_takes_no_writes_is_said(competition_at):
    competition = competition_at("empty")
    if competition.product == "sqlite":
        pytest.skip("only a server can be set to take no writes")
    database = competition.database
    with database.write() as session:
        name = session.execute(text("SELECT current_database()")).scalar_one()
        session.execute(text(f"ALTER DATABASE {name} SET default_transaction_read_only = on"))
    database.dispose()
    said = refusal(lambda: add_organization(database, "Dinas A"))
    assert said.endswith("did not do it: cannot execute INSERT in a read-only transaction")


def test_a_full_database_refuses_each_write_whole_and_works_again_with_more_room(templates, tmp_path):
    database = Database(templates.copy_sqlite("empty", tmp_path / "juri.db"))

    @event.listens_for(database.writer, "connect")
    def limit(connection, _record):
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages + 3}")

    stored = []

    def fill():
        for number in range(1000):
            add_organization(database, f"Dinas {number:04d} {'x' * 180}")
            stored.append(f"Dinas {number:04d} {'x' * 180}")

    assert refusal(fill).endswith("did not do it: database or disk is full")
    for _ in range(5):
        refusal(lambda: add_organization(database, "y" * 180))
    assert names(database) == stored
    event.remove(database.writer, "connect", limit)
    database.dispose()
    add_organization(database, "Dinas Baru")
    assert names(database) == [*stored, "Dinas Baru"]
    database.dispose()


def test_what_was_acknowledged_before_the_disk_ran_full_is_stored_and_nothing_else(templates, tmp_path, child):
    url = templates.copy_sqlite("registering", tmp_path / "juri.db")
    size = Database(url).path.stat().st_size

    def work(send):
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 65_536, size + 65_536))
        try:
            for number in range(10_000):
                add_organization(Database(url), f"Dinas {number:05d} {'x' * 180}")
                send(number)
        except ActionRefused as refused:
            send(refused.code)

    *acknowledged, last = child(work).rest()
    assert last == "database"
    database = Database(url)
    added = [name for name in names(database) if name.startswith("Dinas 0")]
    assert added == [f"Dinas {number:05d} {'x' * 180}" for number in acknowledged]
    with database.read() as session:
        assert session.execute(text("PRAGMA integrity_check")).scalars().all() == ["ok"]
        events = session.execute(text("SELECT count(*) FROM audit_event WHERE subject LIKE 'Dinas 0%'")).scalar_one()
    assert events == len(added) > 0
    add_organization(database, "Dinas Baru")
    database.dispose()


def test_a_pool_that_stays_empty_is_said(competition_at, monkeypatch):
    database = competition_at("empty").database
    monkeypatch.setattr(database.reader.pool, "_timeout", 0)
    with ExitStack() as held:
        for _ in range(database.reader.pool.size() + database.reader.pool._max_overflow):
            held.enter_context(database.reader.connect())
        assert refusal(lambda: names(database)).endswith("did not do it: it is too busy; try again")
