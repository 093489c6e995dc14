"""Slowing down who guesses."""

from datetime import timedelta

import pytest

from juri.core.accounts.model import Attempt
from juri.core.accounts.throttle import (
    WINDOW,
    Limit,
    count_attempt,
    forget_attempts,
    forget_old_attempts,
    give_back,
    network_of,
)
from juri.core.errors import ActionRefused

THREE = Limit("test", 3)


def attempts(accounts, times, of="somebody"):
    """Return what each of so many attempts came to."""
    outcomes = []
    for _ in range(times):
        try:
            accounts.do(count_attempt, THREE, of, by=None)
            outcomes.append("counted")
        except ActionRefused as refused:
            outcomes.append(refused.code)
    return outcomes


def test_after_the_last_allowed_attempt_every_other_is_refused(accounts):
    assert attempts(accounts, 5) == ["counted"] * 3 + ["too_many"] * 2


def test_one_key_does_not_slow_down_another(accounts):
    attempts(accounts, 5)
    assert attempts(accounts, 1, of="somebody else") == ["counted"]


def test_being_refused_does_not_make_the_wait_longer(accounts):
    attempts(accounts, 8)
    with accounts.read() as session:
        assert [row.count for row in session.query(Attempt)] == [3]


def test_a_window_that_is_over_counts_anew(accounts):
    attempts(accounts, 4)
    with accounts.write() as session:
        for row in session.query(Attempt):
            row.since -= WINDOW + timedelta(seconds=1)
    assert attempts(accounts, 1) == ["counted"]


def test_what_was_right_is_forgotten(accounts):
    attempts(accounts, 3)
    accounts.do(forget_attempts, THREE, "somebody", by=None)
    assert attempts(accounts, 4) == ["counted"] * 3 + ["too_many"]


def test_what_was_right_is_given_back_to_everybody_behind_one_address(accounts):
    attempts(accounts, 3)
    accounts.do(give_back, THREE, "somebody", by=None)
    assert attempts(accounts, 2) == ["counted", "too_many"]


def test_of_many_attempts_at_once_no_more_get_through_than_one_after_the_other(accounts, at_once):
    outcomes = at_once([lambda: accounts.do(count_attempt, THREE, "somebody", by=None)] * 12)
    assert [isinstance(each, ActionRefused) for each in outcomes].count(False) == 3


def test_windows_that_are_over_are_forgotten(accounts):
    attempts(accounts, 1)
    with accounts.write() as session:
        for row in session.query(Attempt):
            row.since -= WINDOW + timedelta(seconds=1)
    accounts.do(forget_old_attempts, by=None)
    with accounts.read() as session:
        assert session.query(Attempt).all() == []


def test_addresses_are_kept_as_hashes(accounts):
    attempts(accounts, 1, of="budi@juri.test")
    with accounts.read() as session:
        assert "budi" not in session.query(Attempt).one().key


@pytest.mark.parametrize(
    ("address", "counted_as"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("unix:/run/x", "unix:/run/x"),
        ("", ""),
    ],
)
def test_an_address_counts_as_what_its_owner_cannot_change(address, counted_as):
    assert network_of(address) == counted_as
