"""Passwords: what is taken for one, and how one is kept and compared.

The argon2id profile is the second of OWASP's choices: 41 ms of one core where the library's default takes 237.
"""

from __future__ import annotations

import os
import unicodedata
from functools import cache
from importlib.resources import files
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from juri.core.errors import InputRefused

SHORTEST = 8
LONGEST = 200
_KEPT_FROM_GUESSERS = 3
"""A part of an address shorter than this is in too many good passwords to be refused."""

_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_gate = BoundedSemaphore(os.cpu_count() or 1)
"""More hashes at once than cores only make each of them slower, and take 19 MiB each."""


def hash_password(password: str) -> str:
    """Return the hash to be stored."""
    with _gate:
        return _hasher.hash(_normal(password))


def is_password(stored: str | None, given: str) -> bool:
    """Tell whether a password is the stored one. It takes as long where nothing is stored: nobody looks the same."""
    try:
        with _gate:
            matches = _hasher.verify(stored or _nobodys(), _normal(given)[:LONGEST])
    except (Argon2Error, InvalidHashError):
        return False
    return matches and stored is not None


def require_password(password: str, *, email: str, name: str = "") -> None:
    """Refuse a password that is too short, too long, or that a guesser would try first.

    Raises:
        InputRefused: says what is wrong with it. There are no rules of composition: a sentence is a good password.

    """
    said = _normal(password)
    if len(said) < SHORTEST:
        raise InputRefused.at("password", f"write at least {SHORTEST} characters; a sentence is good", "too_short")
    if len(said) > LONGEST:
        raise InputRefused.at("password", f"write at most {LONGEST} characters", "too_long")
    if _is_guessed_first(said.casefold(), email.casefold(), name.casefold()):
        raise InputRefused.at("password", "a guesser would try this first; choose another", "guessed_first")


def _is_guessed_first(said: str, email: str, name: str) -> bool:
    own = {email, email.partition("@")[0], name, name.replace(" ", "")}
    bare = said.strip("0123456789!.@#-_ ")
    if said in own or any(len(part) >= _KEPT_FROM_GUESSERS and bare == part for part in own):
        return True
    return len(set(said)) <= 2 or said in _common() or bare in _common()  # noqa: PLR2004  "aaaaaaaa", "abababab"


@cache
def _common() -> frozenset[str]:
    """Read the passwords that are chosen most: 3,000 of the list that Django ships (BSD), and Indonesian ones."""
    return frozenset((files("juri.core") / "accounts" / "common_passwords.txt").read_text(encoding="utf-8").split())


@cache
def _nobodys() -> str:
    """Hash something that nobody's password is, once a process."""
    return hash_password("nobody " * 4)


def _normal(password: str) -> str:
    """Bring a password to one form: the same letters typed on two keyboards are one password."""
    return unicodedata.normalize("NFC", password)
