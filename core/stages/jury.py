"""How the jurors of a stage score and agree: the figures of an analysis, from the scorecards that are in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from fractions import Fraction

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from juri.core.analysis.agreement import Agreement, measure_agreement
from juri.core.analysis.jurors import JurorFigures, describe_jurors
from juri.core.editions.gate import find_stage
from juri.core.editions.model import StageRow
from juri.core.editions.verbs import Running
from juri.core.entries.model import EntryRow
from juri.core.judging.jury import Pair, line_up, scores_of
from juri.core.judging.model import AssignmentRow, JurorRow, ScorecardRevision
from juri.core.judging.pace import Pace, juror_paces
from juri.core.scoring.matrix import Matrix
from juri.core.stages.views import sheets_of
from juri.core.view import Sheet


@dataclass(frozen=True)
class StageJury:
    """How the jurors of a stage score, and how well they agree: on the totals, on each track's, on each criterion.

    ``jurors`` has the code and the figures of everyone with a submitted scorecard, by code; ``tracks`` is empty where
    there are fewer than two, ``criteria`` likewise.
    """

    jurors: tuple[tuple[str, JurorFigures], ...]
    whole: Agreement
    tracks: Mapping[str, Agreement]
    criteria: Mapping[str, Agreement]


def stage_jury(session: Session, running: Running, stage: str) -> StageJury:
    """Work out the figures from the scorecards that are in.

    The time of a juror's scorecards is that of ``juror_paces``; their order is that of their first submissions.
    """
    row = find_stage(session, running.id, stage)
    sheets = [sheet for sheet in sheets_of(session, row) if sheet.total is not None]
    total = _matrix(sheets)
    given: dict[str, list[tuple[str, str, Fraction]]] = {}
    for sheet in sheets:
        for name, value in scores_of(sheet):
            given.setdefault(name, []).append((sheet.entry, sheet.juror, value))
    criteria = {name: Matrix.build(own) for name, own in given.items()} if len(given) > 1 else {}
    jury = line_up(total, criteria, _submitted(session, row))
    paces = juror_paces(session, running, stage=stage)
    described = ((total.jurors[figures.juror], figures) for figures in describe_jurors(jury))
    return StageJury(
        jurors=tuple((code, _timed(figures, paces.get(code))) for code, figures in described),
        whole=measure_agreement(total),
        tracks={name: measure_agreement(_matrix(own)) for name, own in _by_track(session, running, sheets).items()},
        criteria={name: measure_agreement(matrix) for name, matrix in criteria.items()},
    )


def _matrix(sheets: Iterable[Sheet]) -> Matrix:
    return Matrix.build((sheet.entry, sheet.juror, sheet.total) for sheet in sheets)


def _by_track(session: Session, running: Running, sheets: Sequence[Sheet]) -> dict[str, list[Sheet]]:
    """Sort the sheets by the tracks of their entries; nothing where they are of one track."""
    found = session.execute(select(EntryRow.code, EntryRow.track).where(EntryRow.edition_id == running.id))
    track_of: dict[str, str] = {code: track for code, track in found}  # noqa: C416  a row is no tuple to the checker
    parts: dict[str, list[Sheet]] = {}
    for sheet in sheets:
        parts.setdefault(track_of[sheet.entry], []).append(sheet)
    return dict(sorted(parts.items())) if len(parts) > 1 else {}


def _timed(figures: JurorFigures, pace: Pace | None) -> JurorFigures:
    return figures if pace is None else replace(figures, minutes=pace.median / timedelta(minutes=1))


def _submitted(session: Session, row: StageRow) -> Mapping[Pair, Fraction]:
    """Return when each scorecard was first submitted, in seconds since 1970."""
    found = session.execute(
        select(EntryRow.code, JurorRow.code, func.min(ScorecardRevision.at))
        .select_from(AssignmentRow)
        .join(EntryRow, EntryRow.id == AssignmentRow.entry_id)
        .join(JurorRow, JurorRow.id == AssignmentRow.juror_id)
        .join(ScorecardRevision, ScorecardRevision.assignment_id == AssignmentRow.id)
        .where(AssignmentRow.stage_id == row.id, ScorecardRevision.state != "draft")
        .group_by(EntryRow.code, JurorRow.code)
    )
    return {(entry, juror): Fraction(at.timestamp()) for entry, juror, at in found}
