"""The way of a stage: opened, filled with acts, closed, decided, sealed, published; reopened only by two people.

Every verb here holds the stage's gate alone, works in the caller's transaction and leaves one audit line.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from juri.core.editions.model import StageRow
from juri.core.editions.verbs import Running
from juri.core.errors import ActionRefused, InputRefused
from juri.core.lifecycle import move
from juri.core.policy import Actor, Subject, may
from juri.core.results.decisions import decisions_in_force, keep_decisions
from juri.core.results.snapshots import Hashes, find_snapshot, hashes_of, keep_snapshot, snapshot_body
from juri.core.stages.carrying import bring_back, carry_out, give_awards, lapse_unfinished
from juri.core.stages.gates import (
    against_closing,
    against_reopening,
    against_sealing,
    closed_edition,
    kind_reasons,
    not_sealed_before,
    outcome_of,
    seal_first,
)
from juri.core.stages.holding import entry_ids, hold_alone, note
from juri.core.stages.model import Approval
from juri.core.stages.views import stage_view
from juri.core.storage.database import database_now
from juri.core.storage.session import WriteSession
from juri.core.storage.types import iso_utc
from juri.core.view import Outcome, StageView, Transition


def _refuse_if(reasons: Iterable[str]) -> None:
    listed = list(reasons)
    if listed:
        raise ActionRefused(listed)


def open_stage(session: WriteSession, running: Running, key: str, *, by: Actor) -> StageRow:
    """Open a stage: every stage before it that decides who goes on must be sealed.

    Raises:
        ActionRefused: the edition is not open, an earlier stage is not sealed, the kind or a plugin is against it.

    """
    row, kind = hold_alone(session, running, key, by, "stage.open")
    if running.state not in {"open", "judging"}:
        raise ActionRefused([closed_edition(running)])
    _refuse_if(seal_first(*each) for each in not_sealed_before(session, running, row))
    view = stage_view(session, running, row)
    _refuse_if(kind_reasons(running, kind, "against_opening", view))
    _step(session, running, row, "open", by)
    row.revision += 1
    row.opened_at = database_now(session)
    row.closed_at = None
    if running.stage(key).options.get("days") and row.closes_at is None:
        row.closes_at = row.opened_at + timedelta(days=int(running.stage(key).options["days"]))
    note(session, running, row, by=by, action="stage.open", detail={"entries": str(len(view.entries))})
    return row


def close_stage(session: WriteSession, running: Running, key: str, *, by: Actor, early: str = "") -> Outcome:
    """Close a stage and work out what it comes to: standings, and a proposal for every entry.

    Whoever writes in the stage holds its gate shared, so that nothing is accepted once the closing counts.

    Args:
        session: the caller's writing transaction.
        running: the edition.
        key: the stage.
        by: who closes.
        early: the reason for closing before the deadline; without one it is refused.

    Raises:
        ActionRefused: the stage is not open, its deadline lies ahead, or the kind says why not yet.

    """
    row, kind = hold_alone(session, running, key, by, "stage.close")
    moment = database_now(session)
    if row.state == "open" and row.closes_at is not None and moment < row.closes_at and not early.strip():
        raise ActionRefused(
            [f"'{key}' is open until {row.closes_at:%Y-%m-%d %H:%M} UTC; to close it before, give the reason"],
            code="early",
        )
    view = stage_view(session, running, row)
    if row.state == "open":
        _refuse_if(_told_to(by, running, key, against_closing(session, running, row, kind, view)))
    _step(session, running, row, "closed", by)
    row.closed_at = moment
    lapse_unfinished(session, row)
    outcome = outcome_of(running, kind, view)
    keep_decisions(session, row, outcome.proposals, status="proposed", at=moment, entry_ids=entry_ids(session, running))
    hashes = _keep(session, running, row, view, outcome, status="closed", signers=())
    note(session, running, row, by=by, action="stage.close", detail={**hashes.__dict__, "early": early})
    return outcome


def _told_to(by: Actor, running: Running, key: str, reasons: list[str]) -> list[str]:
    """Return reasons against closing; who scores in the stage too is told that there are some, not whose sheets."""
    if reasons and may(by, "standings.see", Subject(running.slug, stage=key)).code == "judges_here":
        return ["not everything that the stage waits for is in; what is missing is not shown to who scores in it"]
    return reasons


def recompute_stage(session: WriteSession, running: Running, key: str, *, by: Actor, reason: str) -> Outcome:
    """Work a closed stage out again, after a conflict was declared or a tie was ordered; both results are kept.

    Raises:
        ActionRefused: the stage is not closed, or is sealed.

    """
    row, kind = hold_alone(session, running, key, by, "stage.close")
    if row.state != "closed":
        raise ActionRefused([f"'{key}' is {row.state}; only a closed stage that is not sealed is worked out again"])
    if not reason.strip():
        raise InputRefused.at("reason", "say why the stage is worked out again")
    row.revision += 1
    session.flush()
    view = stage_view(session, running, row)
    outcome = outcome_of(running, kind, view)
    moment = database_now(session)
    keep_decisions(session, row, outcome.proposals, status="proposed", at=moment, entry_ids=entry_ids(session, running))
    hashes = _keep(session, running, row, view, outcome, status="closed", signers=())
    note(session, running, row, by=by, action="stage.recompute", detail={**hashes.__dict__, "reason": reason})
    return outcome


def seal_stage(session: WriteSession, running: Running, key: str, *, by: Actor, signers: Sequence[str]) -> Hashes:
    """Seal a stage: its result gets the hash of everything it came from, and its entries go on or stop.

    Raises:
        ActionRefused: an entry is not decided, the kind says why not yet, or a plugin refuses.
        InputRefused: nobody signs.

    """
    row, kind = hold_alone(session, running, key, by, "stage.seal")
    if not [name for name in signers if name.strip()]:
        raise InputRefused.at("signers", "a sealed result needs the name of at least one person who answers for it")
    view = stage_view(session, running, row)
    _, decided = decisions_in_force(session, row)
    if row.state == "closed":
        _refuse_if(against_sealing(running, kind, view))
    _step(session, running, row, "sealed", by)
    outcome = outcome_of(running, kind, view)
    _require_same(session, row, view, outcome)
    hashes = _keep(session, running, row, view, outcome, status="sealed", signers=signers)
    carry_out(session, running, row, kind, decided)
    give_awards(session, running, row, outcome)
    note(session, running, row, by=by, action="stage.seal", detail={**hashes.__dict__, "signers": list(signers)})
    return hashes


def publish_stage(session: WriteSession, running: Running, key: str, *, by: Actor) -> StageRow:
    """Publish a sealed stage.

    Raises:
        ActionRefused: the stage is not sealed, an embargo holds, or a plugin refuses.

    """
    row, _ = hold_alone(session, running, key, by, "stage.publish")
    if row.embargo_until is not None and database_now(session) < row.embargo_until:
        until = f"{row.embargo_until:%Y-%m-%d %H:%M}"
        raise ActionRefused([f"'{key}' is under embargo until {until} UTC; wait, or lift the embargo"], code="embargo")
    _step(session, running, row, "published", by)
    note(session, running, row, by=by, action="stage.publish", detail={})
    return row


def embargo_stage(session: WriteSession, running: Running, key: str, *, by: Actor, until: datetime | None) -> None:
    """Keep a sealed stage from being published before a moment; None lifts the embargo.

    Raises:
        ActionRefused: the stage is not sealed.
        InputRefused: the moment is over.

    """
    row, _ = hold_alone(session, running, key, by, "stage.publish")
    if row.state != "sealed":
        raise ActionRefused([f"'{key}' is {row.state}; only what is sealed and not published can be kept back"])
    if until is not None and until <= database_now(session):
        raise InputRefused.at("until", "this moment is over; choose one that lies ahead")
    row.embargo_until = until
    note(session, running, row, by=by, action="stage.embargo", detail={"until": iso_utc(until) if until else ""})


def reopen_stage(session: WriteSession, running: Running, key: str, *, by: Actor, reason: str) -> bool:
    """Ask for a closed or sealed stage to be opened again; the second person's word does it. Returns whether it did.

    Raises:
        InputRefused: no reason is given.
        ActionRefused: the stage is not closed, a later stage was opened, or the same person asks twice.

    """
    row, kind = hold_alone(session, running, key, by, "stage.reopen")
    if not reason.strip():
        raise InputRefused.at("reason", "say why the stage is to be opened again")
    _refuse_if(against_reopening(session, running, row))
    asked = session.scalars(
        select(Approval.person).where(
            Approval.stage_id == row.id, Approval.action == "reopen", Approval.round == row.revision
        )
    ).all()
    if by.name in asked:
        raise ActionRefused([f"{by.name} has asked already; a second person must agree"], code="second_person")
    session.add(
        Approval(
            stage_id=row.id,
            action="reopen",
            round=row.revision,
            person=by.name,
            reason=reason,
            at=database_now(session),
        )
    )
    done = bool(asked)
    if done:
        bring_back(session, running, row, kind)
        _step(session, running, row, "open", by)
        row.revision += 1
        row.closed_at = None
        row.closes_at = None
        row.embargo_until = None
    note(session, running, row, by=by, action="stage.reopen" if done else "stage.ask_reopen", detail={"reason": reason})
    return done


def _step(session: WriteSession, running: Running, row: StageRow, to: str, by: Actor) -> None:
    running.require_no_refusal(Transition("stage", f"{running.slug}/{row.key}", row.state, to, by.name))
    move(row, "stage", to)
    session.flush()


def _keep(
    session: WriteSession,
    running: Running,
    row: StageRow,
    view: StageView,
    outcome: Outcome,
    *,
    status: str,
    signers: Sequence[str],
) -> Hashes:
    session.flush()
    _, decided = decisions_in_force(session, row)
    body = snapshot_body(view, outcome, decided)
    hashes = hashes_of(view, body, _rules(running))
    keep_snapshot(session, row, status=status, body=body, hashes=hashes, signers=signers, at=database_now(session))
    return hashes


def _require_same(session: Session, row: StageRow, view: StageView, outcome: Outcome) -> None:
    """Refuse to seal another result than the one that was closed and decided on."""
    closed = find_snapshot(session, row)
    body = snapshot_body(view, outcome, {})
    if closed is None or any(closed.body[part] != body[part] for part in ("standings", "proposed", "awards")):
        raise ActionRefused(
            [f"what '{row.key}' rests on was changed since it was closed: work it out again, then decide"], code="stale"
        )


def _rules(running: Running) -> list[str]:
    """Name what the result depends on beside its inputs: the document and the version of every extension."""
    return [
        f"document {running.sha256}",
        *(
            f"{family} {name} {registered.extension.version}"
            for family, items in running.registry.items.items()
            for name, registered in items.items()
        ),
    ]
