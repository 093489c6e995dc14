"""Sealing by two people: the first signs the result as it stands, the second person's signature seals it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from juri.core.editions.model import StageRow
from juri.core.editions.verbs import Running
from juri.core.errors import ActionRefused, InputRefused
from juri.core.policy import Actor
from juri.core.results.model import DecisionRow
from juri.core.results.snapshots import Hashes, find_snapshot
from juri.core.stages.gates import against_sealing
from juri.core.stages.holding import hold_alone, note
from juri.core.stages.model import Approval
from juri.core.stages.verbs import seal_stage
from juri.core.stages.views import stage_view
from juri.core.storage.database import database_now
from juri.core.storage.session import WriteSession


@dataclass(frozen=True)
class Signature:
    """One person's word that the result is right as it stands: the account, and the name it is signed with."""

    account: str
    name: str
    at: datetime


def sign_stage(session: WriteSession, running: Running, key: str, *, by: Actor, name: str) -> Hashes | None:
    """Sign a closed stage; the second person's signature under the same result seals it and gives its hashes.

    A signature holds for the decisions as they were: where one is changed afterwards, everybody signs again.

    Raises:
        InputRefused: no name is given.
        ActionRefused: the stage cannot be sealed yet (it says why), or the same person signs twice.

    """
    row, kind = hold_alone(session, running, key, by, "stage.seal")
    if not name.strip():
        raise InputRefused.at("name", "write the name of the person who answers for the result")
    if row.state != "closed":
        raise ActionRefused([f"'{key}' is {row.state}; a result is signed when it is closed and decided"])
    view = stage_view(session, running, row)
    reasons = against_sealing(running, kind, view)
    if reasons:
        raise ActionRefused(reasons)
    before = signatures(session, running, row)
    if by.name in {each.account for each in before}:
        raise ActionRefused([f"{by.name} has signed already; a second person must sign, too"], code="second_person")
    session.add(
        Approval(
            stage_id=row.id,
            action=_action(session, row),
            round=row.revision,
            person=by.name,
            reason=name.strip(),
            at=database_now(session),
        )
    )
    if before:
        return seal_stage(session, running, key, by=by, signers=[*(each.name for each in before), name.strip()])
    note(session, running, row, by=by, action="stage.sign", detail={"name": name.strip()})
    return None


def signatures(session: Session, running: Running, row: StageRow) -> tuple[Signature, ...]:
    """Return who signed the result of a closed stage as it stands now."""
    found = session.scalars(
        select(Approval)
        .where(Approval.stage_id == row.id, Approval.action == _action(session, row), Approval.round == row.revision)
        .order_by(Approval.id)
    )
    return tuple(Signature(each.person, each.reason, each.at) for each in found)


def reopening_asked(session: Session, row: StageRow) -> tuple[Signature, ...]:
    """Return who asked for a stage to be opened again; ``name`` is the reason given."""
    found = session.scalars(
        select(Approval)
        .where(Approval.stage_id == row.id, Approval.action == "reopen", Approval.round == row.revision)
        .order_by(Approval.id)
    )
    return tuple(Signature(each.person, each.reason, each.at) for each in found)


def _action(session: Session, row: StageRow) -> str:
    """Name what is signed: the result that was closed and the newest decision on it."""
    closed = find_snapshot(session, row, with_body=False)
    newest = session.scalar(
        select(func.max(DecisionRow.id)).where(DecisionRow.stage_id == row.id, DecisionRow.round == row.revision)
    )
    return f"seal {newest or 0} {closed.result_sha256[:20] if closed else ''}"
