"""What the tests of the plugin contract share: a folder of plugins, and the command."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

import pytest

from juri.core.errors import PluginError
from juri.core.settings import load_settings
from juri.plugins.manager import Plugins, load_plugins
from juri.webapp import cli


@dataclass(frozen=True)
class Said:
    """What a command came to: its exit status, and what it printed."""

    returncode: int
    stdout: str
    stderr: str


Run = Callable[..., Said]


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], Path]:
    """Return a function that writes a file of the plugins folder."""

    def _write(name: str, text: str) -> Path:
        path = tmp_path / "plugins" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(dedent(text).lstrip(), encoding="utf-8")
        return path

    return _write


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the plugins folder."""
    place = tmp_path / "plugins"
    place.mkdir(exist_ok=True)
    return place


@pytest.fixture
def load(folder: Path) -> Callable[..., Plugins]:
    """Return a function that loads the plugins folder, with settings as in the environment."""

    def _load(environment: dict[str, str] | None = None, beside: Path | None = None) -> Plugins:
        return load_plugins(load_settings(environment or {}, plugins_dir=str(folder)), beside=beside)

    return _load


@pytest.fixture
def refusal(load: Callable[..., Plugins]) -> Callable[..., str]:
    """Return a function that loads the plugins folder and returns the words with which that is refused."""

    def _refusal(*args: object, **more: object) -> str:
        with pytest.raises(PluginError) as caught:
            load(*args, **more)
        return str(caught.value)

    return _refusal


@pytest.fixture
def juri(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs the ``juri`` command on the plugins folder, in this process."""

    def _juri(*arguments: str, **environment: str) -> Said:
        capsys.readouterr()
        with monkeypatch.context() as patch:
            patch.chdir(folder)
            for name, value in {"COLUMNS": "200", **environment}.items():
                patch.setenv(name, value)
            status = cli.run(["--plugins-dir", str(folder), *arguments])
        return Said(status, *capsys.readouterr())

    return _juri
