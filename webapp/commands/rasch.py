"""``juri rasch``: entries, jurors and criteria of a spreadsheet on one scale, as a diagnosis."""

from __future__ import annotations

import click

from juri.core.errors import InputRefused
from juri.webapp.commands.score_files import (
    FORM_OPTION,
    OUTPUT_OPTION,
    SHEET_OPTION,
    choose_exporter,
    export_report,
    give,
    load_scores,
    output_target,
)
from juri.webapp.workbench import Workbench


@click.command()
@click.argument("scores")
@click.option("--classes", type=click.IntRange(2, 20), help="Cut a scale of more different scores into so many.")
@SHEET_OPTION
@FORM_OPTION
@OUTPUT_OPTION
@click.pass_obj
def rasch(
    workbench: Workbench, /, scores: str, classes: int | None, sheet: str | None, form: str | None, output: str | None
) -> None:
    """Measure entries, jurors and criteria on one scale by the many-facet Rasch model.

    A diagnosis, not a ranking: who is severe, which criterion is hard, whose scores do not fit (infit and outfit far
    above 1). SCORES is what 'juri score' reads. A scale with more than 20 different scores is cut into 10 classes.
    """
    from juri.core.analysis.rasch import fit_rasch
    from juri.core.analysis.rasch_scale import rating_scale
    from juri.core.judging.table_ratings import read_ratings
    from juri.core.tables.layout import KNOWN_HEADERS
    from juri.core.tables.reading import read_table
    from juri.webapp.commands.rasch_report import RaschResult, flat_report, footer, report, table_text

    target = output_target(output, scores)
    registry = workbench.registry_of("exporters")
    exporter = choose_exporter(registry, form, target)
    source = load_scores(scores)
    table = read_table(source, sheet=sheet, known_headers=KNOWN_HEADERS)
    ratings = read_ratings(table)
    whole = ratings.whole
    criteria = whole.criteria or ({} if whole.total is None else {"total": whole.total})
    if not any(matrix.entry.size for matrix in criteria.values()):
        raise InputRefused.at(scores, "the table holds no score", "empty")
    scale = rating_scale(criteria, classes)
    result = RaschResult(source.sha256, table, ratings, scale, fit_rasch(scale.observations))
    if exporter is None:
        give(f"{table_text(result)}\n".encode(), target, footer(result) if target else ())
        return
    flat = exporter.name != "json"
    data = export_report(registry, exporter, flat_report(result) if flat else report(result))
    give(data, target, footer(result) if flat or target else ())
