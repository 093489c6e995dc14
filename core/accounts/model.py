"""The tables of accounts. What is a secret is stored as a hash wherever a hash will do."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from juri.core.lifecycle import states_of
from juri.core.storage.base import Audited, Base
from juri.core.storage.types import CanonicalJson


class Account(Audited, Base):
    """Whether a person may sign in, and how they like their pages. Without a row: they may, and like the default."""

    __tablename__ = "account"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    disabled: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str] = mapped_column(String(2), default="")
    theme: Mapped[str] = mapped_column(String(8), default="")


class Credential(Audited, Base):
    """The password of a person, as an argon2 hash. Audited, so that one put in past the engine is found."""

    __tablename__ = "credential"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    password: Mapped[str] = mapped_column(String(200))
    changed_at: Mapped[datetime]


class SecondFactor(Audited, Base):
    """What an authenticator shares with us, encrypted (``vault``); ``last_step`` is the step of the last code taken."""

    __tablename__ = "second_factor"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    secret: Mapped[str] = mapped_column(String(64))
    active: Mapped[bool] = mapped_column(default=True)
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)


class RecoveryCode(Audited, Base):
    """A code that stands in once for a lost authenticator; only its SHA-256 is kept."""

    __tablename__ = "recovery_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    spent_at: Mapped[datetime | None]


class SignInLink(Base):
    """A link that signs a person in once; only the SHA-256 of its token is kept."""

    __tablename__ = "sign_in_link"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    ends_at: Mapped[datetime]
    spent_at: Mapped[datetime | None]


class ForeignIdentity(Audited, Base):
    """Who a person is at an identity provider: its issuer and the subject it names them by."""

    __tablename__ = "foreign_identity"

    issuer: Mapped[str] = mapped_column(String(300), primary_key=True)
    subject: Mapped[str] = mapped_column(String(255), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)


class WebSession(Base):
    """A browser that is known: only the SHA-256 of its cookie is kept. ``person_id`` is empty before signing in.

    ``rights`` is a digest of the roles held when the id was last changed: other roles, another id.
    """

    __tablename__ = "web_session"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    data: Mapped[str] = mapped_column(Text)
    rights: Mapped[str] = mapped_column(String(64), default="")
    second_factor: Mapped[bool] = mapped_column(default=False)
    agent: Mapped[str] = mapped_column(String(200), default="")
    began_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)


class Attempt(Base):
    """How often something that is limited was tried since the window began."""

    __tablename__ = "attempt"

    key: Mapped[str] = mapped_column(String(300), primary_key=True)
    count: Mapped[int]
    since: Mapped[datetime]


class Mail(Audited, Base):
    """A mail in the outbox, for one recipient: ``body`` with its places, ``placeholders`` with what goes in them.

    A sign-in link is never stored: it is made when the mail is sent.
    """

    __tablename__ = "mail"
    __table_args__ = (
        states_of("mail"),
        CheckConstraint(
            "state NOT IN ('released', 'sending', 'sent') OR released_by <> ''", name="released_by_somebody"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    recipient: Mapped[str] = mapped_column(String(200), index=True)
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    placeholders: Mapped[Any] = mapped_column(CanonicalJson)
    state: Mapped[str] = mapped_column(String(20), index=True)
    written_by: Mapped[str] = mapped_column(String(200))
    written_at: Mapped[datetime]
    released_by: Mapped[str] = mapped_column(String(200), default="")
    sent_at: Mapped[datetime | None]
    problem: Mapped[str] = mapped_column(String(300), default="")
