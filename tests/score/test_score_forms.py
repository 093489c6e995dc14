"""However people lay out and save the same scores, the standings are the same."""

import io
import random
from fractions import Fraction

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab"}
ENCODINGS = ("utf-8", "utf-8-sig", "cp1252", "utf-16")

SHEETS = {
    ("Kopi Café", "Budi"): {"dampak": "84.38", "signifikansi": "80"},
    ("Kopi Café", "Ani"): {"dampak": "90.5", "signifikansi": "71.25"},
    ("Air Bersih", "Budi"): {"dampak": "84.38", "signifikansi": "79.99"},
    ("Air Bersih", "Ani"): {},
    ("Posyandu", "Budi"): {"dampak": "0", "signifikansi": "100"},
    ("Posyandu", "Ani"): {"dampak": "60", "signifikansi": "60"},
}
CRITERIA = ("dampak", "signifikansi")
STANDINGS = [
    (1, "Air Bersih", "82.19", "16437/200", 1),
    (2, "Kopi Café", "81.53", "32613/400", 2),
    (3, "Posyandu", "55.00", "55", 2),
]


def long_form(sheets):
    return [
        ("inovasi", "juri", "aspek", "nilai"),
        *((entry, juror, name, given.get(name, "")) for (entry, juror), given in sheets.items() for name in CRITERIA),
    ]


def wide_form(sheets):
    return [
        ("entry", "juror", *CRITERIA),
        *((*pair, *(given.get(c, "") for c in CRITERIA)) for pair, given in sheets.items()),
    ]


def matrix_form(sheets):
    jurors = sorted({juror for _, juror in sheets})
    entries = dict.fromkeys(entry for entry, _ in sheets)
    return [("Peserta", *jurors), *((entry, *(total(sheets[entry, juror]) for juror in jurors)) for entry in entries)]


def total(given):
    """Write the mean of a sheet with as many decimals as it needs; all scores here are whole hundredths."""
    if not given:
        return ""
    whole, rest = divmod(int(sum(Fraction(value) for value in given.values()) / len(given) * 1000), 1000)
    return f"{whole}.{rest:03d}"


FORMS = {"long": long_form, "wide": wide_form, "matrix": matrix_form}


def as_text(rows, separator, encoding, mark):
    def cell(text):
        written = text.replace(".", mark) if text.replace(".", "").isdigit() else text
        return f'"{written}"' if separator in written else written

    return "".join(separator.join(map(cell, row)) + "\r\n" for row in rows).encode(encoding)


def as_workbook(rows):
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_numbers": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            for column, text in enumerate(row):
                if text:
                    sheet.write(number, column, text)
    return stream.getvalue()


def standings(result):
    return [
        tuple(line[key] for key in ("rank", "entry", "score", "score_exact", "jurors")) for line in result["standings"]
    ]


@pytest.mark.parametrize("mark", [".", ","])
@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("separator", SEPARATORS)
@pytest.mark.parametrize("form", FORMS)
def test_every_text_file_of_the_same_scores_gives_the_same_standings(form, separator, encoding, mark, score):
    data = as_text(FORMS[form](SHEETS), separator, encoding, mark)
    result = score("-", "--format", "json", stdin=data).json
    assert (result["form"], standings(result), result["unranked"]) == (form, STANDINGS, [])


@pytest.mark.parametrize("form", FORMS)
def test_a_workbook_of_the_same_scores_gives_the_same_standings(form, score):
    result = score("-", "--format", "json", stdin=as_workbook(FORMS[form](SHEETS))).json
    assert (result["form"], standings(result), result["unranked"]) == (form, STANDINGS, [])


@settings(max_examples=25)
@given(st.randoms(use_true_random=False), st.sampled_from(sorted(FORMS)), st.sampled_from(sorted(SEPARATORS)))
def test_the_order_of_rows_and_columns_never_matters(score, order: random.Random, form, separator):
    head, *body = FORMS[form](SHEETS)
    order.shuffle(body)
    columns = list(range(len(head)))
    order.shuffle(columns)
    rows = [tuple(row[column] for column in columns) for row in (head, *body)]
    result = score("-", "--format", "json", stdin=as_text(rows, separator, "utf-8", ",")).json
    assert standings(result) == STANDINGS


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("submitted", [("Air Bersih", "82.19"), ("Kopi Café", "81.53"), ("Posyandu", "55.00")]),
        ("assigned-zero", [("Kopi Café", "81.53"), ("Posyandu", "55.00"), ("Air Bersih", "41.09")]),
        ("sum", [("Kopi Café", "163.07"), ("Posyandu", "110.00"), ("Air Bersih", "82.19")]),
        ("quorum:2", [("Kopi Café", "81.53"), ("Posyandu", "55.00")]),
        ("drop-juror", [("Kopi Café", "82.19"), ("Air Bersih", "82.19"), ("Posyandu", "50.00")]),
    ],
)
def test_every_policy_treats_an_empty_cell_alike_in_every_form(form, policy, expected, score):
    data = as_text(FORMS[form](SHEETS), ";", "utf-8", ",")
    result = score("-", "--missing", policy, "--format", "json", stdin=data).json
    assert [(line["entry"], line["score"]) for line in result["standings"]] == expected
    assert result["missing"] == policy


@pytest.mark.parametrize("policy", ["submitted", "assigned-zero", "sum", "quorum:2", "drop-juror"])
def test_a_row_that_is_left_out_counts_like_one_that_is_empty(policy, score):
    def ranking(sheets):
        data = as_text(wide_form(sheets), ",", "utf-8", ".")
        return standings(score("-", "--missing", policy, "--format", "json", stdin=data).json)

    assert ranking({pair: given for pair, given in SHEETS.items() if given}) == ranking(SHEETS)


def test_a_dash_says_that_a_juror_was_not_to_score_an_entry(score):
    data = b"entry,Ani,Budi\nA,80,-\nB,60,\n"
    result = score("-", "--missing", "assigned-zero", "--format", "json", stdin=data).json
    assert [(line["entry"], line["score"], line["jurors"]) for line in result["standings"]] == [
        ("A", "80.00", 1),
        ("B", "30.00", 1),
    ]


def test_groups_are_ranked_each_by_itself(score):
    data = b"track,entry,juror,dampak\numum,A,J,80\nkhusus,B,J,70\numum,C,J,80\nkhusus,D,K,90\nkhusus,E,K,\n"
    result = score("-", "--group-by", "track", "--format", "json", stdin=data).json
    keys = ("group", "rank", "entry", "tied")
    assert [tuple(line[key] for key in keys) for line in result["standings"]] == [
        ("khusus", 1, "D", False),
        ("khusus", 2, "B", False),
        ("umum", 1, "A", True),
        ("umum", 1, "C", True),
    ]
    assert result["unranked"] == [{"group": "khusus", "entry": "E", "jurors": 0, "reason": "no sheet was submitted"}]
    assert result["group_by"] == "track"


def test_jurors_of_another_group_are_not_missed(score):
    data = b"track,entry,juror,dampak\numum,A,J,80\nkhusus,B,K,70\n"
    result = score("-", "--group-by", "track", "--missing", "block", "--format", "json", stdin=data).json
    assert len(result["standings"]) == 2
