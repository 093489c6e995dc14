"""Who a person is at an identity provider, and when that may sign them in here."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from juri.core.accounts.model import ForeignIdentity
from juri.core.accounts.signing import Proven, proven_person
from juri.core.audit.trail import record
from juri.core.entries.model import Person
from juri.core.entries.people import find_person
from juri.core.errors import ActionRefused, InputRefused, NotFound
from juri.core.storage.session import WriteSession


@dataclass(frozen=True)
class Claimed:
    """What a provider says of somebody: only an address that it says it verified is ever believed."""

    issuer: str
    subject: str
    email: str = ""
    is_verified: bool = False


def prove_by_identity(session: WriteSession, claimed: Claimed) -> Proven:
    """Take the word of the identity provider. An identity that is new here is tied to the person of its address.

    Raises:
        ActionRefused: nobody of that identity is known here, with code ``unknown_identity``; or the account is closed.

    """
    known = session.get(ForeignIdentity, (claimed.issuer, claimed.subject))
    person = session.get_one(Person, known.person_id) if known else _tied(session, claimed)
    return proven_person(session, person, "provider")


def _tied(session: WriteSession, claimed: Claimed) -> Person:
    person = _person_of(session, claimed)
    if person is None:
        raise ActionRefused(["the provider names nobody who is known here"], code="unknown_identity")
    session.add(ForeignIdentity(issuer=claimed.issuer, subject=claimed.subject, person_id=person.id))
    detail = {"issuer": claimed.issuer}
    record(session, by=person.email, action="account.tie_identity", subject=person.email, detail=detail)
    return person


def _person_of(session: Session, claimed: Claimed) -> Person | None:
    if not claimed.is_verified:
        return None
    try:
        return find_person(session, claimed.email)
    except (NotFound, InputRefused):
        return None
