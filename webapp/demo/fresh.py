"""Starting anew: taking a demonstration's database away, and no other."""

from __future__ import annotations

from sqlalchemy import inspect

from juri.core.errors import ActionRefused
from juri.core.storage.database import Database
from juri.webapp.demo.preparing import other_editions

_BESIDE = ("", "-wal", "-shm", "-journal", ".lock")


def remove_demonstration(database: Database) -> bool:
    """Remove the file of an embedded database that holds demonstrations only; returns whether there was one.

    Raises:
        ActionRefused: it holds something else, or it is not an embedded database.

    """
    if not database.is_sqlite:
        raise ActionRefused(["--fresh removes an embedded database only; drop this one, create it again and go on"])
    if not database.path.is_file():
        return False
    reasons = _against_removing(database)
    database.dispose()
    if reasons:
        raise ActionRefused(reasons)
    for end in _BESIDE:
        database.path.with_name(database.path.name + end).unlink(missing_ok=True)
    return True


def _against_removing(database: Database) -> list[str]:
    tables = set(inspect(database.reader).get_table_names())
    if not tables:
        return []
    if not {"edition", "audit_event"} <= tables:
        return [f"'{database.path}' is not a database of Juri; it stays as it is"]
    with database.read() as session:
        others = other_editions(session)
    return [f"'{database.path}' holds more than demonstrations: {', '.join(others)}; it stays"] if others else []
