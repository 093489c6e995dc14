"""Majority judgment: the conformance cases of Mieux Voter, the definition taken literally, and what is missing."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from juri.core.ballots.ballots import GradedBallots
from juri.core.ballots.majority import majority_judgment
from juri.core.errors import InputRefused

GRADES = ("poor", "fair", "good", "excellent")


def graded(tallies, voters=None, grades=GRADES):
    names = tuple(f"c{number}" for number in range(len(tallies)))
    return GradedBallots(names, tuple(grades[: len(tallies[0])]), tuple(map(tuple, tallies)), voters or sum(tallies[0]))


def ranks(tally):
    return [rank for _, rank in sorted((each.candidate, each.rank) for each in tally.placed)]


def test_every_case_of_mieux_voter_is_ranked_as_published(shared):
    cases = json.loads((shared / "reference" / "mj_mieuxvoter" / "assertions.json").read_text())
    for case in cases:
        modes = {"StaticDefault": str(case.get("default", 0)), "MedianDefault": "median", "Normalized": "normalise"}
        given = graded(case["tallies"], case["participants"], "0123456789")
        assert ranks(majority_judgment(given, modes.get(case.get("mode"), "worst"))) == case["ranks"], case["title"]
    assert len(cases) == 9


def test_tennessee_graded_by_distance_is_nashville():
    # Wikipedia, "Majority judgment": each city's own voters find it excellent, the farthest poor
    names = ("Memphis", "Nashville", "Chattanooga", "Knoxville")
    tallies = ((58, 0, 0, 42), (0, 32, 42, 26), (0, 43, 42, 15), (42, 26, 15, 17))
    tally = majority_judgment(GradedBallots(names, GRADES, tallies, 100))
    assert tally.placed[0].candidate == "Nashville"
    assert {each.candidate: each.figures["median"] for each in tally.placed}["Memphis"] == "poor"


def removed(tally):
    """Remove the lower median again and again, as the definition says."""
    row = [grade for grade, count in enumerate(tally) for _ in range(count)]
    found = []
    while row:
        found.append(row.pop((len(row) - 1) // 2))
    return found


electorates = st.integers(1, 12).flatmap(
    lambda voters: st.lists(
        st.lists(st.integers(0, 3), min_size=voters, max_size=voters).map(
            lambda row: tuple(row.count(grade) for grade in range(4))
        ),
        min_size=1,
        max_size=5,
    )
)


@given(electorates)
def test_the_runs_rank_as_removing_the_medians_one_by_one_does(tallies):
    merits = [removed(tally) for tally in tallies]
    assert ranks(majority_judgment(graded(tallies))) == [1 + sum(other > own for other in merits) for own in merits]


@given(electorates, st.randoms())
def test_the_order_of_the_candidates_is_of_no_account(tallies, random):
    order = list(range(len(tallies)))
    random.shuffle(order)
    assert ranks(majority_judgment(graded([tallies[each] for each in order]))) == [
        ranks(majority_judgment(graded(tallies)))[each] for each in order
    ]


@pytest.mark.parametrize(
    ("missing", "first"), [("worst", "c1"), ("excellent", "c0"), ("median", "c0"), ("normalise", "c0")]
)
def test_what_becomes_of_grades_that_were_not_given_is_said(missing, first):
    tally = majority_judgment(graded([(0, 0, 0, 4), (0, 0, 10, 0)], 10), missing)
    assert tally.placed[0].candidate == first
    assert tally.facts["missing_grades"] == missing
    assert ("candidates without a grade from every voter: 1" in tally.warnings[0]) is True


@pytest.mark.parametrize("missing", ["median", "normalise"])
def test_a_candidate_whom_nobody_graded_is_refused_where_the_own_grades_should_fill(missing):
    with pytest.raises(InputRefused, match="nobody graded this candidate"):
        majority_judgment(graded([(0, 0, 0, 0), (1, 1, 1, 0)], 3), missing)


def test_a_grade_that_there_is_not_is_refused():
    with pytest.raises(InputRefused, match="'superb' is no grade"):
        majority_judgment(graded([(1, 1, 1, 0)]), "superb")


def test_without_a_voter_nothing_is_counted():
    with pytest.raises(InputRefused, match="nothing to count"):
        majority_judgment(GradedBallots(("a",), GRADES, ((0, 0, 0, 0),), 0))
