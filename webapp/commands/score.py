"""``juri score``: rank the entries of a spreadsheet, without a database."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from juri.core.errors import InputRefused, JuriError, PluginError
from juri.core.extension import Exporter, Report
from juri.webapp.workbench import Workbench

if TYPE_CHECKING:
    from juri.core.judging.table_sheets import RubricUse
    from juri.core.registry import Registry
    from juri.core.tables.reading import Source
    from juri.webapp.commands.score_report import ScoreResult

_RUBRIC = "A ready rubric, or a YAML or JSON file; without it every criterion counts the same."
_METHODS = "mean, sum, median, trimmed:low=1,high=1, ranksum, borda and those of plugins.  [default: mean]"
_MISSING = "submitted, assigned-zero, sum, quorum:N, drop-juror or block."
_TIES = "criterion:ID, first-places, median, panel, shared and those of plugins, asked in this order."
_FAMILIES = ("rubric_kinds", "rubrics", "methods", "tie_breakers", "exporters")
_STDIN = "-"
_TABLE = "table"


@dataclass(frozen=True)
class _Request:
    """What was asked for on the command line, as it was typed."""

    scores: str
    rubric: str | None
    method: str | None
    missing: str
    ties: str
    group_by: str | None
    sheet: str | None
    decimals: int


@click.command()
@click.argument("scores")
@click.option("--rubric", metavar="NAME|FILE", help=_RUBRIC)
@click.option("--method", metavar="NAME[:key=value,...]", help=_METHODS)
@click.option("--missing", metavar="POLICY", default="submitted", show_default=True, help=_MISSING)
@click.option("--ties", metavar="RULE,...", default="shared", show_default=True, help=_TIES)
@click.option("--group-by", metavar="COLUMN", help="Rank each group of this column by itself.")
@click.option("--sheet", metavar="NAME", help="The sheet of a workbook; without: the first.")
@click.option("--decimals", type=click.IntRange(0, 12), default=2, show_default=True, help="Decimals that are shown.")
@click.option("--format", "form", metavar="table|csv|json|xlsx", help="Without: by the ending of -o, else table.")
@click.option("-o", "--output", metavar="FILE", help="Write to a file, in one step at the end.")
@click.pass_obj
def score(workbench: Workbench, /, form: str | None, output: str | None, **request: str | int | None) -> None:
    """Rank the entries of a spreadsheet, without a database.

    SCORES is CSV, XLSX or - for standard input, in long form (entry,juror,criterion,score), wide form
    (entry,juror,<criterion>...) or matrix form (entry,<juror>...). An empty cell is an absent score, never a zero.
    """
    target = _target(output, str(request["scores"]))
    registry = workbench.registry_of(*_FAMILIES)
    exporter = _exporter(registry, form, target)
    if exporter is not None and exporter.name == "xlsx" and target is None and sys.stdout.isatty():
        raise InputRefused.at("--format", "a workbook is not for the screen; name a file: -o FILE.xlsx", "needs_output")
    result = _work_out(registry, _Request(**request))  # type: ignore[arg-type]  # click has checked the types
    _give(registry, result, exporter, target)


def _target(output: str | None, scores: str) -> Path | None:
    if output is None or output == _STDIN:
        return None
    target = Path(output).resolve()
    if target.is_dir():
        raise InputRefused.at("-o", f"'{output}' is a folder; name a file in it", "is_folder")
    if scores != _STDIN and target == Path(scores).resolve():
        raise InputRefused.at("-o", "this would overwrite the scores; name another file", "is_input")
    return target


def _exporter(registry: Registry, form: str | None, target: Path | None) -> Exporter | None:
    """Choose the format: as named, else by the ending of the output file, else a table (None)."""
    known = [registry.find(Exporter, name) for name in registry.names("exporters")]
    if form is None:
        suffix = target.suffix.lower() if target else ""
        return next((each for each in known if each.suffix == suffix), None)
    if form == _TABLE:
        return None
    by_name = {each.name: each for each in known}
    if form not in by_name:
        names = ", ".join([_TABLE, *by_name])
        raise InputRefused.at("--format", f"there is no format '{form}'; known are {names}", "unknown_format")
    return by_name[form]


def _work_out(registry: Registry, request: _Request) -> ScoreResult:
    from juri.core.judging.table_ranking import rank_table
    from juri.core.judging.table_sheets import read_sheets
    from juri.core.tables.layout import KNOWN_HEADERS, recognise_layout
    from juri.core.tables.reading import read_table
    from juri.webapp.commands.score_options import criteria_of, read_rule
    from juri.webapp.commands.score_report import ScoreResult

    source = _load(request.scores)
    use = _rubric(registry, request.rubric) if request.rubric else None
    asked = [name for leaf in use.rubric.leaves for name in (leaf.id, leaf.name)] if use else []
    table = read_table(source, sheet=request.sheet, known_headers=KNOWN_HEADERS)
    layout = recognise_layout(table, request.group_by, asked)
    sheets = read_sheets(table, layout, use)
    rule = read_rule(registry, request.method, request.missing, request.ties, criteria_of(sheets, use))
    ranked = rank_table(sheets, rule.rule, registry.get)
    return ScoreResult(source.sha256, table, layout, use, rule, ranked, request.decimals)


def _load(scores: str) -> Source:
    from juri.core.tables.reading import load_file, load_stream

    if scores == _STDIN:
        return load_stream(sys.stdin.buffer, "standard input")
    return load_file(Path(scores))


def _rubric(registry: Registry, named: str) -> RubricUse:
    from juri.core.editions.rubrics import load_rubric, ready_rubric
    from juri.core.errors import NotFound
    from juri.core.judging.table_sheets import RubricUse

    file = Path(named)
    try:
        is_file = file.is_file() or file.suffix in {".yaml", ".yml", ".json"}
        rubric = load_rubric(file, registry) if is_file else ready_rubric(registry, named)
    except NotFound as error:
        raise InputRefused.at("--rubric", f"{error}; or name a file", "unknown_rubric") from error
    return RubricUse(rubric, registry.get("rubric_kinds", rubric.kind), registry.owner("rubric_kinds", rubric.kind))


def _give(registry: Registry, result: ScoreResult, exporter: Exporter | None, target: Path | None) -> None:
    """Print or write the result; what was applied is always said, in the result or on standard error."""
    from juri.webapp.commands.score_report import flat_report, footer, report, table_text

    if exporter is None:
        data = f"{table_text(result)}\n".encode()
    else:
        data = _export(registry, exporter, flat_report(result) if exporter.name == "csv" else report(result))
    if target is not None:
        from juri.webapp.commands.files import write_file

        write_file(target, data)
    else:
        click.echo(data, nl=False)
    if target is not None or (exporter is not None and exporter.name == "csv"):
        click.echo("\n".join(footer(result)), err=True)


def _export(registry: Registry, exporter: Exporter, report: Report) -> bytes:
    try:
        return exporter.write(report)
    except JuriError:
        raise
    except (Exception, SystemExit) as error:
        owner = registry.owner("exporters", exporter.name)
        why = f"write of exporter '{exporter.name}' raised {type(error).__name__}: {error}"
        raise PluginError(owner, "juri_exporters", why) from error
