"""Decisions: what the rules proposed, and what people decided with a reason and a name. Both are kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Select, exists, select, true
from sqlalchemy.orm import Session, aliased

from juri.core.editions.model import StageRow
from juri.core.entries.model import EntryRow
from juri.core.results.model import DecisionRow, TieOrderRow
from juri.core.storage.session import WriteSession
from juri.core.view import STOP, Proposal


def decisions_in_force(
    session: Session, stage: StageRow, among: Select[int | None] | None = None
) -> tuple[dict[str, Proposal], dict[str, Proposal]]:
    """Return what was proposed and what was decided in the stage's present round, by entry code.

    ``among`` finds the ids of the entries that are asked for; without it, all are.
    """
    row = DecisionRow
    found = session.execute(
        select(EntryRow.code, row.status, row.outcome, row.rule, row.reason, row.codes, row.displaced_by)
        .join(EntryRow, EntryRow.id == row.entry_id)
        .where(
            row.stage_id == stage.id, row.round == stage.revision, true() if among is None else row.entry_id.in_(among)
        )
        .order_by(EntryRow.code, row.number)
    )
    by_status: dict[str, dict[str, Proposal]] = {"proposed": {}, "decided": {}}
    for code, status, outcome, rule, reason, codes, displaced_by in found:
        by_status[status][code] = Proposal(code, outcome, rule, reason, tuple(codes), displaced_by)
    return by_status["proposed"], by_status["decided"]


def stopped_anybody(session: Session, stage: StageRow) -> bool:
    """Tell whether an entry stopped in the stage's present round: what was decided goes before what was proposed."""
    own, later = DecisionRow, aliased(DecisionRow)
    overruled = exists().where(
        later.stage_id == own.stage_id,
        later.entry_id == own.entry_id,
        later.round == own.round,
        later.number > own.number,
    )
    stops = select(own.id).where(own.stage_id == stage.id, own.round == stage.revision, own.outcome == STOP)
    return session.scalar(stops.where(~overruled).limit(1)) is not None


def keep_decisions(
    session: WriteSession,
    stage: StageRow,
    decisions: Iterable[Proposal],
    *,
    status: str,
    at: datetime,
    entry_ids: Mapping[str, int],
    signer: str = "",
) -> int:
    """Store decisions as new rows; returns how many."""
    found = session.execute(
        select(DecisionRow.entry_id, DecisionRow.number)
        .where(DecisionRow.stage_id == stage.id, DecisionRow.round == stage.revision)
        .order_by(DecisionRow.number)
    )
    last = {entry: number for entry, number in found}  # noqa: C416  a row is no pair to the type checker
    rows = [
        DecisionRow(
            stage_id=stage.id,
            entry_id=entry_ids[decision.entry],
            round=stage.revision,
            number=last.get(entry_ids[decision.entry], 0) + 1,
            status=status,
            outcome=decision.outcome,
            rule=decision.rule,
            reason=decision.reason,
            codes=list(decision.codes),
            displaced_by=decision.displaced_by,
            signer=signer,
            at=at,
        )
        for decision in decisions
    ]
    session.add_all(rows)
    session.flush()
    return len(rows)


def tie_order_in_force(session: Session, stages: Sequence[StageRow]) -> tuple[str, ...]:
    """Return the panel's recorded order of tied entries over these stages; the newest order of a stage counts."""
    codes: list[str] = []
    for stage in stages:
        found = session.scalars(
            select(TieOrderRow.codes).where(TieOrderRow.stage_id == stage.id).order_by(TieOrderRow.id.desc())
        ).first()
        codes.extend(code for code in found or [] if code not in codes)
    return tuple(codes)
