"""Reading the trail: the acts that somebody looks for, the newest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from juri.core.audit.model import AuditEvent

MOST = 200


@dataclass(frozen=True)
class Wanted:
    """Which acts: empty means all. ``actor``, ``action`` and ``subject`` are how theirs begins.

    ``edition`` leaves only acts on that edition, for whoever may see no other.
    """

    actor: str = ""
    action: str = ""
    subject: str = ""
    since: datetime | None = None
    until: datetime | None = None
    edition: str = ""


def list_events(session: Session, wanted: Wanted, *, before: int | None = None, most: int = 50) -> list[AuditEvent]:
    """Return acts, the newest first; those older than ``before``, a number that an earlier page ended with."""
    statement = select(AuditEvent).where(*_conditions(wanted)).order_by(AuditEvent.id.desc()).limit(min(most, MOST))
    return list(session.scalars(statement if before is None else statement.where(AuditEvent.id < before)))


def count_events(session: Session, wanted: Wanted) -> int:
    """Count acts."""
    return session.scalar(select(func.count()).select_from(AuditEvent).where(*_conditions(wanted))) or 0


def list_actions(session: Session) -> list[str]:
    """Return every action that was ever recorded, by name."""
    return list(session.scalars(select(AuditEvent.action).distinct().order_by(AuditEvent.action)))


def waiting_since(session: Session) -> tuple[int, datetime | None]:
    """Return how many events are not sealed yet, and since when the oldest of them waits."""
    waiting = select(func.count(), func.min(AuditEvent.at)).where(AuditEvent.seq.is_(None))
    count, oldest = session.execute(waiting).one()
    return count, oldest


def _conditions(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    for column, start in (
        (AuditEvent.actor, wanted.actor),
        (AuditEvent.action, wanted.action),
        (AuditEvent.subject, wanted.subject),
    ):
        if start:
            yield column.startswith(start, autoescape=True)
    if wanted.since:
        yield AuditEvent.at >= wanted.since
    if wanted.until:
        yield AuditEvent.at < wanted.until
    if wanted.edition:
        below = AuditEvent.subject.startswith(f"{wanted.edition}/", autoescape=True)
        yield or_(AuditEvent.subject == wanted.edition, below)
