"""The reference of the hooks: every hook explained, every example run, and the page equal to what is printed."""

from pathlib import Path

import pytest

from juri.core.errors import NotFound
from juri.core.registry import FAMILIES
from juri.plugins.contract import HOOKS
from juri.plugins.reference import example, hook_reference, reference

PAGE = Path(__file__).resolve().parents[2] / "docs" / "hooks.md"
ASKED = {"juri_menu_items": "viewer", "juri_check_transition": "change", "juri_event_recorded": "event"}


def test_there_is_a_hook_for_each_family_two_to_ask_and_one_to_tell():
    assert set(HOOKS) == {f"juri_{family}" for family in FAMILIES} | set(ASKED)


@pytest.mark.parametrize("hook", sorted(HOOKS))
def test_the_example_of_each_hook_is_a_complete_plugin(hook, write, load):
    write("example.py", example(hook))
    plugin = next(plugin for plugin in load().listed if plugin.source.name == "example")
    assert plugin.hooks == (hook,)
    assert [family for family, _ in plugin.adds] == ([] if hook in ASKED else [hook.removeprefix("juri_")])


@pytest.mark.parametrize("hook", sorted(HOOKS))
def test_each_hook_says_who_when_and_what_an_exception_does(hook):
    text = hook_reference(hook)
    assert [word in text for word in ("- **Who:**", "- **When:**", "xception")] == [True, True, True]


@pytest.mark.parametrize("hook", sorted(HOOKS))
def test_a_hook_that_nobody_implements_adds_nothing(hook):
    arguments = [None] if hook in ASKED else []
    assert not HOOKS[hook](*arguments)


def test_the_page_in_the_documentation_is_what_the_command_prints(juri):
    printed = juri("hooks")
    assert (printed.stdout, printed.stderr, printed.returncode) == (PAGE.read_text(encoding="utf-8"), "", 0)


def test_one_hook_can_be_looked_up(juri):
    assert juri("hooks", "juri_methods").stdout == hook_reference("juri_methods")


def test_a_hook_that_there_is_not_is_not_found():
    with pytest.raises(NotFound):
        hook_reference("juri_nothing")


def test_the_reference_is_in_the_order_of_the_contract():
    headings = [line.removeprefix("## ") for line in reference().splitlines() if line.startswith("## ")]
    assert headings == list(HOOKS)
