"""Schulze and Borda from ballots: published answers, ties, ballots that leave candidates out."""

import csv
import json
from decimal import Decimal
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from juri.core.ballots.ballots import RankedBallots
from juri.core.ballots.pairwise import borda, duels, schulze, strongest_paths
from juri.core.ballots.transfer import count_irv
from juri.core.errors import InputRefused

TENNESSEE = Path(__file__).resolve().parents[1] / "data" / "scoring" / "voting_tennessee"


def ballots(*rows):
    """Build ballots from ("5 ACBED", ...)."""
    names = sorted({sign for row in rows for sign in row if sign.isalpha()})
    split = (row.split() for row in rows)
    return RankedBallots.fold(
        names, [(tuple((names.index(sign),) for sign in text), int(count)) for count, text in split]
    )


@pytest.fixture
def tennessee():
    with (TENNESSEE / "ballots.csv").open(encoding="utf-8") as lines:
        rows = [(row["ranking"].split(">"), int(row["percent"])) for row in csv.DictReader(lines)]
    names = sorted(rows[0][0])
    return RankedBallots.fold(names, [(tuple((names.index(each),) for each in own), count) for own, count in rows])


def published(what):
    known = json.loads((TENNESSEE / "expected.json").read_text(encoding="utf-8"))["expected"]
    return next(each["value"] for each in known if each["what"].startswith(what))


def test_the_points_of_borda_are_the_published_ones(tennessee):
    points = {each.candidate: each.figures["points"] for each in borda(tennessee).placed}
    assert points == published("Borda points")


def test_schulze_elects_the_condorcet_winner_of_tennessee(tennessee):
    tally = schulze(tennessee)
    assert tally.placed[0].candidate == published("winners")["schulze"] == tally.facts["condorcet_winner"]
    order = [each.candidate for each in tally.placed]
    assert order == published("winners")["kemeny order"]
    place, wins = [tennessee.candidates.index(name) for name in order], duels(tennessee)
    assert sum(wins[a, b] for a, b in combinations(place, 2)) == published("Kemeny score of the order")


def test_most_first_preferences_and_instant_runoff_choose_others(tennessee):
    tally = count_irv(tennessee)
    most = max(tally.stages[0].votes, key=tally.stages[0].votes.__getitem__)
    assert (most, *tally.elected) == (published("winners")["plurality"], published("winners")["irv"])


def test_the_example_of_schulze_with_a_cycle_has_the_published_paths_and_order():
    # Schulze (2011), 45 voters; also Wikipedia, "Schulze method"
    given = ballots(
        "5 ACBED", "5 ADECB", "8 BEDAC", "3 CABED", "7 CAEBD", "2 CBADE", "7 DCEBA", "8 EBADC",
    )  # fmt: skip
    assert strongest_paths(duels(given)).tolist() == [
        [0, 28, 28, 30, 24],
        [25, 0, 28, 33, 24],
        [25, 29, 0, 29, 24],
        [25, 28, 28, 0, 24],
        [25, 28, 28, 31, 0],
    ]
    tally = schulze(given)
    assert "".join(each.candidate for each in tally.placed) == "EACBD"
    assert tally.facts["condorcet_winner"] is None


def test_a_perfect_cycle_is_a_tie_of_all():
    assert [(each.rank, each.tied) for each in schulze(ballots("1 ABC", "1 BCA", "1 CAB")).placed] == [(1, True)] * 3


def test_whom_a_ballot_leaves_out_stands_behind_and_alike():
    given = RankedBallots.fold("ABC", [(((0,),), 2)])
    assert duels(given).tolist() == [[0, 2, 2], [0, 0, 0], [0, 0, 0]]
    assert [each.figures["points"] for each in borda(given).placed] == [4, 1, 1]


def test_equal_preferences_share_the_points():
    given = RankedBallots.fold("ABC", [(((0, 1), (2,)), 1)])
    points = {each.candidate: each.figures["points"] for each in borda(given).placed}
    assert points == {"A": Decimal("1.5"), "B": Decimal("1.5"), "C": 0}


def test_as_many_ballots_as_no_machine_word_holds_are_counted_exactly():
    given = RankedBallots.fold(
        "AB", [(((0,), (1,)), 10**18), (((1,), (0,)), 10**18 + 1)] + [(((0,), (1,)), 10**18)] * 9
    )
    points = {each.candidate: each.figures["points"] for each in borda(given).placed}
    assert points == {"A": 10**19, "B": 10**18 + 1}
    assert schulze(given).facts["strongest_paths"]["A"]["B"] == 10**19


@pytest.mark.parametrize("method", [schulze, borda])
def test_who_withdrew_is_no_candidate(method):
    given = RankedBallots(("A", "B", "C"), {((0,), (1,), (2,)): 3}, frozenset({0}))
    assert [each.candidate for each in method(given).placed] == ["B", "C"]


@pytest.mark.parametrize("method", [schulze, borda])
def test_without_a_ballot_nothing_is_counted(method):
    with pytest.raises(InputRefused, match="nothing to count"):
        method(RankedBallots.fold("AB", [((), 3)]))


rankings = st.lists(st.tuples(st.permutations("ABCD").map("".join), st.integers(1, 9)), min_size=1, max_size=8)


@given(rankings)
def test_points_add_up_and_a_condorcet_winner_wins_schulze(rows):
    given = ballots(*(f"{count} {order}" for order, count in rows))
    voters = sum(count for _, count in rows)
    assert sum(each.figures["points"] for each in borda(given).placed) == 6 * voters
    tally = schulze(given)
    winner = tally.facts["condorcet_winner"]
    assert winner is None or [each.candidate for each in tally.placed if each.rank == 1] == [winner]


@given(rankings, st.permutations("ABCD"))
def test_other_names_permute_the_result(rows, names):
    other = dict(zip("ABCD", names, strict=True))
    for method in (schulze, borda):
        one = method(ballots(*(f"{count} {order}" for order, count in rows)))
        two = method(ballots(*(f"{count} {''.join(other[s] for s in order)}" for order, count in rows)))
        assert {other[each.candidate]: each.rank for each in one.placed} == {
            each.candidate: each.rank for each in two.placed
        }
