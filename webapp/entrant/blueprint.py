"""The blueprint of the entrants' pages, and who may open which: the entries of one's own agencies, and no others."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from juri.core.entries.listing import agencies_of, entry_subject
from juri.core.policy import Subject
from juri.webapp.desk import desk
from juri.webapp.guard import Needs

blueprint = Blueprint("entrant", __name__, url_prefix="/entrant")


def _own_entry(edition: str, code: str, **_: Any) -> Subject:
    with desk().reading() as session:
        subject = entry_subject(session, edition, code)
    return subject if subject.organization in agencies_of(desk().actor, edition) else Subject()


def _own_agency(edition: str, **_: Any) -> Subject:
    agencies = agencies_of(desk().actor, edition)
    return Subject(edition, agencies[0]) if agencies else Subject()


SEES = Needs("entry.see", _own_entry)
"""Reading an entry of an agency of one's own."""

WRITES = Needs("entry.change", _own_entry)
"""Doing something with an entry of one's own agency; the verb asks for the very act, in the entry's state."""

TAKES_PART = Needs("entry.see", _own_agency)
"""Having an agency in the edition."""

OBJECTS = Needs("objection.file", _own_agency)
"""Objecting for an agency of one's own, while a stage hears objections."""

BEGINS = Needs("entry.register", _own_agency)
"""Beginning an entry for an agency of one's own."""
