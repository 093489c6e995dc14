"""Idempotency: a write that is sent twice has one effect, and the second sender gets the first answer."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import String, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from juri.core.clock import now
from juri.core.errors import InputRefused
from juri.core.storage.base import Base, table_of
from juri.core.storage.limits import require_storable
from juri.core.storage.prepared import Prepared
from juri.core.storage.types import CanonicalJson, canonical_json


class IdempotencyKey(Base):
    """A key that a client sent with a write, with the hash of what it sent and the reply it got."""

    __tablename__ = "idempotency_key"

    actor: Mapped[str] = mapped_column(String(200), primary_key=True)
    key: Mapped[str] = mapped_column(String(100), primary_key=True)
    body_sha256: Mapped[str] = mapped_column(String(64))
    reply: Mapped[Any] = mapped_column(CanonicalJson, nullable=True)
    at: Mapped[datetime]


def once(session: Session, *, actor: str, key: str, body: Any, do: Callable[[], Any]) -> Any:
    """Do a write once for a key: the key goes in first, so that of two at the same moment one waits for the other.

    Args:
        session: the caller's writing transaction.
        actor: keys of different people never meet.
        key: what the client made up for this write.
        body: what was sent, as plain JSON; the same key with another body is refused.
        do: the write; its reply must be plain JSON.

    Raises:
        InputRefused: the key was used before for something else, or cannot be stored.

    """
    require_storable(table_of(IdempotencyKey), {"actor": actor, "key": key})
    digest = hashlib.sha256(canonical_json(body).encode()).hexdigest()
    if not _claim(session, actor, key, digest):
        return _earlier_reply(session, actor, key, digest)
    reply = do()
    _ANSWERED.rows(session, {"of_actor": actor, "of_key": key, "reply": reply})
    return reply


_keys = table_of(IdempotencyKey)
_CLAIMS = {
    dialect: Prepared(insert(_keys).on_conflict_do_nothing().returning(_keys.c.key))
    for dialect, insert in (("sqlite", sqlite_insert), ("postgresql", pg_insert))
}
_ANSWERED = Prepared(
    update(_keys)
    .where(_keys.c.actor == bindparam("of_actor"), _keys.c.key == bindparam("of_key"))
    .values(reply=bindparam("reply", type_=_keys.c.reply.type))
)


def _claim(session: Session, actor: str, key: str, digest: str) -> bool:
    claim = _CLAIMS[session.get_bind().dialect.name]
    values = {"actor": actor, "key": key, "body_sha256": digest, "reply": None, "at": now()}
    return bool(claim.rows(session, values))


def _earlier_reply(session: Session, actor: str, key: str, digest: str) -> Any:
    found = session.execute(
        select(IdempotencyKey.body_sha256, IdempotencyKey.reply).where(
            IdempotencyKey.actor == actor, IdempotencyKey.key == key
        )
    ).one()
    if found.body_sha256 != digest:
        raise InputRefused.at("idempotency_key", f"the key '{key}' was used before for something else", "key_reused")
    return found.reply
