"""The tables of judging: jurors, conflicts, assignments, scorecards and their revisions, sheets typed from paper."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from juri.core.lifecycle import states_of
from juri.core.storage.base import AppendOnly, Audited, Base
from juri.core.storage.types import CanonicalJson


class JurorRow(Audited, Base):
    """A person in a panel of an edition. ``code`` is what rankings and exports call the juror.

    ``categories`` limits what the juror may score (empty: everything); ``weight`` is a positive whole number.
    """

    __tablename__ = "juror"
    __table_args__ = (
        UniqueConstraint("edition_id", "panel", "person_id"),
        UniqueConstraint("edition_id", "code"),
        CheckConstraint("weight > 0", name="weight_is_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    panel: Mapped[str] = mapped_column(String(80))
    code: Mapped[str] = mapped_column(String(40))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    weight: Mapped[int] = mapped_column(default=1)
    categories: Mapped[Any] = mapped_column(CanonicalJson)
    active: Mapped[bool] = mapped_column(default=True)


class ConflictRow(AppendOnly, Base):
    """A conflict of interest: declared by the juror, or found by a rule."""

    __tablename__ = "conflict"
    __table_args__ = (
        UniqueConstraint("juror_id", "entry_id"),
        CheckConstraint("kind IN ('declared', 'own_agency', 'own_region', 'relation')", name="kind_is_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    juror_id: Mapped[int] = mapped_column(ForeignKey("juror.id"), index=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(500))
    said_by: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]


class AssignmentRow(Audited, Base):
    """This juror scores this entry in this stage."""

    __tablename__ = "assignment"
    __table_args__ = (
        states_of("assignment"),
        UniqueConstraint("stage_id", "entry_id", "juror_id"),
        Index(None, "juror_id", "stage_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    stage_id: Mapped[int] = mapped_column(ForeignKey("stage.id"))
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), index=True)
    juror_id: Mapped[int] = mapped_column(ForeignKey("juror.id"))
    state: Mapped[str] = mapped_column(String(20))


class ScorecardRow(Audited, Base):
    """The head of a scorecard: which revision is in force, and its exact total for ranking.

    ``version`` is what a writer must name; ``total_numerator / total_denominator`` is NULL for a draft.
    """

    __tablename__ = "scorecard"
    __table_args__ = (
        states_of("scorecard"),
        CheckConstraint("total_denominator > 0", name="denominator_is_positive"),
        CheckConstraint("state = 'draft' OR total_numerator IS NOT NULL", name="submitted_has_total"),
    )

    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(String(20))
    version: Mapped[int]
    total_numerator: Mapped[int | None] = mapped_column(BigInteger)
    total_denominator: Mapped[int | None] = mapped_column(BigInteger)


class ScorecardRevision(AppendOnly, Base):
    """One filled scorecard as it was sent: never changed, never deleted."""

    __tablename__ = "scorecard_revision"
    __table_args__ = (UniqueConstraint("assignment_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"))
    version: Mapped[int]
    state: Mapped[str] = mapped_column(String(20))
    answers: Mapped[Any] = mapped_column(CanonicalJson)
    points: Mapped[Any] = mapped_column(CanonicalJson)
    total: Mapped[str | None] = mapped_column(String(80))
    passed: Mapped[bool | None]
    rubric_hash: Mapped[str] = mapped_column(String(64))
    kind_version: Mapped[str] = mapped_column(String(80))
    written_by: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(String(500), default="")
    at: Mapped[datetime]


class PaperSheetRow(Audited, Base):
    """A scorecard that somebody typed from paper: it counts once another person has confirmed it.

    ``version`` is that of the scorecard which was there when it was typed. At most one sheet of a scorecard waits.
    """

    __tablename__ = "paper_sheet"
    __table_args__ = (
        states_of("paper"),
        CheckConstraint("state NOT IN ('confirmed', 'rejected') OR looked_by <> typed_by", name="two_people"),
        Index("uq_paper_sheet_waiting", "assignment_id", unique=True, sqlite_where=text("state = 'typed'"),
              postgresql_where=text("state = 'typed'")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), index=True)
    state: Mapped[str] = mapped_column(String(20))
    answers: Mapped[Any] = mapped_column(CanonicalJson)
    rubric_hash: Mapped[str] = mapped_column(String(64))
    version: Mapped[int]
    typed_by: Mapped[str] = mapped_column(String(200))
    typed_at: Mapped[datetime]
    looked_by: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(String(500))
