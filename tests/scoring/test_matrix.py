"""The matrix: the same whatever order the sheets come in, and refused where it would count a sheet twice."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from juri.core.errors import InputRefused, Problem
from juri.core.scoring.matrix import Matrix

ROWS = [("B", "j2", Fraction(1, 2)), ("A", "j1", Fraction(1, 3)), ("A", "j2", None), ("B", "j1", Fraction(2))]


def told(matrix: Matrix) -> dict[str, object]:
    return {name: value.tolist() if isinstance(value, np.ndarray) else value for name, value in vars(matrix).items()}


@given(st.permutations(ROWS))
def test_the_order_of_the_sheets_is_of_no_account(rows):
    assert told(Matrix.build(rows, entries=("C",), juror_weights={"j2": 3})) == {
        "entries": ("A", "B", "C"),
        "jurors": ("j1", "j2"),
        "entry": [0, 1, 1],
        "juror": [0, 0, 1],
        "value": [2, 12, 3],
        "scale": 6,
        "absent_entry": [0],
        "absent_juror": [1],
        "juror_weight": [1, 3],
    }


def test_sheets_and_assignments_are_counted_by_entry():
    matrix = Matrix.build(ROWS, entries=("C",))

    assert matrix.sheets.tolist() == [1, 2, 0]
    assert matrix.assigned.tolist() == [2, 2, 0]


def test_a_matrix_without_sheets_has_its_entries_all_the_same():
    matrix = Matrix.build([], entries=("A",))

    assert (matrix.entries, matrix.sheets.tolist(), matrix.scale) == (("A",), [0], 1)


def test_two_sheets_of_one_juror_for_one_entry_are_refused_each_named():
    with pytest.raises(InputRefused) as refused:
        Matrix.build([*ROWS, ("B", "j1", Fraction(2)), ("A", "j2", Fraction(9))])

    assert [(problem.field, problem.code) for problem in refused.value.problems] == [
        ("A", "repeated_sheet"),
        ("B", "repeated_sheet"),
    ]


def test_a_juror_weight_below_one_is_refused():
    with pytest.raises(InputRefused) as refused:
        Matrix.build(ROWS, juror_weights={"j1": 0, "j2": 1})

    assert refused.value.problems == (
        Problem("j1", "the weight 0 of juror 'j1' is not a positive whole number", "juror_weight"),
    )


def test_keeping_some_entries_and_jurors_keeps_their_sheets_and_absences():
    kept = Matrix.build(ROWS, juror_weights={"j2": 3}).keep(np.array([True, False]), np.array([False, True]))

    assert told(kept) == {
        "entries": ("A",),
        "jurors": ("j2",),
        "entry": [],
        "juror": [],
        "value": [],
        "scale": 6,
        "absent_entry": [0],
        "absent_juror": [0],
        "juror_weight": [3],
    }


def test_absent_sheets_can_stand_as_zeros_in_the_order_of_the_others():
    filled = Matrix.build(ROWS).absent_as_zero()

    assert (filled.entry.tolist(), filled.juror.tolist(), filled.value.tolist()) == (
        [0, 0, 1, 1],
        [0, 1, 0, 1],
        [2, 0, 12, 3],
    )
    assert filled.absent_entry.tolist() == []


@given(st.permutations(ROWS))
def test_columns_of_a_database_make_the_same_matrix(rows):
    entries, jurors = {7: "B", 3: "C", 9: "A"}, {2: "j1", 1: "j2"}
    number = {name: each for each, name in [*entries.items(), *jurors.items()]}
    totals = [(0, 0) if total is None else (total.numerator, total.denominator) for _, _, total in rows]
    columns = [
        [number[entry] for entry, _, _ in rows],
        [number[juror] for _, juror, _ in rows],
        *zip(*totals, strict=True),
    ]

    matrix = Matrix.of_columns(entries, jurors, np.array(columns), {"j2": 3})

    assert told(matrix) == told(Matrix.build(rows, juror_weights={"j2": 3}))


def test_columns_without_a_row_make_a_matrix_without_entries():
    assert told(Matrix.of_columns({}, {}, np.zeros((4, 0), dtype=np.int64), {})) == told(Matrix.build([]))


def test_a_matrix_over_other_entries_has_these_and_their_jurors():
    wide = Matrix.build([*ROWS, ("C", "j9", Fraction(4))], juror_weights={"j2": 3})

    assert told(wide.over(["B", "A", "A0"])) == told(Matrix.build(ROWS, entries=("A0",), juror_weights={"j2": 3})) | {
        "scale": 6
    }
    assert wide.over(["C", "B", "A"]) is wide


def test_jurors_who_are_named_get_other_weights():
    matrix = Matrix.build(ROWS, juror_weights={"j2": 3})

    assert matrix.weighed({"j1": 5, "nobody": 0}).juror_weight.tolist() == [5, 3]
    with pytest.raises(InputRefused):
        matrix.weighed({"j1": 0})
