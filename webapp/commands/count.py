"""``juri count``: count ballots, without a database."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from juri.core.errors import InputRefused
from juri.webapp.commands.score_files import SHEET_OPTION, load_scores
from juri.webapp.workbench import Workbench

if TYPE_CHECKING:
    from juri.core.extension import BallotMethod
    from juri.core.tables.ballot_forms import ReadBallots
    from juri.core.tables.reading import Source

_METHODS = "stv, irv, majority-judgment, bradley-terry, schulze, borda and those of plugins."
_GRADES = "The grades from the worst to the best; needed where they are words."
_SEED = "What a lot is drawn with, where candidates are equal throughout."
_SEATS = "How many are elected (stv); without: as the BLT file says."


@click.command()
@click.argument("ballots")
@click.option("--method", metavar="NAME[:key=value,...]", required=True, help=_METHODS)
@click.option("--seats", type=click.IntRange(1, 1_000_000), metavar="N", help=_SEATS)
@click.option("--seed", type=click.IntRange(0), metavar="N", default=0, show_default=True, help=_SEED)
@click.option("--grades", metavar="WORST,...,BEST", help=_GRADES)
@SHEET_OPTION
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "csv", "json"]),
    default="table",
    show_default=True,
    help="How it is printed.",
)
@click.pass_obj
def count(
    workbench: Workbench,
    ballots: str,
    method: str,
    seats: int | None,
    seed: int,
    grades: str | None,
    sheet: str | None,
    form: str,
) -> None:
    """Count ballots: rankings, grades or comparisons, without a database.

    BALLOTS is a BLT file, CSV, XLSX or - for standard input. A table holds one ballot a row (ranking; or a column for
    each candidate with ranks or grades), one mark a row (voter,candidate,rank or voter,candidate,grade), or one
    comparison a row (winner,loser).
    """
    from juri.core.counting import count_ballots
    from juri.core.extension import BallotMethod
    from juri.webapp.commands.count_report import CountResult, count_csv, count_json, count_text
    from juri.webapp.commands.score_options import read_method

    registry = workbench.registry_of("ballot_methods", "exporters")
    name, options = read_method(registry, "ballot_methods", method)
    chosen = registry.find(BallotMethod, name)
    source = load_scores(ballots)
    read = _read(source, chosen, sheet, [each.strip() for each in grades.split(",")] if grades else [])
    tally = count_ballots(chosen, read.ballots, options, seats=seats, seed=seed)
    result = CountResult(chosen, options, source, read, tally, seed)
    writers = {"table": count_text, "csv": count_csv, "json": count_json}
    click.echo(writers[form](result, registry), nl=False)


def _read(source: Source, method: BallotMethod, sheet: str | None, grades: list[str]) -> ReadBallots:
    """Read a BLT file or a table; the content tells which it is."""
    from juri.core.ballots.ballots import GradedBallots, RankedBallots
    from juri.core.tables.ballot_forms import KNOWN_BALLOT_HEADERS, ReadBallots, read_ballots
    from juri.core.tables.blt import is_blt, read_blt
    from juri.core.tables.reading import read_table

    if not is_blt(source.data):
        table = read_table(source, sheet=sheet, known_headers=KNOWN_BALLOT_HEADERS)
        return read_ballots(table, method.takes, grades)
    if method.takes is not RankedBallots:
        what = "grades" if method.takes is GradedBallots else "comparisons"
        message = f"a BLT file holds rankings; the method '{method.name}' counts {what}, which a table holds"
        raise InputRefused.at(source.name, message, "blt_form")
    return ReadBallots(read_blt(source.data, source.name), "BLT")
