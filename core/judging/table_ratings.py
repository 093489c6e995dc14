"""From a table of scores to ratings: who gave what, in all and for each criterion, with any pattern of gaps.

Unlike a ranking, an analysis of jurors uses a sheet that is filled in part: what is there counts for its criterion.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction

from juri.core.errors import InputRefused, Problem
from juri.core.judging.jury import Pair, scores_of
from juri.core.judging.table_sheets import RubricUse, TableSheets, read_sheets, table_warnings
from juri.core.scoring.matrix import Matrix
from juri.core.scoring.number import read_number
from juri.core.scoring.rubric import NA
from juri.core.tables.aside import find_columns, take_columns
from juri.core.tables.layout import Layout, recognise_layout
from juri.core.tables.marks import NOT_ASSIGNED, TOTAL, Faults, Mark, collect_marks, read_value
from juri.core.tables.table import Table, refuse_if, show

GROUP_HEADERS = frozenset({"stage", "tahap", "track", "kelompok"})
"""Columns that set scores apart without being asked: what was judged in another stage or track is another matter."""

ORDER_HEADERS = frozenset({"urutan", "order", "sequence"})
MINUTES_HEADERS = frozenset({"menit", "minutes"})
"""Columns that say of a sheet in which order its juror filled it, and how long it took; read where they are asked."""

_OTHER_WORDS: Mapping[str, frozenset[str]] = {
    "entry": frozenset({"unit", "subject", "target", "examinee"}),
    "juror": frozenset({"observer", "coder"}),
    "criterion": frozenset({"trait"}),
    "score": frozenset({"value"}),
}
"""Headers of studies of agreement; they are asked where those of competitions make no table of scores."""

_JOINT = " / "
_Cell = tuple[str, str, str, str, Fraction]
"""A group, an entry, a juror, a criterion, and the score."""


@dataclass(frozen=True)
class Ratings:
    """The scores of one group: the totals of sheets, and each criterion by itself (none in a table of totals).

    ``words`` are the criteria whose scores are words (level nominal), ``TOTAL`` among them where the total is one;
    their values are the numbers of the words in the order of the alphabet. There is no total where a sheet has several
    criteria and one of them is of words.
    """

    total: Matrix | None
    criteria: Mapping[str, Matrix]
    words: frozenset[str] = frozenset()
    order: Mapping[Pair, Fraction] = field(default_factory=dict)
    minutes: Mapping[Pair, Fraction] = field(default_factory=dict)


@dataclass(frozen=True)
class TableRatings:
    """The scores of a table: all together, and by group (none where no column sets them apart).

    ``grouped_by`` names these columns. All together, an entry of two groups is two: it was judged twice.
    """

    layout: Layout
    whole: Ratings
    groups: Mapping[str, Ratings]
    grouped_by: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def read_ratings(
    table: Table, use: RubricUse | None = None, *, group_by: str | None = None, words: bool = False
) -> TableRatings:
    """Read who gave what.

    Args:
        table: a table of scores, in one of the forms of ``recognise_layout``.
        use: how a sheet's total comes about; without it, it is the mean of its criteria, and no scale is checked.
        group_by: the header of the column that sets scores apart; without it, those of ``GROUP_HEADERS``.
        words: let a criterion be scored in words (``ya``, ``tidak``), where none of its scores is a number.

    Raises:
        InputRefused: no form fits, or every bad, repeated or unknown cell, with row and column.

    """
    asked = (
        {name for leaf in use.rubric.leaves for name in (leaf.id.casefold(), leaf.name.casefold())} if use else set()
    )
    columns = _group_columns(table, group_by, asked)
    order, minutes = (find_columns(table, words - asked)[:1] for words in (ORDER_HEADERS, MINUTES_HEADERS))
    plain, beside = take_columns(table, (*columns, *order, *minutes))
    layout = _recognise(plain, asked)
    names = _group_names(table, [cells[: len(columns)] for cells in beside])
    parts = _parted(plain, names)
    worded: frozenset[str] = frozenset()
    if use is None:
        cells, worded, warnings = _read_cells(plain, parts, layout, words=words)
        totals = _mean_totals(cells, worded)
    else:
        cells, totals, warnings = _read_with_rubric(parts, layout, use)
    timed = [_timing(table, layout, names, column) for column in (order, minutes)]
    return TableRatings(
        layout,
        _ratings(_joined(cells), _joined(totals), worded, [_joined(each) for each in timed]),
        {
            name: _ratings(
                _of_group(cells, name), _of_group(totals, name), worded, [_of_group(each, name) for each in timed]
            )
            for name in (parts if columns else ())
        },
        tuple(table.header[column] for column in columns),
        warnings,
    )


def _recognise(table: Table, asked: AbstractSet[str]) -> Layout:
    try:
        return recognise_layout(table, criteria=asked)
    except InputRefused:
        role_of = {word: role for role, words in _OTHER_WORDS.items() for word in words}
        header = tuple(role_of.get(text.casefold(), text) for text in table.header)
        if header == table.header:
            raise
        return recognise_layout(replace(table, header=header), criteria=asked)


def _group_columns(table: Table, group_by: str | None, asked: AbstractSet[str]) -> tuple[int, ...]:
    if group_by is None:
        return find_columns(table, GROUP_HEADERS - asked)
    columns = find_columns(table, {group_by.strip().casefold()})
    if not columns:
        known = ", ".join(f"'{show(text)}'" for text in table.header if text)
        message = f"there is no column '{show(group_by)}'; the table has {known}"
        raise InputRefused.at("--group-by", message, "unknown_column")
    return columns


def _group_names(table: Table, groups: Sequence[tuple[str, ...]]) -> list[str]:
    """Name the group of each row; the empty text where nothing sets rows apart."""
    refuse_if(
        [
            Problem(f"row {number}", "the cell of the group is empty, but the row has text; name it", "no_name")
            for number, group in zip(table.row_numbers, groups, strict=True)
            if not all(group)
        ]
    )
    return [_JOINT.join(group) for group in groups]


def _parted(table: Table, names: Sequence[str]) -> dict[str, Table]:
    """Part the rows by their group; every cell keeps its address."""
    rows: dict[str, list[tuple[int, tuple[str, ...]]]] = {name: [] for name in sorted(set(names))}
    for name, row in zip(names, table, strict=True):
        rows[name].append(row)
    return {
        name: replace(table, rows=tuple(cells for _, cells in own), row_numbers=tuple(number for number, _ in own))
        for name, own in rows.items()
    }


def _timing(table: Table, layout: Layout, names: Sequence[str], column: tuple[int, ...]) -> list[_Cell]:
    """Read a column about whole sheets; in a matrix a row is no sheet, and empty cells say nothing."""
    if not column or layout.juror is None:
        return []
    faults = Faults(table)
    found: dict[tuple[str, str, str], Fraction] = {}
    for name, (row, cells) in zip(names, table, strict=True):
        text = cells[column[0]]
        try:
            if text:
                found.setdefault((name, cells[layout.entry], cells[layout.juror]), Fraction(read_number(text)))
        except ValueError as error:
            faults.add(row, column[0], str(error), "not_a_number")
    refuse_if(faults.problems())
    return [(*sheet, TOTAL, value) for sheet, value in found.items()]


def _read_cells(
    table: Table, parts: Mapping[str, Table], layout: Layout, *, words: bool
) -> tuple[list[_Cell], frozenset[str], tuple[str, ...]]:
    faults = Faults(table)
    marks = {name: collect_marks(part, layout, faults)[0] for name, part in parts.items()}
    filled = [(name, mark) for name, own in marks.items() for mark in own if mark.text not in {"", NOT_ASSIGNED}]
    worded = _worded(mark for _, mark in filled) if words else frozenset()
    numbers = _numbers_of_words(mark for _, mark in filled if mark.criterion in worded)
    cells = []
    for name, mark in filled:
        value = numbers[mark.text.casefold()] if mark.criterion in worded else _number(mark, faults)
        if value is not None:
            cells.append((name, mark.entry, mark.juror, mark.criterion, Fraction(value)))
    refuse_if(faults.problems())
    return cells, worded, tuple(table_warnings(table, layout, [mark for _, mark in filled]))


def _worded(marks: Iterable[Mark]) -> frozenset[str]:
    """Return the criteria none of whose scores is a number."""
    numeric: dict[str, bool] = {}
    for mark in marks:
        numeric[mark.criterion] = numeric.get(mark.criterion, False) or _is_number(mark.text)
    return frozenset(criterion for criterion, has_numbers in numeric.items() if not has_numbers)


def _is_number(text: str) -> bool:
    try:
        read_value(text)
    except ValueError:
        return False
    return True


def _numbers_of_words(marks: Iterable[Mark]) -> dict[str, int]:
    return {word: number for number, word in enumerate(sorted({mark.text.casefold() for mark in marks}))}


def _number(mark: Mark, faults: Faults) -> Decimal | None:
    try:
        value = read_value(mark.text)
    except ValueError as error:
        faults.add(mark.row, mark.column, str(error), "not_a_number")
        return None
    return None if value == NA or isinstance(value, str) else value


def _mean_totals(cells: list[_Cell], worded: frozenset[str]) -> list[_Cell]:
    """Return the total of every sheet on which no criterion is missing; none where words cannot be added up."""
    criteria = {cell[3] for cell in cells}
    if len(criteria) > 1 and worded:
        return []
    sheets: dict[tuple[str, str, str], list[Fraction]] = {}
    for group, entry, juror, _, value in cells:
        sheets.setdefault((group, entry, juror), []).append(value)
    return [
        (*sheet, TOTAL, sum(values, Fraction(0)) / len(values))
        for sheet, values in sheets.items()
        if len(values) == len(criteria)
    ]


def _read_with_rubric(
    parts: Mapping[str, Table], layout: Layout, use: RubricUse
) -> tuple[list[_Cell], list[_Cell], tuple[str, ...]]:
    found: dict[str, TableSheets] = {}
    problems: list[Problem] = []
    for name, part in parts.items():
        try:
            found[name] = read_sheets(part, layout, use)
        except InputRefused as refused:
            problems += refused.problems
    refuse_if(problems)
    cells = [cell for name, sheets in found.items() for cell in _sheet_cells(name, sheets)]
    totals = [
        (name, sheet.entry, sheet.juror, TOTAL, sheet.total)
        for name, sheets in found.items()
        for own in sheets.groups.values()
        for sheet in own
        if sheet.total is not None
    ]
    warnings = dict.fromkeys(warning for sheets in found.values() for warning in sheets.warnings)
    return cells, totals, tuple(warnings)


def _sheet_cells(name: str, sheets: TableSheets) -> Iterator[_Cell]:
    for own in sheets.groups.values():
        for sheet in own:
            for criterion, value in scores_of(sheet):
                yield name, sheet.entry, sheet.juror, criterion, value


def _joined(cells: Iterable[_Cell]) -> list[_Cell]:
    """Put all groups into one; an entry carries the name of its group."""
    return [("", f"{group}{_JOINT}{entry}" if group else entry, *rest) for group, entry, *rest in cells]  # type: ignore[misc]  # the rest of a cell


def _of_group(cells: Iterable[_Cell], name: str) -> list[_Cell]:
    return [cell for cell in cells if cell[0] == name]


def _ratings(cells: list[_Cell], totals: list[_Cell], worded: frozenset[str], timed: Sequence[list[_Cell]]) -> Ratings:
    order, minutes = ({(entry, juror): value for _, entry, juror, _, value in each} for each in timed)
    by_criterion: dict[str, list[_Cell]] = {}
    for cell in cells:
        by_criterion.setdefault(cell[3], []).append(cell)
    if len(by_criterion) <= 1:
        return Ratings(_matrix(totals), {}, frozenset({TOTAL} if worded else ()), order, minutes)
    total = None if worded else _matrix(totals)
    return Ratings(total, {name: _matrix(own) for name, own in by_criterion.items()}, worded, order, minutes)


def _matrix(cells: list[_Cell]) -> Matrix:
    return Matrix.build((entry, juror, value) for _, entry, juror, _, value in cells)
