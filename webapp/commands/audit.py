"""``juri audit``: is what is stored what was written, and what is the value to publish?"""

from __future__ import annotations

import click

from juri.webapp.commands.output import shorten_hashes, table
from juri.webapp.workbench import Workbench

NOT_WHOLE = 1


@click.group()
def audit() -> None:
    """Check the audit trail, and read it."""


@audit.command()
@click.option("--head", "published", metavar="HASH", help="A head that was published before: it must be in the chain.")
@click.pass_obj
def verify(workbench: Workbench, published: str | None) -> int:
    """Check every event and every stored row.

    Says what does not fit, and where; then the exit status is 1.
    """
    from juri.core.audit.checker import verify as check
    from juri.core.audit.trail import seal
    from juri.core.models import MODELS

    seal(workbench.database)
    with workbench.reading() as session:
        found = check(session, published_head=published)
    for finding in found.findings:
        click.echo(f"WRONG  {finding}")
    click.echo(f"{found.events} events and {found.rows} rows in {len(MODELS)} tables were checked; head {found.head}")
    if found.waiting:
        click.echo(f"{found.waiting} events are written and not sealed yet")
    click.echo("The trail is whole." if found.whole else f"The trail is NOT whole: {len(found.findings)} findings.")
    return 0 if found.whole else NOT_WHOLE


@audit.command()
@click.pass_obj
def head(workbench: Workbench) -> None:
    """Print the value to publish: how many events, and the last hash.

    Publish it where nobody can change it: 'juri audit verify --head HASH' proves later that nothing before was
    rewritten.
    """
    from juri.core.audit.trail import chain_head, seal

    seal(workbench.database)
    with workbench.reading() as session:
        count, digest = chain_head(session)
    click.echo(f"{count} {digest}")


@audit.command("log")
@click.option("--subject", metavar="TEXT", default="", help="Only acts whose subject begins with this.")
@click.option("--last", metavar="N", default=50, show_default=True, type=click.IntRange(1), help="How many.")
@click.pass_obj
def show_log(workbench: Workbench, subject: str, last: int) -> None:
    """List the newest acts, the newest at the end."""
    from sqlalchemy import select

    from juri.core.audit.model import AuditEvent

    with workbench.reading() as session:
        statement = select(AuditEvent).order_by(AuditEvent.id.desc()).limit(last)
        if subject:
            statement = statement.where(AuditEvent.subject.startswith(subject, autoescape=True))
        events = session.scalars(statement).all()[::-1]
    rows = [(e.seq, f"{e.at:%Y-%m-%d %H:%M:%S}", e.actor, e.action, e.subject, _said(e.detail)) for e in events]
    click.echo(table(("seq", "at (UTC)", "actor", "action", "subject", "detail"), rows, right=("seq",)))


def _said(detail: dict[str, object]) -> str:
    told = ((name, ", ".join(map(str, value)) if isinstance(value, list) else value) for name, value in detail.items())
    return shorten_hashes("; ".join(f"{name}: {value}" for name, value in told if value not in ("", "0")))
