"""The page about ``juri score`` shows what the command prints: its files are written, its command lines are run."""

import re
import shlex
from importlib.metadata import version
from pathlib import Path

import pytest

from juri.core.tables.layout import HEADER_WORDS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "score.md"
TEXT = PAGE.read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILES = {name: body for language, name, body in BLOCK.findall(TEXT) if name}
CONSOLES = [body for language, _, body in BLOCK.findall(TEXT) if language == "console"]


def sessions(body):
    """Split a console block into the command lines and what each prints."""
    for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
        command, _, printed = part.partition("\n")
        yield command, printed


EXAMPLES = [session for body in CONSOLES for session in sessions(body)]


@pytest.mark.parametrize(("command", "printed"), EXAMPLES, ids=[command for command, _ in EXAMPLES])
def test_an_example_prints_what_the_page_shows(command, printed, score, tmp_path, monkeypatch):
    for name, body in FILES.items():
        (tmp_path / name).write_text(body, encoding="utf-8")
    with monkeypatch.context() as here:
        here.chdir(tmp_path)
        program, verb, *arguments = shlex.split(command)
        done = score(*arguments)
    assert (program, verb) == ("juri", "score")
    shown = re.sub(r'"juri": "[^"]+"', f'"juri": "{version("juri")}"', printed)
    assert (done.text + done.errors).replace("\r\n", "\n") == shown


def test_the_page_has_examples_of_every_kind():
    assert len(EXAMPLES) == 7
    assert sorted(FILES) == ["kipp.yaml", "scores.csv", "tracks.csv", "typo.csv", "wine.csv"]


def test_the_page_lists_every_header_that_is_understood():
    rows = dict(re.findall(r"^\| (entry|juror|criterion|score) \| (.*) \|$", TEXT, re.MULTILINE))
    assert {role: frozenset(words.split(", ")) for role, words in rows.items()} == HEADER_WORDS
