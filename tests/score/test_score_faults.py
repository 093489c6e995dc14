"""What is wrong in a file of scores is told, all of it, with row and column; nothing is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

NO_NUMBER = "is not a number; write digits with at most one comma or point, such as 84.5 or 84,5"


def test_every_fault_of_a_sheet_is_told_in_the_order_of_the_spreadsheet(score, scores, rubric):
    path = scores(
        "inovasi;juri;signifikansi;dampak\n"
        "A;Budi;80;84,38\n"
        "B;Budi;8031;n/a\n"
        "A;Ani;tinggi;-0,5\n"
        "B;Ani;;3\n"
        ";Ani;1;2\n"
        "B;Ani;1.234,5;x\n"
    )
    assert score(path, "--rubric", rubric).lines == [
        "row 3, column C (signifikansi): 8031 is outside the scale 0 to 100",
        f"row 4, column C (signifikansi): 'tinggi' {NO_NUMBER}",
        "row 4, column D (dampak): -0.5 is outside the scale 0 to 100",
        "row 5, column C (signifikansi): 'signifikansi' is not answered; every required criterion needs a score",
        "row 6, column A (inovasi): the cell is empty, but the row has text; name it",
        "row 7, column B (juri): 'B', 'Ani' is in row 5 already; remove one of the two",
        (
            "row 7, column C (signifikansi): '1.234,5' separates thousands; write digits with at most one comma or "
            "point, for the decimals"
        ),
        f"row 7, column D (dampak): 'x' {NO_NUMBER}",
    ]


def test_without_a_rubric_cells_must_be_numbers_and_sheets_complete(score, scores):
    path = scores("entry,juror,c1,c2\nA,J,n/a,1\nB,J,,2\nC,J,x,-3\nC,J,y,4\n")
    assert score(path).lines == [
        (
            "row 2, column C (c1): 'not applicable' needs a rubric; name a rubric whose criterion allows it, or empty "
            "the cell"
        ),
        (
            "row 3, column C (c1): 'c1' has no score on this sheet; a sheet is complete or empty; a rubric may say "
            "that a criterion is not required"
        ),
        f"row 4, column C (c1): 'x' {NO_NUMBER}",
        "row 5, column B (juror): 'C', 'J' is in row 4 already; remove one of the two",
        f"row 5, column C (c1): 'y' {NO_NUMBER}",
    ]


def test_a_decimal_comma_is_read_where_the_lost_comma_is_refused(score, scores, rubric):
    good, bad = (f"entry;juror;signifikansi;dampak\nA;J;{text};80\n" for text in ("80,31", "8031"))
    done = score(scores(good), "--rubric", rubric, "--format", "json").json
    assert [line["score_exact"] for line in done["standings"]] == ["40093/500"]
    assert score(scores(bad), "--rubric", rubric).lines == [
        "row 2, column C (signifikansi): 8031 is outside the scale 0 to 100"
    ]


def test_an_unknown_criterion_is_told_once_at_its_header_in_wide_form(score, scores, rubric):
    path = scores("entry,juror,signifikasi,dampak\nA,J,1,2\nB,J,3,4\n")
    assert score(path, "--rubric", rubric).lines == [
        "row 1, column C (signifikasi): 'signifikasi' is not a criterion of this rubric; did you mean 'signifikansi'?",
        "row 2, column C (signifikasi): 'signifikansi' is not answered; every required criterion needs a score",
        "row 3, column C (signifikasi): 'signifikansi' is not answered; every required criterion needs a score",
    ]


def test_an_unknown_criterion_is_told_at_its_cell_in_long_form(score, scores, rubric):
    path = scores("entry,juror,criterion,score\nA,J,Signifikansi inovasi,1\nA,J,dampak,2\nA,J,zzz,3\nA,J,zzz,4\n")
    assert score(path, "--rubric", rubric).lines == [
        "row 4, column C (criterion): 'zzz' is not a criterion of this rubric; it asks signifikansi, dampak",
        "row 5, column B (juror): 'A', 'J', 'zzz' is in row 4 already; remove one of the two",
        "row 5, column C (criterion): 'zzz' is not a criterion of this rubric; it asks signifikansi, dampak",
    ]


def test_a_criterion_that_is_missing_in_long_form_is_told_at_its_sheet(score, scores, rubric):
    path = scores("entry,juror,criterion,score\nA,J,signifikansi,1\nB,J,dampak,2\nB,J,signifikansi,3\n")
    assert score(path, "--rubric", rubric).lines == [
        "row 2, column D (score): 'dampak' is not answered; every required criterion needs a score"
    ]


def test_a_criterion_may_not_come_by_its_id_and_by_its_name(score, scores, rubric):
    path = scores("entry,juror,signifikansi,signifikansi inovasi,dampak\nA,J,1,2,3\n")
    assert score(path, "--rubric", rubric).lines == [
        "row 2, column D (signifikansi inovasi): 'signifikansi' stands twice on this sheet"
    ]


def test_not_applicable_counts_only_where_the_rubric_allows_it(score, scores, rubric):
    path = scores("entry,juror,signifikansi,dampak\nA,J,80,N/A\nB,J,na,80\n")
    assert score(path, "--rubric", rubric).lines == [
        "row 3, column C (signifikansi): 'signifikansi' does not allow 'not applicable'; give a score"
    ]


def test_a_repeated_row_is_one_fault_where_it_holds_no_score(score, scores):
    path = scores("entry,juror,c\nA,J,1\nA,J,-\nA,J,\n")
    assert score(path).lines == [
        "row 3, column B (juror): 'A', 'J' is in row 2 already; remove one of the two",
        "row 4, column B (juror): 'A', 'J' is in row 2 already; remove one of the two",
    ]


def test_an_entry_in_two_groups_is_refused(score, scores):
    path = scores("track,entry,Budi\numum,A,1\nkhusus,B,2\n,C,3\nkhusus,A,4\n")
    assert score(path, "--group-by", "track").lines == [
        "row 4, column A (track): the cell is empty, but the row has text; name it",
        "row 5, column B (entry): 'A' is in row 2 already; remove one of the two",
    ]
    path = scores("track,entry,juror,score\numum,A,Budi,1\nkhusus,A,Ani,2\n")
    assert score(path, "--group-by", "track").lines == [
        "row 3, column A (track): 'A' belongs to 'umum' in row 2; an entry has one group"
    ]


def test_a_matrix_cannot_be_scored_by_a_rubric_of_several_criteria(score, scores, rubric):
    assert score(scores("entry,Budi\nA,1\n"), "--rubric", rubric).lines == [
        (
            "--rubric: the matrix form holds one total for each sheet, but the rubric 'kipp' asks 2 criteria; give "
            "their scores in wide form: entry,juror,signifikansi,dampak"
        )
    ]


def test_a_rubric_of_one_criterion_gives_totals_their_scale(score, scores):
    rubric = scores(
        "juri: 1\nrubric: total\nkind: weighted\nscale: {min: 0, max: 20, step: 0.5}\n"
        "criteria: [{id: taste, weight: 100}]\n",
        "total.yaml",
    )
    path = scores("judge,wine,score\nKahn,Ridge,14.5\nKahn,Heitz,20.5\nOliver,Heitz,7.25\n")
    assert score(path, "--rubric", rubric).lines == [
        "row 3, column C (score): 20.5 is outside the scale 0 to 20",
        "row 4, column C (score): 7.25 is not a step of 0.5 from 0",
    ]


def test_the_policy_block_names_each_absent_sheet(score, scores):
    path = scores("entry,juror,c\nA,Budi,1\nA,Ani,2\nB,Budi,\nC,Ani,-\nC,Budi,3\n")
    assert score(path, "--missing", "block").lines == [
        (
            "row 4: 'Ani' has no score for 'B'; the policy 'block' ranks nothing before all are there ('-' says that "
            "none is due)"
        ),
        (
            "row 4, column C (c): 'Budi' has no score for 'B'; the policy 'block' ranks nothing before all are there ("
            "'-' says that none is due)"
        ),
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--method", "trimed"], "--method: there is no method 'trimed'; did you mean 'trimmed'?"),
        (["--method", "trimmed:low"], "--method: 'low' is not an option; write trimmed:key=value"),
        (["--method", "trimmed:low=1,low=2"], "--method: an option is given twice; give each once"),
        (["--method", "mean:low=1"], "method: the method 'mean' has no options; remove low"),
        (["--method", "trimmed:low=x"], "method.low: 'x' is not a whole number; write one such as 5"),
        (
            ["--missing", "submited"],
            (
                "--missing: there is no policy 'submited'; did you mean 'submitted'? Known are "
                "submitted, assigned-zero, sum, quorum:N, drop-juror, block"
            ),
        ),
        (
            ["--missing", "quorum:0"],
            (
                "--missing: there is no policy 'quorum:0'; did you mean 'quorum:N'? Known are "
                "submitted, assigned-zero, sum, quorum:N, drop-juror, block"
            ),
        ),
        (
            ["--missing", "sum", "--method", "mean"],
            "--missing: the policy 'sum' adds up what was submitted; it goes with --method sum, not with 'mean'",
        ),
        (["--ties", "criterion:c"], "--ties: there is no criterion 'c'; did you mean 'c1'?"),
        (["--ties", "criterion:zzzzz"], "--ties: there is no criterion 'zzzzz'; the scores have c1"),
        (["--ties", "criterion"], "ties: write 'criterion:ARGUMENT' in the tie chain, not 'criterion'"),
        (["--ties", "fact:age"], "--ties: a table of scores holds no facts of entries; leave this rule out"),
        (["--ties", "shared,median"], "--ties: 'shared' leaves the rest tied, so it can only stand last"),
        (
            ["--ties", "mediann"],
            "--ties: there is no tie breaker 'mediann'; did you mean 'median'? ('shared' is known, too)",
        ),
        (["--format", "pdf"], "--format: there is no format 'pdf'; known are table, csv, html, json, page, xlsx"),
        (
            ["--rubric", "kipp-2023"],
            "--rubric: there is no rubric 'kipp-2023'; did you mean 'kipp-2023-umum'?; or name a file",
        ),
        (["--sheet", "Nilai"], "scores.csv: a text file has no sheets; leave --sheet away"),
    ],
)
def test_an_option_that_cannot_be_followed_is_refused_with_the_nearest_word(arguments, said, score, scores):
    assert score(scores("entry,juror,c1\nA,J,1\n"), *arguments).lines == [said]


def test_a_fault_of_the_rubric_is_told_with_file_line_and_column(score, scores):
    rubric = scores("juri: 1\nrubric: r\nkind: wieghted\ncriteria: [{id: a, weight: 100}]\n", "r.yaml")
    done = score(scores("entry,juror,a\nA,J,1\n"), "--rubric", rubric)
    assert (done.status, done.data) == (2, b"")
    assert f"{rubric}:3:7: " in done.errors


def test_a_file_that_is_not_there_is_named(score, tmp_path):
    assert score(tmp_path / "none.csv").lines == [
        f"{tmp_path}/none.csv: the file cannot be read: No such file or directory"
    ]
    done = score(tmp_path / "none.csv", "--rubric", tmp_path / "none.yaml")
    assert (done.status, done.data) == (2, b"")


def test_nothing_is_written_where_anything_is_refused(score, scores, tmp_path):
    before = scores("what stood there", "out.json")
    bad = scores("entry,juror,c1\nA,J,x\n")
    assert score(bad, "-o", before).status == score(bad, "-o", tmp_path / "new.csv").status == 2
    assert before.read_text() == "what stood there"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.json", "scores.csv"]


def test_a_message_cannot_write_to_the_terminal(score, scores):
    done = score(scores("entry,juror,c\nA,J,\x1b[2Jx\nA\x1b,J\x1b,1\nA\x1b,J\x1b,1\n"))
    assert done.status == 2
    assert "\x1b" not in done.errors


CELL = st.one_of(
    st.sampled_from(["", "-", "na", "A", "B", "80", "84,38", "1e5", "٤", "=1+1", '"', "\x00", "9" * 50, "Ani", "ü"]),
    st.text(max_size=4),
)
HEADS = st.sampled_from(
    ["entry,juror,criterion,score", "entry;juror;signifikansi;dampak", "entry,Budi,Ani", "judge\twine\tscore", "x,y"]
)


@given(
    st.one_of(
        st.binary(max_size=200),
        st.builds(
            lambda head, rows: "\n".join([head, *(",".join(row) for row in rows)]).encode(errors="replace"),
            HEADS,
            st.lists(st.lists(CELL, min_size=1, max_size=5), max_size=5),
        ),
    ),
    st.booleans(),
)
def test_no_file_whatever_ends_in_a_traceback(score, kipp, data, with_rubric):
    done = score("-", *(["--rubric", kipp] if with_rubric else []), stdin=data)
    assert done.status in {0, 2}
    assert bool(done.errors) == (done.status == 2)
    assert bool(done.data) == (done.status == 0)


@pytest.fixture(scope="module")
def kipp(tmp_path_factory):
    path = tmp_path_factory.mktemp("rubric") / "kipp.yaml"
    path.write_text(
        "juri: 1\nrubric: kipp\nkind: weighted\nscale: {min: 0, max: 100}\ncriteria:\n"
        "  - {id: signifikansi, weight: 60}\n  - {id: dampak, weight: 40, na_allowed: true}\n"
    )
    return path


def test_a_rubric_that_asks_not_every_category_the_same_is_refused_since_a_table_tells_no_categories(score, scores):
    path = scores("entry,juror,use,cure\nA,J1,80,70\n")
    rubric = path.with_name("limited.yaml")
    rubric.write_text(
        "kind: points\ncriteria: [{id: use, weight: 80}, {id: cure, weight: 20, only_in: [health]}]\n", encoding="utf-8"
    )
    (line,) = score(path, "--rubric", rubric).lines
    assert line.startswith("--rubric: the rubric 'limited' asks cure in some categories only")
