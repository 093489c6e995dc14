"""``juri entry``: the entries of an installed edition."""

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
_code = click.argument("code")
_file = click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
_dry_run = click.option("--dry-run", is_flag=True, help="Check everything and write nothing.")
_OWN = ("track", "category", "unit", "people", "code", "cluster", "region")


@click.group()
def entry() -> None:
    """Register, submit, list and remove the entries of an edition."""


@entry.command("list")
@_edition
@click.option("--state", default="", help="Only entries in this state.")
@click.pass_obj
def list_entries(workbench: Workbench, edition: str, state: str) -> None:
    """List the entries."""
    from sqlalchemy import select

    from juri.core.entries.model import EntryRow, Organization

    with workbench.reading() as session:
        running = workbench.running(session, edition)
        statement = (
            select(EntryRow.code, EntryRow.state, EntryRow.track, EntryRow.category, Organization.name, EntryRow.title)
            .join(Organization, Organization.id == EntryRow.organization_id)
            .where(EntryRow.edition_id == running.id)
            .order_by(EntryRow.code)
        )
        rows = session.execute(statement.where(EntryRow.state == state) if state else statement).all()
    click.echo(table(("code", "state", "track", "category", "entrant", "title"), [tuple(row) for row in rows]))
    click.echo(f"{len(rows)} entries")


@entry.command("import")
@_edition
@_file
@click.option("--submit", is_flag=True, help="Hand over and submit each entry, too.")
@_dry_run
@click.pass_obj
def import_entries(workbench: Workbench, edition: str, file: Path, submit: bool, dry_run: bool) -> None:
    """Register the entries of a CSV or XLSX FILE, all or none.

    Columns: organization, title; optional: track, category, unit, people (separated by ;), code, and, for
    organizations that are new, cluster and region. Every other column answers a question of the entry form.
    """
    from juri.core.entries.people import add_organizations
    from juri.core.entries.verbs import EntryContent, hand_over_entry, register_entry, submit_entry
    from juri.core.errors import InputRefused

    def take(session: WriteSession, actor: Actor, row: Row) -> None:
        running = workbench.running(session, edition)
        if not row["organization"]:
            raise InputRefused.at("organization", "name the agency that enters")
        add_organizations(session, [(row["organization"], row.get("cluster", ""), row.get("region", ""))], by=actor)
        content = EntryContent(
            title=row["title"],
            track=row.get("track", ""),
            category=row.get("category", ""),
            unit=row.get("unit", ""),
            people=words(row.get("people", "")),
            answers={name: cell for name, cell in row.items() if cell and name not in {"organization", "title", *_OWN}},
        )
        made = register_entry(session, running, row["organization"], content, by=actor, code=row.get("code", ""))
        if submit:
            if any("local_admin" in stage.options.get("chain", ()) for stage in running.edition.stages):
                hand_over_entry(session, running, made.code, by=actor)
            submit_entry(session, running, made.code, by=actor)

    count = take_rows(workbench, file, Columns(("organization", "title"), _OWN, open=True), take, dry_run=dry_run)
    if not dry_run:
        click.echo(f"{count} entries were {'submitted' if submit else 'registered'}")


@entry.command("hand-over")
@_edition
@_code
@click.pass_obj
def hand_over(workbench: Workbench, edition: str, code: str) -> None:
    """Hand a unit's draft to its agency's local admin."""
    from juri.core.entries.verbs import hand_over_entry

    with workbench.writing() as (session, actor):
        hand_over_entry(session, workbench.running(session, edition), code, by=actor)
    click.echo(f"{code} is at the local admin")


@entry.command()
@_edition
@_code
@click.pass_obj
def submit(workbench: Workbench, edition: str, code: str) -> None:
    """Submit an entry."""
    from juri.core.entries.verbs import submit_entry

    with workbench.writing() as (session, actor):
        row = submit_entry(session, workbench.running(session, edition), code, by=actor)
        at = row.submitted_at
    click.echo(f"{code} is submitted, {at:%Y-%m-%d %H:%M:%S} UTC")


@entry.command()
@_edition
@_code
@click.option("--reason", required=True, help="Why.")
@click.pass_obj
def withdraw(workbench: Workbench, edition: str, code: str, reason: str) -> None:
    """Take an entry out for good, at its agency's wish."""
    from juri.core.entries.verbs import withdraw_entry

    with workbench.writing() as (session, actor):
        withdraw_entry(session, workbench.running(session, edition), code, by=actor, reason=reason)
    click.echo(f"{code} is withdrawn")


@entry.command()
@_edition
@_code
@click.option("--reason", required=True, help="Why.")
@click.pass_obj
def disqualify(workbench: Workbench, edition: str, code: str, reason: str) -> None:
    """Disqualify an entry."""
    from juri.core.entries.verbs import disqualify_entry

    with workbench.writing() as (session, actor):
        disqualify_entry(session, workbench.running(session, edition), code, by=actor, reason=reason)
    click.echo(f"{code} is disqualified")
