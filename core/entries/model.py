"""The tables of those who take part: organizations, people, what they may do, entries, titles won before."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from juri.core.audit.derived import Derived
from juri.core.lifecycle import states_of
from juri.core.policy import Grant
from juri.core.storage.base import AppendOnly, Audited, Base
from juri.core.storage.types import CanonicalJson


class Organization(Audited, Base):
    """An agency or other body that enters, or that a juror belongs to."""

    __tablename__ = "organization"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    cluster: Mapped[str] = mapped_column(String(80), default="")
    region: Mapped[str] = mapped_column(String(120), default="")


class Person(Audited, Base):
    """A person, known by e-mail address (trimmed, lower case, so that one address is one person)."""

    __tablename__ = "person"
    __table_args__ = (CheckConstraint("email = lower(email)", name="email_is_lower_case"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(200), unique=True)
    organization_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"))
    region: Mapped[str] = mapped_column(String(120), default="")


class RoleGrant(Audited, Base):
    """A role of a person, for the installation, an edition, one stage of it, or an organization (empty: none)."""

    __tablename__ = "role_grant"
    __table_args__ = (UniqueConstraint("person_id", "role", "edition", "organization", "stage"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    role: Mapped[str] = mapped_column(String(40))
    edition: Mapped[str] = mapped_column(String(80), default="")
    organization: Mapped[str] = mapped_column(String(200), default="")
    active: Mapped[bool] = mapped_column(default=True)
    stage: Mapped[str] = mapped_column(String(80), default="")

    @property
    def grant(self) -> Grant:
        """Return the role with what it is held for."""
        return Grant(self.role, self.edition, self.organization, self.stage)


class EntryRow(Audited, Base):
    """One innovation in one edition. ``version`` rises with every change of its content: writers name the one they saw.

    ``stopped_in`` names the stage after which it did not go on; ``people`` lists the innovators' names.
    """

    __tablename__ = "entry"
    __table_args__ = (states_of("entry"), UniqueConstraint("edition_id", "code"))

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    code: Mapped[str] = mapped_column(String(40))
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), index=True)
    unit: Mapped[str] = mapped_column(String(200), default="")
    track: Mapped[str] = mapped_column(String(80), default="")
    category: Mapped[str] = mapped_column(String(120), default="")
    title: Mapped[str] = mapped_column(String(400))
    people: Mapped[Any] = mapped_column(CanonicalJson)
    answers: Mapped[Any] = mapped_column(CanonicalJson)
    state: Mapped[str] = mapped_column(String(20))
    version: Mapped[int]
    submitted_at: Mapped[datetime | None]
    stopped_in: Mapped[str] = mapped_column(String(80), default="")


class EntryRevision(AppendOnly, Base):
    """The content of an entry as it was at one version."""

    __tablename__ = "entry_revision"
    __table_args__ = (UniqueConstraint("entry_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"))
    version: Mapped[int]
    content: Mapped[Any] = mapped_column(CanonicalJson)
    written_by: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]


LONGEST_WORD = 40
_WORD = String(LONGEST_WORD).with_variant(String(LONGEST_WORD, collation="C"), "postgresql")
"""Compared character by character on both products, so that all words with one beginning stand together."""


class EntryWord(Derived, Base):
    """A word by which an entry is found: how a word of its code, its title or its entrant's name begins.

    Written when the entry is first ranked: by then neither changes any more.
    """

    __tablename__ = "entry_word"
    __table_args__ = ({"sqlite_with_rowid": False},)

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), primary_key=True)
    word: Mapped[str] = mapped_column(_WORD, primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), primary_key=True)


class Relation(AppendOnly, Base):
    """A tie of a person to an organization beyond employment (spouse, team, company), for finding conflicts."""

    __tablename__ = "relation"
    __table_args__ = (UniqueConstraint("person_id", "organization_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    kind: Mapped[str] = mapped_column(String(60))


class PastAwardRow(AppendOnly, Base):
    """A title won before: of an edition that was run here, or taken over from a list."""

    __tablename__ = "past_award"

    id: Mapped[int] = mapped_column(primary_key=True)
    competition: Mapped[str] = mapped_column(String(80))
    edition: Mapped[str] = mapped_column(String(80))
    year: Mapped[int]
    award: Mapped[str] = mapped_column(String(120))
    entrant: Mapped[str] = mapped_column(String(200))
    title: Mapped[str] = mapped_column(Text)
    track: Mapped[str] = mapped_column(String(80), default="")
