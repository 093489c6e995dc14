"""What is taken for a password, and how one is kept."""

import re

import pytest
from argon2 import PasswordHasher

from juri.core.accounts.passwords import hash_password, is_password, require_password
from juri.core.errors import InputRefused

OF = {"email": "budi.santoso@juri.test", "name": "Budi Santoso"}


def test_a_password_is_kept_as_argon2id_with_the_measured_profile():
    assert re.match(r"\$argon2id\$v=19\$m=19456,t=2,p=1\$", hash_password("kuda hijau terbang"))


def test_the_same_password_is_never_kept_as_the_same_text():
    assert hash_password("kuda hijau terbang") != hash_password("kuda hijau terbang")


def test_only_the_same_password_matches():
    kept = hash_password("kuda hijau terbang")
    tried = ("kuda hijau terbang", "kuda hijau terban", "kuda hijau terbang ", "Kuda hijau terbang", "")
    assert [is_password(kept, each) for each in tried] == [True, False, False, False, False]


def test_letters_that_two_keyboards_compose_differently_are_one_password():
    assert is_password(hash_password("café di sudut"), "café di sudut")


@pytest.mark.parametrize("stored", [None, "", "not a hash", "$argon2id$broken"])
def test_what_is_no_hash_matches_nothing(stored):
    assert not is_password(stored, "kuda hijau terbang")


@pytest.mark.parametrize(
    ("tried", "code"),
    [
        ("tujuh77", "too_short"),
        ("x y" * 67, "too_long"),
        ("password", "guessed_first"),
        ("Password123", "guessed_first"),
        ("qwertyuiop", "guessed_first"),
        ("indonesia2026", "guessed_first"),
        ("bismillah", "guessed_first"),
        ("aaaaaaaaaa", "guessed_first"),
        ("budi.santoso", "guessed_first"),
        ("budisantoso", "guessed_first"),
        ("Budi Santoso", "guessed_first"),
        ("budi.santoso@juri.test", "guessed_first"),
    ],
)
def test_what_a_guesser_tries_first_is_refused(tried, code):
    with pytest.raises(InputRefused) as refused:
        require_password(tried, **OF)
    assert [problem.code for problem in refused.value.problems] == [code]


@pytest.mark.parametrize("chosen", ["kuda hijau terbang", "ñandú-1234", "x" * 63 + "yz", "密码密码很长的密码"])
def test_there_are_no_rules_of_composition(chosen):
    require_password(chosen, **OF)


def test_field_30_a_password_of_nobody_is_hashed_as_one_of_somebody_is(monkeypatch):
    hashed = []

    class Counting(PasswordHasher):
        def verify(self, stored, given):
            hashed.append((stored[:30], given))
            return super().verify(stored, given)

    kept = hash_password("kuda hijau terbang")
    monkeypatch.setattr("juri.core.accounts.passwords._hasher", Counting())
    assert [is_password(stored, "wrong wrong") for stored in (kept, None)] == [False, False]
    assert hashed == [("$argon2id$v=19$m=19456,t=2,p=1", "wrong wrong")] * 2
