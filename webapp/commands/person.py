"""``juri person`` and ``juri history``: who is known, what they may do, and which titles were won before."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from juri.webapp.commands.imports import file_argument, take_rows
from juri.webapp.commands.output import counted, table
from juri.webapp.imports import Columns, Take
from juri.webapp.workbench import Workbench

if TYPE_CHECKING:
    from juri.core.policy import Actor
    from juri.core.storage.session import WriteSession

_email = click.argument("email")
_SCOPE = ("edition", "stage", "organization")
_AWARD = ("competition", "edition", "year", "award", "entrant", "title")


@click.group()
def person() -> None:
    """Add people, give them roles, note their ties to agencies."""


@person.command()
@_email
@click.option("--name", required=True, help="The name of the person.")
@click.option("--organization", default="", help="The agency of the person; it is added where it is new.")
@click.option("--region", default="", help="The region of the person, for conflicts by region.")
@click.pass_obj
def add(workbench: Workbench, email: str, name: str, organization: str, region: str) -> None:
    """Add a person; an address that is known stays as it is."""
    from juri.core.entries.people import add_organizations, add_person

    with workbench.writing() as (session, actor):
        if organization:
            add_organizations(session, [(organization, "", region)], by=actor)
        made = add_person(session, name=name, email=email, by=actor, organization=organization, region=region)
        known = f"{made.name} <{made.email}>"
    click.echo(f"{known} is known")


@person.command()
@_email
@click.argument("role")
@click.option("--edition", default="", help="Only for this edition; without it for the whole installation.")
@click.option("--stage", default="", help="Only for this stage of the edition, for the roles behind the desk.")
@click.option("--organization", default="", help="The agency, for the roles unit and local_admin.")
@click.pass_obj
def grant(workbench: Workbench, /, email: str, role: str, **scope: str) -> None:
    """Give a person a ROLE.

    Roles are organiser, secretariat, panel_chair, juror, unit, local_admin, auditor and administrator. Organisers,
    secretariat, chairs and auditors may hold theirs for one stage of an edition.
    """
    from juri.core.entries.people import grant_role

    with workbench.writing() as (session, actor):
        if scope["edition"]:
            workbench.running(session, scope["edition"])
        grant_role(session, email, role, by=actor, **scope)
    where = " and ".join(filter(None, (scope[name] for name in _SCOPE))) or "the whole installation"
    click.echo(f"{email} is {role} for {where}")


@person.command()
@_email
@click.argument("role")
@click.option("--edition", default="", help="The edition for which it was given.")
@click.option("--stage", default="", help="The stage for which it was given.")
@click.option("--organization", default="", help="The agency for which it was given.")
@click.pass_obj
def revoke(workbench: Workbench, /, email: str, role: str, **scope: str) -> None:
    """Take a ROLE from a person again; what was done with it stays."""
    from juri.core.entries.people import revoke_role

    with workbench.writing() as (session, actor):
        revoke_role(session, email, role, by=actor, **scope)
    click.echo(f"{email} is {role} no longer")


@person.command()
@_email
@click.argument("organization")
@click.argument("kind")
@click.pass_obj
def relate(workbench: Workbench, email: str, organization: str, kind: str) -> None:
    """Note a tie of a person to an ORGANIZATION.

    KIND says which, such as spouse or adviser; as a juror, the person does not score its entries.
    """
    from juri.core.entries.people import relate as note_tie

    with workbench.writing() as (session, actor):
        note_tie(session, email, organization, kind, by=actor)
    click.echo(f"{email} is tied to {organization}: {kind}")


@person.command("list")
@click.option("--role", default="", help="Only people with this role.")
@click.pass_obj
def list_people(workbench: Workbench, role: str) -> None:
    """List people with their agencies and roles."""
    from juri.core.entries.people import list_people as everybody

    with workbench.reading() as session:
        found = [each for each in everybody(session) if not role or role in {grant.role for grant in each.grants}]
    rows = [
        (each.email, each.name, each.organization, ", ".join(grant.said() for grant in each.grants)) for each in found
    ]
    nobody = f"nobody has the role '{role}'" if role else "nobody is known yet"
    click.echo(table(("email", "name", "organization", "roles"), rows) if rows else nobody)


@click.group()
def history() -> None:
    """Take over titles that were won before, for rules about earlier winners."""


@history.command("import")
@file_argument
@click.option("--dry-run", is_flag=True, help="Check everything and write nothing.")
@click.pass_obj
def import_history(workbench: Workbench, file: Path, dry_run: bool) -> None:
    """Take over the past titles of a FILE, all or none.

    A title that is known is not taken twice. The FILE is CSV or XLSX. Columns: competition, edition, year, award,
    entrant, title; optional: track.
    """
    from juri.core.entries.people import add_past_awards
    from juri.core.errors import InputRefused
    from juri.core.view import PastAward

    taken: list[int] = []

    def begin(session: WriteSession, actor: Actor) -> Take:
        def take(row: dict[str, str]) -> None:
            empty = [name for name in _AWARD if not row[name]]
            if empty:
                raise InputRefused.at(empty[0], "this must be filled in")
            if not row["year"].isdecimal():
                raise InputRefused.at("year", f"'{row['year']}' is not a year; write four digits")
            competition, edition, year, award, entrant, title = (row[name] for name in _AWARD)
            past = PastAward(competition, edition, int(year), award, entrant, title, row.get("track", ""))
            taken.append(add_past_awards(session, [past], by=actor))

        return take

    count = take_rows(workbench, file, Columns(_AWARD, ("track",)), begin, dry_run=dry_run)
    if not dry_run:
        known = f"; {count - sum(taken)} known before" if count > sum(taken) else ""
        click.echo(f"{counted(sum(taken), 'title')} taken over{known}")


@history.command("list")
@click.option("--entrant", default="", help="Only titles of this entrant.")
@click.pass_obj
def list_history(workbench: Workbench, entrant: str) -> None:
    """List the titles won before."""
    from sqlalchemy import select

    from juri.core.entries.model import PastAwardRow as Past

    with workbench.reading() as session:
        columns = (Past.year, Past.competition, Past.edition, Past.award, Past.track, Past.entrant, Past.title)
        statement = select(*columns).order_by(Past.year, Past.id)
        rows = [tuple(r) for r in session.execute(statement.where(Past.entrant == entrant) if entrant else statement)]
    headers = ("year", "competition", "edition", "award", "track", "entrant", "title")
    click.echo(table(headers, rows, right=("year",)) if rows else "no title is known")
