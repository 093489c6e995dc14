"""Sheets that are typed from paper and confirmed by a second person."""

import sqlalchemy as sa
from alembic import op

from juri.core.storage.types import CanonicalJson, UtcDateTime

revision = "r0004"
down_revision = "r0003"


def upgrade() -> None:
    op.create_table(
        "paper_sheet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("answers", CanonicalJson(), nullable=False),
        sa.Column("rubric_hash", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("typed_by", sa.String(length=200), nullable=False),
        sa.Column("typed_at", UtcDateTime(length=32), nullable=False),
        sa.Column("looked_by", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.CheckConstraint(
            "state IN ('typed', 'confirmed', 'rejected', 'withdrawn')", name=op.f("ck_paper_sheet_state_is_known")
        ),
        sa.CheckConstraint(
            "state NOT IN ('confirmed', 'rejected') OR looked_by <> typed_by", name=op.f("ck_paper_sheet_two_people")
        ),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=op.f("fk_paper_sheet_assignment_id_assignment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_sheet")),
    )
    with op.batch_alter_table("paper_sheet", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_paper_sheet_assignment_id"), ["assignment_id"], unique=False)
        batch_op.create_index(
            "uq_paper_sheet_waiting",
            ["assignment_id"],
            unique=True,
            sqlite_where=sa.text("state = 'typed'"),
            postgresql_where=sa.text("state = 'typed'"),
        )


def downgrade() -> None:
    with op.batch_alter_table("paper_sheet", schema=None) as batch_op:
        batch_op.drop_index("uq_paper_sheet_waiting")
        batch_op.drop_index(batch_op.f("ix_paper_sheet_assignment_id"))

    op.drop_table("paper_sheet")
