"""Scoring on a bad network and on two devices: nothing typed is lost, nothing stored is overwritten unseen."""

from contextlib import suppress

import pytest
from sqlalchemy import func, select

from juri.core.editions.verbs import find_edition
from juri.core.judging.conflicts import declare_conflict
from juri.core.judging.forms import find_filled
from juri.core.judging.model import ScorecardRevision

pytestmark = pytest.mark.browser

HERE = "/juror/desa-2026/nilai/"
ENTRY = HERE + "D-01/"
GOOD = {"kebaruan": "3", "manfaat": {"value": "4", "comment": "terukur"}, "replikasi": "na", "keberlanjutan": "2"}
WIDTHS = pytest.mark.parametrize("width", [1280, 360])


@pytest.fixture
def score(page_for, desa):
    """Return a factory of scoring pages of the juror J1."""
    desa.accept("J1")

    def open_page(path=ENTRY, **options):
        page = page_for("j1@desa.test", **options)
        page.goto(path)
        return page

    return open_page


def answers(desa, entry="D-01"):
    with desa.database.read() as session:
        revisions = find_filled(
            session, find_edition(session, desa.registry, "desa-2026"), "nilai", entry, "J1"
        ).revisions
    return {name: (str(each.value), each.comment) for name, each in revisions[-1].answers.items()} if revisions else {}


def count_revisions(desa):
    with desa.database.read() as session:
        return session.scalar(select(func.count()).select_from(ScorecardRevision))


def drafts(page):
    return page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('juri:draft:'))")


def strip(page, state):
    page.wait_for_selector(f"#save-strip.{state}")
    return page.inner_text("#save-strip")


class TestWithoutConnection:
    @WIDTHS
    def test_what_is_typed_offline_is_kept_counted_and_sent_when_the_connection_is_back(self, score, desa, width):
        page = score(width=width)
        page.context.set_offline(True)
        page.click("label[for=c_kebaruan-value-2]")
        page.fill("#c_manfaat-comment", "belum selesai")
        assert "2" in strip(page, "offline")
        assert answers(desa) == {}
        page.context.set_offline(False)
        strip(page, "saved")
        assert answers(desa) == {"kebaruan": ("3", ""), "manfaat": ("", "belum selesai")}
        assert drafts(page) == []

    @WIDTHS
    def test_a_draft_survives_a_closed_tab(self, score, desa, width):
        page = score(width=width)
        page.context.set_offline(True)
        page.click("label[for=c_kebaruan-value-3]")
        page.fill("#c_manfaat-comment", "ditulis tanpa koneksi")
        strip(page, "offline")
        page.close()
        page.context.set_offline(False)
        again = page.context.new_page()
        again.goto(ENTRY)
        strip(again, "saved")
        assert again.is_checked("#c_kebaruan-value-3")
        assert again.input_value("#c_manfaat-comment") == "ditulis tanpa koneksi"
        assert answers(desa) == {"kebaruan": ("4", ""), "manfaat": ("", "ditulis tanpa koneksi")}

    def test_a_draft_survives_a_crash_of_the_browser_down_to_the_last_key(self, score, desa):
        page = score()
        page.context.set_offline(True)
        page.locator("#c_manfaat-comment").press_sequentially("sampai huruf terakhir")
        context = page.context
        with page.expect_event("crash"), suppress(Exception):
            page.goto("chrome://crash", timeout=5000)
        page.close()
        context.set_offline(False)
        again = context.new_page()
        again.goto(ENTRY)
        strip(again, "saved")
        assert again.input_value("#c_manfaat-comment") == "sampai huruf terakhir"

    def test_an_answer_that_gets_lost_does_not_make_a_second_scorecard(self, score, desa):
        page = score()
        lost = []

        def lose_once(route):
            if lost:
                route.continue_()
            else:
                lost.append(route.fetch().status)
                route.abort("connectionreset")

        page.route("**/save", lose_once)
        page.click("label[for=c_kebaruan-value-1]")
        strip(page, "offline")
        strip(page, "saved")
        assert lost == [200]
        assert count_revisions(desa) == 1
        assert answers(desa) == {"kebaruan": ("2", "")}
        assert not page.is_visible("dialog.versions")

    def test_a_server_that_is_down_for_a_while_is_asked_again_with_the_same_key(self, score, desa):
        page = score()
        keys = []

        def refuse_twice(route):
            keys.append(route.request.post_data_json["key"])
            route.continue_() if len(keys) > 2 else route.fulfill(status=503, body="")

        page.route("**/save", refuse_twice)
        page.click("label[for=c_kebaruan-value-1]")
        strip(page, "saved")
        assert len(keys) == 3
        assert len(set(keys)) == 1

    def test_nothing_is_called_sent_before_the_server_has_it(self, score, desa):
        desa.judge("J1", "D-01", GOOD, draft=True)
        page = score()
        page.context.set_offline(True)
        page.click("button[value=finish]")
        page.wait_for_selector("[data-notices] .notice.warn")
        assert page.url.endswith("/D-01/")
        page.context.set_offline(False)
        page.click("button[value=finish]")
        page.wait_for_url(lambda url: not url.endswith("/D-01/"))
        assert count_revisions(desa) == 2

    def test_signing_out_leaves_nothing_of_a_draft_on_a_shared_machine(self, score, desa):
        page = score()
        page.context.set_offline(True)
        page.click("label[for=c_kebaruan-value-2]")
        strip(page, "offline")
        page.context.set_offline(False)
        page.click("details.drop summary")
        page.click(".drop-act")
        page.wait_for_url(lambda url: "juror" not in url)
        assert drafts(page) == []
        assert answers(desa) == {"kebaruan": ("3", "")}

    def test_a_draft_goes_after_fourteen_days_and_nobody_elses_is_shown(self, score):
        page = score()
        old = "{version: 0, base: {}, answers: {kebaruan: {value: '4'}}, at: Date.now() - 15 * 86400000}"
        page.evaluate(f"localStorage.setItem('juri:draft:9:desa-2026/nilai/D-01:0', JSON.stringify({old}))")
        new = old.replace("15 *", "13 *")
        page.evaluate(f"localStorage.setItem('juri:draft:999:desa-2026/nilai/D-01:0', JSON.stringify({new}))")
        page.reload()
        page.wait_for_load_state("networkidle")
        assert drafts(page) == ["juri:draft:999:desa-2026/nilai/D-01:0"]
        assert page.locator("input[type=radio]:checked").count() == 0

    def test_who_was_signed_out_meanwhile_keeps_what_was_typed(self, score, desa):
        page = score()
        page.context.clear_cookies()
        page.click("label[for=c_kebaruan-value-2]")
        page.wait_for_selector("[data-notices] [data-sign-in]")
        assert len(drafts(page)) == 1
        assert "/account/sign-in?next=" in page.get_attribute("[data-sign-in]", "href")
        assert page.is_checked("#c_kebaruan-value-2")
        page.context.add_cookies(score(HERE).context.cookies())
        page.evaluate("dispatchEvent(new Event('focus'))")
        strip(page, "saved")
        assert page.locator("[data-notices] .notice").count() == 0
        assert (answers(desa), drafts(page)) == ({"kebaruan": ("3", "")}, [])


class TestTwoDevices:
    @WIDTHS
    def test_the_second_writer_is_told_and_chooses_and_nothing_is_lost(self, score, desa, width):
        phone, desktop = score(width=width), score()
        desktop.click("label[for=c_kebaruan-value-3]")
        desktop.click("label[for=c_keberlanjutan-value-0]")
        strip(desktop, "saved")
        phone.click("label[for=c_kebaruan-value-1]")
        phone.fill("#c_manfaat-comment", "dari telepon")
        phone.wait_for_selector("dialog.versions[open]")
        assert answers(desa) == {"kebaruan": ("4", ""), "keberlanjutan": ("1", "")}
        shown = phone.eval_on_selector_all(
            "dialog .difference",
            "all => all.map((e) => "
            "[e.dataset.name, ...[...e.querySelectorAll('label span')].map((s) => s.textContent)])",
        )
        none = phone.get_attribute("[data-words]", "data-none")
        assert shown == [
            ["kebaruan", "2 Cukup", "4 Sangat baik"],
            ["manfaat", f"{none}\ndari telepon", none],
            ["keberlanjutan", none, "1 Kurang"],
        ]
        phone.check("#pick-kebaruan-theirs")
        phone.click("dialog.versions button[value=save]")
        strip(phone, "saved")
        expected = {"kebaruan": ("4", ""), "manfaat": ("", "dari telepon"), "keberlanjutan": ("1", "")}
        assert answers(desa) == expected
        assert phone.is_checked("#c_kebaruan-value-3")
        assert phone.is_checked("#c_keberlanjutan-value-0")

    def test_who_decides_later_finds_both_versions_again_after_closing_the_tab(self, score, desa):
        page = score()
        desa.judge("J1", "D-01", {"kebaruan": "4"}, draft=True)
        page.click("label[for=c_kebaruan-value-0]")
        page.wait_for_selector("dialog.versions[open]")
        page.click("[data-later]")
        strip(page, "conflict")
        page.close()
        again = page.context.new_page()
        again.goto(ENTRY)
        again.wait_for_selector("dialog.versions[open]")
        again.click("dialog.versions button[value=save]")
        strip(again, "saved")
        assert answers(desa) == {"kebaruan": ("1", "")}

    def test_two_devices_that_say_the_same_are_not_asked(self, score, desa):
        page = score()
        desa.judge("J1", "D-01", {"kebaruan": "2"}, draft=True)
        page.click("label[for=c_kebaruan-value-1]")
        page.click("label[for=c_keberlanjutan-value-1]")
        page.wait_for_selector("dialog.versions[open]")
        assert page.eval_on_selector_all(".difference", "all => all.map((e) => e.dataset.name)") == ["keberlanjutan"]

    def test_a_sheet_sent_from_another_device_is_never_taken_back_into_a_draft(self, score, desa):
        page = score()
        desa.judge("J1", "D-01", GOOD)
        page.click("label[for=c_kebaruan-value-0]")
        page.wait_for_selector("dialog.versions[open]")
        for name in ("manfaat", "replikasi", "keberlanjutan"):
            page.check(f"#pick-{name}-theirs")
        page.click("dialog.versions button[value=save]")
        page.wait_for_selector("[data-notices] .notice.info")
        assert answers(desa)["kebaruan"] == ("3", "")
        page.click("button[value=finish]")
        page.wait_for_url(lambda url: not url.endswith("/D-01/"))
        assert answers(desa)["kebaruan"] == ("1", "")
        assert count_revisions(desa) == 2


class TestTheStageClosesMeanwhile:
    @WIDTHS
    def test_what_was_typed_stays_on_the_device_and_is_shown_with_words(self, score, desa, width):
        page = score(width=width)
        page.click("label[for=c_kebaruan-value-2]")
        strip(page, "saved")
        desa.close()
        page.fill("#c_manfaat-comment", "terlambat sedikit")
        page.wait_for_selector("[data-notices] .notice.danger")
        assert page.get_attribute("[data-notices] .notice", "role") == "alert"
        assert "terlambat sedikit" in page.inner_text("[data-unsaved]")
        assert page.input_value("#c_manfaat-comment") == "terlambat sedikit"
        assert page.is_disabled("button[value=finish]")
        words = page.get_attribute("#save-strip", "data-kept").replace("{n}", "1")
        assert strip(page, "kept").strip() == words
        assert len(drafts(page)) == 1
        assert answers(desa) == {"kebaruan": ("3", "")}
        assert page.inner_text("[data-notices] .help") == page.inner_text("footer .help")
        page.reload()
        assert "terlambat sedikit" in page.inner_text("[data-unsaved]")

    def test_a_conflict_declared_on_another_device_shuts_the_entry(self, score, desa):
        page = score()
        desa.do(declare_conflict, "J1", "D-01", "family", by=desa.actor("J1"))
        page.click("label[for=c_kebaruan-value-2]")
        page.wait_for_selector("[data-notices] .notice.danger")
        gone = page.get_attribute("[data-words]", "data-gone")
        assert page.inner_text("[data-notices] [data-reason]") == gone
        assert "3 Baik" in page.inner_text("[data-unsaved]")
        assert page.inner_text("[data-notices] .help") == page.inner_text("footer .help")
        assert page.goto(ENTRY).status == 404

    def test_the_end_is_announced_ten_and_two_minutes_before_by_the_servers_clock(self, score, desa):
        desa.set_deadline(minutes=11)
        page = score()
        page.clock.install()
        page.goto(ENTRY)
        assert page.locator("[data-notices] .notice").count() == 0
        for minutes, forward in ((10, "02:00"), (2, "08:00")):
            page.clock.fast_forward(forward)
            soon = page.get_attribute("[data-words]", "data-soon").replace("{n}", str(minutes))
            assert page.inner_text("[data-notices] [role=status] [data-soon]") == soon
