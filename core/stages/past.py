"""The standings of a judged stage as they were at a moment: worked out from the revisions of then, never stored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from fractions import Fraction

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from juri.core.editions.gate import find_stage
from juri.core.editions.model import StageRow
from juri.core.editions.verbs import Running
from juri.core.entries.facts import facts_where
from juri.core.entries.model import EntryRow
from juri.core.errors import ActionRefused
from juri.core.extension import StageKind
from juri.core.judging.loads import OUT
from juri.core.judging.model import AssignmentRow, JurorRow, ScorecardRevision
from juri.core.scoring.standings import Standings
from juri.core.sheets import answers_from_json
from juri.core.stages.gates import outcome_of
from juri.core.stages.views import stage_view
from juri.core.view import Sheet


def standings_as_of(session: Session, running: Running, key: str, moment: datetime) -> Mapping[str, Standings]:
    """Return the standings of a judged stage, by track, from the scorecards that were in force at a moment.

    What counts is what was written until then: each sheet in its newest revision of then, and the acts of then. Rules,
    assignments, and the panel's order of equals count as they are now; every entry that was assigned takes part,
    also where it stopped or was withdrawn since.

    Raises:
        ActionRefused: the stage has no scorecards.

    """
    row = find_stage(session, running.id, key)
    kind = running.registry.find(StageKind, row.kind)
    if not kind.judged:
        raise ActionRefused([f"the stage '{key}' is a {row.kind}; it has no scores to look back on"])
    view = stage_view(session, running, row)
    assigned = select(AssignmentRow.entry_id).where(AssignmentRow.stage_id == row.id, AssignmentRow.state.not_in(OUT))
    entries = facts_where(session, EntryRow.id.in_(assigned))
    then = replace(
        view,
        entries=entries,
        sheets=tuple(_sheets_at(session, row, moment)),
        records=tuple(record for record in view.records if record.at <= moment),
        context=replace(view.context, entries=entries),
    )
    return outcome_of(running, kind, then).standings


def _sheets_at(session: Session, row: StageRow, moment: datetime) -> Iterator[Sheet]:
    """Read the assignments of a stage with the scorecards that were in force at a moment."""
    revision = ScorecardRevision
    newest = (
        select(revision.assignment_id, func.max(revision.version).label("version"))
        .where(revision.at <= moment)
        .group_by(revision.assignment_id)
        .subquery()
    )
    found = session.execute(
        select(EntryRow.code, JurorRow.code, JurorRow.weight, revision)
        .select_from(AssignmentRow)
        .join(EntryRow, EntryRow.id == AssignmentRow.entry_id)
        .join(JurorRow, JurorRow.id == AssignmentRow.juror_id)
        .outerjoin(newest, newest.c.assignment_id == AssignmentRow.id)
        .outerjoin(revision, (revision.assignment_id == AssignmentRow.id) & (revision.version == newest.c.version))
        .where(AssignmentRow.stage_id == row.id, AssignmentRow.state.not_in(OUT))
        .order_by(EntryRow.code, JurorRow.code)
    )
    for entry, juror, weight, told in found:
        if told is None or told.state == "draft" or told.total is None:
            yield Sheet(entry, juror, None, juror_weight=weight)
        else:
            points = {name: Fraction(value) for name, value in told.points.items()}
            answers = answers_from_json(told.answers)
            yield Sheet(entry, juror, Fraction(told.total), answers, points, told.passed, juror_weight=weight)
