"""The second factor: codes that are taken once, and codes for when the device is lost."""

import re
from datetime import timedelta

import pyotp
import pytest

from juri.core.accounts.model import RecoveryCode, SecondFactor
from juri.core.accounts.second_factor import (
    count_code,
    has_second_factor,
    new_secret,
    people_with_second_factor,
    provisioning_address,
    recovery_codes_left,
    renew_recovery_codes,
    take_code,
    turn_off_second_factor,
    turn_on_second_factor,
)
from juri.core.accounts.sessions import find_session
from juri.core.accounts.signing import proven_person, sign_in
from juri.core.accounts.tokens import hash_token
from juri.core.accounts.vault import Vault
from juri.core.audit.trail import record
from juri.core.clock import now, standing_at
from juri.core.entries.people import find_person
from juri.core.errors import ActionRefused, InputRefused

ANI, BUDI, CITRA = "ani@juri.test", "budi@juri.test", "citra@juri.test"
STEP = timedelta(seconds=30)
VAULT = Vault("the key of this installation")


class Device:
    """An authenticator, and the recovery codes that its person wrote down."""

    def __init__(self, accounts, email, **options):
        self.accounts, self.email, self.secret = accounts, email, new_secret()
        self.person = accounts.person(email).id
        by = accounts.actor(email)
        self.recovery = accounts.do(
            turn_on_second_factor, email, self.secret, self.code(), by=by, vault=VAULT, **options
        )

    def code(self, later=timedelta(0)):
        return pyotp.TOTP(self.secret).at(now() + later)

    def gives(self, code):
        """Return what a code came to; the act that follows accounts for it."""
        with self.accounts.write() as session:
            try:
                taken = take_code(session, self.person, code, VAULT)
            except ActionRefused as refused:
                return refused.code
            record(session, by=self.email, action="account.sign_in", subject=self.email)
            return taken


@pytest.fixture(autouse=True)
def within_one_step():
    """Codes change every 30 seconds, whenever a test happens to run."""
    with standing_at(now()):
        yield


@pytest.fixture
def device(accounts):
    return Device(accounts, BUDI)


def later(moment=STEP):
    return standing_at(now() + moment)


@pytest.mark.parametrize("secret", ["A" * 32, ""])
def test_turning_it_on_needs_a_code_of_the_authenticator(accounts, secret):
    with pytest.raises(InputRefused) as refused:
        accounts.do(turn_on_second_factor, BUDI, secret, "", by=accounts.actor(BUDI), vault=VAULT)
    assert [problem.code for problem in refused.value.problems] == ["wrong_code"]
    with accounts.read() as session:
        assert not has_second_factor(session, accounts.person(BUDI).id)


def test_it_is_turned_on_once(accounts, device):
    with pytest.raises(ActionRefused):
        Device(accounts, BUDI)


def test_the_code_that_turned_it_on_signs_nobody_in(device):
    assert device.gives(device.code()) == "wrong_code"


def test_the_next_code_is_taken_once(device):
    with later():
        assert [device.gives(device.code()) for _ in range(2)] == ["authenticator", "wrong_code"]


def test_an_older_code_is_not_taken_after_a_newer_one(device):
    with later(2 * STEP):
        assert device.gives(device.code()) == "authenticator"
        assert device.gives(device.code(-STEP)) == "wrong_code"


@pytest.mark.parametrize(("steps", "taken"), [(-1, "authenticator"), (1, "authenticator"), (2, "wrong_code")])
def test_a_clock_may_be_wrong_by_one_step(device, steps, taken):
    with later(5 * STEP):
        assert device.gives(device.code(steps * STEP)) == taken


@pytest.mark.parametrize("typed", ["", "12345", "abcdef", "\uff10\uff10\uff10\uff10\uff10\uff10", "1" * 40, "\ud800"])
def test_what_is_no_code_is_refused(device, typed):
    with later():
        assert device.gives(typed) == "wrong_code"


def test_a_code_may_be_typed_with_a_blank_in_it(device):
    with later():
        code = device.code()
        assert device.gives(f" {code[:3]} {code[3:]} ") == "authenticator"


def test_of_one_code_that_is_given_twice_at_once_one_is_taken(device, at_once):
    with later():
        outcomes = at_once([lambda: device.gives(device.code())] * 6)
    assert sorted(outcomes) == ["authenticator"] + ["wrong_code"] * 5


def test_there_are_ten_recovery_codes_of_eighty_bits(device):
    assert len(set(device.recovery)) == 10
    assert [code for code in device.recovery if not re.fullmatch(r"([A-Z2-7]{4}-){3}[A-Z2-7]{4}", code)] == []


def test_a_recovery_code_is_taken_once_however_it_is_typed(accounts, device):
    typed = device.recovery[3].lower().replace("-", " ")
    assert [device.gives(typed), device.gives(device.recovery[3])] == ["recovery code", "wrong_code"]
    with accounts.read() as session:
        assert recovery_codes_left(session, device.person) == 9


def test_recovery_codes_are_kept_as_hashes(accounts, device):
    with accounts.read() as session:
        kept = {row.sha256 for row in session.query(RecoveryCode)}
    assert kept == {hash_token(code.replace("-", "")) for code in device.recovery}


def test_new_recovery_codes_make_the_old_ones_worthless(accounts, device):
    fresh = accounts.do(renew_recovery_codes, BUDI, by=accounts.actor(BUDI))
    assert [device.gives(device.recovery[0]), device.gives(fresh[0])] == ["wrong_code", "recovery code"]


def test_the_codes_of_one_person_are_nothing_to_another(accounts, device):
    other = Device(accounts, CITRA)
    with later():
        assert [other.gives(device.code()), other.gives(device.recovery[0])] == ["wrong_code", "wrong_code"]


def test_guessing_codes_is_slowed_down(accounts, device):
    for _ in range(5):
        count_code(accounts.database, device.person)
    with pytest.raises(ActionRefused) as refused:
        count_code(accounts.database, device.person)
    assert refused.value.code == "too_many"


def test_a_right_code_forgets_the_wrong_ones(accounts, device):
    for _ in range(5):
        count_code(accounts.database, device.person)
    device.gives(device.recovery[0])
    count_code(accounts.database, device.person)


def test_nobody_signs_in_without_the_code_that_is_due(accounts, device):
    with accounts.read() as session:
        proven = proven_person(session, find_person(session, BUDI), "link")
    assert proven.code_is_due
    with pytest.raises(ActionRefused) as refused:
        accounts.do(sign_in, proven, data="{}", agent="", vault=VAULT, by=None)
    assert refused.value.code == "wrong_code"
    with later():
        token = accounts.do(sign_in, proven, data="{}", agent="", code=device.code(), vault=VAULT, by=None)
    with accounts.read() as session:
        assert find_session(session, token).second_factor


def test_turning_it_on_ends_the_other_sessions(accounts):
    here, there = accounts.signed_in(BUDI), accounts.signed_in(BUDI)
    Device(accounts, BUDI, keep=hash_token(here))
    with accounts.read() as session:
        assert [find_session(session, token) is not None for token in (here, there)] == [True, False]


def test_its_person_turns_it_off_and_on_again_with_another_secret(accounts, device):
    accounts.do(turn_off_second_factor, BUDI, by=accounts.actor(BUDI))
    assert device.gives(device.recovery[0]) == "wrong_code"
    again = Device(accounts, BUDI)
    with later():
        assert [again.gives(device.code()), again.gives(again.code())] == ["wrong_code", "authenticator"]


def test_the_secret_stands_encrypted_in_the_database(accounts, device):
    with accounts.read() as session:
        kept = session.query(SecondFactor).one().secret
    assert device.secret not in kept
    assert (len(kept), VAULT.open(kept, device.person)) == (64, device.secret)


def test_a_secret_opens_with_its_key_for_its_person_and_untouched_only():
    secret = new_secret()
    kept = VAULT.close(secret, 7)
    other_key, touched = Vault("another key"), ("B" if kept[0] == "A" else "A") + kept[1:]
    assert kept != VAULT.close(secret, 7)
    assert [VAULT.open(kept, 7), VAULT.open(kept, 8), other_key.open(kept, 7)] == [secret, "", ""]
    assert [VAULT.open(wrong, 7) for wrong in (touched, kept[:-4], secret, "", "\u0456", "A")] == [""] * 6


def test_after_the_key_was_lost_a_recovery_code_still_signs_in(accounts, device):
    with accounts.write() as session:
        with pytest.raises(ActionRefused):
            take_code(session, device.person, device.code(STEP), Vault("another key"))
        assert take_code(session, device.person, device.recovery[0], Vault("another key")) == "recovery code"
        record(session, by=BUDI, action="account.sign_in", subject=BUDI)


def test_the_secret_is_gone_when_it_is_off(accounts, device):
    accounts.do(turn_off_second_factor, BUDI, by=accounts.actor(BUDI))
    with accounts.read() as session:
        assert [row.secret for row in session.query(SecondFactor)] == [""]


def test_an_administrator_turns_it_off_with_a_reason(accounts, device):
    token = accounts.signed_in(BUDI)
    with pytest.raises(InputRefused):
        accounts.do(turn_off_second_factor, BUDI, by=accounts.actor(ANI))
    accounts.do(turn_off_second_factor, BUDI, by=accounts.actor(ANI), reason="the phone was stolen")
    with accounts.read() as session:
        assert people_with_second_factor(session) == set()
        assert find_session(session, token) is None


def test_nobody_else_turns_it_off(accounts, device):
    with pytest.raises(ActionRefused) as refused:
        accounts.do(turn_off_second_factor, BUDI, by=accounts.actor(CITRA), reason="x")
    assert refused.value.code == "not_allowed"


@pytest.mark.parametrize("verb", [turn_off_second_factor, renew_recovery_codes])
def test_what_is_not_on_cannot_be_changed(accounts, verb):
    with pytest.raises(ActionRefused):
        accounts.do(verb, BUDI, by=accounts.actor(BUDI))


def test_who_has_one_is_known_by_address(accounts, device):
    with accounts.read() as session:
        assert people_with_second_factor(session) == {BUDI}


def test_the_authenticator_is_told_whose_secret_it_is():
    secret = new_secret()
    told = provisioning_address(secret, BUDI, "Juri")
    assert told == f"otpauth://totp/Juri:budi%40juri.test?secret={secret}&issuer=Juri"


def test_everything_is_accounted_for_and_no_secret_stands_in_the_trail(accounts, device):
    with later():
        device.gives(device.code())
    device.gives(device.recovery[0])
    accounts.do(renew_recovery_codes, BUDI, by=accounts.actor(BUDI))
    assert accounts.findings() == ()
    with accounts.read() as session:
        trail = session.connection().exec_driver_sql("SELECT detail, subject FROM audit_event").all()
    assert not [row for row in trail if device.secret in str(row) or device.recovery[0] in str(row)]
