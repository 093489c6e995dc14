"""Tables taken over by pages: rehearsed first, every fault with its cell, then all rows or none."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
import xlsxwriter

from juri.core.entries.model import EntryRow
from juri.core.judging.model import JurorRow

ENTRIES = "/organiser/raya-2026/entries/import"
JURORS = "/organiser/raya-2026/jurors/import"
HEAD = "organization,title,category,ringkasan,mulai\n"
GOOD = (
    HEAD
    + "Dinas Kesehatan,Ambulans Perahu,kesehatan,Cepat sampai.,2024-01-31\nKampung Asei,Rumah Baca,pendidikan,Ramai.,\n"
)


def upload(client, address, text, name="tabel.csv", **more):
    data = text if isinstance(text, bytes) else text.encode()
    answer = client.post(address, data={"file": (BytesIO(data), name), **more})
    answer.request.environ["wsgi.input"].close()  # what the test client wrote to a file where it is large
    return answer


def confirmed(client, address, page):
    """Send the form of the preview, as its button does."""
    return client.post(address, data=dict(re.findall(r'name="(name|content|submit_too)" value="([^"]*)"', page)))


def titles(raya):
    return [title for (title,) in raya.rows(EntryRow, "title")]


@pytest.mark.parametrize("step", ["registering"])
def test_a_good_table_is_rehearsed_and_then_taken_over(raya, oka):
    before = titles(raya)
    page = upload(oka, ENTRIES, GOOD, submit_too="y").text
    assert ("2 rows are good; nothing was written yet" in page, "Take 2 rows over" in page) == (True, True)
    assert titles(raya) == before
    done = confirmed(oka, ENTRIES, page)
    assert (done.status_code, done.location) == (302, "/organiser/raya-2026/entries/")
    assert "2 rows were taken over." in oka.get(done.location).text
    assert raya.rows(EntryRow, "title", "state")[-2:] == [("Ambulans Perahu", "submitted"), ("Rumah Baca", "submitted")]


@pytest.mark.parametrize("step", ["registering"])
def test_the_same_fault_of_many_rows_is_told_once_with_its_places(oka):
    page = upload(oka, ENTRIES, HEAD + "Dinas Kesehatan,Ambulans,kesihatan,Cepat.,2024-01-31\n" * 8).text
    assert "8 faults were found; nothing was written" in page
    (places,) = re.findall(r'<th role="rowheader" scope="row">(row 2, .*?)</th>', page)
    assert (places.count("column C (category)"), "and 3 more rows" in places) == (5, True)


@pytest.mark.parametrize("step", ["registering"])
def test_every_fault_is_told_with_its_cell_and_nothing_is_written(raya, oka, client_for):
    before = titles(raya)
    faulty = HEAD + "Dinas Kesehatan,Ambulans,kesihatan,Cepat.,2024-01-31\n,,pendidikan,Ramai.,awal 2025\n"
    refused = upload(oka, ENTRIES, faulty)
    page = refused.text
    assert (refused.status_code, titles(raya)) == (422, before)
    assert "faults were found; nothing was written" in page
    where = re.findall(r'<th role="rowheader" scope="row">(row [^<]*)</th>', page)
    assert where == ["row 2, column C (category)", "row 3, column E (mulai)", "row 3, column B (title)",
                     "row 3, column A (organization)"]  # fmt: skip
    in_indonesian = upload(client_for("oka@raya.test"), ENTRIES, faulty).text
    assert "baris 2, kolom C (category)" in in_indonesian
    assert "4 kesalahan ditemukan" in in_indonesian


@pytest.mark.parametrize("step", ["registering"])
def test_a_workbook_is_read_as_a_csv_is(raya, oka):
    file = BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["organization", "title", "ringkasan"])
        sheet.write_row(1, 0, ["Dinas Kesehatan", "Ambulans Perahu", "Cepat."])
    page = upload(oka, ENTRIES, file.getvalue(), "tabel.xlsx").text
    assert "1 row is good; nothing was written yet" in page
    assert confirmed(oka, ENTRIES, page).status_code == 302
    assert raya.rows(EntryRow, "title", "state")[-1] == ("Ambulans Perahu", "drafted")


WORD = "kesinambungan" * 4 + " "


@pytest.mark.parametrize("step", ["registering"])
def test_a_table_of_more_than_half_a_megabyte_comes_back_from_its_preview(oka):
    wide = HEAD.replace("mulai", "catatan_luar") + "Dinas Kesehatan,Ambulans,kesehatan,Cepat.," + "x" * 900_000 + "\n"
    assert upload(oka, ENTRIES, wide).status_code == 422  # the form does not ask it, and says so
    long = GOOD + "".join(f"Dinas Kesehatan,Inovasi {n},kesehatan,{WORD * 40},\n" for n in range(300))
    assert len(long) > 500_000
    page = upload(oka, ENTRIES, long).text
    assert "302 rows are good" in page
    content = re.search(r'name="content" value="([^"]*)"', page)[1]
    assert len(content) > 500_000
    damaged = oka.post(ENTRIES, data={"content": content[:600_001] + "!", "name": "tabel.csv"})
    assert (damaged.status_code, "the file came back damaged; choose it again" in damaged.text) == (422, True)


@pytest.mark.parametrize("step", ["registering"])
def test_who_is_not_signed_in_gets_no_larger_form_than_elsewhere(make_app, client_for):
    app = make_app(csrf=True)
    answers = []
    for who in ("", "oka@raya.test"):
        sent = {"content": "x" * 600_000, "name": "tabel.csv"}
        answer = client_for(who, app).post(ENTRIES, data=sent, content_type="multipart/form-data")
        answer.request.environ["wsgi.input"].close()
        answers.append(answer.status_code)
    assert answers == [413, 400]  # too large; and without the token of the form
    app.extensions["juri"].database.dispose()


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({}, "Choose a file first."),
        ({"file": (BytesIO(b""), "tabel.csv")}, "the file is empty"),
        ({"file": (BytesIO(b"PK\x03\x04 no workbook"), "tabel.xlsx")}, "tabel.xlsx"),
        ({"file": (BytesIO(b"x" * (4 * 2**20 + 1)), "tabel.csv")}, "The file is larger than 4 MB"),
        ({"content": "%%%", "name": "tabel.csv"}, "the file came back damaged; choose it again"),
    ],
)
@pytest.mark.parametrize("step", ["registering"])
def test_what_is_no_table_is_refused_with_a_reason(oka, data, told):
    refused = oka.post(ENTRIES, data=data)
    refused.request.environ["wsgi.input"].close()
    assert (refused.status_code, told in refused.text) == (422, True)


def test_entries_are_not_taken_over_when_registration_is_over(raya, oka):
    before = titles(raya)
    refused = upload(oka, ENTRIES, GOOD)
    assert (refused.status_code, titles(raya)) == (409, before)
    assert "it takes nothing now" in refused.text


def test_jurors_are_taken_over_into_their_panels(raya, oka):
    table = "name;email;panel;code\nNur Aini;nur@raya.test;juri;J9\nTono;tono@raya.test;juri;\n"
    page = upload(oka, JURORS, table).text
    assert "2 rows are good" in page
    assert [code for (code,) in raya.rows(JurorRow, "code")].count("J9") == 0
    assert confirmed(oka, JURORS, page).location == "/organiser/raya-2026/jurors/"
    assert "J9" in [code for (code,) in raya.rows(JurorRow, "code")]
    assert "Nur Aini" in oka.get("/organiser/raya-2026/jurors/").text
    wrong = upload(oka, JURORS, "name,email,panel,weight\nNur,nur,juri,0\nTono,tono@raya.test,dewan,1\n")
    assert wrong.status_code == 422
    assert re.findall(r'<th role="rowheader" scope="row">(row [^<]*)</th>', wrong.text) == [
        "row 2, column D (weight)", "row 3, column C (panel)",
    ]  # fmt: skip


def test_the_secretariat_takes_entries_over_and_no_jurors(client_for):
    sari = client_for("sari@raya.test")
    assert (sari.get(ENTRIES).status_code, sari.get(JURORS).status_code) == (200, 404)
