"""One package is made from four folders by a list that is kept by hand; these tests keep the list true."""

import ast
import glob
import re
import sys
from configparser import ConfigParser
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SETUP = (ROOT / "setup.cfg").read_text(encoding="utf-8")
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
ROOMS = ("core", "plugins", "rubrics", "webapp")

pytestmark = pytest.mark.uncounted  # reads the code and runs none of it


def packages_not_listed(setup: str, root: Path) -> list[str]:
    """Find the folders with an ``__init__.py`` that setup.cfg does not list: an installed Juri would lack them."""
    listed = set(_option(setup, "packages"))
    return sorted(
        name
        for folder, name in _packages(setup, root).items()
        if (folder / "__init__.py").is_file() and name not in listed
    )


def packages_not_there(setup: str, root: Path) -> list[str]:
    """Find the packages that setup.cfg lists and the tree has not."""
    there = {name for folder, name in _packages(setup, root).items() if (folder / "__init__.py").is_file()}
    return sorted(set(_option(setup, "packages")) - there - {"juri"})


def files_left_out(setup: str, root: Path) -> list[str]:
    """Find the files that would not be installed: not a module of a listed package, and matched by no pattern."""
    listed = set(_option(setup, "packages"))
    shipped: set[Path] = set()
    for folder, name in _packages(setup, root).items():
        if name in listed:
            shipped.update(folder.glob("*.py"))
            for pattern in _patterns(setup, name):
                shipped.update(folder / found for found in glob.glob(pattern, root_dir=folder, recursive=True))  # noqa: PTH207  as setuptools does
    return sorted(file.relative_to(root).as_posix() for file in _files(setup, root) if file not in shipped)


def links_astray(setup: str, root: Path) -> list[str]:
    """Find the links for type checkers and editors that do not lead to the mapped folder."""
    return sorted(
        f".package/juri/{folder}"
        for folder in _mapping(setup).values()
        if (root / ".package" / "juri" / folder).resolve() != (root / folder).resolve()
    )


def _mapping(setup: str) -> dict[str, str]:
    pairs = (line.split("=") for line in _option(setup, "package_dir"))
    return {name.strip(): folder.strip() for name, folder in pairs if name.strip() != "juri"}


def _packages(setup: str, root: Path) -> dict[Path, str]:
    """Name every folder below the mapped ones as the package that it is or would be."""
    named = {}
    for name, folder in _mapping(setup).items():
        for path in [root / folder, *(root / folder).rglob("*")]:
            if path.is_dir() and "__pycache__" not in path.parts:
                named[path] = ".".join([name, *path.relative_to(root / folder).parts])
    return named


def _files(setup: str, root: Path) -> list[Path]:
    found = (path for folder in _packages(setup, root) for path in folder.iterdir())
    return [path for path in found if path.is_file()]


def _patterns(setup: str, package: str) -> list[str]:
    data = _parsed(setup)["options.package_data"]
    return [pattern.strip() for key in ("*", package) for pattern in data.get(key, "").split(",") if pattern.strip()]


def _option(setup: str, key: str) -> list[str]:
    return [line.strip() for line in _parsed(setup)["options"][key].splitlines() if line.strip()]


def _parsed(setup: str) -> ConfigParser:
    parser = ConfigParser(interpolation=None, delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # names of packages are not to be lower-cased
    parser.read_string(setup)
    return parser


SMALL = """
[options]
package_dir =
    juri = .package/juri
    juri.core = core
packages =
    juri
    juri.core
    juri.core.scoring
[options.package_data]
* = py.typed
juri.core = migrations/**/*.py
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Build a small tree that SMALL describes without a fault, for a test to seed one."""
    for file in ("core/__init__.py", "core/py.typed", "core/scoring/__init__.py", "core/migrations/versions/r0001.py"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).touch()
    (tmp_path / ".package" / "juri").mkdir(parents=True)
    (tmp_path / ".package" / "juri" / "core").symlink_to(tmp_path / "core")
    return tmp_path


def test_every_folder_with_an_init_is_listed() -> None:
    assert packages_not_listed(SETUP, ROOT) == []


def test_every_listed_package_is_there() -> None:
    assert packages_not_there(SETUP, ROOT) == []


def test_every_file_is_installed() -> None:
    assert files_left_out(SETUP, ROOT) == []


def test_the_links_for_type_checkers_lead_to_the_folders() -> None:
    if not (ROOT / ".package" / "juri" / "core").is_symlink():
        pytest.skip("this checkout has no symbolic links; type checkers do not work in it")
    assert links_astray(SETUP, ROOT) == []


def test_a_tree_without_fault_passes(tree: Path) -> None:
    assert packages_not_listed(SMALL, tree) == []
    assert packages_not_there(SMALL, tree) == []
    assert files_left_out(SMALL, tree) == []
    assert links_astray(SMALL, tree) == []


def test_a_folder_that_is_not_listed_is_found(tree: Path) -> None:
    (tree / "core" / "forgotten").mkdir()
    (tree / "core" / "forgotten" / "__init__.py").touch()
    assert packages_not_listed(SMALL, tree) == ["juri.core.forgotten"]
    assert files_left_out(SMALL, tree) == ["core/forgotten/__init__.py"]


def test_a_list_that_lost_a_package_is_found(tree: Path) -> None:
    assert packages_not_listed(SMALL.replace("    juri.core.scoring\n", ""), tree) == ["juri.core.scoring"]


def test_a_listed_package_that_is_gone_is_found(tree: Path) -> None:
    (tree / "core" / "scoring" / "__init__.py").unlink()
    assert packages_not_there(SMALL, tree) == ["juri.core.scoring"]


def test_a_data_file_without_a_pattern_is_found(tree: Path) -> None:
    (tree / "core" / "scoring" / "table.csv").touch()
    (tree / "core" / "migrations" / "script.py.mako").touch()
    assert files_left_out(SMALL, tree) == ["core/migrations/script.py.mako", "core/scoring/table.csv"]


def test_a_link_that_leads_astray_is_found(tree: Path) -> None:
    link = tree / ".package" / "juri" / "core"
    link.unlink()
    link.symlink_to(tree)
    assert links_astray(SMALL, tree) == [".package/juri/core"]


def test_every_library_that_is_imported_is_required() -> None:
    required = {_requirement_name(line) for line in _option(SETUP, "install_requires")}
    extras = _parsed(SETUP)["options.extras_require"]
    optional = {_requirement_name(line) for key in extras for line in extras[key].splitlines() if line.strip()}
    assert _imported_libraries() - optional <= required


def test_every_requirement_is_pinned_with_hashes() -> None:
    pinned = {_requirement_name(line) for line in LOCK.splitlines() if "==" in line}
    extras = _parsed(SETUP)["options.extras_require"]
    optional = [line for key in extras for line in extras[key].splitlines() if line.strip()]
    development = (ROOT / "requirements-dev.in").read_text(encoding="utf-8").splitlines()
    wanted = [*_option(SETUP, "install_requires"), *optional, *(line for line in development if line[:1].isalnum())]
    assert {_requirement_name(line) for line in wanted} - pinned == set()
    entries = re.findall(r"^\S+==[^\n]*\n[^\n]*", LOCK, re.MULTILINE)
    assert [entry for entry in entries if not re.search(r"\\\n    --hash=sha256:[0-9a-f]{64}", entry)] == []


def test_the_lock_names_no_place_to_fetch_from() -> None:
    assert re.findall(r"://|--(?:index|extra-index|find-links|trusted)", LOCK) == []


def _requirement_name(line: str) -> str:
    return re.split(r"[\s\[=<>;~!]", line.strip(), maxsplit=1)[0].lower().replace("_", "-").replace(".", "-")


def _imported_libraries() -> set[str]:
    distributions = packages_distributions()
    modules = {module for room in ROOMS for file in (ROOT / room).rglob("*.py") for module in _top_level_imports(file)}
    foreign = modules - set(sys.stdlib_module_names) - {"juri"}
    return {_requirement_name(distributions[module][0]) if module in distributions else module for module in foreign}


def _top_level_imports(file: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names
