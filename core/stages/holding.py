"""What every verb on a stage does: hold it alone, check the right, leave an audit line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from juri.core.audit.trail import record
from juri.core.editions.gate import hold_stage
from juri.core.editions.model import EditionRow, StageRow
from juri.core.editions.verbs import Running, require_in_force
from juri.core.entries.model import EntryRow
from juri.core.extension import StageKind
from juri.core.policy import Actor, Subject, require
from juri.core.storage.session import WriteSession


def hold_alone(session: WriteSession, running: Running, key: str, by: Actor, action: str) -> tuple[StageRow, StageKind]:
    """Lock a stage for an act that changes it, if the actor may; returns it with its kind.

    Raises:
        ActionRefused: the actor may not, or the edition was revised between its reading and the lock.

    """
    spec = running.stage(key)
    row = hold_stage(session, running.id, key, alone=True)
    require(by, action, Subject(running.slug, state=row.state, stage=key))
    require_in_force(running, session.scalar(select(EditionRow.revision).where(EditionRow.id == running.id)))
    return row, running.registry.find(StageKind, spec.kind)


def note(
    session: WriteSession, running: Running, row: StageRow, *, by: Actor, action: str, detail: Mapping[str, Any]
) -> None:
    """Leave the audit line of an act on a stage."""
    told = {"round": str(row.revision), **detail}
    record(session, by=by.name, action=action, subject=f"{running.slug}/{row.key}", detail=told)


def entry_ids(session: Session, running: Running) -> dict[str, int]:
    """Map the codes of an edition's entries to their ids."""
    found = session.execute(select(EntryRow.code, EntryRow.id).where(EntryRow.edition_id == running.id))
    return {code: number for code, number in found}  # noqa: C416  a row is no pair to the type checker
