"""Scorecards that were filled on paper or in a spreadsheet: read by entry and juror, and submitted or put down."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from juri.core.errors import ActionRefused, InputRefused, NotFound, Problem
from juri.core.scoring.rubric import OVERALL
from juri.core.tables.layout import HEADER_WORDS, LONG, recognise_layout
from juri.core.tables.marks import Faults, collect_marks
from juri.core.tables.table import Table, refuse_if
from juri.webapp.imports import FOR_ALL_ROWS

if TYPE_CHECKING:
    from juri.core.editions.verbs import Running
    from juri.core.policy import Actor
    from juri.core.storage.session import WriteSession

_BESIDE = frozenset({"title", "judul", "entrant", "track", "no", "no."})
"""Columns that tell a person which entry this is, and the import nothing."""

_NOTE_WORDS = {"comment": "comment", "catatan": "comment", "reason": "reason", "alasan": "reason"}
_NOTE = re.compile(rf"(?:(?P<criterion>.+?)\s+)?(?P<word>{'|'.join(_NOTE_WORDS)})\Z", re.IGNORECASE)


@dataclass
class PaperSheet:
    """One scorecard of a table, with the row in which it begins.

    ``places`` has the row, the column and the cell's name of each criterion.
    """

    entry: str
    juror: str
    row: int
    answers: dict[str, dict[str, str]] = field(default_factory=dict)
    places: dict[str, tuple[int, int, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Notes:
    """Where the comments and reasons of a table stand: the criterion (empty in the long form), what, the column."""

    columns: tuple[tuple[str, str, int], ...]

    def of(self, criterion: str, cells: Sequence[str]) -> dict[str, str]:
        """Return what was noted beside one score."""
        return {what: cells[column].strip() for what, column in self._beside(criterion) if cells[column].strip()}

    def comment_column(self, criterion: str) -> int | None:
        """Return the column of the comments on a criterion; None where the table has none."""
        return dict(self._beside(criterion)).get("comment")

    def _beside(self, criterion: str) -> list[tuple[str, int]]:
        return [(what, column) for own, what, column in self.columns if own.casefold() in {"", criterion.casefold()}]


def paper_sheets(table: Table) -> list[PaperSheet]:
    """Gather the scorecards of a table, in the order in which they begin; sheets without a score are left out.

    Raises:
        InputRefused: the table has no such form, or rows without a name or twice; each with row and column.

    """
    scores, notes = _set_aside(table)
    layout = recognise_layout(scores)
    if layout.totals:
        raise InputRefused.at(table.name, "scorecards need their criteria: write entry,juror,criterion,score")
    faults = Faults(table)
    marks, _ = collect_marks(scores, layout, faults)
    refuse_if(faults.problems())
    cells = dict(table)
    in_long_form = layout.form == LONG
    sheets: dict[tuple[str, str], PaperSheet] = {}
    for mark in marks:
        sheet = sheets.setdefault((mark.entry, mark.juror), PaperSheet(mark.entry, mark.juror, mark.row))
        noted = notes.of(mark.criterion, cells[mark.row])
        sheet.places[mark.criterion] = (mark.row, mark.column, table.place(mark.row, mark.column))
        if mark.text.strip() or (noted and not in_long_form):
            sheet.answers[mark.criterion] = {"value": mark.text, **noted}
        if mark.criterion == OVERALL or not in_long_form:
            _take_overall(sheet, table, notes, mark.row, cells[mark.row])
    filled = [s for s in sheets.values() if any(answer.get("value", "").strip() for answer in s.answers.values())]
    if not filled:
        raise InputRefused.at(table.name, "no scorecard in it has a score yet; fill at least one in", "empty")
    return filled


def _take_overall(sheet: PaperSheet, table: Table, notes: _Notes, row: int, cells: Sequence[str]) -> None:
    """Take the overall comment of a sheet from its row, and its place also where nothing is written."""
    column = notes.comment_column(OVERALL)
    if column is not None:
        sheet.places[OVERALL] = (row, column, table.place(row, column))
    overall = notes.of(OVERALL, cells)
    if overall:
        sheet.answers[OVERALL] = overall


def _set_aside(table: Table) -> tuple[Table, _Notes]:
    """Take the columns out that are neither names nor scores: titles, comments, reasons."""
    in_long_form = any(header.casefold() in HEADER_WORDS["criterion"] for header in table.header)
    notes = []
    header = list(table.header)
    for column, name in enumerate(table.header):
        found = _NOTE.match(name)
        if found and in_long_form == (found["criterion"] is None):
            notes.append((found["criterion"] or "", _NOTE_WORDS[found["word"].casefold()], column))
            header[column] = ""
        elif name.casefold() in _BESIDE:
            header[column] = ""
    return replace(table, header=tuple(header)), _Notes(tuple(notes))


def submit_sheets(
    session: WriteSession,
    running: Running,
    stage: str,
    sheets: Sequence[PaperSheet],
    *,
    by: Actor,
    reason: str = "",
    draft: bool = False,
) -> int:
    """Submit scorecards, all or none; returns how many were not there just so already.

    Raises:
        InputRefused: every problem of every sheet, with row, column, entry and juror.

    """
    from juri.core.judging.forms import newest_revision, says_the_same
    from juri.core.judging.scorecards import prepare_scorecard, submit_scorecard

    problems: list[Problem] = []
    done = 0
    for sheet in sheets:
        with _problems_in(sheet, problems):
            prepared = prepare_scorecard(
                session,
                running,
                stage=stage,
                entry=sheet.entry,
                juror=sheet.juror,
                answers=sheet.answers,
                draft=draft,
            )
            newest = newest_revision(session, running, stage, sheet.entry, sheet.juror)
            if not says_the_same(newest, prepared):
                version = newest.version if newest else 0
                submit_scorecard(session, running, prepared, by=by, version=version, reason=reason)
                done += 1
    refuse_if(problems)
    return done


def type_sheets(
    session: WriteSession, running: Running, stage: str, sheets: Sequence[PaperSheet], *, by: Actor
) -> list[int]:
    """Put sheets down for a second person, all or none; returns their numbers.

    Raises:
        InputRefused: every problem of every sheet, with row, column, entry and juror.

    """
    from juri.core.judging.paper import type_sheet
    from juri.core.judging.scorecards import prepare_scorecard, version_of

    problems: list[Problem] = []
    numbers: list[int] = []
    for sheet in sheets:
        with _problems_in(sheet, problems):
            prepared = prepare_scorecard(
                session, running, stage=stage, entry=sheet.entry, juror=sheet.juror, answers=sheet.answers
            )
            version = version_of(session, running, stage, sheet.entry, sheet.juror)
            numbers.append(type_sheet(session, running, prepared, by=by, version=version))
    refuse_if(problems)
    return numbers


@contextmanager
def _problems_in(sheet: PaperSheet, problems: list[Problem]) -> Iterator[None]:
    """Gather what is wrong with one scorecard, with its cell, entry and juror, and go on with the next."""
    who = f"{sheet.entry} by {sheet.juror}"
    at = f"row {sheet.row}, {who}"
    try:
        yield
    except InputRefused as error:
        for each in sorted(error.problems, key=lambda problem: sheet.places.get(problem.field, (sheet.row, 0, ""))):
            _, _, place = sheet.places.get(each.field, (0, 0, ""))
            unplaced = at if each.field == OVERALL else f"{at}, {each.field}"  # what it is called inside tells nobody
            problems.append(Problem(f"{place}, {who}" if place else unplaced, each.message, each.code))
    except ActionRefused as error:
        if error.code in FOR_ALL_ROWS:
            raise
        problems.extend(Problem(at, reason, error.code) for reason in error.reasons)
    except NotFound as error:
        problems.append(Problem(at, str(error), error.code))
