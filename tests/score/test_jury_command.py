"""``juri jury``: a line for each juror of a table, with gaps left out, and what else the table says of sheets."""

import json
import random

import pytest


@pytest.fixture(scope="session")
def jury(score):
    """Return a function that runs ``juri jury`` in this process."""

    def _jury(*arguments, **more):
        return score(*arguments, verb="jury", **more)

    return _jury


@pytest.fixture(scope="module")
def panel():
    """Return a panel of six jurors on twenty entries: J0 is severe by 20 points, J5 gives one score throughout."""
    drawn = random.Random(1)  # noqa: S311  no secret
    rows = ["entry,juror,urutan,menit,mutu,dampak"]
    for entry in range(20):
        quality = drawn.gauss(60, 10)
        for juror in range(6):
            mutu, dampak = (round(quality + drawn.gauss(0, 4) - 20 * (juror == 0)) for _ in range(2))
            rows.append(f"E{entry:02},J{juror},{entry + 1},{10 + juror},{mutu},{mutu if juror == 5 else dampak}")
    return "\n".join(rows) + "\n"


def test_every_juror_has_a_line_and_the_severe_one_a_prompt(jury, scores, panel):
    found = {each["juror"]: each for each in jury(scores(panel), "--format", "json").json["jurors"]}
    assert sorted(found) == [f"J{number}" for number in range(6)]
    assert (found["J0"]["sheets"], found["J0"]["common"], found["J0"]["minutes"]) == (20, 20, 10)
    assert found["J0"]["severity"] == pytest.approx(16, abs=4)
    assert "severe" in found["J0"]["flags"]
    assert found["J5"]["straight"] == 1
    assert "halo" in found["J5"]["flags"]
    assert found["J1"]["drift"] is not None
    assert found["J1"]["flags"] == []


def test_the_table_says_that_a_prompt_excludes_nobody(jury, scores, panel):
    text = jury(scores(panel)).text
    assert "it excludes nobody" in text
    assert "severe" in text


def test_order_and_time_are_no_criteria_and_may_be_left_out(jury, scores, panel):
    bare = "\n".join(",".join(line.split(",")[:2] + line.split(",")[4:]) for line in panel.splitlines()) + "\n"
    with_time, without = (jury(scores(text), "--format", "json").json["jurors"] for text in (panel, bare))
    assert [each["severity"] for each in without] == [each["severity"] for each in with_time]
    assert {each["drift"] for each in without} == {each["minutes"] for each in without} == {None}


def test_a_time_that_is_no_number_is_told_with_its_cell(jury, scores):
    refused = jury(scores("entry,juror,menit,score\nA,X,lama,5\nA,Y,3,6\n"))
    assert refused.lines[0].startswith("row 2, column C (menit): 'lama' is not a number")


def test_groups_and_gaps(jury, scores):
    text = "track,entry,X,Y\nbarat,A,1,2\nbarat,B,3,\ntimur,C,5,4\n"
    found = json.loads(jury(scores(text), "--format", "json").text, parse_constant=pytest.fail)
    assert sorted(found["groups"]) == ["barat", "timur"]
    assert [each["sheets"] for each in found["groups"]["barat"]] == [2, 1]
    rows = jury(scores(text), "--format", "csv").text.splitlines()
    assert rows[0].startswith("group,juror,sheets,common,mean,severity,low,high")
    assert len(rows) == 1 + 2 + 2 + 2


def test_a_rubric_is_asked_for_the_totals(jury, scores, rubric):
    path = scores("entry,juror,signifikansi,dampak\nA,X,80,n/a\nA,Y,70,60\nB,X,90,50\nB,Y,75,65\n")
    first = jury(path, "--rubric", rubric, "--format", "json").json["jurors"][0]
    assert (first["juror"], first["mean"]) == ("X", pytest.approx((80 + (0.6 * 90 + 0.4 * 50)) / 2))
