"""Who works behind the desk of an edition and also judges in it: narrowed to a juror where they score."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from juri.core.editions.model import EditionRow, StageRow
from juri.core.judging.loads import OUT
from juri.core.judging.model import AssignmentRow, JurorRow
from juri.core.policy import Actor, works_behind_the_desk
from juri.core.storage.base import table_of

_edition, _stage, _assignment, _juror = (table_of(each) for each in (EditionRow, StageRow, AssignmentRow, JurorRow))

_JUDGING = (
    select(_edition.c.slug, _stage.c.key)
    .select_from(
        _juror.join(_assignment, _assignment.c.juror_id == _juror.c.id)
        .join(_stage, _stage.c.id == _assignment.c.stage_id)
        .join(_edition, _edition.c.id == _stage.c.edition_id)
    )
    .where(
        _juror.c.person_id == bindparam("person"),
        _stage.c.state == "open",
        _assignment.c.state.not_in(OUT),
    )
    .distinct()
)


def narrowed(session: Session, actor: Actor) -> Actor:
    """Return an actor with the open stages in which they score, so that the policy keeps to them what jurors see.

    Nothing is asked of the database for who sees no more than a juror anyway.
    """
    if not works_behind_the_desk(actor):
        return actor
    rows = session.connection().execute(_JUDGING, {"person": actor.person})
    return replace(actor, judging=frozenset((edition, stage) for edition, stage in rows))
