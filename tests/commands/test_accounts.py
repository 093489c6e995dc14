"""``juri account``: what the operator at the machine does for people who cannot sign in."""

import pyotp
import pytest

from juri.core.accounts.second_factor import has_second_factor, new_secret, turn_on_second_factor
from juri.core.accounts.vault import Vault
from juri.core.clock import now
from juri.core.entries.people import actor_of, find_person
from juri.core.storage.database import Database

ANI = "ani@juri.test"


@pytest.fixture
def known(juri, monkeypatch):
    """Return the command on a database that knows Ani, with a second factor."""
    juri("db", "upgrade")
    juri("person", "add", ANI, "--name", "Ani")
    database, secret = Database(juri.url), new_secret()
    with database.write() as session:
        by = actor_of(session, ANI)
        turn_on_second_factor(session, ANI, secret, pyotp.TOTP(secret).at(now()), by=by, vault=Vault("lost"))
    database.dispose()
    return juri


def test_a_second_factor_that_nobody_can_show_any_more_is_turned_off_with_a_reason(known):
    known.refuse(2, "account", "forget-factor", ANI)
    said = known("account", "forget-factor", ANI, "--reason", "the secret key was lost")
    assert said.lines == ["ani@juri.test signs in without a second factor now"]
    database = Database(known.url)
    with database.read() as session:
        assert not has_second_factor(session, find_person(session, ANI).id)
    database.dispose()


def test_what_is_over_is_forgotten_on_demand(known):
    assert known("account", "tidy").lines == ["forgotten: 0 sessions, 0 links, 0 counts of attempts"]
