"""Writing the trail: one event for every act, linked by hash into a chain.

On SQLite writers come one after the other, so the chain is written in the act's own transaction. On PostgreSQL a
chain inside the transaction would make every writer wait for every other (measured: 280 against 1,350 a second), so
events are appended there and sealed afterwards in an order that is safe against late commits.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import takewhile
from typing import Any

from sqlalchemy import Boolean, Connection, MetaData, Table, bindparam, insert, literal_column, select, text, update
from sqlalchemy.orm import Session

from juri.core.audit.model import ROOT, AuditEvent, AuditHead
from juri.core.storage.base import plain_digest, plain_row, raw_columns, row_key, stored_row, table_of
from juri.core.storage.database import Database, database_now
from juri.core.storage.limits import require_storable
from juri.core.storage.prepared import Prepared, by_name
from juri.core.storage.session import WriteSession
from juri.core.storage.types import canonical_json
from juri.core.view import EventRecorded

SEALER_LOCK = 0x6A757269
"""The advisory lock that lets one sealer work at a time on PostgreSQL ("juri")."""


def record(
    session: WriteSession,
    *,
    by: str,
    action: str,
    subject: str,
    detail: Mapping[str, Any] | None = None,
    at: datetime | None = None,
) -> None:
    """Append the audit line of an act; it accounts for every row that was written since the last one.

    Args:
        session: the act's own transaction: act and line are stored together or not at all.
        by: who acted, as a stable name (an e-mail address, or ``operator:<name>`` at the command line).
        action: a dotted verb, such as ``scorecard.submit``.
        subject: what was acted on, as a path such as ``kipp-2023/proposal/U-0001``.
        detail: plain JSON: reasons, states before and after. Never a secret.
        at: when, where the act asked the clock of the database already.

    """
    event: dict[str, Any] = {
        "at": at or database_now(session),
        "actor": by,
        "action": action,
        "subject": subject,
        "detail": dict(detail or {}),
        "rows": session.take_touched(),
    }
    require_storable(_events, event)
    _append(session, event)
    told = EventRecorded(action, subject, by, event["at"], event["detail"])
    session.info.setdefault("recorded", []).append(told)


def account_anew(connection: Connection, tables: Iterable[str], *, why: str) -> None:
    """Account with one event for every row of tables whose columns a migration changed, as they are now.

    A row's digest is of all its columns: without this, the checker would take each for one edited past the engine.
    Tables are read as they stand in the database, since the models may be ahead of the migration. Without rows there
    is nothing to account for.
    """
    metadata, rows = MetaData(), []
    for table in (Table(name, metadata, autoload_with=connection) for name in tables):
        for raw in connection.execute(select(*raw_columns(table))).mappings():
            plain = stored_row(table, {str(name): value for name, value in raw.items()})
            rows.append([table.name, row_key(table, plain), plain_digest(table, plain)])
    if rows:
        with Session(connection) as session:
            event = {"at": database_now(session), "actor": "migration", "action": "database.migrate"}
            _append(session, {**event, "subject": ", ".join(tables), "detail": {"why": why}, "rows": sorted(rows)})


def _append(session: Session, event: dict[str, Any]) -> None:
    """Store an event: on SQLite behind the head of the chain, on PostgreSQL to be sealed afterwards."""
    if session.get_bind().dialect.name == "sqlite":
        seq, _ = head = _head(session)
        event = _linked({"id": seq + 1, "xid": None, **event}, head)
        _move_head(session, event)
        _SEALED_EVENT.rows(session, event)
    else:
        _EVENT.rows(session, event)


def recorded(session: WriteSession) -> list[EventRecorded]:
    """Return the acts of a session, for telling the plugins once they are committed."""
    acts: list[EventRecorded] = session.info.get("recorded", [])
    return acts


def seal(database: Database, *, wait: bool = True) -> int:
    """Link every safely committed event that is not in the chain yet; returns how many.

    One links at a time: who comes meanwhile waits, or without ``wait`` leaves it to the other and returns 0.

    Nothing to do on SQLite. On PostgreSQL ids become visible out of order, so only events of transactions below the
    oldest one still running are sealed; and none beyond the first that must wait, since of two events about one row the
    later may belong to the transaction that began first.
    """
    if database.is_sqlite:
        return 0
    with database.write() as session:
        if not _has_its_turn(session, wait=wait):
            return 0
        head = _head(session)
        sealed = []
        for waiting in takewhile(lambda found: found["is_safe"], session.execute(_WAITING).mappings().all()):
            sealed.append(_linked(dict(waiting), head))
            head = sealed[-1]["seq"], sealed[-1]["hash"]
        if sealed:
            session.execute(_SEALED, [{"event": each["id"], **{name: each[name] for name in _LINK}} for each in sealed])
            _move_head(session, sealed[-1])
        return len(sealed)


def _has_its_turn(session: WriteSession, *, wait: bool) -> bool:
    if wait:
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": SEALER_LOCK})
        return True
    return bool(session.scalar(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": SEALER_LOCK}))


def chain_head(session: Session) -> tuple[int, str]:
    """Return the count of sealed events and the hash of the last: the value to publish outside."""
    head = session.get(AuditHead, 1)
    return (head.seq, head.hash) if head else (0, ROOT)


def event_hash(plain: Mapping[str, Any]) -> str:
    """Return the SHA-256 of an event in plain form: of every column but the hash itself, so of the one before too."""
    said = {name: value for name, value in plain.items() if name != "hash"}
    return hashlib.sha256(canonical_json(said).encode()).hexdigest()


Head = tuple[int, str]
"""The end of the chain: how many events are sealed, and the hash of the last."""


def _head(session: Session) -> Head:
    """Return the end of the chain; within a transaction that holds it, it is asked for once."""
    known: Head | None = session.info.get("audit_head")
    if known is None:
        found = _HEAD.first(session)
        known = (found.seq, found.hash) if found else (0, ROOT)
        if found is None:
            session.execute(insert(_heads), {"id": 1, "seq": 0, "hash": ROOT})
    return known


def _move_head(session: Session, last: Mapping[str, Any]) -> None:
    _MOVED.rows(session, {"seq": last["seq"], "hash": last["hash"]})
    session.info["audit_head"] = (last["seq"], last["hash"])


def _linked(event: Mapping[str, Any], head: Head) -> dict[str, Any]:
    """Return an event with its place in the chain, behind the head."""
    seq, prev_hash = head
    linked = {**event, "seq": seq + 1, "prev_hash": prev_hash, "hash": None}
    return linked | {"hash": event_hash(plain_row(_events, linked))}


_events, _heads = table_of(AuditEvent), table_of(AuditHead)
_SEALED_EVENT = Prepared(insert(_events))
_EVENT = Prepared(insert(_events).values(by_name(_events, "at", "actor", "action", "subject", "detail", "rows")))
_HEAD = Prepared(select(_heads.c.seq, _heads.c.hash).where(_heads.c.id == 1))
_MOVED = Prepared(update(_heads).where(_heads.c.id == 1).values(by_name(_heads, "seq", "hash")))
_WAITING = (
    select(
        _events, literal_column("xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint", Boolean).label("is_safe")
    )
    .where(_events.c.seq.is_(None))
    .order_by(_events.c.id)
)
_LINK = ("seq", "prev_hash", "hash")
_SEALED = update(_events).where(_events.c.id == bindparam("event"))
