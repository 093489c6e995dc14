"""``juri plugins`` and ``juri hooks``: what is loaded, and what a plugin can do."""

from __future__ import annotations

import json
from textwrap import wrap

import click

from juri.core.audit.trail import seal
from juri.core.errors import NotFound
from juri.core.switches import switch_plugin
from juri.plugins.reference import hook_reference, reference
from juri.plugins.survey import OFF, Plugin, Survey, survey_plugins
from juri.webapp.commands.output import table
from juri.webapp.plugin_switch import foresee_switch, setting_of
from juri.webapp.workbench import Workbench

ADDS_WIDTH = 60


@click.group(invoke_without_command=True)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="How it is printed.",
)
@click.pass_context
def plugins(ctx: click.Context, form: str) -> None:
    """List the plugins, and what each adds.

    A plugin that cannot be loaded is listed as failed, and the reason follows: nothing else works until it is mended
    or switched off ('juri plugins off NAME', or the setting JURI_PLUGINS_OFF=NAME).
    """
    if ctx.invoked_subcommand:
        return
    survey = survey_plugins(ctx.obj.settings, switched_off=ctx.obj.switched_off)
    if form == "json":
        click.echo(json.dumps([_plain(plugin) for plugin in survey.plugins()], indent=2))
    else:
        rows = [row for plugin in survey.plugins() for row in _rows(plugin)]
        click.echo(table(["name", "version", "from", "state", "adds"], rows))
    _fail_with(survey)


@plugins.command()
@click.argument("name")
@click.pass_obj
def show(workbench: Workbench, name: str) -> None:
    """Show one plugin: where it comes from, its state, its hooks and everything that it adds."""
    survey = survey_plugins(workbench.settings, switched_off=workbench.switched_off)
    found = [plugin for plugin in survey.plugins() if plugin.source.name == name]
    if not found:
        raise NotFound("plugin", name, "'juri plugins' lists them")
    for plugin in found:
        _show(plugin, survey)
        if plugin.state == OFF:
            by_hand = name in workbench.switched_off
            setting = setting_of(workbench.settings, plugin, by_hand)
            click.echo(f"  off by   {setting or 'an administrator'}")
    _fail_with(survey)


@plugins.command()
@click.argument("name")
@click.option("--reason", required=True, help="Why; it stands in the audit trail.")
@click.pass_obj
def off(workbench: Workbench, name: str, reason: str) -> None:
    """Switch a plugin off, also one that stops the start-up. Refused where a running edition uses it."""
    _switch(workbench, name, reason, off=True)


@plugins.command()
@click.argument("name")
@click.option("--reason", required=True, help="Why; it stands in the audit trail.")
@click.pass_obj
def on(workbench: Workbench, name: str, reason: str) -> None:
    """Switch a plugin on again. Refused where Juri would not start with it."""
    _switch(workbench, name, reason, off=False)


@click.command()
@click.argument("name", required=False)
def hooks(name: str | None) -> None:
    """Explain the hooks that a plugin can implement."""
    click.echo(hook_reference(name) if name else reference(), nl=False)


def _switch(workbench: Workbench, name: str, reason: str, *, off: bool) -> None:
    """Switch a plugin without loading the others: no plugin is told, since the start-up may be what is broken."""
    with workbench.reading() as session:
        foreseen = foresee_switch(session, workbench.settings, name)
    foreseen.require(off=off)
    with workbench.database.write() as writing:
        switch_plugin(writing, name, off=off, by=workbench.actor(writing), reason=reason)
    seal(workbench.database)
    click.echo(f"Plugin '{name}' is switched {'off' if off else 'on'}. A server that runs starts again by itself,")
    click.echo("with 'juri serve --simple' when you start it again.")
    for slug, state in foreseen.fallen.installed:
        click.echo(f"  edition '{slug}' ({state}) cannot be worked on until the plugin is back")


def _rows(plugin: Plugin) -> list[list[str]]:
    """Lay out one plugin; what it adds runs on in the rows below."""
    adds = [f"{family}: {' '.join(names)}" for family, names in _by_family(plugin).items()] or [", ".join(plugin.hooks)]
    lines = [line for text in adds for line in wrap(text, ADDS_WIDTH, subsequent_indent="  ")] or [""]
    head = [plugin.source.name, plugin.source.version or "-", plugin.source.origin, plugin.state]
    return [[*(head if line is lines[0] else [""] * len(head)), line] for line in lines]


def _by_family(plugin: Plugin) -> dict[str, list[str]]:
    families: dict[str, list[str]] = {}
    for family, name in plugin.adds:
        families.setdefault(family, []).append(name)
    return families


def _plain(plugin: Plugin) -> dict[str, object]:
    source = plugin.source
    return {
        "name": source.name,
        "version": source.version or None,
        "from": source.origin,
        "state": plugin.state,
        "hooks": list(plugin.hooks),
        "adds": _by_family(plugin),
    }


def _show(plugin: Plugin, survey: Survey) -> None:
    source = plugin.source
    click.echo(f"{source.name}\n  version  {source.version or 'none stated'}\n  from     {source.origin}")
    click.echo(f"  state    {plugin.state}\n  hooks    {', '.join(plugin.hooks) or 'none'}\n")
    records = [offer for offer in survey.offers if offer[1] == source]
    if records:
        rows = [(family, record.name, record.version, record.title) for family, _, record in records]
        click.echo(table(["adds to", "name", "version", "title"], rows))


def _fail_with(survey: Survey) -> None:
    """Say every fault; the first decides the exit status, as it does for any other command."""
    if survey.faults:
        for fault in survey.faults[1:]:
            click.echo(f"juri: {fault}", err=True)
        raise survey.faults[0]
