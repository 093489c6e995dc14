"""The rubric editor without JavaScript: every kind as a form or as text, told at the field, saved under a version."""

from __future__ import annotations

import html
import re
import shutil
from html.parser import HTMLParser
from typing import Any

import pytest

from juri.core.accounts.sessions import begin_session, digest_of_rights
from juri.core.editions.editing import read_document
from juri.core.editions.positions import read_mapping
from juri.core.editions.working import look_at_copy, save_copy
from juri.core.entries.people import actor_of
from juri.webapp.app import create_app
from juri.webapp.sessions import cookie_name
from juri.webapp.workbench import Workbench

EDITION = "kota-2026"
EN_DASH = "\u2013"
RUBRICS = f"/organiser/{EDITION}/edit/rubrics"
NEW = f"/organiser/{EDITION}/edit/new-rubric"

EVERY_KIND = """\
  bobot:
    kind: weighted
    name: Bobot
    weights: percent
    normalise: true
    na: zero
    scale: {min: 0, max: 100, step: 0.5}
    criteria:
      - {id: isi, name: Isi, weight: 60, required: true, description: Seberapa jelas?}
      - id: bukti
        name: Bukti
        weight: 40
        children:
          - {id: data, name: Data, weight: 70, na_allowed: true, comment_required: true}
          - {id: foto, name: Foto, weight: 30, required: false, scale: {min: 0, max: 10}, max_words: 50}
      - {id: catatan, name: Catatan, weight: 0}
    bonuses:
      - {id: lama, name: Sudah lama, fact: tahun, at_least: 3, points: 2}
      - {id: pasti, fact: ringkasan, equals: "ya", percent: 5}
  tingkat:
    kind: levelled
    name: Tingkat
    divide_by: sum
    scale: {levels: [{value: 1, label: Kurang, descriptor: Belum ada}, {value: 3, label: Baik}, 5]}
    criteria:
      - {id: baru, name: Kebaruan, weight: 40}
      - id: guna
        name: Kegunaan
        weight: 60
        children: [{id: warga, name: Bagi warga}, {id: kantor, name: Bagi kantor}]
  poin:
    kind: points
    name: Poin
    na: zero
    criteria:
      - {id: a, name: Naskah, weight: 20, step: half}
      - {id: b, name: Paparan, maximum: 30, step: "0.1"}
  daftar:
    kind: checklist
    name: Daftar
    mode: count
    count: share
    reason_for: ["no", na]
    criteria:
      - {id: ktp, name: KTP, na_allowed: true, reasons: [hilang, kedaluwarsa]}
      - {id: surat, name: Surat, weight: 2}
  predikat:
    kind: banded
    name: Predikat
    inner: weighted
    rounding: {decimals: 1, mode: half_even}
    scale: {min: 0, max: 100}
    bands: [{grade: A, min: 85.5}, {grade: B, min: 60, max: 85.4}, {grade: C}]
    criteria: [{id: satu, name: Satu, weight: 50}, {id: dua, name: Dua, weight: 50}]
  terbaik:
    kind: best-twice
    name: Terbaik dua kali
    bias: {langkah: [1, 2]}
    tone: loud
    criteria: [{id: satu, shade: {r: 1}}, {id: dua}]
  pustaka: {use: kipp-2023-umum}
"""

PLUGIN = '''"""A kind that the editor cannot know by heart."""
from juri.core.extension import RubricKind
from juri.core.scoring.rubric import Line, Score
from juri.plugins import hookimpl
from marshmallow import Schema, fields, validate

class Options(Schema):
    bias = fields.Raw()
    tone = fields.String(load_default="calm", validate=validate.OneOf(["calm", "loud"]))

class More(Schema):
    shade = fields.Raw()

def score(rubric, answers):
    marks = {leaf.id: answers[leaf.id].number for leaf in rubric.leaves}
    best = max(marks, key=marks.get)
    return Score.of([Line(name, mark * (1 + (name == best))) for name, mark in marks.items()])

@hookimpl
def juri_rubric_kinds():
    return [RubricKind(name="best-twice", title="The best mark counts twice", version="1", score=score,
                       options=Options, criterion_options=More)]
'''


class Form(HTMLParser):
    """What a browser without JavaScript would send for one form of a page, button left out."""

    def __init__(self, page: str, form: str) -> None:
        super().__init__()
        self.form = form
        self.pairs: list[list[str]] = []
        self._inside = False
        self._select: str | None = None
        self._area: str | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = given.get("id") == self.form
        mine = given.get("form", self.form if self._inside else "") == self.form
        if tag == "option" and self._select is not None:
            self._option(given)
        elif mine and tag == "select":
            self._select = given["name"]
        elif mine and tag == "textarea":
            self._area = ""
            self.pairs.append([given["name"], ""])
        elif mine and tag == "input" and "name" in given and (given.get("type") != "checkbox" or "checked" in given):
            self.pairs.append([given["name"], given.get("value", "")])

    def _option(self, given: dict[str, str]) -> None:
        name = self._select or ""
        if not any(pair[0] == name for pair in self.pairs):
            self.pairs.append([name, given.get("value", "")])
        elif "selected" in given:
            next(pair for pair in self.pairs if pair[0] == name)[1] = given.get("value", "")

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "select":
            self._select = None
        elif tag == "textarea" and self._area is not None:
            self.pairs[-1][1] = self._area.removeprefix("\r\n")
            self._area = None


def sent(page: str, **changes: str | None) -> dict[str, list[str]]:
    """Return the fields of the rubric's form; None leaves one out."""
    fields: dict[str, list[str]] = {}
    for name, value in Form(page, "rubric-form").pairs:
        fields.setdefault(name, []).append(value)
    for name, value in changes.items():
        fields.pop(name, None)
        if value is not None:
            fields[name] = [value]
    return fields


def said(page: str) -> str:
    """Return the words of a page, without its marks."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).replace(EN_DASH, "-").split())


def names(page: str) -> list[str]:
    """Return the aspects in the order in which the form shows them."""
    return [value for name, value in Form(page, "rubric-form").pairs if re.fullmatch(r"criteria-\d+-name", name)]


class Editor:
    """The organiser in the rubric editor."""

    def __init__(self, bench: Workbench) -> None:
        self.bench = bench
        app = create_app(bench, SECRET_KEY="only for tests", WTF_CSRF_ENABLED=False)  # noqa: S106  signs what no one sees
        self.client = app.test_client()
        with bench.database.write() as session:
            actor = actor_of(session, "organiser@kota.test")
            rights = digest_of_rights(actor.grants)
            token = begin_session(session, data="{}", person=actor.person, rights=rights, second_factor=True)
        self.client.set_cookie(cookie_name(bench), token)

    def write(self, text: str) -> None:
        with self.bench.database.write() as session:
            copy = look_at_copy(session, self.bench.registry, EDITION)
            save_copy(session, EDITION, text, by=actor_of(session, "organiser@kota.test"), seen=copy.seen)

    @property
    def text(self) -> str:
        with self.bench.database.read() as session:
            return look_at_copy(session, self.bench.registry, EDITION).text

    @property
    def rubrics(self) -> dict[str, Any]:
        found: dict[str, Any] = read_document(self.text, self.bench.registry).data["rubrics"]
        return found

    def open(self, name: str, status: int = 200) -> str:
        answer = self.client.get(f"{RUBRICS}/{name}")
        assert answer.status_code == status
        return answer.text

    def look(self, name: str, fields: dict[str, list[str]]) -> str:
        return self.send(name, {**fields, "act": ["look"]}, 200, headers={"HX-Request": "true"})

    def send(self, name: str, fields: dict[str, list[str]], status: int, **options: Any) -> str:
        answer = self.client.post(f"{RUBRICS}/{name}", data=fields, **options)
        assert answer.status_code == status
        return answer.text


@pytest.fixture(scope="module")
def house(kota_template, tmp_path_factory):
    """Return the editor and the text of the edition; a plugin brings one more kind."""
    folder = tmp_path_factory.mktemp("kinds")
    (folder / "best_twice.py").write_text(PLUGIN)
    shutil.copyfile(kota_template, folder / "kota.db")
    editor = Editor(Workbench(str(folder), f"sqlite:///{folder / 'kota.db'}"))
    yield editor, editor.text
    editor.bench.database.dispose()


@pytest.fixture
def editor(house):
    """Return the editor of the edition as it was at first."""
    editor, text = house
    editor.write(text)
    return editor


@pytest.fixture
def kinds(house):
    """Return the editor of the edition with a rubric of each kind."""
    editor, text = house
    editor.write(text.replace("stages:\n", f"{EVERY_KIND}stages:\n", 1))
    return editor


KINDS = ("bobot", "tingkat", "poin", "daftar", "predikat", "terbaik")


@pytest.mark.parametrize("name", KINDS)
def test_a_rubric_of_each_kind_is_saved_without_losing_a_key(kinds, name):
    before = kinds.rubrics
    kinds.send(name, sent(kinds.open(name), name="Nama baru"), 303)
    assert kinds.rubrics == {**before, name: {**before[name], "name": "Nama baru"}}
    assert list(kinds.rubrics[name]) == list(before[name])


def test_what_was_not_changed_is_not_written(kinds):
    text = kinds.text
    for name in ("bobot", "terbaik", "pustaka"):
        kinds.send(name, sent(kinds.open(name)), 303)
    assert kinds.text == text


def test_the_shown_fields_change_what_they_name(kinds):
    before = kinds.rubrics["bobot"]
    page = kinds.open("bobot")
    changes = {
        "criteria-0-name": "Isi naskah",
        "criteria-0-weight-number": "55,5",
        "criteria-1-weight-number": "44,5",
        "criteria-0-comment_required": "y",
        "criteria-2-required": "y",
        "criteria-2-na_allowed": None,
        "na": "renormalise",
    }
    kinds.send("bobot", sent(page, **changes), 303)
    isi, bukti, catatan = before["criteria"]
    data, foto = bukti["children"]
    number = type(before["scale"]["step"])
    assert kinds.rubrics["bobot"] == {
        **{key: value for key, value in before.items() if key != "na"},
        "criteria": [
            {**isi, "name": "Isi naskah", "weight": number("55.5"), "comment_required": True},
            {
                **bukti,
                "weight": number("44.5"),
                "children": [{key: value for key, value in data.items() if key != "na_allowed"}, foto],
            },
            catatan,
        ],
    }


def test_what_is_asked_for_information_only_counts_nothing(editor):
    page = editor.open("nilai")
    fields = sent(page, **{"criteria-0-weight-number": "70", "criteria-2-counts": "y"})
    editor.send("nilai", fields, 303)
    criteria = editor.rubrics["nilai"]["criteria"]
    assert [each.get("counts", True) for each in criteria] == [True, True, False]
    assert "hanya informasi" in said(editor.open("nilai"))


def test_weights_that_do_not_sum_up_are_told_at_the_field_and_nothing_is_written(kinds):
    text = kinds.text
    fields = sent(kinds.open("nilai"), **{"criteria-0-weight-number": "60"})
    page = kinds.send("nilai", fields, 422)
    assert "jumlah bobot 110, bukan 100" in said(page)
    assert 'id="criteria-error"' in page
    assert re.search(r'class="sum off" id="sum-top"[^>]*>.*?<b data-sum-figure>110</b>', page)
    assert sent(page)["criteria-0-weight-number"] == ["60"]
    assert kinds.text == text
    below = sent(kinds.open("bobot"), **{"criteria-2-weight-number": "10"})
    page = kinds.send("bobot", below, 422)
    assert 'id="criteria-1-error"' in page
    assert re.search(r'class="sum off" id="sum-criteria-1"[^>]*>.*?<b data-sum-figure>40</b>', page)


def test_an_unfinished_rubric_can_be_kept_all_the_same(editor):
    fields = sent(editor.open("nilai"), **{"criteria-0-weight-number": "60"})
    assert 'value="keep"' in editor.send("nilai", fields, 422)
    editor.send("nilai", {**fields, "act": ["keep"]}, 303)
    assert editor.rubrics["nilai"]["criteria"][0]["weight"] == 60
    assert "belum selesai" in said(editor.client.get(RUBRICS).text)


def test_what_is_wrong_in_a_row_stands_at_its_field(editor):
    changes = {"criteria-1-weight-number": "banyak", "scale-min": "200", "criteria-0-id": "Ruang kosong"}
    page = editor.send("nilai", sent(editor.open("nilai"), **changes), 422)
    for place in ("criteria-1-weight", "scale-min", "criteria-0-id"):
        assert f'id="{place}-error"' in page
    assert sent(page)["criteria-1-weight-number"] == ["banyak"]


def test_a_change_that_breaks_another_part_is_refused_with_that_part(editor):
    fields = sent(editor.open("nilai"), **{"criteria-0-id": "guna"})
    page = editor.send("nilai", fields, 422)
    assert "tidak ada aspek 'manfaat'" in said(page)


def test_rows_change_places_by_their_buttons(editor):
    page = editor.open("nilai")
    assert names(page) == ["Manfaat", "Kebaruan", "Keberlanjutan"]
    page = editor.send("nilai", {**sent(page), "move": ["up:criteria-2"]}, 200)
    assert names(page) == ["Manfaat", "Keberlanjutan", "Kebaruan"]
    page = editor.send("nilai", {**sent(page), "move": ["down:criteria-0"]}, 200)
    assert names(page) == ["Keberlanjutan", "Manfaat", "Kebaruan"]
    page = editor.send("nilai", {**sent(page), "act": ["remove:criteria-2"]}, 200)
    page = editor.send("nilai", {**sent(page), "act": ["add:criteria"]}, 200)
    assert names(page) == ["Keberlanjutan", "Manfaat", ""]
    assert [each["id"] for each in editor.rubrics["nilai"]["criteria"]] == ["manfaat", "kebaruan", "keberlanjutan"]
    fields = sent(page, **{"criteria-2-name": "Dampak & Biaya", "criteria-2-weight-number": "30"})
    editor.send("nilai", fields, 303)
    saved = [(each["id"], each["weight"]) for each in editor.rubrics["nilai"]["criteria"]]
    assert saved == [("keberlanjutan", 20), ("manfaat", 50), ("dampak_biaya", 30)]


def test_an_aspect_moves_with_its_elements(kinds):
    page = kinds.open("tingkat")
    assert names(page) == ["Kebaruan", "Kegunaan", "Bagi warga", "Bagi kantor"]
    page = kinds.send("tingkat", {**sent(page), "move": ["up:criteria-1"]}, 200)
    assert names(page) == ["Kegunaan", "Bagi warga", "Bagi kantor", "Kebaruan"]
    page = kinds.send("tingkat", {**sent(page), "act": ["below:criteria-3"]}, 200)
    page = kinds.send("tingkat", {**sent(page, **{"criteria-4-name": "Di daerah"}), "act": ["out:criteria-2"]}, 200)
    assert names(page) == ["Kegunaan", "Bagi warga", "Bagi kantor", "Kebaruan", "Di daerah"]
    page = kinds.send("tingkat", {**sent(page), "act": ["in:criteria-2"]}, 200)
    kinds.send("tingkat", sent(page), 303)
    first, second = kinds.rubrics["tingkat"]["criteria"]
    assert [each["id"] for each in first["children"]] == ["warga", "kantor"]
    assert (second["id"], [each["id"] for each in second["children"]]) == ("baru", ["di_daerah"])


def test_another_kind_shows_its_own_fields_and_says_what_goes(kinds):
    page = kinds.send("predikat", {**sent(kinds.open("predikat"), kind="points"), "act": ["kind"]}, 200)
    assert "inner, rounding, bands" in said(page)
    assert "criteria-0-maximum" in sent(page)
    back = kinds.send("predikat", {**sent(page, kind="banded"), "act": ["kind"]}, 200)
    assert sent(back)["bands-0-grade"] == ["A"]
    kinds.send("predikat", sent(back), 303)
    assert kinds.rubrics["predikat"]["bands"] == read_mapping(EVERY_KIND, "x").plain()["predikat"]["bands"]


def test_two_samples_are_scored_by_the_rubric_as_it_is_typed(kinds):
    marks = {"try-0-manfaat": "80", "try-0-kebaruan": "60,5", "try-0-keberlanjutan": "70", "try-1-manfaat": "101"}
    page = kinds.send("nilai", {**sent(kinds.open("nilai"), **marks), "act": ["try"]}, 200)
    totals = re.findall(r'<p class="trial-total">\s*([\d,]+)', page)
    assert totals == ["72,15"]
    assert "Manfaat: Beri angka dari 0 sampai 100." in said(page)
    assert sent(page)["try-0-kebaruan"] == ["60,5"]
    fields = sent(kinds.open("predikat"), **{"try-1-satu": "90", "try-1-dua": "90"})
    graded = kinds.send("predikat", {**fields, "act": ["try"]}, 200)
    assert re.search(r'<p class="trial-total">\s*90 <span class="badge mark">A</span>', graded)


def test_the_formula_says_what_each_aspect_brings_where_that_can_be_said(kinds):
    formulas = {
        name: said(kinds.open(name).partition('<p class="formula">')[2].partition("</p>")[0])
        for name in (*KINDS, "nilai")
    }
    assert formulas == {
        "nilai": "0-50 Manfaat + 0-30 Kebaruan + 0-20 Keberlanjutan = 0-100 seluruhnya",
        "bobot": "0-60 Isi + 0-40 Bukti + 0 Catatan = 0-100 seluruhnya",
        "tingkat": "0,4-2 Kebaruan + 0,6-3 Kegunaan = 1-5 seluruhnya",
        "poin": "0-20 Naskah + 0-30 Paparan = 0-50 seluruhnya",
        "daftar": "0-33,33 KTP + 0-66,67 Surat = 0-100 seluruhnya",
        "predikat": "0-50 Satu + 0-50 Dua = 0-100 seluruhnya",
        "terbaik": "",
    }


def test_what_follows_the_form_comes_without_the_page_round_it(editor):
    fields = sent(editor.open("nilai"), **{"criteria-1-name": "Gagasan baru", "criteria-0-weight-number": "40"})
    part = editor.look("nilai", fields)
    assert "<!doctype" not in part
    assert "Gagasan baru" in said(part)
    assert re.search(r'class="sum off" id="sum-top"[^>]*hx-swap-oob="true"', part)
    again = editor.look("nilai", {**fields, "asked": sent(part)["asked"]})
    assert 'id="try-table"' in part
    assert 'id="try-table"' not in again


def test_a_stale_version_is_told_with_both(kinds):
    page = kinds.open("bobot")
    kinds.write(kinds.text.replace("name: Isi,", "name: Isi proposal,"))
    text = kinds.text
    answer = kinds.send("bobot", sent(page, **{"criteria-0-name": "Isi naskah"}), 409)
    assert "name: Isi proposal" in said(answer)
    assert sent(answer)["criteria-0-name"] == ["Isi naskah"]
    assert kinds.text == text
    kinds.send("bobot", sent(answer), 303)
    assert kinds.rubrics["bobot"]["criteria"][0]["name"] == "Isi naskah"


def test_a_rubric_in_use_leads_to_what_the_change_does(editor):
    page = editor.open("nilai")
    assert "Rubrik ini sedang dipakai" in said(page)
    answer = editor.client.post(f"{RUBRICS}/nilai", data=sent(page, **{"criteria-0-description": "Bagi siapa?"}))
    assert answer.location == f"/organiser/{EDITION}/edit/force"


def test_a_new_rubric_begins_from_the_library_and_says_all_of_it(editor):
    answer = editor.client.post(NEW, data={"name": "Nilai Krenova", "from": "library:krenova-jateng-2018"})
    page = editor.client.get(answer.location).text
    assert "nilai_krenova" not in editor.rubrics
    assert editor.client.post(answer.location, data=sent(page)).status_code == 303
    ready = editor.bench.registry.get("rubrics", "krenova-jateng-2018")
    whole = read_mapping(ready.read(), ready.path).plain()
    assert editor.rubrics["nilai_krenova"] == {key: whole[key] for key in whole if key not in ("juri", "rubric")}


@pytest.mark.parametrize("kind", ["weighted", "levelled", "points", "checklist", "banded"])
def test_a_new_rubric_of_each_kind_is_ready_after_two_aspects(editor, kind):
    page = editor.client.get(f"{RUBRICS}/baru?from=kind:{kind}").text
    typed = {
        f"criteria-{n}-{key}": text for n in (0, 1) for key, text in (("name", f"Aspek {n}"), ("weight-number", "50"))
    }
    editor.send("baru", sent(page, **typed), 303)
    assert editor.rubrics["baru"]["kind"] == kind
    assert [each["id"] for each in editor.rubrics["baru"]["criteria"]] == ["aspek_0", "aspek_1"]


def test_a_ready_rubric_stays_one_until_it_is_changed(kinds):
    page = kinds.open("pustaka")
    kinds.send("pustaka", sent(page), 303)
    assert kinds.rubrics["pustaka"] == {"use": "kipp-2023-umum"}
    kinds.send("pustaka", sent(page, name="Punya kami"), 303)
    assert kinds.rubrics["pustaka"]["name"] == "Punya kami"
    assert "use" not in kinds.rubrics["pustaka"]


def test_what_no_form_can_show_is_edited_as_text_and_nothing_of_it_is_lost(kinds):
    broken = kinds.rubrics["terbaik"]
    kinds.write(kinds.text.replace("kind: best-twice", "kind: yang-hilang"))
    answer = kinds.client.get(f"{RUBRICS}/terbaik")
    assert (answer.status_code, answer.location) == (303, f"{RUBRICS}/terbaik/text")
    page = kinds.open("terbaik/text")
    assert "kind: yang-hilang" in sent(page)["text"][0]
    refused = kinds.send("terbaik/text", sent(page), 422)
    assert "'yang-hilang'" in said(refused)
    fixed = sent(page)["text"][0].replace("yang-hilang", "best-twice")
    kinds.send("terbaik/text", sent(page, text=fixed), 303)
    assert kinds.rubrics["terbaik"] == broken


def test_text_that_is_no_yaml_stays_with_the_line_of_its_fault(kinds):
    text = kinds.text
    page = kinds.send("poin/text", sent(kinds.open("poin/text"), text="kind: points\ncriteria: [1\n"), 422)
    assert re.search(r'data-line="[23]"', page)
    assert sent(page)["text"][0] == "kind: points\ncriteria: [1\n"
    page = kinds.send("poin/text", {**sent(page), "act": ["keep"]}, 422)
    assert kinds.text == text


def test_a_name_that_is_taken_or_none_is_refused(editor):
    for name in ("Nilai", "!!!"):
        answer = editor.client.post(NEW, data={"name": name, "from": "kind:weighted"})
        assert answer.status_code == 422


def test_a_rubric_goes_unless_a_stage_needs_it(kinds):
    seen = sent(kinds.open("poin"))["seen"]
    assert kinds.client.post(f"{RUBRICS}/nilai/remove", data={"seen": seen}).status_code == 422
    assert kinds.client.post(f"{RUBRICS}/poin/remove", data={"seen": seen}).status_code == 303
    assert set(kinds.rubrics) == {"nilai", "bobot", "tingkat", "daftar", "predikat", "terbaik", "pustaka"}
    assert kinds.client.post(f"{RUBRICS}/daftar/remove", data={"seen": seen}).status_code == 409
    assert kinds.client.post(f"{RUBRICS}/tidak-ada/remove", data={"seen": seen}).status_code == 404


def test_only_who_may_draft_the_rules_opens_the_editor(client_for):
    client = client_for("secretariat@kota.test")
    assert [client.get(path).status_code for path in (RUBRICS, f"{RUBRICS}/nilai", f"{RUBRICS}/nilai/text")] == [
        404
    ] * 3
    assert client.post(f"{RUBRICS}/nilai", data={"act": "save"}).status_code == 404
