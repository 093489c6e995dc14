"""What was assigned to whoever asks, and the rights that hang on it: for the jurors' pages and the API alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import g

from juri.core.document import StageSpec
from juri.core.editions.gate import Gate, find_gate
from juri.core.editions.verbs import Running
from juri.core.errors import NotFound
from juri.core.judging.queue import OwnAssignment, find_own, own_subject
from juri.core.policy import Subject
from juri.webapp.desk import desk
from juri.webapp.guard import Needs


@dataclass(frozen=True)
class OwnWork:
    """An own assignment with what its scorecard hangs on: the edition in force, the stage and its gate."""

    own: OwnAssignment
    running: Running
    stage: StageSpec
    gate: Gate


def own_work(edition: str, stage: str, entry: str) -> OwnWork:
    """Return the work that a route names, as it was when the request came in.

    It is read before anything that a page shows of it, so its version is never newer than what is shown.

    Raises:
        NotFound: it is not assigned to who asks; in the same words whether or not the entry exists.

    """
    place = (edition, stage, entry)
    known: dict[tuple[str, str, str], OwnWork] = g.setdefault("own_work", {})
    if place not in known:
        with desk().reading() as session:
            own = find_own(session, *place, desk().actor.person)
            running = desk().running(session, edition)
            known[place] = OwnWork(own, running, running.stage(stage), find_gate(session, running.id, stage))
    return known[place]


def own_assignment(edition: str, stage: str, entry: str) -> OwnAssignment:
    """Return the assignment alone.

    Raises:
        NotFound: as ``own_work``.

    """
    return own_work(edition, stage, entry).own


def _own_assignment(edition: str, stage: str, entry: str, **_: Any) -> Subject:
    try:
        return own_subject(edition, own_assignment(edition, stage, entry), desk().actor.person)
    except NotFound:
        return Subject(edition)


def _own_queue(edition: str, **_: Any) -> Subject:
    return Subject(edition, person=desk().actor.person)


SEES = Needs("entry.see", _own_assignment)
"""Reading an entry that was assigned to oneself."""

SCORES = Needs("scorecard.write", _own_assignment)
"""Writing the scorecard of an entry that was assigned to oneself."""

DECLARES = Needs("conflict.declare", _own_assignment)
"""Saying whether one has a conflict with an entry that was assigned to oneself."""

HAS_QUEUE = Needs("scorecard.write", _own_queue)
"""Being a juror of the edition; what one sees then is what is assigned to oneself."""
