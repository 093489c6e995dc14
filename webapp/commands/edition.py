"""``juri edition``: look at editions, check them, compare them, begin a new one."""

from __future__ import annotations

import json
from pathlib import Path

import click

from juri.core.editions.diff import diff_editions, diff_text
from juri.core.editions.drafts import draft_edition, write_draft
from juri.core.editions.loader import LoadedEdition, load_shipped
from juri.core.errors import DefinitionError, Fault, InputRefused
from juri.webapp.commands.edition_running import RUNNING
from juri.webapp.commands.edition_text import edition_text, edition_yaml, unknown_lines
from juri.webapp.commands.output import table
from juri.webapp.commands.targets import is_file, load_target
from juri.webapp.workbench import Workbench


@click.group()
def edition() -> None:
    """Look at editions, check them, compare them, begin a new one.

    EDITION is a file, or the name of an edition that a plugin ships.
    """


for _command in RUNNING:
    edition.add_command(_command)


@edition.command(name="list")
@click.pass_obj
def list_editions(workbench: Workbench) -> None:
    """List the editions that plugins ship."""
    registry = workbench.registry
    rows = [
        [name, _state(workbench, name), registry.owner("editions", name), registry.get("editions", name).title]
        for name in registry.names("editions")
    ]
    click.echo(table(["edition", "state", "plugin", "title"], rows))


@edition.command()
@click.argument("editions", metavar="EDITION...", nargs=-1, required=True)
@click.pass_obj
def check(workbench: Workbench, editions: tuple[str, ...]) -> None:
    """Check editions, and say what is wrong or unknown.

    Every fault has its file, line and column. The exit status is 0 for an edition without faults, a draft included,
    and 2 where there are faults.
    """
    faults: list[Fault] = []
    for target in editions:
        try:
            click.echo(_verdict(target, load_target(workbench, target)))
        except DefinitionError as error:
            faults.extend(error.faults)
    if faults:
        raise DefinitionError(faults)


@edition.command()
@click.argument("target", metavar="EDITION")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "yaml"]),
    default="text",
    show_default=True,
    help="How it is printed.",
)
@click.pass_obj
def show(workbench: Workbench, target: str, form: str) -> None:
    """Show an edition with everything that it inherits."""
    loaded = load_target(workbench, target)
    if form == "text":
        click.echo(edition_text(loaded))
    elif form == "json":
        click.echo(json.dumps(loaded.data, indent=2, ensure_ascii=False))
    else:
        click.echo(edition_yaml(loaded), nl=False)


@edition.command()
@click.argument("before", metavar="EDITION")
@click.argument("after", metavar="EDITION")
@click.pass_obj
def diff(workbench: Workbench, before: str, after: str) -> None:
    """Say what differs, and whether it can change a score."""
    click.echo(diff_text(diff_editions(load_target(workbench, before), load_target(workbench, after))))


@edition.command()
@click.argument("name", metavar="ID")
@click.option("--from", "parent", metavar="EDITION", help="The edition that the new one extends.")
@click.pass_obj
def new(workbench: Workbench, name: str, parent: str | None) -> None:
    """Write ID.yaml: a new edition in this folder, with comments. Nothing is overwritten."""
    if name in workbench.registry.names("editions"):
        raise InputRefused.at("id", f"an edition '{name}' is shipped already; choose another id")
    if parent and is_file(parent) and Path(parent).resolve().parent != Path.cwd():
        raise InputRefused.at("--from", f"'{parent}' is not in this folder; an edition extends its neighbours only")
    base = load_target(workbench, parent) if parent else None
    path = Path(f"{name}.yaml")
    text = draft_edition(name, base, Path(parent).name if parent else "")
    click.echo(_verdict(f"{path} is written", write_draft(path, text, workbench.registry)))


def _verdict(target: str, loaded: LoadedEdition) -> str:
    found = loaded.edition
    counted = f"{len(found.stages)} stages, {len(found.rubrics)} rubrics"
    if not found.is_draft:
        return f"{target}: ok ({counted})"
    heading = f"{target}: ok, a draft ({counted}); still unknown:"
    return "\n".join([heading, *unknown_lines(found.unknown)])


def _state(workbench: Workbench, name: str) -> str:
    try:
        found = load_shipped(name, workbench.registry).edition
    except DefinitionError as error:
        return f"{len(error.faults)} faults"
    state = f"draft, {len(found.unknown)} unknown" if found.is_draft else "complete"
    return f"template, {state}" if found.template else state
