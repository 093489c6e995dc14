"""Accounts as the administrator sees them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from juri.core.accounts.model import Account, Credential, SecondFactor, WebSession
from juri.core.accounts.sessions import IDLE
from juri.core.clock import now
from juri.core.entries.model import Organization, Person, RoleGrant
from juri.core.errors import NotFound
from juri.core.policy import Grant


@dataclass(frozen=True)
class ListedAccount:
    """One account: ``seen_at`` is when its person last used an open session; None where none is open."""

    person: int
    name: str
    email: str
    organization: str
    disabled: bool
    has_password: bool
    second_factor: bool
    seen_at: datetime | None
    grants: tuple[Grant, ...]


@dataclass(frozen=True)
class Sought:
    """Which accounts: ``text`` is a part of the name or the address, ``role`` one that is held, ``edition`` where."""

    text: str = ""
    role: str = ""
    edition: str = ""
    disabled: bool = False


def list_accounts(session: Session, sought: Sought, *, first: int = 0, most: int = 50) -> list[ListedAccount]:
    """Return accounts by name."""
    return _accounts(session, _conditions(sought), first=first, most=most)


def count_accounts(session: Session, sought: Sought) -> int:
    """Count accounts."""
    counted = select(func.count()).select_from(Person).outerjoin(Account, Account.person_id == Person.id)
    return session.scalar(counted.where(*_conditions(sought))) or 0


def find_account(session: Session, person: int) -> ListedAccount:
    """Return one account.

    Raises:
        NotFound: there is no such person.

    """
    found = _accounts(session, [Person.id == person], first=0, most=1)
    if not found:
        raise NotFound("person", person)
    return found[0]


def _accounts(session: Session, conditions: list[ColumnElement[bool]], *, first: int, most: int) -> list[ListedAccount]:
    seen = (
        select(WebSession.person_id, func.max(WebSession.seen_at).label("at"))
        .where(WebSession.seen_at > now() - IDLE, WebSession.ends_at > now())
        .group_by(WebSession.person_id)
        .subquery()
    )
    rows = session.execute(
        select(
            Person.id,
            Person.name,
            Person.email,
            Organization.name,
            Account.disabled,
            Credential.person_id,
            SecondFactor.active,
            seen.c.at,
        )
        .outerjoin(Organization, Organization.id == Person.organization_id)
        .outerjoin(Account, Account.person_id == Person.id)
        .outerjoin(Credential, Credential.person_id == Person.id)
        .outerjoin(SecondFactor, SecondFactor.person_id == Person.id)
        .outerjoin(seen, seen.c.person_id == Person.id)
        .where(*conditions)
        .order_by(Person.name, Person.id)
        .offset(first)
        .limit(most)
    ).all()
    grants = _grants(session, [row[0] for row in rows])
    return [
        ListedAccount(number, name, email, place or "", bool(off), has is not None, bool(second), at, grants[number])
        for number, name, email, place, off, has, second, at in rows
    ]


def _grants(session: Session, people: list[int]) -> dict[int, tuple[Grant, ...]]:
    held: dict[int, tuple[Grant, ...]] = dict.fromkeys(people, ())
    rows = select(RoleGrant).where(RoleGrant.person_id.in_(people), RoleGrant.active)
    for row in session.scalars(rows.order_by(RoleGrant.role, RoleGrant.id)):
        held[row.person_id] = (*held[row.person_id], row.grant)
    return held


def _conditions(sought: Sought) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if sought.text:
        part = sought.text.lower()
        found.append(
            or_(
                func.lower(Person.name).contains(part, autoescape=True),
                Person.email.contains(part, autoescape=True),
            )
        )
    if sought.role or sought.edition:
        held = select(RoleGrant.person_id).where(RoleGrant.active)
        held = held.where(RoleGrant.role == sought.role) if sought.role else held
        held = held.where(RoleGrant.edition == sought.edition) if sought.edition else held
        found.append(Person.id.in_(held))
    if sought.disabled:
        found.append(Account.disabled.is_(True))
    return found
