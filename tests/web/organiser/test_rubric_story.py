"""The rubric editor in a browser: by keyboard and by drag, with sums and samples that follow; wide and on a phone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest

from juri.core.editions.editing import read_document
from juri.core.editions.working import look_at_copy

pytestmark = pytest.mark.browser

EDITION = "kota-2026"
EDITOR = f"/organiser/{EDITION}/edit/rubrics/nilai"
AXE = Path(axe_playwright_python.__file__).parent / "axe.min.js"
SERIOUS = """async (contrast) => (await axe.run(document, {rules: {'color-contrast': {enabled: contrast}}})).violations
  .filter((each) => ['serious', 'critical'].includes(each.impact))
  .map((each) => `${each.id}: ${each.nodes.map((node) => node.html).join(' ')}`)"""
SMALL = """() => [...document.querySelectorAll('main button, main summary, main select, main input, main textarea')]
  .filter((each) => each.checkVisibility() && each.type !== 'hidden' && !each.disabled && !each.closest('.vh'))
  .map((each) => (each.type === 'radio' ? document.querySelector(`label[for="${each.id}"]`) : each))
  .filter((each) => Math.min(each.getBoundingClientRect().width, each.getBoundingClientRect().height) < 24)
  .map((each) => each.outerHTML)"""
"""What is too small to be hit with a finger; of a level, its label is hit."""


def names(page: Any) -> list[str]:
    fields = page.locator(".aspect-name input")
    return [fields.nth(place).input_value() for place in range(fields.count())]


def followed(page: Any, act: Any) -> None:
    """Carry out an act, and wait until what stands beside the form has followed it."""
    with page.expect_response(lambda answer: answer.request.method == "POST" and answer.ok) as told:
        act()
    told.value.finished()
    page.locator("form.htmx-request").wait_for(state="detached")


def press(page: Any, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def criteria(bench: Any) -> list[tuple[str, int, bool]]:
    """Return the aspects that were saved, with their weights and whether they count."""
    with bench.database.read() as session:
        text = look_at_copy(session, bench.registry, EDITION).text
    found = read_document(text, bench.registry).data["rubrics"]["nilai"]["criteria"]
    return [(each["id"], each.get("weight"), each.get("counts", True)) for each in found]


def test_a_rubric_is_written_by_keyboard_and_by_drag(page_for, web_bench):
    page = page_for("organiser@kota.test")
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: refused.append(str(error)))
    page.goto(EDITOR)
    assert names(page) == ["Manfaat", "Kebaruan", "Keberlanjutan"]

    # rows change places by their buttons, with the keyboard, and the focus stays with the row
    page.get_by_role("button", name="Naikkan: Keberlanjutan").focus()
    followed(page, lambda: press(page, "Enter"))
    assert names(page) == ["Manfaat", "Keberlanjutan", "Kebaruan"]
    assert page.evaluate("document.activeElement.dataset.move") == "up"
    assert page.locator("#criteria > [data-reorder-status]").inner_text() == "Keberlanjutan: kini urutan 2 dari 3"

    # and dragged by the grip
    page.evaluate("document.querySelector('#criteria').scrollIntoView()")
    grip = page.locator(".aspect [data-grip]").nth(2).bounding_box()
    first = page.locator(".aspect").nth(0).bounding_box()
    page.mouse.move(grip["x"] + 10, grip["y"] + 10)
    page.mouse.down()
    page.mouse.move(grip["x"] + 10, first["y"] + 5, steps=5)
    followed(page, page.mouse.up)
    assert names(page) == ["Kebaruan", "Manfaat", "Keberlanjutan"]

    # the sum is kept while a weight is typed, before the server is asked
    total = page.locator("#sum-top")
    weight = page.locator(".aspect-weight input").nth(0)
    followed(page, lambda: weight.fill("55,5"))
    assert (total.locator("b").inner_text(), "off" in total.get_attribute("class")) == ("125,5", True)
    assert page.locator("#live .verdict.bad").count() == 1
    followed(page, lambda: weight.fill("30"))
    assert (total.locator("b").inner_text(), "off" in total.get_attribute("class")) == ("100", False)

    # two samples are scored while their marks are typed, and what is typed stays
    for name, mark in (("manfaat", "80"), ("kebaruan", "60"), ("keberlanjutan", "70")):
        page.locator(f"#try-0-{name}").fill(mark)
    followed(page, lambda: page.locator("#try-1-manfaat").fill("50"))
    assert page.locator(".trial-total").all_inner_texts() == ["72"]
    assert page.locator("#try-0-kebaruan").input_value() == "60"

    # a new aspect takes the focus, and stands in the preview as a juror gets it
    followed(page, lambda: page.locator("#add-criteria").press("Enter"))
    assert page.evaluate("document.activeElement.id") == "criteria-3-name"
    followed(page, lambda: page.keyboard.type("Biaya"))
    assert page.locator("#juror-view legend").last.inner_text().split()[:2] == ["4", "Biaya"]
    followed(page, lambda: page.locator("#criteria-3-weight-number").fill("15"))
    page.locator("#criteria-3 summary").press("Enter")
    page.locator("#criteria-3-counts").press("Space")
    assert not page.locator("#criteria-3-weight-number").is_editable()  # but it is kept, should the aspect count again
    assert total.locator("b").inner_text() == "100"
    page.evaluate(AXE.read_text(encoding="utf-8"))
    assert page.evaluate(SERIOUS, True) == []

    page.locator(".form-end button").first.press("Enter")
    page.wait_for_url("**/edit/force")
    assert criteria(web_bench) == [("kebaruan", 30, 1), ("manfaat", 50, 1), ("keberlanjutan", 20, 1), ("biaya", 15, 0)]
    assert refused == []


def test_an_element_moves_with_its_aspect_and_never_out_of_it(page_for):
    page = page_for("organiser@kota.test", width=360, height=740)
    page.goto(f"/organiser/{EDITION}/edit/rubrics/baru?from=library:krenova-jateng-2018")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    heads = page.locator("#criteria > ol > li > .aspect-line input[name$='-name']")
    before = [heads.nth(place).input_value() for place in range(heads.count())]
    elements = page.locator("#criteria > ol > li").nth(0).locator(".below .aspect-name input")
    followed(
        page, lambda: page.locator("#criteria > ol > li").nth(0).locator(".below [data-move=down]").first.press("Enter")
    )
    moved = [elements.nth(place).input_value() for place in range(elements.count())]
    followed(page, lambda: page.locator("#criteria > ol > li > .aspect-line [data-move=down]").first.press("Enter"))
    after = [heads.nth(place).input_value() for place in range(heads.count())]
    assert after == [before[1], before[0], *before[2:]]
    below = page.locator("#criteria > ol > li").nth(1).locator(".below .aspect-name input")
    assert [below.nth(place).input_value() for place in range(below.count())] == moved
    page.evaluate(AXE.read_text(encoding="utf-8"))
    assert page.evaluate(SERIOUS, False) == []
    assert page.evaluate(SMALL) == []
