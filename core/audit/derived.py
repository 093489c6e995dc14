"""Tables whose rows follow from audited rows: no audit event lists them, the check works them out again instead.

An event that listed them would hold a digest for each, beside the one of the row that they all follow from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Table, event
from sqlalchemy.orm import Session

from juri.core.storage.base import Base, table_of
from juri.core.storage.session import UnauditedWriteError, WriteSession

Derivation = Callable[[Session], Iterator[dict[str, Any]]]
"""Works out every row that a derived table must have, with all its columns, from what else is stored."""


class Derived:
    """An append-only table whose every row follows from audited rows; ``works_out`` names what works them out."""


_derivations: dict[Table, Derivation] = {}


def works_out(entity: type[Base]) -> Callable[[Derivation], Derivation]:
    """Register the function that works out the rows of a derived table, for the check and for migrations."""

    def register(derivation: Derivation) -> Derivation:
        _derivations[table_of(entity)] = derivation
        return derivation

    return register


def derivations() -> list[tuple[Table, Derivation]]:
    """Return the derived tables, sorted by name, each with what works it out; only imported ones are known."""
    return sorted(_derivations.items(), key=lambda known: known[0].name)


@event.listens_for(WriteSession, "before_flush")
def _guard(session: WriteSession, _context: object, _instances: object) -> None:
    for row in session.deleted:
        if isinstance(row, Derived):
            raise UnauditedWriteError(f"{row!r} would be deleted; it follows from rows that stay")
    for row in session.dirty:
        if isinstance(row, Derived) and session.is_modified(row):
            raise UnauditedWriteError(f"{row!r} would be changed in place; it follows from rows that stay")
