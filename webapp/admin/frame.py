"""What the administrator's pages share: their tabs, paging, and the rights they need."""

from __future__ import annotations

from math import ceil
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _

from juri.core.policy import Subject, may
from juri.webapp.desk import desk
from juri.webapp.guard import Needs, installation

SEES = Needs("installation.see", installation)
MANAGES = Needs("account.manage", installation)
SWITCHES = Needs("plugin.switch", installation)
SEES_MAIL = Needs("mail.see", installation)
RELEASES_MAIL = Needs("mail.release", installation)
SEES_AUDIT = Needs("audit.see", installation)
REFUSED = 422
PAGE = 50


def shown(template: str, **values: Any) -> str:
    """Render a page of the administrator, with its tabs."""
    return render_template(f"admin/{template}", tabs_of_admin=_tabs(), **values)


def paging(total: int, page: int) -> dict[str, Any]:
    """Return what the paging macro needs."""
    return {"page": page, "pages": max(ceil(total / PAGE), 1), "total": total}


def _tabs() -> list[dict[str, Any]]:
    """Return the tabs that this person may open."""
    tabs = (
        ("admin.home", "installation.see", _("Overview"), {"admin.home"}),
        ("admin.people", "account.manage", _("People"), {"admin.people", "admin.invite", "admin.person"}),
        ("admin.outbox", "mail.see", _("Outbox"), {"admin.outbox", "admin.mail"}),
        ("admin.audit", "audit.see", _("Audit trail"), {"admin.audit", "admin.verify"}),
        ("admin.plugins", "installation.see", _("Plugins"), {"admin.plugins", "admin.plugin"}),
        ("admin.jobs", "installation.see", _("Jobs"), {"admin.jobs"}),
    )
    return [
        {"url": url_for(start), "label": label, "current": request.endpoint in own}
        for start, action, label, own in tabs
        if may(desk().actor, action, Subject()).allowed
    ]
