"""Scoring in a real browser by hand and by keyboard: what is saved, what is said, what the keys do."""

import re

import pytest

from juri.core.editions.verbs import find_edition
from juri.core.judging.forms import find_filled

pytestmark = pytest.mark.browser

HERE = "/juror/desa-2026/nilai/"
GOOD = {"kebaruan": "3", "manfaat": {"value": "4", "comment": "terukur"}, "replikasi": "na", "keberlanjutan": "2"}
WIDTHS = pytest.mark.parametrize("width", [1280, 360])


@pytest.fixture
def errors():
    return []


@pytest.fixture
def open_page(page_for, errors):
    """Return a factory of pages whose errors and refusals (scripts and styles that the policy forbids) are gathered."""

    def make(path, *, email="j1@desa.test", **options):
        page = page_for(email, **options)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: message.type == "error" and errors.append(message.text))
        page.goto(path)
        return page

    return make


def saved(page):
    page.wait_for_selector("#save-strip.saved")
    return page.inner_text("#save-strip")


def latest(desa, entry="D-01", juror="J1"):
    """Return what the database holds of a sheet: version, state, and the values."""
    with desa.database.read() as session:
        running = find_edition(session, desa.registry, "desa-2026")
        revisions = find_filled(session, running, "nilai", entry, juror).revisions
    if not revisions:
        return 0, "", {}
    last = revisions[-1]
    return last.version, last.state, {name: str(answer.value) for name, answer in last.answers.items()}


def pressed(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def arrived(page, url):
    """Wait for a page and its scripts: a key that is pressed before them is lost."""
    page.wait_for_url(url)
    page.wait_for_function("document.readyState === 'complete'")


class TestByKeyboardAlone:
    def test_an_entry_is_scored_from_the_queue_to_the_next_entry(self, open_page, desa, errors):
        page = open_page(HERE)
        for _ in range(20):
            pressed(page, "Tab")
            if page.evaluate("document.activeElement.textContent.trim()") in {"Mulai menilai", "Start scoring"}:
                break
        pressed(page, "Enter")
        page.wait_for_selector(".conflict-no")
        first = page.url.rstrip("/").rsplit("/", 1)[-1]
        for _ in range(20):
            pressed(page, "Tab")
            if page.evaluate("document.activeElement.value") == "none":
                break
        pressed(page, "Enter")
        page.wait_for_selector("#sheet")
        page.wait_for_load_state()  # its scripts, too
        assert first == "D-02"
        page.focus("#juror-right")
        pressed(page, "Tab", "Tab", "3", "ArrowDown", "4", "Tab", "Tab")
        page.keyboard.type("terukur")
        pressed(page, "Tab", "2", "ArrowDown", "4")
        assert page.evaluate("document.activeElement.id") == "c_keberlanjutan-value-3"
        for _ in range(12):
            pressed(page, "Tab")
            if page.evaluate("document.activeElement.value") == "finish":
                break
        pressed(page, "Enter")
        page.wait_for_url(re.compile(r"/D-(?!02)\d\d/\?sent=D-02$"))
        assert latest(desa, "D-02") == (
            latest(desa, "D-02")[0],
            "submitted",
            {"kebaruan": "3", "manfaat": "4", "replikasi": "2", "keberlanjutan": "4"},
        )
        assert errors == []

    def test_three_stops_a_criterion_at_most_and_four_more_lead_through_a_filled_sheet_to_the_button(
        self, open_page, desa
    ):
        desa.accept("J1")
        desa.judge("J1", "D-01", GOOD, draft=True)
        page = open_page(HERE + "D-01/")
        page.focus("#juror-right")
        stops = 0
        while page.evaluate("document.activeElement.value") != "finish":
            pressed(page, "Tab")
            stops += 1
            assert stops <= 14
        assert stops == 1 + 4 + 4 + 1 + 1 + 3  # the last field is the overall comment

    def test_arrows_go_from_criterion_to_criterion_and_digits_choose(self, open_page, desa):
        desa.accept("J1")
        page = open_page(HERE + "D-01/")
        page.focus("#c_kebaruan-value-0")
        pressed(page, "ArrowDown", "ArrowDown", "1", "ArrowUp", "ArrowUp", "ArrowUp", "2")
        chosen = page.eval_on_selector_all(
            "input[type=radio]:checked", "all => all.map((each) => [each.name, each.value])"
        )
        assert chosen == [["c_kebaruan-value", "2"], ["c_replikasi-value", "1"]]

    def test_digits_typed_into_a_number_stay_digits(self, open_page, desa):
        desa.accept("J1")
        page = open_page(HERE + "D-03/")
        page.focus("#c_guna-value")
        page.keyboard.type("72,5")
        pressed(page, "ArrowDown")
        page.keyboard.type("60")
        pressed(page, "Enter")
        saved(page)
        assert latest(desa, "D-03") == (1, "draft", {"guna": "72.5", "aman": "60"})

    def test_alt_and_arrows_go_to_the_next_entry_and_back_even_while_writing(self, open_page, desa):
        desa.accept("J1")
        page = open_page(HERE)
        page.click("ol.entries li:first-child a")
        arrived(page, re.compile(r"/D-\d\d/$"))
        first = page.url
        page.focus("textarea:visible")
        pressed(page, "Alt+ArrowRight")
        arrived(page, lambda url: url != first)
        second = page.url
        page.focus("#juror-right")
        pressed(page, "p")
        arrived(page, first)
        page.focus("#juror-right")
        pressed(page, "n")
        page.wait_for_url(second)

    def test_the_keys_are_listed_and_single_keys_can_be_switched_off_for_good(self, open_page, desa):
        desa.accept("J1")
        page = open_page(HERE + "D-02/")
        page.focus("#c_kebaruan-value-0")
        pressed(page, "?")
        assert page.is_visible("dialog#keys")
        page.uncheck("[data-single-keys]")
        pressed(page, "Escape")
        page.reload()
        page.focus("#c_kebaruan-value-0")
        pressed(page, "4", "?")
        assert page.locator("input:checked[name=c_kebaruan-value]").count() == 0
        assert not page.is_visible("dialog#keys")
        pressed(page, "Alt+ArrowRight")
        page.wait_for_url(lambda url: not url.endswith("/D-02/"))


class TestByHand:
    @WIDTHS
    def test_what_is_chosen_is_saved_at_once_and_the_total_comes_back(self, open_page, desa, errors, width):
        desa.accept("J1")
        page = open_page(HERE + "D-01/", width=width)
        for name, level in {"kebaruan": 2, "manfaat": 3, "replikasi": "na", "keberlanjutan": 1}.items():
            page.click(f"label[for=c_{name}-value-{level}]")
        page.fill("#c_manfaat-comment", "terukur")
        page.wait_for_selector("[data-complete]:not([hidden])")
        assert re.search(r"\d\d\.\d\d\.\d\d WITA", saved(page))
        assert page.inner_text(".total-figure") == "317,65"
        assert page.inner_text("[data-answered]") == "4"
        assert page.locator("[data-problems] li").count() == 0
        assert latest(desa)[1:] == ("draft", {"kebaruan": "3", "manfaat": "4", "replikasi": "na", "keberlanjutan": "2"})
        page.click("button[value=finish]")
        page.wait_for_url(lambda url: not url.endswith("/D-01/"))
        assert latest(desa)[1] == "submitted"
        assert errors == []

    def test_finishing_an_open_sheet_says_what_is_missing_and_takes_the_focus_there(self, open_page, desa):
        desa.accept("J1")
        page = open_page(HERE + "D-01/")
        page.click("label[for=c_kebaruan-value-2]")
        page.click("button[value=finish]")
        page.wait_for_selector("#summary-js")
        assert page.evaluate("document.activeElement.id") == "summary-js"
        links = page.eval_on_selector_all("#summary-js a", "all => all.map((each) => each.getAttribute('href'))")
        assert links == ["#criterion-c_manfaat", "#criterion-c_replikasi", "#criterion-c_keberlanjutan"]
        page.click("#summary-js a[href='#criterion-c_replikasi']")
        assert page.evaluate("document.activeElement.id") == "c_replikasi-value-0"
        page.click("label[for=c_manfaat-value-3]")
        page.click("#summary-js a[href='#criterion-c_manfaat']")
        assert page.evaluate("document.activeElement.id") == "c_manfaat-comment"
        assert latest(desa)[1] == "draft"

    def test_a_number_off_the_scale_is_named_while_everything_else_is_saved(self, open_page, desa):
        desa.accept("J1")
        page = open_page(HERE + "D-03/")
        page.fill("#c_guna-value", "80,5")
        page.fill("#c_aman-value", "120")
        page.wait_for_selector("#c_aman-fault")
        assert page.get_attribute("#c_aman-value", "aria-invalid") == "true"
        assert latest(desa, "D-03") == (1, "draft", {"guna": "80.5"})
        page.fill("#c_aman-value", "70")
        page.wait_for_selector("#c_aman-fault", state="detached")
        assert latest(desa, "D-03") == (2, "draft", {"guna": "80.5", "aman": "70"})

    def test_not_applicable_and_a_number_exclude_each_other(self, open_page, desa):
        desa.accept("J1")
        page = open_page(HERE + "D-03/")
        page.fill("#c_aman-value", "70")
        page.check("#c_aman-na")
        assert page.input_value("#c_aman-value") == ""
        page.fill("#c_aman-value", "65")
        page.press("#c_aman-value", "Tab")
        assert not page.is_checked("#c_aman-na")

    def test_a_sheet_that_was_sent_changes_only_by_sending_again(self, open_page, desa):
        desa.accept("J1")
        desa.judge("J1", "D-01", GOOD)
        page = open_page(HERE + "D-01/")
        page.click("label[for=c_kebaruan-value-0]")
        page.wait_for_selector("#save-strip.offline")
        pressed(page, "Control+Enter")
        assert latest(desa)[:2] == (1, "submitted")
        page.click("button[value=finish]")
        page.wait_for_url(lambda url: not url.endswith("/D-01/"))
        version, state, values = latest(desa)
        assert (version, state, values["kebaruan"]) == (2, "submitted", "1")

    @WIDTHS
    def test_a_row_of_the_grid_saves_itself(self, open_page, desa, errors, width):
        desa.accept("J1", "D-03")
        page = open_page(HERE + "grid", width=width)
        page.fill("#row-D-03 input[name=c_guna-value]", "90")
        saved(page)
        assert latest(desa, "D-03") == (1, "draft", {"guna": "90"})
        page.fill("#row-D-03 input[name=c_aman-value]", "na")
        page.wait_for_selector('#row-D-03 [data-total]:text-is("90")')
        page.click("#row-D-03 button[value=finish]")
        page.wait_for_selector("#row-D-03 [data-status] .badge:text-matches('terkirim|sent')")
        assert latest(desa, "D-03")[1:] == ("submitted", {"guna": "90", "aman": "na"})
        assert errors == []

    def test_the_divider_moves_by_key_and_by_mouse_and_stays_where_it_was_put(self, open_page, desa, errors):
        desa.accept("J1")
        page = open_page(HERE + "D-01/")
        page.focus("[role=separator]")
        pressed(page, "PageUp")
        assert page.get_attribute("[role=separator]", "aria-valuenow") == "40"
        divider, split = (page.locator(place).bounding_box() for place in ("[role=separator]", ".split"))
        page.mouse.move(divider["x"] + 5, divider["y"] + 200)
        page.mouse.down()
        page.mouse.move(split["x"] + split["width"] * 0.7, divider["y"] + 200)
        page.mouse.up()
        page.reload()
        page.wait_for_selector("[role=separator][aria-valuenow='70']")
        left, right = (page.locator(f"#juror-{side}").bounding_box()["width"] for side in ("left", "right"))
        assert left > 2 * right
        assert errors == []


class TestWithoutScripts:
    def test_an_entry_is_opened_scored_drafted_finished_and_corrected(self, open_page, desa):
        page = open_page(HERE + "D-01/", width=360, java_script_enabled=False)
        page.click("button[value=none]")
        page.click("label[for=c_kebaruan-value-2]")
        page.click("button[value=save]")
        assert page.is_checked("#c_kebaruan-value-2")
        assert latest(desa) == (1, "draft", {"kebaruan": "3"})
        page.click("label[for=c_manfaat-value-3]")
        page.click("button[value=finish]")
        assert page.locator(".summary li").all_inner_texts() == [
            "Manfaat bagi warga: Tulis catatan.",
            "Kemudahan direplikasi: Belum dinilai.",
            "Keberlanjutan: Belum dinilai.",
        ]
        page.fill("#c_manfaat-comment", "terukur")
        page.click("label[for=c_replikasi-value-na]")
        page.click("label[for=c_keberlanjutan-value-1]")
        page.click("button[value=finish]")
        assert "sent=D-01" in page.url
        chosen = {"kebaruan": "3", "manfaat": "4", "replikasi": "na", "keberlanjutan": "2"}
        assert latest(desa) == (2, "submitted", chosen)
        page.goto(HERE + "D-01/")
        page.click("label[for=c_keberlanjutan-value-3]")
        page.click("button[value=finish]")
        assert latest(desa) == (3, "submitted", {**chosen, "keberlanjutan": "4"})
