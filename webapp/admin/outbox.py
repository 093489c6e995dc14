"""The outbox: every mail before it is sent, with its text; nothing leaves before it is released."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from juri.core.accounts.outbox import (
    count_mails,
    find_mail,
    hold_mail,
    list_mails,
    preview,
    release_mails,
    withdraw_mail,
)
from juri.core.errors import NotFound
from juri.core.lifecycle import TRANSITIONS
from juri.webapp.admin.blueprint import blueprint
from juri.webapp.admin.frame import PAGE, RELEASES_MAIL, SEES_MAIL, paging, shown
from juri.webapp.desk import desk
from juri.webapp.guard import guarded
from juri.webapp.language import ngettext
from juri.webapp.paging import page_number
from juri.webapp.postman import mail_server, require_mail_server

STATES = tuple(TRANSITIONS["mail"])
MOST_RELEASED = 500


@guarded(blueprint, "/outbox", needs=SEES_MAIL)
def outbox() -> Any:
    """List the mails of one state, those that wait first."""
    state = request.args.get("state", "held")
    if state not in STATES:
        raise NotFound("page", request.path)
    page = page_number()
    with desk().reading() as session:
        counts = count_mails(session)
        return shown(
            "outbox.html",
            mails=list_mails(session, state=state, first=(page - 1) * PAGE, most=PAGE),
            looked_at=state,
            counts=counts,
            states=mail_states(),
            sends=mail_server(desk().workbench.settings) is not None,
            **paging(counts[state], page),
        )


@guarded(blueprint, "/outbox/<int:number>", needs=SEES_MAIL)
def mail(number: int) -> Any:
    """Show a mail as its recipient will read it."""
    with desk().reading() as session:
        found = find_mail(session, number)
        return shown(
            "mail.html",
            mail=found,
            text=preview(found, _("[a personal link, made when the mail is sent]")),
            said=mail_states()[found.state],
            next_states=TRANSITIONS["mail"][found.state],
            sends=mail_server(desk().workbench.settings) is not None,
            mail_from=desk().workbench.settings.mail_from,
        )


@guarded(blueprint, "/outbox/<int:number>/release", needs=RELEASES_MAIL, methods=("POST",))
def release(number: int) -> Any:
    """Let one mail go."""
    require_mail_server(desk().workbench.settings)
    with desk().writing() as session:
        release_mails(session, [number], by=desk().actor)
    flash(_("The mail is released. It goes within a minute."), "ok")
    return redirect(url_for("admin.outbox"))


@guarded(blueprint, "/outbox/release", needs=RELEASES_MAIL, methods=("POST",))
def release_many() -> Any:
    """Let the mails go that were looked at: those that the page named, and no newer ones."""
    require_mail_server(desk().workbench.settings)
    numbers = sorted({int(each) for each in request.form.getlist("mail") if each.isdecimal()})[:MOST_RELEASED]
    with desk().writing() as session:
        count = release_mails(session, numbers, by=desk().actor)
    said = ngettext("%(num)d mail is released.", "%(num)d mails are released. They go within a minute.", count)
    flash(said, "ok" if count else "warn")
    return redirect(url_for("admin.outbox"))


@guarded(blueprint, "/outbox/<int:number>/hold", needs=RELEASES_MAIL, methods=("POST",))
def hold(number: int) -> Any:
    """Stop a released mail."""
    with desk().writing() as session:
        hold_mail(session, number, by=desk().actor)
    flash(_("The mail is held."), "ok")
    return redirect(url_for("admin.mail", number=number))


@guarded(blueprint, "/outbox/<int:number>/withdraw", needs=RELEASES_MAIL, methods=("POST",))
def withdraw(number: int) -> Any:
    """Decide that a mail is never sent."""
    with desk().writing() as session:
        withdraw_mail(session, number, by=desk().actor)
    flash(_("The mail is withdrawn; it will never be sent."), "ok")
    return redirect(url_for("admin.outbox"))


def mail_states() -> dict[str, tuple[str, str, str]]:
    """Return the word, the tone and the sign of each state."""
    return {
        "held": (_("waiting for you"), "warn", "pause"),
        "released": (_("released"), "info", "play"),
        "sending": (_("being sent"), "info", "refresh"),
        "failed": (_("failed"), "danger", "alert"),
        "sent": (_("sent"), "ok", "check"),
        "withdrawn": (_("withdrawn"), "plain", "x"),
    }
