"""The filled scorecards of a stage as arrays: one exact number for each entry and juror."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from operator import itemgetter

import numpy as np

from juri.core.errors import InputRefused, Problem
from juri.core.scoring.number import ExactColumn, IntArray, int_array, ratios


@dataclass(frozen=True, eq=False)
class Matrix:
    """Exact totals in long form, in the canonical order (entry, juror), whatever order they came in.

    ``value[k] / scale`` is what juror ``jurors[juror[k]]`` gave to entry ``entries[entry[k]]``. An entry without a
    sheet is in ``entries`` all the same. ``absent_entry`` and ``absent_juror`` list the assignments without a sheet;
    ``juror_weight`` has one positive whole weight a juror.
    """

    entries: tuple[str, ...]
    jurors: tuple[str, ...]
    entry: IntArray
    juror: IntArray
    value: IntArray
    scale: int
    absent_entry: IntArray
    absent_juror: IntArray
    juror_weight: IntArray

    @classmethod
    def build(
        cls,
        sheets: Iterable[tuple[str, str, Fraction | None]],
        *,
        entries: Iterable[str] = (),
        juror_weights: Mapping[str, int] | None = None,
    ) -> Matrix:
        """Build the matrix from (entry, juror, total); a total of None is an assignment without a sheet.

        Args:
            sheets: at most one for each entry and juror.
            entries: entries to rank even where nobody was assigned to them.
            juror_weights: a positive whole number a juror; 1 where absent.

        Raises:
            InputRefused: two sheets of one juror for one entry, or a weight below 1; every case is listed.

        """
        rows = sorted(sheets, key=itemgetter(0, 1))
        _refuse_repeats(rows)
        names = tuple(sorted({row[0] for row in rows} | set(entries)))
        jurors = tuple(sorted({row[1] for row in rows}))
        entry_index = {name: index for index, name in enumerate(names)}
        juror_index = {name: index for index, name in enumerate(jurors)}
        filled = [(entry_index[e], juror_index[j], total) for e, j, total in rows if total is not None]
        absent = [(entry_index[e], juror_index[j]) for e, j, total in rows if total is None]
        values = ExactColumn.from_fractions([total for _, _, total in filled])
        return cls(
            entries=names,
            jurors=jurors,
            entry=_index([row[0] for row in filled]),
            juror=_index([row[1] for row in filled]),
            value=values.numerators,
            scale=values.denominator,
            absent_entry=_index([row[0] for row in absent]),
            absent_juror=_index([row[1] for row in absent]),
            juror_weight=_weights(jurors, juror_weights or {}),
        )

    @classmethod
    def of_columns(
        cls, entries: Mapping[int, str], jurors: Mapping[int, str], columns: IntArray, juror_weights: Mapping[str, int]
    ) -> Matrix:
        """Build the matrix from columns, as a database has them; equal to what ``build`` makes of the same sheets.

        Args:
            entries: the names of the entries, by number.
            jurors: the names of the jurors, by number.
            columns: whole numbers, shape (4, assignments), at most one for each entry and juror: number of the entry,
                of the juror, numerator and denominator of the total. A denominator of 0 says that there is no sheet.
            juror_weights: a positive whole number a juror; 1 where absent.

        Raises:
            InputRefused: a weight is below 1; every case is listed.

        """
        entry_names, entry = _in_order(columns[0], entries)
        juror_names, juror = _in_order(columns[1], jurors)
        order = np.argsort(entry * max(len(juror_names), 1) + juror)
        filled, absent = (order[which[order]] for which in (columns[3] > 0, columns[3] == 0))
        values = ratios(columns[2][filled], columns[3][filled])
        return cls(
            entries=entry_names,
            jurors=juror_names,
            entry=entry[filled],
            juror=juror[filled],
            value=values.numerators,
            scale=values.denominator,
            absent_entry=entry[absent],
            absent_juror=juror[absent],
            juror_weight=_weights(juror_names, juror_weights),
        )

    @cached_property
    def sheets(self) -> IntArray:
        """Count the sheets of each entry; shape (entries,)."""
        return np.bincount(self.entry, minlength=len(self.entries))

    @property
    def assigned(self) -> IntArray:
        """Count the assignments of each entry, filled or absent; shape (entries,)."""
        return self.sheets + np.bincount(self.absent_entry, minlength=len(self.entries))

    @property
    def column(self) -> ExactColumn:
        """Return the totals, one a sheet, in the order of the sheets."""
        return ExactColumn(self.value, self.scale)

    def with_totals(self, column: ExactColumn) -> Matrix:
        """Return the matrix with other totals on the same sheets (rounded ones)."""
        return replace(self, value=column.numerators, scale=column.denominator)

    def weighed(self, weights: Mapping[str, int]) -> Matrix:
        """Return the matrix in which the jurors who are named have other weights.

        Raises:
            InputRefused: a weight is below 1; every case is listed.

        """
        own = dict(zip(self.jurors, self.juror_weight.tolist(), strict=True))
        return replace(self, juror_weight=_weights(self.jurors, {**own, **weights}))

    def over(self, entries: Iterable[str]) -> Matrix:
        """Return the matrix of exactly these entries and of the jurors who were assigned to one of them.

        An entry that is not in this matrix comes in without a sheet.
        """
        names = self.entries if entries == self.entries else tuple(sorted(set(entries)))
        if names == self.entries:
            return self
        place = {name: index for index, name in enumerate(names)}
        own = np.array([name in place for name in self.entries], dtype=bool)
        jurors = np.zeros(len(self.jurors), dtype=bool)
        jurors[self.juror[own[self.entry]]] = True
        jurors[self.absent_juror[own[self.absent_entry]]] = True
        kept = self.keep(own, jurors)
        to_entry = _index([place[name] for name in kept.entries])
        return replace(kept, entries=names, entry=to_entry[kept.entry], absent_entry=to_entry[kept.absent_entry])

    def keep(self, entries: IntArray, jurors: IntArray) -> Matrix:
        """Return the matrix of some entries and jurors only, each given as one truth value a name."""
        if entries.all() and jurors.all():
            return self
        to_entry, to_juror = np.cumsum(entries) - 1, np.cumsum(jurors) - 1
        filled = entries[self.entry] & jurors[self.juror]
        absent = entries[self.absent_entry] & jurors[self.absent_juror]
        return Matrix(
            entries=tuple(np.array(self.entries, dtype=object)[entries]),
            jurors=tuple(np.array(self.jurors, dtype=object)[jurors]),
            entry=to_entry[self.entry[filled]],
            juror=to_juror[self.juror[filled]],
            value=self.value[filled],
            scale=self.scale,
            absent_entry=to_entry[self.absent_entry[absent]],
            absent_juror=to_juror[self.absent_juror[absent]],
            juror_weight=self.juror_weight[jurors],
        )

    def absent_as_zero(self) -> Matrix:
        """Return the matrix in which every assignment has a sheet: those without one count 0."""
        entry = np.concatenate([self.entry, self.absent_entry])
        juror = np.concatenate([self.juror, self.absent_juror])
        value = np.concatenate([self.value, np.zeros(self.absent_entry.size, dtype=self.value.dtype)])
        order = np.lexsort((juror, entry))
        return replace(
            self,
            entry=entry[order],
            juror=juror[order],
            value=value[order],
            absent_entry=_index([]),
            absent_juror=_index([]),
        )


def _in_order(numbers: IntArray, names: Mapping[int, str]) -> tuple[tuple[str, ...], IntArray]:
    """Return the names that occur, in their order, and for each number the place of its name among them."""
    occurring, which = np.unique(numbers, return_inverse=True)
    named = [names[number] for number in occurring.tolist()]
    order = sorted(range(len(named)), key=named.__getitem__)
    place = np.zeros(len(named), dtype=np.int64)
    place[order] = np.arange(len(named))
    return tuple(named[each] for each in order), place[which]


def _refuse_repeats(rows: Sequence[tuple[str, str, Fraction | None]]) -> None:
    repeated = sorted({row[:2] for row, after in pairwise(rows) if row[1] == after[1] and row[0] == after[0]})
    if repeated:
        raise InputRefused(
            Problem(entry, f"juror '{juror}' has more than one sheet for entry '{entry}'; keep one", "repeated_sheet")
            for entry, juror in repeated
        )


def _weights(jurors: Sequence[str], weights: Mapping[str, int]) -> IntArray:
    problems = [
        Problem(juror, f"the weight {weights[juror]} of juror '{juror}' is not a positive whole number", "juror_weight")
        for juror in jurors
        if weights.get(juror, 1) < 1
    ]
    if problems:
        raise InputRefused(problems)
    return int_array(weights.get(juror, 1) for juror in jurors)


def _index(values: list[int]) -> IntArray:
    return np.array(values, dtype=np.int64)
