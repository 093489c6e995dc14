"""``juri agreement``: how well the jurors of a spreadsheet agree, without a database."""

from __future__ import annotations

import click

from juri.core.analysis.agreement import LEVELS
from juri.webapp.commands.score_files import (
    FORM_OPTION,
    GROUP_OPTION,
    OUTPUT_OPTION,
    RUBRIC_OPTION,
    SHEET_OPTION,
    choose_exporter,
    export_report,
    give,
    load_rubric_use,
    load_scores,
    output_target,
)
from juri.webapp.workbench import Workbench

_FAMILIES = ("rubric_kinds", "rubrics", "exporters")


@click.command()
@click.argument("scores")
@click.option("--level", type=click.Choice(LEVELS), default="interval", show_default=True, help="What scores mean.")
@RUBRIC_OPTION
@GROUP_OPTION
@SHEET_OPTION
@FORM_OPTION
@OUTPUT_OPTION
@click.pass_obj
def agreement(
    workbench: Workbench,
    /,
    scores: str,
    level: str,
    rubric: str | None,
    group_by: str | None,
    sheet: str | None,
    form: str | None,
    output: str | None,
) -> None:
    """Tell how well the jurors of a spreadsheet agree.

    SCORES is what 'juri score' reads. Shown are the intraclass correlations with 95 % intervals, Krippendorff's alpha,
    Kendall's W, the kappas, and the standard error of measurement: for the totals, then for each criterion. With
    --level nominal a score may be a word. A figure that does not exist says why.
    """
    from juri.core.judging.table_ratings import read_ratings
    from juri.core.tables.layout import KNOWN_HEADERS
    from juri.core.tables.reading import read_table
    from juri.webapp.commands.agreement_report import AgreementResult, flat_report, footer, report, table_text

    target = output_target(output, scores)
    registry = workbench.registry_of(*_FAMILIES)
    exporter = choose_exporter(registry, form, target)
    source = load_scores(scores)
    use = load_rubric_use(registry, rubric) if rubric else None
    table = read_table(source, sheet=sheet, known_headers=KNOWN_HEADERS)
    ratings = read_ratings(table, use, group_by=group_by, words=level == "nominal")
    result = AgreementResult(source.sha256, table, use, level, ratings)
    if exporter is None:
        give(f"{table_text(result)}\n".encode(), target, footer(result) if target else ())
        return
    flat = exporter.name != "json"
    data = export_report(registry, exporter, flat_report(result) if flat else report(result))
    give(data, target, footer(result) if flat or target else ())
