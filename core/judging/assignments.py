"""Who scores what: assignments by a rule, and by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from juri.core.audit.trail import record
from juri.core.editions.gate import find_stage, hold_stage
from juri.core.editions.model import StageRow
from juri.core.editions.verbs import Running
from juri.core.entries.facts import alive_entries, facts_of
from juri.core.entries.model import EntryRow
from juri.core.errors import ActionRefused, InputRefused, JuriError, PluginError, Problem
from juri.core.extension import AssignmentCase, AssignmentRule, StageKind
from juri.core.judging.conflicts import forbidden_pairs
from juri.core.judging.model import AssignmentRow, JurorRow, ScorecardRow
from juri.core.judging.panels import panel_jurors
from juri.core.lifecycle import move
from juri.core.policy import Actor, Subject, require
from juri.core.storage.session import WriteSession

Pair = tuple[str, str]
"""An entry's code and a juror's code."""


@dataclass(frozen=True)
class Plan:
    """What a rule would assign: ``fresh`` pairs beside those that are ``kept``."""

    kept: frozenset[Pair]
    fresh: tuple[Pair, ...]
    jurors: tuple[str, ...]

    def loads(self) -> dict[str, tuple[int, int]]:
        """Return for each juror how many entries are kept and how many are new."""
        kept, fresh = (Counter(juror for _, juror in pairs) for pairs in (self.kept, self.fresh))
        return {juror: (kept[juror], fresh[juror]) for juror in self.jurors}


def plan_assignment(session: Session, running: Running, stage: str, *, rule: str = "balanced", seed: int = 0) -> Plan:
    """Tell what ``assign`` would do; nothing is written.

    Raises:
        ActionRefused: the stage has no jurors, or the rule cannot be met (it says why).

    """
    row = find_stage(session, running.id, stage)
    if not running.registry.find(StageKind, running.stage(stage).kind).judged:
        raise ActionRefused([f"the stage '{stage}' is a {row.kind}; nobody scores in it"])
    return _plan(running, rule, _gather(session, running, row, seed).case)


def assign(
    session: WriteSession, running: Running, stage: str, *, by: Actor, rule: str = "balanced", seed: int = 0
) -> int:
    """Assign jurors to the entries of a judged stage by a rule; keeps what is assigned. Returns how many are new.

    Raises:
        ActionRefused: the stage is closed, or the rule cannot be met (it says why).

    """
    gate = _hold(session, running, stage, by)
    gathered = _gather(session, running, gate, seed)
    fresh = _plan(running, rule, gathered.case).fresh
    detail = {"rule": rule, "seed": str(seed), "new": str(len(fresh))}
    _store(session, gate, gathered.entries, gathered.jurors, fresh)
    record(session, by=by.name, action="assignment.make", subject=f"{running.slug}/{stage}", detail=detail)
    return len(fresh)


@dataclass(frozen=True)
class _Gathered:
    """The rows and the values that an assignment works on."""

    entries: Mapping[str, EntryRow]
    jurors: Mapping[str, JurorRow]
    case: AssignmentCase


def _gather(session: Session, running: Running, row: StageRow, seed: int) -> _Gathered:
    spec = running.stage(row.key)
    panel = str(spec.options.get("panel", ""))
    number = spec.options.get("jurors_per_entry")
    jurors = panel_jurors(session, running, panel)
    entries = alive_entries(session, running, spec)
    forbidden = {*forbidden_pairs(session, running, panel, jurors.values()), *_pairs_in(session, row.id, "recused")}
    case = AssignmentCase(
        entries=facts_of(session, running, entries),
        jurors={juror.code: {"categories": tuple(juror.categories)} for juror in jurors.values()},
        forbidden=frozenset(forbidden),
        existing=_existing(session, row.id),
        per_entry=number or len(jurors),
        seed=seed,
        fewer_will_do=number is None,
    )
    return _Gathered({entry.code: entry for entry in entries}, jurors, case)


def _plan(running: Running, rule: str, case: AssignmentCase) -> Plan:
    fresh = sorted(set(_pairs(running, rule, case)) - case.existing)
    return Plan(case.existing, tuple(fresh), tuple(sorted(case.jurors)))


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
    back = _take_back(session, gate, set(fresh) & _pairs_in(session, gate.id, "recused"))
    _store(session, gate, entries, jurors, [pair for pair in fresh if pair not in back])
    detail = {"rule": "by hand", "new": str(len(fresh))}
    record(session, by=by.name, action="assignment.make", subject=f"{running.slug}/{stage}", detail=detail)
    return len(fresh)


def recuse(
    session: WriteSession, running: Running, stage: str, pairs: Iterable[Pair], *, by: Actor, reason: str = ""
) -> int:
    """Take jurors off entries by hand; a sheet that was given no longer counts and stays in the records.

    Raises:
        InputRefused: a pair is not assigned, or a sheet was begun and no reason is given; then none is taken off.

    """
    gate = _hold(session, running, stage, by)
    wanted = sorted(set(pairs))
    rows = _rows(session, gate.id)
    missing = [pair for pair in wanted if pair not in rows or rows[pair].state in {"conflict", "recused"}]
    problems = [Problem(f"{entry}, {juror}", f"{juror} does not score {entry}", "unknown") for entry, juror in missing]
    if not reason.strip() and any(rows[pair].state in {"accepted", "done"} for pair in wanted if pair in rows):
        problems.append(Problem("reason", "a sheet was begun already: say why it shall not count", "missing"))
    if problems:
        raise InputRefused(problems)
    for pair in wanted:
        move(rows[pair], "assignment", "recused")
    detail = {"pairs": [list(pair) for pair in wanted], "reason": reason}
    record(session, by=by.name, action="assignment.recuse", subject=f"{running.slug}/{stage}", detail=detail)
    return len(wanted)


def _take_back(session: WriteSession, gate: StageRow, pairs: set[Pair]) -> set[Pair]:
    """Give jurors who were taken off by hand their entries again; a sheet that they had sent counts as before."""
    rows = _rows(session, gate.id) if pairs else {}
    ids = [rows[pair].id for pair in pairs]
    sent = set(session.scalars(select(ScorecardRow.assignment_id).where(
        ScorecardRow.assignment_id.in_(ids), ScorecardRow.state == "submitted")))  # fmt: skip
    for pair in sorted(pairs):
        move(rows[pair], "assignment", "offered")
        if rows[pair].id in sent:
            move(rows[pair], "assignment", "done")
    return pairs


def _rows(session: Session, stage_id: int) -> dict[Pair, AssignmentRow]:
    found = session.execute(
        select(EntryRow.code, JurorRow.code, AssignmentRow)
        .select_from(AssignmentRow)
        .join(EntryRow, EntryRow.id == AssignmentRow.entry_id)
        .join(JurorRow, JurorRow.id == AssignmentRow.juror_id)
        .where(AssignmentRow.stage_id == stage_id)
        .with_for_update(of=AssignmentRow)
        .execution_options(populate_existing=True)
    )
    return {(entry, juror): row for entry, juror, row in found}


def assigned_pairs(session: Session, running: Running, stage: str) -> dict[Pair, str]:
    """Return every assignment of a stage with its state, those that were taken off included."""
    row = find_stage(session, running.id, stage)
    found = session.execute(
        select(EntryRow.code, JurorRow.code, AssignmentRow.state)
        .select_from(AssignmentRow)
        .join(EntryRow, EntryRow.id == AssignmentRow.entry_id)
        .join(JurorRow, JurorRow.id == AssignmentRow.juror_id)
        .where(AssignmentRow.stage_id == row.id)
    )
    return {(entry, juror): state for entry, juror, state in found}


def _hold(session: WriteSession, running: Running, stage: str, by: Actor) -> StageRow:
    require(by, "assignment.change", Subject(running.slug))
    running.stage(stage)
    gate = hold_stage(session, running.id, stage, alone=True)
    if gate.state not in {"planned", "open"}:
        raise ActionRefused([f"the stage '{stage}' is {gate.state}; assignments are made before it closes"])
    return gate


def _existing(session: Session, stage_id: int) -> frozenset[Pair]:
    return _pairs_in(session, stage_id, "offered", "accepted", "done", "lapsed")


def _pairs_in(session: Session, stage_id: int, *states: str) -> frozenset[Pair]:
    rows = session.execute(
        select(EntryRow.code, JurorRow.code)
        .select_from(AssignmentRow)
        .join(EntryRow, EntryRow.id == AssignmentRow.entry_id)
        .join(JurorRow, JurorRow.id == AssignmentRow.juror_id)
        .where(AssignmentRow.stage_id == stage_id, AssignmentRow.state.in_(states))
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
