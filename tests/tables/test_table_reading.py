"""A table that a person fills in is read as it was meant, or refused with the place of every fault."""

import io
from contextlib import suppress
from datetime import date, time

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from juri.core.errors import InputRefused, JuriError, NotFound, Problem
from juri.core.tables import table
from juri.core.tables.reading import Source, load_file, read_table
from juri.core.tables.table import Table, name_column, show


def read(text, encoding="utf-8", **options):
    return read_table(Source("scores", text.encode(encoding)), **options)


def problems(data, **options):
    with pytest.raises(InputRefused) as refused:
        read_table(Source("scores", data), **options)
    return list(refused.value.problems)


def workbook(*sheets, **formats):
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        styles = {name: book.add_format({"num_format": text}) for name, text in formats.items()}
        for number, write in enumerate(sheets):
            write(book.add_worksheet(f"Sheet {number + 1}"), styles)
    return stream.getvalue()


def rows(*given):
    def write(sheet, _):
        for number, row in enumerate(given):
            sheet.write_row(number, 0, row)

    return write


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    ("encoding", "said"), [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8"), ("cp1252", "Windows-1252"), ("utf-16", "UTF-16")]
)
@pytest.mark.parametrize(("separator", "word"), [(",", "comma"), (";", "semicolon"), ("\t", "tab")])
def test_every_usual_text_format_gives_the_same_table(separator, word, encoding, said, line_end):
    text = line_end.join([separator.join(row) for row in [("entry", "juror", "skor"), ("Café", "Budi", "84")]])
    assert read(text, encoding) == Table(
        name="scores",
        header=("entry", "juror", "skor"),
        rows=(("Café", "Budi", "84"),),
        row_numbers=(2,),
        header_row=1,
        reading=f"CSV, {word}, {said}",
    )


def test_rows_keep_the_numbers_that_the_spreadsheet_shows():
    found = read('\nentry,juror,note\n,,\nA,"B\nC",1\n \nD,E,2\n')
    assert (found.header_row, found.row_numbers, found.rows) == (2, (4, 6), (("A", "B\nC", "1"), ("D", "E", "2")))


def test_a_sep_line_names_the_separator_and_counts_as_a_row():
    found = read('sep=;\r\nentry;"a,b,c"\r\nA;1,5\r\n')
    assert (found.header, found.header_row, found.row_numbers) == (("entry", "a,b,c"), 2, (3,))


def test_empty_columns_at_the_end_are_dropped():
    assert read("entry,juror,,\nA,B,,\nC\n").rows == (("A", "B"), ("C", ""))


def test_a_known_header_tells_which_separator_is_meant():
    text = "entry;nilai, akhir\nA;84,5\n"
    assert problems(text.encode()) == [
        Problem("scores", "columns could be separated by comma or semicolon; put cells in quotes", "no_separator")
    ]
    assert read(text, known_headers=frozenset({"entry"})).rows == (("A", "84,5"),)


def test_rows_of_another_width_tell_that_a_separator_is_not_meant():
    assert read("entri;a, b;c\nA;1;2\n").header == ("entri", "a, b", "c")


def test_text_beside_the_header_is_told_as_a_comma_that_needs_quotes():
    assert problems(b"entry,juror,score\nA,B,84,38\nC,D,1\n") == [
        Problem(
            "row 2",
            'it has 4 cells, but the header has 3; a comma or semicolon inside a cell must stand in quotes ("84,38")',
            "too_many_cells",
        )
    ]


def test_headers_are_needed_and_used_once():
    assert problems(b"entry,,Budi,budi\nA,1,2,3\n") == [
        Problem(
            "row 1, column D (budi)",
            "column C has the header 'budi' already; give each column its own",
            "header_twice",
        ),
        Problem("row 2, column B", "the column has no header; name it or empty it", "no_header"),
    ]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"entry,juror\n", "empty"),
        (b"entry\nA\n", "no_separator"),
        (b'entry,juror\n"A,B\n', "bad_quotes"),
        (b'entry,juror\n"A"x,B\n', "bad_quotes"),
        (b'"entry,juror\nA,B\n', "no_separator"),
        (b"entry,juror\n\x81,B\n", "not_text"),
        (b"entry,juror\nA\x00,B\n", "not_text"),
        (b"\xff\xfea", "not_text"),
        (b"entry,juror\nA," + b"x" * 40_000, "too_long"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1old workbook", "old_workbook"),
        (b"PK\x03\x04not an archive", "damaged"),
        (b"\n".join([b",".join([b"h%d" % n for n in range(20_000)])] * 2), "too_large"),
    ],
)
def test_what_is_no_table_is_refused_by_name(data, code):
    assert [problem.code for problem in problems(data)] == [code]


def test_a_table_of_too_many_rows_is_refused(monkeypatch):
    monkeypatch.setattr(table, "MAX_ROWS", 3)
    assert read("entry,juror\nA,1\nB,2\n").row_numbers == (2, 3)
    assert [problem.code for problem in problems(b"entry,juror\nA,1\nB,2\nC,3\n")] == ["too_large"]


def test_a_file_that_is_wrong_throughout_is_told_so_a_thousand_times():
    found = problems(b"entry,\n" + b"A,1\n" * 1_500)
    assert (len(found), found[-1]) == (1_001, Problem("", "and 500 more problems that are not listed", "more"))


def test_a_separator_that_breaks_the_quotes_is_not_meant():
    text = 'entry;a,b\n"A;1";"x, ""y"\n'
    assert read(text).rows == (("A;1", 'x, "y'),)


def test_an_unclosed_quote_is_told_at_the_row_where_it_begins():
    assert problems(b'entry,juror\nA,B\nC,"D\nE,F\n')[0].field == "row 3"


def test_numbers_of_a_workbook_are_read_as_they_are_shown():
    def write(sheet, styles):
        sheet.write_row(0, 0, ["entry", "score", "share", "day", "hour", "seen", "tiny", "many"])
        sheet.write_row(1, 0, [7, 84.38, 0.1 + 0.2])
        sheet.write_datetime(1, 3, date(2023, 6, 26), styles["day"])
        sheet.write_datetime(1, 4, time(9, 30), styles["hour"])
        sheet.write_row(1, 5, [True, 1e-7, 1e21])

    found = read_table(Source("s", workbook(write, day="yyyy-mm-dd", hour="hh:mm")))
    assert found.rows == (("7", "84.38", "0.3", "2023-06-26", "09:30:00", "TRUE", "0.0000001", "1" + "0" * 21),)


def test_a_table_may_begin_anywhere_in_the_sheet():
    def write(sheet, _):
        sheet.write_row(2, 1, ["entry", "score"])
        sheet.write_row(4, 1, ["A", 1])

    with pytest.raises(InputRefused):
        read_table(Source("s", workbook(lambda sheet, _: sheet.write(0, 0, "title"))))
    found = read_table(Source("s", workbook(write)))
    assert (found.header, found.rows, found.row_numbers) == (("", "entry", "score"), (("", "A", "1"),), (5,))


def test_a_formula_without_a_value_is_not_an_empty_cell():
    def write(sheet, _):
        sheet.write_row(0, 0, ["entry", "a", "b", "c", "d"])
        sheet.write_string(1, 0, "A")
        sheet.write_formula(1, 1, "=1/0", None, "#DIV/0!")
        sheet.write_formula(1, 2, "=1+1", None, "2")
        sheet.write_formula(1, 4, "=2+2", None, "")
        sheet.write_string(2, 0, "B")

    found = read_table(Source("s", workbook(write)))
    assert found.rows == (("A", "#ERROR", "2", "", "#NOT CALCULATED"), ("B", "", "", "", ""))


def test_the_first_sheet_is_read_unless_another_is_named():
    data = workbook(rows(["entry", "x"], ["A", 1]), rows(["entry", "y"], ["B", 2]))
    first, second = read_table(Source("s", data)), read_table(Source("s", data), sheet="Sheet 2")
    assert (first.header, first.reading) == (("entry", "x"), "XLSX, sheet 'Sheet 1', the first of 2")
    assert (second.header, second.reading) == (("entry", "y"), "XLSX, sheet 'Sheet 2'")
    with pytest.raises(NotFound, match="there is no sheet 'Sheet 3'; the workbook has Sheet 1, Sheet 2"):
        read_table(Source("s", data), sheet="Sheet 3")
    assert [problem.code for problem in problems(b"entry,juror\nA,B\n", sheet="Sheet 1")] == ["no_sheets"]


def test_a_file_that_cannot_be_read_is_refused(tmp_path):
    (tmp_path / "empty.csv").write_bytes(b" \n")
    for path, code in [
        (tmp_path / "none.csv", "unreadable"),
        (tmp_path, "unreadable"),
        (tmp_path / "empty.csv", "empty"),
    ]:
        with pytest.raises(InputRefused) as refused:
            load_file(path)
        assert [problem.code for problem in refused.value.problems] == [code]


def test_a_file_beyond_the_limit_is_refused_without_being_read(tmp_path):
    path = tmp_path / "large.csv"
    with path.open("wb") as stream:
        stream.truncate(64 * 2**20 + 1)
    with pytest.raises(InputRefused, match="larger than 64 MiB"):
        load_file(path)


@pytest.mark.parametrize(
    ("index", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (16_383, "XFD")]
)
def test_columns_have_the_names_of_a_spreadsheet(index, name):
    assert name_column(index) == f"column {name}"


def test_a_text_of_a_file_cannot_write_to_the_terminal():
    assert show("a\x1b[31mb\u202ec é") == "a\\u001b[31mb\\u202ec é"
    assert show("x" * 50) == "x" * 40 + "…"


@given(st.binary(max_size=400))
def test_no_bytes_whatever_break_the_reader(data):
    with suppress(JuriError):
        found = read_table(Source("fuzz", data))
        assert {len(cells) for _, cells in found} == {len(found.header)}
