"""Sessions in the database, identities at a provider, and accounts as the administrator lists them."""

from datetime import timedelta

import pytest

from juri.core.accounts.accounts import disable_account
from juri.core.accounts.identities import Claimed, prove_by_identity
from juri.core.accounts.listing import Sought, count_accounts, find_account, list_accounts
from juri.core.accounts.model import ForeignIdentity, WebSession
from juri.core.accounts.sessions import (
    IDLE,
    IDLE_ANONYMOUS,
    LONGEST,
    begin_session,
    change_token,
    digest_of_rights,
    end_session,
    end_sessions,
    find_session,
    forget_old_sessions,
    keep_session,
    list_sessions,
)
from juri.core.accounts.tokens import hash_token, new_token
from juri.core.clock import now, standing_at
from juri.core.entries.people import grant_role, revoke_role
from juri.core.errors import ActionRefused, NotFound
from juri.core.policy import Grant

ANI, BUDI, CITRA = "ani@juri.test", "budi@juri.test", "citra@juri.test"
ISSUER = "https://id.example.go.id"
SECOND = timedelta(seconds=1)


def found(accounts, token):
    with accounts.read() as session:
        return find_session(session, token)


def test_tokens_are_256_bits_and_never_the_same():
    tokens = {new_token() for _ in range(100)}
    assert (len(tokens), {len(token) for token in tokens}) == (100, {43})


def test_only_the_hash_of_a_cookie_is_kept(accounts):
    token = accounts.signed_in(BUDI)
    with accounts.read() as session:
        assert [row.sha256 for row in session.query(WebSession)] == [hash_token(token)]


def test_a_session_knows_its_person_with_the_roles_of_this_moment(accounts):
    token = accounts.signed_in(BUDI)
    assert found(accounts, token).actor == accounts.actor(BUDI)
    accounts.do(grant_role, BUDI, "juror", edition="kota-2026")
    assert found(accounts, token).grants == {Grant("organiser", "kota-2026"), Grant("juror", "kota-2026")}
    accounts.do(revoke_role, BUDI, "organiser", edition="kota-2026")
    assert found(accounts, token).grants == {Grant("juror", "kota-2026")}


def test_other_rights_are_noticed(accounts):
    rights = digest_of_rights(accounts.actor(BUDI).grants)
    token = accounts.do(begin_session, data="{}", person=accounts.person(BUDI).id, rights=rights, by=None)
    assert not found(accounts, token).has_other_rights
    accounts.do(grant_role, BUDI, "juror", edition="kota-2026")
    assert found(accounts, token).has_other_rights


def test_before_signing_in_there_are_no_rights_to_notice(accounts):
    assert not found(accounts, accounts.do(begin_session, data="{}", by=None)).has_other_rights


@pytest.mark.parametrize("token", ["", "x", "x" * 5000, "\ud800"])
def test_what_is_no_token_is_nobody(accounts, token):
    accounts.signed_in(BUDI)
    assert found(accounts, token) is None


def test_the_hash_that_stands_in_the_database_is_no_key(accounts):
    assert found(accounts, hash_token(accounts.signed_in(BUDI))) is None


def test_a_session_ends_after_a_days_work_however_busy_it_is(accounts):
    token = accounts.signed_in(BUDI)
    for hours in (3, 6, 9, 11):
        with standing_at(now() + timedelta(hours=hours)):
            accounts.do(keep_session, hash_token(token), "{}", by=None)
    with standing_at(now() + LONGEST - SECOND):
        assert found(accounts, token) is not None
    with standing_at(now() + LONGEST + SECOND):
        assert found(accounts, token) is None


@pytest.mark.parametrize(("email", "idle"), [(BUDI, IDLE), ("", IDLE_ANONYMOUS)])
def test_a_session_that_nobody_uses_ends_sooner(accounts, email, idle):
    token = accounts.signed_in(email) if email else accounts.do(begin_session, data="{}", by=None)
    with standing_at(now() + idle - SECOND):
        assert found(accounts, token) is not None
    with standing_at(now() + idle + SECOND):
        assert found(accounts, token) is None
        assert accounts.do(forget_old_sessions, by=None) == 1


def test_another_token_takes_the_place_of_the_first(accounts):
    first = accounts.signed_in(BUDI)
    second = accounts.do(change_token, hash_token(first), rights="r", data='{"a": 1}', by=None)
    assert (found(accounts, first), found(accounts, second).data) == (None, '{"a": 1}')


def test_of_two_who_change_a_token_at_once_one_does(accounts, at_once):
    first = hash_token(accounts.signed_in(BUDI))
    tokens = at_once([lambda: accounts.do(change_token, first, rights="r", data="{}", by=None)] * 4)
    assert [bool(token) for token in tokens].count(True) == 1


def test_what_ended_meanwhile_stays_ended(accounts):
    token = accounts.signed_in(BUDI)
    accounts.do(end_session, hash_token(token), by=None)
    accounts.do(keep_session, hash_token(token), "{}", by=None)
    assert found(accounts, token) is None


def test_all_sessions_of_a_person_end_but_one(accounts):
    kept, others = accounts.signed_in(BUDI), [accounts.signed_in(BUDI) for _ in range(3)]
    stranger = accounts.signed_in(CITRA)
    assert accounts.do(end_sessions, accounts.person(BUDI).id, but=hash_token(kept), by=None) == 3
    assert [found(accounts, each) is not None for each in (kept, *others, stranger)] == [
        True,
        False,
        False,
        False,
        True,
    ]


def test_what_a_browser_calls_itself_is_one_short_line(accounts):
    agent = "Mozilla\r\nX: " + "y" * 500
    accounts.do(begin_session, data="{}", agent=agent, person=accounts.person(BUDI).id, by=None)
    with accounts.read() as session:
        assert [row.agent for row in list_sessions(session, accounts.person(BUDI).id)] == [
            ("Mozilla X: " + "y" * 500)[:200]
        ]


def prove(accounts, subject="42", email="", *, verified=False):
    try:
        return accounts.do(prove_by_identity, Claimed(ISSUER, subject, email, verified), by=None).email
    except ActionRefused as refused:
        return refused.code


def test_field_63_a_verified_address_ties_an_identity_to_its_person(accounts):
    assert prove(accounts, email="Budi@Juri.test", verified=True) == BUDI
    with accounts.read() as session:
        assert [(row.issuer, row.subject) for row in session.query(ForeignIdentity)] == [(ISSUER, "42")]


def test_field_63_an_unverified_address_never_ties(accounts):
    assert prove(accounts, email=BUDI, verified=False) == "unknown_identity"


def test_field_63_a_tied_identity_stays_with_its_person_whatever_address_it_has_now(accounts):
    prove(accounts, email=BUDI, verified=True)
    assert prove(accounts, email=ANI, verified=True) == BUDI
    assert prove(accounts) == BUDI


def test_field_63_the_same_subject_of_another_provider_is_somebody_else(accounts):
    prove(accounts, email=BUDI, verified=True)
    with pytest.raises(ActionRefused):
        accounts.do(prove_by_identity, Claimed("https://evil.example", "42"), by=None)


@pytest.mark.parametrize("email", ["nobody@juri.test", "no address", ""])
def test_an_identity_of_nobody_known_is_refused(accounts, email):
    assert prove(accounts, email=email, verified=True) == "unknown_identity"


def test_an_identity_does_not_open_a_closed_account(accounts):
    prove(accounts, email=BUDI, verified=True)
    accounts.do(disable_account, BUDI, reason="left")
    assert prove(accounts) == "wrong_credentials"


def names(accounts, **sought):
    with accounts.read() as session:
        listed = list_accounts(session, Sought(**sought))
        assert count_accounts(session, Sought(**sought)) == len(listed)
    return [each.name for each in listed]


def test_accounts_are_found_by_text_role_and_edition(accounts):
    accounts.do(disable_account, CITRA, reason="left")
    assert names(accounts) == ["Ani", "Budi", "Citra"]
    assert names(accounts, text="UDI") == ["Budi"]
    assert names(accounts, text="@juri.test") == ["Ani", "Budi", "Citra"]
    assert names(accounts, text="%") == []
    assert names(accounts, role="administrator") == ["Ani"]
    assert names(accounts, edition="kota-2026") == ["Budi"]
    assert names(accounts, role="administrator", edition="kota-2026") == []
    assert names(accounts, disabled=True) == ["Citra"]


def test_accounts_come_in_pages(accounts):
    with accounts.read() as session:
        assert [each.name for each in list_accounts(session, Sought(), first=1, most=1)] == ["Budi"]


def test_an_account_shows_its_roles_and_whether_it_is_in_use(accounts):
    accounts.signed_in(BUDI)
    with accounts.read() as session:
        budi, citra = (find_account(session, accounts.person(email).id) for email in (BUDI, CITRA))
    assert (budi.grants, budi.has_password, budi.seen_at is not None) == (
        (Grant("organiser", "kota-2026"),),
        True,
        True,
    )
    assert (citra.grants, citra.disabled, citra.seen_at, citra.second_factor) == ((), False, None, False)


def test_nobody_of_a_number_is_not_found(accounts):
    with accounts.read() as session, pytest.raises(NotFound):
        find_account(session, 99)
