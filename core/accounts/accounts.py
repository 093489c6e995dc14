"""The account of a person: its password, whether it is open, and how its pages look."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from juri.core.accounts.links import spend_links
from juri.core.accounts.model import Account, Credential
from juri.core.accounts.passwords import hash_password, require_password
from juri.core.accounts.sessions import end_sessions
from juri.core.audit.trail import record
from juri.core.entries.model import Person
from juri.core.entries.people import find_person
from juri.core.errors import ActionRefused, InputRefused
from juri.core.policy import Actor, Subject, require
from juri.core.storage.database import database_now
from juri.core.storage.session import WriteSession

LANGUAGES = ("id", "en")
THEMES = ("light", "dark")


def set_password(session: WriteSession, email: str, password: str, *, by: Actor, keep: str = "") -> None:
    """Set the password of a person, end their other sessions and make their open sign-in links worthless.

    Hashing takes a few hundredths of a second and is done inside the transaction: passwords are seldom set.

    Args:
        session: the transaction.
        email: whose password.
        password: the new one.
        by: the person, or the operator at the machine.
        keep: the hash of the session that stays: the one in which the password is changed.

    Raises:
        InputRefused: the password is not usable.

    """
    person = find_person(session, email)
    require(by, "account.change", Subject(person=person.id))
    require_password(password, email=person.email, name=person.name)
    stored = session.get(Credential, person.id) or Credential(person_id=person.id)
    stored.password, stored.changed_at = hash_password(password), database_now(session)
    session.add(stored)
    end_sessions(session, person.id, but=keep)
    spend_links(session, person.id)
    record(session, by=by.name, action="account.password", subject=person.email)


def disable_account(session: WriteSession, email: str, *, by: Actor, reason: str) -> None:
    """Close an account: its sessions and links are dead at the next request. Roles and history stay.

    Raises:
        InputRefused: there is no reason.
        ActionRefused: the actor may not, or would lock themselves out.

    """
    person = _managed(session, email, by)
    if not reason.strip():
        raise InputRefused.at("reason", "say why; it stands in the audit trail", "required")
    if person.id == by.person:
        raise ActionRefused(["you cannot disable your own account; let another administrator do it"])
    account = account_row(session, person.id)
    if account.disabled:
        raise ActionRefused([f"the account of {person.email} is disabled already"])
    account.disabled = True
    end_sessions(session, person.id)
    spend_links(session, person.id)
    record(session, by=by.name, action="account.disable", subject=person.email, detail={"reason": reason.strip()})


def enable_account(session: WriteSession, email: str, *, by: Actor) -> None:
    """Open a disabled account again.

    Raises:
        ActionRefused: the actor may not, or it is not disabled.

    """
    person = _managed(session, email, by)
    account = account_row(session, person.id)
    if not account.disabled:
        raise ActionRefused([f"the account of {person.email} is not disabled"])
    account.disabled = False
    record(session, by=by.name, action="account.enable", subject=person.email)


def choose_display(session: WriteSession, email: str, *, language: str, theme: str, by: Actor) -> None:
    """Keep in which language and theme a person likes their pages; an empty theme follows the device.

    Raises:
        InputRefused: there is no such language or theme.

    """
    person = find_person(session, email)
    require(by, "account.change", Subject(person=person.id))
    if language not in LANGUAGES:
        raise InputRefused.at("language", f"choose one of {', '.join(LANGUAGES)}")
    if theme not in {"", *THEMES}:
        raise InputRefused.at("theme", f"choose one of {', '.join(THEMES)}, or leave it to the device")
    account = account_row(session, person.id)
    if (account.language, account.theme) != (language, theme):
        account.language, account.theme = language, theme
        record(session, by=by.name, action="account.display", subject=person.email)


def display_of(session: Session, person: int) -> tuple[str, str]:
    """Return the language and the theme that a person chose; both empty where they chose none."""
    found = session.execute(select(Account.language, Account.theme).where(Account.person_id == person)).one_or_none()
    return (found.language, found.theme) if found else ("", "")


def end_other_sessions(session: WriteSession, email: str, *, by: Actor, keep: str = "") -> int:
    """Sign a person out of every browser but the one of this hash; returns how many they were."""
    person = find_person(session, email)
    require(by, "account.change", Subject(person=person.id))
    ended = end_sessions(session, person.id, but=keep)
    record(session, by=by.name, action="account.end_sessions", subject=person.email, detail={"ended": str(ended)})
    return ended


def has_password(session: Session, person: int) -> bool:
    """Tell whether a person has a password; one who does not signs in by link."""
    return session.get(Credential, person) is not None


def is_disabled(session: Session, person: int) -> bool:
    """Tell whether an account is closed."""
    return bool(session.scalar(select(Account.disabled).where(Account.person_id == person)))


def account_row(session: WriteSession, person: int) -> Account:
    """Return the account row of a person, a new one where there was none."""
    account = session.get(Account, person)
    if account is None:
        account = Account(person_id=person, disabled=False, language="", theme="")
        session.add(account)
    return account


def _managed(session: WriteSession, email: str, by: Actor) -> Person:
    require(by, "account.manage", Subject())
    return find_person(session, email)
