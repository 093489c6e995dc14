"""Links that sign a person in once. The token is in the mail and nowhere else: we keep its hash."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from juri.core.accounts.model import SignInLink
from juri.core.accounts.tokens import hash_token, new_token
from juri.core.clock import now
from juri.core.entries.model import Person
from juri.core.storage.session import WriteSession, changed_rows

LIFETIME = timedelta(minutes=15)
OF_AN_INVITATION = timedelta(days=3)
"""Whoever is invited does not sit waiting for the mail."""


def make_link(session: WriteSession, person: int, *, lifetime: timedelta = LIFETIME) -> str:
    """Make a link; returns its token."""
    token = new_token()
    session.add(SignInLink(sha256=hash_token(token), person_id=person, ends_at=now() + lifetime))
    return token


def person_of_link(session: Session, token: str) -> Person | None:
    """Return whom a link signs in, without using it; nobody when it was used or its time is over."""
    return session.scalar(
        select(Person)
        .join(SignInLink, SignInLink.person_id == Person.id)
        .where(SignInLink.sha256 == hash_token(token), SignInLink.spent_at.is_(None), SignInLink.ends_at > now())
    )


def spend_link(session: WriteSession, token: str) -> bool:
    """Use a link; of two who use it at the same moment one does."""
    still_open = (SignInLink.sha256 == hash_token(token), SignInLink.spent_at.is_(None), SignInLink.ends_at > now())
    spent = update(SignInLink).where(*still_open).values(spent_at=now()).returning(SignInLink.person_id)
    return session.execute(spent).first() is not None


def spend_links(session: WriteSession, person: int) -> None:
    """Make every open link of a person worthless."""
    still_open = (SignInLink.person_id == person, SignInLink.spent_at.is_(None))
    session.execute(update(SignInLink).where(*still_open).values(spent_at=now()))


def forget_old_links(session: WriteSession) -> int:
    """Forget the links whose time was over a day ago; returns how many they were."""
    return changed_rows(session, delete(SignInLink).where(SignInLink.ends_at < now() - timedelta(days=1)))
