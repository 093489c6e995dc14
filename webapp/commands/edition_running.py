"""The part of ``juri edition`` that works on the database: install, open, move on, revise."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from juri.core.errors import DefinitionError
from juri.webapp.commands.output import table
from juri.webapp.workbench import Workbench

if TYPE_CHECKING:
    from juri.core.editions.loader import LoadedEdition

STATES = ("open", "judging", "decided", "published", "monitored", "archived", "draft")


@click.command()
@click.pass_obj
def installed(workbench: Workbench) -> None:
    """List the editions in the database, with their states."""
    from sqlalchemy import select

    from juri.core.editions.model import EditionRow

    with workbench.reading() as session:
        rows = session.execute(select(EditionRow.slug, EditionRow.state, EditionRow.revision).order_by(EditionRow.slug))
        lines = [tuple(row) for row in rows]
    click.echo(
        table(("edition", "state", "revision"), lines, right=("revision",)) if lines else "none is installed yet"
    )


@click.command()
@click.argument("target", metavar="EDITION")
@click.pass_obj
def install(workbench: Workbench, target: str) -> None:
    """Put an EDITION into the database, as a draft.

    EDITION is a file, or the name of one that is shipped.
    """
    from juri.core.editions.verbs import install_edition
    from juri.webapp.commands.targets import load_target

    loaded = load_target(workbench, target)
    _require_known(workbench, loaded)
    with workbench.writing() as (session, actor):
        install_edition(session, loaded, by=actor)
    gaps = len(loaded.edition.unknown)
    click.echo(f"{loaded.edition.id} is installed, with {len(loaded.edition.stages)} stages planned")
    if gaps:
        click.echo(
            f"{gaps} rules are unknown; it cannot open before they are filled in ('juri edition check {target}')"
        )


@click.command()
@click.argument("edition")
@click.argument("state", type=click.Choice(STATES))
@click.option("--reason", default="", help="Why; it stands in the audit trail.")
@click.pass_obj
def move(workbench: Workbench, edition: str, state: str, reason: str) -> None:
    """Move an installed EDITION on, such as to open."""
    from juri.core.editions.verbs import move_edition

    with workbench.writing() as (session, actor):
        move_edition(session, workbench.running(session, edition), state, by=actor, reason=reason)
    click.echo(f"{edition} is {state}")


@click.command()
@click.argument("target", metavar="FILE")
@click.option("--reason", required=True, help="Why it is revised.")
@click.pass_obj
def revise(workbench: Workbench, target: str, reason: str) -> None:
    """Put a new revision of an edition's FILE in force.

    Stages that were opened keep their rules: a revision that changes them is refused.
    """
    from juri.core.editions.verbs import revise_edition
    from juri.webapp.commands.targets import load_target

    loaded = load_target(workbench, target)
    _require_known(workbench, loaded)
    with workbench.writing() as (session, actor):
        running = workbench.running(session, loaded.edition.id)
        revise_edition(session, running, loaded, by=actor, reason=reason)
    click.echo(f"{loaded.edition.id} is at revision {running.revision + 1}")


def _require_known(workbench: Workbench, loaded: LoadedEdition) -> None:
    """Refuse an edition that only makes sense with the plugin beside its file: later commands would not find it."""
    from juri.core.editions.loader import load_resolved

    try:
        load_resolved(loaded.data, workbench.registry, origin=loaded.origin)
    except DefinitionError as error:
        hint = "put the plugin.py that stands beside it into the folder of --plugins-dir or JURI_PLUGINS_DIR"
        raise DefinitionError([replace(fault, hint=hint) for fault in error.faults]) from error


RUNNING = (install, installed, move, revise)
"""The commands that ``juri edition`` has beside those on files."""
