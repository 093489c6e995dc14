"""``juri stage``: open, close, decide, seal and publish the stages of an installed edition."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import click

from juri.webapp.commands.output import counted, table
from juri.webapp.workbench import Workbench

if TYPE_CHECKING:
    from juri.core.view import Outcome

_edition = click.argument("edition")
_stage = click.argument("stage")


@click.group()
def stage() -> None:
    """Run the stages of an installed edition."""


@stage.command("list")
@_edition
@click.pass_obj
def list_stages(workbench: Workbench, edition: str) -> None:
    """List the stages with their states, deadlines and counts."""
    from sqlalchemy import select

    from juri.core.editions.model import StageRow
    from juri.core.stages.reports import funnel

    with workbench.reading() as session:
        running = workbench.running(session, edition)
        rows = {row.key: row for row in session.scalars(select(StageRow).where(StageRow.edition_id == running.id))}
        counts = funnel(session, running)
        lines = [
            (key, kind, state, _moment(rows[key].opens_at), _moment(rows[key].closes_at), _counts(tracks))
            for key, kind, state, tracks in counts
        ]
    click.echo(f"{edition} is {running.state}, document revision {running.revision}")
    click.echo(table(("stage", "kind", "state", "opens (UTC)", "closes (UTC)", "goes on"), lines))


@stage.command("open")
@_edition
@_stage
@click.pass_obj
def open_(workbench: Workbench, edition: str, stage: str) -> None:
    """Open a stage."""
    from juri.core.stages.verbs import open_stage

    with workbench.writing() as (session, actor):
        row = open_stage(session, workbench.running(session, edition), stage, by=actor)
        until = f" until {_moment(row.closes_at)} UTC" if row.closes_at else ""
    click.echo(f"{stage} is open{until}")


@stage.command()
@_edition
@_stage
@click.option("--early", metavar="REASON", default="", help="Close before the deadline, for this reason.")
@click.pass_obj
def close(workbench: Workbench, edition: str, stage: str, early: str) -> None:
    """Close a stage and show what its rules propose."""
    from juri.core.stages.verbs import close_stage

    with workbench.writing() as (session, actor):
        outcome = close_stage(session, workbench.running(session, edition), stage, by=actor, early=early)
    click.echo(f"{stage} is closed.{_told(outcome)}")


@stage.command()
@_edition
@_stage
@click.option("--reason", required=True, help="Why it is worked out again.")
@click.pass_obj
def recompute(workbench: Workbench, edition: str, stage: str, reason: str) -> None:
    """Work a closed stage out again.

    For when a conflict or an order of ties came in after it was closed; both results are kept.
    """
    from juri.core.stages.verbs import recompute_stage

    with workbench.writing() as (session, actor):
        outcome = recompute_stage(session, workbench.running(session, edition), stage, by=actor, reason=reason)
    click.echo(f"{stage} was worked out again.{_told(outcome)}")


@stage.command()
@_edition
@_stage
@click.option("--signer", required=True, help="Who answers for the decision.")
@click.option("--reason", required=True, help="Why; it stands beside every departure from what the rules proposed.")
@click.option("--advance", multiple=True, metavar="ENTRY", help="Let this entry go on, whatever was proposed.")
@click.option("--stop", multiple=True, metavar="ENTRY", help="Stop this entry, whatever was proposed.")
@click.pass_obj
def decide(
    workbench: Workbench,
    edition: str,
    stage: str,
    signer: str,
    reason: str,
    advance: tuple[str, ...],
    stop: tuple[str, ...],
) -> None:
    """Decide on a closed stage, as proposed or by name.

    Every entry is decided as proposed, but for those named by --advance and --stop.
    """
    from juri.core.errors import InputRefused
    from juri.core.stages.deciding import decide as take

    both = sorted(set(advance) & set(stop))
    if both:
        raise InputRefused.at("outcomes", f"{', '.join(both)}: either --advance or --stop, not both")
    outcomes = {**dict.fromkeys(advance, "advance"), **dict.fromkeys(stop, "stop")}
    with workbench.writing() as (session, actor):
        running = workbench.running(session, edition)
        count = take(session, running, stage, by=actor, signer=signer, reason=reason, outcomes=outcomes)
    click.echo(f"{counted(count, 'entry', 'entries')} decided in {stage}, signed by {signer}")


@stage.command()
@_edition
@_stage
@click.option("--signer", "signers", multiple=True, required=True, help="Who answers for it; may be repeated.")
@click.option("--reason", required=True, help="Why it is decided so, such as: as the rules propose.")
@click.option("--early", metavar="REASON", default="", help="Close before the deadline, for this reason.")
@click.pass_obj
def finish(workbench: Workbench, edition: str, stage: str, signers: tuple[str, ...], reason: str, early: str) -> None:
    """Close, decide as the rules propose, and seal: all or nothing.

    Refused where the rules leave an entry undecided, and in a plenary before the panel has decided; what is decided
    already ('juri stage decide') stays as it is.
    """
    from juri.core.stages.finishing import finish_stage

    with workbench.writing() as (session, actor):
        running = workbench.running(session, edition)
        done = finish_stage(session, running, stage, by=actor, signers=signers, reason=reason, early=early)
    click.echo(f"{stage} is sealed by {', '.join(signers)}: {_listed(done.outcomes)}")
    for warning in done.warnings:
        click.echo(f"Note: {warning}")
    click.echo(table(("hash of", "SHA-256"), sorted(done.hashes.__dict__.items())))


@stage.command()
@_edition
@_stage
@click.pass_obj
def progress(workbench: Workbench, edition: str, stage: str) -> None:
    """Show how far the jurors are, and what waits for whom."""
    from juri.core.stages.progress import stage_progress

    with workbench.reading() as session:
        found = stage_progress(session, workbench.running(session, edition), stage)
    headers = ("juror", "name", "assigned", "done", "drafts", "left", "conflicts")
    rows = [
        (each.juror, each.name, each.assigned, each.done, each.drafts, " ".join(each.left), " ".join(each.out))
        for each in found.jurors
    ]
    click.echo(table(headers, rows, right=("assigned", "done", "drafts")) if rows else "no juror is in its panel yet")
    if found.unfinished:
        wanted = found.per_entry or ""
        waiting = [(e.entry, e.assigned, wanted, e.done, " ".join(e.waits_for), e.title) for e in found.unfinished]
        click.echo()
        columns = ("entry", "jurors", "wanted", "sheets", "waits for", "title")
        click.echo(table(columns, waiting, right=("jurors", "wanted", "sheets")))
    waiting_for = counted(len(found.unfinished), "entry waits", "entries wait")
    click.echo(f"\n{found.done} of {found.assigned} scorecards are in; {waiting_for}")


@stage.command("order-ties")
@_edition
@_stage
@click.argument("entries", nargs=-1, required=True)
@click.option("--signer", required=True, help="Who answers for the order.")
@click.option("--reason", required=True, help="Why this order.")
@click.pass_obj
def order_ties(
    workbench: Workbench, edition: str, stage: str, entries: tuple[str, ...], signer: str, reason: str
) -> None:
    """Record the panel's order of tied ENTRIES, best first.

    It counts when a stage that ranks them closes; for a closed one, 'juri stage recompute' it.
    """
    from juri.core.stages.deciding import order_ties as record_order

    with workbench.writing() as (session, actor):
        running = workbench.running(session, edition)
        record_order(session, running, stage, entries, by=actor, signer=signer, reason=reason)
    click.echo(f"The order {' > '.join(entries)} is recorded in {stage}")


@stage.command()
@_edition
@_stage
@click.option("--signer", "signers", multiple=True, required=True, help="Who answers for the result; may be repeated.")
@click.pass_obj
def seal(workbench: Workbench, edition: str, stage: str, signers: tuple[str, ...]) -> None:
    """Seal a decided stage: its entries go on or stop.

    The result gets its hash, and the names of those who answer for it.
    """
    from juri.core.stages.verbs import seal_stage

    with workbench.writing() as (session, actor):
        hashes = seal_stage(session, workbench.running(session, edition), stage, by=actor, signers=signers)
    click.echo(f"{stage} is sealed by {', '.join(signers)}")
    click.echo(table(("hash of", "SHA-256"), sorted(hashes.__dict__.items())))


@stage.command()
@_edition
@_stage
@click.pass_obj
def publish(workbench: Workbench, edition: str, stage: str) -> None:
    """Publish a sealed stage."""
    from juri.core.stages.verbs import publish_stage

    with workbench.writing() as (session, actor):
        publish_stage(session, workbench.running(session, edition), stage, by=actor)
    click.echo(f"{stage} is published")


@stage.command()
@_edition
@_stage
@click.option("--reason", required=True, help="Why it must be opened again.")
@click.pass_obj
def reopen(workbench: Workbench, edition: str, stage: str, reason: str) -> None:
    """Ask to open a stage again; it takes two people.

    The stage is closed or sealed, and no later one was opened. The second person's word does it.
    """
    from juri.core.stages.verbs import reopen_stage

    with workbench.writing() as (session, actor):
        done = reopen_stage(session, workbench.running(session, edition), stage, by=actor, reason=reason)
    click.echo(f"{stage} is open again" if done else f"{stage}: noted; a second person must ask for the same")


def _told(outcome: Outcome) -> str:
    """Say what the rules propose, what to look at, and what is left for people."""
    lines = [f" Proposed: {_proposed(p.outcome for p in outcome.proposals)}"]
    lines += [f"Note: {warning}" for warning in outcome.warnings]
    lines += [f"To decide: {p.entry}: {p.reason}" for p in outcome.proposals if p.outcome == "undecided"]
    return "\n".join(lines)


def _moment(moment: object) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else ""


def _counts(tracks: dict[str, int]) -> str:
    return " + ".join(f"{count} {track}".strip() for track, count in tracks.items()) if any(tracks.values()) else ""


def _proposed(outcomes: Iterable[str]) -> str:
    return _listed(Counter(outcomes))


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items())) or "nothing"
