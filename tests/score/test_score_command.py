"""``juri score`` ranks by the rule that was asked for, says what it applied, and writes whole files."""

import io
import json
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
import xlsxwriter

from juri.core.tables.reading import Source, read_table

SCORES = """\
entry,juror,signifikansi,dampak
A,Budi,80,"84,38"
A,Ani,90,n/a
B,Budi,70,60.5
B,Ani,,
C,Budi,80,84.38
C,Ani,90,na
"""
JURI = (sys.executable, "-m", "juri")
MARKS = "scores have decimal commas and decimal points; both were read as the decimal mark, none as thousands"


def order(done):
    return [line["entry"] for line in done.json["standings"]]


def test_the_whole_result_as_json(score, scores, rubric):
    done = score(scores(SCORES), "--rubric", rubric, "--format", "json")
    content_hash = done.json["rubric"]["hash"]
    assert (len(content_hash), int(content_hash, 16) > 0) == (64, True)
    assert done.json == {
        "juri": version("juri"),
        "form": "wide",
        "method": "mean",
        "method_options": {},
        "low_is_best": False,
        "missing": "submitted",
        "ties": ["shared"],
        "rubric": {"id": "kipp", "hash": content_hash},
        "group_by": None,
        "decimals": 2,
        "input_sha256": Source("", SCORES.encode()).sha256,
        "warnings": [
            MARKS,
            "absent sheets by juror: Ani (1); only submitted sheets count",
        ],
        "standings": [
            {
                "rank": rank,
                "entry": entry,
                "score": text,
                "score_exact": exact,
                "jurors": jurors,
                "tied": tied,
                "settled_by": None,
            }
            for rank, entry, text, exact, jurors, tied in [
                (1, "A", "85.88", "21469/250", 2, True),
                (1, "C", "85.88", "21469/250", 2, True),
                (3, "B", "66.20", "331/5", 1, False),
            ]
        ],
        "unranked": [],
    }


def test_the_table_marks_ties_and_says_what_was_applied(score, scores, rubric):
    done = score(scores(SCORES), "--rubric", rubric, "--decimals", "1", "--missing", "quorum:2")
    hashed = score(scores(SCORES), "--rubric", rubric, "--format", "json").json
    assert (done.status, done.errors) == (0, "")
    assert done.text == (
        "rank  entry  score  jurors\n"
        "----  -----  -----  ------\n"
        "1=    A       85.9       2\n"
        "1=    C       85.9       2\n"
        "not ranked: B (incomplete: 1 of at least 2 sheets)\n"
        "\n"
        "form:    wide (entry, juror, 2 criteria)\n"
        "method:  mean\n"
        "missing: quorum:2\n"
        "ties:    shared\n"
        f"rubric:  kipp (sha256 {hashed['rubric']['hash'][:12]})\n"
        f"input:   scores.csv (CSV, comma, UTF-8; sha256 {hashed['input_sha256'][:12]})\n"
        f"note:    {MARKS}\n"
        "note:    absent sheets by juror: Ani (1); an entry needs 2\n"
    )


def test_without_a_rubric_the_output_says_so(score, scores):
    totals, criteria = score(scores("entry,Budi\nA,8031\n")), score(scores("entry,juror,c\nA,Budi,8031\n"))
    assert "\nrubric:  none\n" in totals.text
    assert score(scores("entry,Budi\nA,1\n"), "--format", "json").json["rubric"] == {"id": None, "hash": None}
    assert totals.text.endswith("\nnote:    no rubric: no scale is checked\n")
    assert criteria.text.endswith("\nnote:    no rubric: every criterion counts the same, and no scale is checked\n")


def test_ties_are_settled_by_the_rules_in_their_order(score, scores):
    path = scores("entry,juror,c1,c2\nA,J,1,3\nB,J,2,2\nC,J,3,1\nD,J,3,1\nE,J,0,0\n")
    done = score(path, "--ties", "criterion:c1,panel", "--format", "json").json
    assert [(line["rank"], line["entry"], line["settled_by"]) for line in done["standings"]] == [
        (1, "C", None),
        (1, "D", None),
        (3, "B", "criterion:c1"),
        (4, "A", "criterion:c1"),
        (5, "E", None),
    ]
    assert done["ties"] == ["criterion:c1", "panel_decision"]
    assert done["warnings"][-1] == "the panel must decide between C, D; a table holds no decision of a panel"
    assert "settled by" in score(path, "--ties", "criterion:c1").text.splitlines()[0]


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("mean", ["A", "B", "C"]),
        ("sum", ["A", "B", "C"]),
        ("median", ["B", "A", "C"]),
        ("trimmed:low=1,high=1", ["B", "A", "C"]),
        ("ranksum", ["B", "A", "C"]),
        ("rank-sum", ["B", "A", "C"]),
        ("borda", ["B", "A", "C"]),
    ],
)
def test_the_best_entry_stands_first_in_every_method(method, expected, score, scores):
    path = scores("entry,J1,J2,J3\nA,99,50,50\nB,60,60,60\nC,10,20,30\n")
    assert order(score(path, "--method", method, "--format", "json")) == expected


def test_a_sum_of_ranks_is_printed_as_one(score, scores):
    done = score(scores("entry,J1,J2\nA,9,9\nB,1,2\n"), "--method", "ranksum")
    assert "method:  rank_sum (the lowest score is the best)\n" in done.text
    assert done.text.splitlines()[2] == "1     A       2.00       2"


def test_the_options_of_a_method_are_said(score, scores):
    path = scores("entry,J1,J2,J3\nA,1,2,3\nB,4,5,6\n")
    assert "method:  trimmed:high=1,low=1\n" in score(path, "--method", "trimmed:low=1,high=1").text
    done = score(path, "--method", "trimmed:low=1,high=1", "--format", "json").json
    assert (done["method"], done["method_options"]) == ("trimmed", {"high": "1", "low": "1"})


def test_csv_holds_ranked_and_unranked_entries_and_the_rules_go_to_standard_error(score, scores):
    done = score(scores("entry,Budi,Ani\n=A,80,70.5\nB,,\n"), "--format", "csv")
    assert done.text == (
        "rank,entry,score,jurors,tied,reason\r\n1,'=A,75.25,2,no,\r\n,B,,0,,no sheet was submitted\r\n"
    )
    assert done.errors.startswith("form:    matrix (entry, 2 jurors)\nmethod:  mean\nmissing: submitted\n")


def test_csv_of_groups_begins_with_the_group(score, scores):
    done = score(scores("track,entry,Budi\nkhusus,A,80\numum,B,70\n"), "--format", "csv", "--group-by", "Track")
    assert (
        done.text == "group,rank,entry,score,jurors,tied,reason\r\nkhusus,1,A,80.00,1,no,\r\numum,1,B,70.00,1,no,\r\n"
    )


def test_the_table_of_groups_has_the_header_of_their_column(score, scores):
    done = score(scores("track,entry,Budi\nkhusus,A,80\numum,B,70\numum,C,\n"), "--group-by", "track")
    assert done.text.splitlines()[:5] == [
        "track   rank  entry  score  jurors",
        "------  ----  -----  -----  ------",
        "khusus  1     A      80.00       1",
        "umum    1     B      70.00       1",
        "not ranked: umum: C (no sheet was submitted)",
    ]


def test_a_workbook_goes_in_and_comes_out(score, scores, tmp_path):
    out = tmp_path / "result.xlsx"
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(
            [("entry", "juror", "c1", "c2"), ("A", "Budi", 73.42, 84.38), ("B", "Budi", 70, 75)]
        ):
            sheet.write_row(number, 0, row)
    done = score(scores(stream.getvalue(), "scores.xlsx"), "-o", out)
    assert (done.status, done.data) == (0, b"")
    standings, about = (read_table(Source("r", out.read_bytes()), sheet=name) for name in ("standings", "about"))
    assert (standings.header[:3], standings.rows[0][:3]) == (("rank", "entry", "score"), ("1", "A", "78.9"))
    assert ("missing", "submitted") in about.rows


@pytest.mark.parametrize(
    ("suffix", "begins"), [(".csv", b"rank,"), (".json", b"{\n"), (".xlsx", b"PK"), (".txt", b"rank  ")]
)
def test_the_ending_of_the_output_file_tells_the_format(suffix, begins, score, scores, tmp_path):
    out = tmp_path / f"result{suffix}"
    assert score(scores("entry,J\nA,1\n"), "-o", out).status == 0
    assert out.read_bytes().startswith(begins)


def test_an_output_file_is_replaced_whole_and_keeps_nothing_beside_it(score, scores, tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "old.csv").write_text("old" * 1000)
    (folder / "link.csv").symlink_to("old.csv")
    done = score(scores("entry,J\nA,1\n"), "-o", folder / "link.csv")
    assert (done.status, (folder / "old.csv").read_bytes()) == (
        0,
        b"rank,entry,score,jurors,tied,reason\r\n1,A,1.00,1,no,\r\n",
    )
    assert sorted(path.name for path in folder.iterdir()) == ["link.csv", "old.csv"]
    assert (folder / "link.csv").is_symlink()


def test_an_output_that_cannot_be_written_is_refused(score, scores, tmp_path):
    path = scores("entry,J\nA,1\n")
    assert score(path, "-o", tmp_path).lines == [f"-o: '{tmp_path}' is a folder; name a file in it"]
    assert score(path, "-o", path).lines == ["-o: this would overwrite the scores; name another file"]
    assert score(path, "-o", tmp_path / "none" / "x.csv").lines == [
        f"{tmp_path}/none/x.csv: the file cannot be written: No such file or directory"
    ]


def test_a_device_is_written_not_replaced(score, scores):
    assert score(scores("entry,J\nA,1\n"), "-o", "/dev/null").status == 0
    assert Path("/dev/null").is_char_device()


def test_a_workbook_is_not_written_to_the_screen(score, scores):
    path = scores("entry,J\nA,1\n")
    assert score(path, "--format", "xlsx", on_screen=True).lines == [
        "--format: a workbook is not for the screen; name a file: -o FILE.xlsx"
    ]
    assert score(path, "--format", "xlsx").data.startswith(b"PK")


def test_a_dash_is_standard_output(score, scores):
    assert score(scores("entry,J\nA,1\n"), "--format", "csv", "-o", "-").text.endswith("1,A,1.00,1,no,\r\n")


def test_a_result_that_its_format_cannot_hold_is_refused(score, scores, tmp_path):
    path = scores(f"entry,juror,criterion,score\nA,J,{'x' * 32_760},1\n")
    out = tmp_path / "out.xlsx"
    assert score(path, "--ties", f"criterion:{'x' * 32_760}", "-o", out).lines == [
        "row 7, column 2: the cell has 32,770 characters; a cell of a workbook holds 32,767; write CSV instead"
    ]
    assert not out.exists()


def test_an_exporter_that_fails_is_named_and_nothing_is_written(scores, tmp_path):
    plugins = tmp_path / "plugins"
    plugins.mkdir()
    (plugins / "broken.py").write_text(
        "from juri.core.extension import Exporter\nfrom juri.plugins import hookimpl\n\n\n"
        "def fail(report):\n    raise SystemExit('bye')\n\n\n@hookimpl\ndef juri_exporters():\n"
        "    return [Exporter(name='odd', title='Odd', version='1', suffix='.odd', media_type='x/y', write=fail)]\n"
    )
    out = tmp_path / "x.odd"
    command = [*JURI, "--plugins-dir", plugins, "score", scores("entry,J\nA,1\n"), "-o", out]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout, out.exists()) == (5, "", False)
    assert done.stderr == ("juri: plugin 'broken', juri_exporters: write of exporter 'odd' raised SystemExit: bye\n")


def test_names_that_differ_in_capitals_only_are_told(score, scores):
    path = scores("entry,juror,criterion,score,date\nA,Budi,c,1,x\na,budi ,c,2,y\n")
    done = score(path, "--format", "json").json
    assert done["warnings"][1:] == [
        "'A' and 'a' were read as 2 different names",
        "'Budi' and 'budi' were read as 2 different names",
        "columns that were not used: 'date' (column E)",
    ]


def test_what_a_table_cannot_answer_of_a_rubric_is_told(score, scores):
    rubric = scores(
        "juri: 1\nrubric: r\nkind: weighted\ncriteria: [{id: a, weight: 100, comment_required: true}]\n"
        "bonuses: [{id: stunting, fact: topic, equals: stunting, points: 5}]\n",
        "r.json.yaml",
    )
    done = score(scores("entry,juror,a\nA,J,50\n"), "--rubric", rubric, "--format", "json").json
    assert done["warnings"] == [
        "the rubric asks for comments; a table of scores has none, so they were not checked",
        "the bonuses of the rubric (stunting) need facts; none was counted",
    ]


def test_a_rubric_may_be_json_and_a_ready_one_goes_by_its_name(score, scores):
    as_json = json.dumps({"juri": 1, "rubric": "r", "kind": "weighted", "criteria": [{"id": "a", "weight": 100}]})
    path = scores("entry,juror,a\nA,J,50\n")
    assert score(path, "--rubric", scores(as_json, "r.json"), "--format", "json").json["rubric"]["id"] == "r"
    assert "it asks" in score(path, "--rubric", "kipp-2023-umum").errors


def test_the_wines_of_1976_come_in_their_published_order(score, shared):
    folder = shared / "reference" / "wine_paris_1976_red"
    published = {case["what"]: case["value"] for case in json.loads((folder / "expected.json").read_text())["expected"]}
    done = score(folder / "data.csv", "--format", "json").json
    assert [line["entry"] for line in done["standings"]] == published["ranking by mean"]
    means = published["mean score over 11 judges"]
    assert {line["entry"]: line["score"] for line in done["standings"]} == {
        wine: f"{mean:.2f}" for wine, mean in means.items()
    }


def test_two_hundred_exact_ties_are_ranked_alike_by_weights_of_a_rubric(score, scores, shared):
    folder = shared / "reference" / "exact_ties_200"
    weights = [line.split(",") for line in (folder / "weights.csv").read_text().split()[1:]]
    criteria = ", ".join(f"{{id: {name.lower()}, weight: {weight}}}" for name, weight in weights)
    rubric = scores(f"juri: 1\nrubric: ties\nkind: weighted\ncriteria: [{criteria}]\n", "ties.yaml")
    done = score(folder / "data.csv", "--rubric", rubric, "--format", "json").json
    ranks = json.loads((folder / "ranks.json").read_text())
    assert {line["entry"]: (line["rank"], line["score"], line["score_exact"]) for line in done["standings"]} == {
        entry: (own["rank_competition"], own["half_up_2"], own["score_fraction"]) for entry, own in ranks.items()
    }


def test_the_command_reads_a_pipe_and_answers_in_its_own_process():
    done = subprocess.run(
        [*JURI, "score", "-", "--format", "csv"],
        input=b"entry;Budi;Ani\nA;84,38;80\n",
        capture_output=True,
        check=True,
    )
    assert done.stdout == b"rank,entry,score,jurors,tied,reason\r\n1,A,82.19,2,no,\r\n"


def test_a_refusal_has_exit_status_2_in_its_own_process(scores):
    done = subprocess.run([*JURI, "score", scores("entry,J\nA,x\n")], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("juri: this cannot be taken as it is:\n  row 2, column B (J): 'x' is not a number;")


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("submitted", [("A", "85.00"), ("C", "81.67"), ("B", "73.33")]),
        ("assigned-zero", [("C", "81.67"), ("B", "73.33"), ("A", "56.67")]),
        ("drop-juror", [("A", "85.00"), ("B", "80.00"), ("C", "77.50")]),
    ],
)
def test_one_absent_juror_gives_three_orders_under_three_policies(policy, expected, score, scores):
    path = scores("entry,J1,J2,J3\nA,90,80,\nB,75,85,60\nC,85,70,90\n")
    done = score(path, "--missing", policy, "--format", "json").json
    assert [(line["entry"], line["score"]) for line in done["standings"]] == expected


def test_a_csv_without_a_rubric_needs_no_database_no_yaml_and_no_workbook_reader(scores):
    heavy = "sqlalchemy", "alembic", "jinja2", "ruamel", "python_calamine", "xlsxwriter"
    code = (
        "import sys; from juri.webapp.cli import run; status = run(sys.argv[1:]); "
        f"sys.stderr.write(' '.join(name for name in {heavy} if name in sys.modules)); sys.exit(status)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "score", scores("entry,J\nA,1\n")], check=False, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
