"""``juri db``: bringing the database to this version's tables."""

from __future__ import annotations

import click

from juri.webapp.workbench import Workbench


@click.group()
def db() -> None:
    """Prepare the database."""


@db.command()
@click.pass_obj
def upgrade(workbench: Workbench) -> None:
    """Create the tables, or bring them to this version."""
    from juri.core.storage.database import Database
    from juri.core.storage.migrate import migrate

    database = Database(workbench.settings.database_url)
    revision = migrate(database)
    click.echo(f"{database.url.render_as_string(hide_password=True)} is at revision {revision}")
