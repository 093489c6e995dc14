"""``juri serve``: the pages, for people with a browser."""

from __future__ import annotations

import click

from juri.webapp.workbench import Workbench


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen; 0.0.0.0 for other machines.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Which port.")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="How many processes.")
@click.option("--threads", default=4, show_default=True, type=click.IntRange(1, 64), help="How many threads in each.")
@click.option("--simple", is_flag=True, help="One process and no gunicorn: for trying out.")
@click.pass_obj
def serve(workbench: Workbench, host: str, port: int, workers: int, threads: int, simple: bool) -> None:
    """Check the installation, then serve the pages until stopped with Ctrl-C.

    The database must be there: 'juri db upgrade' makes one, 'juri demo' one with a whole competition in it.
    """
    from juri.webapp.serving import Binding, require_reachable, serve_simply, serve_with_gunicorn

    binding = Binding(host, port, workers, threads)
    require_reachable(workbench, binding)
    _say_how_it_stands(workbench)
    click.echo(f"Juri serves {workbench.settings.base_url or binding.address}")
    click.echo(f"  sign in:  {binding.address}/account/sign-in")
    click.echo("  no password yet?  'juri account password EMAIL' sets one, 'juri account link EMAIL' gives a link")
    click.echo("Ctrl-C stops it.")
    workbench.database.dispose()
    (serve_simply if simple else serve_with_gunicorn)(workbench, binding)


def _say_how_it_stands(workbench: Workbench) -> None:
    """Build the application once, so that what is wrong is said here; then say what deserves a thought."""
    from juri.webapp.app import create_app
    from juri.webapp.checks import DANGER, WARN, check_installation

    create_app(workbench)
    with workbench.reading() as session:
        for check in check_installation(session, workbench.settings, workbench.database):
            if check.state in {WARN, DANGER}:
                click.echo(f"{check.state.upper():<7}{check.name}: {check.found}. {check.advice}", err=True)
