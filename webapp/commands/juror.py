"""``juri juror``: people, panels, conflicts and assignments of an installed edition."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from juri.webapp.commands.imports import file_argument, take_rows
from juri.webapp.commands.output import counted, table
from juri.webapp.imports import JUROR_COLUMNS, Take, seat_row
from juri.webapp.workbench import Workbench

if TYPE_CHECKING:
    from juri.core.policy import Actor
    from juri.core.storage.session import WriteSession

_edition = click.argument("edition")


@click.group()
def juror() -> None:
    """Put jurors into panels, note conflicts, assign entries."""


@juror.command("import")
@_edition
@file_argument
@click.option("--dry-run", is_flag=True, help="Check everything and write nothing.")
@click.pass_obj
def import_jurors(workbench: Workbench, edition: str, file: Path, dry_run: bool) -> None:
    """Put the people of a FILE into panels, all or none.

    The FILE is CSV or XLSX. Columns: name, email, panel; optional: organization, region, cluster, code, weight (1 or
    more), categories (separated by ;, empty for all).
    """
    added: list[bool] = []

    def begin(session: WriteSession, actor: Actor) -> Take:
        running = workbench.running(session, edition)
        return lambda row: added.append(seat_row(session, running, actor, row))

    count = take_rows(workbench, file, JUROR_COLUMNS, begin, dry_run=dry_run)
    if not dry_run:
        before = count - sum(added)
        same = f"; {before} there before" if before else ""
        click.echo(f"{counted(sum(added), 'juror')} added to the panels{same}")


@juror.command("list")
@_edition
@click.option("--stage", default="", help="Only the jurors of this stage, and what they have to do in it.")
@click.pass_obj
def list_jurors(workbench: Workbench, edition: str, stage: str) -> None:
    """List the jurors by panel, with what each has done."""
    from juri.core.judging.panels import list_jurors as seats

    with workbench.reading() as session:
        found = seats(session, workbench.running(session, edition), stage)
    rows = [(each.panel, each.code, each.name, each.email, each.weight, each.assigned, each.done) for each in found]
    headers = ("panel", "juror", "name", "email", "weight", "assigned", "done")
    click.echo(table(headers, rows, right=("weight", "assigned", "done")) if rows else "no juror is in a panel yet")


@juror.command()
@_edition
@click.argument("juror")
@click.argument("entry")
@click.option("--reason", required=True, help="What ties the juror to the entry.")
@click.pass_obj
def conflict(workbench: Workbench, edition: str, juror: str, entry: str, reason: str) -> None:
    """Note that JUROR must not score ENTRY.

    A scorecard that was given stays in the records and no longer counts.
    """
    from juri.core.judging.conflicts import declare_conflict

    with workbench.writing() as (session, actor):
        declare_conflict(session, workbench.running(session, edition), juror, entry, reason, by=actor)
    click.echo(f"{juror} does not score {entry}")


@juror.command("conflicts")
@_edition
@click.pass_obj
def list_conflicts(workbench: Workbench, edition: str) -> None:
    """List who must not score what, and why.

    Conflicts are declared, or found by agency, region and relation, as the panel of the edition says.
    """
    from juri.core.judging.conflicts import forbidden_pairs
    from juri.core.judging.panels import panel_jurors

    with workbench.reading() as session:
        running = workbench.running(session, edition)
        rows = [
            (panel.id, code, entry, kind)
            for panel in running.edition.panels
            for jurors in [panel_jurors(session, running, panel.id)]
            for (entry, code), kind in sorted(forbidden_pairs(session, running, panel.id, jurors.values()).items())
            if code in jurors
        ]
    click.echo(table(("panel", "juror", "entry", "why"), rows) if rows else "no conflict is known")


@juror.command()
@_edition
@click.argument("stage")
@click.argument("juror")
@click.option("--reason", default="", help="Why; needed unless it is a dry run.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="It settles what is equal.")
@click.option("--dry-run", is_flag=True, help="Show what would change and write nothing.")
@click.pass_obj
def replace(workbench: Workbench, edition: str, stage: str, juror: str, reason: str, seed: int, dry_run: bool) -> None:
    """Hand what JUROR has not sent in STAGE over to others.

    As few assignments change as possible; scorecards that were sent stay and count.
    """
    from juri.core.judging.assignments import replace_juror
    from juri.core.judging.planning import plan_replacement

    if dry_run:
        with workbench.reading() as session:
            plan = plan_replacement(session, workbench.running(session, edition), stage, juror, seed=seed)
    else:
        with workbench.writing() as (session, actor):
            running = workbench.running(session, edition)
            plan = replace_juror(session, running, stage, juror, by=actor, reason=reason, seed=seed)
    rows = [*((entry, code, "off") for entry, code in plan.gone), *((entry, code, "on") for entry, code in plan.fresh)]
    click.echo(table(("entry", "juror", "change"), sorted(rows)))
    click.echo("\nDry run: nothing was written" if dry_run else f"\n{juror} is replaced in {stage}")
    for worry in plan.worries:
        click.echo(f"note: {worry}")
