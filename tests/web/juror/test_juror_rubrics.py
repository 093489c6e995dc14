"""Rubrics of every kind on the jurors' pages: shown, filled in, scored; and how much a page asks for many entries."""

import re

import pytest

from juri.core.editions.verbs import find_edition
from juri.core.judging.forms import newest_revision

MANY = "ragam-2026"
HERE = f"/juror/{MANY}/nilai/"
KEY = {"version": "0", "key": "k-12345678", "act": "finish"}


@pytest.fixture
def web_bench(many_template, bench_on):
    """Put the competition of many rubrics in the place of the others."""
    return bench_on(many_template)


@pytest.fixture
def juror(client_for):
    return client_for("j1@desa.test")


def stored(bench, entry):
    """Return the state of a sheet, its total, and its answers as values with reasons."""
    with bench.database.read() as session:
        found = newest_revision(session, find_edition(session, bench.registry, MANY), "nilai", entry, "J1")
    return found.state, found.total, {name: (str(a.value), a.reason) for name, a in found.answers.items()}


def text_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


class TestAsAForm:
    def test_marks_with_steps_are_typed_with_a_comma_and_weighted(self, juror, web_bench):
        data = {"c_gagasan-value": "7,25", "c_paparan-value": "8.5"}
        assert juror.post(HERE + "R-01/", data={**KEY, **data}).status_code == 302
        assert stored(web_bench, "R-01") == ("submitted", "31/4", {"gagasan": ("7.25", ""), "paparan": ("8.5", "")})
        shown = text_of(juror.get(HERE + "R-01/"))
        assert "dari 0 sampai 10, dengan langkah 0,25" in shown
        assert "Total 7,75" in shown
        data["c_gagasan-value"] = "7,3"
        refused = juror.post(HERE + "R-06/", data={**KEY, **data})
        assert "Gagasan: Beri angka dari 0 sampai 10, dengan langkah 0,25." in text_of(refused)
        assert 'value="7,3"' in refused.get_data(as_text=True)

    def test_levels_with_elements_stand_under_their_criterion_with_its_weight(self, juror, web_bench):
        page = text_of(juror.get(HERE + "R-02/"))
        assert (
            "Orisinalitas 40 % 1 Temuan benar-benar asli 5 Sangat baik Sangat baik. Teladan bagi daerah lain." in page
        )
        assert "3 Kegunaan 60 %" in page
        data = {"c_temuan-value": "5", "c_sejenis-value": "3", "c_guna-value": "1"}
        assert juror.post(HERE + "R-02/", data={**KEY, **data}).status_code == 302
        assert stored(web_bench, "R-02")[:2] == ("submitted", "220")

    def test_points_say_their_maximum_and_no_weight_and_few_steps_are_buttons(self, juror, web_bench):
        answer = juror.get(HERE + "R-03/")
        page = text_of(answer)
        assert "1 Naskah dari 0 sampai 70, dengan langkah 0,5" in page
        assert "2 Video 0 0,5 1 1,5 2 2,5 3" in page
        assert "3 Kehadiran (opsional) dari 0 sampai 27" in page
        assert "%" not in page.split("Rubrik Poin")[1]
        data = {"c_naskah-value": "60,5", "c_video-value": "1.5", "c_hadir-value": ""}
        assert juror.post(HERE + "R-03/", data={**KEY, **data}).status_code == 302
        assert stored(web_bench, "R-03")[2] == {"naskah": ("60.5", ""), "video": ("1.5", "")}

    def test_a_checklist_is_answered_in_words_with_a_reason_for_no(self, juror, web_bench):
        page = text_of(juror.get(HERE + "R-04/"))
        assert "1 Surat pengantar ada Ya Tidak Alasan (wajib untuk: Tidak) tidak ada tidak ditandatangani" in page
        assert "2 Foto kegiatan ada Ya Tidak Tidak berlaku" in page
        data = {"c_surat-value": "no", "c_foto-value": "na"}
        refused = juror.post(HERE + "R-04/", data={**KEY, **data})
        assert "Surat pengantar ada: Beri alasan." in text_of(refused)
        assert juror.post(HERE + "R-04/", data={**KEY, **data, "c_surat-reason": "tidak_ada"}).status_code == 302
        assert stored(web_bench, "R-04") == ("submitted", "0", {"surat": ("no", "tidak_ada"), "foto": ("na", "")})
        assert "tidak lolos" in text_of(juror.get(HERE + "R-04/"))
        compared = text_of(juror.get(f"{HERE}compare?entry=R-04&entry=R-09"))
        assert "Surat pengantar ada berbeda Tidak tidak ada belum ada nilai" in compared

    def test_a_grade_is_told_with_the_total(self, juror, web_bench):
        assert (
            juror.post(HERE + "R-05/", data={**KEY, "c_isi-value": "84,5", "c_dampak-value": "80"}).status_code == 302
        )
        assert stored(web_bench, "R-05")[:2] == ("submitted", "329/4")
        assert "Total 82,25 B 2 / 2" in text_of(juror.get(HERE + "R-05/"))

    def test_the_grid_shows_all_of_them_a_table_each(self, juror):
        page = juror.get(HERE + "grid").get_data(as_text=True)
        assert len(re.findall(r'<h2 id="rubric-\d">', page)) == 5
        assert '<option value="no">Tidak</option>' in page
        assert '<option value="0.5">0,5</option>' in page


@pytest.mark.browser
def test_every_kind_is_scored_by_hand_and_by_keys_and_its_total_comes_back(page_for, web_bench):
    page = page_for("j1@desa.test", width=360)
    typed = {
        "R-01": (("#c_gagasan-value", "7,25"), ("#c_paparan-value", "8,5")),
        "R-02": (("#c_temuan-value-0", "5"), ("#c_sejenis-value-0", "3"), ("#c_guna-value-0", "1")),
        "R-03": (("#c_naskah-value", "60,5"), ("#c_video-value-0", "2")),
        "R-04": (("#c_surat-value-0", "2"), ("#c_foto-value-0", "1"), ("#c_surat-reason", "tidak_ada")),
        "R-05": (("#c_isi-value", "84,5"), ("#c_dampak-value", "80")),
    }
    shown = {}
    for entry, fields in typed.items():
        page.goto(HERE + entry + "/")
        for place, text in fields:
            if place.endswith("reason"):
                page.select_option(place, text)
            else:
                page.focus(place)
                page.keyboard.type(text)
        page.wait_for_selector("[data-complete]:not([hidden])")
        shown[entry] = (page.inner_text(".total-figure"), page.inner_text("[data-verdict]"))
    assert shown == {
        "R-01": ("7,75", ""),
        "R-02": ("220", ""),
        "R-03": ("85,62", ""),
        "R-04": ("1", "tidak lolos"),
        "R-05": ("82,25", "B"),
    }
    assert stored(web_bench, "R-04") == ("draft", None, {"surat": ("no", "tidak_ada"), "foto": ("yes", "")})


def asked_for(counted, juror, path):
    with counted() as found:
        assert juror.get(HERE + path).status_code == 200
    return len(found)


def test_a_page_asks_the_database_no_more_for_twelve_entries_than_for_three(juror, web_bench, counted):
    pages = ("", "R-01/", "grid", "list", "compare?entry=R-01&entry=R-02")
    for number in range(12):
        typed = {"c_gagasan-value": "5", "c_guna-value": "5", "c_naskah-value": "5", "c_isi-value": "5"}
        juror.post(f"{HERE}R-{number + 1:02}/", data={**KEY, "act": "save", **typed})
    many = {path: asked_for(counted, juror, path) for path in pages}
    with web_bench.database.writer.begin() as connection:
        for table, key in (
            ("scorecard_revision", "assignment_id"),
            ("scorecard", "assignment_id"),
            ("assignment", "id"),
        ):
            connection.exec_driver_sql(
                f"DELETE FROM {table} WHERE {key} IN (SELECT assignment.id FROM assignment "  # noqa: S608  names of ours
                "JOIN entry ON entry.id = entry_id WHERE entry.code > 'R-03')"
            )
    assert {path: asked_for(counted, juror, path) for path in pages} == many
    assert max(many.values()) <= 20


def test_a_saving_holds_the_write_lock_for_a_handful_of_statements(juror, counted):
    answers = {"gagasan": {"value": "5"}}
    body = {"version": 0, "key": "key-of-the-page", "answers": answers}
    assert juror.post(HERE + "R-01/save", json=body).status_code == 200
    with counted() as found:
        assert juror.post(HERE + "R-01/save", json={**body, "version": 1, "key": "key-of-later"}).status_code == 200
    assert len(found) <= 18
    reading, writing = (index for index, said in enumerate(found) if said == "BEGIN")
    assert reading == 0
    assert len(found[writing:]) <= 13
