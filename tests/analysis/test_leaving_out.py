"""What becomes of the first places: who comes in, who falls out, who moves farthest."""

from fractions import Fraction

import numpy as np

from juri.core.analysis.leaving_out import Move, compare_ranks, without_juror
from juri.core.scoring.matrix import Matrix

NAMES = tuple("abcde")


def ranks(*given):
    return np.array(given)


def test_who_comes_in_and_falls_out_is_listed_by_rank():
    effect = compare_ranks("x", NAMES, ranks(1, 2, 3, 4, 5), ranks(4, 5, 2, 1, 3), 2)
    assert (effect.entered, effect.left) == (("d", "c"), ("a", "b"))
    assert (effect.moved, effect.largest) == (5, Move("a", 1, 4))
    assert effect.changes_the_cut


def test_the_same_ranks_change_nothing():
    effect = compare_ranks("x", NAMES, ranks(1, 2, 2, 4, 5), ranks(1, 2, 2, 4, 5), 2)
    assert (effect.entered, effect.left, effect.moved, effect.largest) == ((), (), 0, None)
    assert not effect.changes_the_cut


def test_entries_that_are_level_with_the_last_one_inside_are_inside():
    assert compare_ranks("x", NAMES, ranks(1, 2, 3, 4, 5), ranks(1, 2, 2, 4, 5), 2).entered == ("c",)


def test_who_has_no_rank_any_more_is_out_and_told():
    effect = compare_ranks("x", NAMES, ranks(1, 2, 3, 0, 4), ranks(0, 1, 2, 0, 3), 2)
    assert (effect.left, effect.entered, effect.unranked) == (("a",), ("c",), ("a",))


def test_without_a_juror_the_sheets_and_the_absences_go_and_the_entries_stay():
    rows = [("a", "Ani", Fraction(1)), ("a", "Budi", None), ("b", "Budi", Fraction(2))]
    left = without_juror(Matrix.build(rows), 1)
    assert (left.entries, left.jurors, left.value.tolist(), left.absent_entry.tolist()) == (
        ("a", "b"),
        ("Ani",),
        [1],
        [],
    )
