"""What the frame of every page shows: who is signed in, where each may go, and whom to ask for help."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Flask, current_app, request, url_for
from flask_babel import gettext as _

from juri.core.clock import now
from juri.core.policy import Actor
from juri.webapp.desk import desk
from juri.webapp.sessions import this_session

PLACES: tuple[tuple[frozenset[str], str, str], ...] = (
    (frozenset({"juror"}), "juror.home", "My assignments"),
    (frozenset({"unit", "local_admin"}), "entrant.home", "My entries"),
    (frozenset({"organiser", "secretariat", "panel_chair"}), "organiser.home", "My editions"),
    (frozenset({"administrator", "auditor"}), "admin.home", "Administration"),
)
"""Which roles lead to which start page, with its name."""


@dataclass(frozen=True)
class SessionEnd:
    """When a session ends: the moment, the same in seconds of 1970, and how many seconds are left."""

    moment: datetime
    until: int
    left: int


def register_frame(app: Flask) -> None:
    """Give every template what the frame needs."""
    app.context_processor(frame)


def frame() -> dict[str, Any]:
    """Return the viewer, the menu and the addresses of signing in and out."""
    actor = desk().actor
    return {
        "viewer": _viewer(actor),
        "menu": _menu(actor),
        "home_url": url_for("public.home"),
        "sign_in_url": url_for("account.sign_in"),
        "sign_out_url": url_for("account.sign_out"),
        "session_end": session_end(),
    }


def session_end() -> SessionEnd | None:
    """Return when the session of the person ends, if they do nothing; nothing where nobody is signed in."""
    known = this_session()
    if known is None or not known.person:
        return None
    moment = known.lasts_until()
    return SessionEnd(moment, int(moment.timestamp()), int((moment - now()).total_seconds()))


def role_name(role: str) -> str:
    """Name a role in the page's language."""
    names = {
        "administrator": _("administrator"),
        "organiser": _("organiser"),
        "secretariat": _("secretariat"),
        "unit": _("unit"),
        "local_admin": _("local administrator"),
        "juror": _("juror"),
        "panel_chair": _("chair of a panel"),
        "auditor": _("auditor"),
    }
    return str(names.get(role, role))


def _viewer(actor: Actor) -> dict[str, Any] | None:
    known = this_session()
    if not actor.person or known is None:
        return None
    links = [{"label": _("My account"), "url": url_for("account.profile"), "icon": "user"}]
    roles = ", ".join(map(role_name, sorted({grant.role for grant in actor.grants})))
    return {"name": known.name, "role": roles, "links": links}


def _menu(actor: Actor) -> list[dict[str, Any]]:
    held = {grant.role for grant in actor.grants}
    names = {
        "My assignments": _("My assignments"),
        "My entries": _("My entries"),
        "My editions": _("My editions"),
        "Administration": _("Administration"),
    }
    return [
        {"label": names[name], "url": url_for(endpoint), "current": _is_below(endpoint)}
        for roles, endpoint, name in PLACES
        if roles & held and endpoint in current_app.view_functions
    ]


def _is_below(endpoint: str) -> bool:
    return request.blueprint == endpoint.partition(".")[0]
