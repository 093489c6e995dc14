"""``juri record``: the acts that a stage keeps beside scorecards, one by one or from a table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from juri.webapp.commands.imports import named_values, read_rows
from juri.webapp.commands.output import counted
from juri.webapp.imports import Columns, cells_named, problems_in_row
from juri.webapp.workbench import Workbench

if TYPE_CHECKING:
    from juri.core.editions.verbs import Running
    from juri.core.errors import Problem
    from juri.core.stages.acts import Act
    from juri.core.tables.table import Table
    from juri.webapp.imports import Row

_ABOUT = ("topic", "entry", "subject")


@click.command()
@click.argument("edition")
@click.argument("stage")
@click.argument("topic", required=False)
@click.argument("values", nargs=-1, metavar="[NAME=VALUE]...")
@click.option("--entry", default="", help="The entry it is about; leave it out for the stage as a whole.")
@click.option("--subject", default="", help="What tells it apart: a checklist item, a claim, a voter, a juror.")
@click.option(
    "--file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Many acts from a CSV or XLSX file, all or none.",
)
@click.pass_obj
def record(
    workbench: Workbench,
    edition: str,
    stage: str,
    topic: str | None,
    values: tuple[str, ...],
    entry: str,
    subject: str,
    file: Path | None,
) -> None:
    """Keep an act of a stage: a check, a visit, an attendance, a vote, an objection, an adoption.

    For example: juri record kipp-2023-demo admin check answer=yes --entry U0001 --subject documents

    The columns of a FILE are topic (or TOPIC, for all rows), entry, subject, and the names of the values. Several
    values of one name stand between semicolons.
    """
    if file is None:
        _record_one(workbench, edition, stage, topic, values, entry, subject)
        return
    if values or entry or subject:
        raise click.UsageError("with --file, the values, the entry and the subject are columns of the file")
    count = _record_file(workbench, edition, stage, topic, file)
    click.echo(f"{counted(count, 'act')} kept in {stage}")


def _record_one(
    workbench: Workbench,
    edition: str,
    stage: str,
    topic: str | None,
    values: tuple[str, ...],
    entry: str,
    subject: str,
) -> None:
    from juri.core.stages.acts import Act, data_of, record_act

    if topic is None:
        raise click.UsageError("say what to keep: a TOPIC, or a --file with a column 'topic'")
    given = named_values(values)
    with workbench.writing() as (session, actor):
        running = workbench.running(session, edition)
        act = Act(topic, data_of(running, stage, topic, given), entry, subject)
        record_act(session, running, stage, act, by=actor)
    click.echo(f"{topic} is kept in {stage}" + (f" for {entry}" if entry else ""))


def _record_file(workbench: Workbench, edition: str, stage: str, topic: str | None, file: Path) -> int:
    from juri.core.stages.acts import record_acts

    columns = Columns((), _ABOUT, open=True) if topic else Columns(("topic",), _ABOUT, open=True)
    table, rows = read_rows(file, columns)
    with workbench.writing() as (session, actor):
        running = workbench.running(session, edition)
        acts = _acts(running, stage, topic, table, rows)
        with cells_named(table):
            record_acts(session, running, stage, acts, by=actor)
    return len(acts)


def _acts(running: Running, stage: str, topic: str | None, table: Table, rows: list[tuple[int, Row]]) -> list[Act]:
    from juri.core.errors import JuriError
    from juri.core.stages.acts import Act, data_of
    from juri.core.tables.table import refuse_if

    acts: list[Act] = []
    problems: list[Problem] = []
    for number, row in rows:
        name = row.get("topic") or topic or ""
        values = {column: cell for column, cell in row.items() if column not in _ABOUT}
        try:
            data = data_of(running, stage, name, values)
        except JuriError as error:
            problems.extend(problems_in_row(table, number, error))
        else:
            acts.append(Act(name, data, row.get("entry", ""), row.get("subject", ""), f"row {number}"))
    refuse_if(problems)
    return acts
