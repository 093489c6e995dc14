"""Editing an edition in screens: what is typed becomes the document, what is wrong is told where it stands."""

from __future__ import annotations

import re

import pytest

from tests.web.organiser.conftest import BEGUN, COLLEAGUE, ORGANISER, SUKOHARJO, Writer, form_fields

EVERYTHING = """\
juri: 1
edition: sukoharjo-2026
name: Lomba
secretariat: {name: Panitia, phone: (0271) 593068, hours: {id: Senin, en: Monday}}
calendar: {buka: 2026-01-05, tutup: "2026-01-31T23:59:00+07:00"}
clusters: [dinas, {id: desa, name: Desa}]
categories: [kesehatan, pendidikan]
tracks:
  - {id: umum, name: Umum, quotas: {kota: 5}}
  - id: khusus
    name: {id: Khusus, en: Special}
    eligibility:
      - {rule: min_age_months, value: 24, until: tutup, fact: mulai}
      - rule: any_of
        rules:
          - {rule: never_awarded, awards: [Top 99]}
          - {rule: complete_form}
eligibility: [word_limits, {rule: facts_equal, fact: status, value: [rintisan, berjalan]}]
limits: [{value: 3, clusters: [desa]}]
form:
  - {id: mulai, type: date}
  - {id: status, type: choice, options: [rintisan, berjalan], label: Status}
  - {id: alasan, when: {status: rintisan}, required: false, max_words: 50}
panels: [{id: juri, size: 3, conflicts: [own_agency]}]
rubrics:
  isi:
    kind: weighted
    scale: {min: 0, max: 100}
    criteria: [{id: manfaat, weight: 60}, {id: baru, weight: 40}]
stages:
  - {id: daftar, kind: registration, opens: buka, closes: tutup, chain: [unit]}
  - id: admin
    kind: checklist
    eligibility: false
    items: [{id: surat, text: Surat, reason: tanpa_surat, rule: complete_form}]
  - id: nilai
    kind: scoring
    opens: 2026-02-01T08:00:00+07:00
    panel: juri
    rubric: isi
    method: {name: trimmed, low: 1, high: 1}
    missing: quorum:2
    rounding: [{step: entry, decimals: 2}]
    ties: [criterion:manfaat, fact:status, panel_decision]
  - {id: saring, kind: cut, of: nilai, rule: {umum: {rule: top_n, n: 10}, khusus: human}}
  - {id: suara, kind: rating, scale: {min: 1, max: 5}, minimum_votes: 10}
  - id: pleno
    kind: plenary
    panel: juri
    of: {combine: weighted_mean, stages: {nilai: 70, suara: 30}, rounding: [{step: combined, decimals: 1}]}
    proposes: {rule: ratio_of_quota, ratio: 2.5, quota: kota}
  - id: umumkan
    kind: announcement
    awards: [{id: juara, title: Juara, to: entry, track: umum, of: pleno, places: 3}]
    publish: {ranked: true, scores: false}
"""
"""A document with a value of every shape that a form must show and give back."""


@pytest.fixture
def web_bench(begun):
    """Let the pages work on a database in which Sukoharjo's edition is begun."""
    return begun


@pytest.fixture
def writer(client_for, web_bench):
    """Return Sukoharjo's organiser at work."""
    return Writer(client_for(ORGANISER), web_bench)


@pytest.fixture
def colleague(client_for, web_bench):
    """Return the other organiser of the same edition."""
    return Writer(client_for(COLLEAGUE), web_bench)


@pytest.fixture
def full(writer):
    """Return the organiser of a document that says everything."""
    writer.post("/text", text=EVERYTHING)
    return writer


def errors_of(page):
    return dict(re.findall(r'<p class="error" id="([\w-]+)-error">.*?</span>(.*?)</p>', page, re.DOTALL))


def touched(page):
    shown = re.search(r'<div class="diff".*?</div>', page, re.DOTALL)
    return re.findall(r"<(ins|del)><span.*?</span>(.*?)</\1>", shown[0] if shown else "")


# that a form gives back what it shows


def test_a_form_that_is_saved_untouched_changes_nothing(full):
    parts = ("about", "secretariat", "calendar", "groups", "rules", "limits", "sources")
    listed = {name: full.get(f"/part/{name}") for name in ("tracks", "form", "panels", "stages")}
    items = [path for page in listed.values() for path in re.findall(r'/edit(/part/\w+/[^"#]+)"', page)]
    assert len(items) == 2 + 3 + 1 + 7
    for path in [*(f"/part/{name}" for name in parts), *items]:
        assert (path, full.send(path).status_code) == (path, 303)
    assert full.text() == EVERYTHING
    assert full.seen == "2.0"


def test_the_overview_names_the_dates_by_the_stages_that_they_open_and_close(full):
    assert "daftar dibuka, daftar ditutup</span>" in full.get("")
    full.post("/text", text=full.text().replace("calendar: {buka: 2026-01-05,", "calendar: {hari_besar: 2026-01-05,"))
    assert "Hari besar, daftar ditutup</span>" in full.get("")


# adding, changing, ordering, taking out


def test_a_track_is_added_with_its_quota_and_its_rule(writer):
    page = writer.send("/add/tracks", "add:quotas", id="umum", name__id="Umum", name__en="General").text
    page = writer.send("/add/tracks", "add:eligibility", page=page, quotas__0__key="kota", quotas__0__value="5").text
    assert 'id="eligibility-0-value-with-min_age_months-value"' not in page
    page = writer.send("/add/tracks", "rows", page=page, eligibility__0__value__choice="min_age_months").text
    typed = {"value": "24", "until": "launch"}
    fields = {f"eligibility__0__value__with-min_age_months__{key}": value for key, value in typed.items()}
    answer = writer.send("/add/tracks", "save", page=page, **fields)
    assert (answer.status_code, answer.location) == (303, f"/organiser/{SUKOHARJO}/edit/part/tracks")
    assert writer.text() == BEGUN.rstrip("\n") + (
        "\n\ntracks:\n"
        "  - id: umum\n"
        "    name: {id: Umum, en: General}\n"
        "    eligibility:\n"
        "      - {rule: min_age_months, value: 24, until: launch}\n"
        "    quotas: {kota: 5}\n"
    )


def test_rows_are_renamed_moved_and_taken_out_and_only_the_difference_is_said(writer):
    page = writer.send("/part/groups", "remove:clusters-2").text
    assert re.findall(r'name="clusters-\d-id" type="text" value="(\w+)"', page) == ["perangkat_daerah", "uptpd"]
    page = writer.send("/part/groups", "up:clusters-1", page=page).text
    answer = writer.send("/part/groups", "save", page=page, clusters__0__name__id="Unit Pelaksana")
    assert answer.status_code == 303
    assert writer.text() == BEGUN.rstrip("\n") + (
        "\n\nclusters:\n"
        "  - {id: uptpd, name: {id: Unit Pelaksana, en: Field unit of a local agency}}\n"
        "  - {id: perangkat_daerah}\n"
        "  - {id: bumd, remove: true}\n"
    )


def test_a_stage_of_a_kind_is_added_with_what_its_choices_ask_for(full):
    path = "/add/stages?kind=scoring"
    page = full.send(path, "add:ties", id="ulang", panel="juri", rubric__choice="each").text
    page = full.send(path, "rows", page=page, missing__choice="quorum", ties__0__value__choice="criterion").text
    offered = re.search(r'<select[^>]*id="ties-0-value-with-criterion-value".*?</select>', page, re.DOTALL)[0]
    assert re.findall(r'value="(\w+)"', offered) == ["manfaat", "baru"]
    typed = {
        "rubric__with-each__umum": "isi",
        "rubric__with-each__khusus": "isi",
        "missing__with-quorum__value": "2",
        "ties__0__value__with-criterion__value": "baru",
        "method__choice": "median",
        "closes__choice": "tutup",
    }
    assert full.send(path, "save", page=page, **typed).status_code == 303
    added = full.text().partition("scores: false}\n")[2]
    assert added == (
        "  - kind: scoring\n"
        "    id: ulang\n"
        "    closes: tutup\n"
        "    panel: juri\n"
        "    rubric: {umum: isi, khusus: isi}\n"
        "    method: median\n"
        '    missing: "quorum:2"\n'
        '    ties: ["criterion:baru"]\n'
    )


def test_what_is_dropped_by_number_of_sheets_is_rows_that_are_added_and_taken_out(full):
    path = "/part/stages/nilai"
    rows = "method-with-trimmed-per_n"
    empty = {"method__with-trimmed__low": "", "method__with-trimmed__high": ""}
    page = full.send(path, f"add:{rows}", **empty).text
    page = full.send(path, f"add:{rows}", page=page).text
    typed = {
        "method__with-trimmed__per_n__0__key": "9",
        "method__with-trimmed__per_n__0__value__0": "1",
        "method__with-trimmed__per_n__0__value__1": "2",
        "method__with-trimmed__per_n__1__key": "5",
        "method__with-trimmed__per_n__1__value__0": "0",
        "method__with-trimmed__per_n__1__value__1": "1",
    }
    assert full.send(path, "save", page=page, **typed).status_code == 303
    assert re.search(r"per_n: \{9: \[1, 2\], 5: \[0, 1\]\}", full.text())
    before = full.text()
    assert full.send(path, "save").status_code == 303  # untouched
    assert full.text() == before
    page = full.send(path, f"remove:{rows}-1").text
    assert full.send(path, "save", page=page).status_code == 303
    assert re.search(r"per_n: \{9: \[1, 2\]\}", full.text())


@pytest.mark.parametrize(("key", "low", "at"), [("9", "satu", "method-with-trimmed-per_n-0"), ("3", "2", "method")])
def test_a_number_of_sheets_that_cannot_be_is_told_where_it_stands(full, key, low, at):
    path, none = "/part/stages/nilai", {"method__with-trimmed__low": "", "method__with-trimmed__high": ""}
    page = full.send(path, "add:method-with-trimmed-per_n", **none).text
    typed = {
        "method__with-trimmed__per_n__0__key": key,
        "method__with-trimmed__per_n__0__value__0": low,
        "method__with-trimmed__per_n__0__value__1": "1",
    }
    answer = full.send(path, "save", page=page, **typed)
    assert (answer.status_code, full.text()) == (422, EVERYTHING)
    assert at in errors_of(answer.text)


def test_the_places_of_each_group_are_rows(full):
    path = "/part/stages/saring"
    rule = "rule__with-all" if "rule-with-all-choice" in full.get(path) else "rule__with-each__umum"
    chosen = {f"{rule}__choice": "ratio_of_quota"}
    page = full.send(path, "rows", **chosen).text
    name = rule.replace("__", "-")
    page = full.send(path, f"add:{name}-with-ratio_of_quota-places", page=page).text
    typed = {
        f"{rule}__with-ratio_of_quota__ratio": "1",
        f"{rule}__with-ratio_of_quota__by": "cluster",
        f"{rule}__with-ratio_of_quota__places__0__key": "dinas",
        f"{rule}__with-ratio_of_quota__places__0__value": "4",
    }
    assert full.send(path, "save", page=page, **typed).status_code == 303
    assert "places: {dinas: 4}" in full.text()


def test_items_change_places_by_a_button_and_by_dragging_and_are_taken_out(full):
    assert full.send("/part/form", "", move="down:mulai").status_code == 303
    assert full.send("/part/form", item=["alasan", "status", "mulai"]).status_code == 303
    assert re.findall(r"- \{id: (\w+), (?:type|when)", full.text()) == ["alasan", "status", "mulai"]
    assert full.send("/part/stages", "remove:umumkan").status_code == 303
    assert "umumkan" not in full.text()


def test_what_others_refer_to_cannot_be_taken_out_before_them(full):
    before = full.text()
    answer = full.send("/part/panels", "remove:juri")
    assert answer.status_code == 422
    assert "tidak ada tim penilai &#39;juri&#39;" in answer.text
    assert full.text() == before


# what is wrong


def test_a_fault_is_told_at_its_field_and_what_was_typed_stays(full):
    typed = {"jurors_per_entry": "lima", "panel": "", "method__with-trimmed__low": "-1"}
    answer = full.send("/part/stages/nilai", "save", **typed)
    assert answer.status_code == 422
    assert set(errors_of(answer.text)) == {"jurors_per_entry", "panel", "method-with-trimmed-low"}
    assert "'panel' belum diisi" in errors_of(answer.text)["panel"].replace("&#39;", "'")
    assert 'name="jurors_per_entry" type="text" value="lima"' in re.sub(
        r"(id|aria-\w+|autocomplete|inputmode)=\"[^\"]*\" ", "", answer.text
    )
    for field in ("jurors_per_entry", "panel", "method-with-trimmed-low"):
        assert f'href="#{field}"' in answer.text
        assert re.search(rf'<(input|select)[^>]*aria-describedby="[^"]*{field}-error"', answer.text), field
    assert full.text() == EVERYTHING


def test_a_fault_in_a_row_is_told_in_that_row(full):
    answer = full.send("/part/calendar", "save", calendar__1__value__day="besok")
    assert (answer.status_code, list(errors_of(answer.text))) == (422, ["calendar-1"])
    answer = full.send("/part/groups", "save", clusters__1__id="Desa Kita")
    assert (answer.status_code, list(errors_of(answer.text))) == (422, ["clusters-1-id"])


def test_a_fault_that_was_there_before_hinders_nobody(full):
    full.post("/text", text=EVERYTHING.replace("panel: juri\n    rubric", "panel: tim\n    rubric"))
    assert full.send("/part/about", "save", competition="kipp-sukoharjo").status_code == 303
    assert "1</b> kesalahan" in full.get()


def test_a_name_that_is_not_offered_is_not_lost(full):
    full.post("/text", text=EVERYTHING.replace("panel: juri\n    rubric", "panel: tim\n    rubric"))
    assert full.send("/part/stages/nilai", "save", jurors_per_entry="3").status_code == 303
    assert "panel: tim\n" in full.text()


# beside the form


def test_the_changed_lines_stand_beside_the_form_and_nothing_is_saved(full):
    action = f"/organiser/{SUKOHARJO}/edit/part/tracks/umum"
    fields = dict(form_fields(full.get("/part/tracks/umum"), action))
    fields |= {"name-id": "Umum dan Terbuka", "quotas-0-value": "7", "act": "look"}
    answer = full.client.post(action, data=fields, headers={"HX-Request": "true"})
    assert ("<html" in answer.text, '<div id="beside"' in answer.text) == (False, True)
    assert touched(answer.text) == [
        ("del", "  - {id: umum, name: Umum, quotas: {kota: 5}}"),
        ("ins", "  - {id: umum, name: Umum dan Terbuka, quotas: {kota: 7}}"),
    ]
    assert full.text() == EVERYTHING


def test_without_javascript_a_button_shows_the_same(full):
    answer = full.send("/part/tracks/umum", "look", name__id="Terbuka")
    assert "<html" in answer.text
    assert ("ins", "  - {id: umum, name: Terbuka, quotas: {kota: 5}}") in touched(answer.text)
    assert full.text() == EVERYTHING


# two people


def test_the_second_writer_is_told_and_sees_both_changes_together(full, colleague):
    page = colleague.get("/part/stages/nilai")
    full.send("/part/stages/nilai", "save", jurors_per_entry="5")
    answer = colleague.send("/part/stages/nilai", "save", page=page, missing__choice="zero")
    assert answer.status_code == 409
    assert "bagian.organisasi@sukoharjo.test menyimpan versi 3" in answer.text
    assert ("ins", "    jurors_per_entry: 5") in touched(answer.text)
    assert "missing: quorum:2" in colleague.text()
    assert colleague.send("/part/stages/nilai", "save", page=answer.text).status_code == 303
    assert "jurors_per_entry: 5" in colleague.text()
    assert "missing: zero" in colleague.text()


def test_what_was_typed_into_an_item_that_somebody_took_out_is_offered_as_a_new_one(full, colleague):
    path = "/part/stages/umumkan"
    page = colleague.get(path)
    full.send("/part/stages", "remove:umumkan")
    answer = colleague.send(path, "save", page=page, name__id="Pengumuman")
    assert (answer.status_code, 'value="Pengumuman"' in answer.text) == (409, True)
    assert colleague.send(path, "save", page=answer.text).status_code == 303
    again = colleague.text().partition("- kind: announcement\n")[2]
    assert again.startswith("    id: umumkan\n    name: Pengumuman\n")


def test_an_order_that_was_seen_too_late_is_not_saved(full, colleague):
    page = colleague.get("/part/form")
    full.send("/part/form", "", move="down:mulai")
    before = full.text()
    assert colleague.send("/part/form", page=page, item=["alasan", "status", "mulai"]).status_code == 409
    assert full.text() == before


def test_a_form_that_was_tampered_with_is_refused(full):
    assert full.post("/part/about", seen="1.0; drop").status_code == 422
    assert full.client.post(f"/organiser/{SUKOHARJO}/edit/part/about", data={}).status_code == 422
    assert full.text() == EVERYTHING


@pytest.mark.parametrize(
    "path", ["/part/nothing", "/part/stages/nothing", "/add/about", "/part/about/x", "/history/99"]
)
def test_what_is_not_there_is_not_found(writer, path):
    assert writer.client.get(f"/organiser/{SUKOHARJO}/edit{path}").status_code == 404


def test_an_edition_that_is_installed_is_changed_in_a_copy(client_for, web_bench):
    organiser = Writer(client_for("organiser@kota.test"), web_bench, "kota-2026")
    assert "Sebagaimana berlaku" in organiser.get()
    assert organiser.send("/part/about", "save", name__id="Lomba Kota").status_code == 303
    assert "Naskah kerja, versi 1" in organiser.get()
    assert "Lomba Kota" in organiser.text()


# aspects that some categories only are asked, and the comment on a whole sheet


def test_the_rubric_editor_limits_an_aspect_and_says_what_becomes_of_the_totals(full):
    page = full.send("/rubrics/isi", "look", criteria__1__only_in=["kesehatan"]).text
    live = page[page.index('id="live"') :]
    assert ("kategori lain: paling banyak 60, dikali 5/3" in live, "60</b> Manfaat" in live) == (True, False)
    full.send(
        "/rubrics/isi", "save", criteria__1__only_in=["kesehatan"], overall__how="required", overall__min_words="9"
    )
    assert "only_in: [kesehatan]" in full.text()
    assert "overall: {required: true, min_words: 9}" in re.sub(r"\s+", " ", full.text())
    shown = full.get("/rubrics/isi")
    assert re.search(r'<input checked id="criteria-1-only_in-0"[^>]*value="kesehatan">', shown)
    assert "Catatan umum" in shown[shown.index('id="juror-view"') :]
    before = full.text()
    assert (full.send("/rubrics/isi", "save").status_code, full.text()) == (303, before)


def test_an_aspect_of_a_kind_that_cannot_be_limited_is_told_at_its_row(full):
    kept = full.text().replace("kind: weighted\n", "kind: banded\n    bands: [{grade: A}]\n", 1)
    full.post("/text", text=kept)
    page = full.send("/rubrics/isi", "save", criteria__1__only_in=["kesehatan"]).text
    assert "rubrik jenis &#39;banded&#39; menanyakan hal yang sama pada setiap kategori" in page
