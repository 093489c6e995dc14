"""The page of ``juri score --format html`` in a real browser: on a desk and on a phone, by day and by night."""

import pytest

from juri.webapp.cli import run

pytestmark = pytest.mark.browser

ROWS = (
    f"Entri {entry},Juri {juror},{60 + (entry * 7 + juror * 3) % 30},{55 + (entry * 5 + juror * 11) % 40}\n"
    for entry in range(12)
    for juror in range(4)
)
SCORES = "entry,juror,dampak,kebaruan\n" + "".join(ROWS)


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """Return a page that was written to a file."""
    folder = tmp_path_factory.mktemp("report")
    (folder / "scores.csv").write_text(SCORES, encoding="utf-8")
    assert run(["score", str(folder / "scores.csv"), "--top", "5", "-o", str(folder / "report.html")]) == 0
    return folder / "report.html"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 1280])
def test_axe_finds_no_barrier_nothing_scrolls_sideways_and_the_tables_open(browser, axe_source, file, width, theme):
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme)
    errors = []
    page = context.new_page()
    page.on("console", lambda message: errors.append(message.text))
    page.on("request", lambda request: request.url != file.as_uri() and errors.append(request.url))

    page.goto(file.as_uri())
    for summary in page.locator("summary").all():
        summary.click()
    page.evaluate(axe_source)

    assert page.locator("details[open] table").first.is_visible()
    assert page.evaluate("async () => (await axe.run(document)).violations.map((each) => each.id)") == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert errors == []
    context.close()
