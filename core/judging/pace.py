"""How long jurors take for an entry, as far as it was recorded: from the first mark that was kept to the sending."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from juri.core.editions.model import StageRow
from juri.core.editions.verbs import Running
from juri.core.entries.model import Person
from juri.core.judging.model import AssignmentRow, JurorRow, ScorecardRevision


@dataclass(frozen=True)
class Pace:
    """The median time of the ``measured`` scorecards of a juror: those that were kept as a draft before they were sent.

    Pauses are in it, reading before the first mark is not. A sheet that somebody else typed, or that was sent at
    once, tells nothing of the time it took and is left out.
    """

    median: timedelta
    measured: int


def juror_paces(session: Session, running: Running, *, stage: str = "") -> dict[str, Pace]:
    """Return the pace of each juror of whom something was measured, by code, in one stage or in all."""
    times: dict[str, list[timedelta]] = defaultdict(list)
    for juror, begun, sent in _begun_and_sent(session, running, stage):
        if begun is not None and sent is not None and begun < sent:
            times[juror].append(sent - begun)
    return {juror: Pace(_median(own), len(own)) for juror, own in times.items()}


def _median(times: list[timedelta]) -> timedelta:
    return timedelta(seconds=median(time.total_seconds() for time in times))


def _begun_and_sent(
    session: Session, running: Running, stage: str
) -> list[tuple[str, datetime | None, datetime | None]]:
    """Read for each scorecard when its juror first kept a draft of it, and first sent it."""
    first = [
        func.min(case((ScorecardRevision.state == state, ScorecardRevision.at))) for state in ("draft", "submitted")
    ]
    counted = (
        select(JurorRow.code, *first)
        .select_from(ScorecardRevision)
        .join(AssignmentRow, AssignmentRow.id == ScorecardRevision.assignment_id)
        .join(StageRow, StageRow.id == AssignmentRow.stage_id)
        .join(JurorRow, JurorRow.id == AssignmentRow.juror_id)
        .join(Person, Person.id == JurorRow.person_id)
        .where(StageRow.edition_id == running.id, ScorecardRevision.written_by == Person.email)
        .group_by(AssignmentRow.id, JurorRow.code)
    )
    found = session.execute(counted.where(StageRow.key == stage) if stage else counted)
    return [(juror, begun, sent) for juror, begun, sent in found]
