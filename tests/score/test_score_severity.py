"""``juri score --method severity``: raw beside adjusted, what is held of each juror, and how sure the ranks are."""

import json
from pathlib import Path

import pytest

RIDGE = Path(__file__).resolve().parents[1] / "data" / "analysis" / "severity_ridge_open"
TRACKS = """\
track,entry,juror,score
umum,A,Budi,80
umum,A,Ani,70
umum,B,Budi,90
umum,B,Ani,77
umum,C,Budi,60
khusus,X,Ani,50
khusus,Y,Ani,60
"""


def test_raw_and_adjusted_stand_side_by_side_with_the_jurors(score):
    found = score(RIDGE / "connected.csv", "--method", "severity:lambda=1", "--format", "json").json
    wanted = json.loads((RIDGE / "expected.json").read_text(encoding="utf-8"))["expected"][0]["value"]["1"]

    assert {line["entry"]: float(line["score"]) for line in found["standings"]} == pytest.approx(
        wanted["entry"], abs=0.005
    )
    assert {each["juror"]: -float(each["severity"]) for each in found["jurors"]} == pytest.approx(
        wanted["juror_leniency"], abs=1e-6
    )
    plain = score(RIDGE / "connected.csv", "--format", "json").json["standings"]
    assert {(line["entry"], line["raw"], line["raw_rank"]) for line in found["standings"]} == {
        (line["entry"], line["score"], line["rank"]) for line in plain
    }
    assert found["estimates"]["lambda"] == "1.000000"
    assert found["jurors"][0]["juror"] == "J3"


def test_the_table_says_why_scores_were_corrected_and_what_jurors_are_like(score):
    lines = score(RIDGE / "connected.csv", "--method", "severity:lambda=1").text.splitlines()

    assert lines[0].split() == ["rank", "entry", "score", "jurors", "raw", "raw", "rank", "why"]
    assert "its jurors gave" in lines[2]
    assert any(line.split() == ["juror", "severity", "+-", "entries", "in", "common"] for line in lines)
    assert any(line.startswith("model:   lambda 1.000, noise_sd") for line in lines)


def test_csv_has_the_columns_of_the_correction_behind_the_others(score):
    text = score(RIDGE / "connected.csv", "--method", "severity", "--format", "csv").text

    assert text.splitlines()[0] == "rank,entry,score,jurors,tied,reason,raw,raw_rank,why"


def test_each_group_is_corrected_and_doubted_by_itself(score, scores):
    path = scores(TRACKS)
    found = score(path, "--group-by", "track", "--method", "severity", "--top", "1", "--format", "json").json

    assert {each["group"] for each in found["jurors"]} == {"umum", "khusus"}
    assert list(found["estimates"]) == ["khusus", "umum"]
    doubt = {line["entry"]: line["p_top"] for line in found["standings"]}
    assert (doubt["X"], doubt["Y"]) == (None, None)
    assert sum(float(doubt[entry]) for entry in "ABC") == pytest.approx(1, abs=0.002)
    table = score(path, "--group-by", "track", "--method", "severity", "--top", "1").text
    assert "note:    no entry in khusus has two sheets, so nothing can be said about doubt in khusus" in table


def test_where_nothing_can_be_said_about_doubt_nothing_is_said_about_the_cut(score, scores):
    table = score(scores("entry,juror,score\nA,Budi,80\nB,Ani,70\n"), "--method", "severity", "--top", "1").text

    assert "nothing can be said about doubt" in table
    assert "open:" not in table


def test_a_cut_says_how_probable_and_which_entries_are_open(score):
    arguments = (RIDGE / "connected.csv", "--method", "severity", "--top", "2", "--format", "json")
    found = score(*arguments).json

    assert found["doubt"] == {
        "top": 2,
        "draws": 1000,
        "seed": 20240229,
        "interval": "0.95",
        "borderline": found["doubt"]["borderline"],
    }
    by_entry = {line["entry"]: line for line in found["standings"]}
    assert sum(float(line["p_top"]) for line in by_entry.values()) == pytest.approx(2, abs=0.005)
    for name, line in by_entry.items():
        assert 1 <= line["rank_low"] <= line["rank_high"] <= 4
        assert (name in found["doubt"]["borderline"]) == (0.05 < float(line["p_top"]) < 0.95)


def test_the_seed_decides_and_the_order_of_rows_does_not(score, scores):
    text = (RIDGE / "connected.csv").read_text(encoding="utf-8")
    head, *rows = text.splitlines()
    turned = "\n".join([head, *rows[::-1]]) + "\n"

    def doubts(path, *more):
        return score(path, "--top", "2", "--format", "json", *more).json["standings"]

    one = doubts(scores(text))
    assert doubts(scores(turned, "turned.csv")) == one
    assert doubts(scores(text), "--seed", "7") != one


def test_intervals_alone_say_nothing_of_a_cut(score):
    (line, *_) = score(RIDGE / "connected.csv", "--intervals", "--format", "json").json["standings"]

    assert {"rank_low", "rank_high"} <= line.keys()
    assert "p_top" not in line
    table = score(RIDGE / "connected.csv", "--intervals").text
    assert "doubt:   true rank from-to with 95 % probability (1000 draws, seed 20240229;" in table


def test_a_cut_without_open_entries_says_so(score, scores):
    sure = "".join(f"{entry},{juror},{mark}\n" for entry, mark in (("A", 90), ("B", 50)) for juror in "123")

    assert (
        "open:    no entry lies between 5 % and 95 % for the top 1"
        in score(scores(f"entry,juror,score\n{sure}"), "--top", "1").text
    )


def test_zeros_for_absent_sheets_are_refused_for_severity_and_for_doubt(score, scores):
    path = scores("entry,juror,score\nA,Budi,80\nA,Ani,\nB,Budi,70\nB,Ani,60\n")

    (line,) = score(path, "--method", "severity", "--missing", "assigned-zero").lines
    assert line.startswith("missing: the method 'severity' would take an absent sheet that counts 0 for a harsh juror")
    (line,) = score(path, "--top", "1", "--missing", "assigned-zero").lines
    assert line.startswith("missing: where an absent sheet counts 0, nothing can be said of probabilities")


@pytest.mark.parametrize("method", ["blup", "zscore", "bayes:m=3", "jury-public:public=Ani,share=40"])
def test_the_other_methods_are_called_by_name(method, score, scores):
    path = scores("entry,juror,score\nA,Budi,80\nA,Ani,75\nB,Budi,70\nB,Ani,60\n")

    assert [line["entry"] for line in score(path, "--method", method, "--format", "json").json["standings"]] == [
        "A",
        "B",
    ]


def test_wilson_counts_votes(score, scores):
    path = scores("entry,juror,score\nA,1,1\nA,2,0\nB,1,1\nB,2,1\n")

    found = score(path, "--method", "wilson:confidence=0.9", "--format", "json").json
    assert [line["entry"] for line in found["standings"]] == ["B", "A"]


@pytest.mark.parametrize("value", ["0", "-1", "much", "1e400"])
def test_a_lambda_that_is_none_is_refused(value, score):
    assert score(RIDGE / "connected.csv", "--method", f"severity:lambda={value}").lines[0].startswith("method.lambda:")
