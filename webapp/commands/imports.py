"""Taking a table over, row by row: all of it or nothing, every fault with its row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from juri.core.errors import ActionRefused, InputRefused, JuriError, NotFound, Problem

if TYPE_CHECKING:
    from juri.core.policy import Actor
    from juri.core.storage.session import WriteSession
    from juri.core.tables.table import Table
    from juri.webapp.workbench import Workbench

Row = dict[str, str]
Take = Callable[["WriteSession", "Actor", Row], None]


@dataclass(frozen=True)
class Columns:
    """Which columns a table must and may have; ``open`` lets other columns through under their own names."""

    required: Sequence[str]
    optional: Sequence[str] = ()
    open: bool = False


class DryRunError(Exception):
    """Not a fault: ends a dry run, so that nothing is written."""


def read_file(path: Path) -> Table:
    """Read a CSV or XLSX file."""
    from juri.core.tables.reading import load_file, read_table

    return read_table(load_file(path))


def take_rows(workbench: Workbench, path: Path, columns: Columns, take: Take, *, dry_run: bool) -> int:
    """Take every row of a file over in one transaction; returns how many.

    Raises:
        InputRefused: at least one row is faulty; every fault is listed with its row, and nothing was written.

    """
    rows = read_rows(path, columns)
    try:
        with workbench.writing() as (session, actor):
            _take_all(session, actor, rows, take)
            _stop_if(dry_run)
    except DryRunError:
        click.echo(f"Dry run: {len(rows)} rows are good; nothing was written")
        return 0
    return len(rows)


def _take_all(session: WriteSession, actor: Actor, rows: Iterable[tuple[int, Row]], take: Take) -> None:
    problems: list[Problem] = []
    for number, row in rows:
        try:
            take(session, actor, row)
        except JuriError as error:
            problems.extend(_in_row(number, error))
    if problems:
        raise InputRefused(problems)


def _stop_if(dry_run: bool) -> None:
    if dry_run:
        raise DryRunError


def read_rows(path: Path, columns: Columns) -> list[tuple[int, Row]]:
    """Read the rows of a file by the names of its columns, with their row numbers.

    Raises:
        InputRefused: a column is missing or not known.

    """
    return list(_rows(read_file(path), columns))


def words(text: str) -> tuple[str, ...]:
    """Split a cell that lists several things, separated by semicolons."""
    return tuple(part.strip() for part in text.split(";") if part.strip())


def _rows(table: Table, columns: Columns) -> Iterator[tuple[int, Row]]:
    known = {*columns.required, *columns.optional}
    names = [name.strip().lower() if name.strip().lower() in known else name.strip() for name in table.header]
    problems = [
        Problem(table.name, f"the column '{name}' is missing; the header is {', '.join(columns.required)}", "no_column")
        for name in columns.required
        if name not in names
    ]
    foreign = [] if columns.open else [name for name in names if name and name not in known]
    listed = ", ".join([*columns.required, *columns.optional])
    problems += [
        Problem(table.name, f"the column '{n}' is not known; columns are {listed}", "foreign") for n in foreign
    ]
    if problems:
        raise InputRefused(problems)
    for number, cells in table:
        yield number, {name: cell.strip() for name, cell in zip(names, cells, strict=True) if name}


def _in_row(number: int, error: JuriError) -> list[Problem]:
    if isinstance(error, InputRefused):
        return [
            Problem(f"row {number}, {p.field}" if p.field else f"row {number}", p.message, p.code)
            for p in error.problems
        ]
    if isinstance(error, ActionRefused):
        return [Problem(f"row {number}", reason, error.code) for reason in error.reasons]
    if isinstance(error, NotFound):
        return [Problem(f"row {number}", str(error), error.code)]
    raise error
