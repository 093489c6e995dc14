"""The writing session: it knows which audited rows were touched and commits none without an audit line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Table, event, inspect
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session
from sqlalchemy.sql import Executable

from juri.core.storage.base import AppendOnly, Audited, row_digest, row_key
from juri.core.storage.limits import require_storable


class UnauditedWriteError(RuntimeError):
    """A fault of ours: an audited row was to be committed without an audit line, changed in place, or deleted."""


class WriteSession(Session):
    """A session whose touched rows are handed to the audit trail before the commit."""

    def touch(self, table: Table, values: Mapping[str, Any]) -> None:
        """Note a row that was written by a Core statement; ``values`` holds every column."""
        self._touched[table.name, row_key(table, values)] = row_digest(table, values)

    def take_touched(self) -> list[list[str]]:
        """Flush, and hand over what was touched since the last call: [table, key, digest], sorted."""
        self.flush()
        taken = sorted([table, key, digest] for (table, key), digest in self._touched.items())
        self._touched.clear()
        return taken

    @property
    def _touched(self) -> dict[tuple[str, str], str]:
        touched: dict[tuple[str, str], str] = self.info.setdefault("touched", {})
        return touched


def changed_rows(session: WriteSession, statement: Executable) -> int:
    """Carry out an update or a deletion of rows that are not audited; returns how many rows it met."""
    result = session.execute(statement)
    return result.rowcount if isinstance(result, CursorResult) else 0


@event.listens_for(WriteSession, "before_flush")
def _require_storable(session: WriteSession, _context: object, _instances: object) -> None:
    for row in [*session.new, *session.dirty]:
        state = inspect(row)
        written = {state.mapper.columns[name].name: v for name, v in state.dict.items() if name in state.mapper.columns}
        require_storable(state.mapper.local_table, written)


@event.listens_for(WriteSession, "before_flush")
def _guard(session: WriteSession, _context: object, _instances: object) -> None:
    for row in session.deleted:
        if isinstance(row, Audited):
            raise UnauditedWriteError(f"{row!r} would be deleted; a deletion is a state")
    for row in session.dirty:
        if isinstance(row, AppendOnly) and session.is_modified(row):
            raise UnauditedWriteError(f"{row!r} would be changed in place; a change is a new row")


@event.listens_for(WriteSession, "after_flush")
def _note_touched(session: WriteSession, _context: object) -> None:
    for row in [*session.new, *session.dirty]:
        if isinstance(row, Audited) and (row in session.new or session.is_modified(row)):
            mapper = inspect(row).mapper
            values = {column.name: getattr(row, mapper.get_property_by_column(column).key) for column in mapper.columns}
            session.touch(mapper.local_table, values)


@event.listens_for(WriteSession, "before_commit")
def _refuse_unaudited(session: WriteSession) -> None:
    left = session.take_touched()
    if left:
        raise UnauditedWriteError(f"no audit line accounts for {len(left)} written rows, such as {left[0][:2]}")


@event.listens_for(WriteSession, "after_rollback")
def _forget(session: WriteSession) -> None:
    session.info.clear()
