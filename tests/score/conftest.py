"""What the tests of ``juri score`` share: the command in this process, and files to score."""

import io
import json
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import pytest

from juri.webapp.cli import run

RUBRIC = """\
juri: 1
rubric: kipp
kind: weighted
scale: {min: 0, max: 100}
criteria:
  - {id: signifikansi, name: Signifikansi inovasi, weight: 60}
  - {id: dampak, weight: 40, na_allowed: true}
"""


class Screen(io.TextIOWrapper):
    """A terminal."""

    def isatty(self) -> bool:
        return True


@dataclass(frozen=True)
class Done:
    """What a run of the command left: its exit status and what it wrote."""

    status: int
    data: bytes
    errors: str

    @property
    def text(self) -> str:
        return self.data.decode()

    @property
    def json(self):
        assert (self.status, self.errors) == (0, "")
        return json.loads(self.data)

    @property
    def lines(self) -> list[str]:
        """Return the problems that were listed, where the input was refused."""
        assert (self.status, self.data) == (2, b"")
        return [line.strip() for line in self.errors.splitlines()[1:]]


@pytest.fixture(scope="session")
def score() -> Callable[..., Done]:
    """Return a function that runs ``juri score``, or another command about a table of scores, in this process."""

    def _score(*arguments: object, stdin: bytes = b"", on_screen: bool = False, verb: str = "score") -> Done:
        out, err = (Screen if on_screen else io.TextIOWrapper)(io.BytesIO(), "utf-8"), io.StringIO()
        given = io.TextIOWrapper(io.BytesIO(stdin), "utf-8")
        with redirect_stdout(out), redirect_stderr(err), patch.object(sys, "stdin", given):
            status = run([verb, *map(str, arguments)])
        return Done(status, out.buffer.getvalue(), err.getvalue())

    return _score


@pytest.fixture
def scores(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes a file of scores."""

    def _scores(content: str | bytes, name: str = "scores.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return _scores


@pytest.fixture
def rubric(scores) -> Path:
    """Return the file of a rubric of two criteria, 60 and 40 percent."""
    return scores(RUBRIC, "kipp.yaml")
