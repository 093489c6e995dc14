"""The blueprint of the jurors' pages, and who may open which: what was assigned to oneself, and nothing else."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from juri.core.judging.queue import own_subject
from juri.core.policy import Subject
from juri.webapp.desk import desk
from juri.webapp.forms import shown_number
from juri.webapp.guard import Needs
from juri.webapp.juror.words import shown_total

blueprint = Blueprint("juror", __name__, url_prefix="/juror")
blueprint.add_app_template_filter(shown_total, "own_total")
blueprint.add_app_template_filter(shown_number, "typed")


def _own_assignment(edition: str, stage: str, entry: str, **_: Any) -> Subject:
    with desk().reading() as session:
        return own_subject(session, edition, stage, entry, desk().actor.person)


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
