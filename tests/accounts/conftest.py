"""Fixtures of accounts: a database with a few people in it, on both products."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from juri.core.accounts.accounts import set_password
from juri.core.accounts.sessions import begin_session
from juri.core.audit.checker import verify
from juri.core.audit.trail import seal
from juri.core.entries.model import Person
from juri.core.entries.people import actor_of, add_person, find_person, grant_role
from juri.core.policy import Actor
from juri.core.storage.database import Database
from juri.core.storage.migrate import migrate
from juri.core.storage.session import WriteSession

OPERATOR = Actor.operator("test")
PASSWORD = "jendela biru menghadap timur"  # noqa: S105  the password of invented people


@dataclass(frozen=True)
class Accounts:
    """A database with Ani, who administers, Budi, an organiser, and Citra, who holds no role."""

    database: Database

    @contextmanager
    def write(self) -> Iterator[WriteSession]:
        with self.database.write() as session:
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        with self.database.read() as session:
            yield session

    def do(self, verb: Callable[..., Any], *args: Any, by: Actor | None = OPERATOR, **options: Any) -> Any:
        """Call a verb in a transaction of its own."""
        with self.write() as session:
            return verb(session, *args, **({} if by is None else {"by": by}), **options)

    def actor(self, email: str) -> Actor:
        with self.read() as session:
            return actor_of(session, email)

    def person(self, email: str) -> Person:
        with self.read() as session:
            return find_person(session, email)

    def signed_in(self, email: str) -> str:
        """Return the token of a new session of a person."""
        return self.do(begin_session, data="{}", person=self.person(email).id, by=None)

    def findings(self) -> tuple[Any, ...]:
        seal(self.database)
        with self.read() as session:
            return verify(session).findings

    def build(self) -> None:
        migrate(self.database)
        people = (("Ani", "administrator", ""), ("Budi", "organiser", "kota-2026"), ("Citra", "", ""))
        for name, role, edition in people:
            email = f"{name.lower()}@juri.test"
            self.do(add_person, name=name, email=email)
            self.do(set_password, email, PASSWORD)
            if role:
                self.do(grant_role, email, role, edition=edition)


@pytest.fixture(scope="session")
def accounts_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of a database with these people, built once and copied for each test."""
    path = tmp_path_factory.mktemp("accounts") / "accounts.db"
    _build(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def accounts_on_postgres(postgres_url: str) -> str:
    """Return the URL of the same on PostgreSQL, to be copied for each test."""
    _build(postgres_url)
    return postgres_url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def accounts(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Accounts]:
    if request.param == "sqlite":
        copy = tmp_path / "accounts.db"
        shutil.copyfile(request.getfixturevalue("accounts_template"), copy)
        url = f"sqlite:///{copy}"
    else:
        url = request.getfixturevalue("fresh_postgres")(template=request.getfixturevalue("accounts_on_postgres"))
    found = Accounts(Database(url))
    yield found
    found.database.dispose()


@pytest.fixture(scope="session")
def password() -> str:
    return PASSWORD


def _build(url: str) -> None:
    built = Accounts(Database(url))
    built.build()
    built.database.dispose()
