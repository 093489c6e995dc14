"""Who scores what: assignments by a rule, and by hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from juri.core.audit.trail import record
from juri.core.editions.gate import hold_stage
from juri.core.editions.model import StageRow
from juri.core.editions.verbs import Running
from juri.core.entries.facts import alive_entries, facts_of
from juri.core.entries.model import EntryRow
from juri.core.errors import ActionRefused, InputRefused, JuriError, PluginError, Problem
from juri.core.extension import AssignmentCase, AssignmentRule
from juri.core.judging.conflicts import forbidden_pairs
from juri.core.judging.model import AssignmentRow, JurorRow
from juri.core.judging.panels import panel_jurors
from juri.core.policy import Actor, Subject, require
from juri.core.storage.session import WriteSession

Pair = tuple[str, str]
"""An entry's code and a juror's code."""


def assign(
    session: WriteSession, running: Running, stage: str, *, by: Actor, rule: str = "balanced", seed: int = 0
) -> int:
    """Assign jurors to the entries of a judged stage by a rule; keeps what is assigned. Returns how many are new.

    Raises:
        ActionRefused: the stage is closed, or the rule cannot be met (it says why).

    """
    gate = _hold(session, running, stage, by)
    spec = running.stage(stage)
    panel = str(spec.options.get("panel", ""))
    jurors = panel_jurors(session, running, panel)
    entries = alive_entries(session, running, spec)
    existing = _existing(session, gate.id)
    case = AssignmentCase(
        entries=facts_of(session, running, entries),
        jurors={juror.code: {"categories": tuple(juror.categories)} for juror in jurors.values()},
        forbidden=frozenset(forbidden_pairs(session, running, panel, jurors.values())),
        existing=existing,
        per_entry=spec.options.get("jurors_per_entry") or len(jurors),
        seed=seed,
    )
    fresh = sorted(set(_pairs(running, rule, case)) - existing)
    detail = {"rule": rule, "seed": str(seed), "new": str(len(fresh))}
    _store(session, gate, {entry.code: entry for entry in entries}, jurors, fresh)
    record(session, by=by.name, action="assignment.make", subject=f"{running.slug}/{stage}", detail=detail)
    return len(fresh)


def assign_pairs(session: WriteSession, running: Running, stage: str, pairs: Iterable[Pair], *, by: Actor) -> int:
    """Assign jurors to entries by hand; returns how many are new.

    Raises:
        InputRefused: pairs that cannot be (unknown, or in conflict), each with its reason; then none is assigned.

    """
    gate = _hold(session, running, stage, by)
    spec = running.stage(stage)
    panel = str(spec.options.get("panel", ""))
    jurors = panel_jurors(session, running, panel)
    entries = {entry.code: entry for entry in alive_entries(session, running, spec)}
    forbidden = forbidden_pairs(session, running, panel, jurors.values())
    fresh = sorted(set(pairs) - _existing(session, gate.id))
    problems = [problem for pair in fresh for problem in _against(pair, entries, jurors, forbidden)]
    if problems:
        raise InputRefused(problems)
    _store(session, gate, entries, jurors, fresh)
    detail = {"rule": "by hand", "new": str(len(fresh))}
    record(session, by=by.name, action="assignment.make", subject=f"{running.slug}/{stage}", detail=detail)
    return len(fresh)


def _hold(session: WriteSession, running: Running, stage: str, by: Actor) -> StageRow:
    require(by, "assignment.change", Subject(running.slug))
    running.stage(stage)
    gate = hold_stage(session, running.id, stage, alone=True)
    if gate.state not in {"planned", "open"}:
        raise ActionRefused([f"the stage '{stage}' is {gate.state}; assignments are made before it closes"])
    return gate


def _existing(session: Session, stage_id: int) -> frozenset[Pair]:
    rows = session.execute(
        select(EntryRow.code, JurorRow.code)
        .select_from(AssignmentRow)
        .join(EntryRow, EntryRow.id == AssignmentRow.entry_id)
        .join(JurorRow, JurorRow.id == AssignmentRow.juror_id)
        .where(AssignmentRow.stage_id == stage_id, AssignmentRow.state.not_in(("conflict", "recused")))
    )
    return frozenset((entry, juror) for entry, juror in rows)


def _pairs(running: Running, rule: str, case: AssignmentCase) -> Sequence[Pair]:
    extension = running.registry.find(AssignmentRule, rule)
    try:
        return extension.assign(case, {})
    except JuriError:
        raise
    except Exception as error:
        owner = running.registry.owner("assignment_rules", rule)
        raise PluginError(owner, f"assignment rule '{rule}'", f"{type(error).__name__}: {error}") from error


def _against(
    pair: Pair, entries: Mapping[str, EntryRow], jurors: Mapping[str, JurorRow], forbidden: Mapping[Pair, str]
) -> Iterator[Problem]:
    entry, juror = pair
    if entry not in entries:
        yield Problem(f"{entry}, {juror}", f"entry '{entry}' does not take part in this stage", "unknown")
    elif juror not in jurors:
        yield Problem(f"{entry}, {juror}", f"juror '{juror}' is not in this stage's panel", "unknown")
    elif pair in forbidden:
        yield Problem(f"{entry}, {juror}", f"they are in conflict: {forbidden[pair]}", "conflict")


def _store(
    session: WriteSession,
    gate: StageRow,
    entries: Mapping[str, EntryRow],
    jurors: Mapping[str, JurorRow],
    pairs: Iterable[Pair],
) -> None:
    session.add_all(
        AssignmentRow(stage_id=gate.id, entry_id=entries[entry].id, juror_id=jurors[juror].id, state="offered")
        for entry, juror in pairs
    )
