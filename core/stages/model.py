"""The acts that stages keep, whatever their kind, and the approvals that need a second person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from juri.core.storage.base import AppendOnly, Base
from juri.core.storage.types import CanonicalJson


class StageRecord(AppendOnly, Base):
    """One act in a stage: a check, a visit, an attendance, a vote, an objection, an adoption.

    The newest record of (topic, entry, subject) is in force; the older ones stay.
    """

    __tablename__ = "stage_record"

    id: Mapped[int] = mapped_column(primary_key=True)
    stage_id: Mapped[int] = mapped_column(ForeignKey("stage.id"), index=True)
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"))
    topic: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(120), default="")
    data: Mapped[Any] = mapped_column(CanonicalJson)
    written_by: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]


class Approval(AppendOnly, Base):
    """One person's word for an act that needs two (reopening a stage): the second person's word does it."""

    __tablename__ = "approval"
    __table_args__ = (UniqueConstraint("stage_id", "action", "round", "person"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    stage_id: Mapped[int] = mapped_column(ForeignKey("stage.id"))
    action: Mapped[str] = mapped_column(String(40))
    round: Mapped[int]
    person: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
