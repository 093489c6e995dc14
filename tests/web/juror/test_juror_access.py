"""The jurors' pages for everybody: no barrier that axe finds, targets that can be hit, nothing hidden under bars."""

import pytest

pytestmark = pytest.mark.browser

HERE = "/juror/desa-2026/nilai/"
GOOD = {"kebaruan": "3", "manfaat": {"value": "4", "comment": "terukur"}, "replikasi": "na", "keberlanjutan": "2"}
PAGES = {
    "queue": HERE,
    "conflict": HERE + "D-05/",
    "score levels": HERE + "D-01/",
    "score numbers": HERE + "D-03/",
    "sent": HERE + "D-04/",
    "late conflict": HERE + "D-01/conflict",
    "list": HERE + "list",
    "compare": HERE + "compare?entry=D-02&entry=D-04",
    "grid": HERE + "grid",
}
RULES = "{runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}"
FOUND = (
    f"async () => (await axe.run(document, {RULES}))"
    ".violations.map((v) => [v.id, v.nodes.map((n) => n.target.join(' '))])"
)
SMALL = """() => [...document.querySelectorAll(
    'main a, main button, main input, main select, main summary, main textarea, main [role=separator]')]
  .filter((e) => e.checkVisibility({opacityProperty: false, visibilityProperty: true}))
  .filter((e) => !e.disabled && e.type !== 'hidden')
  .map((e) => e.type === 'radio' && e.closest('.level') ? document.querySelector(`label[for="${e.id}"]`) : e)
  .map((e) => [e.outerHTML.slice(0, 90), e.getBoundingClientRect()])
  .filter(([, box]) => box.width && (box.width < 24 || box.height < 24) && !(box.width <= 1))
  .map(([html, box]) => [html, Math.round(box.width), Math.round(box.height)])"""
COVERED = """() => {
  const bar = document.querySelector('.queue').getBoundingClientRect();
  const at = document.activeElement;
  const shown = at.type === 'radio' && at.closest('.level') ? document.querySelector(`label[for="${at.id}"]`) : at;
  const box = shown.getBoundingClientRect();
  const tall = at.matches('.pane, [role=separator]');
  return !at.closest('main') || at.closest('.queue') || tall ? false : box.bottom > bar.top + 1 && box.top < bar.bottom;
}"""


@pytest.fixture
def opened(page_for, desa):
    """Return a factory of pages of a juror who is in the middle of it."""
    desa.accept("J1", "D-01", "D-02", "D-03", "D-04")
    desa.judge("J1", "D-02", GOOD)
    desa.judge("J1", "D-04", {**GOOD, "keberlanjutan": "4"})
    desa.judge("J1", "D-01", {"kebaruan": "3", "manfaat": {"comment": "siapa?"}}, draft=True)

    def make(path="", **options):
        page = page_for("j1@desa.test", **options)
        if path:
            page.goto(path)
        return page

    return make


@pytest.mark.parametrize(
    ("width", "theme", "language"), [(1280, "light", "id"), (360, "dark", "en"), (320, "light", "en")]
)
def test_axe_finds_nothing_and_no_page_scrolls_sideways(opened, axe_source, width, theme, language):
    page = opened(width=width, theme=theme)
    for name, path in PAGES.items():
        page.goto(f"{path}{'&' if '?' in path else '?'}lang={language}")
        page.evaluate(axe_source)
        assert (name, page.evaluate(FOUND)) == (name, [])
        assert (name, page.evaluate("document.documentElement.scrollWidth") <= width) == (name, True)


@pytest.mark.parametrize("width", [1280, 360])
def test_every_target_can_be_hit(opened, width):
    page = opened(width=width)
    for name, path in PAGES.items():
        page.goto(path)
        assert (name, page.evaluate(SMALL)) == (name, [])


@pytest.mark.parametrize("width", [1280, 360])
def test_the_bar_at_the_foot_never_covers_what_has_the_focus(opened, width):
    page = opened(PAGES["score levels"], width=width, height=700)
    page.focus("#juror-left")
    for _ in range(40):
        page.keyboard.press("Tab")
        assert not page.evaluate(COVERED), page.evaluate("document.activeElement.outerHTML.slice(0, 120)")


@pytest.mark.parametrize("state", ["faults", "versions", "closed", "keys"])
def test_axe_finds_nothing_where_something_went_wrong(opened, desa, axe_source, state):
    page = opened(PAGES["score levels"], width=360)
    if state == "faults":
        page.click("button[value=finish]")
        page.wait_for_selector("#summary-js")
    elif state == "versions":
        desa.judge("J1", "D-01", {"kebaruan": "1"}, draft=True)
        page.click("label[for=c_keberlanjutan-value-1]")
        page.wait_for_selector("dialog.versions[open]")
    elif state == "closed":
        desa.close()
        page.click("label[for=c_keberlanjutan-value-1]")
        page.wait_for_selector("[data-notices] .notice.danger")
    else:
        page.click("[data-dialog=keys]")
    page.evaluate(axe_source)
    assert page.evaluate(FOUND) == []


def test_a_screen_reader_gets_names_groups_and_what_changes(opened):
    page = opened(PAGES["score levels"] + "?lang=en")
    tree = page.locator("#juror-right").aria_snapshot()
    for line in (
        '- group "1 Kebaruan 20 %"',
        '- radio "3 Baik" [checked]',
        "- 'textbox \"Comment: Manfaat bagi warga\"': siapa?",
        '- radio "Not applicable"',
        "- status",
    ):
        assert line in tree
    assert page.get_attribute("#save-strip", "role") == "status"
    described = page.get_attribute("#c_kebaruan-value-2", "aria-describedby")
    assert page.inner_text(f"#{described}").endswith("Tampak jelas, dengan bukti yang dapat diperiksa.")


def test_the_page_names_its_language(opened):
    page = opened(PAGES["queue"])
    assert page.get_attribute("html", "lang") == "id"
    page.goto(PAGES["queue"] + "?lang=en")
    assert page.get_attribute("html", "lang") == "en"
