"""The gate of a stage: whoever writes in it holds it shared, whoever closes it holds it alone.

On PostgreSQL the gate is an advisory lock, which is handed out in turn (a foreign key does not protect: 321 late scores
measured; a share lock on the row does, but writers who follow each other closely keep a closer waiting for as long as
they like: 40 seconds measured). On SQLite the writing transaction is the gate. Only the database's clock decides a
deadline, asked after the lock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Integer, bindparam, func, select, text
from sqlalchemy.orm import Session

from juri.core.editions.model import StageRow
from juri.core.errors import ActionRefused, NotFound
from juri.core.storage.database import Moment, database_now
from juri.core.storage.prepared import Prepared

_HERE = (StageRow.edition_id == bindparam("edition"), StageRow.key == bindparam("key"))
_STAGE = select(StageRow).where(*_HERE)
_AFRESH = _STAGE.execution_options(populate_existing=True)
_AFRESH_ALONE = _AFRESH.with_for_update()
_ALONE = text("SELECT pg_advisory_xact_lock(:edition, hashtext(:key))")
_SHARED = text("SELECT pg_advisory_xact_lock_shared(:edition, hashtext(:key))")
_ENTERED = Prepared(
    select(func.pg_advisory_xact_lock_shared(bindparam("edition", type_=Integer), func.hashtext(bindparam("key"))))
)
_NOW = Prepared(select(StageRow.id, StageRow.state, StageRow.closes_at, Moment().label("moment")).where(*_HERE))


@dataclass(frozen=True)
class Gate:
    """A stage as far as who writes in it is concerned: its number, its state, and until when it takes anything."""

    id: int
    state: str
    closes_at: datetime | None


def hold_stage(session: Session, edition_id: int, key: str, *, alone: bool) -> StageRow:
    """Lock a stage until the end of the transaction and read it afresh.

    Raises:
        NotFound: the edition has no such stage.

    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_ALONE if alone else _SHARED, {"edition": edition_id, "key": key})
    row = session.scalar(_AFRESH_ALONE if alone else _AFRESH, {"edition": edition_id, "key": key})
    if row is None:
        raise NotFound("stage", key)
    return row


def hold_every_stage(session: Session, edition_id: int) -> list[StageRow]:
    """Hold all stages of an edition alone, first things first: nobody writes in any of them meanwhile."""
    keys = session.scalars(select(StageRow.key).where(StageRow.edition_id == edition_id).order_by(StageRow.id)).all()
    return [hold_stage(session, edition_id, key, alone=True) for key in keys]


def enter_open(session: Session, edition_id: int, key: str) -> tuple[int, datetime]:
    """Hold a stage shared, as ``hold_open`` does, for a write that needs no more of it than its number and the time.

    Raises:
        NotFound: the edition has no such stage.
        ActionRefused: the stage is not open, or its deadline has passed.

    """
    place = {"edition": edition_id, "key": key}
    if session.get_bind().dialect.name == "postgresql":
        _ENTERED.rows(session, place)
    found = _NOW.first(session, place)
    if found is None:
        raise NotFound("stage", key)
    _require_open(key, found.state, found.closes_at, found.moment)
    return found.id, found.moment


def hold_open(session: Session, edition_id: int, key: str, *, alone: bool = False) -> tuple[StageRow, datetime]:
    """Hold a stage for writing in it, shared unless ``alone``; returns it with the database's time.

    Raises:
        ActionRefused: the stage is not open, or its deadline has passed.

    """
    row = hold_stage(session, edition_id, key, alone=alone)
    moment = database_now(session)
    _require_open(key, row.state, row.closes_at, moment)
    return row, moment


def _require_open(key: str, state: str, closes_at: datetime | None, moment: datetime) -> None:
    if state != "open":
        raise ActionRefused([f"the stage '{key}' is {state}; it takes nothing now"], code="stage_not_open")
    if closes_at is not None and moment > closes_at:
        until, now = f"{closes_at:%Y-%m-%d %H:%M:%S}", f"{moment:%Y-%m-%d %H:%M:%S}"
        raise ActionRefused([f"the stage '{key}' was open until {until} UTC; it is {now} now"], code="deadline_passed")


def find_gate(session: Session, edition_id: int, key: str) -> Gate:
    """Read the gate of a stage without holding it.

    Raises:
        NotFound: the edition has no such stage.

    """
    found = _NOW.first(session, {"edition": edition_id, "key": key})
    if found is None:
        raise NotFound("stage", key)
    return Gate(found.id, found.state, found.closes_at)


def find_stage(session: Session, edition_id: int, key: str) -> StageRow:
    """Read a stage without holding it.

    Raises:
        NotFound: the edition has no such stage.

    """
    row = session.scalar(_STAGE, {"edition": edition_id, "key": key})
    if row is None:
        raise NotFound("stage", key)
    return row
