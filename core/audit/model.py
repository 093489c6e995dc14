"""The tables of the audit trail."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, FetchedValue, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from juri.core.storage.base import Base
from juri.core.storage.types import CanonicalJson

ROOT = "0" * 64
"""What the first event points back to."""


class AuditEvent(Base):
    """One act: who did what to which subject, when, and the digest of every row it wrote.

    ``seq``, ``prev_hash`` and ``hash`` are filled when the event is sealed into the chain: at once on SQLite, by the
    sealer on PostgreSQL, where ``xid`` (the writing transaction) tells what is safely committed.
    """

    __tablename__ = "audit_event"
    __table_args__ = (
        UniqueConstraint("seq"),
        CheckConstraint("(seq IS NULL) = (hash IS NULL) AND (seq IS NULL) = (prev_hash IS NULL)", name="sealed_whole"),
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(200))
    action: Mapped[str] = mapped_column(String(60), index=True)
    subject: Mapped[str] = mapped_column(String(300), index=True)
    detail: Mapped[Any] = mapped_column(CanonicalJson)
    rows: Mapped[Any] = mapped_column(CanonicalJson)
    xid: Mapped[int | None] = mapped_column(BigInteger, server_default=FetchedValue())
    seq: Mapped[int | None] = mapped_column(BigInteger)
    prev_hash: Mapped[str | None] = mapped_column(String(64))
    hash: Mapped[str | None] = mapped_column(String(64))


class AuditHead(Base):
    """The end of the chain: how many events are sealed, and the hash of the last. One row."""

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str] = mapped_column(String(64))
