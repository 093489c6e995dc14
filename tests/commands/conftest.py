"""What the stories of the command line share: a folder with a database, and the command itself."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from juri.core.storage.database import Database, sqlite_driver
from juri.webapp import cli

DATA = Path(__file__).resolve().parents[1] / "data"


@dataclass(frozen=True)
class Said:
    """What a command came to: its exit status, and the lines that it printed."""

    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        """Return what was printed, line by line, without the blank ones."""
        return [line for line in self.out.splitlines() if line.strip()]

    @property
    def faults(self) -> list[str]:
        """Return what was refused, without the heading."""
        return [line.strip() for line in self.err.splitlines()[1:]]

    def rows(self, title: str = "") -> list[list[str]]:
        """Return the cells of the (first) table below a title, by where its columns begin."""
        lines = self.out.splitlines()
        begin = lines.index(title) + 1 if title else 0
        rule = next(i for i in range(begin, len(lines)) if lines[i].strip() and set(lines[i]) <= {"-", " "})
        spans = _spans(lines[rule])
        rows = []
        for line in lines[rule + 1 :]:
            if not line.strip():
                break
            rows.append([line[start:end].strip() for start, end in spans])
        return rows


def _spans(rule: str) -> list[tuple[int, int | None]]:
    starts = [i for i, sign in enumerate(rule) if sign == "-" and (i == 0 or rule[i - 1] == " ")]
    return list(zip(starts, [*(start - 1 for start in starts[1:]), None], strict=True))


@dataclass(frozen=True)
class Juri:
    """The command in a folder of its own, on one database."""

    folder: Path
    url: str
    capsys: pytest.CaptureFixture[str]

    def run(self, *arguments: object) -> Said:
        """Run a command, whatever it comes to."""
        self.capsys.readouterr()
        status = cli.run(["--database", self.url, *map(str, arguments)])
        out, err = self.capsys.readouterr()
        return Said(status, out, err)

    def __call__(self, *arguments: object) -> Said:
        """Run a command that must succeed."""
        said = self.run(*arguments)
        assert said.status == 0, said.err or said.out
        return said

    def refuse(self, status: int, *arguments: object) -> Said:
        """Run a command that must be refused with this exit status, and must leave the database as it was."""
        before = self.content()
        said = self.run(*arguments)
        assert (said.status, "Traceback" in said.err) == (status, False), said.err or said.out
        assert self.content() == before
        return said

    def content(self) -> list[str]:
        """Return every row of the database (SQLite), or nothing where there is none yet."""
        path = self.url.removeprefix("sqlite:///")
        if path == self.url or not Path(path).exists():
            return []
        connection = sqlite_driver().connect(path)  # two libraries on one file would undo each other's locks
        try:
            tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            return [f"{name} {row}" for name in tables for row in connection.execute(f"SELECT * FROM {name}")]  # noqa: S608  our own tables
        finally:
            connection.close()

    def write(self, name: str, text: str) -> Path:
        """Write a file of the folder."""
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def finish(self, edition: str, *stages: str) -> None:
        """Open stages and finish them as their rules propose, without scores."""
        for stage in stages:
            self("stage", "open", edition, stage)
            self("stage", "finish", edition, stage, "--signer", "Ketua", "--reason", "sesuai aturan")

    def fill(self, edition: str, stage: str, answers: Callable[[str, str], dict[str, Any] | None]) -> Said:
        """Import a scorecard for each assignment; ``answers`` of (entry, juror) may be None for an absent juror."""
        self("scorecard", "template", edition, stage, "-o", self.folder / "forms.csv")
        pairs = [line.split(",")[:2] for line in (self.folder / "forms.csv").read_text("utf-8-sig").splitlines()[1:]]
        lines = ["entry;juror;criterion;score"]
        for entry, juror in pairs:
            given = answers(entry, juror)
            lines += [f"{entry};{juror};{name};{value}" for name, value in (given or {}).items()]
        return self("scorecard", "import", edition, stage, self.write("scores.csv", "\n".join(lines)))


@pytest.fixture(autouse=True)
def _closed_databases(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Close the connections of every command, as the end of its process does."""
    opened: list[Database] = []

    class _Kept(Database):
        def __init__(self, url: str) -> None:
            super().__init__(url)
            opened.append(self)

    monkeypatch.setattr("juri.core.storage.database.Database", _Kept)
    yield
    for database in opened:
        database.dispose()


@pytest.fixture
def juri(templates: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Juri:
    """Return the command on an empty, prepared SQLite database, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    return Juri(tmp_path, templates.copy_sqlite("empty", tmp_path / "juri.db"), capsys)


@pytest.fixture(scope="module")
def beginning(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder in which the beginning that the stories of a module share is kept, once one has played it."""
    return tmp_path_factory.mktemp("beginning")


@pytest.fixture
def begin(juri: Juri, beginning: Path) -> Callable[[Callable[[Juri], None]], Juri]:
    """Return the function that brings the command to a beginning: played the first time, copied from then on."""

    def play(acts: Callable[[Juri], None]) -> Juri:
        if any(beginning.iterdir()):
            shutil.copytree(beginning, juri.folder, dirs_exist_ok=True)
        else:
            acts(juri)
            shutil.copytree(juri.folder, beginning, dirs_exist_ok=True)
        return juri

    return play


@pytest.fixture
def juri_anywhere(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Juri:
    """Return the command on an empty, prepared database of either product."""
    monkeypatch.chdir(tmp_path)
    command = Juri(tmp_path, database_url, capsys)
    command("db", "upgrade")
    return command


@pytest.fixture
def data() -> Path:
    """Return the folder of the test data."""
    return DATA
