"""The tables of an edition: itself, the revisions of its document, its stages, and the copies that are worked on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from juri.core.lifecycle import states_of
from juri.core.storage.base import AppendOnly, Audited, Base
from juri.core.storage.types import CanonicalJson


class EditionRow(Audited, Base):
    """One edition; ``revision`` is the document in force."""

    __tablename__ = "edition"
    __table_args__ = (states_of("edition"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    state: Mapped[str] = mapped_column(String(20))
    revision: Mapped[int]


class EditionDocument(AppendOnly, Base):
    """A revision of the edition document: its text as written, and what it resolves to."""

    __tablename__ = "edition_document"
    __table_args__ = (UniqueConstraint("edition_id", "revision"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    revision: Mapped[int]
    origin: Mapped[str] = mapped_column(String(300))
    source: Mapped[str] = mapped_column(Text)
    data: Mapped[Any] = mapped_column(CanonicalJson)
    sha256: Mapped[str] = mapped_column(String(64))
    written_by: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]


class StageRow(Audited, Base):
    """One stage of an edition, and the gate of everything that is written in it.

    ``revision`` counts the openings: what was closed and reopened is told apart. Before ``embargo_until`` nobody
    publishes it.
    """

    __tablename__ = "stage"
    __table_args__ = (
        states_of("stage"),
        UniqueConstraint("edition_id", "key"),
        UniqueConstraint("edition_id", "position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    key: Mapped[str] = mapped_column(String(80))
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(20))
    revision: Mapped[int] = mapped_column(default=0)
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    embargo_until: Mapped[datetime | None]


class EditionDraft(Audited, Base):
    """The working copy of an edition's document, which organisers change until they put it in force.

    ``version`` counts its revisions and is what a writer must name; ``base_revision`` is the document in force that
    it began from: 0 for an edition that is not installed yet.
    """

    __tablename__ = "edition_draft"
    __table_args__ = (CheckConstraint("state IN ('editing', 'discarded')", name="state_is_known"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    state: Mapped[str] = mapped_column(String(20))
    version: Mapped[int]
    base_revision: Mapped[int]


class EditionDraftRevision(AppendOnly, Base):
    """A working copy as it was saved: never changed, never deleted. ``note`` says what was changed."""

    __tablename__ = "edition_draft_revision"
    __table_args__ = (UniqueConstraint("draft_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("edition_draft.id"))
    version: Mapped[int]
    source: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(String(300))
    written_by: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]
