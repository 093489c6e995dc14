"""Taking a table over, row by row: all of it or nothing, every fault with its row."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from juri.core.errors import Problem
from juri.core.tables.table import refuse_if
from juri.webapp.commands.output import counted
from juri.webapp.imports import Columns, Row, Take, rows_of, take_all

if TYPE_CHECKING:
    from juri.core.policy import Actor
    from juri.core.storage.session import WriteSession
    from juri.core.tables.table import Table
    from juri.webapp.workbench import Workbench

Begin = Callable[["WriteSession", "Actor"], Take]
"""Called once when the writing begins; returns what takes one row."""


file_argument = click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
"""The table that a command reads."""


def read_file(path: Path, known_headers: Iterable[str] = ()) -> Table:
    """Read a CSV or XLSX file; the words that a header may have tell the separator where the header alone does not."""
    from juri.core.tables.reading import load_file, read_table

    return read_table(load_file(path), known_headers=frozenset(known_headers))


def take_rows(workbench: Workbench, path: Path, columns: Columns, begin: Begin, *, dry_run: bool) -> int:
    """Take every row of a file over in one transaction; returns how many (0 for a dry run).

    Raises:
        InputRefused: at least one row is faulty; every fault is listed with its row, and nothing was written.

    """
    table, rows = read_rows(path, columns)
    with workbench.rehearsing(dry_run) as (session, actor):
        take_all(rows, begin(session, actor), table)
    if dry_run:
        click.echo(f"Dry run: {counted(len(rows), 'row')} would be taken; nothing was written")
    return 0 if dry_run else len(rows)


def read_rows(path: Path, columns: Columns) -> tuple[Table, list[tuple[int, Row]]]:
    """Read the rows of a file by the names of its columns, with their row numbers; the table names their cells.

    Raises:
        InputRefused: a column is missing or not known.

    """
    table = read_file(path, (*columns.required, *columns.optional))
    return table, rows_of(table, columns)


def named_values(values: Iterable[str]) -> dict[str, str]:
    """Read arguments of the form NAME=VALUE.

    Raises:
        InputRefused: one has no name or no equals sign, or a name stands twice; each is listed.

    """
    named: dict[str, str] = {}
    problems = []
    for value in values:
        name, equals, text = value.partition("=")
        if not equals or not name.strip():
            problems.append(Problem(value, "write NAME=VALUE, in quotes where there are spaces", "no_value"))
        elif name.strip() in named:
            problems.append(Problem(name.strip(), "this is given twice; give it once", "twice"))
        named[name.strip()] = text
    refuse_if(problems)
    return named
