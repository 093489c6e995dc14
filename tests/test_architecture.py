"""The rules of the house that no linter knows. Layers and circles are import-linter's, in setup.cfg."""

import ast
import io
import re
import tokenize
from collections.abc import Callable
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("core", "plugins", "rubrics", "webapp")
PRODUCT = sorted(file for room in ROOMS for file in (ROOT / room).rglob("*.py"))
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
OURS = sorted([*PRODUCT, *(ROOT / "tests").rglob("*.py"), *(ROOT / "bench").rglob("*.py")])

LONGEST_FUNCTION = 50
SHORTEST_REASON = 2
"""Words: fewer say that there is an exception, not why."""

ASKS_THE_MACHINE = ("os.environ", "os.getenv", "datetime.now", "datetime.utcnow", "date.today", "time.time")

pytestmark = pytest.mark.uncounted  # reads the code and runs none of it


def exceptions_without_reason(source: str) -> list[str]:
    """Find the comments that silence a tool and do not say why."""
    silenced = re.compile(
        r"#\s*(?:noqa(?::\s*[A-Z]+[0-9]+(?:,\s*[A-Z]+[0-9]+)*)?|type: ignore(?:\[[^]]*\])?|pragma: no cover)"
    )
    if not silenced.search(source):
        return []
    comments = [
        token.string
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT
    ]
    return [
        comment
        for comment in comments
        if silenced.match(comment) and len(silenced.sub("", comment).strip(" #").split()) < SHORTEST_REASON
    ]


def ignores_without_reason(pyproject: str) -> list[str]:
    """Find the rules that pyproject.toml switches off without a comment beside them."""
    line = re.compile(r'^\s*"([A-Z]+[0-9]*)",(.*)$', re.MULTILINE)
    return [code for code, rest in line.findall(pyproject) if len(rest.strip(" #").split()) < SHORTEST_REASON]


def floats(source: str) -> list[int]:
    """Find the lines with a float: a literal or the type."""
    found = []
    for node in ast.walk(ast.parse(source)):
        literal = isinstance(node, ast.Constant) and isinstance(node.value, float)
        named = isinstance(node, ast.Name) and node.id == "float"
        if literal or named:
            found.append(node.lineno)
    return sorted(found)


def questions_to_the_machine(source: str) -> list[str]:
    """Find the names by which code asks the machine for the time or for its environment."""
    dotted = (ast.unparse(node) for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Attribute))
    return sorted({name for text in dotted for name in ASKS_THE_MACHINE if text == name or text.endswith("." + name)})


def long_functions(source: str) -> list[str]:
    """Find the functions that no screen shows whole."""
    return [
        node.name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > LONGEST_FUNCTION
    ]


def paths_named(text: str) -> set[str]:
    """Find the paths of the repository that a page of prose names between backticks."""
    return set(re.findall(r"`((?:core|plugins|rubrics|webapp|tests|docs|bench|\.package|\.ci)/[\w./-]*)`", text))


def _concerns_on_the_map() -> list[str]:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    return re.findall(r"^\| `core/(\w+)(?:\.py|/)`", text, re.MULTILINE)


def _found(files: list[Path], rule: Callable[[str], list[Any]]) -> dict[str, list[Any]]:
    """Apply a rule to every file and keep what it finds, by path."""
    found = {file.relative_to(ROOT).as_posix(): rule(file.read_text(encoding="utf-8")) for file in files}
    return {path: what for path, what in found.items() if what}


def test_what_is_silenced_says_why() -> None:
    assert _found(OURS, exceptions_without_reason) == {}


def test_what_ruff_ignores_says_why() -> None:
    assert _found([ROOT / "pyproject.toml"], ignores_without_reason) == {}


def test_official_figures_are_never_floats() -> None:
    assert _found([file for file in PRODUCT if "scoring" in file.parts], floats) == {}


def test_only_settings_and_clock_ask_the_machine() -> None:
    asked = _found(PRODUCT, questions_to_the_machine)
    assert asked == {"core/clock.py": ["datetime.now"], "core/settings.py": ["os.environ"]}


def test_a_module_says_what_it_is_for() -> None:
    assert _found(PRODUCT, lambda source: [] if ast.get_docstring(ast.parse(source)) else ["no docstring"]) == {}


def test_a_function_fits_a_screen() -> None:
    revisions = ROOT / "core" / "migrations" / "versions"  # one function a revision lists its tables
    assert _found([file for file in PRODUCT if file.parent != revisions], long_functions) == {}


def test_the_map_shows_every_concern_of_the_core() -> None:
    there = {path.stem for path in (ROOT / "core").iterdir() if path.suffix == ".py" or any(path.rglob("*.py"))}
    assert sorted(_concerns_on_the_map()) == sorted(there - {"__init__"})


def test_the_map_shows_the_core_in_the_order_of_its_layers() -> None:
    setup = ConfigParser(interpolation=None)
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    contract = setup["importlinter:contract:core"]["layers"].strip()
    layers = [set(re.findall(r"\w+", line)) for line in contract.splitlines()]
    floor = {name: number for number, layer in enumerate(reversed(layers)) for name in layer}
    shown = _concerns_on_the_map()
    assert [name for name in shown if name in floor] == sorted(
        set(shown) & set(floor), key=lambda n: (floor[n], shown.index(n))
    )
    assert set(shown) - set(floor) == {"migrations"}


def test_the_paths_that_a_page_names_are_there() -> None:
    assert _found(PAGES, lambda text: sorted(path for path in paths_named(text) if not (ROOT / path).exists())) == {}


def test_the_house_rules_can_fail() -> None:
    assert exceptions_without_reason("x = 1  # noqa: E501\ny = 2  # noqa: E501, D100  the text is quoted whole\n") == [
        "# noqa: E501"
    ]
    assert ignores_without_reason(
        'ignore = [\n    "D105", # magic methods do what their protocol says\n    "EM",\n]'
    ) == ["EM"]
    assert floats("a = 1\nb = 0.5\nc = float(a)\n") == [2, 3]
    assert questions_to_the_machine("import os, datetime\nos.environ['A']\ndatetime.datetime.now()\n") == [
        "datetime.now",
        "os.environ",
    ]
    assert long_functions("def short():\n    pass\ndef long():\n" + "    pass\n" * LONGEST_FUNCTION) == ["long"]
    assert paths_named("see `core/errors.py` and `juri score`") == {"core/errors.py"}
