"""What is assigned to a person is found by the person, however many assignments a stage has."""

from alembic import op

revision = "r0005"
down_revision = "r0004"


def upgrade() -> None:
    with op.batch_alter_table("juror", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_juror_person_id"), ["person_id"], unique=False)
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_assignment_juror_id"))
        batch_op.create_index(batch_op.f("ix_assignment_juror_id_stage_id"), ["juror_id", "stage_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_assignment_juror_id_stage_id"))
        batch_op.create_index(batch_op.f("ix_assignment_juror_id"), ["juror_id"], unique=False)
    with op.batch_alter_table("juror", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_juror_person_id"))
