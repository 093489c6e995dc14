"""The tables of results: decisions, snapshots, awards."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from juri.core.audit.derived import Derived
from juri.core.storage.base import AppendOnly, Base
from juri.core.storage.types import CanonicalJson


class DecisionRow(AppendOnly, Base):
    """An outcome for one entry in one stage. What the rules proposed and what people decided are kept apart.

    ``round`` is the stage's revision; within it the highest ``number`` of a status is in force.
    """

    __tablename__ = "decision"
    __table_args__ = (
        UniqueConstraint("stage_id", "entry_id", "round", "number"),
        Index(None, "stage_id", "round", "outcome"),
        CheckConstraint("status IN ('proposed', 'decided')", name="status_is_known"),
        CheckConstraint("status = 'proposed' OR signer <> ''", name="decided_has_signer"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    stage_id: Mapped[int] = mapped_column(ForeignKey("stage.id"))
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), index=True)
    round: Mapped[int]
    number: Mapped[int]
    status: Mapped[str] = mapped_column(String(20))
    outcome: Mapped[str] = mapped_column(String(40))
    rule: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    codes: Mapped[Any] = mapped_column(CanonicalJson)
    displaced_by: Mapped[str] = mapped_column(String(40), default="")
    signer: Mapped[str] = mapped_column(String(200), default="")
    at: Mapped[datetime]


class TieOrderRow(AppendOnly, Base):
    """The panel's recorded order of tied entries in one stage: the last link of a tie chain."""

    __tablename__ = "tie_order"

    id: Mapped[int] = mapped_column(primary_key=True)
    stage_id: Mapped[int] = mapped_column(ForeignKey("stage.id"), index=True)
    codes: Mapped[Any] = mapped_column(CanonicalJson)
    reason: Mapped[str] = mapped_column(Text)
    signer: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]


class SnapshotRow(AppendOnly, Base):
    """What a stage came to, as one canonical text with the hash of everything it was computed from."""

    __tablename__ = "snapshot"
    __table_args__ = (UniqueConstraint("stage_id", "round", "status"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    stage_id: Mapped[int] = mapped_column(ForeignKey("stage.id"))
    round: Mapped[int]
    status: Mapped[str] = mapped_column(String(20))
    inputs_sha256: Mapped[str] = mapped_column(String(64))
    rules_sha256: Mapped[str] = mapped_column(String(64))
    result_sha256: Mapped[str] = mapped_column(String(64))
    body: Mapped[Any] = mapped_column(CanonicalJson)
    signers: Mapped[Any] = mapped_column(CanonicalJson)
    at: Mapped[datetime]


class StandingsHeadRow(Derived, Base):
    """What a snapshot says of the standings of one track as a whole.

    Its lines follow the first ``before`` lines of the snapshot: those with a rank, then those without.
    """

    __tablename__ = "standings_head"

    snapshot_id: Mapped[int] = mapped_column(ForeignKey("snapshot.id"), primary_key=True)
    track: Mapped[str] = mapped_column(String(80), primary_key=True)
    before: Mapped[int]
    ranked: Mapped[int]
    unranked: Mapped[int]
    told: Mapped[Any] = mapped_column(CanonicalJson)


class StandingsLineRow(Derived, Base):
    """What a snapshot says of one entry, as it says it. Lines are numbered from 1 on through all tracks, as shown."""

    __tablename__ = "standings_line"
    __table_args__ = (Index(None, "snapshot_id", "entry_id"), {"sqlite_with_rowid": False})

    snapshot_id: Mapped[int] = mapped_column(ForeignKey("snapshot.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"))
    told: Mapped[Any] = mapped_column(CanonicalJson)


class AwardRow(AppendOnly, Base):
    """A title that was given: to an entry, its entrant or a person."""

    __tablename__ = "award"

    id: Mapped[int] = mapped_column(primary_key=True)
    stage_id: Mapped[int] = mapped_column(ForeignKey("stage.id"), index=True)
    round: Mapped[int]
    award: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(200))
    recipient_type: Mapped[str] = mapped_column(String(20))
    recipient: Mapped[str] = mapped_column(String(400))
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"))
    track: Mapped[str] = mapped_column(String(80), default="")
    rank: Mapped[int | None]
