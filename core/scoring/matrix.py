"""The filled scorecards of a stage as arrays: one exact number for each entry and juror."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

import numpy as np

from juri.core.scoring.number import IntArray, int_array


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

        """
        rows = sorted(sheets, key=lambda row: row[:2])
        names = tuple(sorted({row[0] for row in rows} | set(entries)))
        jurors = tuple(sorted({row[1] for row in rows}))
        entry_index = {name: index for index, name in enumerate(names)}
        juror_index = {name: index for index, name in enumerate(jurors)}
        filled = [(entry_index[e], juror_index[j], total) for e, j, total in rows if total is not None]
        absent = [(entry_index[e], juror_index[j]) for e, j, total in rows if total is None]
        scale = lcm(*(total.denominator for _, _, total in filled)) if filled else 1
        weights = juror_weights or {}
        return cls(
            entries=names,
            jurors=jurors,
            entry=_index([row[0] for row in filled]),
            juror=_index([row[1] for row in filled]),
            value=int_array(total.numerator * (scale // total.denominator) for _, _, total in filled),
            scale=scale,
            absent_entry=_index([row[0] for row in absent]),
            absent_juror=_index([row[1] for row in absent]),
            juror_weight=int_array(weights.get(name, 1) for name in jurors),
        )

    @property
    def sheets(self) -> IntArray:
        """Count the sheets of each entry; shape (entries,)."""
        return np.bincount(self.entry, minlength=len(self.entries))

    @property
    def assigned(self) -> IntArray:
        """Count the assignments of each entry, filled or absent; shape (entries,)."""
        return self.sheets + np.bincount(self.absent_entry, minlength=len(self.entries))


def _index(values: list[int]) -> IntArray:
    return np.array(values, dtype=np.int64)
