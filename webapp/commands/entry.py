"""``juri entry``: the entries of an installed edition."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from juri.webapp.commands.imports import file_argument, take_rows
from juri.webapp.commands.output import counted, table
from juri.webapp.imports import ENTRY_COLUMNS, Row, Take, read_content, register_row
from juri.webapp.workbench import Workbench

if TYPE_CHECKING:
    from juri.core.policy import Actor
    from juri.core.storage.session import WriteSession

_edition = click.argument("edition")
_code = click.argument("code")
_codes = click.argument("codes", metavar="CODE...", nargs=-1, required=True)
_dry_run = click.option("--dry-run", is_flag=True, help="Check everything and write nothing.")
_STATES = ("drafted", "at_local_admin", "submitted", "eligible", "refused", "advanced", "stopped", "awarded", "lapsed",
           "withdrawn", "disqualified")  # fmt: skip


@click.group()
def entry() -> None:
    """Register, submit, show and remove the entries of an edition."""


@entry.command("list")
@_edition
@click.option("--state", type=click.Choice(_STATES), default=None, help="Only entries in this state.")
@click.pass_obj
def list_entries(workbench: Workbench, edition: str, state: str | None) -> None:
    """List the entries."""
    from sqlalchemy import select

    from juri.core.entries.model import EntryRow, Organization
    from juri.core.storage.natural import naturally

    with workbench.reading() as session:
        running = workbench.running(session, edition)
        statement = (
            select(EntryRow.code, EntryRow.state, EntryRow.track, EntryRow.category, Organization.name, EntryRow.title)
            .join(Organization, Organization.id == EntryRow.organization_id)
            .where(EntryRow.edition_id == running.id)
            .order_by(*naturally(EntryRow.code))
        )
        rows = session.execute(statement.where(EntryRow.state == state) if state else statement).all()
    if rows:
        click.echo(table(("code", "state", "track", "category", "entrant", "title"), [tuple(row) for row in rows]))
    click.echo("\n" * bool(rows) + counted(len(rows), "entry", "entries") + (f", {state}" if state else ""))


@entry.command()
@_edition
@_code
@click.pass_obj
def show(workbench: Workbench, edition: str, code: str) -> None:
    """Show an entry with its answers, and who wrote each version."""
    from juri.core.entries.verbs import find_entry, revisions_of
    from juri.webapp.commands.entry_text import entry_text

    with workbench.reading() as session:
        running = workbench.running(session, edition)
        row = find_entry(session, running, code)
        click.echo(entry_text(session, running, row, revisions_of(session, row)))


@entry.command("import")
@_edition
@file_argument
@click.option("--submit", is_flag=True, help="Hand over and submit each entry, too.")
@_dry_run
@click.pass_obj
def import_entries(workbench: Workbench, edition: str, file: Path, submit: bool, dry_run: bool) -> None:
    """Register the entries of a FILE, all or none.

    The FILE is CSV or XLSX. Columns: organization, title; optional: track, category, unit, people (separated by ;),
    code, and, for organizations that are new, cluster and region. Every other column answers a question of the entry
    form, and is named by the question's id ('juri edition show EDITION' lists them).
    """

    def begin(session: WriteSession, actor: Actor) -> Take:
        running = workbench.running(session, edition)
        return lambda row: register_row(session, running, actor, row, submit=submit)

    count = take_rows(workbench, file, ENTRY_COLUMNS, begin, dry_run=dry_run)
    if not dry_run:
        click.echo(f"{counted(count, 'entry', 'entries')} {'submitted' if submit else 'registered'}")


@entry.command()
@_edition
@_code
@click.argument("values", nargs=-1, metavar="NAME=VALUE...", required=True)
@click.pass_obj
def change(workbench: Workbench, edition: str, code: str, values: tuple[str, ...]) -> None:
    """Change a draft.

    NAME is title, track, category, unit, people, or a question of the entry form.

    For example: juri entry change sukoharjo-2026 E0001 "title=Layanan Keliling" running_years=2
    """
    from juri.core.entries.verbs import change_entry, find_entry
    from juri.core.errors import InputRefused
    from juri.webapp.commands.imports import named_values

    given = named_values(values)
    with workbench.writing() as (session, actor):
        running = workbench.running(session, edition)
        row = find_entry(session, running, code)
        kept = {name: getattr(row, name) for name in ("title", "track", "category", "unit")}
        before: Row = {**kept, "people": "; ".join(row.people)}
        content, problems = read_content(running, {**before, **given})
        if problems:
            raise InputRefused(problems)
        answers = {name: answer for name, answer in {**row.answers, **content.answers}.items() if given.get(name) != ""}
        content = replace(content, answers=answers)
        version = change_entry(session, running, code, content, version=row.version, by=actor).version
    click.echo(f"{code} is at version {version}")


@entry.command("hand-over")
@_edition
@_codes
@click.pass_obj
def hand_over(workbench: Workbench, edition: str, codes: tuple[str, ...]) -> None:
    """Hand drafts of units to their local admins, all or none."""
    from juri.core.entries.verbs import hand_over_entry

    with workbench.writing() as (session, actor):
        running = workbench.running(session, edition)
        for code in codes:
            hand_over_entry(session, running, code, by=actor)
    for code in codes:
        click.echo(f"{code} is at the local admin")


@entry.command()
@_edition
@_codes
@click.pass_obj
def submit(workbench: Workbench, edition: str, codes: tuple[str, ...]) -> None:
    """Submit entries, all or none."""
    from juri.core.entries.verbs import submit_entry

    with workbench.writing() as (session, actor):
        running = workbench.running(session, edition)
        rows = [submit_entry(session, running, code, by=actor) for code in codes]
        told = [f"{row.code} is submitted, {row.submitted_at:%Y-%m-%d %H:%M:%S} UTC" for row in rows]
    click.echo("\n".join(told))


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
