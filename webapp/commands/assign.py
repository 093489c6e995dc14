"""``juri assign``: jurors to entries, from two tables without a database, or in a stage of an installed edition."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from juri.core.errors import InputRefused
from juri.webapp.commands.assign_request import Request
from juri.webapp.commands.imports import read_rows
from juri.webapp.commands.output import counted
from juri.webapp.imports import Columns
from juri.webapp.workbench import Workbench

if TYPE_CHECKING:
    from juri.core.judging.planning import Plan

_TABLES = frozenset({".csv", ".tsv", ".txt", ".xlsx"})
_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
_MOST_BRIDGES = 100


class Percent(click.ParamType[Fraction]):
    """A percentage: 5, 5% or 2.5%; kept as an exact number of percent."""

    name = "percent"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Fraction:
        """Read it.

        Raises:
            UsageError: it is not a number from 0 to 100.

        """
        text = str(value).strip().removesuffix("%").replace(",", ".")
        try:
            share = Fraction(text) if "/" not in text else None
        except ValueError:
            share = None
        if share is None or not 0 <= share <= _MOST_BRIDGES:
            self.fail(f"'{value}' is not a percentage from 0 to 100; write one such as 5%", param, ctx)
        return share


_ONLY_TABLES = ("per_entry", "mix", "scope", "conflicts", "affinity", "current", "form", "output")
_ONLY_STAGES = ("rule", "file", "dry_run")


@click.command()
@click.argument("first", metavar="ENTRIES|EDITION")
@click.argument("second", metavar="JURORS|STAGE")
@click.option("--per-entry", type=click.IntRange(1), metavar="N", help="Jurors for each entry (tables).")
@click.option("--min-load", type=click.IntRange(0), metavar="N", help="Entries that a juror gets at least.")
@click.option("--max-load", type=click.IntRange(1), metavar="N", help="Entries that a juror gets at most.")
@click.option("--prefer", type=click.Choice(("loads", "expertise")), help="What counts first.  [default: loads]")
@click.option("--worst-first", is_flag=True, help="First raise the expertise of the worst pair as far as it goes.")
@click.option("--bridges", type=Percent(), metavar="5%", help="Entries with a juror from elsewhere, to connect all.")
@click.option("--beyond-categories", is_flag=True, help="Let that juror leave the own categories.")
@click.option("--mix", multiple=True, metavar="ROLE:1-2", help="Jurors of a role that each entry has (tables).")
@click.option("--scope", multiple=True, metavar="AGENCY=CAT;CAT", help="What an agency's jurors may score (tables).")
@click.option("--conflicts", type=_FILE, help="A table of entry and juror who must not meet (tables).")
@click.option("--affinity", type=_FILE, help="A table of entry, juror and affinity, 0 to 1000 (tables).")
@click.option("--current", type=_FILE, help="Mend this table of entry and juror with the fewest changes (tables).")
@click.option("--rule", help="The assignment rule; without: the edition's, else 'balanced' (stage).")
@click.option("--file", type=_FILE, help="Pairs by hand, instead of a rule: a table of entry and juror (stage).")
@click.option("--dry-run", is_flag=True, help="Show what would be assigned and write nothing (stage).")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="It settles what is equal.")
@click.option("--format", "form", type=click.Choice(("table", "csv", "json")), help="How it is printed (tables).")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to a file (tables).")
@click.pass_obj
def assign(workbench: Workbench, /, **asked: Any) -> None:
    """Assign jurors to entries: of two tables, or in a judged stage of an edition.

    With two files (CSV or XLSX) no database is needed. ENTRIES has the column entry; optional: category, track,
    organization, wanted. JURORS has the column juror; optional: min_load, max_load, categories, tracks, expertise,
    organization, role. docs/assignment.md tells more.
    """
    request = Request(**asked)
    if _are_tables(request):
        from juri.webapp.commands.assign_report import assign_tables

        _refuse(request, _ONLY_STAGES, "EDITION STAGE")
        assign_tables(request)
        return
    _refuse(request, _ONLY_TABLES, "ENTRIES JURORS")
    _assign_stage(workbench, request)


def _are_tables(request: Request) -> bool:
    """Tell whether two files are meant; a file that is named and not there is said at once."""
    named = [Path(request.first), Path(request.second)]
    if not any(each.is_file() or each.suffix.lower() in _TABLES for each in named):
        return False
    missing = [each for each in named if not each.is_file()]
    if missing:
        raise InputRefused.at(str(missing[0]), "there is no such file; name two tables, or an edition and a stage")
    return True


def _refuse(request: Request, options: tuple[str, ...], form: str) -> None:
    given = [name for name in options if getattr(request, name)]
    if given:
        written = "--format" if given[0] == "form" else f"--{given[0].replace('_', '-')}"
        raise InputRefused.at(written, f"this goes with 'juri assign {form}' only; leave it away")


def _assign_stage(workbench: Workbench, request: Request) -> None:
    from juri.core.judging.assignments import assign as by_rule
    from juri.core.judging.assignments import assign_pairs
    from juri.core.judging.planning import plan_assignment

    pairs = _hand_pairs(request.file) if request.file else None
    rule, seed, options = request.rule, request.seed, _rule_options(request)
    if request.dry_run and pairs is None:
        with workbench.reading() as session:
            running = workbench.running(session, request.first)
            plan = plan_assignment(session, running, request.second, rule=rule, seed=seed, options=options)
        _show_plan(plan, request.second)
        return
    with workbench.rehearsing(request.dry_run) as (session, actor):
        running = workbench.running(session, request.first)
        if pairs is None:
            count = by_rule(session, running, request.second, by=actor, rule=rule, seed=seed, options=options)
        else:
            count = assign_pairs(session, running, request.second, pairs, by=actor)
    made = "would be made" if request.dry_run else "made"
    click.echo(f"{counted(count, 'assignment')} {made} in {request.second}")


def _rule_options(request: Request) -> dict[str, Any]:
    """Return the options of the rule that were given here; they stand above those of the edition."""
    given: dict[str, Any] = {
        "min_load": request.min_load,
        "max_load": request.max_load,
        "prefer": request.prefer,
        "worst_first": request.worst_first or None,
        "bridges": None if request.bridges is None else _decimal(request.bridges),
        "beyond_categories": request.beyond_categories or None,
    }
    return {name: value for name, value in given.items() if value is not None}


def _decimal(share: Fraction) -> str:
    from juri.core.scoring.number import decimal_text

    return decimal_text(share, 4)


def _hand_pairs(file: Path) -> list[tuple[str, str]]:
    return [(row["entry"], row["juror"]) for _, row in read_rows(file, Columns(("entry", "juror")))[1]]


def _show_plan(plan: Plan, stage: str) -> None:
    from juri.webapp.commands.assign_report import graph_text, loads_text

    click.echo(f"{counted(len(plan.fresh), 'assignment')} would be made in {stage}; nothing was written\n")
    loads = {juror: (kept + fresh, f"{fresh} new" if fresh else "") for juror, (kept, fresh) in plan.loads().items()}
    click.echo(loads_text(loads))
    click.echo(f"\n{graph_text(plan.graph)}")
    for worry in plan.worries:
        click.echo(f"note: {worry}")
