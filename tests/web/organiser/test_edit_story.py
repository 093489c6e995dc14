"""The story of an edition in a browser: made from Sukoharjo's draft, filled in by keyboard, installed and opened."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest

from juri.core.editions.verbs import find_edition
from juri.core.editions.working import find_copy
from tests.web.organiser.conftest import BEGUN, ORGANISER, SUKOHARJO

pytestmark = pytest.mark.browser

EDIT = f"/organiser/{SUKOHARJO}/edit"
AXE = Path(axe_playwright_python.__file__).parent / "axe.min.js"
SERIOUS = (
    "async () => (await axe.run()).violations.filter((each) => ['serious', 'critical'].includes(each.impact))"
    ".map((each) => `${each.id}: ${each.nodes.map((node) => node.html).join(' ')}`)"
)
SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def web_bench(sukoharjo_bench):
    """Let the pages work on a database in which nobody has begun the edition."""
    return sukoharjo_bench


def watched(page: Any) -> list[str]:
    """Return the list to which everything goes that the browser refuses or that breaks."""
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: refused.append(str(error)))
    return refused


def barriers(page: Any) -> tuple[list[str], int]:
    """Return what axe finds serious on a page, and by how much it scrolls sideways."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    return page.evaluate(SERIOUS), page.evaluate(SIDEWAYS)


def lines_beside(page: Any) -> list[str]:
    """Return the lines that a form would add, without those that are empty."""
    shown = [
        line.removeprefix("ditambahkan:").strip() for line in page.locator("#beside .diff ins").all_text_contents()
    ]
    return [line for line in shown if line]


def went(page: Any, act: Any) -> None:
    """Carry out an act that leads to another page."""
    with page.expect_navigation():
        act()


def test_an_edition_is_made_from_the_shipped_draft_and_its_unknowns_are_filled_in_by_keyboard(page_for):
    page = page_for(ORGANISER)
    refused = watched(page)
    page.goto("/organiser/")
    went(page, page.get_by_role("link", name="Edisi baru").click)
    page.get_by_label("KIPP di Lingkungan Pemkab Sukoharjo Tahun 2023").check()
    page.get_by_label("Nama dalam bahasa Indonesia").fill("KIPP Sukoharjo 2026")
    assert page.locator("#id").input_value() == SUKOHARJO
    went(page, lambda: page.keyboard.press("Enter"))
    assert page.locator(".state-row b").first.inner_text() == "5"

    went(page, page.get_by_role("link", name="Belum diketahui").first.click)
    for what in ("Formulir pendaftaran", "Rubrik / Proposal"):
        accept = page.get_by_role("button", name=f"Ambil sebagai keputusan kami: {what}")
        went(page, lambda accept=accept: accept.press("Enter"))
    for name, day in (("dibuka", "2026-01-05"), ("ditutup", "2026-01-31")):
        fill = page.get_by_role("link", name=f"Tulis nilainya: Kalender / Pendaftaran {name}")
        went(page, lambda fill=fill: fill.press("Enter"))
        page.get_by_label("Tanggal").fill(day)
        went(page, lambda: page.keyboard.press("Enter"))
    assert [title.strip() for title in page.locator(".gap h2").all_inner_texts()] == ["Tahap dan penghargaan"]
    assert refused == []


def test_a_track_is_written_by_keyboard_and_the_document_follows_beside_it(page_for, begun):
    page = page_for(ORGANISER)
    refused = watched(page)
    page.goto(f"{EDIT}/add/tracks")
    page.get_by_label("Id", exact=True).focus()
    page.keyboard.type("umum")
    page.keyboard.press("Tab")
    page.keyboard.type("Umum")
    page.locator("#beside .diff ins", has_text="name: Umum").wait_for()
    assert lines_beside(page) == ["tracks:", "- {id: umum, name: Umum}"]

    # a rule brings its own fields; the focus goes to what is new, and stays where one is
    page.locator("#add-eligibility").press("Enter")
    page.locator("#eligibility-0:focus").wait_for()
    page.locator("#eligibility-0-value-choice").focus()
    page.locator("#eligibility-0-value-choice").select_option("min_age_months")
    months = page.locator("#eligibility-0-value-with-min_age_months-value")
    months.wait_for()
    page.locator("#eligibility-0-value-choice:focus").wait_for()
    page.keyboard.press("Tab")
    page.keyboard.type("24")
    assert months.input_value() == "24"

    # what is missing is told at its field, and the summary leads there
    went(page, lambda: page.keyboard.press("Enter"))
    assert page.evaluate("document.activeElement.className") == "summary"
    assert barriers(page) == ([], 0)
    page.locator(".summary a").first.press("Enter")
    until = page.locator("#eligibility-0-value-with-min_age_months-until")
    assert page.evaluate("location.hash") == "#eligibility-0-value-with-min_age_months-until"
    until.select_option("launch")
    page.locator("#beside .diff ins", has_text="until: launch").wait_for()
    assert [said for said in refused if "422" not in said] == []


def test_what_is_typed_while_the_form_changes_its_shape_is_kept(page_for, begun):
    page = page_for(ORGANISER)
    held = []
    page.goto(f"{EDIT}/add/stages?kind=plenary")
    page.route("**/add/stages**", lambda route: held.append(route), times=1)  # noqa: PLW0108  the library looks into its handlers
    page.locator("[name=proposes-choice]").select_option("top_n")
    page.locator("[name=id]").fill("pleno")
    held[0].continue_()
    page.locator("[name=proposes-with-top_n-n]").wait_for()
    assert page.locator("[name=id]").input_value() == "pleno"


def test_the_text_is_mended_at_the_line_of_its_fault_and_the_edition_is_installed_and_opened(page_for, begun):
    page = page_for(ORGANISER)
    refused = watched(page)
    page.goto(f"{EDIT}/text")
    complete = BEGUN.replace("sukoharjo-2023", "preselection")
    page.locator("#text").fill(f"{complete}limits:\n  - value: no\n")
    assert page.locator("#check [data-line]").first.inner_text() == "Baris 7"
    assert page.locator(".gutter .at-fault").all_inner_texts() == ["7"]
    page.locator("#check [data-line]").press("Enter")
    assert page.evaluate("getSelection().toString()") == "no"
    page.keyboard.type("3")
    page.locator("#check .verdict", has_text="Tidak ada kesalahan, semua sudah diketahui").wait_for()
    went(page, lambda: page.get_by_role("button", name="Simpan").press("Enter"))

    page.goto(f"{EDIT}/force")
    went(page, page.get_by_role("button", name="Pasang").click)
    went(page, page.get_by_role("button", name="Buka edisi").click)
    with begun.database.read() as session:
        assert find_copy(session, SUKOHARJO).seen.base == 1
        assert find_edition(session, begun.registry, SUKOHARJO).state == "open"
    assert refused == []


def test_no_page_of_the_editor_has_a_barrier_or_scrolls_sideways_on_a_phone(page_for, begun):
    page = page_for(ORGANISER, width=360, height=740, theme="dark")
    refused = watched(page)
    paths = (
        "",
        "/unknown",
        "/unknown/calendar.registration_open",
        "/part/groups",
        "/part/stages",
        "/text",
        "/history/1",
    )
    for path in (*paths, "/add/stages?kind=scoring"):
        page.goto(EDIT + path)
        assert (path, barriers(page)) == (path, ([], 0))
    page.goto("/organiser/new")
    assert barriers(page) == ([], 0)
    assert refused == []
