"""The root of the command line: lazy, and never a traceback for a user."""

import json
import subprocess
import sys

import click
import pytest

from juri.core import errors
from juri.webapp import cli
from juri.webapp.commands.output import table
from juri.webapp.failures import fault_sentence, sentence_of, status_of

HELLO = """
from juri.core.extension import CliCommand
from juri.plugins import hookimpl

def load():
    import click
    @click.command()
    @click.pass_obj
    def hello(workbench):
        {body}
    return hello

@hookimpl
def juri_cli_commands():
    return [CliCommand(name="{name}", title="Greet", version="1", load=load)]
"""


@pytest.fixture
def hello(write):
    return lambda body, name="hello": write("greeter.py", HELLO.format(body=body, name=name))


@pytest.mark.parametrize("name", sorted(cli.COMMANDS))
def test_the_help_page_says_of_each_command_what_the_command_says_of_itself(name):
    planned = cli.COMMANDS[name]
    command = planned.load()
    assert isinstance(command, click.Command)
    assert (command.name, (command.help or "").splitlines()[0]) == (name, planned.help)


def test_the_command_line_imports_nothing_heavy_before_a_command_is_chosen():
    heavy = "('sqlalchemy', 'jinja2', 'ruamel.yaml', 'numpy', 'marshmallow', 'pluggy', 'juri.webapp.commands.plugins')"
    code = f"import sys, juri.webapp.cli; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_loading_the_built_in_plugins_imports_no_database_no_templates_and_no_yaml():
    code = (
        "import sys\nfrom juri.core.settings import load_settings\nfrom juri.plugins.manager import load_plugins\n"
        "load_plugins(load_settings({}))\n"
        "print([name for name in ('sqlalchemy', 'jinja2', 'ruamel.yaml', 'xlsxwriter') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_version_is_said(juri):
    done = juri("--version")
    assert (done.returncode, done.stdout.split()[0], done.stderr) == (0, "juri", "")


def test_the_commands_of_plugins_stand_on_the_help_page_under_their_own_heading(hello, juri):
    hello("click.echo('hello')")
    done = juri("--help")
    assert done.returncode == 0
    assert done.stdout.endswith("Commands of plugins:\n  hello  Greet\n")


def test_a_plugins_command_runs_with_the_workbench(hello, juri):
    hello("click.echo(workbench.settings.database_url)")
    assert juri("--database", "sqlite:///here.db", "hello").stdout == "sqlite:///here.db\n"


def test_the_help_page_survives_a_broken_plugin_and_names_it(write, juri):
    write("broken.py", "raise RuntimeError('no')\n")
    done = juri("--help")
    assert done.returncode == 0
    assert "\nThe plugins cannot be loaded:\n  juri: plugin 'broken', loading: RuntimeError: no\n" in done.stdout


def test_a_plugins_command_may_not_have_the_name_of_one_of_ours(hello, juri):
    hello("pass", name="hooks")
    done = juri("no-such-command")
    assert done.returncode == 5
    assert done.stderr == (
        "juri: plugin 'greeter', juri_cli_commands: 'hooks' is a command of Juri; give it another name\n"
        "    start without the plugin by the setting JURI_PLUGINS_OFF=greeter\n"
    )


def test_a_misspelt_command_names_the_nearest(juri):
    done = juri("plugin")
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == "Error: there is no command 'plugin'; did you mean 'plugins'?"


def test_a_command_of_no_known_sound_points_to_the_list(juri):
    assert juri("zzzzzz").stderr.splitlines()[-1] == "Error: there is no command 'zzzzzz'; 'juri --help' lists them"


def test_an_unforeseen_fault_is_one_line_and_the_traceback_is_for_those_who_ask(hello, juri):
    hello("1 / 0")
    sentence = (
        "juri: this is a fault of Juri, please report it (JURI_DEBUG=1 shows where): "
        "ZeroDivisionError: division by zero\n"
    )
    quiet, loud = juri("hello"), juri("hello", JURI_DEBUG="1")
    assert (quiet.returncode, quiet.stderr) == (1, sentence)
    assert loud.stderr.startswith("Traceback (most recent call last):\n")
    assert loud.stderr.endswith(sentence)


def test_a_fault_is_said_even_where_the_settings_are_at_fault_too(juri):
    done = juri("plugins", JURI_PLUGINZ="x")
    assert done.returncode == 2
    assert done.stderr == (
        "juri: this cannot be taken as it is:\n  JURI_PLUGINZ: there is no such setting; did you mean JURI_PLUGINS?\n"
    )


def test_a_refused_plugin_is_listed_as_failed_and_the_reason_follows(write, juri):
    path = write("broken.py", "raise RuntimeError('no')\n")
    other = write("other.py", "import sys\nsys.exit(0)\n")
    done = juri("plugins")
    rows = [line.split() for line in done.stdout.splitlines()]
    assert ["broken", "-", "file", str(path), "failed"] in rows
    assert ["other", "-", "file", str(other), "failed"] in rows
    assert done.returncode == 5
    assert [line for line in done.stderr.splitlines() if line.startswith("juri: ")] == [
        "juri: plugin 'other', loading: SystemExit: 0",
        "juri: plugin 'broken', loading: RuntimeError: no",
    ]


def test_a_plugin_that_there_is_not_cannot_be_shown(juri):
    done = juri("plugins", "show", "zzz")
    assert (done.returncode, done.stderr) == (4, "juri: there is no plugin 'zzz'; 'juri plugins' lists them\n")


def test_what_a_plugin_adds_runs_on_below_where_it_is_long(juri):
    lines = juri("plugins").stdout.splitlines()
    assert lines[0].split() == ["name", "version", "from", "state", "adds"]
    assert [line for line in lines if line != line.rstrip()] == []


def test_tracing_prints_each_hook_call_to_standard_error_and_leaves_the_output_alone(write, juri):
    plain, traced = juri("plugins", "--format", "json"), juri("plugins", "--format", "json", JURI_TRACE_HOOKS="1")
    lines = traced.stderr.splitlines()
    assert (plain.stderr, json.loads(traced.stdout)) == ("", json.loads(plain.stdout))
    assert "  kinds.weighted: 1 result" in lines
    assert "hook juri_blueprints(): 0 implementations" in lines


def test_a_reader_that_closes_the_pipe_is_no_fault(hello, folder):
    hello("[click.echo('x' * 1000) for _ in range(1000)]")
    process = subprocess.Popen(
        [sys.executable, "-m", "juri", "--plugins-dir", str(folder), "hello"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "x" * 1000 + "\n"
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()
    assert (process.wait(timeout=60), said) == (1, "")


def test_a_short_output_that_nobody_reads_is_no_fault(juri, folder):
    process = subprocess.Popen(
        [sys.executable, "-m", "juri", "--plugins-dir", str(folder), "hooks", "juri_methods"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()
    assert (process.wait(timeout=60), said) == (1, "")


@pytest.mark.parametrize("body", ["raise KeyboardInterrupt", "raise click.Abort"])
def test_ctrl_c_ends_a_command_in_a_word(hello, juri, body):
    hello(body)
    done = juri("hello")
    assert (done.returncode, done.stderr.split()) == (130, ["juri:", "stopped"])


def test_a_command_may_name_its_exit_status(hello, juri):
    hello("click.get_current_context().exit(7)")
    assert juri("hello").returncode == 7


def test_a_plugins_command_that_exits_in_its_load_is_refused(write, juri):
    write(
        "greeter.py", HELLO.format(body="pass", name="hello").replace("    import click\n", "    raise SystemExit(0)\n")
    )
    done = juri("hello")
    assert done.returncode == 5
    assert done.stderr.startswith("juri: plugin 'greeter', cli_commands 'hello': SystemExit: 0\n")


FAULT = errors.Fault(errors.Where("a.yaml", 3, 5), "there is no kind 'x'", "did you mean 'y'?")


@pytest.mark.parametrize(
    ("error", "status", "sentence"),
    [
        (
            errors.InputRefused([errors.Problem("row 7", "too great"), errors.Problem("", "empty")]),
            2,
            "juri: this cannot be taken as it is:\n  row 7: too great\n  empty",
        ),
        (
            errors.DefinitionError([FAULT]),
            2,
            "juri: the file has faults:\n  a.yaml:3:5: there is no kind 'x'\n    hint: did you mean 'y'?",
        ),
        (errors.ActionRefused(["closed", "sealed"]), 3, "juri: this cannot be done:\n  closed\n  sealed"),
        (errors.Conflict("changed", theirs=1, yours=2), 3, "juri: this cannot be done:\n  changed"),
        (errors.NotFound("stage", "x", "known are: y"), 4, "juri: there is no stage 'x'; known are: y"),
        (errors.PluginError("p", "loading", "it broke"), 5, "juri: plugin 'p', loading: it broke"),
        (errors.JuriError("other"), 1, "juri: other"),
    ],
)
def test_each_error_has_its_exit_status_and_its_words(error, status, sentence):
    assert (status_of(error), sentence_of(error)) == (status, sentence)


def test_a_fault_without_a_message_is_said_by_its_type():
    assert fault_sentence(RuntimeError()).endswith(": RuntimeError")


def test_a_table_is_aligned_figures_to_the_right_and_without_blanks_at_the_ends():
    assert table(["rank", "entry"], [[1, "a"], [10, None]], right=["rank"]).splitlines() == [
        "rank  entry",
        "----  -----",
        "   1  a",
        "  10",
    ]


def test_a_table_without_rows_is_its_headers():
    assert table(["a"], []) == "a\n-"


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["--help"], 0, "Commands:\n"),
        (["hooks", "juri_methods"], 0, "## juri_methods\n"),
        (["hooks", "juri_nothing"], 4, "juri: there is no hook 'juri_nothing'; 'juri hooks' lists them\n"),
        (["plugins", "--format", "x"], 2, "Invalid value for '--format'"),
    ],
)
def test_the_command_line_can_be_run_inside_another_program(capsys, arguments, status, words):
    assert cli.run(arguments) == status
    assert words in "".join(capsys.readouterr())
