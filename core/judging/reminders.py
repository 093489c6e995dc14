"""Mails to jurors, reminders and others: one for each in the outbox, where it waits until somebody releases it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from juri.core.accounts.model import Mail
from juri.core.accounts.outbox import language_of, queue_mail
from juri.core.audit.trail import record
from juri.core.editions.gate import find_stage
from juri.core.editions.model import StageRow
from juri.core.editions.verbs import Running
from juri.core.entries.people import find_person
from juri.core.errors import ActionRefused, InputRefused, Problem
from juri.core.judging.loads import Seat, panel_seats
from juri.core.policy import Actor, Subject, require
from juri.core.storage.session import WriteSession

REMINDER = "reminder"
MESSAGE = "message"
LONGEST_TEXT = 2000
LONGEST_SUBJECT = 150
NOT_GONE = ("held", "released", "sending")
"""States of a mail that its recipient has not got yet."""

SayUntil = Callable[[datetime, str], str]
"""Says until when a stage is open, in a language: how moments are written is the page's to know."""


def remind_jurors(
    session: WriteSession,
    running: Running,
    stage: str,
    jurors: Sequence[str],
    *,
    by: Actor,
    text: str = "",
    say_until: SayUntil,
) -> list[Mail]:
    """Write a reminder to each of these jurors of an open stage; returns the mails, which wait in the outbox.

    Args:
        session: the transaction.
        running: the edition.
        stage: the stage in which they are late.
        jurors: their codes.
        by: who reminds.
        text: words of the organiser's own, for all of them.
        say_until: writes the deadline.

    Raises:
        InputRefused: nobody is named, or somebody who is not late or has a reminder that did not go yet.
        ActionRefused: the actor may not, or the stage is not open.

    """
    require(by, "juror.remind", Subject(running.slug, stage=stage))
    row = find_stage(session, running.id, stage)
    if row.state != "open":
        raise ActionRefused([f"the stage '{stage}' is {row.state}; nobody can score in it now"], code="stage_not_open")
    late = {seat.code: seat for seat in late_seats(session, running, stage)}
    problems = list(_against(jurors, late, waiting_reminders(session)))
    if len(text) > LONGEST_TEXT:
        problems.append(Problem("text", f"{len(text)} characters are too many; write {LONGEST_TEXT} at most"))
    if problems:
        raise InputRefused(problems)
    mails = [
        _remind(session, running, row, late[code], by=by, text=text, say_until=say_until)
        for code in dict.fromkeys(jurors)
    ]
    detail = {"jurors": ", ".join(dict.fromkeys(jurors))}
    record(session, by=by.name, action="juror.remind", subject=f"{running.slug}/{stage}", detail=detail)
    session.flush()
    return mails


def message_jurors(
    session: WriteSession, running: Running, jurors: Sequence[str], *, by: Actor, subject: str, text: str
) -> list[Mail]:
    """Write a mail of one's own to each of these jurors; returns the mails, which wait in the outbox.

    Who sits in several panels gets one mail.

    Args:
        session: the transaction.
        running: the edition.
        jurors: their codes, in any panel.
        by: who writes.
        subject: at most ``LONGEST_SUBJECT`` characters.
        text: at most ``LONGEST_TEXT`` characters, below the salutation.

    Raises:
        InputRefused: nobody is named, or somebody unknown; the subject or the text is missing or too long.
        ActionRefused: the actor may not.

    """
    require(by, "juror.remind", Subject(running.slug))
    seats = {seat.code: seat for seat in panel_seats(session, running)}
    problems = [Problem("jurors", f"there is no juror '{code}' in this edition", "unknown") for code in jurors
                if code not in seats]  # fmt: skip
    problems += [Problem("jurors", "choose at least one juror", "missing")] * (not jurors)
    problems += [*_against_words("subject", subject, LONGEST_SUBJECT), *_against_words("text", text, LONGEST_TEXT)]
    if problems:
        raise InputRefused(problems)
    addresses = dict.fromkeys(seats[code].email for code in jurors)
    values = {"subject": subject.strip(), "text": text.strip()}
    mails = [queue_mail(session, MESSAGE, find_person(session, to), by=by, values=values) for to in addresses]
    detail = {"jurors": ", ".join(dict.fromkeys(jurors)), "subject": subject.strip()}
    record(session, by=by.name, action="juror.message", subject=running.slug, detail=detail)
    session.flush()
    return mails


def _against_words(name: str, text: str, longest: int) -> Iterable[Problem]:
    if not text.strip():
        yield Problem(name, "nothing is written here", "missing")
    elif len(text) > longest:
        yield Problem(name, f"{len(text)} characters are too many; write {longest} at most", "too_long")


def _remind(
    session: WriteSession, running: Running, row: StageRow, seat: Seat, *, by: Actor, text: str, say_until: SayUntil
) -> Mail:
    person = find_person(session, seat.email)
    language = language_of(session, person)
    values = {
        "what": running.edition.name.in_language(language),
        "stage": running.stage(row.key).name.in_language(language),
        "left": str(seat.total("left")),
        "asked": str(seat.total("asked")),
        "until": say_until(row.closes_at, language) if row.closes_at else "",
        "text": text.strip(),
    }
    return queue_mail(session, REMINDER, person, by=by, values=values)


def late_seats(session: Session, running: Running, stage: str) -> tuple[Seat, ...]:
    """Return the jurors of a stage who have scorecards left, the most of them first."""
    late = [seat for seat in panel_seats(session, running, stage=stage) if seat.total("left")]
    return tuple(sorted(late, key=lambda seat: (-seat.total("left"), seat.code)))


def waiting_reminders(session: Session) -> dict[str, Mail]:
    """Return the reminders that did not go yet, by the address of their recipient: nobody gets a second one."""
    found = session.scalars(select(Mail).where(Mail.kind == REMINDER, Mail.state.in_(NOT_GONE)).order_by(Mail.id))
    return {mail.recipient: mail for mail in found}


def _against(jurors: Sequence[str], late: Mapping[str, Seat], waiting: Mapping[str, Mail]) -> Iterable[Problem]:
    if not jurors:
        yield Problem("jurors", "choose at least one juror", "missing")
    for code in jurors:
        if code not in late:
            yield Problem("jurors", f"juror '{code}' has nothing left to score in this stage", "not_late")
        elif late[code].email in waiting:
            yield Problem("jurors", f"juror '{code}' has a reminder that waits in the outbox", "waits")
