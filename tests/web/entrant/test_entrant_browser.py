"""Writing an entry in a real browser: on a desk and on a phone, with scripts and without; no barrier, no refusal."""

import pytest

pytestmark = pytest.mark.browser

HERE = "/entrant/tulis-2026/"
RULES = "{runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}"
FOUND = f"async () => (await axe.run(document, {RULES})).violations.map((v) => [v.id, v.nodes.map((n) => n.html)])"
SMALL = """() => [...document.querySelectorAll('main a, main button, main input, main select, main textarea')]
  .filter((e) => e.checkVisibility() && e.type !== 'hidden')
  .map((e) => [e.outerHTML.slice(0, 90), e.getBoundingClientRect()])
  .filter(([, box]) => box.width < 24 || box.height < 24).map(([html]) => html)"""


def looked_over(page, axe_source, width):
    """Return what axe finds, what scrolls sideways, and what is too small to be hit."""
    page.evaluate(axe_source)
    sideways = page.evaluate("document.documentElement.scrollWidth") > width
    return page.evaluate(FOUND), sideways, page.evaluate(SMALL)


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (360, "dark")])
def test_an_entry_is_written_mended_handed_over_and_submitted(page_for, tulis, axe_source, width, theme):
    errors = []
    page = page_for("local@kota.test", width=width, theme=theme)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: message.type == "error" and "422" not in message.text and errors.append(message))

    page.goto(HERE)
    page.click("text=Inovasi baru")
    page.fill("#title", "Kartu Ibu Hamil")
    page.select_option("#track", "umum")
    page.click("text=Mulai menulis")

    page.locator("#q_judul_lama").wait_for(state="hidden")
    page.check("#q_pernah-0")
    page.locator("#q_judul_lama").wait_for(state="visible")
    page.check("#q_pernah-1")
    page.fill("#q_ringkasan", "kata " * 41)
    assert page.inner_text("[data-words-of=q_ringkasan]") == "41 dari 40 kata: terlalu banyak"
    page.fill("#q_ringkasan", "Kartu yang mengingatkan ibu hamil.")
    page.fill("#q_mulai", "kemarin")
    page.click("text=Simpan dan tutup")
    assert page.evaluate("document.activeElement.className") == "summary"
    page.click(".summary a")
    assert page.evaluate("document.activeElement.id") == "q_mulai"
    assert page.get_attribute("#q_mulai", "aria-invalid") == "true"
    assert looked_over(page, axe_source, width) == ([], False, [])

    page.fill("#q_mulai", "31/1/2024")
    page.check("#q_keadaan-0")
    page.click("text=Simpan dan tutup")
    assert "Pemeriksaan otomatis tidak menemukan masalah" in page.inner_text("main")
    assert looked_over(page, axe_source, width) == ([], False, [])
    page.click("text=Serahkan kepada admin instansi")
    page.click("main form button")
    page.click("text=Periksa dan kirim")
    assert looked_over(page, axe_source, width) == ([], False, [])
    page.click("text=Kirim sekarang")
    page.goto(HERE)
    assert page.locator(".own-entry", has_text="Kartu Ibu Hamil").locator(".badge").inner_text() == "dikirim"
    assert looked_over(page, axe_source, width) == ([], False, [])
    assert (tulis.entry("U0006")[0], errors) == ("submitted", [])


def test_it_works_without_scripts(page_for, tulis):
    page = page_for("local@kota.test", java_script_enabled=False)
    page.goto(HERE + "entries/T-01/edit")
    page.fill("#q_mulai", "kemarin")
    page.click("text=Simpan dan tutup")
    assert "bukan tanggal" in page.inner_text("#q_mulai-error")
    page.fill("#q_mulai", "31/1/2024")
    page.check("#q_keadaan-1")
    page.check("#q_pernah-0")
    page.fill("#q_judul_lama", "Pos Sehat")
    page.click("text=Simpan dan tutup")
    page.click("text=Serahkan kepada admin instansi")
    page.click("main form button")
    page.click("text=Periksa dan kirim")
    page.click("text=Kirim sekarang")
    assert tulis.entry("T-01")[0] == "submitted"
