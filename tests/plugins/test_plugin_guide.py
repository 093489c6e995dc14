"""The guide for plugin authors: every piece of code on the page runs, and every error that it explains exists."""

import re
from pathlib import Path

import pytest

from juri.core.settings import Settings
from juri.webapp.failures import STATUS

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "plugins.md").read_text(encoding="utf-8")


def _code(language):
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(("index", "added"), [(0, ("rubric_kinds", "halved")), (1, ("methods", "best_sheet"))])
def test_each_plugin_on_the_page_adds_what_it_says(index, added, write, load):
    write(f"{added[1]}.py", _code("python")[index])
    assert load().registry.owner(*added) == added[1]


def test_the_page_has_two_plugins_and_the_first_is_at_most_fifteen_lines():
    assert [len(code.splitlines()) <= 15 for code in _code("python")] == [True, False]


def test_the_data_on_the_page_is_a_rubric(write, load):
    write("pitch.yaml", _code("yaml")[0])
    assert load().registry.get("rubrics", "pitch").title == "Pitch"


def test_the_method_on_the_page_ranks_a_spreadsheet(write, folder, juri):
    write("best_sheet.py", _code("python")[1])
    (folder / "scores.csv").write_text("entry,ani,budi\na,50,90\nb,80,80\n", encoding="utf-8")
    done = juri("score", "scores.csv", "--method", "best_sheet", "--format", "csv")
    assert done.returncode == 0, done.stderr
    assert [line.split(",")[:2] for line in done.stdout.splitlines()[1:]] == [["1", "a"], ["2", "b"]]


def test_every_setting_on_the_page_exists():
    named = set(re.findall(r"JURI_([A-Z_]+[A-Z])\b", PAGE)) - {"PLUGIN"}
    assert named <= {name.upper() for name in Settings.__dataclass_fields__}


def test_every_error_in_the_table_is_made_of_the_words_of_the_code():
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "plugins").glob("*.py"))
    code += (ROOT / "core" / "extension.py").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([^`]+)`.* \|$", PAGE.split("## What an error means")[1], re.MULTILINE)
    pieces = [piece.strip() for row in rows for piece in re.split(r"\.\.\.|[;:(){}?',]", row)]
    assert len(rows) == 14
    assert [piece for piece in pieces if piece not in code and piece not in ("ModuleNotFoundError", "0")] == []


def test_the_exit_status_on_the_page_is_the_one_of_the_code():
    assert f"The exit status for all of them is {list(STATUS.values())[-1]}." in PAGE
