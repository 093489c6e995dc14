"""The pages that people type from: every command in them is run, and says what the page says that it says."""

import re
import shlex
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from juri.webapp import cli

ROOT = Path(__file__).resolve().parents[2]
GAP = "..."


@dataclass
class Step:
    """One command of a page with the lines that it is said to print."""

    line: int
    command: str
    expected: list[str] = field(default_factory=list)


def _steps(page):
    """Return the commands of the indented blocks of a page: ``$`` and a command, then what it prints."""
    steps = []
    for number, line in enumerate(page.read_text("utf-8").splitlines(), start=1):
        if line.startswith("    $ "):
            steps.append(Step(number, line.removeprefix("    $ ")))
        elif line.startswith("    ") and steps and line.strip():
            steps[-1].expected.append(line.removeprefix("    "))
    return steps


def _agrees(expected, printed):
    """Tell whether what was printed is what was expected; a gap stands for any lines, or for any text of a line."""
    pattern = "".join(
        "(?:[^\\n]*\\n)*" if line == GAP else re.escape(line).replace(re.escape(GAP), ".*") + "\\n" for line in expected
    )
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in printed)) is not None


@pytest.fixture
def in_copy(tmp_path, monkeypatch):
    """Work in a folder with the samples, as in a fresh clone."""
    shutil.copytree(ROOT / "docs" / "samples", tmp_path / "docs" / "samples")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("page", ["README.md", "docs/tour.md"])
def test_every_command_of_the_page_prints_what_the_page_shows(page, in_copy, capsys):
    steps = _steps(ROOT / page)
    assert steps
    for step in steps:
        capsys.readouterr()
        program, *arguments = shlex.split(step.command)
        assert program == "juri", f"{page}:{step.line}"
        status = cli.run(arguments)
        printed = [line.rstrip() for text in capsys.readouterr() for line in text.splitlines() if line.strip()]
        refused = any(line.startswith("juri: ") for line in step.expected)
        assert (status != 0) == refused, f"{page}:{step.line}: {step.command}\n" + "\n".join(printed)
        assert _agrees(step.expected, printed), f"{page}:{step.line}: {step.command}\n" + "\n".join(printed)


@pytest.mark.parametrize("page", ["README.md", "docs/tour.md"])
def test_no_command_of_the_page_is_left_out(page):
    bare = [line for line in (ROOT / page).read_text("utf-8").splitlines() if line.startswith("    juri ")]
    assert bare == []


def test_the_two_commands_of_the_readme_are_targets_of_the_makefile():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = re.findall(r"^    make (\w+)", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    assert named == ["run", "test"]
    assert set(named) <= targets
