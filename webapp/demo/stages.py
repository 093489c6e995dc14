"""The steps that every stage goes through: opened, closed, its ties settled, decided, sealed, published."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from juri.core.editions.model import EditionRow, StageRow
from juri.core.editions.verbs import move_edition
from juri.core.results.decisions import decisions_in_force
from juri.core.stages.deciding import decide, order_ties
from juri.core.stages.verbs import close_stage, open_stage, publish_stage, recompute_stage, seal_stage
from juri.core.storage.session import WriteSession
from juri.core.view import UNDECIDED
from juri.webapp.demo.lots import Lots
from juri.webapp.demo.people import ORGANISER, SIGNERS
from juri.webapp.demo.replay import WHOLE, Replay, Step

Depart = Callable[[Replay, Session], dict[str, str]]
"""Finds where the panel departs from what the rules propose: outcomes by entry code."""

AS_PROPOSED = "as the rules propose"


@dataclass(frozen=True)
class Course:
    """How a stage of the demonstration goes beside what happens while it is open."""

    key: str
    chair: str = ORGANISER
    early: str = ""
    publish: bool = False
    depart: Depart | None = None
    why_depart: str = ""


def stage_steps(course: Course, *while_open: Step) -> Iterator[Step]:
    """Yield the steps of a stage, in their order."""
    key = course.key
    yield _when(f"{key}: open", key, ("planned",), lambda replay, session: _open(replay, session, key))
    yield from while_open
    yield _when(f"{key}: close", key, ("open",), lambda replay, session: _close(replay, session, course))
    yield Step(f"{key}: settle ties", _tied(key), partial(_settle, course=course), batch=WHOLE)
    yield Step(f"{key}: decide", _to_decide(key), lambda replay, session, _: _decide(replay, session, course))
    yield _when(f"{key}: seal", key, ("closed",), lambda replay, session: _seal(replay, session, course))
    if course.publish:
        yield _when(f"{key}: publish", key, ("sealed",), lambda replay, session: _publish(replay, session, key))


def edition_step(before: Sequence[str], to: str) -> Step:
    """Return the step that moves the edition on."""

    def left(replay: Replay, session: Session) -> Sequence[str]:
        state = session.scalar(select(EditionRow.state).where(EditionRow.slug == replay.plan.slug))
        return [to] if state in before else []

    def move(replay: Replay, session: WriteSession, _: Sequence[str]) -> None:
        move_edition(session, replay.running(session), to, by=replay.actor(session, ORGANISER))

    return Step(f"edition: {to}", left, move)


def stage_row(replay: Replay, session: Session, key: str) -> StageRow:
    """Return a stage of the edition that is played."""
    return session.scalars(
        select(StageRow)
        .join(EditionRow, EditionRow.id == StageRow.edition_id)
        .where(EditionRow.slug == replay.plan.slug, StageRow.key == key)
    ).one()


def _when(title: str, key: str, states: Sequence[str], do: Callable[[Replay, WriteSession], None]) -> Step:
    def left(replay: Replay, session: Session) -> Sequence[str]:
        return [key] if stage_row(replay, session, key).state in states else []

    return Step(title, left, lambda replay, session, _: do(replay, session))


def _open(replay: Replay, session: WriteSession, key: str) -> None:
    open_stage(session, replay.running(session), key, by=replay.actor(session, ORGANISER))


def _close(replay: Replay, session: WriteSession, course: Course) -> None:
    by = replay.actor(session, ORGANISER)
    close_stage(session, replay.running(session), course.key, by=by, early=course.early)


def _tied(key: str) -> Callable[[Replay, Session], Sequence[str]]:
    def left(replay: Replay, session: Session) -> Sequence[str]:
        row = stage_row(replay, session, key)
        if row.state != "closed":
            return []
        proposed, decided = decisions_in_force(session, row)
        return [code for code, own in proposed.items() if own.outcome == UNDECIDED and code not in decided]

    return left


def _settle(replay: Replay, session: WriteSession, codes: Sequence[str], *, course: Course) -> None:
    """Record the panel's word on entries that the rules could not set apart; which word, lots say."""
    running, by = replay.running(session), replay.actor(session, course.chair)
    order = Lots(replay.plan.seed, "panel", course.key).shuffled(sorted(codes))
    reason = "equal by every rule of the tie chain; the panel discussed them and ordered them (invented)"
    order_ties(session, running, course.key, order, by=by, signer=SIGNERS[course.chair], reason=reason)
    recompute_stage(session, running, course.key, by=replay.actor(session, ORGANISER), reason="the panel settled a tie")


def _to_decide(key: str) -> Callable[[Replay, Session], Sequence[str]]:
    def left(replay: Replay, session: Session) -> Sequence[str]:
        row = stage_row(replay, session, key)
        if row.state != "closed":
            return []
        proposed, decided = decisions_in_force(session, row)
        return [key] if set(proposed) - set(decided) else []

    return left


def _decide(replay: Replay, session: WriteSession, course: Course) -> None:
    running, by, signer = replay.running(session), replay.actor(session, course.chair), SIGNERS[course.chair]
    decide(session, running, course.key, by=by, signer=signer, reason=AS_PROPOSED)
    departures = course.depart(replay, session) if course.depart else {}
    if departures:
        decide(session, running, course.key, by=by, signer=signer, reason=course.why_depart, outcomes=departures)


def _seal(replay: Replay, session: WriteSession, course: Course) -> None:
    signers = sorted({SIGNERS[course.chair], SIGNERS[ORGANISER]})
    seal_stage(session, replay.running(session), course.key, by=replay.actor(session, ORGANISER), signers=signers)


def _publish(replay: Replay, session: WriteSession, key: str) -> None:
    publish_stage(session, replay.running(session), key, by=replay.actor(session, ORGANISER))
