"""The ``juri`` command: thin and lazy. A sub-command's module is imported when it is used, and not before."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from types import MappingProxyType
from typing import Any

import click

from juri.core.errors import JuriError, PluginError
from juri.webapp.failures import FAULT, STOPPED, fault_sentence, sentence_of, status_of, trace_of
from juri.webapp.workbench import Workbench


@dataclass(frozen=True)
class Planned:
    """A sub-command that is not imported yet: ``module:attribute`` below ``juri.webapp.commands``, and its help."""

    target: str
    help: str

    def load(self) -> click.Command:
        """Import the command."""
        module, _, attribute = self.target.partition(":")
        command: click.Command = getattr(import_module(f"juri.webapp.commands.{module}"), attribute)
        return command


COMMANDS: Mapping[str, Planned] = MappingProxyType(
    {
        "score": Planned("score:score", "Rank the entries of a spreadsheet, without a database."),
        "agreement": Planned("agreement:agreement", "Tell how well the jurors of a spreadsheet agree."),
        "jury": Planned("jury:jury", "Tell how each juror of a spreadsheet scores, and whose sheets deserve a look."),
        "sensitivity": Planned("sensitivity:sensitivity", "Tell how firm the first places of a spreadsheet are."),
        "count": Planned("count:count", "Count ballots: rankings, grades or comparisons, without a database."),
        "rasch": Planned(
            "rasch:rasch", "Measure entries, jurors and criteria on one scale by the many-facet Rasch model."
        ),
        "simulate": Planned(
            "simulate:simulate", "Tell how reproducible the Top N of an EDITION would be, by jurors per entry."
        ),
        "select": Planned("select:select", "Say who advances from the standings of a spreadsheet, by a cut rule."),
        "edition": Planned("edition:edition", "Look at editions, check them, compare them, begin a new one."),
        "db": Planned("database:db", "Prepare the database."),
        "entry": Planned("entry:entry", "Register, submit, show and remove the entries of an edition."),
        "person": Planned("person:person", "Add people, give them roles, note their ties to agencies."),
        "history": Planned("person:history", "Take over titles that were won before, for rules about earlier winners."),
        "juror": Planned("juror:juror", "Put jurors into panels, note conflicts, assign entries."),
        "assign": Planned(
            "assign:assign", "Assign jurors to entries: of two tables, or in a judged stage of an edition."
        ),
        "stage": Planned("stage:stage", "Run the stages of an installed edition."),
        "scorecard": Planned(
            "scorecard:scorecard",
            "Hand out scorecards as forms, take them over from paper or a spreadsheet, look at them.",
        ),
        "paper": Planned("paper_desk:paper", "Type scorecards from paper, and confirm what somebody else typed."),
        "record": Planned(
            "record:record",
            "Keep an act of a stage: a check, a visit, an attendance, a vote, an objection, an adoption.",
        ),
        "result": Planned("result:result", "Show, explain and export the result of an edition."),
        "audit": Planned("audit:audit", "Check the audit trail, and read it."),
        "demo": Planned("demo:demo", "Play KIPP 2023 with its real counts, from registration to the published result."),
        "account": Planned("account:account", "Let people sign in: passwords, links, and closing an account."),
        "serve": Planned("serve:serve", "Check the installation, then serve the pages until stopped with Ctrl-C."),
        "plugins": Planned("plugins:plugins", "List the plugins, and what each adds."),
        "hooks": Planned("plugins:hooks", "Explain the hooks that a plugin can implement."),
    }
)
"""Every sub-command, in the order of the help page. The help is the first line of the command's own."""


class LazyGroup(click.Group):
    """The root of the command line: knows its sub-commands by name, and asks the plugins only for others."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the sub-commands, the plugins' behind our own."""
        return [*COMMANDS, *_plugin_commands(_workbench(ctx))]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a sub-command."""
        if cmd_name in COMMANDS:
            return COMMANDS[cmd_name].load()
        workbench = _workbench(ctx)
        if cmd_name not in _plugin_commands(workbench):
            return None
        command: click.Command = workbench.plugins.load("cli_commands", cmd_name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the sub-command that the arguments name, or say which one is near."""
        command = self.get_command(ctx, args[0])
        if command is None:
            near = get_close_matches(args[0], self.list_commands(ctx), 1)
            hint = f"did you mean '{near[0]}'?" if near else "'juri --help' lists them"
            ctx.fail(f"there is no command '{args[0]}'; {hint}")
        return args[0], command, args[1:]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of sub-commands without importing one; a plugin that fails does not take the help away."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, planned.help) for name, planned in COMMANDS.items()])
        try:
            added = _plugin_commands(_workbench(ctx))
        except JuriError as error:
            formatter.write(f"\nThe plugins cannot be loaded:\n  {sentence_of(error)}\n")
            return
        if added:
            with formatter.section("Commands of plugins"):
                formatter.write_dl(list(added.items()))


def _workbench(ctx: click.Context) -> Workbench:
    """Return the workbench; the help page is shown before the root has made it."""
    if not isinstance(ctx.obj, Workbench):
        return Workbench(ctx.params.get("plugins_dir"), ctx.params.get("database"))
    return ctx.obj


def _plugin_commands(workbench: Workbench) -> dict[str, str]:
    added = workbench.registry.items["cli_commands"]
    for name in sorted(set(added) & set(COMMANDS)):
        why = f"'{name}' is a command of Juri; give it another name\n    start without the plugin by the setting "
        raise PluginError(added[name].owner, "juri_cli_commands", f"{why}JURI_PLUGINS_OFF={added[name].owner}")
    return {name: item.extension.title for name, item in added.items()}


def _print_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"juri {version('juri')}")
        ctx.exit()


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--plugins-dir", metavar="FOLDER", is_eager=True, help="A folder of single .py and .yaml plugins.")
@click.option("--database", metavar="URL", help="Where the data are; sqlite:///var/juri.db by default.")
@click.option("--as", "acting", metavar="EMAIL", help="Act as this person; without it, as the operator.")
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_print_version, help="Say it.")
@click.pass_context
def cli(ctx: click.Context, plugins_dir: str | None, database: str | None, acting: str | None) -> None:
    """Run competitions: from registration to a sealed result, or from a spreadsheet to a ranking."""
    ctx.obj = Workbench(plugins_dir, database, acting)


def main() -> None:
    """Run the command line and end the process with its exit status."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run the command line; return the exit status. Whatever fails is said in a sentence on standard error."""
    try:
        status = _invoke(arguments)
        sys.stdout.flush()
    except (click.Abort, KeyboardInterrupt):
        click.echo("juri: stopped", err=True)
        return STOPPED
    except BrokenPipeError:
        # whoever read our output has seen enough; the interpreter must not stumble over it again at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAULT
    return status


def _invoke(arguments: list[str]) -> int:
    try:
        status: Any = cli.main(arguments, prog_name="juri", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except JuriError as error:
        click.echo(trace_of(error) + sentence_of(error), err=True)
        return status_of(error)
    except (click.Abort, BrokenPipeError):
        raise
    except Exception as error:  # noqa: BLE001  the last place that can turn a fault into a sentence
        click.echo(trace_of(error) + fault_sentence(error), err=True)
        return FAULT
    return status if isinstance(status, int) else 0
