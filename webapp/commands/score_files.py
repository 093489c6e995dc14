"""What every command about a table of scores does with files: reads scores and rubric, chooses a format, writes it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from juri.core.errors import InputRefused, JuriError, PluginError
from juri.core.extension import Exporter, Report

if TYPE_CHECKING:
    from juri.core.judging.table_sheets import RubricUse
    from juri.core.registry import Registry
    from juri.core.tables.reading import Source

STDIN = "-"
TABLE = "table"
RUBRIC_OPTION = click.option(
    "--rubric",
    metavar="NAME|FILE",
    help="A ready rubric, or a YAML or JSON file; without it every criterion counts the same.",
)
GROUP_OPTION = click.option(
    "--group-by",
    metavar="COLUMN",
    help="Tell each group of this column by itself; without: stage, tahap, track and kelompok, where they are there.",
)
SHEET_OPTION = click.option("--sheet", metavar="NAME", help="The sheet of a workbook; without: the first.")
FORM_OPTION = click.option(
    "--format", "form", metavar="table|csv|json|xlsx", help="Without: by the ending of -o, else table."
)
OUTPUT_OPTION = click.option("-o", "--output", metavar="FILE", help="Write to a file, in one step at the end.")


def output_target(output: str | None, scores: str) -> Path | None:
    """Return the file to write, or None for standard output.

    Raises:
        InputRefused: it is a folder, or the scores themselves.

    """
    if output is None or output == STDIN:
        return None
    target = Path(output).resolve()
    if target.is_dir():
        raise InputRefused.at("-o", f"'{output}' is a folder; name a file in it", "is_folder")
    if scores != STDIN and target == Path(scores).resolve():
        raise InputRefused.at("-o", "this would overwrite the scores; name another file", "is_input")
    return target


def choose_exporter(
    registry: Registry, form: str | None, target: Path | None, also: Sequence[str] = ()
) -> Exporter | None:
    """Choose the format: as named, else by the ending of the output file, else a table for people (None).

    ``also`` are formats that the command writes by itself; they are named where there is no such format.

    Raises:
        InputRefused: there is no such format, or a workbook would go to the screen.

    """
    exporter = _named(registry, form, target, also)
    if exporter is not None and exporter.name == "xlsx" and target is None and sys.stdout.isatty():
        raise InputRefused.at("--format", "a workbook is not for the screen; name a file: -o FILE.xlsx", "needs_output")
    return exporter


def _named(registry: Registry, form: str | None, target: Path | None, also: Sequence[str]) -> Exporter | None:
    known = [registry.find(Exporter, name) for name in registry.names("exporters")]
    if form is None:
        suffix = target.suffix.lower() if target else ""
        return next((each for each in known if each.suffix == suffix), None)
    if form == TABLE:
        return None
    by_name = {each.name: each for each in known}
    if form not in by_name:
        names = ", ".join([TABLE, *sorted([*by_name, *also])])
        raise InputRefused.at("--format", f"there is no format '{form}'; known are {names}", "unknown_format")
    return by_name[form]


def load_scores(scores: str) -> Source:
    """Take a file of scores, or standard input, into memory."""
    from juri.core.tables.reading import load_file, load_stream

    if scores == STDIN:
        return load_stream(sys.stdin.buffer, "standard input")
    return load_file(Path(scores))


def load_rubric_use(registry: Registry, named: str) -> RubricUse:
    """Load the rubric that ``--rubric`` names, with its kind.

    Raises:
        InputRefused: there is neither a ready rubric nor a file of this name.
        DefinitionError: the file is at fault.

    """
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


def export_report(registry: Registry, exporter: Exporter, report: Report) -> bytes:
    """Write a report in the format of an exporter; its fault names its plugin."""
    try:
        return exporter.write(report)
    except JuriError:
        raise
    except (Exception, SystemExit) as error:
        owner = registry.owner("exporters", exporter.name)
        why = f"write of exporter '{exporter.name}' raised {type(error).__name__}: {error}"
        raise PluginError(owner, "juri_exporters", why) from error


def give(data: bytes, target: Path | None, footer: Sequence[str]) -> None:
    """Print or write a result; the footer, what was applied, goes to standard error where it is not in the result."""
    if target is not None:
        from juri.webapp.commands.files import write_file

        write_file(target, data)
    else:
        click.echo(data, nl=False)
    if footer:
        click.echo("\n".join(footer), err=True)
