"""What users install is the built wheel, not this tree; so it is built, installed on its own, and used."""

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("core", "plugins", "rubrics", "webapp")
BUILT_FROM = (*ROOMS, ".package", "setup.cfg", "pyproject.toml", "README.md", "LICENSE")

SCORES = "entry,juror,novelty,impact\nA,x,80,90\nA,y,70,60\nB,x,60,70\nB,y,90,100\n"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from a copy of the tree: an old build folder must not lend it files."""
    source = tmp_path_factory.mktemp("source")
    for name in BUILT_FROM:
        if (ROOT / name).is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / name, source / name, symlinks=True, ignore=ignored)
        else:
            shutil.copy(ROOT / name, source / name)
    _run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", "dist", cwd=source)
    (built,) = (source / "dist").glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel alone into a new environment and return its folder of programs.

    The libraries are lent by the environment that runs the tests, through a path that comes last. Its editable Juri
    is not lent with them: an editable installation works by a ``.pth`` file, and those of a lent folder are not read.
    """
    home = tmp_path_factory.mktemp("environment")
    venv.create(home, with_pip=False, symlinks=True)
    python = home / "bin" / "python"
    _run(sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps", str(wheel), cwd=home)
    (packages,) = home.glob("lib/python*/site-packages")
    (packages / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return home / "bin"


def test_the_wheel_holds_every_file_of_the_tree_and_no_other(wheel: Path) -> None:
    tree = {f"juri/{file.relative_to(ROOT).as_posix()}" for room in ROOMS for file in (ROOT / room).rglob("*.*")}
    tree = {name for name in tree if "__pycache__" not in name}
    root = {"juri/__init__.py", "juri/__main__.py", "juri/py.typed"}
    held = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert held == tree | root


def test_the_wheel_passes_the_packagers_checks(wheel: Path) -> None:
    assert _run("check-wheel-contents", str(wheel), cwd=wheel.parent) == f"{wheel}: OK\n"


def test_what_runs_is_the_wheel(installed: Path) -> None:
    where = "import juri.core, juri.webapp; print(juri.core.__file__, juri.webapp.__file__, sep='\\n')"
    files = _run("python", "-c", where, programs=installed, cwd=installed).split()
    assert [Path(file).is_relative_to(installed.parent) for file in files] == [True, True]


def test_the_wheel_says_its_version(installed: Path) -> None:
    assert "0.1.0" in _run("juri", "--version", programs=installed, cwd=installed)
    assert "0.1.0" in _run("python", "-m", "juri", "--version", programs=installed, cwd=installed)


def test_the_wheel_brings_its_plugins(installed: Path) -> None:
    listed = _run("juri", "plugins", programs=installed, cwd=installed)
    missing = [name for name in ("weighted", "mean", "kipp-2023", "registration") if name not in listed]
    assert missing == []


def test_the_wheel_scores_a_spreadsheet(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "scores.csv").write_text(SCORES)
    ranked = _run("juri", "score", "scores.csv", "--format", "csv", programs=installed, cwd=tmp_path)
    assert [line.split(",")[1] for line in ranked.splitlines()[1:3]] == ["B", "A"]


def _run(*command: str, cwd: Path, programs: Path | None = None) -> str:
    """Run a command outside the tree and return what it prints; coverage is not to count what it runs."""
    path = f"{programs or Path(sys.executable).parent}{os.pathsep}{os.defpath}"
    done = subprocess.run(
        command, cwd=cwd, env={"PATH": path, "HOME": str(cwd)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
