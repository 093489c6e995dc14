"""How a jury hangs together: islands, common entries, connectivity."""

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from juri.core.analysis.design import Design
from juri.core.scoring.matrix import Matrix

PAIR = [("A", "1", 80), ("A", "2", 70)]
OTHER_PAIR = [("B", "3", 80), ("B", "4", 70)]


def test_jurors_without_a_common_entry_are_islands(design_of):
    apart = design_of(PAIR + OTHER_PAIR)

    assert apart.islands_in_use == 2
    assert apart.islands.tolist() == [0, 0, 1, 1]
    assert apart.connectivity() == 0


def test_one_bridge_joins_islands(design_of):
    joined = design_of([*PAIR, *OTHER_PAIR, ("A", "3", 75)])

    assert joined.islands_in_use == 1
    assert 0 < joined.connectivity() < 1


def test_a_jury_that_scores_everything_is_as_connected_as_can_be(design_of):
    complete = design_of([(entry, juror, 70) for entry in "ABC" for juror in "1234"])

    assert complete.connectivity() == pytest.approx(4 / 3)
    assert design_of([("A", "1", 70), ("B", "1", 60)]).connectivity() == 1


def test_common_entries_are_those_that_somebody_else_scored(design_of):
    design = design_of([*PAIR, ("B", "1", 60), ("C", "1", 60), ("C", "3", 60), ("D", "4", 50)])

    assert design.common_entries.tolist() == [2, 1, 1, 0]
    assert design.loads.tolist() == [3, 1, 1, 1]
    assert design.sheets.tolist() == design.juror_count.tolist() == [2, 1, 2, 1]


def test_a_juror_without_a_sheet_is_no_island_in_use():
    design = Design(np.array([0, 0]), np.array([0, 1]), np.array([1.0, 2.0]), 2, 3)

    assert design.islands_in_use == 1
    assert design.common_entries.tolist() == [1, 1, 0]


def test_a_matrix_gives_the_same_design_whatever_the_order_of_its_rows():
    rows = [("A", "x", Fraction(250, 3)), ("A", "y", Fraction(71)), ("B", "x", None), ("B", "y", Fraction(5, 2))]

    one, other = (Design.of(Matrix.build(given)) for given in (rows, rows[::-1]))

    assert one.value.tolist() == [250 / 3, 71, 2.5]
    assert one.value.tobytes() == other.value.tobytes()
    assert one.entry.tolist() == other.entry.tolist() == [0, 0, 1]
    assert one.juror.tolist() == other.juror.tolist() == [0, 1, 1]


def test_the_open_set_says_how_many_islands_there_are(rows_of, design_of):
    folder = Path(__file__).resolve().parents[1] / "data" / "analysis" / "severity_ridge_open"
    (islands,) = (
        each["value"]
        for each in json.loads((folder / "expected.json").read_text(encoding="utf-8"))["expected"]
        if "components" in each["what"]
    )

    for name, number in islands.items():
        rows = [(row["entry"], row["juror"], row["score"]) for row in rows_of(folder / f"{name}.csv")]
        assert design_of(rows).islands_in_use == number
