"""``juri rasch``: measures of a table, and what they must not be taken for."""

import csv
import io
import json
from pathlib import Path

import pytest

GUILFORD = Path(__file__).resolve().parents[1] / "data" / "analysis" / "mfrm_guilford_1954" / "data.csv"


@pytest.fixture(scope="session")
def rasch(score):
    """Return a function that runs ``juri rasch`` in this process."""

    def _rasch(*arguments, **more):
        return score(*arguments, verb="rasch", **more)

    return _rasch


@pytest.fixture(scope="session")
def guilford():
    """Return Guilford's ratings under headers that Juri knows."""
    return GUILFORD.read_text(encoding="utf-8").replace("judge,examinee,trait,rating", "judge,entry,criterion,rating")


def test_the_published_example_by_the_command(rasch, scores, guilford):
    found = rasch(scores(guilford), "--format", "json").json
    assert [each["name"] for each in found["entries"]][:2] == ["Betty", "Edward"]
    brahe = found["jurors"][0]
    assert (brahe["name"], brahe["total"], brahe["measure"]) == ("Brahe", 156, pytest.approx(0.2454, abs=0.001))
    assert found["thresholds"][0] == pytest.approx(-0.6905, abs=0.001)
    assert found["categories"] == [str(number) for number in range(1, 10)]
    assert found["warnings"] == []


def test_a_table_of_totals_has_two_facets(rasch, scores):
    text = "entry,X,Y,Z\nA,1,2,2\nB,3,3,1\nC,2,1,3\nD,3,2,2\n"
    found = rasch(scores(text), "--format", "json").json
    assert [each["name"] for each in found["criteria"]] == ["total"]
    assert found["criteria"][0]["measure"] == 0


def test_separate_groups_and_extremes_are_warned_of(rasch, scores):
    text = "entry,X,Y,Z,W\nA,1,2,,\nB,2,2,,\nC,2,1,,\nD,,,1,2\nE,,,2,1\nF,,,3,3\n"
    done = rasch(scores(text))
    assert "2 groups of jurors share no entry" in done.text
    assert "extreme" in done.text
    found = json.loads(rasch(scores(text), "--format", "json").text, parse_constant=pytest.fail)
    assert next(each for each in found["entries"] if each["name"] == "F")["infit"] is None
    assert (found["categories"], found["thresholds"]) == (["1", "2", "3"], [0, None])  # nobody but F has a 3


def test_a_table_that_fixes_no_measures_is_refused_and_a_short_scale_can_be_cut(rasch, scores, guilford):
    few = "entry,X,Y,Z\nA,80,70,\nB,60,75,\nC,90,55,\nD,30,,20\nE,,52,44\n"
    assert "run off without end" in rasch(scores(few)).lines[0]
    found = rasch(scores(guilford), "--classes", "3", "--format", "json").json
    assert found["categories"] == ["class 1", "class 2", "class 3"]


def test_csv_has_a_row_for_each_element(rasch, scores, guilford):
    rows = list(csv.DictReader(io.StringIO(rasch(scores(guilford), "--format", "csv").text)))
    assert [row["facet"] for row in rows] == ["entries"] * 7 + ["jurors"] * 3 + ["criteria"] * 5


def test_scores_that_never_differ_are_refused(rasch, scores):
    refused = rasch(scores("entry,X,Y\nA,4,4\nB,4,4\n"))
    assert refused.lines == [
        "scores: every entry, juror or criterion has the same score throughout; there is nothing to measure"
    ]
    assert rasch(scores("entry,X,Y\nA,,\n")).lines[0].endswith("the table holds no score")
