"""How a plan is played: step by step, each looking in the database for what is left, each batch in one transaction.

A run that is killed leaves whole batches only. Started again, it asks every step what is left to do and goes on there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from juri.core.editions.model import EditionRow
from juri.core.editions.verbs import Running
from juri.core.entries.people import actor_of
from juri.core.policy import Actor
from juri.core.storage.session import WriteSession
from juri.webapp.demo.plan import Plan
from juri.webapp.workbench import Workbench

BATCH = 100
"""So many acts share a transaction: a disk makes some hundred transactions a second, each waiting for it."""

WHOLE = 1_000_000
"""The batch of a step that is done at once or not at all."""


@dataclass
class Replay:
    """A plan and the workbench it is played on; remembers who people are, which no step changes."""

    workbench: Workbench
    plan: Plan
    _actors: dict[str, Actor] = field(default_factory=dict)
    _running: Running | None = None

    def running(self, session: Session) -> Running:
        """Return the edition that is played; its document is read again when another revision or state is in force."""
        now = session.execute(
            select(EditionRow.state, EditionRow.revision).where(EditionRow.slug == self.plan.slug)
        ).one_or_none()
        kept = self._running
        if kept is None or now is None or (kept.state, kept.revision) != tuple(now):
            kept = self._running = self.workbench.running(session, self.plan.slug)
        return kept

    def actor(self, session: Session, email: str) -> Actor:
        """Return a person with the roles held: the verbs check them as they do for anybody."""
        if email not in self._actors:
            self._actors[email] = actor_of(session, email)
        return self._actors[email]


@dataclass(frozen=True)
class Step:
    """One step: ``left`` finds what is still to be done (empty: it is done), ``play`` does a batch of it."""

    title: str
    left: Callable[[Replay, Session], Sequence[Any]]
    play: Callable[[Replay, WriteSession, Sequence[Any]], None]
    batch: int = BATCH


class Progress(Protocol):
    """Who is told how a step goes."""

    def begin(self, title: str, length: int) -> None:
        """Hear that a step begins which has so much to do."""

    def advance(self, done: int) -> None:
        """Hear that so much more of it is done and stored."""

    def end(self) -> None:
        """Hear that the step is done."""


def play(replay: Replay, steps: Sequence[Step], progress: Progress) -> int:
    """Play the steps in their order; returns how many had something left to do."""
    played = 0
    for step in steps:
        with replay.workbench.reading() as session:
            left = step.left(replay, session)
        if not left:
            continue
        played += 1
        progress.begin(step.title, len(left))
        for start in range(0, len(left), step.batch):
            batch = left[start : start + step.batch]
            with replay.workbench.writing() as (session, _):
                step.play(replay, session, batch)
            progress.advance(len(batch))
        progress.end()
    return played
