"""Taking a table over, row by row: all of it or nothing, every fault with its row."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

import click

from juri.core.errors import ActionRefused, InputRefused, JuriError, NotFound, Problem
from juri.core.tables.table import refuse_if
from juri.webapp.commands.output import counted

if TYPE_CHECKING:
    from juri.core.policy import Actor
    from juri.core.storage.session import WriteSession
    from juri.core.tables.table import Table
    from juri.webapp.workbench import Workbench

FOR_ALL_ROWS = frozenset({"stage_not_open", "deadline_passed", "not_allowed"})
"""Refusals that are not about a row: they are said once."""

_IN_ROW = re.compile(r"row (\d+), (.+)\Z")

Row = dict[str, str]
Take = Callable[[Row], None]
Begin = Callable[["WriteSession", "Actor"], Take]
"""Called once when the writing begins; returns what takes one row."""


file_argument = click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
"""The table that a command reads."""


@dataclass(frozen=True)
class Columns:
    """Which columns a table must and may have; ``open`` lets other columns through under their own names."""

    required: Sequence[str]
    optional: Sequence[str] = ()
    open: bool = False


def read_file(path: Path) -> Table:
    """Read a CSV or XLSX file."""
    from juri.core.tables.reading import load_file, read_table

    return read_table(load_file(path))


def take_rows(workbench: Workbench, path: Path, columns: Columns, begin: Begin, *, dry_run: bool) -> int:
    """Take every row of a file over in one transaction; returns how many (0 for a dry run).

    Raises:
        InputRefused: at least one row is faulty; every fault is listed with its row, and nothing was written.

    """
    table, rows = read_rows(path, columns)
    with workbench.rehearsing(dry_run) as (session, actor):
        _take_all(rows, begin(session, actor), table)
    if dry_run:
        click.echo(f"Dry run: {counted(len(rows), 'row')} would be taken; nothing was written")
    return 0 if dry_run else len(rows)


def _take_all(rows: Iterable[tuple[int, Row]], take: Take, table: Table) -> None:
    problems: list[Problem] = []
    for number, row in rows:
        try:
            take(row)
        except JuriError as error:
            problems.extend(problems_in_row(table, number, error))
    refuse_if(problems)


def read_rows(path: Path, columns: Columns) -> tuple[Table, list[tuple[int, Row]]]:
    """Read the rows of a file by the names of its columns, with their row numbers; the table names their cells.

    Raises:
        InputRefused: a column is missing or not known.

    """
    table = read_file(path)
    return table, list(_rows(table, columns))


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


def words(text: str) -> tuple[str, ...]:
    """Split a cell that lists several things, separated by semicolons."""
    return tuple(part.strip() for part in text.split(";") if part.strip())


def _rows(table: Table, columns: Columns) -> Iterator[tuple[int, Row]]:
    known = {*columns.required, *columns.optional}
    names = [name.strip().lower() if name.strip().lower() in known else name.strip() for name in table.header]
    refuse_if([*_missing(table, columns, names), *_foreign(table, columns, names)])
    for number, cells in table:
        yield number, {name: cell.strip() for name, cell in zip(names, cells, strict=True) if name}


def _missing(table: Table, columns: Columns, names: Sequence[str]) -> Iterator[Problem]:
    for name in columns.required:
        if name not in names:
            header = f"the header has {', '.join(filter(None, names))}"
            yield Problem(table.name, f"the column '{name}' is missing; {header}", "no_column")


def _foreign(table: Table, columns: Columns, names: Sequence[str]) -> Iterator[Problem]:
    known = [*columns.required, *columns.optional]
    for index, name in enumerate(names):
        if name and name not in known and not columns.open:
            near = get_close_matches(name.lower(), known, 1)
            hint = f"did you mean '{near[0]}'?" if near else f"columns are {', '.join(known)}"
            yield Problem(table.place(table.header_row, index), f"the column is not known; {hint}", "foreign")


def problems_in_row(table: Table, number: int, error: JuriError) -> list[Problem]:
    """Say what is wrong with a row of a table: each problem with the cell, where it is about one.

    Raises:
        JuriError: the error itself, where it is not about the row.

    """
    if isinstance(error, InputRefused):
        return [Problem(_place(table, number, each.field), each.message, each.code) for each in error.problems]
    if isinstance(error, ActionRefused) and error.code not in FOR_ALL_ROWS:
        return [Problem(f"row {number}", reason, error.code) for reason in error.reasons]
    if isinstance(error, NotFound):
        return [Problem(_place(table, number, error.kind), str(error), error.code)]
    raise error


@contextmanager
def cells_named(table: Table) -> Iterator[None]:
    """Name the cells in problems that say only ``row 7, answer``."""
    try:
        yield
    except InputRefused as error:
        raise InputRefused(
            replace(each, field=_place(table, int(found[1]), found[2]))
            if (found := _IN_ROW.match(each.field))
            else each
            for each in error.problems
        ) from error


def _place(table: Table, number: int, name: str) -> str:
    """Name the cell that a problem is about, by the header of its column; without one, the row."""
    headers = [header.strip().casefold() for header in table.header]
    wanted = name.removeprefix("answers.").casefold()
    if wanted in headers:
        return table.place(number, headers.index(wanted))
    return f"row {number}, {name}" if name else f"row {number}"
