"""The jurors' pages for everybody: no barrier that axe finds, targets that can be hit, nothing hidden under bars."""

import re

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
    f"async (contrast) => (await axe.run(document, {{...{RULES}, rules: {{'color-contrast': {{enabled: contrast}}}}}}))"
    ".violations.map((v) => [v.id, v.nodes.map((n) => n.target.join(' '))])"
)
"""What axe finds; it looks at every colour where it is asked to, which takes longer than all the rest."""
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


BENEFIT = """\
- group "2 Manfaat bagi warga 40 %":
  - text: 2 Manfaat bagi warga 40 %
  - paragraph: Siapa yang merasakan, seberapa banyak, dan bagaimana diukur?
  - radio "1 Kurang"
  - text: 1 Kurang
  - radio "2 Cukup"
  - text: 2 Cukup
  - radio "3 Baik"
  - text: 3 Baik
  - radio "4 Sangat baik"
  - text: 4 Sangat baik
  - group:
    - text: Comment
    - 'textbox "Comment: Manfaat bagi warga"': siapa?"""
TOTAL = """\
- region "Total":
  - heading "Total" [level=3]
  - paragraph: 140 to 380
  - status:
    - paragraph: 1 / 4 scored
  - list:
    - listitem:
      - 'link "Manfaat bagi warga: Not scored yet."':
        - /url: "#criterion-c_manfaat"
    - listitem:
      - 'link "Kemudahan direplikasi: Not scored yet."':
        - /url: "#criterion-c_replikasi"
    - listitem:
      - 'link "Keberlanjutan: Not scored yet."':
        - /url: "#criterion-c_keberlanjutan"\
"""


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


@pytest.mark.parametrize(("theme", "language", "coloured"), [("light", "id", 1280), ("dark", "en", 360)])
def test_axe_finds_nothing_every_target_can_be_hit_and_no_page_scrolls_sideways(
    opened, axe_source, theme, language, coloured
):
    page = opened(theme=theme)
    for name, path in PAGES.items():
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(f"{path}{'&' if '?' in path else '?'}lang={language}")
        page.evaluate(axe_source)
        for width in (1280, 360):
            page.set_viewport_size({"width": width, "height": 800})
            assert (name, width, page.evaluate(FOUND, width == coloured)) == (name, width, [])
            assert (name, width, page.evaluate(SMALL)) == (name, width, [])
        page.set_viewport_size({"width": 320, "height": 800})
        assert (name, page.evaluate("document.documentElement.scrollWidth")) == (name, 320)


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
    assert page.evaluate(FOUND, True) == []


def test_a_screen_reader_gets_names_roles_groups_and_what_changes(opened):
    page = opened(PAGES["score levels"] + "?lang=en")
    assert page.locator("#criterion-c_manfaat").aria_snapshot() == BENEFIT
    assert page.locator(".total").aria_snapshot() == TOTAL
    assert page.locator("[role=separator]").aria_snapshot() == '- separator "Width of the panes"'
    page.click("label[for=c_manfaat-value-3]")
    page.wait_for_selector("[data-answered]:text-is('2')")
    assert page.locator(".total").aria_snapshot() == TOTAL.replace("140 to 380", "260 to 380").replace(
        "1 /", "2 /"
    ).replace(
        """    - listitem:
      - 'link "Manfaat bagi warga: Not scored yet."':
        - /url: "#criterion-c_manfaat"
""",
        "",
    )
    assert re.fullmatch(r"- status: Saved at \d\d:\d\d:\d\d WITA", page.locator("#save-strip").aria_snapshot())
    described = page.get_attribute("#c_kebaruan-value-2", "aria-describedby")
    assert page.inner_text(f"#{described}").endswith("Tampak jelas, dengan bukti yang dapat diperiksa.")


def test_the_page_names_its_language(opened):
    page = opened(PAGES["queue"])
    assert page.get_attribute("html", "lang") == "id"
    page.goto(PAGES["queue"] + "?lang=en")
    assert page.get_attribute("html", "lang") == "en"
