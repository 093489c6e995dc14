"""The gate of a stage: whoever writes in it holds it shared, whoever closes it holds it alone.

On PostgreSQL the gate is a lock on the stage's row (a foreign key does not protect: 321 late scores measured); on
SQLite the writing transaction is the gate. Only the database's clock decides a deadline, asked after the lock.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from juri.core.editions.model import StageRow
from juri.core.errors import ActionRefused, NotFound
from juri.core.storage.database import database_now


def hold_stage(session: Session, edition_id: int, key: str, *, alone: bool) -> StageRow:
    """Lock a stage until the end of the transaction and read it afresh.

    Raises:
        NotFound: the edition has no such stage.

    """
    statement = (
        select(StageRow)
        .where(StageRow.edition_id == edition_id, StageRow.key == key)
        .with_for_update(read=not alone)
        .execution_options(populate_existing=True)
    )
    row = session.scalar(statement)
    if row is None:
        raise NotFound("stage", key)
    return row


def hold_open(session: Session, edition_id: int, key: str, *, alone: bool = False) -> tuple[StageRow, datetime]:
    """Hold a stage for writing in it, shared unless ``alone``; returns it with the database's time.

    Raises:
        ActionRefused: the stage is not open, or its deadline has passed.

    """
    row = hold_stage(session, edition_id, key, alone=alone)
    moment = database_now(session)
    if row.state != "open":
        raise ActionRefused([f"the stage '{key}' is {row.state}; it takes nothing now"], code="stage_not_open")
    if row.closes_at is not None and moment > row.closes_at:
        until, now = f"{row.closes_at:%Y-%m-%d %H:%M:%S}", f"{moment:%Y-%m-%d %H:%M:%S}"
        raise ActionRefused([f"the stage '{key}' was open until {until} UTC; it is {now} now"], code="deadline_passed")
    return row, moment


def find_stage(session: Session, edition_id: int, key: str) -> StageRow:
    """Read a stage without holding it.

    Raises:
        NotFound: the edition has no such stage.

    """
    row = session.scalar(select(StageRow).where(StageRow.edition_id == edition_id, StageRow.key == key))
    if row is None:
        raise NotFound("stage", key)
    return row
