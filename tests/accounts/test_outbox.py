"""The outbox: nothing is sent before somebody releases it, and nothing is sent twice."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from juri.core.accounts.accounts import choose_display, disable_account
from juri.core.accounts.mail_texts import KINDS, filled, one_line, require_places
from juri.core.accounts.model import Mail, SignInLink
from juri.core.accounts.outbox import (
    claim_mail,
    count_mails,
    find_mail,
    hold_mail,
    last_sent,
    list_mails,
    note_failed,
    note_sent,
    preview,
    queue_mail,
    release_mails,
    withdraw_mail,
)
from juri.core.accounts.signing import prove_by_link
from juri.core.accounts.tokens import hash_token
from juri.core.audit.model import AuditEvent
from juri.core.clock import now, standing_at
from juri.core.entries.people import find_person
from juri.core.errors import ActionRefused, InputRefused, NotFound

ANI, BUDI, CITRA = "ani@juri.test", "budi@juri.test", "citra@juri.test"


@pytest.fixture
def write(accounts):
    """Return what writes a mail into the outbox; it returns its number."""

    def make(email=BUDI, kind="message", *, released=False, **values):
        given = values or (
            {"subject": "Pengingat", "text": "Tiga proposal menunggu Anda."} if kind == "message" else {}
        )
        with accounts.write() as session:
            person = find_person(session, email)
            mail = queue_mail(session, kind, person, by=accounts.actor(ANI), values=given, released=released)
            return mail.id

    return make


def stored(accounts, number):
    with accounts.read() as session:
        return find_mail(session, number)


def release(accounts, *numbers):
    return accounts.do(release_mails, numbers, by=accounts.actor(ANI))


def claim(accounts):
    return accounts.do(claim_mail, by=None)


def test_a_mail_waits_until_it_is_released(accounts, write):
    number = write()
    assert (stored(accounts, number).state, claim(accounts)) == ("held", None)
    assert release(accounts, number) == 1
    assert claim(accounts).id == number


def test_what_a_person_asked_for_may_go_without_waiting(accounts, write):
    number = write(kind="sign_in", released=True)
    assert claim(accounts).id == number


def test_field_27_a_mail_has_one_recipient_and_names_them(accounts, write):
    write()
    release(accounts, 1)
    mail = claim(accounts)
    assert (mail.recipient, mail.subject) == (BUDI, "Pengingat")
    assert mail.text("") == "Yth. Budi,\n\nTiga proposal menunggu Anda.\n"


def test_a_mail_is_in_the_language_of_its_reader(accounts, write):
    accounts.do(choose_display, BUDI, language="en", theme="", by=accounts.actor(BUDI))
    assert [stored(accounts, write(email, "sign_in")).subject for email in (BUDI, CITRA)] == [
        "Your sign-in link",
        "Tautan masuk Anda",
    ]


def test_the_link_is_made_when_the_mail_is_sent_and_stands_nowhere(accounts, write):
    write(kind="sign_in", released=True)
    with accounts.read() as session:
        assert session.query(SignInLink).all() == []
    token = claim(accounts).token
    with accounts.read() as session:
        assert [row.sha256 for row in session.query(SignInLink)] == [hash_token(token)]
        assert token not in str([vars(row) for row in session.query(Mail)])
        assert token not in str([row.detail for row in session.query(AuditEvent)])
    assert accounts.do(prove_by_link, token, by=None).email == BUDI


def test_the_link_of_an_invitation_lives_longer(accounts, write):
    tokens = []
    for kind, values in (("sign_in", {}), ("invitation", {"inviter": "Ani", "role": "juri", "what": "lomba"})):
        write(CITRA if values else BUDI, kind, released=True, **values)
        tokens.append(claim(accounts).token)
    with standing_at(now() + timedelta(hours=71)):
        with pytest.raises(ActionRefused):
            accounts.do(prove_by_link, tokens[0], by=None)
        assert accounts.do(prove_by_link, tokens[1], by=None).email == CITRA


def test_a_message_has_no_link(accounts, write):
    write()
    release(accounts, 1)
    assert claim(accounts).token == ""


def test_the_preview_shows_the_text_with_words_in_the_place_of_the_link(accounts, write):
    assert "masuk. Tautan berlaku 15 menit dan hanya sekali:\n\n[link]\n\n" in preview(
        stored(accounts, write(kind="sign_in")), "[link]"
    )


def test_mails_go_in_the_order_in_which_they_were_written(accounts, write):
    numbers = [write(), write(CITRA), write(ANI)]
    release(accounts, *reversed(numbers))
    assert [claim(accounts).id for _ in numbers] == numbers


def test_of_several_senders_one_gets_a_mail(accounts, write, at_once):
    release(accounts, *[write() for _ in range(3)])
    got = [mail.id for mail in at_once([lambda: claim(accounts)] * 6) if mail is not None]
    assert sorted(got) == [1, 2, 3]


def test_what_was_sent_is_sent_for_good(accounts, write):
    release(accounts, write())
    mail = claim(accounts)
    accounts.do(note_sent, mail.id, by=None)
    assert stored(accounts, mail.id).state == "sent"
    for verb in (hold_mail, withdraw_mail):
        with pytest.raises(ActionRefused):
            accounts.do(verb, mail.id, by=accounts.actor(ANI))
    with pytest.raises(ActionRefused):
        release(accounts, mail.id)
    with accounts.read() as session:
        assert last_sent(session) == stored(accounts, mail.id).sent_at


def test_what_failed_says_why_in_one_line_and_can_go_again(accounts, write):
    release(accounts, write())
    accounts.do(note_failed, claim(accounts).id, "550 no such user\r\nBcc: evil@x", by=None)
    assert (stored(accounts, 1).state, stored(accounts, 1).problem) == ("failed", "550 no such user Bcc: evil@x")
    release(accounts, 1)
    assert (stored(accounts, 1).problem, claim(accounts).id) == ("", 1)


def test_what_was_cut_off_is_for_an_administrator_to_decide(accounts, write):
    release(accounts, write())
    claim(accounts)
    assert claim(accounts) is None
    release(accounts, 1)
    assert claim(accounts).id == 1


def test_a_released_mail_can_be_held_again(accounts, write):
    release(accounts, write())
    accounts.do(hold_mail, 1, by=accounts.actor(ANI))
    assert (stored(accounts, 1).state, stored(accounts, 1).released_by, claim(accounts)) == ("held", "", None)


def test_a_withdrawn_mail_is_never_sent_and_stays_to_be_seen(accounts, write):
    accounts.do(withdraw_mail, write(), by=accounts.actor(ANI))
    with pytest.raises(ActionRefused):
        release(accounts, 1)
    with accounts.read() as session:
        assert [mail.state for mail in list_mails(session)] == ["withdrawn"]


def test_no_link_is_sent_to_an_account_that_was_closed_meanwhile(accounts, write):
    write(CITRA, "sign_in", released=True)
    number = write(BUDI, released=True)
    accounts.do(disable_account, CITRA, reason="left")
    assert claim(accounts).id == number
    assert (stored(accounts, 1).state, stored(accounts, 1).problem) == ("failed", "the account is disabled")


@pytest.mark.parametrize("verb", [release_mails, hold_mail, withdraw_mail])
def test_only_administrators_let_mails_go(accounts, write, verb):
    number = write()
    with pytest.raises(ActionRefused) as refused:
        accounts.do(verb, [number] if verb is release_mails else number, by=accounts.actor(BUDI))
    assert refused.value.code == "not_allowed"


def test_a_mail_that_is_not_there_is_not_found(accounts):
    with pytest.raises(NotFound):
        release(accounts, 7)
    with pytest.raises(NotFound):
        stored(accounts, 7)


def test_releasing_is_all_or_nothing(accounts, write):
    number = write()
    with pytest.raises(NotFound):
        release(accounts, number, 99)
    assert stored(accounts, number).state == "held"


def test_mails_are_counted_by_state(accounts, write):
    release(accounts, write())
    write()
    with accounts.read() as session:
        counts = count_mails(session)
    assert counts == {"held": 1, "released": 1, "sending": 0, "failed": 0, "sent": 0, "withdrawn": 0}


def test_mails_are_listed_the_newest_first(accounts, write):
    release(accounts, write())
    write(), write()
    with accounts.read() as session:
        assert [mail.id for mail in list_mails(session)] == [3, 2, 1]
        assert [mail.id for mail in list_mails(session, state="held", first=1, most=1)] == [2]


@pytest.mark.parametrize(
    ("kind", "values"),
    [("message", {"subject": "x"}), ("message", {"subject": "x", "text": "y", "link": "z"}), ("unknown", {})],
)
def test_a_mail_needs_a_value_for_each_place_and_no_other(accounts, write, kind, values):
    with pytest.raises(InputRefused):
        write(kind=kind, **values)


def test_a_mail_has_an_end(accounts, write):
    with pytest.raises(InputRefused):
        write(subject="x", text="y" * 20_001)


def test_field_49_a_subject_is_one_line(accounts, write):
    subject = stored(accounts, write(subject="Halo\r\nBcc: evil@x\u2028!", text="x")).subject
    assert subject == "Halo Bcc: evil@x !"


def test_a_subject_that_is_too_long_is_cut(accounts, write):
    assert stored(accounts, write(subject="x" * 500, text="x")).subject == "x" * 200


def test_every_kind_says_the_same_in_both_languages():
    for kind, text in KINDS.items():
        assert set(text.subject) == set(text.body) == {"id", "en"}, kind
        assert {name for name in ("id", "en") if "{link}" in text.body[name]} == ({"id", "en"} if text.link else set())
        assert require_places(kind, dict.fromkeys(text.places, "x")) is text


def test_field_45_braces_in_a_value_are_text():
    assert filled("{name}: {text}", {"name": "{link}", "text": "{name}{unknown}"}) == "{link}: {name}{unknown}"


def test_a_place_without_a_value_stays_as_it_is():
    assert filled("{name} {link}", {"name": "Budi"}) == "Budi {link}"


@pytest.mark.uncounted  # the same lines for every text
@given(st.text())
def test_one_line_is_one_line(text):
    line = one_line(text)
    assert line == " ".join(line.split())
    assert line.isprintable()


def test_everything_in_the_outbox_is_accounted_for(accounts, write):
    release(accounts, write())
    accounts.do(note_failed, claim(accounts).id, "no", by=None)
    accounts.do(withdraw_mail, 1, by=accounts.actor(ANI))
    accounts.do(hold_mail, write(released=True), by=accounts.actor(ANI))
    assert accounts.findings() == ()
