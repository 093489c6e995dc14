"""``juri jury``: how each juror of a spreadsheet scores, without a database."""

from __future__ import annotations

import click

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
@RUBRIC_OPTION
@GROUP_OPTION
@SHEET_OPTION
@FORM_OPTION
@OUTPUT_OPTION
@click.pass_obj
def jury(
    workbench: Workbench,
    /,
    scores: str,
    rubric: str | None,
    group_by: str | None,
    sheet: str | None,
    form: str | None,
    output: str | None,
) -> None:
    """Tell how each juror of a spreadsheet scores, and whose sheets deserve a look.

    SCORES is what 'juri score' reads; a column 'urutan' (order) gives the drift, 'menit' (minutes) the time per sheet.
    Shown are severity with a 95 % interval, spread, consistency with the others, halo, straight-lining, drift and the
    entries shared with others. A flag asks a human to look; it never excludes, and no juror with fewer than 15 entries
    has one.
    """
    from juri.core.judging.table_ratings import read_ratings
    from juri.core.tables.layout import KNOWN_HEADERS
    from juri.core.tables.reading import read_table
    from juri.webapp.commands.jury_report import JuryResult, flat_report, footer, report, table_text

    target = output_target(output, scores)
    registry = workbench.registry_of(*_FAMILIES)
    exporter = choose_exporter(registry, form, target)
    source = load_scores(scores)
    use = load_rubric_use(registry, rubric) if rubric else None
    table = read_table(source, sheet=sheet, known_headers=KNOWN_HEADERS)
    result = JuryResult(source.sha256, table, use, read_ratings(table, use, group_by=group_by))
    if exporter is None:
        give(f"{table_text(result)}\n".encode(), target, footer(result) if target else ())
        return
    flat = exporter.name != "json"
    data = export_report(registry, exporter, flat_report(result) if flat else report(result))
    give(data, target, footer(result) if flat or target else ())
