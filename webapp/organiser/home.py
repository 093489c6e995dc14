"""The first page of an organiser: the editions that one works for, each with its state and what comes next."""

from __future__ import annotations

from typing import Any

from flask import current_app, render_template
from flask_babel import gettext

from juri.core.editions.listing import list_editions
from juri.core.policy import Subject, may
from juri.webapp.desk import desk
from juri.webapp.guard import SIGNED_IN, guarded
from juri.webapp.organiser import words
from juri.webapp.organiser.blueprint import blueprint


@guarded(blueprint, "/", needs=SIGNED_IN)
def home() -> Any:
    """List the editions that this person may look into; none is no fault."""
    here = desk()
    with here.reading() as session:
        editions = list_editions(session, here.actor, "standings.see")
    is_shown = "organiser.create" in current_app.view_functions
    return render_template(
        "organiser/home.html",
        editions=editions,
        words=words,
        may_create=is_shown and may(here.actor, "edition.create", Subject()).allowed,
        breadcrumbs=[(gettext("My editions"), "")],
    )
