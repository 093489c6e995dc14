"""Jurors who never finish: what follows is named by the edition, and each policy says whom it concerns."""

import pytest

from juri.core.errors import InputRefused, Problem
from juri.core.scoring.missing import MissingPolicy
from juri.core.scoring.standings import Unranked

KOVABLIK = {
    "A": {"j1": 90, "j2": 90, "j3": None},
    "B": {"j1": 64, "j2": 64, "j3": 64},
    "C": {"j1": 80, "j2": None, "j3": None, "j4": 82, "j5": 78},
}
"""Juror j3 has no sheet for A, j2 and j3 have none for C: KOVABLIK's three-way example, drawn up for this test."""


def order(standings):
    return [line.entry for line in standings.lines]


def test_the_same_scores_have_three_orders_under_three_policies(rank):
    over_assigned = rank(KOVABLIK, missing="zero")
    over_submitted = rank(KOVABLIK, missing="submitted")
    added_up = rank(KOVABLIK, "sum", missing="submitted")

    assert order(over_assigned) == ["B", "A", "C"]
    assert over_assigned.score_of() == {"A": 60, "B": 64, "C": 48}
    assert order(over_submitted) == ["A", "C", "B"]
    assert over_submitted.score_of() == {"A": 90, "B": 64, "C": 80}
    assert order(added_up) == ["C", "B", "A"]
    assert added_up.score_of() == {"A": 180, "B": 192, "C": 240}


def test_an_absent_juror_counts_zero_when_the_edition_says_so(rank):
    standings = rank({"A": {"j1": 90, "j2": None}}, missing="zero")

    assert [(line.score, line.sheets) for line in standings.lines] == [(45, 1)]
    assert standings.missing == "zero"
    assert standings.warnings == ("absent sheets by juror: j2 (1); each counts 0",)


def test_an_entry_whose_jurors_are_all_absent_has_zero_but_one_without_jurors_has_no_rank(rank):
    standings = rank({"A": {"j1": None}, "B": {"j1": 5}}, missing="zero", entries=("C",))

    assert standings.score_of() == {"A": 0, "B": 5}
    assert standings.unranked == (Unranked("C", 0, "nobody was assigned to it"),)


def test_without_a_submitted_sheet_an_entry_has_no_rank(rank):
    standings = rank({"A": {"j1": None}, "B": {"j1": 5}}, entries=("C",))

    assert order(standings) == ["B"]
    assert standings.unranked == (
        Unranked("A", 0, "no sheet was submitted"),
        Unranked("C", 0, "nobody was assigned to it"),
    )
    assert standings.warnings == ("absent sheets by juror: j1 (1); only submitted sheets count",)


def test_an_entry_below_the_quorum_is_incomplete_and_its_sheets_rank_nobody(rank):
    scores = {"A": {"j1": 9, "j2": 8}, "B": {"j1": 7, "j2": 9}, "C": {"j1": 8, "j2": None}, "D": {"j1": None}}
    standings = rank(scores, "borda", missing="quorum:2", entries=("E",))

    assert standings.score_of() == {"A": 1, "B": 1}
    assert standings.unranked == (
        Unranked("C", 1, "incomplete: 1 of at least 2 sheets"),
        Unranked("D", 0, "no sheet was submitted"),
        Unranked("E", 0, "nobody was assigned to it"),
    )
    assert standings.warnings == ("absent sheets by juror: j1 (1), j2 (1); an entry needs 2",)


def test_a_juror_who_did_not_finish_is_dropped_everywhere_and_named(rank):
    scores = {"A": {"j1": 60, "j2": 90}, "B": {"j1": 70, "j2": None}, "C": {"j2": 50}, "D": {"j2": None}}
    standings = rank(scores, missing="drop_juror", entries=("E",))

    assert [(line.entry, line.score, line.sheets, line.uncounted) for line in standings.lines] == [
        ("B", 70, 1, ()),
        ("A", 60, 1, ("j2",)),
    ]
    assert standings.unranked == (
        Unranked("C", 1, "all its jurors were dropped, because they did not finish"),
        Unranked("D", 0, "no sheet was submitted"),
        Unranked("E", 0, "nobody was assigned to it"),
    )
    assert standings.warnings == ("absent sheets by juror: j2 (2); all sheets of these jurors are left out",)


def test_the_policy_block_ranks_nothing_and_names_every_missing_sheet(rank):
    with pytest.raises(InputRefused) as refused:
        rank(KOVABLIK, missing="block")

    assert [(problem.field, problem.code) for problem in refused.value.problems] == [
        ("A", "sheet_missing"),
        ("C", "sheet_missing"),
        ("C", "sheet_missing"),
    ]
    assert refused.value.problems[0].message == (
        "juror 'j3' has no sheet for entry 'A', and the policy 'block' ranks nothing before all sheets are there"
    )


@pytest.mark.parametrize("policy", ["block", "drop_juror", "quorum:1", "submitted", "zero"])
def test_where_no_sheet_is_missing_every_policy_comes_to_the_same(rank, policy):
    standings = rank({"A": {"j1": 3, "j2": 4}, "B": {"j1": 5, "j2": 6}}, missing=policy, entries=("C",))

    assert standings.score_of() == {"A": 3.5, "B": 5.5}
    assert standings.unranked == (Unranked("C", 0, "nobody was assigned to it"),)
    assert standings.warnings == ()


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("submited", "did you mean 'submitted'? Known are"),
        ("quorum", "did you mean 'quorum:N'? Known are"),
        ("quorum:0", "did you mean 'quorum:N'? Known are"),
        ("ignore", "known are"),
    ],
)
def test_an_unknown_policy_is_refused_with_those_that_there_are(text, hint):
    with pytest.raises(InputRefused) as refused:
        MissingPolicy.parse(text)

    assert refused.value.problems == (
        Problem(
            "missing",
            f"there is no policy '{text}' for missing sheets; {hint} block, drop_juror, quorum:N, submitted, zero",
            "unknown_policy",
        ),
    )


def test_a_quorum_carries_its_number():
    assert MissingPolicy.parse("quorum:3") == MissingPolicy("quorum", 3)
