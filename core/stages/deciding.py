"""Deciding on a closed stage: the panel's order of ties, and what goes on or stops, with a reason and a name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from juri.core.editions.verbs import Running
from juri.core.errors import ActionRefused, InputRefused, Problem
from juri.core.policy import Actor
from juri.core.results.decisions import decisions_in_force, keep_decisions
from juri.core.results.model import TieOrderRow
from juri.core.stages.holding import entry_ids, hold_alone, note
from juri.core.storage.database import database_now
from juri.core.storage.session import WriteSession
from juri.core.view import ADVANCE, STOP, UNDECIDED, Proposal


def order_ties(
    session: WriteSession, running: Running, key: str, codes: Sequence[str], *, by: Actor, signer: str, reason: str
) -> None:
    """Record the panel's order of tied entries, best first: the last link of a tie chain.

    It takes effect when a stage that ranks these entries closes (a closed one: after ``recompute_stage``).

    Raises:
        InputRefused: no entries, an unknown entry, no signer or no reason.

    """
    row, _ = hold_alone(session, running, key, by, "decision.take")
    known = entry_ids(session, running)
    problems = [Problem("entries", f"there is no entry '{code}'", "unknown") for code in codes if code not in known]
    problems += [] if codes else [Problem("entries", "name the tied entries, best first", "missing")]
    problems += _unsigned(signer, reason)
    if problems:
        raise InputRefused(problems)
    session.add(TieOrderRow(stage_id=row.id, codes=list(codes), reason=reason, signer=signer, at=database_now(session)))
    note(session, running, row, by=by, action="decision.order_ties", detail={"signer": signer, "reason": reason})


def decide(
    session: WriteSession,
    running: Running,
    key: str,
    *,
    by: Actor,
    signer: str,
    reason: str,
    outcomes: Mapping[str, str] | None = None,
    reasons: Mapping[str, str] | None = None,
) -> int:
    """Decide on a closed stage: as proposed, but for the entries named in ``outcomes``; returns how many.

    What was proposed stays beside it, so that a departure from the rules can be seen.

    Args:
        session: the caller's writing transaction.
        running: the edition.
        key: the stage.
        by: who enters the decision.
        signer: who answers for it.
        reason: why; it stands beside each departure.
        outcomes: ADVANCE or STOP by entry code.
        reasons: an entry's own reason, by its code; ``reason`` stands beside the others.

    Raises:
        InputRefused: an unknown entry or outcome, no signer, or no reason.
        ActionRefused: the stage is not closed.

    """
    row, _ = hold_alone(session, running, key, by, "decision.take")
    if row.state != "closed":
        raise ActionRefused([f"'{key}' is {row.state}; decisions are taken when it is closed and not yet sealed"])
    proposed, decided = decisions_in_force(session, row)
    named, own_reasons = dict(outcomes or {}), {code: text for code, text in (reasons or {}).items() if text.strip()}
    if problems := [*_unsigned(signer, reason), *_undecidable(named, proposed)]:
        raise InputRefused(problems)
    waiting = {code: own for code, own in proposed.items() if code not in decided and own.outcome != UNDECIDED}
    taken = _taken({**waiting, **{code: proposed[code] for code in named}}, named, own_reasons, signer, reason)
    ids = entry_ids(session, running)
    keep_decisions(session, row, taken, status="decided", at=database_now(session), entry_ids=ids, signer=signer)
    detail: dict[str, Any] = {
        "signer": signer,
        "reason": reason,
        "decided": str(len(taken)),
        "departures": _departures(named, proposed),
    }
    detail |= {"reasons": own_reasons} if own_reasons else {}
    note(session, running, row, by=by, action="decision.take", detail=detail)
    return len(taken)


def _taken(
    proposed: Mapping[str, Proposal], named: Mapping[str, str], reasons: Mapping[str, str], signer: str, reason: str
) -> list[Proposal]:
    return [
        replace(
            own, outcome=named.get(code, own.outcome), rule=f"decided by {signer}", reason=reasons.get(code, reason)
        )
        for code, own in sorted(proposed.items())
    ]


def _departures(named: Mapping[str, str], proposed: Mapping[str, Proposal]) -> list[str]:
    return sorted(code for code, outcome in named.items() if outcome != proposed[code].outcome)


def _unsigned(signer: str, reason: str) -> list[Problem]:
    problems = [] if signer.strip() else [Problem("signer", "name who answers for it", "missing")]
    return problems if reason.strip() else [*problems, Problem("reason", "say why", "missing")]


def _undecidable(named: Mapping[str, str], proposed: Mapping[str, Proposal]) -> list[Problem]:
    problems = [
        Problem("entries", f"'{code}' does not take part in this stage", "unknown")
        for code in named
        if code not in proposed
    ]
    return problems + [
        Problem("outcomes", f"{code}: '{outcome}' is neither {ADVANCE} nor {STOP}", "unknown")
        for code, outcome in named.items()
        if outcome not in {ADVANCE, STOP}
    ]
