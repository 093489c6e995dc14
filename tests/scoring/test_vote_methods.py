"""Few votes beside many, and a public beside a jury."""

from fractions import Fraction

import pytest

from juri.core.errors import InputRefused

STARS = {"few": {"1": 5, "2": 5}, "many": {str(n): 4 for n in range(6)}, "low": {str(n): 2 for n in range(4)}}
BOTH = {
    "A": {"Ani": 8, "Budi": 6, "public": 5},
    "B": {"Ani": 4, "Budi": 4, "public": 9},
    "C": {"Ani": 9},
    "D": {"public": 7},
}


def test_the_bayesian_mean_counts_the_mean_of_all_for_so_many_sheets(rank):
    whole = Fraction(2 * 5 + 6 * 4 + 4 * 2, 12)

    standings = rank(STARS, "bayes", options={"m": "2.5"})

    assert standings.score_of() == {
        "few": (10 + Fraction(5, 2) * whole) / (2 + Fraction(5, 2)),
        "many": (24 + Fraction(5, 2) * whole) / (6 + Fraction(5, 2)),
        "low": (8 + Fraction(5, 2) * whole) / (4 + Fraction(5, 2)),
    }
    assert rank(STARS, "bayes", options={"m": "0"}).score_of() == rank(STARS).score_of()


def test_without_a_number_the_mean_of_all_counts_for_the_median_number_of_sheets(rank):
    assert "the mean of all counts for m = 4 sheets" in rank(STARS, "bayes").warnings
    halves = rank({"A": {"1": 1}, "B": {"1": 2, "2": 4}}, "bayes")
    assert "the mean of all counts for m = 3/2 sheets" in halves.warnings


def test_nothing_to_draw_to_where_nobody_voted(rank):
    standings = rank({"A": {"1": None}}, "bayes")

    assert [gone.entry for gone in standings.unranked] == ["A"]
    assert rank({"A": {"1": 3, "2": 1}, "B": {"1": None}}, "bayes").unranked[0].entry == "B"


def test_an_entry_with_few_votes_cannot_win_by_wilson(rank):
    votes = {"two": {"1": 1, "2": 1}, "forty": {str(n): 0 if n < 4 else 1 for n in range(40)}, "none": {"1": None}}

    standings = rank(votes, "wilson")

    assert [line.entry for line in standings.lines] == ["forty", "two"]
    assert [gone.entry for gone in standings.unranked] == ["none"]
    assert rank(votes, "wilson", options={"continuity": "yes"}).score_of()["forty"] < standings.score_of()["forty"]
    assert rank(votes, "wilson", options={"confidence": "0.8"}).score_of()["two"] > standings.score_of()["two"]


def test_only_votes_are_counted_by_wilson(rank):
    with pytest.raises(InputRefused, match="1 \\(in favour\\) or 0; others are given to A"):
        rank({"A": {"1": 1, "2": 3}, "B": {"1": 0}}, "wilson")


def test_points_of_jury_and_public_are_added_up(rank):
    standings = rank(BOTH, "jury_public", options={"public": "public"})

    assert standings.score_of() == {"A": 19, "B": 17}
    assert [gone.entry for gone in standings.unranked] == ["C", "D"]
    assert standings.warnings == ("no points of the public, so no score: C", "no points of the jury, so no score: D")


def test_the_public_has_its_share_and_the_mean_of_the_jurors_the_rest(rank):
    standings = rank(BOTH, "jury_public", options={"public": "public", "share": "25"})

    assert standings.score_of() == {"A": Fraction(13, 2), "B": Fraction(21, 4)}


def test_a_side_that_spreads_its_points_further_decides_and_that_is_told(rank):
    scores = {"A": {"Ani": 80, "public": 900}, "B": {"Ani": 90, "public": 100}}

    standings = rank(scores, "jury_public", options={"public": "public", "share": "10"})

    assert standings.lines[0].entry == "A"
    assert standings.warnings[0].startswith("the public spreads its points more than twice as far")
    swapped = {entry: {"Ani": row["public"], "public": row["Ani"]} for entry, row in scores.items()}
    assert rank(swapped, "jury_public", options={"public": "public", "share": "10"}).warnings[0].startswith("the jury")


@pytest.mark.parametrize(("name", "message"), [("publik", "is nobody who gave points"), ("Ani", "alone gave points")])
def test_the_public_must_be_there_and_not_alone(name, message, rank):
    with pytest.raises(InputRefused, match=message):
        rank({"A": {"Ani": 8}, "B": {"Ani": 4}}, "jury_public", options={"public": name})


def test_before_anybody_gave_points_nobody_is_ranked_and_nothing_refused(rank):
    assert rank({}, "jury_public", entries=["A"], options={"public": "public"}).unranked[0].entry == "A"


def test_equal_sums_go_to_the_higher_points_of_the_public(rank):
    equal = {"A": {"Ani": 8, "public": 2}, "B": {"Ani": 3, "public": 7}, "C": {"Ani": 10, "public": 0}}

    standings = rank(equal, "jury_public", options={"public": "public"}, ties=("juror:public",))

    assert [(line.entry, line.tie_rule) for line in standings.lines] == [(name, "juror:public") for name in "BAC"]


def test_a_tie_rule_by_juror_needs_a_juror_and_puts_those_without_a_sheet_last(rank):
    equal = {"A": {"1": -3, "2": 3}, "B": {"2": 0}, "C": {"2": 0, "1": 0}}

    assert [line.entry for line in rank(equal, ties=("juror:1",)).lines] == ["C", "A", "B"]
    with pytest.raises(InputRefused, match="there is no juror 'chair'"):
        rank(equal, ties=("juror:chair",))
