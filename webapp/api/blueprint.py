"""The blueprint of the API, and who may ask for what: the same table of rights as the pages."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from juri.core.entries.listing import agencies_of, entry_subject
from juri.core.policy import Subject
from juri.core.results.publication import edition_subject
from juri.webapp.desk import desk
from juri.webapp.guard import Needs, in_edition

VERSION = "v1"
PREFIX = f"/api/{VERSION}"

blueprint = Blueprint("api", __name__, url_prefix=PREFIX)


def _edition(edition: str, **_: Any) -> Subject:
    with desk().reading() as session:
        return edition_subject(session, edition)


def _entry(edition: str, code: str, **_: Any) -> Subject:
    with desk().reading() as session:
        return entry_subject(session, edition, code)


def _own_share(edition: str, **_: Any) -> Subject:
    """Return the whole edition or, for who acts for an agency, that agency: what they see goes no further."""
    agencies = agencies_of(desk().actor, edition)
    return Subject(edition, agencies[0] if agencies else "")


SEES_EDITION = Needs("edition.see", _edition)
SEES_STANDINGS = Needs("standings.see", in_edition)
SEES_TRAIL = Needs("audit.see", in_edition)
SEES_ENTRIES = Needs("entry.see", _own_share)
SEES_ENTRY = Needs("entry.see", _entry)
REGISTERS = Needs("entry.register", _own_share)
WRITES_ENTRY = Needs("entry.change", _entry)
