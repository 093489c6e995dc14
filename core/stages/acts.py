"""Acts in a stage: what its kind keeps beside scorecards, such as checks, visits, votes and objections."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from marshmallow import ValidationError
from sqlalchemy import select

from juri.core.audit.trail import record
from juri.core.editions.gate import hold_open, hold_stage
from juri.core.editions.verbs import Running
from juri.core.entries.model import EntryRow
from juri.core.errors import ActionRefused, InputRefused, NotFound, Problem
from juri.core.extension import RecordType, StageKind
from juri.core.policy import Actor, Subject, require
from juri.core.stages.model import StageRecord
from juri.core.storage.database import database_now
from juri.core.storage.session import WriteSession
from juri.core.storage.types import plain_json


def record_act(
    session: WriteSession,
    running: Running,
    stage: str,
    topic: str,
    data: Mapping[str, Any],
    *,
    by: Actor,
    entry: str = "",
    subject: str = "",
) -> StageRecord:
    """Keep an act; it takes the place of the one before of the same topic, entry and subject, which stays stored.

    Raises:
        InputRefused: the data is not what the topic needs; every problem with its field.
        NotFound: the stage's kind keeps no such acts, or there is no such entry.
        ActionRefused: the stage is not open for it, or its deadline has passed.

    """
    require(by, "record.write", Subject(running.slug))
    kind = running.registry.find(StageKind, running.stage(stage).kind)
    told = kind.records.get(topic)
    if told is None:
        raise NotFound("act", topic, f"a {kind.name} stage keeps {', '.join(sorted(kind.records)) or 'none'}")
    _require_good(told, data)
    row_id, moment = _hold(session, running, stage, told)
    row = StageRecord(
        stage_id=row_id,
        entry_id=_entry_id(session, running, entry, told),
        topic=topic,
        subject=subject,
        data=plain_json(data),
        written_by=by.name,
        at=moment,
    )
    session.add(row)
    path = "/".join(part for part in (running.slug, stage, entry, subject) if part)
    record(session, by=by.name, action=f"record.{topic}", subject=path)
    return row


def _hold(session: WriteSession, running: Running, stage: str, told: RecordType) -> tuple[int, datetime]:
    if not told.after_close:
        row, moment = hold_open(session, running.id, stage)
        return row.id, moment
    row = hold_stage(session, running.id, stage, alone=False)
    if row.state == "planned":
        raise ActionRefused([f"the stage '{stage}' is not open yet"], code="stage_not_open")
    return row.id, database_now(session)


def _require_good(told: RecordType, data: Mapping[str, Any]) -> None:
    try:
        told.schema().load(data)
    except ValidationError as error:
        raise InputRefused(_problems(error.messages)) from error


def _problems(messages: Any, at: str = "") -> list[Problem]:
    if isinstance(messages, Mapping):
        return [p for name, below in messages.items() for p in _problems(below, f"{at}.{name}" if at else str(name))]
    return [Problem(at, str(message)) for message in messages]


def _entry_id(session: WriteSession, running: Running, entry: str, told: RecordType) -> int | None:
    if not told.per_entry:
        if entry:
            raise InputRefused.at("entry", "this act is of the stage as a whole; leave the entry out")
        return None
    found = session.scalar(select(EntryRow.id).where(EntryRow.edition_id == running.id, EntryRow.code == entry))
    if found is None:
        raise NotFound("entry", entry, f"in edition {running.slug}")
    return found
