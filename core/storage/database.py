"""The database: a reading and a writing engine, and the only code that knows which product it talks to.

The default SQLite mode of the drivers loses updates (measured: 300 of 400), so every transaction begins explicitly:
readers with BEGIN and query_only, writers with BEGIN IMMEDIATE behind a fair gate.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, select, text
from sqlalchemy.exc import ArgumentError, DatabaseError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from juri.core.errors import ActionRefused, InputRefused
from juri.core.storage.gate import exclusive
from juri.core.storage.prepared import Prepared
from juri.core.storage.session import WriteSession
from juri.core.storage.types import UtcDateTime

WAL_IS_SAFE_FROM = (3, 51, 3)
"""Older SQLite may corrupt a write-ahead log with two connections (the WAL-reset bug of 2026)."""

CHANGE_LOCK = 0x6A757268
"""The advisory lock of PostgreSQL under which tables are changed."""

SQLITE_PRAGMAS = ("foreign_keys=ON", "synchronous=FULL", "busy_timeout=10000", "trusted_schema=OFF", "mmap_size=0")
POSTGRES_OPTIONS = "-c lock_timeout=10s -c statement_timeout=60s -c idle_in_transaction_session_timeout=60s"


class Database:
    """One database by its URL; ``read()`` and ``write()`` are the two ways in.

    Raises:
        InputRefused: the URL is unusable or names a product that Juri does not run on.

    """

    def __init__(self, url: str) -> None:
        self.url = _checked_url(url)

    @property
    def is_sqlite(self) -> bool:
        """Tell whether this is the embedded database."""
        return self.url.get_backend_name() == "sqlite"

    @property
    def path(self) -> Path:
        """Return the file of the embedded database."""
        return Path(str(self.url.database))

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a reading session: one consistent snapshot, unable to write."""
        with said_plainly(self.url), Session(self.reader) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[WriteSession]:
        """Open a writing session; commits at the end, rolls back on any exception.

        Keep Python out of it where many write: authenticate, validate and load before.
        """
        with said_plainly(self.url), self._gate(), self._write_session() as session, session.begin():
            yield session

    @contextmanager
    def change(self) -> Iterator[Connection]:
        """Open a connection for changing the tables themselves: one transaction, and one process at a time."""
        with said_plainly(self.url), self._gate(), self.writer.begin() as connection:
            if not self.is_sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": CHANGE_LOCK})
            yield connection

    def _write_session(self) -> WriteSession:
        """Rows that a verb returns can be read after the commit."""
        return WriteSession(self.writer, expire_on_commit=False)

    def _gate(self) -> AbstractContextManager[None]:
        return exclusive(self._lock) if self.is_sqlite else nullcontext()

    @cached_property
    def _lock(self) -> Path:
        return self.path.with_name(self.path.name + ".lock")

    @cached_property
    def reader(self) -> Engine:
        """Build the reading engine on first use."""
        if self.is_sqlite:
            return self._sqlite_engine(begin="BEGIN", query_only=True)
        return create_engine(
            self.url,
            isolation_level="REPEATABLE READ",
            execution_options={"postgresql_readonly": True},
            connect_args={"options": POSTGRES_OPTIONS},
        )

    @cached_property
    def writer(self) -> Engine:
        """Build the writing engine on first use."""
        if self.is_sqlite:
            return self._sqlite_engine(begin="BEGIN IMMEDIATE", query_only=False)
        return create_engine(self.url, isolation_level="READ COMMITTED", connect_args={"options": POSTGRES_OPTIONS})

    def dispose(self) -> None:
        """Close every connection."""
        for name in ("reader", "writer"):
            engine: Engine | None = self.__dict__.pop(name, None)
            if engine is not None:
                engine.dispose()

    def _sqlite_engine(self, *, begin: str, query_only: bool) -> Engine:
        driver = sqlite_driver()
        engine = create_engine(self.url, module=driver)
        safe_wal = driver.sqlite_version_info >= WAL_IS_SAFE_FROM

        @event.listens_for(engine, "connect")
        def _prepare(connection: Any, _record: object) -> None:
            connection.isolation_level = None
            for pragma in (*SQLITE_PRAGMAS, f"journal_mode={'WAL' if safe_wal else 'DELETE'}"):
                connection.execute(f"PRAGMA {pragma}")
            connection.execute(f"PRAGMA query_only={'ON' if query_only else 'OFF'}")

        def _begin(connection: Any) -> None:
            connection.execute(begin)

        engine.dialect.do_begin = _begin  # type: ignore[assignment,method-assign]  # a listener costs ten times as much
        return engine


def sqlite_driver() -> ModuleType:
    """Return the newer of the bundled and the standard SQLite driver."""
    try:
        from pysqlite3 import dbapi2
    except ImportError:  # pragma: no cover  the wheel is not built for every platform
        return sqlite3
    return dbapi2 if dbapi2.sqlite_version_info > sqlite3.sqlite_version_info else sqlite3


class Moment(FunctionElement[datetime]):
    """The time by the database's own clock, for any statement that asks for it."""

    type = UtcDateTime()
    inherit_cache = True


@compiles(Moment, "sqlite")
def _moment_of_sqlite(_element: Moment, _compiler: SQLCompiler, **_: Any) -> str:
    return "strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')"


@compiles(Moment, "postgresql")
def _moment_of_postgres(_element: Moment, _compiler: SQLCompiler, **_: Any) -> str:
    return "clock_timestamp()"


_NOW = Prepared(select(Moment().label("moment")))


def database_now(session: Session) -> datetime:
    """Ask the database for the time: the only clock that decides a deadline."""
    moment: datetime = _NOW.rows(session)[0].moment
    return moment


def _checked_url(url: str) -> URL:
    try:
        checked = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise InputRefused.at("JURI_DATABASE_URL", f"'{url}' is not a database URL; {_EXAMPLES}") from error
    if checked.drivername not in {"sqlite", "postgresql", "postgresql+psycopg"}:
        raise InputRefused.at("JURI_DATABASE_URL", f"Juri does not run on '{checked.drivername}'; {_EXAMPLES}")
    if checked.get_backend_name() == "postgresql":
        return checked.set(drivername="postgresql+psycopg")
    if checked.database in {None, "", ":memory:"}:
        raise InputRefused.at("JURI_DATABASE_URL", f"the embedded database needs a file; {_EXAMPLES}")
    return checked


_EXAMPLES = "write sqlite:///var/juri.db or postgresql://user@host/name"


@contextmanager
def said_plainly(url: URL) -> Iterator[None]:
    """Turn what the driver says about an unreachable, full or locked database into words for a person.

    Raises:
        ActionRefused: the database did not do it, with why.

    """
    try:
        yield
    except PoolTimeout as error:
        raise _refusal(url, "it is too busy; try again") from error
    except DBAPIError as error:
        if _is_duplicate(error):
            raise ActionRefused(
                ["somebody wrote the same at the same moment; look at what is stored now, then try again"],
                code="written_meanwhile",
            ) from error
        if not _is_of_the_server(error):
            raise
        raise _refusal(url, " ".join(str(error.orig).split())) from error


def _refusal(url: URL, why: str) -> ActionRefused:
    return ActionRefused([f"the database {url.render_as_string(hide_password=True)} did not do it: {why}"], "database")


def _is_duplicate(error: DBAPIError) -> bool:
    """Tell whether a row was there already: two writers met, and the other one was first."""
    return getattr(error.orig, "sqlstate", None) == _TWICE or str(error.orig).startswith("UNIQUE constraint failed")


def _is_of_the_server(error: DBAPIError) -> bool:
    """Tell what a server or a disk says (unreachable, full, locked, read-only, no database) from a fault of ours."""
    if isinstance(error, OperationalError) or type(error) is DatabaseError:
        return True
    return getattr(error.orig, "sqlstate", None) == _READ_ONLY


_TWICE = "23505"
_READ_ONLY = "25006"
"""How PostgreSQL numbers a row that is there already, and a server that takes no writes."""
