"""Building the view of a stage: one consistent read of everything its kind may know."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache, partial
from itertools import chain
from typing import Any, TypeVar, TypeVarTuple

import numpy as np
from marshmallow import ValidationError
from sqlalchemy import Select, bindparam, func, or_, select
from sqlalchemy.orm import Session

from juri.core.document import StageSpec
from juri.core.editions.model import StageRow
from juri.core.editions.verbs import Running
from juri.core.entries.facts import ALIVE, IN_REGISTRATION, alive_facts, award_history, facts_where
from juri.core.entries.model import EntryRow
from juri.core.errors import PluginError
from juri.core.extension import StageKind
from juri.core.judging.loads import OUT, SENT
from juri.core.judging.model import AssignmentRow, JurorRow, ScorecardRevision, ScorecardRow
from juri.core.registry import Registry
from juri.core.results.decisions import decisions_in_force, tie_order_in_force
from juri.core.results.snapshots import standings_in_force
from juri.core.scoring.combine import Combination
from juri.core.scoring.matrix import Matrix
from juri.core.scoring.rubric import Rubric
from juri.core.sheets import answers_from_json
from juri.core.stages.model import StageRecord
from juri.core.storage.database import said_plainly
from juri.core.storage.prepared import Prepared
from juri.core.view import ADVANCE, EntryFacts, ReadLater, Record, RuleContext, Sheet, SheetTable, StageView

SEALED = frozenset({"sealed", "published"})

_TOTALS = Prepared(
    select(
        AssignmentRow.entry_id,
        AssignmentRow.juror_id,
        func.coalesce(ScorecardRow.total_numerator, 0),
        func.coalesce(ScorecardRow.total_denominator, 0),
    )
    .outerjoin(ScorecardRow, (ScorecardRow.assignment_id == AssignmentRow.id) & ScorecardRow.state.in_(SENT))
    .where(AssignmentRow.stage_id == bindparam("stage"), AssignmentRow.state.not_in(OUT))
)
_ENTRIES = Prepared(select(EntryRow.id, EntryRow.code).where(EntryRow.edition_id == bindparam("edition")))
_JURORS = Prepared(
    select(JurorRow.id, JurorRow.code, JurorRow.weight).where(JurorRow.edition_id == bindparam("edition"))
)


def stage_view(session: Session, running: Running, row: StageRow) -> StageView:
    """Read everything that a stage's kind may know about it, as values."""
    spec = running.stage(row.key)
    kind = running.registry.find(StageKind, spec.kind)
    states = IN_REGISTRATION if kind.takes_entries else ALIVE
    entries = alive_facts(session, running, spec, states=states)
    earlier = {stage.key: stage for stage in _earlier_stages(session, running, row)}
    later = _reader(session)
    proposed, decided = decisions_in_force(session, row)
    return StageView(
        stage=spec,
        entries=entries,
        tracks=tuple(track for track in running.edition.tracks if not spec.tracks or track.id in spec.tracks),
        eligibility=running.edition.eligibility,
        rubrics=stage_rubrics(running, spec),
        sheets=sheet_table(session, row) if kind.judged else (),
        records=tuple(records_of(session, running.registry, row)),
        earlier=later(earlier, partial(standings_in_force, session)),
        earlier_records=later(earlier, lambda stage: tuple(records_of(session, running.registry, stage))),
        context=RuleContext(
            calendar=running.edition.calendar,
            entries=entries,
            history=award_history(session, running),
            form=running.edition.form,
            time_zone=running.edition.time_zone,
            extensions=running.registry.get,
        ),
        passed=later(
            {key: stage for key, stage in earlier.items() if stage.state in SEALED}, partial(_passed, session)
        ),
        tie_order=tie_order_in_force(
            session, [row, *(each for each in earlier.values() if _shares_ranking(running, each, spec))]
        ),
        proposed=tuple(proposed.values()),
        decided={entry: decision.outcome for entry, decision in decided.items()},
        extensions=running.registry.get,
    )


def rests_on(spec: StageSpec) -> frozenset[str]:
    """Name the stages whose ranking a stage goes by: the panel's order of ties in one of them holds in it, too.

    An order recorded elsewhere does not: a tie in the interviews is not settled by what was said of the proposals.
    """
    options = spec.options
    used = [options.get("of"), *(award.get("of") for award in options.get("awards") or ())]
    return frozenset(stage for of in used if isinstance(of, Combination) for stage in (*of.weights, *of.ties))


def _shares_ranking(running: Running, stage: StageRow, spec: StageSpec) -> bool:
    """Tell whether an earlier stage made the ranking that this one goes by, or went by it, too."""
    return bool(rests_on(spec) & {stage.key, *rests_on(running.stage(stage.key))})


def sheet_table(session: Session, row: StageRow) -> SheetTable:
    """Return the sheets of a stage, to be read in the same transaction: the totals, or all that stands on them.

    They are read while a plugin looks at them; a database that fails then is no fault of the plugin.
    """
    url = session.get_bind().engine.url

    def totals() -> Matrix:
        with said_plainly(url):
            return totals_of(session, row)

    def sheets() -> Iterable[Sheet]:
        with said_plainly(url):
            return tuple(sheets_of(session, row))

    return SheetTable(totals, sheets)


def totals_of(session: Session, row: StageRow) -> Matrix:
    """Read the totals of a stage's scorecards in force, with the assignments that have none; no conflicts.

    One row of numbers an assignment, and no more: a stage of 125,000 scorecards is ranked while somebody waits.
    """
    columns = np.fromiter(chain.from_iterable(_TOTALS.raw(session, {"stage": row.id})), dtype=np.int64).reshape(-1, 4)
    edition = {"edition": row.edition_id}
    entries = {number: code for number, code in _ENTRIES.raw(session, edition)}  # noqa: C416  a row is of any length to the checker
    jurors = _JURORS.raw(session, edition)
    names = {number: code for number, code, _ in jurors}
    return Matrix.of_columns(entries, names, columns.T, {code: weight for _, code, weight in jurors})


def jurors_behind(session: Session, row: StageRow) -> frozenset[str]:
    """Return the jurors who have yet to send a sheet of a stage."""
    behind = _without_conflicts(select(JurorRow.code).distinct(), row).where(
        or_(ScorecardRow.state.is_(None), ScorecardRow.state.not_in(SENT))
    )
    return frozenset(session.scalars(behind))


def sheets_of(session: Session, row: StageRow, entry: str = "") -> Iterable[Sheet]:
    """Read the assignments of a stage, or of one entry in it, with their scorecards in force; no conflicts."""
    wanted = _without_conflicts(
        select(
            EntryRow.code,
            JurorRow.code,
            JurorRow.weight,
            ScorecardRow.state,
            ScorecardRevision.total,
            ScorecardRevision.answers,
            ScorecardRevision.points,
            ScorecardRevision.passed,
        ),
        row,
    ).outerjoin(
        ScorecardRevision,
        (ScorecardRevision.assignment_id == ScorecardRow.assignment_id)
        & (ScorecardRevision.version == ScorecardRow.version),
    )
    if entry:
        wanted = wanted.where(EntryRow.edition_id == row.edition_id, EntryRow.code == entry)
    found = session.execute(wanted.order_by(EntryRow.code, JurorRow.code))
    for code, juror, weight, state, total, answers, points, passed in found:
        if state in SENT:
            yield Sheet(
                entry=code,
                juror=juror,
                total=_exact(total),
                answers=answers_from_json(answers),
                points={name: _exact(value) for name, value in points.items()},
                passed=passed,
                juror_weight=weight,
            )
        else:
            yield Sheet(code, juror, None, juror_weight=weight)


_exact = lru_cache(maxsize=8192)(Fraction)
"""Reads a stored figure once: a stage has few different ones, on many sheets."""

Columns = TypeVarTuple("Columns")
Value = TypeVar("Value")


def _without_conflicts(statement: Select[*Columns], row: StageRow) -> Select[*Columns]:
    """Ask of the assignments of a stage with their scorecards, those in conflict left out."""
    return (
        statement.select_from(AssignmentRow)
        .join(EntryRow, EntryRow.id == AssignmentRow.entry_id)
        .join(JurorRow, JurorRow.id == AssignmentRow.juror_id)
        .outerjoin(ScorecardRow, ScorecardRow.assignment_id == AssignmentRow.id)
        .where(AssignmentRow.stage_id == row.id, AssignmentRow.state.not_in(OUT))
    )


def records_of(session: Session, registry: Registry, stage: StageRow) -> Iterable[Record]:
    """Read the acts of a stage in force: the newest of each topic, entry and subject, in the order of their writing."""
    act = StageRecord
    found = session.execute(
        select(act.topic, EntryRow.code, act.subject, act.data, act.written_by, act.at, act.id)
        .outerjoin(EntryRow, EntryRow.id == act.entry_id)
        .where(act.stage_id == stage.id)
        .order_by(act.id)
    )
    newest: dict[tuple[str, str | None, str], Record] = {}
    load = _Loader(registry.find(StageKind, stage.kind))
    for topic, entry, subject, data, by, at, number in found:
        key = (topic, entry, subject)
        newest.pop(key, None)
        newest[key] = Record(topic, entry, subject, load(topic, data, number), by, at, number)
    return newest.values()


def _passed(session: Session, stage: StageRow) -> tuple[EntryFacts, ...]:
    """Return the entries that went on from a sealed stage, also those that a later one stopped."""
    _, decided = decisions_in_force(session, stage)
    on = {code for code, decision in decided.items() if decision.outcome == ADVANCE}
    there = facts_where(session, EntryRow.edition_id == stage.edition_id, EntryRow.state.in_(ALIVE | {"stopped"}))
    return tuple(entry for entry in there if entry.code in on)


def _reader(session: Session) -> Callable[[Mapping[str, StageRow], Callable[[StageRow], Value]], ReadLater[Value]]:
    """Return what makes a mapping of stages to be read in the same transaction, when a plugin looks at one of them.

    A database that fails then is no fault of the plugin.
    """
    url = session.get_bind().engine.url

    def later(stages: Mapping[str, StageRow], read: Callable[[StageRow], Value]) -> ReadLater[Value]:
        def of_stage(key: str) -> Value:
            with said_plainly(url):
                return read(stages[key])

        return ReadLater(stages, of_stage)

    return later


class _Loader:
    """Gives the data of acts the types that their topics' schemas gave them when they were written."""

    def __init__(self, kind: StageKind) -> None:
        self._kind = kind
        self._schemas = {topic: told.schema() for topic, told in kind.records.items()}

    def __call__(self, topic: str, data: Any, number: int) -> Mapping[str, Any]:
        try:
            loaded: Mapping[str, Any] = self._schemas[topic].load(data)
        except (KeyError, ValidationError) as error:
            raise PluginError(
                self._kind.name, f"acts '{topic}'", f"the stored act {number} can no longer be read: {error}"
            ) from error
        return loaded


def _earlier_stages(session: Session, running: Running, row: StageRow) -> Sequence[StageRow]:
    return session.scalars(
        select(StageRow)
        .where(StageRow.edition_id == running.id, StageRow.position < row.position)
        .order_by(StageRow.position)
    ).all()


def stage_rubrics(running: Running, spec: StageSpec) -> Mapping[str, Rubric]:
    """Return the rubrics that a stage names, by id."""
    named: Any = spec.options.get("rubric")
    wanted = set(named.values()) if isinstance(named, Mapping) else {named}
    return {name: rubric for name, rubric in running.edition.rubrics.items() if name in wanted}
