"""Plugins that an administrator switched off."""

import sqlalchemy as sa
from alembic import op

from juri.core.storage.types import UtcDateTime

revision = "r0002"
down_revision = "r0001"


def upgrade() -> None:
    op.create_table(
        "plugin_switch",
        sa.Column("plugin", sa.String(length=200), nullable=False),
        sa.Column("off", sa.Boolean(), nullable=False),
        sa.Column("switched_by", sa.String(length=200), nullable=False),
        sa.Column("at", UtcDateTime(length=32), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.PrimaryKeyConstraint("plugin", name=op.f("pk_plugin_switch")),
    )


def downgrade() -> None:
    op.drop_table("plugin_switch")
