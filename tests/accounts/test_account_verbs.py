"""Passwords, closing and opening accounts, signing in by password and by link."""

from datetime import timedelta

import pytest

from juri.core.accounts.accounts import (
    choose_display,
    disable_account,
    enable_account,
    end_other_sessions,
    has_password,
    set_password,
)
from juri.core.accounts.asking import hand_out_link, invite, request_link
from juri.core.accounts.links import LIFETIME, make_link, person_of_link
from juri.core.accounts.model import Account, Credential, Mail, SignInLink
from juri.core.accounts.sessions import find_session
from juri.core.accounts.signing import Proven, prove_by_link, prove_by_password, proven_person, sign_in
from juri.core.accounts.throttle import BY_ACCOUNT, BY_ADDRESS, Limit
from juri.core.accounts.tidying import Forgotten, forget_what_is_over
from juri.core.accounts.tokens import hash_token
from juri.core.accounts.vault import Vault
from juri.core.audit.model import AuditEvent
from juri.core.clock import now, standing_at
from juri.core.entries.people import add_person, find_person
from juri.core.errors import ActionRefused, InputRefused
from juri.core.policy import Grant

ANI, BUDI, CITRA = "ani@juri.test", "budi@juri.test", "citra@juri.test"
OTHER = "gunung tinggi berkabut"


def proves(accounts, email, password, address="203.0.113.7"):
    """Return who a password proves somebody to be, or the code of the refusal."""
    try:
        return prove_by_password(accounts.database, email, password, address=address).email
    except ActionRefused as refused:
        return refused.code


def knows(accounts, token):
    with accounts.read() as session:
        return find_session(session, token) is not None


def link_for(accounts, email, **options):
    return accounts.do(make_link, accounts.person(email).id, by=None, **options)


def taken(accounts, token):
    try:
        return accounts.do(prove_by_link, token, by=None).email
    except ActionRefused as refused:
        return refused.code


def test_the_right_password_proves_who_it_is(accounts, password):
    assert proves(accounts, BUDI, password) == BUDI


@pytest.mark.parametrize("typed", [" Budi@Juri.Test ", "BUDI@JURI.TEST", "\uff42\uff55\uff44\uff49@juri.test"])
def test_field_59_an_address_is_one_person_however_it_is_typed(accounts, password, typed):
    assert proves(accounts, typed, password) == BUDI


@pytest.mark.parametrize(
    "typed", ["bud\u0456@juri.test", "budi @juri.test", "budi@juri.test,ani@juri.test", "budi\n@juri.test"]
)
def test_field_59_an_address_that_only_looks_alike_is_nobody(accounts, password, typed):
    assert proves(accounts, typed, password) == "wrong_credentials"


@pytest.mark.parametrize("typed", ["wrong wrong", "", "x" * 5000])
def test_a_wrong_password_proves_nothing(accounts, typed):
    assert proves(accounts, BUDI, typed) == "wrong_credentials"


def test_field_30_nobody_knows_whether_an_address_exists(accounts, password):
    accounts.do(disable_account, CITRA, reason="left")
    tried = [(BUDI, "wrong wrong"), ("nobody@juri.test", password), (CITRA, password), ("no address", password)]
    said = set()
    for email, typed in tried:
        with pytest.raises(ActionRefused) as refused:
            prove_by_password(accounts.database, email, typed, address="203.0.113.7")
        said.add((refused.value.code, refused.value.reasons))
    assert said == {("wrong_credentials", ("the address or the password is wrong, or the account is closed",))}


def test_ten_guesses_for_an_account_and_a_hundred_from_an_address_are_allowed_in_a_window():
    assert (BY_ACCOUNT.most, BY_ADDRESS.most) == (10, 100)


def test_guessing_is_slowed_down_by_account(accounts, password, monkeypatch):
    monkeypatch.setattr("juri.core.accounts.signing.BY_ACCOUNT", Limit("account", 3))
    tries = [proves(accounts, BUDI, "wrong wrong", address=f"198.51.100.{n}") for n in range(4)]
    assert tries == ["wrong_credentials"] * 3 + ["too_many"]
    assert proves(accounts, BUDI, password, address="192.0.2.1") == "too_many"
    assert proves(accounts, CITRA, password, address="192.0.2.1") == CITRA


def test_guessing_is_slowed_down_by_address(accounts, password, monkeypatch):
    monkeypatch.setattr("juri.core.accounts.signing.BY_ADDRESS", Limit("address", 4))
    tries = [proves(accounts, f"person{n}@juri.test", "wrong wrong") for n in range(5)]
    assert tries == ["wrong_credentials"] * 4 + ["too_many"]
    assert proves(accounts, BUDI, password) == "too_many"
    assert proves(accounts, BUDI, password, address="192.0.2.1") == BUDI


def test_a_whole_agency_behind_one_address_can_sign_in(accounts, password, monkeypatch):
    monkeypatch.setattr("juri.core.accounts.signing.BY_ADDRESS", Limit("address", 2))
    assert [proves(accounts, BUDI, password) for _ in range(5)] == [BUDI] * 5


def test_another_password_ends_other_sessions_and_makes_links_worthless(accounts):
    here, there, link = accounts.signed_in(BUDI), accounts.signed_in(BUDI), link_for(accounts, BUDI)
    accounts.do(set_password, BUDI, OTHER, by=accounts.actor(BUDI), keep=hash_token(here))
    assert (knows(accounts, here), knows(accounts, there)) == (True, False)
    assert taken(accounts, link) == "link_is_over"
    assert proves(accounts, BUDI, OTHER) == BUDI


def test_nobody_sets_the_password_of_somebody_else(accounts):
    with pytest.raises(ActionRefused):
        accounts.do(set_password, CITRA, OTHER, by=accounts.actor(BUDI))


def test_a_password_stands_in_no_audit_line_and_in_no_table(accounts):
    accounts.do(set_password, BUDI, OTHER)
    with accounts.read() as session:
        lines = [str(vars(event)) for event in session.query(AuditEvent)]
        kept = [row.password for row in session.query(Credential)]
    assert not [line for line in [*lines, *kept] if OTHER in line]


def test_a_password_that_was_put_in_past_the_engine_is_found(accounts):
    with accounts.database.change() as connection:
        connection.exec_driver_sql("UPDATE credential SET password = 'planted' WHERE person_id = 2")
    assert [finding.where for finding in accounts.findings()] == ["credential person_id=2"]


def test_field_61_a_closed_account_is_dead_at_once_everywhere(accounts, password):
    token, link = accounts.signed_in(CITRA), link_for(accounts, CITRA)
    accounts.do(disable_account, CITRA, by=accounts.actor(ANI), reason="left the agency")
    assert not knows(accounts, token)
    assert taken(accounts, link) == "link_is_over"
    assert proves(accounts, CITRA, password) == "wrong_credentials"


def test_field_61_an_account_that_is_closed_behind_our_back_keeps_no_session(accounts):
    """A session that was begun by a racing request does not outlive the closing."""
    accounts.do(disable_account, CITRA, reason="left")
    assert not knows(accounts, accounts.signed_in(CITRA))


def test_a_proof_from_before_the_closing_signs_nobody_in(accounts):
    with accounts.read() as session:
        proven = proven_person(session, find_person(session, CITRA), "link")
    accounts.do(disable_account, CITRA, reason="left")
    with pytest.raises(ActionRefused) as refused:
        accounts.do(sign_in, proven, data="{}", agent="", vault=Vault("key"), by=None)
    assert refused.value.code == "wrong_credentials"


def test_a_closed_account_can_be_opened_again(accounts, password):
    accounts.do(disable_account, CITRA, reason="left")
    accounts.do(enable_account, CITRA, by=accounts.actor(ANI))
    assert proves(accounts, CITRA, password) == CITRA


@pytest.mark.parametrize(
    ("verb", "email", "options", "reason"),
    [
        (disable_account, ANI, {"reason": "x"}, "you cannot disable your own account; let another administrator do it"),
        (enable_account, CITRA, {}, "the account of citra@juri.test is not disabled"),
    ],
)
def test_closing_and_opening_refuse_what_makes_no_sense(accounts, verb, email, options, reason):
    with pytest.raises(ActionRefused) as refused:
        accounts.do(verb, email, by=accounts.actor(ANI), **options)
    assert refused.value.reasons == (reason,)


def test_closing_needs_a_reason_and_is_done_once(accounts):
    with pytest.raises(InputRefused):
        accounts.do(disable_account, CITRA, reason=" ")
    accounts.do(disable_account, CITRA, reason="left")
    with pytest.raises(ActionRefused):
        accounts.do(disable_account, CITRA, reason="left")


@pytest.mark.parametrize("verb", [disable_account, enable_account])
def test_only_administrators_close_and_open_accounts(accounts, verb):
    options = {"reason": "x"} if verb is disable_account else {}
    with pytest.raises(ActionRefused) as refused:
        accounts.do(verb, CITRA, by=accounts.actor(BUDI), **options)
    assert refused.value.code == "not_allowed"


def test_a_link_signs_in_once(accounts):
    link = link_for(accounts, BUDI)
    assert [taken(accounts, link), taken(accounts, link)] == [BUDI, "link_is_over"]


def test_field_60_of_many_who_use_one_link_at_once_one_gets_in(accounts, at_once):
    link = link_for(accounts, BUDI)
    outcomes = at_once([lambda: accounts.do(prove_by_link, link, by=None)] * 8)
    assert [isinstance(each, Proven) for each in outcomes].count(True) == 1


def test_field_60_using_one_link_makes_the_others_of_the_person_worthless(accounts):
    first, second = link_for(accounts, BUDI), link_for(accounts, BUDI)
    assert [taken(accounts, first), taken(accounts, second)] == [BUDI, "link_is_over"]


def test_a_link_is_over_after_its_time(accounts):
    link = link_for(accounts, BUDI)
    with standing_at(now() + LIFETIME + timedelta(seconds=1)):
        assert taken(accounts, link) == "link_is_over"


def test_looking_at_a_link_does_not_use_it(accounts):
    link = link_for(accounts, BUDI)
    with accounts.read() as session:
        assert [person_of_link(session, link).email for _ in range(3)] == [BUDI] * 3
    assert taken(accounts, link) == BUDI


def test_field_60_a_link_is_kept_as_a_hash(accounts):
    link = link_for(accounts, BUDI)
    with accounts.read() as session:
        assert [row.sha256 for row in session.query(SignInLink)] == [hash_token(link)]


def test_what_nobody_can_use_any_more_is_forgotten_and_what_is_in_use_stays(accounts, password):
    link_for(accounts, BUDI)
    proves(accounts, BUDI, "wrong wrong")
    old = accounts.signed_in(BUDI)
    assert accounts.do(forget_what_is_over, by=None) == Forgotten(sessions=0, links=0, attempts=0)
    with standing_at(now() + timedelta(days=2)):
        fresh = accounts.signed_in(CITRA)
        link_for(accounts, CITRA)
        assert accounts.do(forget_what_is_over, by=None) == Forgotten(sessions=1, links=1, attempts=0)
        assert (knows(accounts, old), knows(accounts, fresh)) == (False, True)
    with accounts.read() as session:
        assert [row.person_id for row in session.query(SignInLink)] == [accounts.person(CITRA).id]


@pytest.mark.parametrize(("asked", "written"), [(BUDI, [BUDI]), (" BUDI@juri.test", [BUDI]), ("nobody@juri.test", [])])
def test_a_mail_is_written_to_known_addresses_only(accounts, asked, written):
    request_link(accounts.database, asked, address="203.0.113.7", at_once=False)
    with accounts.read() as session:
        assert [mail.recipient for mail in session.query(Mail)] == written


def test_no_mail_is_written_to_a_closed_account(accounts):
    accounts.do(disable_account, CITRA, reason="left")
    request_link(accounts.database, CITRA, address="203.0.113.7", at_once=False)
    with accounts.read() as session:
        assert session.query(Mail).all() == []


def test_asking_for_links_is_slowed_down_whether_or_not_the_address_is_known(accounts):
    for email in (BUDI, "nobody@juri.test"):
        for _ in range(3):
            request_link(accounts.database, email, address="203.0.113.7", at_once=False)
        with pytest.raises(ActionRefused) as refused:
            request_link(accounts.database, email, address="203.0.113.7", at_once=False)
        assert refused.value.code == "too_many"


def test_only_the_operator_is_handed_a_link(accounts):
    assert taken(accounts, accounts.do(hand_out_link, BUDI)) == BUDI
    with pytest.raises(ActionRefused):
        accounts.do(hand_out_link, BUDI, by=accounts.actor(ANI))


def test_no_link_is_handed_out_for_a_closed_account(accounts):
    accounts.do(disable_account, CITRA, reason="left")
    with pytest.raises(ActionRefused):
        accounts.do(hand_out_link, CITRA)


def test_an_invitation_adds_the_person_the_role_and_a_mail_that_waits(accounts):
    accounts.do(
        invite,
        name="Dewi\nBcc: x",
        email="Dewi@juri.test",
        grant=Grant("organiser", "kota-2026"),
        to="kota-2026",
        inviter="Ani",
        by=accounts.actor(ANI),
    )
    assert accounts.actor("dewi@juri.test").grants == {Grant("organiser", "kota-2026")}
    with accounts.read() as session:
        mail = session.query(Mail).one()
        assert (mail.recipient, mail.state, mail.kind) == ("dewi@juri.test", "held", "invitation")
        assert mail.placeholders["name"] == "Dewi Bcc: x"


def test_an_organiser_of_one_edition_invites_nobody_by_this_verb(accounts):
    with pytest.raises(ActionRefused):
        accounts.do(
            invite,
            name="Dewi",
            email="dewi@juri.test",
            grant=Grant("administrator"),
            to="all",
            inviter="Budi",
            by=accounts.actor(BUDI),
        )


def test_language_and_theme_are_kept_and_checked(accounts):
    accounts.do(choose_display, BUDI, language="en", theme="dark", by=accounts.actor(BUDI))
    with accounts.read() as session:
        row = session.query(Account).one()
        assert (row.language, row.theme) == ("en", "dark")
    for wrong in ({"language": "xx", "theme": ""}, {"language": "id", "theme": "neon"}):
        with pytest.raises(InputRefused):
            accounts.do(choose_display, BUDI, by=accounts.actor(BUDI), **wrong)


def test_choosing_what_is_chosen_already_is_no_act(accounts):
    for _ in range(2):
        accounts.do(choose_display, BUDI, language="en", theme="dark", by=accounts.actor(BUDI))
    with accounts.read() as session:
        assert session.query(AuditEvent).filter_by(action="account.display").count() == 1


def test_signing_out_elsewhere_leaves_this_browser(accounts):
    here, there = accounts.signed_in(BUDI), accounts.signed_in(BUDI)
    ended = accounts.do(end_other_sessions, BUDI, by=accounts.actor(BUDI), keep=hash_token(here))
    assert (ended, knows(accounts, here), knows(accounts, there)) == (1, True, False)


def test_somebody_new_has_no_password(accounts):
    accounts.do(add_person, name="Eko", email="eko@juri.test")
    with accounts.read() as session:
        assert not has_password(session, find_person(session, "eko@juri.test").id)


def test_everything_that_these_verbs_write_is_accounted_for(accounts):
    accounts.do(disable_account, CITRA, reason="left")
    accounts.do(choose_display, BUDI, language="en", theme="", by=accounts.actor(BUDI))
    request_link(accounts.database, BUDI, address="203.0.113.7", at_once=True)
    taken(accounts, link_for(accounts, BUDI))
    assert accounts.findings() == ()
