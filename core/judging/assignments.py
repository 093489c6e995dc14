"""Who scores what: assignments by a rule, and by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from juri.core.audit.trail import record
from juri.core.document import RuleUse
from juri.core.editions.gate import find_stage, hold_stage
from juri.core.editions.model import StageRow
from juri.core.editions.verbs import Running
from juri.core.entries.facts import alive_titles
from juri.core.entries.model import EntryRow
from juri.core.errors import ActionRefused, InputRefused, NotFound, Problem
from juri.core.judging.conflicts import forbidden_pairs
from juri.core.judging.model import AssignmentRow, JurorRow, ScorecardRow
from juri.core.judging.panels import panel_jurors
from juri.core.judging.planning import DEFAULT_RULE, Pair, Plan, existing_pairs, gather, make_plan, mend_plan, pairs_in
from juri.core.lifecycle import move
from juri.core.policy import Actor, Subject, require
from juri.core.storage.session import WriteSession


def assign(
    session: WriteSession,
    running: Running,
    stage: str,
    *,
    by: Actor,
    rule: str | None = None,
    seed: int = 0,
    options: Mapping[str, Any] | None = None,
) -> int:
    """Assign jurors to the entries of a judged stage by a rule; keeps what is assigned. Returns how many are new.

    Without ``rule`` the edition's is meant, or ``balanced``; ``options`` stand above those of the edition.

    Raises:
        ActionRefused: the stage is closed, or the rule cannot be met (it says why).
        InputRefused: the rule does not take these options.

    """
    gate = _hold(session, running, stage, by)
    gathered = gather(session, running, gate, seed)
    fresh = make_plan(running, gate, gathered.case, rule=rule, options=options).fresh
    _store(session, gate, gathered.jurors, fresh)
    more = {"options": {name: str(value) for name, value in sorted(options.items())}} if options else {}
    detail = {"rule": rule or _own_rule(running, stage), "seed": str(seed), "new": str(len(fresh)), **more}
    record(session, by=by.name, action="assignment.make", subject=f"{running.slug}/{stage}", detail=detail)
    return len(fresh)


def _own_rule(running: Running, stage: str) -> str:
    use: RuleUse | None = running.stage(stage).options.get("assignment")
    return use.rule if use else DEFAULT_RULE


def replace_juror(
    session: WriteSession, running: Running, stage: str, juror: str, *, by: Actor, reason: str, seed: int = 0
) -> Plan:
    """Hand what a juror has not sent over to others, with as few changes as possible; sheets that were sent stay.

    Raises:
        NotFound: the juror has no sheet to give in the stage.
        InputRefused: no reason is given.
        ActionRefused: the stage is closed, or nobody can take the entries over; says why.

    """
    gate = _hold(session, running, stage, by)
    if not reason.strip():
        raise InputRefused.at("reason", "say why the juror is replaced", "missing")
    gathered = gather(session, running, gate, seed)
    plan = mend_plan(session, running, gate, juror, gathered)
    rows = _rows(session, gate.id)
    for pair in plan.gone:
        move(rows[pair], "assignment", "recused")
    _store(session, gate, gathered.jurors, plan.fresh)
    subject = f"{running.slug}/{stage}"
    taken_off = {"pairs": [list(pair) for pair in plan.gone], "reason": reason}
    record(session, by=by.name, action="assignment.recuse", subject=subject, detail=taken_off)
    detail = {"rule": f"replaces {juror}", "seed": str(seed), "new": str(len(plan.fresh))}
    record(session, by=by.name, action="assignment.make", subject=subject, detail=detail)
    return plan


def assign_pairs(session: WriteSession, running: Running, stage: str, pairs: Iterable[Pair], *, by: Actor) -> int:
    """Assign jurors to entries by hand; returns how many are new.

    Raises:
        InputRefused: pairs that cannot be (unknown, or in conflict), each with its reason; then none is assigned.

    """
    gate = _hold(session, running, stage, by)
    spec = running.stage(stage)
    panel = str(spec.options.get("panel", ""))
    jurors = panel_jurors(session, running, panel)
    entries = alive_titles(session, running, spec)
    forbidden = forbidden_pairs(session, running, panel, jurors.values())
    fresh = sorted(set(pairs) - existing_pairs(session, gate.id))
    problems = [problem for pair in fresh for problem in _against(pair, entries, jurors, forbidden)]
    if problems:
        raise InputRefused(problems)
    back = _take_back(session, gate, set(fresh) & pairs_in(session, gate.id, "recused"))
    _store(session, gate, jurors, [pair for pair in fresh if pair not in back])
    detail = {"rule": "by hand", "new": str(len(fresh))}
    record(session, by=by.name, action="assignment.make", subject=f"{running.slug}/{stage}", detail=detail)
    return len(fresh)


def free_jurors(session: Session, running: Running, stage: str, entry: str) -> tuple[tuple[str, int], ...]:
    """Return the jurors of a stage's panel who could be given an entry, each with the load held, the least first.

    Who scores it already, was taken off it, is in conflict with it or judges other categories is left out.

    Raises:
        NotFound: the entry does not take part in the stage.

    """
    gathered = gather(session, running, find_stage(session, running.id, stage), 0)
    if entry not in gathered.entries:
        raise NotFound("entry", entry, f"in stage {stage}")
    case, category = gathered.case, gathered.entries[entry].category
    loads = Counter(juror for _, juror in case.existing)
    free = (
        code
        for code, juror in gathered.jurors.items()
        if (entry, code) not in case.existing | case.forbidden and category in (juror.categories or [category])
    )
    return tuple(sorted(((code, loads[code]) for code in free), key=lambda found: (found[1], found[0])))


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
    require(by, "assignment.change", Subject(running.slug, stage=stage))
    running.stage(stage)
    gate = hold_stage(session, running.id, stage, alone=True)
    if gate.state not in {"planned", "open"}:
        raise ActionRefused([f"the stage '{stage}' is {gate.state}; assignments are made before it closes"])
    return gate


def _against(
    pair: Pair, entries: Container[str], jurors: Mapping[str, JurorRow], forbidden: Mapping[Pair, str]
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
    jurors: Mapping[str, JurorRow],
    pairs: Iterable[Pair],
) -> None:
    found = session.execute(select(EntryRow.code, EntryRow.id).where(EntryRow.edition_id == gate.edition_id))
    entries: dict[str, int] = {code: number for code, number in found}  # noqa: C416  a row is no pair to the checker
    session.add_all(
        AssignmentRow(stage_id=gate.id, entry_id=entries[entry], juror_id=jurors[juror].id, state="offered")
        for entry, juror in pairs
    )
