"""The end of a session is said in time, and put off without losing what is typed (WCAG 2.2, 2.2.1)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from juri.core.accounts.sessions import IDLE, LONGEST, LONGEST_ASKED_FOR, SEEN_AGAIN_AFTER, STAYS
from juri.core.clock import now, standing_at
from juri.core.editions.verbs import find_edition
from juri.core.entries.model import EntryRow
from juri.core.judging.conflicts import accept_assignment
from juri.core.judging.model import AssignmentRow, JurorRow
from juri.core.policy import Actor

ADMIN, JUROR = "admin@kota.test", "j1@kota.test"
LONG_FORM = "/admin/people/new"
MINUTE = 60


@pytest.fixture
def admin(client_for):
    return client_for(ADMIN)


def seconds_left(client, path="/account/"):
    """Return how long a page says that the session lasts."""
    return int(re.search(r'data-left="(-?\d+)"', client.get(path).text).group(1))


def is_in(client):
    return client.get("/account/").status_code == 200


def test_the_page_and_the_cookie_say_when_the_session_ends_and_every_page_that_is_opened_moves_it(admin):
    begun = now()
    for later in (timedelta(), SEEN_AGAIN_AFTER * 2):
        with standing_at(begun + later):
            assert abs(seconds_left(admin) - IDLE.total_seconds()) <= 1
            told = int(admin.get_cookie("juri_until").value)
            assert abs(told - (begun + later + IDLE).timestamp()) <= 1


def test_what_is_promised_is_kept_to_the_minute(admin):
    assert is_in(admin)  # the first page keeps the token of its forms, and so notes that the browser was seen
    begun = now()
    with standing_at(begun + SEEN_AGAIN_AFTER / 2):
        left = seconds_left(admin)
    end = begun + SEEN_AGAIN_AFTER / 2 + timedelta(seconds=left)
    with standing_at(end + timedelta(minutes=1)):
        assert not is_in(admin)


def test_somebody_at_work_is_told_of_the_end_of_the_day_and_may_stay_ten_hours_more(admin):
    begun = now()
    at = begun
    while at < begun + LONGEST - timedelta(minutes=30):
        at = min(at + IDLE / 2, begun + LONGEST - timedelta(minutes=30))
        with standing_at(at):
            assert is_in(admin)
    with standing_at(at):
        assert seconds_left(admin) <= 30 * MINUTE
        said = admin.post("/account/stay").json
        assert abs(said["until"] - (at + STAYS).timestamp()) <= 1
        assert "Anda tetap masuk sampai" in said["said"]
    with standing_at(begun + LONGEST + timedelta(minutes=5)):
        assert is_in(admin)


def test_staying_ends_too(admin):
    begun, stayed = now(), 0
    at = begun
    while at < begun + LONGEST_ASKED_FOR:
        with standing_at(at):
            stayed += admin.post("/account/stay").status_code == 200
        at += STAYS / 2
    with standing_at(begun + LONGEST_ASKED_FOR + timedelta(minutes=1)):
        assert not is_in(admin)
    assert stayed >= 10


def test_who_is_not_signed_in_is_told_of_no_end_and_stays_nowhere(client_for):
    nobody = client_for()
    assert "data-session" not in nobody.get("/account/sign-in").text
    assert (nobody.get_cookie("juri_until"), nobody.post("/account/stay").status_code) == (None, 404)


def test_signing_out_takes_the_end_away(admin):
    admin.get("/account/")
    admin.post("/account/sign-out")
    assert admin.get_cookie("juri_until") is None


@pytest.fixture
def form_of_a_juror(web_bench):
    """Return the address of a scoring form that is open for the first juror."""
    with web_bench.database.write() as session:
        running = find_edition(session, web_bench.registry, "kota-2026")
        own = select(EntryRow.code).join(AssignmentRow).join(JurorRow).where(JurorRow.code == "J1")
        entry = session.scalars(own.order_by(EntryRow.code)).first()
        accept_assignment(session, running, "penilaian", entry, "J1", by=Actor.operator("test"))
    return f"/juror/kota-2026/penilaian/{entry}/"


def test_a_long_form_says_without_scripts_until_when_it_can_be_sent(client_for, form_of_a_juror):
    for email, path in ((JUROR, form_of_a_juror), ("organiser@kota.test", "/organiser/kota-2026/edit/part/tracks")):
        page = client_for(email).get(path, follow_redirects=True).text
        assert re.search(r"<noscript><p class=\"hint\">.*Anda masuk sampai \d+ \w+ \d{4} \d\d\.\d\d WITA\.", page)


@pytest.fixture
def typing(page_for):
    """Return a page with a form in which something was typed, whose clock a test moves."""

    def begin(language="en", width=1280, scripts=True):
        page = page_for(ADMIN, width=width, java_script_enabled=scripts)
        page.clock.install()
        page.goto(f"{LONG_FORM}?lang={language}")
        page.fill("#name", "Nama yang baru diketik")
        return page

    return begin


def bar(page):
    return page.locator("[data-session]")


def pass_time(page, seconds):
    """Let the page's clock go on, and so its timers."""
    page.clock.run_for(seconds * 1000)


@pytest.mark.parametrize(
    ("language", "says", "button"),
    [("en", "ends in about", "Stay signed in"), ("id", "berakhir sekitar", "Tetap masuk")],
)
def test_a_warning_comes_before_the_last_two_minutes_and_a_key_puts_the_end_off(typing, language, says, button):
    page = typing(language)
    pass_time(page, IDLE.total_seconds() - 6 * MINUTE)
    assert not bar(page).is_visible()
    pass_time(page, 2 * MINUTE)
    assert says in bar(page).locator("[role=alert]").inner_text()
    field = page.locator("#name")
    field.focus()
    page.keyboard.type(" dan ditambah")
    for _ in range(40):
        if page.evaluate("document.activeElement.closest('[data-session]') !== null"):
            break
        page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.textContent.trim()") == button
    with standing_at(now() + IDLE - 4 * timedelta(minutes=1)), page.expect_response("**/account/stay"):
        page.keyboard.press("Enter")
    bar(page).wait_for(state="hidden")
    assert page.locator("[data-session-said]").inner_text() != ""
    assert field.input_value() == "Nama yang baru diketik dan ditambah"


def test_at_the_end_the_page_keeps_what_was_typed_and_says_where_to_sign_in(typing):
    page = typing()
    pass_time(page, IDLE.total_seconds() + MINUTE)
    assert "Your session has ended." in bar(page).locator("[role=alert]").inner_text()
    assert bar(page).get_by_role("link").get_attribute("target") == "_blank"
    assert bar(page).get_by_role("button").count() == 0
    assert page.locator("#name").input_value() == "Nama yang baru diketik"


def test_work_in_another_tab_puts_the_warning_off_here(typing):
    page = typing()
    pass_time(page, IDLE.total_seconds() - 4 * MINUTE)
    assert bar(page).is_visible()
    page.evaluate("document.cookie = `juri_until=${Math.round(Date.now() / 1000) + 3600}; path=/`")
    pass_time(page, 15)
    assert not bar(page).is_visible()


def test_without_a_connection_the_button_says_so_and_stays(typing):
    page = typing()
    pass_time(page, IDLE.total_seconds() - 4 * MINUTE)
    page.context.set_offline(True)
    bar(page).get_by_role("button").click()
    bar(page).get_by_text("The server cannot be reached.").wait_for()
    assert bar(page).get_by_role("button").is_visible()


@pytest.mark.parametrize("width", [1280, 375])
def test_the_warning_covers_no_field_that_has_the_focus_and_axe_finds_nothing(typing, axe_source, width):
    page = typing(width=width)
    pass_time(page, IDLE.total_seconds() - 4 * MINUTE)
    assert bar(page).is_visible()
    page.locator("#name").blur()
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    page.locator("#name").focus()
    covered = bar(page).bounding_box()
    field = page.locator("#name").bounding_box()
    assert field["y"] >= covered["y"] + covered["height"]
    page.evaluate(axe_source)
    page.clock.resume()
    assert page.evaluate("axe.run('[data-session]').then((found) => found.violations.map((each) => each.id))") == []
