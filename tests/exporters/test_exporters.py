"""Reports leave Juri as CSV, JSON and XLSX: equal reports give equal bytes, and no cell becomes a formula."""

import csv
import io
import json
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from juri.core.errors import InputRefused
from juri.core.extension import Report
from juri.core.tables.reading import Source, read_table
from juri.plugins.exporters.as_csv import write_csv
from juri.plugins.exporters.as_json import write_json
from juri.plugins.exporters.as_xlsx import write_xlsx

HEADER = ("rank", "entry", "score", "tied")
ROWS = ((1, "Café", Decimal("84.50"), False), (None, "=1+1", Decimal(-3), True))
REPORT = Report(
    {"juri": "1", "rubric": {"id": "kipp", "weight": Decimal("0.10")}, "warnings": ["a", "b"]},
    {"standings": (HEADER, ROWS)},
)
WRITERS = [write_csv, write_json, write_xlsx]


def one_cell(value):
    return Report({}, {"t": (("head",), ((value,),))})


def test_csv_holds_the_one_table():
    assert write_csv(REPORT).decode() == ("rank,entry,score,tied\r\n1,Café,84.50,no\r\n,'=1+1,-3,yes\r\n")


def test_csv_names_each_table_where_there_are_several():
    report = Report({}, {"first": (("a",), ((1,),)), "second": (("b",), ())})
    assert write_csv(report).decode() == "first\r\na\r\n1\r\n\r\nsecond\r\nb\r\n"


@pytest.mark.parametrize("text", ["=1+1", "+SUM(A1)", "-1+1", "@cmd", "\tx", "\rx", "  =1", '=HYPERLINK("x")'])
def test_field_46_csv_disarms_what_a_spreadsheet_would_run(text):
    cell = next(
        list(row)
        for number, row in enumerate(csv.reader(io.StringIO(write_csv(one_cell(text)).decode(), newline="")))
        if number
    )
    assert cell == [f"'{text}"]


@pytest.mark.parametrize("value", [-5, Decimal("-0.25"), "-12.5", "+3", "a=b", "Ani-Budi"])
def test_csv_leaves_numbers_and_harmless_texts(value):
    assert write_csv(one_cell(value)).decode() == f"head\r\n{value}\r\n"


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_no_text_begins_a_formula_in_csv(text):
    cell = list(csv.reader(io.StringIO(write_csv(one_cell(text)).decode(), newline="")))[1:]
    first = cell[0][0].lstrip(" ")[:1] if cell and cell[0] else ""
    assert first not in {"=", "@", "\t", "\r"}


def test_json_holds_the_metadata_and_each_table_by_name():
    assert json.loads(write_json(REPORT)) == {
        "juri": "1",
        "rubric": {"id": "kipp", "weight": "0.10"},
        "warnings": ["a", "b"],
        "standings": [
            {"rank": 1, "entry": "Café", "score": "84.50", "tied": False},
            {"rank": None, "entry": "=1+1", "score": "-3", "tied": True},
        ],
    }
    assert json.loads(write_json(Report({"m": MappingProxyType({"a": 1})}, {}))) == {"m": {"a": 1}}
    assert json.loads(write_json(one_cell(Fraction(1, 3)))) == {"t": [{"head": "1/3"}]}


def test_xlsx_holds_a_sheet_for_each_table_and_one_about_the_result():
    data = write_xlsx(REPORT)
    standings, about = (read_table(Source("r", data), sheet=name) for name in ("standings", "about"))
    assert (standings.header, standings.rows) == (
        HEADER,
        (("1", "Café", "84.5", "FALSE"), ("", "=1+1", "-3", "TRUE")),
    )
    assert about.rows == (
        ("juri", "1"),
        ("rubric.id", "kipp"),
        ("rubric.weight", "0.1"),
        ("warnings", "a"),
        ("warnings", "b"),
    )


def test_xlsx_keeps_a_figure_as_text_where_a_sheet_would_bend_it():
    figures = (Decimal("0.1"), 2**53 + 1, Decimal("0.12345678901234567890"), 10**400)
    table = read_table(Source("r", write_xlsx(Report({"x": 1}, {"t": (("a", "b", "c", "d"), (figures,))}))))
    assert table.rows == (("0.1", "9007199254740993", "0.12345678901234567890", "1" + "0" * 400),)


def test_xlsx_refuses_what_a_sheet_cannot_hold():
    with pytest.raises(InputRefused, match="row 2, column 1: the cell has 32,768 characters"):
        write_xlsx(one_cell("x" * 32_768))
    with pytest.raises(InputRefused, match="the table has 1,048,577 rows"):
        write_xlsx(Report({}, {"t": (("head",), ((1,),) * 1_048_576)}))


def test_xlsx_gives_a_table_a_name_that_a_sheet_may_have():
    report = Report({"x": 1}, {"a/b:" + "c" * 40: (("head",), ((1,),))})
    assert read_table(Source("r", write_xlsx(report)), sheet="a-b-" + "c" * 27).header == ("head",)


@pytest.mark.parametrize("write", WRITERS)
def test_equal_reports_give_equal_bytes(write):
    assert write(REPORT) == write(REPORT)
