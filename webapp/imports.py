"""Tables of entries and jurors: their columns, what takes a row, and every fault with its row and column.

The command line and the pages take the same tables over by the same functions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from juri.core.errors import ActionRefused, InputRefused, JuriError, NotFound, Problem
from juri.core.tables.table import refuse_if

if TYPE_CHECKING:
    from juri.core.editions.verbs import Running
    from juri.core.entries.verbs import EntryContent
    from juri.core.policy import Actor
    from juri.core.storage.session import WriteSession
    from juri.core.tables.table import Table

FOR_ALL_ROWS = frozenset({"stage_not_open", "deadline_passed", "not_allowed"})
"""Refusals that are not about a row: they are said once."""

_IN_ROW = re.compile(r"row (\d+), (.+)\Z")

Row = dict[str, str]
Take = Callable[[Row], None]


@dataclass(frozen=True)
class Columns:
    """Which columns a table must and may have; ``open`` lets other columns through under their own names."""

    required: Sequence[str]
    optional: Sequence[str] = ()
    open: bool = False


OF_AN_ENTRY = ("track", "category", "unit", "people", "code", "cluster", "region")
ENTRY_COLUMNS = Columns(("organization", "title"), OF_AN_ENTRY, open=True)
"""Every other column answers a question of the entry form, and is named by its id."""

JUROR_COLUMNS = Columns(
    ("name", "email", "panel"), ("organization", "region", "cluster", "code", "weight", "categories")
)


def take_all(rows: Iterable[tuple[int, Row]], take: Take, table: Table) -> None:
    """Take every row over.

    Raises:
        InputRefused: at least one row is faulty; every fault is listed with its row.

    """
    problems: list[Problem] = []
    for number, row in rows:
        try:
            take(row)
        except JuriError as error:
            problems.extend(problems_in_row(table, number, error))
    refuse_if(problems)


def rows_of(table: Table, columns: Columns) -> list[tuple[int, Row]]:
    """Read the rows of a table by the names of its columns, with their row numbers.

    Raises:
        InputRefused: a column is missing or not known.

    """
    known = {*columns.required, *columns.optional}
    names = [name.strip().lower() if name.strip().lower() in known else name.strip() for name in table.header]
    refuse_if([*_missing(table, columns, names), *_foreign(table, columns, names)])
    return [
        (number, {name: cell.strip() for name, cell in zip(names, cells, strict=True) if name})
        for number, cells in table
    ]


def words(text: str) -> tuple[str, ...]:
    """Split a cell that lists several things, separated by semicolons."""
    return tuple(part.strip() for part in text.split(";") if part.strip())


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


def register_row(session: WriteSession, running: Running, actor: Actor, row: Row, *, submit: bool) -> None:
    """Register the entry of a row; with ``submit`` hand it over and submit it, too."""
    from juri.core.entries.people import add_organizations
    from juri.core.entries.verbs import hand_over_entry, register_entry, submit_entry

    content, problems = read_content(running, row)
    if not row["organization"]:
        problems.append(Problem("organization", "name the agency that enters", "missing"))
    if problems:
        raise InputRefused(problems)
    place = (row["organization"], row.get("cluster", ""), row.get("region", ""))
    name = next(iter(add_organizations(session, [place], by=actor, edition=running.slug)))
    made = register_entry(session, running, name, content, by=actor, code=row.get("code", ""))
    if submit:
        if any("local_admin" in stage.options.get("chain", ()) for stage in running.edition.stages):
            hand_over_entry(session, running, made.code, by=actor)
        submit_entry(session, running, made.code, by=actor)


def read_content(running: Running, row: Row) -> tuple[EntryContent, list[Problem]]:
    """Read what an entrant wrote, with everything that is wrong with it."""
    from juri.core.entries.answers import read_answers
    from juri.core.entries.verbs import EntryContent, content_problems

    typed = {name: cell for name, cell in row.items() if name not in {"organization", "title", *OF_AN_ENTRY}}
    answers, problems = read_answers(running.edition.form, typed)
    content = EntryContent(
        title=row["title"],
        track=row.get("track", ""),
        category=row.get("category", ""),
        unit=row.get("unit", ""),
        people=words(row.get("people", "")),
        answers=answers,
    )
    return content, list(dict.fromkeys([*problems, *content_problems(running, content)]))


def seat_row(session: WriteSession, running: Running, actor: Actor, row: Row) -> bool:
    """Put the person of a row into the panel; returns False where the person was in it before, just so."""
    from juri.core.entries.people import add_organizations, add_person, grant_role
    from juri.core.judging.panels import add_juror, panel_emails

    weight = row.get("weight") or "1"
    if not weight.isdecimal() or not int(weight):
        raise InputRefused.at("weight", f"'{weight}' is not a whole number from 1 upward")
    place = row.get("organization", "")
    if place:
        add_organizations(
            session, [(place, row.get("cluster", ""), row.get("region", ""))], by=actor, edition=running.slug
        )
    region = row.get("region", "")
    person = add_person(
        session, name=row["name"], email=row["email"], by=actor, organization=place, region=region, edition=running.slug
    )
    before = panel_emails(session, running, row["panel"])
    add_juror(
        session,
        running,
        row["panel"],
        person.email,
        by=actor,
        code=row.get("code", ""),
        weight=int(weight),
        categories=words(row.get("categories", "")),
    )
    grant_role(session, person.email, "juror", by=actor, edition=running.slug)
    return person.email not in before
