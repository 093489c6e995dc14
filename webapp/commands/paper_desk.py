"""``juri paper``: sheets from paper, typed by one person and confirmed by another."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from juri.core.scoring.rubric import OVERALL, Answer
from juri.webapp.commands.imports import file_argument, read_file
from juri.webapp.commands.output import counted, table
from juri.webapp.workbench import Workbench

_edition = click.argument("edition")
_number = click.argument("number", type=click.IntRange(1))


@click.group()
def paper() -> None:
    """Type scorecards from paper, and confirm what somebody else typed."""


@paper.command("type")
@_edition
@click.argument("stage")
@file_argument
@click.option("--dry-run", is_flag=True, help="Check everything and write nothing.")
@click.pass_obj
def type_(workbench: Workbench, edition: str, stage: str, file: Path, dry_run: bool) -> None:
    """Put the scorecards of a FILE down for a second person, all or none.

    They count nothing until somebody else has confirmed each by 'juri paper confirm'. The FILE is as for
    'juri scorecard import'.
    """
    from juri.webapp.commands.paper import paper_sheets, type_sheets

    sheets = paper_sheets(read_file(file))
    with workbench.rehearsing(dry_run) as (session, actor):
        type_sheets(session, workbench.running(session, edition), stage, sheets, by=actor)
    if dry_run:
        click.echo(f"Dry run: {counted(len(sheets), 'scorecard')} would be put down; nothing was written")
        return
    click.echo(f"{counted(len(sheets), 'scorecard')} put down in {stage}; somebody else confirms each")


@paper.command("list")
@_edition
@click.argument("stage")
@click.pass_obj
def list_sheets(workbench: Workbench, edition: str, stage: str) -> None:
    """List the sheets of a STAGE that wait for a second person, with what was typed."""
    from juri.core.judging.paper import waiting_sheets
    from juri.core.judging.scorecards import overall_name

    with workbench.reading() as session:
        running = workbench.running(session, edition)
        found = waiting_sheets(session, running, stage)
    rows = [
        (str(sheet.number), sheet.entry, sheet.juror, sheet.typed_by,
         _typed(sheet.answers, overall_name(running, running.stage(stage), sheet.track)))
        for sheet in found
    ]  # fmt: skip
    click.echo(table(("number", "entry", "juror", "typed by", "answers"), rows) if rows else "no sheet waits")


def _typed(answers: Mapping[str, Answer], overall: str) -> str:
    return ", ".join(
        f"{overall}: {answer.comment}" if criterion == OVERALL else f"{criterion} {answer.value}"
        for criterion, answer in answers.items()
    )


@paper.command()
@_edition
@_number
@click.pass_obj
def confirm(workbench: Workbench, edition: str, number: int) -> None:
    """Say that the sheet of this NUMBER is what the paper says: it becomes the juror's scorecard."""
    from juri.core.judging.paper import confirm_sheet

    with workbench.writing() as (session, actor):
        sheet = confirm_sheet(session, workbench.running(session, edition), number, by=actor)
    click.echo(f"sheet {number} is the scorecard of {sheet.juror} for {sheet.entry} now")


@paper.command()
@_edition
@_number
@click.option("--reason", required=True, help="What is not as it stands on the paper.")
@click.pass_obj
def reject(workbench: Workbench, edition: str, number: int, reason: str) -> None:
    """Say that the sheet of this NUMBER is not what the paper says: it is typed anew."""
    from juri.core.judging.paper import reject_sheet

    with workbench.writing() as (session, actor):
        sheet = reject_sheet(session, workbench.running(session, edition), number, by=actor, reason=reason)
    click.echo(f"sheet {number} of {sheet.juror} for {sheet.entry} is rejected; type it again")


@paper.command("take-back")
@_edition
@_number
@click.pass_obj
def take_back(workbench: Workbench, edition: str, number: int) -> None:
    """Take back the sheet of this NUMBER, which you typed yourself."""
    from juri.core.judging.paper import withdraw_sheet

    with workbench.writing() as (session, actor):
        sheet = withdraw_sheet(session, workbench.running(session, edition), number, by=actor)
    click.echo(f"sheet {number} of {sheet.juror} for {sheet.entry} is taken back")
