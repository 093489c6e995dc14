"""Judging: jurors are assigned, declare their conflicts and send their scorecards, each as the person they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from juri.core.editions.verbs import Running
from juri.core.entries.model import EntryRow, Person
from juri.core.judging.assignments import assign
from juri.core.judging.conflicts import declare_conflict
from juri.core.judging.model import AssignmentRow, JurorRow
from juri.core.judging.scorecards import prepare_scorecard, rubric_of, submit_scorecard
from juri.core.storage.session import WriteSession
from juri.webapp.demo.lots import Lots
from juri.webapp.demo.marks import give_marks
from juri.webapp.demo.people import ORGANISER
from juri.webapp.demo.replay import Replay, Step
from juri.webapp.demo.stages import stage_row

Sheet = tuple[str, str, str, str, str]
"""Entry, track, category, juror and the juror's address."""

SCORECARDS = 120
"""Scorecards share a transaction by so many."""


def assigning_step(stage: str, *, conflicts: int = 0) -> Step:
    """Return the step that assigns jurors; some of them then declare a conflict, and others take their places."""

    def left(replay: Replay, session: Session) -> Sequence[str]:
        row = stage_row(replay, session, stage)
        made = session.scalar(select(func.count()).where(AssignmentRow.stage_id == row.id))
        return [stage] if row.state == "open" and not made else []

    def play(replay: Replay, session: WriteSession, _: Sequence[str]) -> None:
        running, by = replay.running(session), replay.actor(session, ORGANISER)
        assign(session, running, stage, by=by, seed=replay.plan.seed)
        if conflicts:
            pairs = Lots(replay.plan.seed, "conflicts", stage).shuffled(_assigned(replay, session, stage))
            for entry, _track, _category, juror, email in pairs[:conflicts]:
                own = replay.actor(session, email)
                declare_conflict(session, running, juror, entry, "advised this innovation (invented)", by=own)
            assign(session, running, stage, by=by, seed=replay.plan.seed)

    return Step(f"{stage}: assign jurors", left, play)


def scoring_step(stage: str, never_sent: Callable[[int, str, str], bool] = lambda *_: False) -> Step:
    """Return the step in which the jurors send their scorecards; ``never_sent`` says which never come in."""

    def left(replay: Replay, session: Session) -> Sequence[Sheet]:
        seed = replay.plan.seed
        return [s for s in _assigned(replay, session, stage) if not never_sent(seed, s[0], s[2])]

    def play(replay: Replay, session: WriteSession, sheets: Sequence[Sheet]) -> None:
        running = replay.running(session)
        for sheet in sheets:
            _send(replay, session, running, stage, sheet)

    return Step(f"{stage}: scorecards", left, play, batch=SCORECARDS)


def _assigned(replay: Replay, session: Session, stage: str) -> Sequence[Sheet]:
    """Return the assignments of an open stage that wait for their scorecard."""
    row = stage_row(replay, session, stage)
    found = session.execute(
        select(EntryRow.code, EntryRow.track, EntryRow.category, JurorRow.code, Person.email)
        .select_from(AssignmentRow)
        .join(EntryRow, EntryRow.id == AssignmentRow.entry_id)
        .join(JurorRow, JurorRow.id == AssignmentRow.juror_id)
        .join(Person, Person.id == JurorRow.person_id)
        .where(AssignmentRow.stage_id == row.id, AssignmentRow.state.in_(("offered", "accepted")))
        .order_by(EntryRow.code, JurorRow.code)
    )
    return found.all() if row.state == "open" else []


def _send(replay: Replay, session: WriteSession, running: Running, stage: str, sheet: Sheet) -> None:
    entry, track, category, juror, email = sheet
    criteria = [leaf.id for leaf in rubric_of(running, running.stage(stage), track, category).leaves]
    answers = give_marks(replay.plan.seed, stage, entry, juror, criteria)
    prepared = prepare_scorecard(session, running, stage=stage, entry=entry, juror=juror, answers=answers)
    submit_scorecard(session, running, prepared, by=replay.actor(session, email), version=0)
