"""Bringing a database to the tables of this version."""

from __future__ import annotations

from importlib.resources import as_file, files

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from juri.core.errors import ActionRefused
from juri.core.storage.database import Database


def migrate(database: Database) -> str:
    """Upgrade the database to the newest revision, in one transaction; returns the revision."""
    with as_file(files("juri.core") / "migrations") as folder, database.writer.begin() as connection:
        config = _config(str(folder), connection)
        command.upgrade(config, "head")
        return str(ScriptDirectory.from_config(config).get_current_head())


def require_current(database: Database) -> None:
    """Refuse to work on a database of another version.

    Raises:
        ActionRefused: the database is empty, older or newer; says what to do.

    """
    with as_file(files("juri.core") / "migrations") as folder, database.writer.connect() as connection:
        wanted = ScriptDirectory.from_config(_config(str(folder), connection)).get_current_head()
        found = MigrationContext.configure(connection).get_current_revision()
    if found != wanted:
        state = "has no tables yet" if found is None else f"is at revision {found}, this version needs {wanted}"
        shown = database.url.render_as_string(hide_password=True)
        raise ActionRefused([f"the database {shown} {state}: run 'juri db upgrade' first"], code="database_revision")


def _config(folder: str, connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", folder.replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
