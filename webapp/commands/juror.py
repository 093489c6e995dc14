"""``juri juror``: people, panels, conflicts and assignments of an installed edition."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from juri.webapp.commands.imports import file_argument, take_rows
from juri.webapp.commands.output import counted, table
from juri.webapp.imports import JUROR_COLUMNS, Columns, Take, seat_row
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


@click.command()
@_edition
@click.argument("stage")
@click.option("--rule", default="balanced", show_default=True, help="The assignment rule.")
@click.option("--seed", default=0, show_default=True, help="The same seed gives the same assignment.")
@click.option(
    "--file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Pairs by hand, instead of a rule: a CSV or XLSX file with the columns entry and juror.",
)
@click.pass_obj
def assign(workbench: Workbench, edition: str, stage: str, rule: str, seed: int, file: Path | None) -> None:
    """Assign jurors to the entries of a judged STAGE, by a rule or from a file."""
    from juri.core.judging.assignments import assign as by_rule
    from juri.core.judging.assignments import assign_pairs

    pairs = _pairs(file) if file else None
    with workbench.writing() as (session, actor):
        running = workbench.running(session, edition)
        if pairs is None:
            count = by_rule(session, running, stage, by=actor, rule=rule, seed=seed)
        else:
            count = assign_pairs(session, running, stage, pairs, by=actor)
    click.echo(f"{counted(count, 'assignment')} made in {stage}")


def _pairs(file: Path) -> list[tuple[str, str]]:
    from juri.webapp.commands.imports import read_rows

    return [(row["entry"], row["juror"]) for _, row in read_rows(file, Columns(("entry", "juror")))[1]]
