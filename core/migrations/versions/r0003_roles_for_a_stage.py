"""Roles that are held for one stage of an edition."""

import sqlalchemy as sa
from alembic import op

from juri.core.audit.trail import account_anew

revision = "r0003"
down_revision = "r0002"

ONCE = "uq_role_grant_person_id_role_edition_organization"


def upgrade() -> None:
    with op.batch_alter_table("role_grant") as batch:
        batch.add_column(sa.Column("stage", sa.String(length=80), nullable=False, server_default=""))
        batch.drop_constraint(ONCE, type_="unique")
        batch.create_unique_constraint(f"{ONCE}_stage", ["person_id", "role", "edition", "organization", "stage"])
    with op.batch_alter_table("role_grant") as batch:
        batch.alter_column("stage", server_default=None)
    account_anew(op.get_bind(), ["role_grant"], why="roles may be held for one stage")


def downgrade() -> None:
    op.execute("DELETE FROM role_grant WHERE stage <> ''")  # they must not grow to the whole edition
    with op.batch_alter_table("role_grant") as batch:
        batch.drop_constraint(f"{ONCE}_stage", type_="unique")
        batch.create_unique_constraint(ONCE, ["person_id", "role", "edition", "organization"])
        batch.drop_column("stage")
    account_anew(op.get_bind(), ["role_grant"], why="roles are held for whole editions again")
