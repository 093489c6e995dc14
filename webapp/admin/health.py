"""The overview of an installation: how it stands, and its jobs."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from juri.core.accounts.listing import Sought, count_accounts
from juri.core.accounts.outbox import count_mails, last_sent
from juri.core.audit.reading import Wanted, count_events
from juri.core.editions.listing import list_editions
from juri.core.errors import NotFound
from juri.core.policy import Actor, Subject, may
from juri.webapp.admin.blueprint import blueprint
from juri.webapp.admin.frame import RELEASES_MAIL, SEES, shown
from juri.webapp.checks import DANGER, WARN, check_installation
from juri.webapp.desk import desk
from juri.webapp.guard import SIGNED_IN, guarded
from juri.webapp.postman import mail_server, require_mail_server, send_released

MOST_AT_ONCE = 20
"""Mails that a page sends while somebody waits for it."""


@guarded(blueprint, "/", needs=SIGNED_IN)
def home() -> Any:
    """Show how the installation stands; an auditor, who sees only the trail, goes there."""
    actor = desk().actor
    if not may(actor, "installation.see", Subject()).allowed:
        return redirect(_trail_of(actor))
    bench = desk().workbench
    with desk().reading() as session:
        checks = check_installation(session, bench.settings, bench.database)
        return shown(
            "home.html",
            checks=checks,
            wrong=[check for check in checks if check.state in {WARN, DANGER}],
            editions=len(list_editions(session, actor, "installation.see")),
            people=count_accounts(session, Sought()),
            mails=count_mails(session),
            events=count_events(session, Wanted()),
        )


@guarded(blueprint, "/jobs", needs=SEES)
def jobs() -> Any:
    """Show the jobs: at present the sending of mail is the only one."""
    with desk().reading() as session:
        return shown(
            "jobs.html",
            mails=count_mails(session),
            last_sent=last_sent(session),
            server=mail_server(desk().workbench.settings),
        )


@guarded(blueprint, "/jobs/mail", needs=RELEASES_MAIL, methods=("POST",))
def send_mail() -> Any:
    """Send released mails now, without waiting for the background."""
    bench = desk().workbench
    server = require_mail_server(bench.settings)
    sent, failed = send_released(bench.database, bench.settings, server.send, most=MOST_AT_ONCE)
    flash(_("%(sent)d mails were sent, %(failed)d failed.", sent=sent, failed=failed), "warn" if failed else "ok")
    return redirect(url_for("admin.jobs"))


def _trail_of(actor: Actor) -> str:
    """Return the address of the trail that an auditor may see: the whole, or that of their edition.

    Raises:
        NotFound: the actor may see none; there is no such page for them.

    """
    if may(actor, "audit.see", Subject()).allowed:
        return url_for("admin.audit")
    for grant in sorted(actor.grants, key=lambda each: each.said()):
        if grant.edition and may(actor, "audit.see", Subject(grant.edition)).allowed:
            return url_for("admin.edition_audit", edition=grant.edition)
    raise NotFound("page", request.path)
