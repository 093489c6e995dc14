"""``juri simulate``: how reproducible the Top N of an edition would be, before there is a single entry."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from math import isnan
from pathlib import Path
from typing import Any

import click

from juri.core.analysis.decision_study import Behaviour, Draw, Finding, Plan, draw, summarise
from juri.webapp.commands.score_files import FORM_OPTION, OUTPUT_OPTION, choose_exporter, export_report, give
from juri.webapp.commands.simulate_study import ENTRIES, JURORS, MOST, Options, Study, plan_study
from juri.webapp.workbench import Workbench

_CHUNK = 4
"""Draws that a process is given at a time: few enough to show progress, enough not to wait for the next."""

_SPREAD = "The part of a scale that one standard deviation of quality takes."


class _Within(click.FloatRange):
    """A number within bounds; ``nan``, which lies within any, is refused."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        number = super().convert(value, param, ctx)
        return self.fail(f"{value!r} is not a number.", param, ctx) if isnan(number) else number


def _habit(name: str, text: str, most: float = 10) -> Callable[[Any], Any]:
    """Make an option for one part of the jurors' behaviour, in standard deviations of the entries' true quality."""
    kind = _Within(0, most)
    return click.option(f"--{name}", type=kind, default=getattr(Behaviour, name), show_default=True, help=text)


@click.command()
@click.argument("target", metavar="EDITION")
@click.option("--stage", default="", help="The judged stage; without: the first.")
@click.option("--track", default="", help="Whose rubric; without: that of the first track.")
@click.option("--entries", type=click.IntRange(2, 100_000), help=f"How many are judged.  [default: {ENTRIES}]")
@click.option("--top", type=click.IntRange(min=1), help="Places; without: as a stage after it says.")
@click.option("--jurors", type=click.IntRange(1, 5_000), help=f"Size of the jury; without: the panel's, or {JURORS}.")
@click.option("--per-entry", metavar="N[-M]", default="", help=f"Jurors per entry to compare.  [default: 1-{MOST}]")
@click.option("--draws", type=click.IntRange(1, 100_000), default=100, show_default=True, help="For each number.")
@_habit("severity", "How much jurors differ in level.")
@_habit("scale", "How much they differ in the use of the scale (the logarithm of a factor).")
@_habit("impression", "What a juror thinks of an entry beside its quality.")
@_habit("noise", "What is added to each criterion.")
@_habit("profile", "How much the criteria of an entry truly differ.")
@_habit("halo", "The part of these differences that jurors do not see.", 1)
@click.option("--spread", type=_Within(0.01, 1), default=0.12, show_default=True, help=_SPREAD)
@click.option("--seed", type=click.IntRange(min=0), help="The same seed gives the same figures.")
@click.option("--workers", type=click.IntRange(min=1), help="Processes; without: one for each core.")
@click.option("--chart", type=click.Path(path_type=Path, dir_okay=False), help="Write the chart as SVG.")
@FORM_OPTION
@OUTPUT_OPTION
@click.pass_obj
def simulate(workbench: Workbench, /, target: str, **given: Any) -> None:
    """Tell how reproducible the Top N of an EDITION would be, by jurors per entry.

    Draws entries and juries that behave as real ones do, lets them answer the edition's rubric, and compares the Top N
    of two juries that know nothing of each other. EDITION is a file, a shipped one or an installed one; what it does
    not say yet is assumed, and said. Behaviour is in standard deviations of the entries' true quality.
    """
    from juri.webapp.commands.files import write_file
    from juri.webapp.commands.simulate_chart import chart
    from juri.webapp.commands.simulate_report import flat_report, footer, report, table_text
    from juri.webapp.commands.targets import load_target

    options = Options(**given)
    goal = None if options.output is None else Path(options.output).resolve()
    registry = workbench.registry
    exporter = choose_exporter(registry, options.form, goal)
    study = plan_study(registry, load_target(workbench, target).edition, options)
    findings = run_study(study, options.workers or _cores())
    if options.chart is not None:
        write_file(options.chart, chart(study, findings).encode())
    if exporter is None:
        give(f"{table_text(study, findings)}\n".encode(), goal, footer(study) if goal else ())
        return
    flat = exporter.name != "json"
    made = flat_report(study, findings) if flat else report(study, findings)
    give(export_report(registry, exporter, made), goal, footer(study) if flat or goal else ())


def run_study(study: Study, workers: int) -> list[Finding]:
    """Draw everything, with a progress bar on a terminal; the figures do not depend on the number of processes."""
    tasks = [
        (replace(study.plan, per_entry=count), study.seed, number)
        for count in study.counts
        for number in range(study.draws)
    ]
    with _drawn(tasks, workers) as found:
        if sys.stderr.isatty():
            with click.progressbar(found, length=len(tasks), label="Drawing juries", file=sys.stderr) as shown:
                done = list(shown)
        else:
            done = list(found)
    return [
        finding
        for at, count in enumerate(study.counts)
        for finding in summarise(count, done[at * study.draws : (at + 1) * study.draws])
    ]


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


_Task = tuple[Plan, int, int]


@contextmanager
def _drawn(tasks: Sequence[_Task], workers: int) -> Iterator[Iterator[dict[str, Draw]]]:
    """Draw in so many processes, in the order of the tasks; each has a seed of its own, whoever draws it."""
    if workers == 1:
        yield map(_draw, tasks)
        return
    # a process that begins anew: what this one has open (threads, databases) is not its business
    with multiprocessing.get_context("spawn").Pool(min(workers, len(tasks))) as pool:
        yield pool.imap(_draw, tasks, _CHUNK)


def _draw(task: _Task) -> dict[str, Draw]:
    return draw(*task)
