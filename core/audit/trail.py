"""Writing the trail: one event for every act, linked by hash into a chain.

On SQLite writers come one after the other, so the chain is written in the act's own transaction. On PostgreSQL a
chain inside the transaction would make every writer wait for every other (measured: 280 against 1,350 a second), so
events are appended there and sealed afterwards in an order that is safe against late commits.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from itertools import takewhile
from typing import Any

from sqlalchemy import Boolean, literal_column, select, text
from sqlalchemy.orm import Session

from juri.core.audit.model import ROOT, AuditEvent, AuditHead
from juri.core.storage.base import plain_row, table_of
from juri.core.storage.database import Database, database_now
from juri.core.storage.session import WriteSession
from juri.core.storage.types import canonical_json
from juri.core.view import EventRecorded

SEALER_LOCK = 0x6A757269
"""The advisory lock that lets one sealer work at a time on PostgreSQL ("juri")."""


def record(
    session: WriteSession, *, by: str, action: str, subject: str, detail: Mapping[str, Any] | None = None
) -> AuditEvent:
    """Append the audit line of an act; it accounts for every row that was written since the last one.

    Args:
        session: the act's own transaction: act and line are stored together or not at all.
        by: who acted, as a stable name (an e-mail address, or ``operator:<name>`` at the command line).
        action: a dotted verb, such as ``scorecard.submit``.
        subject: what was acted on, as a path such as ``kipp-2023/proposal/U-0001``.
        detail: plain JSON: reasons, states before and after. Never a secret.

    """
    event = AuditEvent(
        at=database_now(session),
        actor=by,
        action=action,
        subject=subject,
        detail=dict(detail or {}),
        rows=session.take_touched(),
    )
    if session.get_bind().dialect.name == "sqlite":
        head = _head(session)
        event.id = head.seq + 1
        _link(event, head)
    session.add(event)
    session.flush()
    told = EventRecorded(action, subject, by, event.at, event.detail)
    session.info.setdefault("recorded", []).append(told)
    return event


def recorded(session: WriteSession) -> list[EventRecorded]:
    """Return the acts of a session, for telling the plugins once they are committed."""
    acts: list[EventRecorded] = session.info.get("recorded", [])
    return acts


def seal(database: Database) -> int:
    """Link every safely committed event that is not in the chain yet; returns how many.

    Nothing to do on SQLite. On PostgreSQL ids become visible out of order, so only events of transactions below the
    oldest one still running are sealed; and none beyond the first that must wait, since of two events about one row the
    later may belong to the transaction that began first.
    """
    if database.is_sqlite:
        return 0
    with database.write() as session:
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": SEALER_LOCK})
        head = _head(session)
        is_safe = literal_column("xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint", Boolean)
        waiting = session.execute(
            select(AuditEvent, is_safe).where(AuditEvent.seq.is_(None)).order_by(AuditEvent.id)
        ).all()
        safe = [event for event, _ in takewhile(lambda found: found[1], waiting)]
        for event in safe:
            _link(event, head)
        return len(safe)


def chain_head(session: Session) -> tuple[int, str]:
    """Return the count of sealed events and the hash of the last: the value to publish outside."""
    head = session.get(AuditHead, 1)
    return (head.seq, head.hash) if head else (0, ROOT)


def event_hash(plain: Mapping[str, Any]) -> str:
    """Return the SHA-256 of an event in plain form: of every column but the hash itself, so of the one before too."""
    said = {name: value for name, value in plain.items() if name != "hash"}
    return hashlib.sha256(canonical_json(said).encode()).hexdigest()


def _head(session: Session) -> AuditHead:
    """Return the end of the chain, and hold it: a session forgets rows that nobody holds and would ask for each act."""
    head: AuditHead | None = session.info.get("audit_head") or session.get(AuditHead, 1)
    if head is None:
        head = AuditHead(id=1, seq=0, hash=ROOT)
        session.add(head)
    session.info["audit_head"] = head
    return head


def _link(event: AuditEvent, head: AuditHead) -> None:
    table = table_of(AuditEvent)
    event.seq = head.seq + 1
    event.prev_hash = head.hash
    event.hash = event_hash(plain_row(table, {column.name: getattr(event, column.name) for column in table.columns}))
    head.seq, head.hash = event.seq, event.hash
