"""``juri agreement``: reads what ``juri score`` reads, tells each criterion and group, and refuses as clearly."""

import json
from pathlib import Path

import pytest

DATA = Path(__file__).resolve().parents[1] / "data" / "analysis"
KEYS = ("icc", "krippendorff_alpha", "kendall_w", "fleiss_kappa", "cohen_kappa")
WIDE = (
    "inovasi;juri;signifikansi;dampak\n"
    "A;Budi;80;84,5\nA;Ani;90;71,5\nB;Budi;85;79\nB;Ani;80;\nC;Budi;60;64\nC;Ani;72;88\n"
)


@pytest.fixture(scope="session")
def agreement(score):
    """Return a function that runs ``juri agreement`` in this process."""

    def _agreement(*arguments, **more):
        return score(*arguments, verb="agreement", **more)

    return _agreement


def test_the_published_table_comes_out_as_printed(agreement):
    found = agreement(DATA / "icc_shrout_fleiss_1979" / "data.csv", "--format", "json").json
    printed = {"1": 0.17, "A1": 0.29, "C1": 0.71, "1k": 0.44, "Ak": 0.62, "Ck": 0.91}
    assert found["icc"] == pytest.approx(printed, abs=0.005)
    assert found["icc_intervals"]["A1"] == pytest.approx([0.018786513, 0.76108437], abs=1e-6)
    assert found["variance_components"]["juror"] == pytest.approx((32.49 - 1.02) / 6, abs=0.01)


def test_every_shape_of_a_table_gives_the_same_figures(agreement, scores):
    long = "juror,entry,score\nX,A,1\nY,A,2\nX,B,4\nY,B,3\nX,C,5\nY,C,5\n"
    wide = "entry,juror,c\nA,X,1\nA,Y,2\nB,X,4\nB,Y,3\nC,X,5\nC,Y,5\n"
    matrix = "entry,X,Y\nA,1,2\nB,4,3\nC,5,5\n"
    found = [agreement(scores(text), "--format", "json").json for text in (long, wide, matrix)]
    first, *others = [{key: each[key] for key in KEYS} for each in found]
    assert all(other == first for other in others)
    assert None not in first.values()


def test_each_criterion_is_told_by_itself_and_a_sheet_filled_in_part_counts_where_it_is_filled(agreement, scores):
    found = agreement(scores(WIDE), "--format", "json").json
    assert {name: part["scores"] for name, part in found["criteria"].items()} == {"signifikansi": 6, "dampak": 5}
    assert found["scores"] == 5
    assert found["reasons"]["kendall_w"] == "not every juror scored every entry"
    assert found["criteria"]["signifikansi"]["kendall_w"] is not None


@pytest.mark.parametrize("header", ["tahap", "Stage", "track"])
def test_stages_and_tracks_are_told_apart_without_being_asked(agreement, scores, header):
    text = f"{header},entry,juror,score\n" + "".join(
        f"{group},{entry},{juror},{score}\n"
        for group, first in (("final", 1), ("awal", 5))
        for score, (entry, juror) in enumerate([("A", "X"), ("A", "Y"), ("B", "X"), ("B", "Y")], first)
    )
    found = agreement(scores(text), "--format", "json").json
    assert found["group_by"] == [header]
    assert sorted(found["groups"]) == ["awal", "final"]
    assert found["groups"]["awal"]["icc"] == found["groups"]["final"]["icc"]
    assert (found["entries"], found["scores"]) == (4, 8)


def test_another_column_sets_scores_apart_when_it_is_named(agreement, scores):
    path = scores("wilayah,entry,X,Y\nbarat,A,1,2\nbarat,B,3,4\ntimur,C,5,5\n")
    assert sorted(agreement(path, "--group-by", "Wilayah", "--format", "json").json["groups"]) == ["barat", "timur"]
    refused = agreement(path, "--group-by", "daerah")
    assert refused.lines == ["--group-by: there is no column 'daerah'; the table has 'wilayah', 'entry', 'X', 'Y'"]


def test_a_rubric_weighs_the_totals_and_checks_the_scale(agreement, scores, rubric):
    path = scores(WIDE.replace("B;Ani;80;\n", "B;Ani;80;90\n"))
    equal, weighted = (agreement(path, *more, "--format", "json").json for more in ((), ("--rubric", rubric)))
    assert weighted["rubric"]["id"] == "kipp"
    assert weighted["krippendorff_alpha"] != equal["krippendorff_alpha"]
    assert weighted["criteria"]["dampak"]["icc"] == equal["criteria"]["dampak"]["icc"]
    off = agreement(scores("entry,juror,signifikansi,dampak\nA,X,8031,5\n"), "--rubric", rubric)
    assert off.lines == ["row 2, column C (signifikansi): 8031 is outside the scale 0 to 100"]


def test_words_are_categories_where_the_level_is_nominal(agreement, scores):
    path = scores("entry,juror,lolos\nA,X,ya\nA,Y,ya\nB,X,tidak\nB,Y,Ya\nC,X,tidak\nC,Y,tidak\n")
    found = agreement(path, "--level", "nominal", "--format", "json").json
    assert found["cohen_kappa"] == pytest.approx(0.4)
    assert found["icc"]["A1"] is None
    assert found["reasons"]["icc_A1"] == "the scores are words; only the level 'nominal' has a meaning for them"
    refused = agreement(path, "--level", "ordinal")
    assert refused.lines[0].startswith("row 2, column C (lolos): 'ya' is not a number")


def test_words_beside_numbers_have_no_total_but_each_its_own_figures(agreement, scores):
    path = scores("entry,juror,lolos,mutu\nA,X,ya,4\nA,Y,ya,5\nB,X,tidak,1\nB,Y,ya,2\n")
    found = agreement(path, "--level", "nominal", "--format", "json").json
    assert found["krippendorff_alpha"] is None
    assert found["reasons"]["krippendorff_alpha"] == (
        "some criteria are scored in words, which do not add up to a total"
    )
    assert found["criteria"]["lolos"]["krippendorff_alpha"] is not None
    assert found["criteria"]["mutu"]["icc"]["A1"] is not None


def test_a_slip_among_numbers_is_refused_at_every_level(agreement, scores):
    path = scores("entry,juror,score\nA,X,1\nA,Y,8O\nA,Y,2\n")
    for level in ("nominal", "interval"):
        assert [line.partition(":")[0] for line in agreement(path, "--level", level).lines] == [
            "row 3, column C (score)",
            "row 4, column B (juror)",
        ]


def test_a_group_without_a_name_is_refused_with_its_row(agreement, scores):
    refused = agreement(scores("track,entry,X,Y\nbarat,A,1,2\n,B,3,4\n"))
    assert refused.lines == ["row 3: the cell of the group is empty, but the row has text; name it"]


def test_an_unknown_level_is_a_mistake_of_the_command_line(agreement, scores):
    done = agreement(scores("entry,X,Y\nA,1,2\n"), "--level", "metric")
    assert done.status == 2
    assert "'metric' is not one of" in done.errors


def test_csv_has_a_row_for_each_figure_and_a_workbook_is_written(agreement, scores, tmp_path):
    rows = agreement(scores(WIDE), "--format", "csv").text.splitlines()
    assert rows[0] == "group,criterion,figure,value,low,high,reason"
    assert ",dampak,kendall_w,,,,not every juror scored every entry" in rows
    done = agreement(scores(WIDE), "-o", tmp_path / "agreement.xlsx")
    assert (done.status, done.text) == (0, "")
    assert (tmp_path / "agreement.xlsx").read_bytes().startswith(b"PK")


def test_no_figure_is_ever_not_a_number(agreement, scores):
    text = agreement(scores("entry,X,Y\nA,4,4\nB,4,4\n"), "--format", "json").text
    found = json.loads(text, parse_constant=pytest.fail)
    assert set(found["icc"].values()) == {None}
    assert found["reasons"]["icc_1"] == "all scores are the same, so nothing can be told from how they vary"


def test_the_headers_of_studies_of_agreement_are_understood(agreement, scores):
    canonical = agreement(DATA / "krippendorff_canonical" / "data.csv", "--level", "ordinal", "--format", "json").json
    assert canonical["krippendorff_alpha"] == pytest.approx(0.815387504)
    subjects = agreement(scores("subject,rater1,rater2\n1,3,4\n2,5,5\n3,1,2\n"), "--format", "json").json
    assert (subjects["jurors"], subjects["entries"]) == (2, 3)
    refused = agreement(scores("thing,who,much\nA,X,1\n"))
    assert refused.lines[0].startswith("row 1: no column is headed 'entry'")
