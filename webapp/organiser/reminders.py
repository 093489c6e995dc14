"""Mails to jurors, reminders and others: to whom, in which words, and each as it will be read before it is written."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import redirect, request, url_for
from flask_babel import force_locale, gettext
from werkzeug.wrappers import Response

from juri.core.accounts.model import Mail
from juri.core.accounts.outbox import preview
from juri.core.editions.gate import find_stage
from juri.core.judging.loads import panel_seats
from juri.core.judging.reminders import late_seats, message_jurors, remind_jurors, waiting_reminders
from juri.webapp.desk import desk
from juri.webapp.guard import Needs, guarded, in_edition
from juri.webapp.language import ngettext, shown_moment, shown_text
from juri.webapp.organiser.blueprint import blueprint
from juri.webapp.organiser.forms import MessageForm, ReminderForm
from juri.webapp.organiser.frame import Attempt, acting, looking, page, tell
from juri.webapp.organiser.jurors import seats_asked_for

REMIND = Needs("juror.remind", in_edition)
Answer = str | Response | tuple[str, int]


@guarded(blueprint, "/<edition>/stages/<stage>/remind", needs=REMIND, methods=("GET", "POST"))
def remind(edition: str, stage: str) -> Answer:
    """Choose who is reminded, look at the mails, then write them into the outbox, where they wait."""
    form = ReminderForm()
    attempt = Attempt(form)
    mails: list[tuple[str, str, str]] = []
    if form.validate_on_submit():
        for_good = form.sure.data == "yes"
        with attempt:
            mails = _write(edition, stage, form, for_good=for_good)
        if for_good and not attempt.failed:
            tell(_done(len(mails)))
            return redirect(url_for("organiser.stage", edition=edition, stage=stage))
    elif form.is_submitted():
        attempt.status = 422
    with looking(edition) as look:
        row = find_stage(look.session, look.running.id, stage)
        late = late_seats(look.session, look.running, stage) if row.state == "open" else ()
        waiting = waiting_reminders(look.session)
    chosen = request.form.getlist("juror") if form.is_submitted() else [s.code for s in late if s.email not in waiting]
    name = shown_text(look.running.stage(stage).name)
    trail = [(name, url_for("organiser.stage", edition=edition, stage=stage)), (gettext("Remind jurors"), "")]
    written = page(
        "remind.html", look.running, current="jurors", trail=trail, form=form, stage=stage, stage_name=name, row=row,
        late=late, waiting=waiting, chosen=chosen, mails=mails, problems=attempt.problems,
    )  # fmt: skip
    return written, attempt.status


def _write(edition: str, stage: str, form: ReminderForm, *, for_good: bool) -> list[tuple[str, str, str]]:
    """Write the reminders, for good or as a rehearsal; returns address, subject and text of each."""
    told: list[tuple[str, str, str]] = []
    with acting(edition, keep=for_good) as (session, running):
        link = gettext("[a personal link, made when the mail is sent]")

        def say_until(moment: datetime, language: str) -> str:
            with force_locale(language):
                said = shown_moment(moment, running.edition.time_zone)
                return str(gettext("The stage closes on %(moment)s.", moment=said))

        chosen = request.form.getlist("juror")
        mails: list[Mail] = remind_jurors(
            session, running, stage, chosen, by=desk().actor, text=form.text.data or "", say_until=say_until
        )
        told += [(mail.recipient, mail.subject, preview(mail, link)) for mail in mails]
    return told


def _done(count: int) -> Any:
    return ngettext(
        "%(num)d reminder waits in the outbox until an administrator releases it.",
        "%(num)d reminders wait in the outbox until an administrator releases them.",
        count,
    )


@guarded(blueprint, "/<edition>/jurors/message", needs=REMIND, methods=("GET", "POST"))
def message(edition: str) -> Answer:
    """Write a mail of one's own to the jurors who were ticked or found, look at it, then put it into the outbox."""
    form = MessageForm()
    attempt = Attempt(form)
    mails: list[tuple[str, str, str]] = []
    chosen = request.values.getlist("juror")
    if form.validate_on_submit():
        for_good = form.sure.data == "yes"
        with attempt, acting(edition, keep=for_good) as (session, running):
            subject, text = str(form.subject.data), str(form.text.data)
            written = message_jurors(session, running, chosen, by=desk().actor, subject=subject, text=text)
            mails = [(mail.recipient, mail.subject, preview(mail, "")) for mail in written]
        if for_good and not attempt.failed:
            tell(_waits(len(mails)))
            return redirect(url_for("organiser.jurors", edition=edition))
    elif form.is_submitted():
        attempt.status = 422
    with looking(edition) as look:
        seats = panel_seats(look.session, look.running)
        if request.args.get("all") and not form.is_submitted():
            chosen = [seat.code for seat in seats_asked_for(look)]
    trail = [(gettext("Jurors"), url_for("organiser.jurors", edition=edition)), (gettext("Write to jurors"), "")]
    shown = page(
        "message.html", look.running, current="jurors", trail=trail, form=form, seats=seats, chosen=chosen, mails=mails,
        problems=attempt.problems,
    )  # fmt: skip
    return shown, attempt.status


def _waits(count: int) -> Any:
    return ngettext(
        "%(num)d mail waits in the outbox until an administrator releases it.",
        "%(num)d mails wait in the outbox until an administrator releases them.",
        count,
    )
