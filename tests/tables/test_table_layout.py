"""The form of a table of scores is recognised from its header, or refused with what to write instead."""

import pytest

from juri.core.errors import InputRefused
from juri.core.tables.layout import LONG, MATRIX, WIDE, Layout, recognise_layout
from juri.core.tables.table import Table


def table(header):
    names = tuple(header.split(","))
    return Table("scores", names, (("x",) * len(names),), (2,))


@pytest.mark.parametrize(
    ("header", "layout"),
    [
        ("entry,juror,criterion,score", Layout(LONG, 0, 1, 2, 3)),
        ("Skor,ASPEK,Penilai,Inovasi", Layout(LONG, 3, 2, 1, 0)),
        ("peserta,juri,kriteria,nilai,tanggal", Layout(LONG, 0, 1, 2, 3, unused=(4,))),
        ("entri,juri,nilai", Layout(LONG, 0, 1, None, 2)),
        ("judge,wine,score", Layout(LONG, 1, 0, None, 2)),
        ("entry,juror,dampak,signifikansi", Layout(WIDE, 0, 1, values=(2, 3))),
        ("juri,dampak,inovasi", Layout(WIDE, 2, 0, values=(1,))),
        ("entry,juror,score,dampak", Layout(WIDE, 0, 1, values=(2, 3))),
        ("entry,Budi,Ani", Layout(MATRIX, 0, values=(1, 2))),
    ],
)
def test_the_form_is_told_by_the_header(header, layout):
    assert recognise_layout(table(header)) == layout


@pytest.mark.parametrize(
    ("header", "layout"),
    [
        ("entry,track,juror,criterion,score", Layout(LONG, 0, 2, 3, 4, group=1)),
        ("entry,juror,dampak,Track", Layout(WIDE, 0, 1, values=(2,), group=3)),
        ("track,entry,Budi", Layout(MATRIX, 1, values=(2,), group=0)),
        ("judge,wine,score,track", Layout(LONG, 1, 0, None, 2, group=3)),
    ],
)
def test_the_group_column_is_nothing_else(header, layout):
    assert recognise_layout(table(header), " track ") == layout


def test_a_criterion_of_the_rubric_is_one_whatever_it_is_called():
    assert recognise_layout(table("entry,juror,nilai,total"), criteria=["Nilai", "Total"]) == Layout(
        WIDE, 0, 1, values=(2, 3)
    )


@pytest.mark.parametrize("header", ["entry,juror,criterion,score", "entry,juror,score", "entry,Budi"])
def test_a_long_form_without_criteria_and_a_matrix_hold_totals(header):
    assert recognise_layout(table(header)).totals == ("criterion" not in header)


@pytest.mark.parametrize(
    ("header", "group", "said"),
    [
        ("name,Budi", None, "row 1: no column is headed 'entry' (or 'inovasi', 'peserta'); the headers are 'name', "),
        ("entry,score", None, "row 1: the table has no juror column; name it 'juror'"),
        (
            "entry,criterion,Budi",
            None,
            "row 1: the table has no juror column; name it 'juror'; row 1: the table has no",
        ),
        ("entry,juror,criterion", None, "row 1: the table has no score column; name it 'score'"),
        ("entry,juror", None, "row 1: the wide form needs a column for each criterion"),
        ("entry,peserta,juror,dampak", None, "row 1, column B (peserta): 'entry', 'peserta' could each be the entry; "),
        ("entry,Budi,Total", None, "row 1, column C (Total): 'Total' would be read as a juror; remove or rename it"),
        ("entry,juror,x,No.", None, "row 1, column D (No.): 'No.' would be read as a criterion; remove or rename it"),
        ("entry,Budi,track", "trck", "--group-by: there is no column 'trck'; did you mean 'track'?"),
        ("entry,Budi", "zzzzzz", "--group-by: there is no column 'zzzzzz'; the table has 'entry', 'Budi'"),
    ],
)
def test_a_header_that_is_not_clear_is_refused(header, group, said):
    with pytest.raises(InputRefused) as refused:
        recognise_layout(table(header), group)
    assert str(refused.value).startswith(said)
