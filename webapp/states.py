"""The word of a state, with its tone and its sign: one table for all pages, of which a page looks up what it shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_pgettext

Shown = tuple[Any, str, str]
"""Word, tone and icon. Never colour alone: the word is always there."""

STATES: Mapping[str, Mapping[str, Shown]] = {
    "edition": {
        "draft": (lazy_pgettext("edition", "draft"), "plain", "edit"),
        "open": (lazy_pgettext("edition", "open"), "info", "play"),
        "judging": (lazy_pgettext("edition", "being judged"), "info", "scale"),
        "decided": (lazy_pgettext("edition", "decided"), "mark", "seal"),
        "published": (lazy_pgettext("edition", "published"), "ok", "check"),
        "monitored": (lazy_pgettext("edition", "monitored"), "ok", "eye"),
        "archived": (lazy_pgettext("edition", "archived"), "plain", "lock"),
    },
    "stage": {
        "planned": (lazy_pgettext("stage", "planned"), "plain", "clock"),
        "open": (lazy_pgettext("stage", "open"), "info", "play"),
        "closed": (lazy_pgettext("stage", "closed"), "warn", "lock"),
        "sealed": (lazy_pgettext("stage", "sealed"), "mark", "seal"),
        "published": (lazy_pgettext("stage", "published"), "ok", "check"),
    },
    "entry": {
        "drafted": (lazy_pgettext("entry", "draft"), "plain", "edit"),
        "at_local_admin": (lazy_pgettext("entry", "at the local administrator"), "info", "user"),
        "submitted": (lazy_pgettext("entry", "submitted"), "info", "check"),
        "eligible": (lazy_pgettext("entry", "eligible"), "ok", "check"),
        "refused": (lazy_pgettext("entry", "not eligible"), "danger", "x"),
        "advanced": (lazy_pgettext("entry", "goes forward"), "ok", "forward"),
        "stopped": (lazy_pgettext("entry", "does not go forward"), "plain", "stop"),
        "awarded": (lazy_pgettext("entry", "awarded"), "mark", "trophy"),
        "withdrawn": (lazy_pgettext("entry", "withdrawn"), "plain", "undo"),
        "disqualified": (lazy_pgettext("entry", "disqualified"), "danger", "x"),
        "lapsed": (lazy_pgettext("entry", "lapsed"), "plain", "clock"),
    },
    "assignment": {
        "offered": (lazy_pgettext("assignment", "to be scored"), "plain", "clock"),
        "accepted": (lazy_pgettext("assignment", "being scored"), "info", "edit"),
        "done": (lazy_pgettext("assignment", "done"), "ok", "check"),
        "conflict": (lazy_pgettext("assignment", "conflict of interest"), "warn", "hand"),
        "recused": (lazy_pgettext("assignment", "stepped back"), "plain", "undo"),
        "lapsed": (lazy_pgettext("assignment", "lapsed"), "plain", "clock"),
    },
    "scorecard": {
        "draft": (lazy_pgettext("scorecard", "draft"), "plain", "edit"),
        "submitted": (lazy_pgettext("scorecard", "submitted"), "ok", "check"),
        "locked": (lazy_pgettext("scorecard", "locked"), "mark", "lock"),
    },
    "paper": {
        "typed": (lazy_pgettext("paper", "waits for a second person"), "warn", "clock"),
        "confirmed": (lazy_pgettext("paper", "confirmed"), "ok", "check"),
        "rejected": (lazy_pgettext("paper", "rejected"), "danger", "x"),
        "withdrawn": (lazy_pgettext("paper", "taken back"), "plain", "undo"),
    },
    "objection": {
        "received": (lazy_pgettext("objection", "received"), "info", "mail"),
        "under_review": (lazy_pgettext("objection", "under review"), "warn", "eye"),
        "upheld": (lazy_pgettext("objection", "upheld"), "ok", "check"),
        "rejected": (lazy_pgettext("objection", "rejected"), "plain", "x"),
    },
}


def state_of(entity: str, value: str) -> Shown:
    """Return how a state is shown; one that is not known is shown as it is called."""
    return STATES.get(entity, {}).get(value, (value, "plain", "info"))
