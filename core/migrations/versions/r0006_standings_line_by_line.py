"""Standings line by line, so that a page of them is read without the rest; those of earlier snapshots, too."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.orm import Session

from juri.core.results.lines import head_rows, line_rows, ranked_word_rows
from juri.core.storage.types import CanonicalJson

revision = "r0006"
down_revision = "r0005"


def upgrade() -> None:
    heads = op.create_table(
        "standings_head",
        sa.Column("snapshot_id", sa.Integer(), nullable=False),
        sa.Column("track", sa.String(length=80), nullable=False),
        sa.Column("before", sa.Integer(), nullable=False),
        sa.Column("ranked", sa.Integer(), nullable=False),
        sa.Column("unranked", sa.Integer(), nullable=False),
        sa.Column("told", CanonicalJson(), nullable=False),
        sa.ForeignKeyConstraint(["snapshot_id"], ["snapshot.id"], name=op.f("fk_standings_head_snapshot_id_snapshot")),
        sa.PrimaryKeyConstraint("snapshot_id", "track", name=op.f("pk_standings_head")),
    )
    lines = op.create_table(
        "standings_line",
        sa.Column("snapshot_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("told", CanonicalJson(), nullable=False),
        sa.ForeignKeyConstraint(["snapshot_id"], ["snapshot.id"], name=op.f("fk_standings_line_snapshot_id_snapshot")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_standings_line_entry_id_entry")),
        sa.PrimaryKeyConstraint("snapshot_id", "number", name=op.f("pk_standings_line")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_standings_line_snapshot_id_entry_id"), "standings_line", ["snapshot_id", "entry_id"])
    words = op.create_table(
        "entry_word",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("word", sa.String(40).with_variant(sa.String(40, collation="C"), "postgresql"), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_entry_word_edition_id_edition")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_entry_word_entry_id_entry")),
        sa.PrimaryKeyConstraint("edition_id", "word", "entry_id", name=op.f("pk_entry_word")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_decision_stage_id_round_outcome"), ["stage_id", "round", "outcome"])
        batch_op.drop_index(batch_op.f("ix_decision_stage_id"))
    with Session(op.get_bind()) as session:  # words come last: they are those of the entries that have a line by then
        for table, work_out in ((heads, head_rows), (lines, line_rows), (words, ranked_word_rows)):
            op.bulk_insert(table, list(work_out(session)))


def downgrade() -> None:
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_decision_stage_id"), ["stage_id"])
        batch_op.drop_index(batch_op.f("ix_decision_stage_id_round_outcome"))
    for table in ("entry_word", "standings_line", "standings_head"):
        op.drop_table(table)
