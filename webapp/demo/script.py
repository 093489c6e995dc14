"""The whole demonstration from the first step to the last."""

from __future__ import annotations

from juri.webapp.demo.finishing import finishing_steps
from juri.webapp.demo.preparing import preparing_steps, require_same_plan
from juri.webapp.demo.registering import registering_steps
from juri.webapp.demo.replay import Progress, Replay, Step, play
from juri.webapp.demo.stages import edition_step


def all_steps() -> list[Step]:
    """Return every step in its order."""
    return [*preparing_steps(), edition_step(("draft",), "open"), *registering_steps(), *finishing_steps()]


def play_demonstration(replay: Replay, progress: Progress) -> int:
    """Begin a demonstration, or go on where one was stopped; returns how many steps had something left to do.

    Raises:
        ActionRefused: the database holds an edition of that name that this plan did not begin.

    """
    with replay.workbench.reading() as session:
        require_same_plan(session, replay.plan)
    return play(replay, all_steps(), progress)
