"""The columnar snapshot: the same totals, ranks and ties as sheet by sheet, whatever the order of its rows."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from juri.core.errors import InputRefused
from juri.core.ranking import RankRule, rank_sheets, rank_totals
from juri.core.scoring.snapshot import Names, Snapshot
from juri.core.view import Sheet

SMALL, HUGE = st.integers(-3, 3), st.integers(-(2**61), 2**61)


@st.composite
def stages(draw, values):
    """Draw the scores of a stage: ``{(entry, juror): [a score for each criterion]}``, weights and what divides."""
    count = draw(st.integers(1, 3))
    pairs = st.tuples(st.sampled_from("ABCDE"), st.sampled_from(["j1", "j2", "j3"]))
    scores = draw(st.dictionaries(pairs, st.lists(values, min_size=count, max_size=count), max_size=12))
    weights = draw(st.lists(st.integers(1, 2**20), min_size=count, max_size=count))
    return scores, weights, draw(st.integers(1, 400))


def snapshot_of(scores, weights, scale, shuffled=0):
    names = Names(tuple("ABCDE"), ("j1", "j2", "j3"), tuple("xyz"[: len(weights)]))
    rows = [
        (names.entries.index(entry), names.jurors.index(juror), criterion, value)
        for (entry, juror), values in scores.items()
        for criterion, value in enumerate(values)
    ]
    rows = [rows[each] for each in np.random.default_rng(shuffled).permutation(len(rows))]
    places = np.array([row[:3] for row in rows], dtype=np.int32).reshape(-1, 3).T
    return Snapshot.of_rows(names, places, np.array([row[3] for row in rows], dtype=np.int64), weights, scale)


def sheets_of(scores, weights, scale):
    for (entry, juror), values in scores.items():
        points = {
            name: Fraction(w * value, scale)
            for name, w, value in zip("xyz"[: len(weights)], weights, values, strict=True)
        }
        yield Sheet(entry, juror, sum(points.values(), Fraction(0)), points=points)


@pytest.mark.parametrize("values", [SMALL, HUGE], ids=["small", "beyond_int64"])
@given(data=st.data(), method=st.sampled_from(["mean", "sum", "median", "weighted"]), shuffled=st.integers(0, 9))
def test_a_snapshot_ranks_as_its_sheets_do_in_any_order_of_rows(registry, values, data, method, shuffled):
    scores, weights, scale = data.draw(stages(values))
    ties = data.draw(st.lists(st.sampled_from(["criterion:x", "median", "highest_sheet", "first_places"]), max_size=3))
    rule = RankRule(method, {}, "submitted", ties=tuple(ties))
    snapshot = snapshot_of(scores, weights, scale, shuffled)

    placed = rank_totals(snapshot.totals, rule, extensions=registry.get, criteria=snapshot)

    standings = rank_sheets(sheets_of(scores, weights, scale), rule, extensions=registry.get)
    ranks, points = placed.ranking.rank.fractions(), placed.score.fractions()
    assert [(placed.entries[each], ranks[each], points[each]) for each in placed.ranking.order] == [
        (line.entry, line.rank, line.score) for line in standings.lines
    ]


def test_points_are_kept_as_narrow_as_they_can_be():
    kept = [snapshot_of({("A", "j1"): [top]}, [1], 1).points.dtype for top in (100, 2**15, 2**40)]

    assert kept == [np.int16, np.int32, np.int64]


def test_totals_that_leave_int64_become_integers_without_a_limit():
    snapshot = snapshot_of({("A", "j1"): [2**61, 2**61]}, [3, 4], 1)

    assert snapshot.totals.value.tolist() == [7 * 2**61]


def test_a_criterion_can_be_had_by_its_name():
    snapshot = snapshot_of({("B", "j2"): [1, 2], ("A", "j1"): [3, 4]}, [10, 20], 5)

    assert [*snapshot] == ["x", "y"]
    assert len(snapshot) == 2
    assert (snapshot["y"].value.tolist(), snapshot["y"].scale) == ([80, 40], 5)
    assert "z" not in snapshot


@pytest.mark.parametrize(
    "change", [lambda key: key[:, :-1], lambda key: key[:, [0, 1, 2, 2]], lambda key: key[:, [*range(4), 3]]]
)
def test_a_sheet_that_lacks_a_criterion_or_has_it_twice_is_refused_by_name(change):
    places = np.array([[0, 0, 1, 1], [0, 0, 1, 1], [0, 1, 0, 1]])
    rows = change(places)

    with pytest.raises(InputRefused) as refused:
        Snapshot.of_rows(Names(("A", "B"), ("j1", "j2"), ("x", "y")), rows, np.ones(rows.shape[1], dtype=int), [1, 1])

    assert [(each.field, each.code) for each in refused.value.problems] == [("B", "incomplete_sheet")]
    assert "juror 'j2' does not have each of the 2 criteria once" in refused.value.problems[0].message


def test_a_tie_rule_that_asks_for_an_unknown_criterion_is_told_the_known_ones(registry):
    snapshot = snapshot_of({("A", "j1"): [1, 2], ("B", "j1"): [2, 1]}, [1, 1], 1)

    with pytest.raises(InputRefused, match="no criterion 'z' to settle ties by; known are x, y"):
        rank_totals(
            snapshot.totals,
            RankRule("mean", {}, "submitted", ties=("criterion:z",)),
            extensions=registry.get,
            criteria=snapshot,
        )
