"""``juri juror``: people, panels, conflicts and assignments of an installed edition."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from juri.webapp.commands.imports import Columns, Row, take_rows, words
from juri.webapp.commands.output import table
from juri.webapp.workbench import Workbench

if TYPE_CHECKING:
    from juri.core.policy import Actor
    from juri.core.storage.session import WriteSession

_edition = click.argument("edition")
_file = click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
_PERSON = ("organization", "region", "cluster", "code", "weight", "categories")


@click.group()
def juror() -> None:
    """Put jurors into panels, note conflicts, assign entries."""


@juror.command("import")
@_edition
@_file
@click.option("--dry-run", is_flag=True, help="Check everything and write nothing.")
@click.pass_obj
def import_jurors(workbench: Workbench, edition: str, file: Path, dry_run: bool) -> None:
    """Put the people of a CSV or XLSX FILE into panels, all or none.

    Columns: name, email, panel; optional: organization, region, cluster, code, weight (1 or more), categories
    (separated by ;, empty for all).
    """
    from juri.core.entries.people import add_organizations, add_person, grant_role
    from juri.core.errors import InputRefused
    from juri.core.judging.panels import add_juror

    def take(session: WriteSession, actor: Actor, row: Row) -> None:
        running = workbench.running(session, edition)
        weight = row.get("weight") or "1"
        if not weight.isdecimal():
            raise InputRefused.at("weight", f"'{weight}' is not a whole number from 1 upward")
        place = row.get("organization", "")
        if place:
            add_organizations(session, [(place, row.get("cluster", ""), row.get("region", ""))], by=actor)
        person = add_person(
            session, name=row["name"], email=row["email"], by=actor, organization=place, region=row.get("region", "")
        )
        grant_role(session, person.email, "juror", by=actor, edition=edition)
        add_juror(
            session,
            running,
            row["panel"],
            person.email,
            by=actor,
            code=row.get("code", ""),
            weight=int(weight),
            categories=words(row.get("categories", "")),
        )

    count = take_rows(workbench, file, Columns(("name", "email", "panel"), _PERSON), take, dry_run=dry_run)
    if not dry_run:
        click.echo(f"{count} jurors are in their panels")


@juror.command("list")
@_edition
@click.pass_obj
def list_jurors(workbench: Workbench, edition: str) -> None:
    """List the jurors by panel, with how many entries each has and has finished."""
    from sqlalchemy import case, func, select

    from juri.core.entries.model import Person
    from juri.core.judging.model import AssignmentRow, JurorRow

    with workbench.reading() as session:
        running = workbench.running(session, edition)
        done = func.sum(case((AssignmentRow.state == "done", 1), else_=0))
        rows = session.execute(
            select(JurorRow.panel, JurorRow.code, Person.name, JurorRow.weight, func.count(AssignmentRow.id), done)
            .join(Person, Person.id == JurorRow.person_id)
            .outerjoin(AssignmentRow, AssignmentRow.juror_id == JurorRow.id)
            .where(JurorRow.edition_id == running.id)
            .group_by(JurorRow.panel, JurorRow.code, Person.name, JurorRow.weight)
            .order_by(JurorRow.panel, JurorRow.code)
        ).all()
    headers = ("panel", "juror", "name", "weight", "assigned", "done")
    click.echo(table(headers, [tuple(row) for row in rows], right=("weight", "assigned", "done")))


@juror.command()
@_edition
@click.argument("juror")
@click.argument("entry")
@click.option("--reason", required=True, help="What ties the juror to the entry.")
@click.pass_obj
def conflict(workbench: Workbench, edition: str, juror: str, entry: str, reason: str) -> None:
    """Note that JUROR must not score ENTRY; a sheet that was given no longer counts."""
    from juri.core.judging.conflicts import declare_conflict

    with workbench.writing() as (session, actor):
        declare_conflict(session, workbench.running(session, edition), juror, entry, reason, by=actor)
    click.echo(f"{juror} does not score {entry}")


@click.command()
@_edition
@click.argument("stage")
@click.option("--rule", default="balanced", show_default=True, help="The assignment rule.")
@click.option("--seed", default=0, show_default=True, help="The same seed gives the same assignment.")
@click.option(
    "--file", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Pairs by hand: entry,juror."
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
    click.echo(f"{count} assignments were made in {stage}")


def _pairs(file: Path) -> list[tuple[str, str]]:
    from juri.webapp.commands.imports import read_rows

    return [(row["entry"], row["juror"]) for _, row in read_rows(file, Columns(("entry", "juror")))]
