"""Bringing a database to the tables of this version."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from juri.core.errors import ActionRefused
from juri.core.storage.database import Database


def migrate(database: Database) -> str:
    """Upgrade the database to the newest revision, in one transaction; returns the revision.

    Raises:
        ActionRefused: the database was made by a newer version.

    """
    with _config() as config, database.change() as connection:
        _require_not_newer(database, _found(connection))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        return _known().newest


def require_current(database: Database) -> None:
    """Refuse to work on a database of another version.

    Raises:
        ActionRefused: the database is empty, older or newer; says what to do.

    """
    with database.read() as session:
        found = _found(session.connection())
    _require_not_newer(database, found)
    wanted = _known().newest
    if found != wanted:
        state = "has no tables yet" if found is None else f"is at revision {found}, this version needs {wanted}"
        raise ActionRefused([f"{_shown(database)} {state}: run 'juri db upgrade' first"], code="database_revision")


def revision_of(session: Session) -> tuple[str, str]:
    """Return the revision of the stored tables and the one that this version needs; empty where there are none."""
    return _found(session.connection()) or "", _known().newest


@dataclass(frozen=True)
class _Revisions:
    """The revisions that this version knows, and the one that it needs."""

    all: frozenset[str]
    newest: str


@cache
def _known() -> _Revisions:
    """Read the migrations once: they do not change while the program runs."""
    with _config() as config:
        scripts = ScriptDirectory.from_config(config)
        return _Revisions(
            frozenset(each.revision for each in scripts.walk_revisions()), str(scripts.get_current_head())
        )


def _found(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _require_not_newer(database: Database, found: str | None) -> None:
    if found is not None and found not in _known().all:
        raise ActionRefused(
            [f"{_shown(database)} is at revision {found}, which this version does not know: install a newer Juri"],
            code="database_revision",
        )


def _shown(database: Database) -> str:
    return f"the database {database.url.render_as_string(hide_password=True)}"


@contextmanager
def _config() -> Iterator[Config]:
    """Point alembic at the migrations, wherever they are installed."""
    with as_file(files("juri.core") / "migrations") as folder:
        config = Config()
        config.set_main_option("script_location", str(folder).replace("%", "%%"))
        yield config
