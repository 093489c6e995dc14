"""A workbook that asks for more than a table needs is refused before it is parsed."""

import io
import re
import struct
import zipfile
from contextlib import suppress

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from juri.core.errors import InputRefused, JuriError
from juri.core.tables import workbook_scan
from juri.core.tables.reading import Source, read_table

SHEET = "xl/worksheets/sheet1.xml"
TEXTS = "xl/sharedStrings.xml"
BOOK = "xl/workbook.xml"
RELATIONS = "xl/_rels/workbook.xml.rels"


def build(count=1):
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["entry", "juror", "score"])
        for row in range(count):
            sheet.write_row(row + 1, 0, ["entry", f"J{row}", row])
    return stream.getvalue()


def edit(data, part, change, compression=zipfile.ZIP_DEFLATED):
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(stream, "w", compression) as after:
        for name in before.namelist():
            content = before.read(name)
            after.writestr(name, change(content) if name == part else content)
    return stream.getvalue()


def with_rows(more):
    return edit(build(), SHEET, lambda xml: xml.replace(b"</sheetData>", more + b"</sheetData>"))


def bomb():
    return edit(build(), SHEET, lambda xml: xml.replace(b"<sheetData>", b"<sheetData>" + b" " * (2 * 2**20)))


def bomb_that_claims_to_be_small():
    """Write 100 bytes as the unpacked size, in the part's own header and in the directory."""
    data = bytearray(bomb())
    own = data.find(SHEET.encode()) - 30
    listed = data.rfind(SHEET.encode()) - 46
    assert (data[own : own + 4], data[listed : listed + 4]) == (b"PK\x03\x04", b"PK\x01\x02")
    struct.pack_into("<I", data, own + 22, 100)
    struct.pack_into("<I", data, listed + 24, 100)
    return bytes(data)


def with_document_type():
    entities = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><sst'
    return edit(build(), TEXTS, lambda xml: xml.replace(b"<sst", entities).replace(b">entry<", b">&b;<"))


def with_file_entity():
    entity = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet'
    return edit(build(), SHEET, lambda xml: xml.replace(b"<worksheet", entity))


def with_one_text_in_many_cells():
    return edit(build(5_000), TEXTS, lambda xml: xml.replace(b"entry", b"e" * 300_000))


def with_many_parts():
    stream = io.BytesIO(build())
    with zipfile.ZipFile(stream, "a") as archive:
        for number in range(2_001):
            archive.writestr(f"part{number}", b"")
    return stream.getvalue()


def without_workbook():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("readme.txt", "no spreadsheet")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (bomb, "too_large"),
        (bomb_that_claims_to_be_small, "too_large"),
        (lambda: with_rows(b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'), "too_large"),
        (lambda: with_rows(b'<row r="4000000"/>'), "too_large"),
        (lambda: with_rows(b'<x:row xmlns:x="x" r="4000000"/>'), "too_large"),
        (lambda: with_rows(b'<row r="99999999999"/>'), "odd_file"),
        (lambda: with_rows(b'<row><c r="a1"/></row>'), "odd_file"),
        (lambda: with_rows(b"<row>"), "damaged"),
        (with_document_type, "odd_file"),
        (with_file_entity, "odd_file"),
        (with_one_text_in_many_cells, "too_large"),
        (with_many_parts, "too_large"),
        (without_workbook, "odd_file"),
        (lambda: edit(build(), SHEET, lambda xml: b"x" + xml), "odd_file"),
        (lambda: edit(build(), SHEET, lambda xml: xml, zipfile.ZIP_LZMA), "odd_file"),
        (lambda: build()[:3_000], "damaged"),
        (lambda: edit(build(), RELATIONS, lambda xml: xml.replace(b"sheet1.xml", b"none.xml")), "damaged"),
        (lambda: edit(build(), BOOK, lambda xml: re.sub(rb"<sheet .*?/>", b"", xml)), "empty"),
    ],
)
def test_a_hostile_workbook_is_refused(make, code, monkeypatch):
    monkeypatch.setattr(workbook_scan, "MAX_INFLATED", 2**20)  # the bombs of this test are small ones
    with pytest.raises(InputRefused) as refused:
        read_table(Source("scores", make()))
    assert [problem.code for problem in refused.value.problems] == [code]


def test_a_picture_in_a_workbook_is_no_harm():
    stream = io.BytesIO(build(1))
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr("xl/media/image1.png", b"\x89PNG\r\n\x1a\n" + bytes(300_000))
        archive.writestr("xl/calcChain.xml", b'<calcChain><c r="A1"/></calcChain>')
    assert read_table(Source("scores", stream.getvalue())).rows == (("entry", "J0", "0"),)


def test_cells_without_addresses_are_read_in_their_order():
    data = edit(build(2), SHEET, lambda xml: re.sub(rb' r="[A-Z]*[0-9]+"', b"", xml))
    assert read_table(Source("scores", data)).rows == (("entry", "J0", "0"), ("entry", "J1", "1"))


def test_a_number_stored_with_noise_is_the_number_that_is_shown():
    data = edit(build(1), SHEET, lambda xml: xml.replace(b"<v>0</v></c></row>", b"<v>84.379999999999995</v></c></row>"))
    assert read_table(Source("scores", data)).rows == (("entry", "J0", "84.38"),)


@settings(max_examples=300)
@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=12))
def test_no_damage_breaks_the_reader(changes):
    data = bytearray(PLAIN)
    for place, value in changes:
        data[place % len(data)] = value
    with suppress(JuriError):
        read_table(Source("fuzz", bytes(data)))


PLAIN = build(3)
