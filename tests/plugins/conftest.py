"""What the tests of the plugin contract share: a folder of plugins, and the command in a process of its own."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from juri.core.errors import PluginError
from juri.core.settings import load_settings
from juri.plugins.manager import Plugins, load_plugins

Run = Callable[..., subprocess.CompletedProcess[str]]


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
def juri(folder: Path) -> Run:
    """Return a function that runs the ``juri`` command on the plugins folder."""

    def _juri(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        inherited = {key: value for key, value in os.environ.items() if not key.startswith("JURI_")}  # noqa: TID251  a child process inherits what is not ours
        return subprocess.run(
            [sys.executable, "-m", "juri", "--plugins-dir", str(folder), *arguments],
            env={**inherited, "COLUMNS": "200", **environment},
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return _juri
