"""``juri scorecard`` and ``juri record``: what jurors and officers put into an open stage."""

from __future__ import annotations

from pathlib import Path

import click

from juri.webapp.commands.imports import read_file
from juri.webapp.workbench import Workbench

_edition = click.argument("edition")
_stage = click.argument("stage")


@click.group()
def scorecard() -> None:
    """Take scorecards over from paper or a spreadsheet."""


@scorecard.command("import")
@_edition
@_stage
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--reason", default="", help="Why submitted scorecards are changed, where they are.")
@click.pass_obj
def import_scorecards(workbench: Workbench, edition: str, stage: str, file: Path, reason: str) -> None:
    """Submit the scorecards of a CSV or XLSX FILE, all or none.

    The file is in long form (entry,juror,criterion,score) or wide form (entry,juror,<criterion>...).
    """
    from juri.core.errors import InputRefused, Problem
    from juri.core.judging.scorecards import prepare_scorecard, submit_scorecard, version_of
    from juri.webapp.commands.paper import paper_sheets, problems_in

    sheets = paper_sheets(read_file(file))
    with workbench.writing() as (session, actor):
        running = workbench.running(session, edition)
        problems: list[Problem] = []
        for sheet in sheets:
            with problems_in(sheet, problems):
                prepared = prepare_scorecard(
                    session, running, stage=stage, entry=sheet.entry, juror=sheet.juror, answers=sheet.answers
                )
                version = version_of(session, running, stage, sheet.entry, sheet.juror)
                submit_scorecard(session, running, prepared, by=actor, version=version, reason=reason)
        if problems:
            raise InputRefused(problems)
    click.echo(f"{len(sheets)} scorecards were submitted in {stage}")


@click.command()
@_edition
@_stage
@click.argument("topic")
@click.argument("values", nargs=-1, metavar="[NAME=VALUE]...")
@click.option("--entry", default="", help="The entry it is about; leave it out for the stage as a whole.")
@click.option("--subject", default="", help="What tells it apart: a checklist item, a claim, a voter.")
@click.pass_obj
def record(
    workbench: Workbench, edition: str, stage: str, topic: str, values: tuple[str, ...], entry: str, subject: str
) -> None:
    """Keep an act of a stage: a check, a visit, an attendance, a vote, an objection, an adoption.

    For example: juri record kipp-2023-demo admin check answer=yes --entry U0001 --subject documents
    """
    from juri.core.stages.acts import Act, record_act

    act = Act(topic, _data(values), entry, subject)
    with workbench.writing() as (session, actor):
        record_act(session, workbench.running(session, edition), stage, act, by=actor)
    click.echo(f"{topic} is kept in {stage}" + (f" for {entry}" if entry else ""))


def _data(values: tuple[str, ...]) -> dict[str, object]:
    from juri.core.errors import InputRefused

    data: dict[str, object] = {}
    for value in values:
        name, equals, text = value.partition("=")
        if not equals or not name:
            raise InputRefused.at(value, "write NAME=VALUE; a list is NAME=[first;second]")
        listed = text.startswith("[") and text.endswith("]")
        data[name] = [part.strip() for part in text[1:-1].split(";") if part.strip()] if listed else text
    return data
