"""``juri sensitivity``: how firm the first places of a spreadsheet are, without a database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from juri.webapp.commands.score_files import RUBRIC_OPTION, SHEET_OPTION, load_rubric_use, load_scores
from juri.webapp.workbench import Workbench

if TYPE_CHECKING:
    from juri.core.registry import Registry
    from juri.webapp.commands.sensitivity_report import SensitivityResult

_FAMILIES = ("rubric_kinds", "rubrics", "methods", "tie_breakers", "exporters")
_TOP = "How many places are in."
_METHOD = "What is ranked by, as for 'juri score'.  [default: mean]"
_MISSING = "submitted, assigned-zero, sum, quorum:N, drop-juror or block."
_SEED = "Of the weights that are drawn."


@dataclass(frozen=True)
class _Request:
    """What was asked for on the command line, as it was typed."""

    scores: str
    top: int
    rubric: str | None
    method: str | None
    missing: str
    group_by: str | None
    sheet: str | None
    draws: int
    seed: int


@click.command()
@click.argument("scores")
@click.option("--top", type=click.IntRange(1), metavar="N", required=True, help=_TOP)
@RUBRIC_OPTION
@click.option("--method", metavar="NAME[:key=value,...]", help=_METHOD)
@click.option("--missing", metavar="POLICY", default="submitted", show_default=True, help=_MISSING)
@click.option("--group-by", metavar="COLUMN", help="Look at each group of this column by itself.")
@SHEET_OPTION
@click.option("--draws", type=click.IntRange(100, 100_000), default=1_000, show_default=True, help="Weights drawn.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help=_SEED)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="How it is printed.",
)
@click.pass_obj
def sensitivity(workbench: Workbench, /, form: str, **request: str | int | None) -> None:
    """Tell how firm the first places of a spreadsheet are.

    SCORES is what 'juri score' reads. Each juror, each criterion is left out in turn and each method tried: who comes
    in, who falls out. Then the least change of weights that brings somebody in, exactly, and how often each entry is
    in at drawn weights. Ranks go by scores alone, without a tie chain.
    """
    from juri.webapp.commands.sensitivity_report import sensitivity_json, sensitivity_text

    asked = _Request(**request)  # type: ignore[arg-type]  # click has checked the types
    result = _work_out(workbench.registry_of(*_FAMILIES), asked)
    click.echo(sensitivity_json(result) if form == "json" else sensitivity_text(result), nl=False)


def _work_out(registry: Registry, asked: _Request) -> SensitivityResult:
    from juri.core.judging.sensitivity import work_out_sensitivity
    from juri.core.judging.table_ranking import complete_sheets
    from juri.core.judging.table_sheets import read_sheets
    from juri.core.sheets import full_points
    from juri.core.tables.layout import KNOWN_HEADERS, recognise_layout
    from juri.core.tables.reading import read_table
    from juri.webapp.commands.score_options import read_rule
    from juri.webapp.commands.sensitivity_report import SensitivityResult

    source = load_scores(asked.scores)
    use = load_rubric_use(registry, asked.rubric) if asked.rubric else None
    criteria = [name for leaf in use.rubric.leaves for name in (leaf.id, leaf.name)] if use else []
    table = read_table(source, sheet=asked.sheet, known_headers=KNOWN_HEADERS)
    layout = recognise_layout(table, asked.group_by, criteria)
    rule = read_rule(registry, asked.method, asked.missing, "shared", ()).rule
    sheets, warnings = complete_sheets(read_sheets(table, layout, use), rule)
    found = {
        group: work_out_sensitivity(
            own,
            rule,
            extensions=registry.get,
            methods=registry.names("methods"),
            top=asked.top,
            full=full_points(use.kind, use.rubric, use.owner) if use else {},
            draws=asked.draws,
            seed=asked.seed,
        )
        for group, own in sheets.groups.items()
    }
    return SensitivityResult(source, rule, found, asked.group_by, warnings)
