"""``juri assign`` on two tables: the page about it shows what it prints, and faults are told by file and cell."""

import json
import re
import shlex
from collections import Counter
from contextlib import redirect_stderr, redirect_stdout
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path

import pytest

from juri.plugins.rules.assignment import BalancedOptions
from juri.webapp.cli import run

PAGE = Path(__file__).resolve().parents[2] / "docs" / "assignment.md"
TEXT = PAGE.read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILES = {name: body for _, name, body in BLOCK.findall(TEXT) if name}
CONSOLES = [body for language, _, body in BLOCK.findall(TEXT) if language == "console"]


@pytest.fixture
def juri(tmp_path, monkeypatch):
    """Return what runs the command in a folder with the files of the page; answers with status, output and errors."""
    for name, body in FILES.items():
        (tmp_path / name).write_text(body, encoding="utf-8")

    def _juri(line):
        program, *arguments = shlex.split(line)
        assert program == "juri"
        out, errors = TextIOWrapper(BytesIO(), encoding="utf-8"), StringIO()
        with monkeypatch.context() as here, redirect_stdout(out), redirect_stderr(errors):
            here.chdir(tmp_path)
            status = run(arguments)
        out.flush()
        return status, out.buffer.getvalue().decode(), errors.getvalue()

    return _juri


def test_every_example_of_the_page_prints_what_the_page_shows(juri):
    seen = 0
    for body in CONSOLES:
        for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
            command, _, printed = part.partition("\n")
            _, out, errors = juri(command)
            assert (command, out + errors) == (command, printed)
            seen += 1
    assert seen == 9


def test_tables_of_nothing_but_codes_are_enough(juri, tmp_path):
    (tmp_path / "codes.csv").write_text("entry\nE1\nE2\n", encoding="utf-8")
    (tmp_path / "names.csv").write_text("juror\nani\nbudi\n", encoding="utf-8")

    status, out, _ = juri("juri assign codes.csv names.csv --per-entry 1 --format csv")

    assert (status, len(out.splitlines())) == (0, 3)


def test_the_page_names_every_option_of_the_rule():
    rows = re.findall(r"^\| (`.*?`) \|", TEXT, re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert named == {field.data_key or name for name, field in BalancedOptions().fields.items()}


def test_json_says_all_that_is_known_of_an_assignment(juri):
    _, out, _ = juri("juri assign entries.csv jurors.csv --per-entry 2 --format json --seed 7 --bridges 12,5%")
    told = json.loads(out)
    assert set(Counter(pair["entry"] for pair in told["pairs"]).values()) == {2}
    assert sum(pair["bridge"] for pair in told["pairs"]) == 1
    assert (told["seed"], told["candidates"], told["graph"]["components"]) == (7, 0, 1)
    assert sum(told["loads"].values()) == len(told["pairs"]) == 16


def test_the_order_of_the_rows_changes_nothing(juri, tmp_path):
    asked = "juri assign entries.csv jurors.csv --per-entry 2 --format csv"
    before = juri(asked)[1]
    for name in ("entries.csv", "jurors.csv"):
        header, *rows = FILES[name].splitlines()
        (tmp_path / name).write_text("\n".join([header, *rows[::-1]]), encoding="utf-8")
    assert juri(asked)[1] == before


@pytest.mark.parametrize(
    "fault",
    [
        ("jurors.csv", "name,max_load\nani,4\n", "", "jurors.csv: the column 'juror' is missing; the header has"),
        ("jurors.csv", "juror,max_load\nani,4\nani,5\n", "", "jurors.csv, row 3, column A (juror): 'ani' stands twice"),
        ("jurors.csv", "juror,role\n,chair\n", "", "jurors.csv, row 2, column A (juror): name the juror"),
        (
            "jurors.csv",
            "juror,expertise\nani,gizi: many\n",
            "",
            "jurors.csv, row 2, column B (expertise): 'gizi: many' is not a grade; write CATEGORY: 0 to 1000",
        ),
        ("jurors.csv", "juror,min_load,max_load\nani,5,4\n", "", "column C (max_load): the least load 5 is above"),
        ("entries.csv", "entry,wanted\nE-01,\n", "", "entries.csv, row 2, column B (wanted): say how many jurors"),
        (
            "conflicts.csv",
            "entry,juror\nE-99,ani\nE-01,zul\n",
            "--conflicts conflicts.csv",
            "conflicts.csv, row 2, column A (entry): there is no entry 'E-99' in its table",
        ),
        (
            "affinity.csv",
            "entry,juror,affinity\nE-01,ani,1001\n",
            "--affinity affinity.csv",
            "affinity.csv, row 2, column C (affinity): '1001' is not a grade",
        ),
        ("entries.csv", "entry,title\nE-01,x\n", "", "--per-entry: say how many jurors each entry gets"),
        ("x", "", "--mix academic", "--mix: 'academic' is not a mix; write ROLE:LEAST"),
        ("x", "", "--scope Undip", "--scope: 'Undip' is not a scope; write AGENCY=CATEGORY"),
        ("x", "", "--rule balanced", "--rule: this goes with 'juri assign EDITION STAGE' only"),
    ],
)
def test_a_fault_is_told_with_its_file_and_cell(juri, tmp_path, fault):
    name, body, arguments, said = fault
    (tmp_path / name).write_text(body, encoding="utf-8")
    wanted = "" if name == "entries.csv" else "--per-entry 2"
    status, out, errors = juri(f"juri assign entries.csv jurors.csv {wanted} {arguments}")
    assert (status, out, said in errors) == (2, "", True), errors


def test_a_file_that_is_not_there_and_an_option_of_the_other_form_are_told(juri):
    assert "nobody.csv: there is no such file" in juri("juri assign entries.csv nobody.csv --per-entry 2")[2]
    refused = juri("juri assign lomba penilaian --per-entry 2")
    assert "--per-entry: this goes with 'juri assign ENTRIES JURORS' only" in refused[2]
    assert "'101' is not a percentage" in juri("juri assign entries.csv jurors.csv --bridges 101")[2]


def test_affinities_of_single_pairs_and_scopes_of_agencies_count(juri, tmp_path):
    (tmp_path / "affinity.csv").write_text("entry,juror,affinity\nE-02,budi,1000\n", encoding="utf-8")
    asked = "juri assign entries.csv jurors.csv --per-entry 1 --prefer expertise --format csv"
    _, out, _ = juri(f"{asked} --affinity affinity.csv --scope Undip=kesehatan")
    pairs = dict(line.split(",")[:2] for line in out.splitlines()[1:])
    assert pairs["E-02"] == "budi"
    assert "citra" not in {pairs[entry] for entry in ("E-04", "E-06", "E-08")}
