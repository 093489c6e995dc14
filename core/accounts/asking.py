"""Asking for a way in: a sign-in link for oneself, an invitation for somebody else."""

from __future__ import annotations

from sqlalchemy.orm import Session

from juri.core.accounts.accounts import is_disabled
from juri.core.accounts.links import make_link, spend_link
from juri.core.accounts.mail_texts import ROLE_NAMES, one_line
from juri.core.accounts.outbox import language_of, queue_mail
from juri.core.accounts.passwords import is_password
from juri.core.accounts.throttle import LINKS_BY_ACCOUNT, LINKS_BY_ADDRESS, count_attempt, network_of
from juri.core.audit.trail import record
from juri.core.entries.model import Person
from juri.core.entries.people import add_person, clean_address, find_person, grant_role
from juri.core.errors import ActionRefused, NotFound
from juri.core.policy import Actor, Grant, Subject, require
from juri.core.storage.database import Database
from juri.core.storage.session import WriteSession


def request_link(database: Database, email: str, *, address: str, at_once: bool) -> None:
    """Put a mail with a sign-in link into the outbox, if the address is known; nobody is told whether it is.

    Args:
        database: of which two transactions are used, whether or not the address is known.
        email: as it was typed.
        address: the network address that it came from.
        at_once: release the mail, as the installation is set to.

    Raises:
        InputRefused: it is no address.
        ActionRefused: there were too many requests (``too_many``).

    """
    account = clean_address(email)
    with database.write() as session:
        count_attempt(session, LINKS_BY_ADDRESS, network_of(address))
        count_attempt(session, LINKS_BY_ACCOUNT, account)
    is_password(None, account)  # takes far longer than the rest: that tells nobody whether there was a rest
    with database.write() as session:
        person = _open_account(session, account)
        if person is None:
            spend_link(session, account)  # a write that finds nothing, so that both ways end in a commit
        else:
            asking = Actor(person.email, person=person.id)
            queue_mail(session, "sign_in", person, by=asking, released=at_once)


def hand_out_link(session: WriteSession, email: str, *, by: Actor) -> str:
    """Make a link for the operator at the machine, who hands it over in another way; returns its token.

    Raises:
        ActionRefused: the actor may not, or the account is closed.

    """
    person = find_person(session, email)
    require(by, "account.hand_out_link", Subject(person=person.id))
    if is_disabled(session, person.id):
        raise ActionRefused([f"the account of {person.email} is disabled"])
    token = make_link(session, person.id)
    record(session, by=by.name, action="account.hand_out_link", subject=person.email)
    return token


def invite(session: WriteSession, *, name: str, email: str, grant: Grant, to: str, inviter: str, by: Actor) -> Person:
    """Add a person where they are new, give them a role, and write them an invitation; it waits in the outbox.

    Args:
        session: the transaction.
        name: of the person.
        email: of the person.
        grant: the role, and what it is held for.
        to: what they are invited to, in words.
        inviter: who invites, in words.
        by: who invites.

    Raises:
        InputRefused: the address is not usable, or the role is not held for that.
        ActionRefused: the actor may not.

    """
    person = add_person(session, name=one_line(name), email=email, by=by)
    scope = {"edition": grant.edition, "organization": grant.organization, "stage": grant.stage}
    grant_role(session, person.email, grant.role, by=by, **scope)
    role = ROLE_NAMES[language_of(session, person)][grant.role]
    values = {"inviter": inviter, "role": role, "what": to}
    queue_mail(session, "invitation", person, by=by, values=values)
    return person


def _open_account(session: Session, address: str) -> Person | None:
    try:
        person = find_person(session, address)
    except NotFound:
        return None
    return None if is_disabled(session, person.id) else person
