"""The outbox: every mail stands in it, for one recipient, and nothing is sent before somebody releases it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from juri.core.accounts.links import make_link
from juri.core.accounts.mail_texts import KINDS, LINK, filled, one_line, require_places
from juri.core.accounts.model import Account, Mail
from juri.core.audit.trail import record
from juri.core.entries.model import Person
from juri.core.entries.people import find_person
from juri.core.errors import InputRefused, NotFound
from juri.core.lifecycle import TRANSITIONS, move
from juri.core.policy import Actor, Subject, require
from juri.core.storage.database import database_now
from juri.core.storage.session import WriteSession

POSTMAN = "system:postman"
"""Who sends, in the audit trail."""
LONGEST_BODY = 20_000
LONGEST_PROBLEM = 300
LONGEST_SUBJECT = 200


@dataclass(frozen=True)
class Outgoing:
    """A mail that is being sent; ``token`` is that of its sign-in link, empty where it has none."""

    id: int
    recipient: str
    subject: str
    body: str
    placeholders: Mapping[str, str]
    token: str

    def text(self, link: str) -> str:
        """Return the whole text, with the address of the sign-in link in its place."""
        return filled(self.body, {**self.placeholders, LINK: link})


def queue_mail(
    session: WriteSession,
    kind: str,
    person: Person,
    *,
    by: Actor,
    values: Mapping[str, str] | None = None,
    released: bool = False,
) -> Mail:
    """Write a mail to one person into the outbox; it waits there until somebody releases it.

    Who may write to whom is the calling verb's: this one is no verb of its own.

    Args:
        session: the transaction.
        kind: one of ``mail_texts.KINDS``.
        person: the recipient; their name is filled in.
        by: who writes.
        values: what goes in the places of the kind, but for the name.
        released: send it without waiting: only for what the recipient asked for.

    Raises:
        InputRefused: a place has no value, or the text is too long.

    """
    given = {"name": person.name, **(values or {})}
    text = require_places(kind, given)
    language = language_of(session, person)
    if sum(map(len, given.values())) > LONGEST_BODY:
        raise InputRefused.at("text", f"write at most {LONGEST_BODY} characters", "too_long")
    mail = Mail(
        kind=kind,
        recipient=person.email,
        subject=one_line(filled(text.subject[language], given))[:LONGEST_SUBJECT],
        body=text.body[language],
        placeholders=given,
        state="released" if released else "held",
        written_by=by.name,
        written_at=database_now(session),
        released_by=by.name if released else "",
    )
    session.add(mail)
    record(session, by=by.name, action="mail.write", subject=person.email, detail={"kind": kind})
    return mail


def language_of(session: Session, person: Person) -> str:
    """Return the language in which a person is written to."""
    return session.scalar(select(Account.language).where(Account.person_id == person.id)) or "id"


def release_mails(session: WriteSession, numbers: Sequence[int], *, by: Actor) -> int:
    """Let mails go; returns how many. One that failed, or of which nobody knows whether it was sent, goes again.

    Raises:
        NotFound: there is no such mail.
        ActionRefused: the actor may not, or one cannot be released.

    """
    require(by, "mail.release", Subject())
    for number in numbers:
        mail = _mail(session, number)
        before = move(mail, "mail", "released")
        mail.released_by, mail.problem = by.name, ""
        record(session, by=by.name, action="mail.release", subject=mail.recipient, detail=_said(mail, before))
    return len(numbers)


def hold_mail(session: WriteSession, number: int, *, by: Actor) -> None:
    """Stop a released mail that is not being sent yet.

    Raises:
        ActionRefused: the actor may not, or it is too late.

    """
    require(by, "mail.release", Subject())
    mail = _mail(session, number)
    before = move(mail, "mail", "held")
    mail.released_by = ""
    record(session, by=by.name, action="mail.hold", subject=mail.recipient, detail=_said(mail, before))


def withdraw_mail(session: WriteSession, number: int, *, by: Actor) -> None:
    """Decide that a mail will never be sent; it stays in the outbox.

    Raises:
        ActionRefused: the actor may not, or it is too late.

    """
    require(by, "mail.release", Subject())
    mail = _mail(session, number)
    before = move(mail, "mail", "withdrawn")
    record(session, by=by.name, action="mail.withdraw", subject=mail.recipient, detail=_said(mail, before))


def claim_mail(session: WriteSession) -> Outgoing | None:
    """Take the oldest released mail for sending; of several senders one gets it. Its sign-in link is made now."""
    oldest = select(Mail).where(Mail.state == "released").order_by(Mail.id).limit(1).with_for_update(skip_locked=True)
    while (mail := session.scalar(oldest)) is not None:
        before = move(mail, "mail", "sending")
        record(session, by=POSTMAN, action="mail.send", subject=mail.recipient, detail=_said(mail, before))
        person = find_person(session, mail.recipient)
        if not session.scalar(select(Account.disabled).where(Account.person_id == person.id)):
            lifetime = KINDS[mail.kind].link
            token = make_link(session, person.id, lifetime=lifetime) if lifetime else ""
            return Outgoing(mail.id, mail.recipient, mail.subject, mail.body, mail.placeholders, token)
        note_failed(session, mail.id, "the account is disabled")
    return None


def note_sent(session: WriteSession, number: int) -> None:
    """Note that the mail server took a mail."""
    mail = _mail(session, number)
    before = move(mail, "mail", "sent")
    mail.sent_at = database_now(session)
    record(session, by=POSTMAN, action="mail.sent", subject=mail.recipient, detail=_said(mail, before))


def note_failed(session: WriteSession, number: int, problem: str) -> None:
    """Note that a mail was not sent, and why."""
    mail = _mail(session, number)
    before = move(mail, "mail", "failed")
    mail.problem = one_line(problem)[:LONGEST_PROBLEM]
    record(session, by=POSTMAN, action="mail.failed", subject=mail.recipient, detail=_said(mail, before))


def preview(mail: Mail, link: str) -> str:
    """Return the text of a mail, with words in the place of its sign-in link."""
    return filled(mail.body, {**mail.placeholders, LINK: link})


def list_mails(session: Session, *, state: str = "", first: int = 0, most: int = 50) -> list[Mail]:
    """Return mails, the newest first; those of one state, or all."""
    statement = select(Mail).order_by(Mail.id.desc()).offset(first).limit(most)
    return list(session.scalars(statement.where(Mail.state == state) if state else statement))


def count_mails(session: Session) -> dict[str, int]:
    """Count the mails by state."""
    counted = session.execute(select(Mail.state, func.count()).group_by(Mail.state)).all()
    return {**dict.fromkeys(TRANSITIONS["mail"], 0), **{state: count for state, count in counted}}  # noqa: C416  rows are no pairs to dict()


def last_sent(session: Session) -> datetime | None:
    """Return when the last mail went; None where none did."""
    return session.scalar(select(func.max(Mail.sent_at)))


def find_mail(session: Session, number: int) -> Mail:
    """Return a mail.

    Raises:
        NotFound: there is none of that number.

    """
    mail = session.get(Mail, number)
    if mail is None:
        raise NotFound("mail", number)
    return mail


def _mail(session: WriteSession, number: int) -> Mail:
    mail = session.get(Mail, number, with_for_update=True)
    if mail is None:
        raise NotFound("mail", number)
    return mail


def _said(mail: Mail, before: str) -> dict[str, str]:
    return {"mail": str(mail.id), "kind": mail.kind, "from": before}
