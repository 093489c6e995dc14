"""The second factor: digits of an authenticator (TOTP, RFC 6238), each taken once, and codes for when it is lost."""

from __future__ import annotations

import base64
import secrets
from hmac import compare_digest

import pyotp
from sqlalchemy import select
from sqlalchemy.orm import Session

from juri.core.accounts.model import RecoveryCode, SecondFactor
from juri.core.accounts.sessions import end_sessions
from juri.core.accounts.throttle import CODES, count_attempt, forget_attempts
from juri.core.accounts.tokens import hash_token
from juri.core.accounts.vault import Vault
from juri.core.audit.trail import record
from juri.core.clock import now
from juri.core.entries.model import Person
from juri.core.entries.people import find_person
from juri.core.errors import ActionRefused, InputRefused
from juri.core.policy import Actor, Subject, require
from juri.core.storage.database import Database
from juri.core.storage.session import WriteSession

STEP_SECONDS = 30
STEPS_OFF = 1
"""A clock may be wrong by this many steps, either way."""
RECOVERY_CODES = 10
_RECOVERY_BYTES = 10
"""80 bits: sixteen characters."""
_GROUP = 4


def new_secret() -> str:
    """Return a new secret to share with an authenticator."""
    return pyotp.random_base32(32)


def provisioning_address(secret: str, email: str, issuer: str) -> str:
    """Return the address that an authenticator reads from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=issuer)


def turn_on_second_factor(
    session: WriteSession, email: str, secret: str, code: str, *, by: Actor, vault: Vault, keep: str = ""
) -> tuple[str, ...]:
    """Keep the secret, once a code proves that the authenticator has it; returns the recovery codes, to be shown once.

    Args:
        session: the transaction.
        email: whose second factor.
        secret: what ``new_secret`` made.
        code: what the authenticator shows now.
        by: the person.
        vault: what encrypts the secret.
        keep: the hash of the session that stays; the others end.

    Raises:
        InputRefused: the code is wrong.
        ActionRefused: there is a second factor already.

    """
    person = find_person(session, email)
    require(by, "account.change", Subject(person=person.id))
    factor = session.get(SecondFactor, person.id) or SecondFactor(person_id=person.id, active=False)
    if factor.active:
        raise ActionRefused(["the second factor is on already; turn it off first"])
    step = _step_of(secret, code)
    if step is None:
        raise InputRefused.at("code", "the code is wrong; wait for the next one and check the clock", "wrong_code")
    factor.secret, factor.active, factor.last_step = vault.close(secret, person.id), True, step
    session.add(factor)
    codes = _new_recovery_codes(session, person.id)
    end_sessions(session, person.id, but=keep)
    record(session, by=by.name, action="account.second_factor_on", subject=person.email)
    return codes


def turn_off_second_factor(session: WriteSession, email: str, *, by: Actor, reason: str = "") -> None:
    """Forget the secret and the recovery codes: one's own, or as an administrator somebody's who lost the device.

    Raises:
        InputRefused: an administrator gives no reason.
        ActionRefused: the actor may not, or there is none.

    """
    person = find_person(session, email)
    own = by.person == person.id
    require(by, "account.change" if own else "account.manage", Subject(person=person.id))
    if not own and not reason.strip():
        raise InputRefused.at("reason", "say why; it stands in the audit trail", "required")
    factor = session.get(SecondFactor, person.id)
    if factor is None or not factor.active:
        raise ActionRefused([f"{person.email} has no second factor"])
    factor.secret, factor.active = "", False
    _spend_recovery_codes(session, person.id)
    if not own:
        end_sessions(session, person.id)
    detail = {"reason": reason.strip()} if reason.strip() else {}
    record(session, by=by.name, action="account.second_factor_off", subject=person.email, detail=detail)


def renew_recovery_codes(session: WriteSession, email: str, *, by: Actor) -> tuple[str, ...]:
    """Make new recovery codes, to be shown once; the old ones are worthless.

    Raises:
        ActionRefused: there is no second factor.

    """
    person = find_person(session, email)
    require(by, "account.change", Subject(person=person.id))
    if not has_second_factor(session, person.id):
        raise ActionRefused([f"{person.email} has no second factor"])
    codes = _new_recovery_codes(session, person.id)
    record(session, by=by.name, action="account.recovery_codes", subject=person.email)
    return codes


def count_code(database: Database, person: int) -> None:
    """Count an attempt to give a code, before it is checked.

    Raises:
        ActionRefused: there were too many, with code ``too_many``.

    """
    with database.write() as session:
        count_attempt(session, CODES, str(person))


def take_code(session: WriteSession, person: int, code: str, vault: Vault) -> str:
    """Take the code of an authenticator, or a recovery code; each is taken once. Returns which it was.

    The audit line of what follows accounts for the rows that it writes.

    Raises:
        ActionRefused: it is wrong or was taken before, with code ``wrong_code``.

    """
    taken = "authenticator" if _take_digits(session, person, code, vault) else ""
    taken = taken or ("recovery code" if _take_recovery_code(session, person, code) else "")
    if not taken:
        raise ActionRefused(["the code is wrong, or was used already"], code="wrong_code")
    forget_attempts(session, CODES, str(person))
    return taken


def has_second_factor(session: Session, person: int) -> bool:
    """Tell whether a second factor is on."""
    return bool(session.scalar(select(SecondFactor.active).where(SecondFactor.person_id == person)))


def recovery_codes_left(session: Session, person: int) -> int:
    """Count the recovery codes that were not used."""
    unspent = select(RecoveryCode.id).where(RecoveryCode.person_id == person, RecoveryCode.spent_at.is_(None))
    return len(session.scalars(unspent).all())


def people_with_second_factor(session: Session) -> set[str]:
    """Return the addresses of everybody whose second factor is on."""
    with_one = select(Person.email).join(SecondFactor, SecondFactor.person_id == Person.id).where(SecondFactor.active)
    return set(session.scalars(with_one))


def _take_digits(session: WriteSession, person: int, code: str, vault: Vault) -> bool:
    factor = session.scalar(
        select(SecondFactor).where(SecondFactor.person_id == person, SecondFactor.active).with_for_update()
    )
    step = _step_of(vault.open(factor.secret, person), code) if factor else None
    if factor is None or step is None or step <= factor.last_step:
        return False
    factor.last_step = step
    return True


def _take_recovery_code(session: WriteSession, person: int, code: str) -> bool:
    digest = hash_token(_plain(code))
    found = session.scalar(
        select(RecoveryCode)
        .where(RecoveryCode.person_id == person, RecoveryCode.sha256 == digest, RecoveryCode.spent_at.is_(None))
        .with_for_update()
    )
    if found is not None:
        found.spent_at = now()
    return found is not None


def _step_of(secret: str, code: str) -> int | None:
    """Return the time step that a code belongs to; every candidate is compared in constant time."""
    if not secret:
        return None
    given = "".join(code.split())
    current = int(now().timestamp()) // STEP_SECONDS
    totp = pyotp.TOTP(secret)
    matching = [
        step
        for step in range(current - STEPS_OFF, current + STEPS_OFF + 1)
        if compare_digest(totp.generate_otp(step).encode(), given.encode("utf-8", "replace"))
    ]
    return matching[0] if matching else None


def _new_recovery_codes(session: WriteSession, person: int) -> tuple[str, ...]:
    _spend_recovery_codes(session, person)
    codes = [base64.b32encode(secrets.token_bytes(_RECOVERY_BYTES)).decode() for _ in range(RECOVERY_CODES)]
    session.add_all(RecoveryCode(person_id=person, sha256=hash_token(code)) for code in codes)
    return tuple("-".join(code[at : at + _GROUP] for at in range(0, len(code), _GROUP)) for code in codes)


def _spend_recovery_codes(session: WriteSession, person: int) -> None:
    unspent = select(RecoveryCode).where(RecoveryCode.person_id == person, RecoveryCode.spent_at.is_(None))
    for code in session.scalars(unspent):
        code.spent_at = now()


def _plain(code: str) -> str:
    return "".join(code.replace("-", " ").split()).upper()
