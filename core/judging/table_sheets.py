"""From a table of scores to sheets: every cell is checked, every fault is told with its row and column."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from difflib import get_close_matches
from fractions import Fraction
from types import MappingProxyType

from juri.core.errors import InputRefused
from juri.core.extension import RubricKind
from juri.core.scoring.aggregate import some
from juri.core.scoring.rubric import NA, Answer, Criterion, Rubric
from juri.core.sheets import points_of, read_answers, score_sheet
from juri.core.tables.layout import LONG, Layout
from juri.core.tables.marks import NOT_ASSIGNED, Faults, Mark, collect_marks, read_value
from juri.core.tables.table import Table, name_column, refuse_if, show
from juri.core.view import Sheet

Pair = tuple[str, str]
"""An entry and a juror."""


@dataclass(frozen=True)
class RubricUse:
    """A rubric with the kind that scores it and the plugin that brought the kind."""

    rubric: Rubric
    kind: RubricKind
    owner: str = ""


@dataclass(frozen=True)
class TableSheets:
    """The sheets of a table by group (the empty text where it has no groups), and what a person should know.

    An absent sheet (empty cells) has no total. ``not_assigned`` are the pairs that the table says were not to be
    scored; ``places`` names for each pair of a group, and for each entry (with the juror ``""``), where it stands.
    """

    groups: Mapping[str, tuple[Sheet, ...]]
    entries: Mapping[str, tuple[str, ...]]
    not_assigned: frozenset[Pair]
    places: Mapping[Pair, str]
    warnings: tuple[str, ...] = ()


def read_sheets(table: Table, layout: Layout, use: RubricUse | None = None) -> TableSheets:
    """Read the sheets of a table.

    Without a rubric each criterion counts the same: a sheet is worth the mean of its scores, and no scale is checked.

    Raises:
        InputRefused: every bad, repeated, missing, unknown or out-of-scale cell is listed with row and column.

    """
    faults = Faults(table)
    marks, repeated = collect_marks(table, layout, faults)
    reader = _Reader(table, layout, faults, use, marks)
    by_pair: dict[Pair, list[Mark]] = {}
    for mark in marks:
        by_pair.setdefault((mark.entry, mark.juror), []).append(mark)
    sheets = {pair: reader.read(pair, own) for pair, own in by_pair.items()}
    for mark in repeated:
        reader.check(mark)
    refuse_if(faults.problems())
    group_of = {mark.entry: mark.group for mark in marks}
    return TableSheets(
        _by_group(group_of, sheets),
        {group: tuple(sorted(e for e, own in group_of.items() if own == group)) for group in set(group_of.values())},
        frozenset(pair for pair, sheet in sheets.items() if sheet is None),
        _places(table, marks),
        (*_rubric_warnings(use, layout), *table_warnings(table, layout, marks)),
    )


def table_warnings(table: Table, layout: Layout, marks: Sequence[Mark]) -> Iterator[str]:
    """Tell what a person should know about how a table was read."""
    yield from _decimal_warnings(marks)
    yield from _name_warnings(marks)
    yield from _column_warnings(table, layout)


def _by_group(group_of: Mapping[str, str], sheets: Mapping[Pair, Sheet | None]) -> dict[str, tuple[Sheet, ...]]:
    groups: dict[str, list[Sheet]] = {group: [] for group in sorted(set(group_of.values()))}
    for (entry, _), sheet in sorted(sheets.items()):
        if sheet is not None:
            groups[group_of[entry]].append(sheet)
    return {group: tuple(own) for group, own in groups.items()}


def _places(table: Table, marks: Iterable[Mark]) -> dict[Pair, str]:
    places: dict[Pair, str] = {}
    for mark in marks:
        places.setdefault((mark.entry, mark.juror), table.place(mark.row, mark.column))
        places.setdefault((mark.entry, ""), f"row {mark.row}")
    return places


class _Reader:
    """Reads the marks of one sheet after the other into answers and a total; what is wrong becomes faults."""

    def __init__(
        self, table: Table, layout: Layout, faults: Faults, use: RubricUse | None, marks: Sequence[Mark]
    ) -> None:
        self.table = table
        self.layout = layout
        self.faults = faults
        self.use = _usable(use, layout)
        self.asked = tuple(dict.fromkeys(mark.criterion for mark in marks))
        self.names = _criterion_names(self.use.rubric.leaves) if self.use else {}

    def read(self, pair: Pair, marks: list[Mark]) -> Sheet | None:
        """Return the sheet, one without a total where it is absent, or None where the pair was not assigned."""
        texts = {mark.text for mark in marks}
        if texts <= {"", NOT_ASSIGNED} and NOT_ASSIGNED in texts:
            return None
        if texts == {""}:
            return Sheet(*pair, None)
        return self._with_rubric(pair, marks, self.use) if self.use else self._without_rubric(pair, marks)

    def check(self, mark: Mark) -> None:
        """Check one score by itself."""
        if mark.text in {"", NOT_ASSIGNED}:
            return
        if self.use is None:
            self._number(mark)
        elif (name := self._criterion_of(mark)) is not None:
            with self._noting([mark]):
                read_answers(
                    self.use.kind, self.use.rubric, {name: _na(mark.text)}, complete=False, owner=self.use.owner
                )

    @contextmanager
    def _noting(self, marks: list[Mark]) -> Iterator[None]:
        """Turn a refusal of a sheet into faults of its cells."""
        try:
            yield
        except InputRefused as refused:
            for problem in refused.problems:
                self._fault(marks, problem.field, problem.message, problem.code)

    def _without_rubric(self, pair: Pair, marks: list[Mark]) -> Sheet:
        values: dict[str, Decimal] = {}
        for mark in marks:
            value = self._number(mark) if mark.text else None
            if value is not None:
                values[mark.criterion] = value
        given = {mark.criterion for mark in marks if mark.text}
        for criterion in self.asked:
            if criterion not in given:
                hint = "a sheet is complete or empty; a rubric may say that a criterion is not required"
                self._fault(marks, criterion, f"'{show(criterion)}' has no score on this sheet; {hint}", "missing")
        points = {criterion: Fraction(value) / len(self.asked) for criterion, value in values.items()}
        answers = {criterion: Answer(value) for criterion, value in values.items()}
        return Sheet(*pair, sum(points.values(), Fraction(0)), MappingProxyType(answers), MappingProxyType(points))

    def _number(self, mark: Mark) -> Decimal | None:
        try:
            value = read_value(mark.text)
        except ValueError as error:
            self.faults.add(mark.row, mark.column, str(error), "not_a_number")
            return None
        if isinstance(value, Decimal):
            return value
        hint = "name a rubric whose criterion allows it, or empty the cell"
        self.faults.add(mark.row, mark.column, f"'not applicable' needs a rubric; {hint}", "na_not_allowed")
        return None

    def _with_rubric(self, pair: Pair, marks: list[Mark], use: RubricUse) -> Sheet:
        raw: dict[str, str] = {}
        for mark in marks:
            name = self._criterion_of(mark)
            if name in raw:
                self.faults.add(mark.row, mark.column, f"'{name}' stands twice on this sheet", "duplicate")
            elif name is not None:
                raw[name] = _na(mark.text)
        with self._noting(marks):
            answers = read_answers(use.kind, use.rubric, raw, owner=use.owner)
            score = score_sheet(use.kind, use.rubric, answers, use.owner)
            return Sheet(*pair, score.total, answers, points_of(score), score.passed)
        return Sheet(*pair, None)

    def _criterion_of(self, mark: Mark) -> str | None:
        """Return the rubric's id of a mark's criterion; an unknown one is a fault."""
        if self.layout.totals:
            return next(iter(self.names.values()))
        name = self.names.get(mark.criterion.casefold())
        if name is None:
            near = get_close_matches(mark.criterion.casefold(), self.names, 1)
            known = ", ".join(dict.fromkeys(self.names.values()))
            hint = f"did you mean '{self.names[near[0]]}'?" if near else f"it asks {known}"
            message = f"'{show(mark.criterion)}' is not a criterion of this rubric; {hint}"
            if self.layout.form == LONG and self.layout.criterion is not None:
                self.faults.add(mark.row, self.layout.criterion, message, "unknown_criterion")
            else:
                self.faults.add(self.table.header_row, mark.column, message, "unknown_criterion")
        return name

    def _fault(self, marks: list[Mark], criterion: str, message: str, code: str) -> None:
        """Note a fault at the cell of its criterion, or, where there is none, at the sheet's first cell."""
        own = [mark for mark in marks if criterion in {self.names.get(mark.criterion.casefold()), mark.criterion}]
        at = own[0] if own else marks[0]
        self.faults.add(at.row, at.column, message, code)


def _na(text: str) -> str:
    return NA if text.casefold() == "n/a" else text


def _usable(use: RubricUse | None, layout: Layout) -> RubricUse | None:
    """Take from a rubric what a table can answer: a table of totals one criterion, and no table has comments."""
    if use is None:
        return None
    leaves = use.rubric.leaves
    if use.rubric.limits:
        limited = [each.id for criterion in use.rubric.criteria for each in criterion.walk() if each.only_in]
        message = (
            f"the rubric '{use.rubric.id}' asks {some(limited)} in some categories only, and a table of scores does "
            "not tell categories; score in the edition, or by a rubric for each category"
        )
        raise InputRefused.at("--rubric", message, "rubric_categories")
    if layout.totals and len(leaves) > 1:
        raise InputRefused.at(
            "--rubric",
            f"the {layout.form} form holds one total for each sheet, but the rubric '{use.rubric.id}' asks "
            f"{len(leaves)} criteria; give their scores in wide form: "
            f"entry,juror,{','.join(leaf.id for leaf in leaves)}",
            "rubric_form",
        )
    return replace(
        use, rubric=replace(use.rubric, overall=None, criteria=tuple(map(_without_comments, use.rubric.criteria)))
    )


def _without_comments(criterion: Criterion) -> Criterion:
    return replace(criterion, comment_required=False, children=tuple(map(_without_comments, criterion.children)))


def _criterion_names(leaves: Iterable[Criterion]) -> dict[str, str]:
    """Map what a column may be called to the criterion's id: the id itself, or its name."""
    listed = list(leaves)
    return {leaf.name.casefold(): leaf.id for leaf in listed if leaf.name} | {
        leaf.id.casefold(): leaf.id for leaf in listed
    }


def _rubric_warnings(use: RubricUse | None, layout: Layout) -> Iterator[str]:
    if use is None:
        equal = "" if layout.totals else "every criterion counts the same, and "
        yield f"no rubric: {equal}no scale is checked"
        return
    overall = use.rubric.overall
    if (overall and overall.required) or any(leaf.comment_required for leaf in use.rubric.leaves):
        yield "the rubric asks for comments; a table of scores has none, so they were not checked"
    if use.rubric.bonuses:
        yield f"the bonuses of the rubric ({', '.join(b.id for b in use.rubric.bonuses)}) need facts; none was counted"


def _decimal_warnings(marks: Iterable[Mark]) -> Iterator[str]:
    signs = {sign for mark in marks for sign in ",." if sign in mark.text}
    if len(signs) > 1:
        yield "scores have decimal commas and decimal points; both were read as the decimal mark, none as thousands"


def _name_warnings(marks: Sequence[Mark]) -> Iterator[str]:
    """Tell names that differ only in capitals or spaces: they were read as two."""
    for names in ({mark.entry for mark in marks}, {mark.juror for mark in marks}):
        alike: dict[str, list[str]] = {}
        for name in sorted(names):
            alike.setdefault(" ".join(name.casefold().split()), []).append(name)
        for same in alike.values():
            if len(same) > 1:
                yield f"{' and '.join(repr(show(name)) for name in same)} were read as {len(same)} different names"


def _column_warnings(table: Table, layout: Layout) -> Iterator[str]:
    if layout.unused:
        unused = [f"'{show(table.header[column])}' ({name_column(column)})" for column in layout.unused]
        yield f"columns that were not used: {', '.join(unused)}"
