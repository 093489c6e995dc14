"""Finishing a stage in one go: closed, decided as its rules propose, sealed; or nothing at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from juri.core.editions.verbs import Running
from juri.core.errors import ActionRefused
from juri.core.extension import StageKind
from juri.core.policy import Actor
from juri.core.results.decisions import decisions_in_force
from juri.core.results.snapshots import Hashes
from juri.core.stages.deciding import decide
from juri.core.stages.holding import hold_alone
from juri.core.stages.verbs import close_stage, seal_stage
from juri.core.storage.session import WriteSession
from juri.core.view import UNDECIDED, Proposal

_SHOWN = 5


@dataclass(frozen=True)
class Finished:
    """What a finished stage came to: how many entries by outcome, the hashes to publish, what to look at."""

    outcomes: Mapping[str, int]
    hashes: Hashes
    warnings: tuple[str, ...] = ()


def finish_stage(
    session: WriteSession,
    running: Running,
    key: str,
    *,
    by: Actor,
    signers: Sequence[str],
    reason: str,
    early: str = "",
) -> Finished:
    """Close a stage where it is open, decide as proposed what is not decided yet, and seal it.

    Only what the rules say alone is taken over. What people decide is never: an entry that the rules leave open, and a
    stage whose kind is a decision of people (a plenary), must be decided by ``decide`` before.

    Args:
        session: the caller's writing transaction; any refusal leaves the stage as it was.
        running: the edition.
        key: the stage.
        by: who finishes it.
        signers: who answers for decision and result; all sign the result, the first the decision.
        reason: why it is decided so, such as "as the rules propose".
        early: the reason for closing before the deadline.

    Raises:
        ActionRefused: an entry is undecided, people must decide first, or a step is not possible now.
        InputRefused: nobody signs, or no reason is given.

    """
    row, kind = hold_alone(session, running, key, by, "stage.close")
    warnings = close_stage(session, running, key, by=by, early=early).warnings if row.state == "open" else ()
    proposed, decided = decisions_in_force(session, row)
    _require_decidable(key, kind, proposed, decided)
    if set(proposed) - set(decided):
        decide(session, running, key, by=by, signer=next(iter(signers), ""), reason=reason)
    hashes = seal_stage(session, running, key, by=by, signers=signers)
    _, decided = decisions_in_force(session, row)
    outcomes = Counter(decision.outcome for decision in decided.values())
    return Finished(dict(sorted(outcomes.items())), hashes, warnings)


def _require_decidable(
    key: str, kind: StageKind, proposed: Mapping[str, Proposal], decided: Mapping[str, Proposal]
) -> None:
    left = {code: own for code, own in proposed.items() if code not in decided}
    open_ = [f"{code}: {own.reason}" for code, own in sorted(left.items()) if own.outcome == UNDECIDED]
    if open_:
        more = f"and {len(open_) - _SHOWN} more" if len(open_) > _SHOWN else ""
        heading = f"the rules alone do not decide {len(open_)} entries in '{key}'; close it and decide them by name"
        raise ActionRefused([heading, *open_[:_SHOWN], *([more] if more else [])], code="undecided")
    if kind.people_decide and left:
        why = f"'{key}' is decided by people ({kind.title}): close it, look at the proposal, and decide"
        raise ActionRefused([why], code="people_decide")
