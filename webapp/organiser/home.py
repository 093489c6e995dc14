"""The first page of an organiser: the editions that one works for, each with its state and what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import render_template
from flask_babel import gettext

from juri.core.editions.listing import list_editions
from juri.core.editions.positions import read_mapping
from juri.core.editions.working import WorkingCopy, list_copies
from juri.core.policy import Subject, may
from juri.webapp.desk import desk
from juri.webapp.guard import SIGNED_IN, guarded
from juri.webapp.organiser import words
from juri.webapp.organiser.blueprint import blueprint
from juri.webapp.organiser.create_edition import may_create_some
from juri.webapp.organiser.edit_schema import said_in_language


@dataclass(frozen=True)
class Begun:
    """An edition that somebody writes and that is not installed yet."""

    slug: str
    name: str
    written_by: str
    at: datetime


@guarded(blueprint, "/", needs=SIGNED_IN)
def home() -> Any:
    """List the editions that this person may look into; none is no fault."""
    here = desk()
    with here.reading() as session:
        editions = list_editions(session, here.actor, "desk.see")
        copies = [copy for copy in list_copies(session) if not copy.is_installed]
    return render_template(
        "organiser/home.html",
        editions=editions,
        begun=[_begun(copy) for copy in copies if may(here.actor, "edition.draft", Subject(copy.slug)).allowed],
        words=words,
        may_create=may_create_some(),
        breadcrumbs=[(gettext("My editions"), "")],
    )


def _begun(copy: WorkingCopy) -> Begun:
    name = said_in_language(read_mapping(copy.text, copy.slug).plain().get("name"))
    return Begun(copy.slug, name or copy.slug, copy.written_by, copy.at)
