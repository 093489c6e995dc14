"""``juri demo``: KIPP 2023 with its real counts, played on invented people through the real verbs."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from juri.webapp.commands.output import table
from juri.webapp.workbench import Workbench

if TYPE_CHECKING:
    from juri.webapp.demo.plan import Plan
    from juri.webapp.demo.replay import Replay
    from juri.webapp.demo.results import Reached, Title

DIFFERS = 1
"""The exit status where the rules did not come to a count that was expected."""

_STEPS = {
    "registered": "registered",
    "submitted": "submitted",
    "passed": "past administration",
    "nominees": "nominated",
    "finalists": "finalists",
    "winners": "winners",
}


@click.command()
@click.option("--seed", type=int, default=2023, show_default=True, help="Another seed, another invented competition.")
@click.option("--scale", type=float, default=1.0, help="A smaller one: 0.05 is a twentieth of every count.")
@click.option("--fresh", is_flag=True, help="Start anew; only a database of demonstrations is removed.")
@click.option("--lang", type=click.Choice(["id", "en"]), default="id", show_default=True, help="Language of the page.")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Where the page goes.")
@click.pass_obj
def demo(workbench: Workbench, seed: int, scale: float, fresh: bool, lang: str, output: Path | None) -> int:
    """Play KIPP 2023 with its real counts, from registration to the published result.

    Agencies are real, people and proposals are invented. Stopped anywhere and started again, it goes on where it was.
    """
    from juri.core.storage.database import Database
    from juri.core.storage.migrate import migrate
    from juri.webapp.demo.fresh import remove_demonstration
    from juri.webapp.demo.plan import make_plan
    from juri.webapp.demo.replay import Replay
    from juri.webapp.demo.script import play_demonstration
    from juri.webapp.demo.size import size_at

    plan = make_plan(seed, size_at(scale))
    database = Database(workbench.settings.database_url)
    if fresh and remove_demonstration(database):
        click.echo("The database of the earlier demonstration is removed.")
    migrate(database)
    database.dispose()
    click.echo(f"Playing {plan.slug}, seed {seed}: agencies are real, everything else is invented.")
    replay = Replay(workbench, plan)
    if not play_demonstration(replay, TerminalProgress()):
        click.echo("It was played to its end before; this is its result.")
    status = _show(replay, plan, lang, output or Path(f"var/{plan.slug}.html"))
    _say_how_to_sign_in(workbench)
    return status


class TerminalProgress:
    """Shows a bar for each step in a terminal; elsewhere one line a step."""

    def __init__(self) -> None:
        """Look whether somebody watches."""
        self._watched = sys.stdout.isatty()
        self._open = ExitStack()
        self._bar: Any = None

    def begin(self, title: str, length: int) -> None:
        """Begin a bar, or write the line."""
        if self._watched:
            self._bar = self._open.enter_context(
                click.progressbar(length=length, label=f"{title:<36}", show_pos=True, width=30)
            )
        else:
            click.echo(f"{title}: {length:,}")

    def advance(self, done: int) -> None:
        """Move the bar on."""
        if self._bar is not None:
            self._bar.update(done)

    def end(self) -> None:
        """Finish the bar."""
        self._open.close()
        self._bar = None


def _show(replay: Replay, plan: Plan, language: str, output: Path) -> int:
    """Print the published result and write its page; returns the exit status."""
    from juri.core.audit.trail import chain_head, seal
    from juri.core.extension import Exporter
    from juri.webapp.commands.files import write_file
    from juri.webapp.demo.report import demonstration_report
    from juri.webapp.demo.results import WON, compare_counts, result_digest, titles_of

    workbench = replay.workbench
    exporter = workbench.registry.find(Exporter, "page")
    seal(workbench.database)
    with workbench.reading() as session:
        running = replay.running(session)
        counts = compare_counts(session, running, plan.size)
        titles = titles_of(session, running, WON)
        events, head = chain_head(session)
        digest = result_digest(session, running)
        page = exporter.write(demonstration_report(session, running, plan, language))
    output.parent.mkdir(parents=True, exist_ok=True)
    write_file(output, page)
    _print_titles(titles)
    click.echo(f"\n{_compared(counts, real=plan.size.is_real)}\n")
    click.echo(f"Result (without times)   {digest}")
    click.echo(f"Edition document         {running.sha256}")
    click.echo(f"Audit trail, {events:>6} events {head}")
    click.echo(f"\nAs a page: {output}")
    _say_how_to_look(plan.slug, titles)
    return 0 if all(count.fits for count in counts) else DIFFERS


def _print_titles(titles: Iterable[Title]) -> None:
    by_title: dict[str, list[Title]] = {}
    for each in titles:
        by_title.setdefault(each.title, []).append(each)
    for title, own in sorted(by_title.items(), reverse=True):
        click.echo(f"\n{title}: {len(own)}, in alphabetical order, not ranked")
        click.echo(table(("innovation", "agency", "entry"), [(e.innovation, e.entrant, e.code) for e in own]))


def _compared(counts: Iterable[Reached], *, real: bool) -> str:
    rows = [
        (_STEPS[count.name], _parts(count, count.expected), _parts(count, count.reached), _verdict(count))
        for count in counts
    ]
    return table(("step", "KIPP 2023" if real else "planned", "reached by the rules", ""), rows)


def _parts(count: Reached, found: Any) -> str:
    parts = " + ".join(f"{number:,} {track}" for track, number in found.items())
    return f"{sum(found.values()):,}" + (f" = {parts}" if count.by_track else "")


def _verdict(count: Reached) -> str:
    return "ok" if count.fits else "DIFFERS"


def _say_how_to_sign_in(workbench: Workbench) -> None:
    """Make the edition in which there is still something to do, and accounts to try the pages with."""
    from juri.core.errors import ActionRefused, InputRefused
    from juri.webapp.demo.access import PEOPLE, open_accounts
    from juri.webapp.demo.local import LOCAL, play_local

    try:
        play_local(workbench)
    except ActionRefused as refused:
        click.echo(f"\nNo accounts to try the pages with are made: {'; '.join(refused.reasons)}")
        return
    click.echo(f"\nTry the pages by 'juri serve'. {LOCAL} is being judged; sign in as:\n")
    click.echo(table(("role", "e-mail", "finds"), PEOPLE))
    try:
        password = open_accounts(workbench)
    except InputRefused as refused:
        click.echo(f"\nNo password is set: {'; '.join(map(str, refused.problems))}")
    else:
        click.echo(f"\nThe password of all: {password}")


def _say_how_to_look(slug: str, titles: Iterable[Title]) -> None:
    code = next((each.code for each in titles), "CODE")
    click.echo("Look further:")
    click.echo(f"  juri result explain {slug} {code}    every step of an entry, down to one juror's points")
    click.echo(f"  juri result show {slug} --table awards")
    click.echo(f"  juri stage list {slug}")
    click.echo("  juri audit verify")
