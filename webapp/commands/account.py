"""``juri account``: who may sign in, for the operator at the machine."""

from __future__ import annotations

import sys

import click

from juri.webapp.workbench import Workbench

_email = click.argument("email")
_stdin = click.option("--stdin", is_flag=True, help="Read the password from standard input, one line.")


@click.group()
def account() -> None:
    """Let people sign in: passwords, links, and closing an account."""


@account.command()
@_email
@click.option("--name", required=True, help="The name of the person.")
@click.option("--role", default="", help="A role to give at once: administrator, organiser, juror ...")
@click.option("--edition", default="", help="Only for this edition; without it for the whole installation.")
@click.option("--organization", default="", help="The agency, for the roles unit and local_admin.")
@_stdin
@click.pass_obj
def add(workbench: Workbench, email: str, name: str, role: str, edition: str, organization: str, stdin: bool) -> None:
    """Add a person with a password, and a role if you name one."""
    from juri.core.accounts.accounts import set_password
    from juri.core.entries.people import add_person, grant_role

    password = _password(stdin=stdin)
    with workbench.writing() as (session, actor):
        person = add_person(session, name=name, email=email, by=actor, organization=organization)
        if role:
            grant_role(session, person.email, role, by=actor, edition=edition, organization=organization)
        set_password(session, person.email, password, by=actor)
        known = person.email
    click.echo(f"{known} can sign in{f' as {role}' if role else ''}")


@account.command()
@_email
@_stdin
@click.pass_obj
def password(workbench: Workbench, email: str, stdin: bool) -> None:
    """Set the password of a person; every browser they are signed in with is signed out."""
    from juri.core.accounts.accounts import set_password

    new = _password(stdin=stdin)
    with workbench.writing() as (session, actor):
        set_password(session, email, new, by=actor)
    click.echo(f"the password of {email} is set")


@account.command()
@_email
@click.pass_obj
def link(workbench: Workbench, email: str) -> None:
    """Print a link that signs a person in: once, within 15 minutes. Whoever has it is that person."""
    from juri.core.accounts.asking import hand_out_link
    from juri.webapp.postman import link_address

    with workbench.writing() as (session, actor):
        token = hand_out_link(session, email, by=actor)
    click.echo(link_address(workbench.settings, token))


@account.command()
@_email
@click.option("--reason", required=True, help="Why; it stands in the audit trail.")
@click.pass_obj
def disable(workbench: Workbench, email: str, reason: str) -> None:
    """Close the account of a person, at once and everywhere."""
    from juri.core.accounts.accounts import disable_account

    with workbench.writing() as (session, actor):
        disable_account(session, email, by=actor, reason=reason)
    click.echo(f"the account of {email} is closed")


@account.command()
@_email
@click.pass_obj
def enable(workbench: Workbench, email: str) -> None:
    """Open a closed account again."""
    from juri.core.accounts.accounts import enable_account

    with workbench.writing() as (session, actor):
        enable_account(session, email, by=actor)
    click.echo(f"the account of {email} is open")


@account.command("forget-factor")
@_email
@click.option("--reason", required=True, help="Why; it stands in the audit trail.")
@click.pass_obj
def forget_factor(workbench: Workbench, email: str, reason: str) -> None:
    """Turn the second factor of a person off: for who lost the device, and for all when the secret key was lost."""
    from juri.core.accounts.second_factor import turn_off_second_factor

    with workbench.writing() as (session, actor):
        turn_off_second_factor(session, email, by=actor, reason=reason)
    click.echo(f"{email} signs in without a second factor now")


@account.command()
@click.pass_obj
def tidy(workbench: Workbench) -> None:
    """Forget browsers, links and counted attempts that are over; signing in does it as well."""
    from juri.core.accounts.tidying import forget_what_is_over

    with workbench.writing() as (session, _):
        gone = forget_what_is_over(session)
    click.echo(f"forgotten: {gone.sessions} sessions, {gone.links} links, {gone.attempts} counts of attempts")


def _password(*, stdin: bool) -> str:
    """Ask for a password twice, or read it; it is never an argument, where others of this machine could see it."""
    if stdin:
        return sys.stdin.readline().rstrip("\n")
    typed: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return typed
