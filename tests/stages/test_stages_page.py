"""docs/stages.md is true: every example is read by its kind, every kind, rule and option has its place."""

import re
from pathlib import Path

import pytest

from juri.core.editions.positions import read_mapping

PAGE = Path(__file__).resolve().parents[2] / "docs" / "stages.md"
TEXT = PAGE.read_text(encoding="utf-8")
EXAMPLES = [read_mapping(text, "docs/stages.md").plain() for text in re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["kind"])
def test_every_example_is_one_that_an_edition_could_hold(given, example):
    options = {key: value for key, value in example.items() if key != "kind"}
    view = given.view(example["kind"], options)
    assert set(options) <= set(view.options)


def test_every_kind_has_a_section_with_an_example(given):
    kinds = list(given.registry.names("stage_kinds"))
    assert sorted(re.findall(r"^## (\w+)$", TEXT, re.MULTILINE)) == kinds
    assert sorted({example["kind"] for example in EXAMPLES}) == kinds


def test_the_table_of_cut_rules_names_every_rule_and_option(given):
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*?) \|", TEXT, re.MULTILINE))
    rules = {name: given.registry.get("cut_rules", name).options for name in given.registry.names("cut_rules")}
    assert {name: sorted(re.findall(r"`(\w+)`", row)) for name, row in rows.items()} == {
        name: sorted(options().fields) if options else [] for name, options in rules.items()
    }


def test_the_rules_that_examples_use_take_their_options(given):
    uses = [example["rule"] for example in EXAMPLES if "rule" in example]
    loaded = [
        given.registry.get("cut_rules", use["rule"]).options().load({k: v for k, v in use.items() if k != "rule"})
        for use in uses
    ]
    assert [rule["ratio"] for rule in loaded] == [2, 1]
