"""Beginning an edition: from a shipped one, from a template, from a file, from nothing; and who may."""

from __future__ import annotations

import io
import re

import pytest

from juri.core.editions.working import has_copy, list_copies
from tests.web.organiser.conftest import BEGUN, ORGANISER, SUKOHARJO, Writer

NEW = "/organiser/new"
NAMED = {
    "begin": "sukoharjo-2023",
    "id": SUKOHARJO,
    "name_id": "KIPP Sukoharjo 2026",
    "name_en": "KIPP of Sukoharjo 2026",
}
INHERITS = (
    "# What 'sukoharjo-2023' says holds here as well, unless this document says otherwise: only differences stand here."
)
PLAIN = """\
# Our own rules.
juri: 1
edition: elsewhere # another region's id
name: Lomba
stages:
  - {id: pendaftaran, kind: registration}
"""


@pytest.fixture
def web_bench(sukoharjo_bench):
    """Let the pages work on a database in which nobody has begun the edition."""
    return sukoharjo_bench


@pytest.fixture
def organiser(client_for):
    """Return the browser of Sukoharjo's organiser."""
    return client_for(ORGANISER)


@pytest.fixture
def written(web_bench):
    """Return what tells which editions are being written, and what they say."""

    def texts():
        with web_bench.database.read() as session:
            return {copy.slug: copy.text for copy in list_copies(session)}

    return texts


def errors_of(page):
    return re.findall(r'<p class="error" id="([\w-]+)-error">.*?</span>(.*?)</p>', page, re.DOTALL)


def from_file(content, **fields):
    return {"begin": "file", "id": SUKOHARJO, "name_id": "", "file": (io.BytesIO(content), "aturan.yaml"), **fields}


def test_the_page_offers_what_there_is_and_names_the_edition_that_waits_for_its_organiser(organiser):
    page = organiser.get(NEW).text
    offered = re.findall(r'name="begin" id="[\w-]+" value="([\w-]+)"', page)
    assert offered[-3:] == ["preselection", "file", "nothing"]
    assert {"sukoharjo-2023", "kipp-2023", "kovablik-jatim"} <= set(offered)
    assert re.search(r'id="id"[^>]*value="([\w-]*)"', page)[1] == SUKOHARJO


def test_an_edition_made_from_a_shipped_one_says_only_what_differs(organiser, written):
    answer = organiser.post(NEW, data=NAMED)
    assert (answer.status_code, answer.location) == (303, f"/organiser/{SUKOHARJO}/edit")
    rest = BEGUN.partition("\n")[2].replace('"', "")
    assert written() == {SUKOHARJO: f"{INHERITS}\n{rest}"}
    assert "KIPP Sukoharjo 2026" in organiser.get("/organiser/").text


def test_a_file_keeps_its_comments_and_its_name_and_gets_the_new_id(organiser, written):
    answer = organiser.post(NEW, data=from_file(PLAIN.encode()))
    assert answer.status_code == 303
    assert written() == {SUKOHARJO: PLAIN.replace("elsewhere", SUKOHARJO)}


def test_a_template_and_a_small_example_are_complete(organiser, web_bench, client_for):
    organiser.post(NEW, data={**NAMED, "begin": "preselection"})
    page = organiser.get(f"/organiser/{SUKOHARJO}/edit").text
    assert re.findall(r"<b>(\d+)</b> (?:hal|kesalahan)", page) == ["0", "0"]
    organiser.post(f"/organiser/{SUKOHARJO}/edit/discard")
    assert organiser.post(NEW, data={**NAMED, "begin": "nothing"}).status_code == 303


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"begin": ""}, "begin", "Pilih"),
        ({"id": ""}, "id", "Berikan id."),
        ({"id": "KIPP 2026"}, "id", "Anda penyelenggara sukoharjo-2026."),
        ({"id": "kota-2026"}, "id", "Anda penyelenggara sukoharjo-2026."),
        ({"name_id": "", "name_en": ""}, "name_id", "Beri nama"),
        ({"begin": "atlantis-2023"}, "begin", "atlantis-2023"),
        ({"begin": "file"}, "file", "Pilih berkas."),
    ],
)
def test_what_is_missing_is_said_at_its_field_and_what_was_typed_stays(organiser, written, change, field, sentence):
    answer = organiser.post(NEW, data={**NAMED, **change})
    assert (answer.status_code, written()) == (422, {})
    ((place, said),) = errors_of(answer.text)
    assert place == field
    assert sentence in said
    assert f'value="{({**NAMED, **change})["name_en"]}"' in answer.text


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"juri: 1\nname: [\n", "aturan.yaml:3"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"- a\n- b\n", "aturan.yaml:1:1"),
    ],
)
def test_a_file_that_is_no_document_is_told_with_its_line(organiser, written, content, sentence):
    answer = organiser.post(NEW, data=from_file(content))
    assert (answer.status_code, written()) == (422, {})
    assert [(place, sentence in said) for place, said in errors_of(answer.text)] == [("file", True)]


def test_an_id_is_taken_once(organiser, client_for, written):
    organiser.post(NEW, data=NAMED)
    again = organiser.post(NEW, data={**NAMED, "name_id": "Lain"})
    assert (again.status_code, errors_of(again.text)[0][0]) == (422, "id")
    assert "name: {id: KIPP Sukoharjo 2026" in written()[SUKOHARJO]
    taken = client_for("admin@kota.test").post(NEW, data={**NAMED, "id": "kota-2026"})
    assert "sudah terpasang" in errors_of(taken.text)[0][1]


def test_only_who_may_make_an_edition_sees_the_page_and_its_button(client_for):
    for email, status in (
        (ORGANISER, 200),
        ("admin@kota.test", 200),
        ("j1@kota.test", 404),
        ("auditor@kota.test", 404),
    ):
        client = client_for(email)
        assert client.get(NEW).status_code == status, email
        assert ('href="/organiser/new"' in client.get("/organiser/").text) == (status == 200), email


def test_nobody_but_its_organisers_sees_that_an_edition_is_being_written(client_for, begun):
    for email in ("organiser@kota.test", "j1@kota.test", "secretariat@kota.test"):
        client = client_for(email)
        seen = {path: client.get(path).status_code for path in addresses(client.application)}
        assert len(seen) > 8
        assert seen == dict.fromkeys(seen, 404), email
        assert "KIPP Sukoharjo 2026" not in client.get("/organiser/").text


def addresses(app):
    """Return the address of every page of the editor that can be opened, for Sukoharjo's edition."""
    values = {
        "edition": SUKOHARJO,
        "part": "tracks",
        "item": "umum",
        "at": "stages",
        "version": 1,
        "rubric": "proposal",
    }
    rules = [rule for rule in app.url_map.iter_rules() if "/<edition>/edit" in rule.rule and "GET" in rule.methods]
    with app.test_request_context():
        return [rule.build(values, append_unknown=False)[1] for rule in rules]


def test_laying_a_copy_aside_frees_its_id_and_keeps_its_history(organiser, begun, web_bench):
    writer = Writer(organiser, web_bench)
    answer = writer.post("/discard")
    assert (answer.status_code, answer.location) == (303, "/organiser/")
    with web_bench.database.read() as session:
        assert not has_copy(session, SUKOHARJO)
    assert organiser.get(f"/organiser/{SUKOHARJO}/edit").status_code == 404
    assert organiser.post(NEW, data=NAMED).status_code == 303
    assert "Versi 2" in writer.get("/history")
