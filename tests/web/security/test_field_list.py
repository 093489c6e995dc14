"""The page about security says which test keeps which promise: every number is there, and every test exists."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
NUMBERS = {*range(1, 50), *range(57, 75)}


def section(title):
    return PAGE.split(f"## {title}\n", 1)[1].split("\n## ", 1)[0]


def rows(title):
    """Return the rows of a section's table: the number, and the rest of the row."""
    return {int(number): rest for number, rest in re.findall(r"^\| (\d+) \| (.+) \|$", section(title), re.MULTILINE)}


def names_in(file):
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_number_has_its_tests_or_a_reason_why_it_is_not_there_yet():
    tested, missing = rows("Every bug and its test"), rows("Not there yet")
    assert set(tested) | set(missing) == NUMBERS
    assert set(tested) & set(missing) == set()
    assert [number for number, why in missing.items() if len(why.split()) < 5] == []


def test_every_test_that_the_page_names_exists_under_its_number():
    wrong = []
    for number, row in rows("Every bug and its test").items():
        linked = re.findall(r"\(\.\./(tests/[\w/]+\.py)\): ((?:`\w+`(?:, )?)+)", row)
        named = [(file, name) for file, names in linked for name in re.findall(r"`(\w+)`", names)]
        wrong += [name for file, name in named if name not in names_in(file)]
        wrong += [name for _, name in named if not name.startswith(f"test_field_{number:02}_")]
        wrong += [] if named else [number]
    assert wrong == []
