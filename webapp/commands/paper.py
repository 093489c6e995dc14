"""Scorecards that were filled on paper or in a spreadsheet, as answers by entry and juror."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from juri.core.errors import ActionRefused, InputRefused, NotFound, Problem
from juri.core.tables.layout import recognise_layout
from juri.core.tables.marks import Faults, collect_marks
from juri.core.tables.table import Table, refuse_if


@dataclass
class PaperSheet:
    """One scorecard of a table, with the row in which it begins."""

    entry: str
    juror: str
    row: int
    answers: dict[str, str] = field(default_factory=dict)


def paper_sheets(table: Table) -> list[PaperSheet]:
    """Gather the scorecards of a table, in the order in which they begin; sheets without a score are left out.

    Raises:
        InputRefused: the table has no such form, or rows without a name or twice; each with row and column.

    """
    layout = recognise_layout(table)
    if layout.totals:
        raise InputRefused.at(table.name, "scorecards need their criteria: write entry,juror,criterion,score")
    faults = Faults(table)
    marks, _ = collect_marks(table, layout, faults)
    refuse_if(faults.problems())
    sheets: dict[tuple[str, str], PaperSheet] = {}
    for mark in marks:
        sheet = sheets.setdefault((mark.entry, mark.juror), PaperSheet(mark.entry, mark.juror, mark.row))
        if mark.text.strip():
            sheet.answers[mark.criterion] = mark.text
    return [sheet for sheet in sheets.values() if sheet.answers]


@contextmanager
def problems_in(sheet: PaperSheet, problems: list[Problem]) -> Iterator[None]:
    """Gather what is wrong with one scorecard, with its row, entry and juror, and go on with the next."""
    at = f"row {sheet.row}, {sheet.entry} by {sheet.juror}"
    try:
        yield
    except InputRefused as error:
        problems.extend(Problem(f"{at}, {each.field}", each.message, each.code) for each in error.problems)
    except ActionRefused as error:
        problems.extend(Problem(at, reason, error.code) for reason in error.reasons)
    except NotFound as error:
        problems.append(Problem(at, str(error), error.code))
