"""The audit trail: who did what and when, and whether it is still what was written."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import request
from flask_babel import gettext as _

from juri.core.audit.checker import verify as check_trail
from juri.core.audit.reading import Wanted, count_events, list_actions, list_events
from juri.core.audit.trail import seal
from juri.webapp.admin.audit_words import shown_details
from juri.webapp.admin.blueprint import blueprint
from juri.webapp.admin.frame import PAGE, SEES_AUDIT, shown
from juri.webapp.desk import desk
from juri.webapp.guard import Needs, guarded, in_edition
from juri.webapp.language import DEFAULT_ZONE

SEES_AUDIT_OF_EDITION = Needs("audit.see", in_edition)
LONGEST_FILTER = 200


@guarded(blueprint, "/audit", needs=SEES_AUDIT)
def audit() -> Any:
    """Show the acts of the whole installation."""
    return _page("")


@guarded(blueprint, "/audit/edition/<edition>", needs=SEES_AUDIT_OF_EDITION)
def edition_audit(edition: str) -> Any:
    """Show the acts of one edition, to whoever may see no more."""
    with desk().reading() as session:
        desk().running(session, edition)
    return _page(edition)


@guarded(blueprint, "/audit/verify", needs=SEES_AUDIT, methods=("POST",))
def verify() -> Any:
    """Check the whole trail against every stored row; takes a while where there is much."""
    published = request.form.get("head", "").strip()[:64] or None
    seal(desk().workbench.database)
    with desk().reading() as session:
        found = check_trail(session, published_head=published)
    return shown("verified.html", found=found, published=published)


def _page(edition: str) -> Any:
    asked = {name: request.args.get(name, "").strip()[:LONGEST_FILTER] for name in _FILTERS}
    before = request.args.get("before", "")
    problems: list[str] = []
    wanted = Wanted(
        actor=asked["actor"],
        action=asked["action"],
        subject=asked["subject"],
        since=_moment(asked["since"], problems),
        until=_moment(asked["until"], problems, days=1),
        edition=edition,
    )
    with desk().reading() as session:
        events = list_events(session, wanted, before=_number(before), most=PAGE + 1)
        return shown(
            "audit.html",
            events=events[:PAGE],
            older=events[PAGE - 1].id if len(events) > PAGE else None,
            total=count_events(session, wanted),
            asked={name: value for name, value in asked.items() if value},
            before=before,
            actions=list_actions(session) if not edition else [],
            edition=edition,
            problems=problems,
            details=shown_details,
        )


_FILTERS = ("actor", "action", "subject", "since", "until")


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < len(str(2**63)) else None


def _moment(text: str, problems: list[str], *, days: int = 0) -> datetime | None:
    """Read a day as it begins in our zone; ``days`` later for the end of a range."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text) + timedelta(days=days)
        return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(DEFAULT_ZONE))
    except (ValueError, OverflowError):
        problems.append(_("'%(text)s' is no day; write it as 2026-08-17.", text=text))
        return None
