"""Signing in: what proves who somebody is, and the session that follows from it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from juri.core.accounts.accounts import is_disabled
from juri.core.accounts.links import person_of_link, spend_link, spend_links
from juri.core.accounts.model import Account, Credential, SecondFactor
from juri.core.accounts.passwords import is_password
from juri.core.accounts.second_factor import take_code
from juri.core.accounts.sessions import begin_session, digest_of_rights
from juri.core.accounts.throttle import BY_ACCOUNT, BY_ADDRESS, count_attempt, forget_attempts, give_back, network_of
from juri.core.accounts.vault import Vault
from juri.core.audit.trail import record
from juri.core.entries.model import Person
from juri.core.entries.people import actor_of, clean_address
from juri.core.errors import ActionRefused, InputRefused
from juri.core.storage.database import Database
from juri.core.storage.session import WriteSession

WRONG = "the address or the password is wrong, or the account is closed"
"""One sentence for all of these: it must not tell which addresses are known."""
LINK_IS_OVER = "this link was used already, is too old, or was replaced; ask for a new one"


@dataclass(frozen=True)
class Proven:
    """Who somebody is, how they showed it (``password``, ``link``, ``provider``), and whether a code is still due."""

    person: int
    email: str
    method: str
    code_is_due: bool = False


def prove_by_password(database: Database, email: str, password: str, *, address: str) -> Proven:
    """Check a password. Takes as long for an address that nobody has.

    Args:
        database: of which two transactions are used, since an attempt counts before it is checked.
        email: as it was typed.
        password: as it was typed.
        address: the network address that it came from.

    Raises:
        ActionRefused: it is wrong (``wrong_credentials``), or there were too many attempts (``too_many``).

    """
    account, network = _counted_as(email), network_of(address)
    with database.write() as session:
        count_attempt(session, BY_ADDRESS, network)
        count_attempt(session, BY_ACCOUNT, account)
    with database.read() as session:
        found = session.execute(
            select(Person.id, Person.email, Credential.password, Account.disabled, SecondFactor.active)
            .join(Credential, Credential.person_id == Person.id)
            .outerjoin(Account, Account.person_id == Person.id)
            .outerjoin(SecondFactor, SecondFactor.person_id == Person.id)
            .where(Person.email == account)
        ).one_or_none()
    right = is_password(found.password if found else None, password)
    if found is None or found.disabled or not right:
        raise ActionRefused([WRONG], code="wrong_credentials")
    with database.write() as session:
        give_back(session, BY_ADDRESS, network)
        forget_attempts(session, BY_ACCOUNT, account)
    return Proven(found.id, found.email, "password", code_is_due=bool(found.active))


def prove_by_link(session: WriteSession, token: str) -> Proven:
    """Take a sign-in link; it and every other open link of the person are worthless afterwards.

    Raises:
        ActionRefused: it was used, is over, or its account is closed; with code ``link_is_over``.

    """
    person = person_of_link(session, token)
    if person is None or not spend_link(session, token):
        raise ActionRefused([LINK_IS_OVER], code="link_is_over")
    spend_links(session, person.id)
    return proven_person(session, person, "link")


def proven_person(session: Session, person: Person, method: str) -> Proven:
    """Return a person who showed who they are otherwise.

    Raises:
        ActionRefused: the account is closed.

    """
    if is_disabled(session, person.id):
        raise ActionRefused([WRONG], code="wrong_credentials")
    factor = session.get(SecondFactor, person.id)
    return Proven(person.id, person.email, method, code_is_due=factor is not None and factor.active)


def sign_in(session: WriteSession, proven: Proven, *, data: str, agent: str, vault: Vault, code: str = "") -> str:
    """Begin the session of a person; returns the token for its cookie.

    Args:
        session: the transaction.
        proven: who it is. Where a code is due, ``second_factor.count_code`` was called before.
        data: what the session holds at its beginning.
        agent: the browser, as it names itself.
        vault: what opens the secret of the authenticator.
        code: of the authenticator, where it is due.

    Raises:
        ActionRefused: the code is wrong (``wrong_code``), or the account was closed meanwhile.

    """
    if is_disabled(session, proven.person):
        raise ActionRefused([WRONG], code="wrong_credentials")
    second = take_code(session, proven.person, code, vault) if proven.code_is_due else "none"
    actor = actor_of(session, proven.email)
    how = {"by": proven.method, "second_factor": second}
    record(session, by=proven.email, action="account.sign_in", subject=proven.email, detail=how)
    return begin_session(
        session,
        data=data,
        agent=agent,
        person=proven.person,
        rights=digest_of_rights(actor.grants),
        second_factor=proven.code_is_due,
    )


def _counted_as(email: str) -> str:
    """Return under which name attempts on an account count; what is no address counts as it was typed."""
    try:
        return clean_address(email)
    except InputRefused:
        return email
