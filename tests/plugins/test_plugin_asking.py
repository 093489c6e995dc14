"""Asking and telling: all reasons count, a failing plugin refuses, and what was committed stays."""

import logging
from datetime import UTC, datetime

import pytest

from juri.core.document import Text
from juri.core.errors import NotFound, PluginError
from juri.core.view import EventRecorded, MenuItem, Refusal, Transition, Viewer

CLOSE = Transition("stage", "interview", "open", "closed", "siti")
CLOSED = EventRecorded("stage.closed", "interview", "siti", datetime(2026, 3, 1, tzinfo=UTC))

HOOK = """
import sys
from juri.core.document import Text
from juri.core.view import MenuItem, Refusal
from juri.plugins import hookimpl

@hookimpl
def {signature}:
    {body}
"""


@pytest.fixture
def hook(write):
    return lambda name, signature, body: write(f"{name}.py", HOOK.format(signature=signature, body=body))


def test_all_reasons_against_a_change_are_given_by_plugin(hook, load):
    hook("zeta", "juri_check_transition(change)", "return Refusal(f'not {change.to_state}', 'z')")
    hook("alpha", "juri_check_transition(change)", "return Refusal('not today')")
    hook("mild", "juri_check_transition()", "return None")
    assert load().check_transition(CLOSE) == [Refusal("not today", "refused"), Refusal("not closed", "z")]


def test_a_plugin_that_fails_when_asked_refuses_the_change(hook, load):
    path = hook("sick", "juri_check_transition(change)", "return change.nothing")
    line = (
        f"AttributeError: 'Transition' object has no attribute 'nothing'\n    at {path}, line 8: return change.nothing"
    )
    assert load().check_transition(CLOSE) == [
        Refusal(f"plugin 'sick' failed when it was asked: {line}", "plugin_error")
    ]


def test_a_plugin_that_exits_when_asked_refuses_the_change(hook, load):
    hook("sick", "juri_check_transition(change)", "sys.exit(0)")
    assert [refusal.code for refusal in load().check_transition(CLOSE)] == ["plugin_error"]


def test_an_answer_that_is_no_refusal_refuses_too(hook, load):
    hook("odd", "juri_check_transition(change)", "return True")
    assert load().check_transition(CLOSE) == [
        Refusal("plugin 'odd' answered with a bool instead of a Refusal or None", "plugin_error")
    ]


def test_every_listener_is_told_even_where_one_fails_and_the_failure_is_logged_with_its_name(hook, load, caplog):
    hook("bad", "juri_event_recorded(event)", "raise OSError('no network')")
    hook("good", "juri_event_recorded(event)", "event.detail['heard'].append(event.action)")
    heard: list[str] = []
    with caplog.at_level(logging.ERROR):
        load().tell(EventRecorded(CLOSED.action, CLOSED.subject, CLOSED.by, CLOSED.at, {"heard": heard}))
    assert heard == ["stage.closed"]
    assert [record.getMessage().split("\n")[0] for record in caplog.records] == [
        "plugin 'bad', juri_event_recorded: OSError: no network"
    ]


def test_ctrl_c_while_plugins_are_told_still_stops_the_program(hook, load):
    hook("slow", "juri_event_recorded(event)", "raise KeyboardInterrupt")
    with pytest.raises(KeyboardInterrupt):
        load().tell(CLOSED)


def test_menu_items_of_all_plugins_are_gathered_and_those_of_a_failing_one_left_out(hook, load, caplog):
    hook("map", "juri_menu_items(viewer)", "return [MenuItem(Text('Peta', 'Map'), f'/map/{viewer.name}')]")
    hook("bad", "juri_menu_items(viewer)", "return 1 / 0")
    hook("odd", "juri_menu_items(viewer)", "return ['/odd']")
    hook("none", "juri_menu_items(viewer)", "return None")
    with caplog.at_level(logging.ERROR):
        items = load().menu_items(Viewer("siti"))
    assert items == [MenuItem(Text("Peta", "Map"), "/map/siti")]
    assert [record.getMessage().split("\n")[0] for record in caplog.records] == [
        "plugin 'bad', juri_menu_items: ZeroDivisionError: division by zero",
        "plugin 'odd', juri_menu_items: it must return a list of MenuItem",
    ]


def test_tracing_prints_each_call_with_its_implementations_and_the_count_of_their_results(hook, load, capsys):
    hook("strict", "juri_check_transition(change)", "return Refusal('no')")
    hook("sick", "juri_check_transition(change)", "raise OSError")
    hook("mild", "juri_check_transition(change)", "return None")
    plugins = load({"JURI_TRACE_HOOKS": "1"})
    capsys.readouterr()
    plugins.check_transition(CLOSE)
    assert capsys.readouterr().err.splitlines() == [
        f"hook juri_check_transition(change={CLOSE!r}): 3 implementations",
        "  mild: 0 results",
        "  sick: an error",
        "  strict: 1 result",
    ]


COMMAND = """
from juri.core.extension import CliCommand
from juri.plugins import hookimpl

def load():
    raise ImportError("flask is not here")

@hookimpl
def juri_cli_commands():
    return [CliCommand(name="pages", title="Pages", version="1", load=load)]
"""


def test_a_record_whose_load_fails_is_an_error_of_its_plugin(write, load):
    write("web.py", COMMAND)
    with pytest.raises(PluginError) as caught:
        load().load("cli_commands", "pages")
    assert str(caught.value).startswith("plugin 'web', cli_commands 'pages': ImportError: flask is not here")


def test_loading_what_nobody_adds_is_not_found(load):
    with pytest.raises(NotFound):
        load().load("blueprints", "pages")
