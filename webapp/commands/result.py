"""``juri result``: what an edition came to, why, and as a file."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from juri.webapp.commands.output import brief, table
from juri.webapp.workbench import Workbench

_edition = click.argument("edition")


@click.group()
def result() -> None:
    """Show, explain and export the result of an edition."""


@result.command()
@_edition
@click.option("--table", "only", metavar="NAME", default="", help="Only tables whose name begins with this.")
@click.pass_obj
def show(workbench: Workbench, edition: str, only: str) -> None:
    """Show stages, standings, decisions and titles.

    Hashes are cut to 16 digits; 'juri result export' writes them whole.
    """
    from juri.core.stages.reports import edition_report

    with workbench.reading() as session:
        report = edition_report(session, workbench.running(session, edition))
    for name, (headers, rows) in report.tables.items():
        if name.startswith(only) and rows:
            click.echo(f"\n{name}")
            click.echo(table(*brief(headers, rows), right=("rank", "score", "sheets", "entries", "advanced")))


@result.command()
@_edition
@click.argument("stage")
@click.option("--track", default="", help="Only this track.")
@click.option("--decimals", default=2, show_default=True, type=click.IntRange(0, 12), help="Decimals of scores.")
@click.option(
    "--at", "moment", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]),
    help="As it was at this moment, in the edition's time zone; also while the stage is open.",
)  # fmt: skip
@click.pass_obj
def standings(
    workbench: Workbench, edition: str, stage: str, track: str, decimals: int, moment: datetime | None
) -> None:
    """Show the ranking of a closed STAGE, track by track."""
    from juri.core.stages.reports import stage_standings

    with workbench.reading() as session:
        running = workbench.running(session, edition)
        at = moment.replace(tzinfo=ZoneInfo(running.edition.time_zone)) if moment else None
        found = stage_standings(session, running, stage, track=track, decimals=decimals, at=at)
    for number, (name, (headers, rows)) in enumerate(found.items()):
        click.echo("\n" * bool(number) + name)
        click.echo(table(*brief(headers, rows), right=("rank", "score", "sheets")))


@result.command()
@_edition
@click.argument("entry")
@click.pass_obj
def explain(workbench: Workbench, edition: str, entry: str) -> None:
    """Explain an ENTRY's way, down to each juror's points."""
    from juri.core.stages.explanations import explain as tell

    with workbench.reading() as session:
        told = tell(session, workbench.running(session, edition), entry)
    click.echo(told.as_text())


@result.command()
@_edition
@click.option("--format", "format_", metavar="NAME", default="json", show_default=True, help="csv, json, xlsx, ...")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The file.")
@click.option("--decimals", default=2, show_default=True, type=click.IntRange(0, 12), help="Decimals of scores.")
@click.option("--sheets", is_flag=True, help="List every juror's totals, answers and comments, too.")
@click.pass_obj
def export(workbench: Workbench, edition: str, format_: str, output: Path, decimals: int, sheets: bool) -> None:
    """Write the whole result to a file."""
    from juri.core.extension import Exporter
    from juri.core.stages.reports import edition_report
    from juri.webapp.commands.files import write_file

    exporter = workbench.registry.find(Exporter, format_)
    with workbench.reading() as session:
        report = edition_report(session, workbench.running(session, edition), decimals=decimals, sheets=sheets)
    write_file(output, exporter.write(report))
    click.echo(f"{output} holds {len(report.tables)} tables")
