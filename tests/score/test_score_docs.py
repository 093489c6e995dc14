"""The pages about tables of scores show what commands print: their files are written, their command lines are run."""

import re
import shlex
from importlib.metadata import version
from pathlib import Path

import pytest

from juri.core.tables.ballot_forms import BALLOT_WORDS
from juri.core.tables.layout import HEADER_WORDS

DOCS = Path(__file__).resolve().parents[2] / "docs"
SHOWN = {
    "score.md": 8,
    "agreement.md": 3,
    "ballots.md": 8,
    "jury.md": 1,
    "rasch.md": 1,
    "sensitivity.md": 1,
    "simulate.md": 1,
    "severity.md": 1,
}
"""How many command lines each page shows."""
BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TEXTS = {page: (DOCS / page).read_text(encoding="utf-8") for page in SHOWN}
FILES = {page: {name: body for _, name, body in BLOCK.findall(text) if name} for page, text in TEXTS.items()}


def sessions(body):
    """Split a console block into the command lines and what each prints."""
    for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
        command, _, printed = part.partition("\n")
        yield command, printed


EXAMPLES = [
    (page, *session)
    for page, text in TEXTS.items()
    for language, _, body in BLOCK.findall(text)
    if language == "console"
    for session in sessions(body)
]


@pytest.mark.parametrize("example", EXAMPLES, ids=[command for _, command, _ in EXAMPLES])
def test_an_example_prints_what_the_page_shows(example, score, tmp_path, monkeypatch):
    page, command, printed = example
    for name, body in FILES[page].items():
        (tmp_path / name).write_text(body, encoding="utf-8")
    program, verb, *arguments = shlex.split(command)
    with monkeypatch.context() as here:
        here.chdir(tmp_path)
        done = score(*arguments, verb=verb)
    assert program == "juri"
    shown = re.sub(r'"juri": "[^"]+"', f'"juri": "{version("juri")}"', printed)
    assert (done.text + done.errors).replace("\r\n", "\n") == shown


def test_the_page_has_examples_of_every_kind():
    assert {page: sum(own == page for own, *_ in EXAMPLES) for page in SHOWN} == SHOWN
    assert sorted(FILES["score.md"]) == ["kipp.yaml", "scores.csv", "tracks.csv", "typo.csv", "wine.csv"]


def test_the_page_lists_every_header_that_is_understood():
    for page, known in (("score.md", HEADER_WORDS), ("ballots.md", BALLOT_WORDS)):
        rows = dict(re.findall(rf"^\| ({'|'.join(known)}) \| ([a-z., ]*) \|$", TEXTS[page], re.MULTILINE))
        assert {role: frozenset(words.split(", ")) for role, words in rows.items()} == known
