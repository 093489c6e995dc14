"""Which sets keep to the quotas: one question at a time, put to HiGHS and checked again in whole numbers.

Every number of the model is 0, 1 or a count, so that rounding the answer is exact; a set that HiGHS names is counted
against every quota before it is believed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from juri.core.scoring.number import IntArray
from juri.core.selection.problem import Quota

if TYPE_CHECKING:
    from scipy.sparse import csr_array

_SOLVED, _INFEASIBLE = 0, 2
_NEARLY_WHOLE = 1e-6


@dataclass(frozen=True)
class Count:
    """Exactly, or at least and at most, so many of some candidates."""

    members: frozenset[str]
    least: int
    most: int


class Model:
    """Candidates and quotas; asks for a set, a best one, or whether there is any.

    ``limits`` hold beside the quotas, and cannot be left away.
    """

    def __init__(
        self, candidates: Sequence[str], quotas: Iterable[Quota], places: int, limits: Iterable[Count] = ()
    ) -> None:
        self.candidates = tuple(candidates)
        self.quotas = tuple(quotas)
        self.places = places
        self.limits = tuple(limits)
        self._column = {code: place for place, code in enumerate(self.candidates)}
        self._known: dict[frozenset[str], IntArray] = {}

    def without(self, dropped: Iterable[Quota]) -> Model:
        """Return the model with fewer quotas."""
        gone = set(dropped)
        fewer = copy(self)
        fewer.quotas = tuple(quota for quota in self.quotas if quota not in gone)
        vars(fewer).pop("_base", None)
        return fewer

    def find(
        self, worth: Mapping[str, int], counts: Iterable[Count] = (), fixed: Mapping[str, bool] | None = None
    ) -> frozenset[str] | None:
        """Return a set of the greatest worth that keeps to everything; None where there is no set.

        Args:
            worth: whole numbers; a candidate that is not named is worth nothing.
            counts: what holds beside the quotas.
            fixed: candidates that are in (True) or out (False).

        Raises:
            ArithmeticError: the solver gave no answer, or one that breaks a quota.

        """
        rows = self._base.beside(_Rows.of(list(counts), self._columns, len(self.candidates)))
        is_in, is_out = rows.decided(len(self.candidates))
        for code, held in (fixed or {}).items():
            (is_in if held else is_out)[self._column[code]] = True
        free = np.flatnonzero(~is_in & ~is_out)
        left = None if (is_in & is_out).any() else rows.left(is_in, free)
        answer = None if left is None else _solve(left, np.array([worth.get(self.candidates[at], 0) for at in free]))
        if answer is None:
            return None
        is_in[free] = answer
        if rows.broken(is_in):
            raise ArithmeticError("the solver broke a quota by rounding")
        return frozenset(self.candidates[at] for at in np.flatnonzero(is_in))

    def allows(self, counts: Iterable[Count] = (), fixed: Mapping[str, bool] | None = None) -> bool:
        """Tell whether there is any set."""
        return self.find({}, counts, fixed) is not None

    @cached_property
    def _base(self) -> _Rows:
        """Return what always holds: the places, the limits, and the quotas that are left."""
        size = len(self.candidates)
        quotas = (Count(own.members, own.least, size if own.most is None else own.most) for own in self.quotas)
        every = [Count(frozenset(self.candidates), 0, self.places), *self.limits, *quotas]
        return _Rows.of(every, self._columns, size)

    def _columns(self, members: frozenset[str]) -> IntArray:
        found = self._known.get(members)
        if found is None:
            found = np.array([self._column[code] for code in members if code in self._column], np.int64)
            self._known[members] = found
        return found


@dataclass(frozen=True, eq=False)
class _Rows:
    """How many of some columns may be 1: a row of ``matrix`` has 1 at its columns, and ``least`` and ``most`` of it.

    ``wanted`` is how many were named: those that are no candidates cannot be in.
    """

    matrix: csr_array
    least: IntArray
    most: IntArray
    wanted: IntArray

    @classmethod
    def of(cls, counts: Sequence[Count], columns: Callable[[frozenset[str]], IntArray], width: int) -> _Rows:
        from scipy.sparse import csr_array  # not before it is needed: it is slow to load

        own = [columns(count.members) for count in counts]
        starts = np.cumsum([0, *(each.size for each in own)])
        flat = np.concatenate([np.zeros(0, np.int64), *own])
        matrix = csr_array((np.ones(flat.size, np.int64), flat, starts), shape=(len(counts), width))
        numbers = np.array([(count.least, count.most, len(count.members)) for count in counts], np.int64).reshape(-1, 3)
        return cls(matrix, *numbers.T)

    def beside(self, other: _Rows) -> _Rows:
        """Return the rows of both."""
        from scipy.sparse import csr_array, vstack

        numbers = [
            np.concatenate(both)
            for both in ((self.least, other.least), (self.most, other.most), (self.wanted, other.wanted))
        ]
        return _Rows(csr_array(vstack([self.matrix, other.matrix], "csr")), *numbers)

    def decided(self, width: int) -> tuple[IntArray, IntArray]:
        """Tell which columns are 1, and which 0, because a row takes all of its columns, or none."""
        found = []
        for rows in (self.least == self.wanted, self.most == 0):
            mask = np.zeros(width, dtype=bool)
            mask[self.matrix[np.flatnonzero(rows)].indices] = True
            found.append(mask)
        return found[0], found[1]

    def left(self, is_in: IntArray, free: IntArray) -> _Rows | None:
        """Leave away what is decided, and rows that the free columns cannot break; None where one is broken."""
        held, among = self.matrix @ is_in.astype(np.int64), self.matrix[:, free]
        size = np.asarray(among.sum(axis=1), dtype=np.int64)
        least, most = self.least - held, self.most - held
        if (most < 0).any() or (least > size).any():
            return None
        rows = np.flatnonzero((least > 0) | (most < size))
        return _Rows(among[rows], least[rows], most[rows], size[rows])

    def broken(self, is_in: IntArray) -> bool:
        """Tell whether a set breaks a row."""
        held = self.matrix @ is_in.astype(np.int64)
        return bool(((held < self.least) | (held > self.most)).any())


def _solve(rows: _Rows, worth: IntArray) -> IntArray | None:
    """Return whether each column is 1 in a best answer; None where there is none.

    Without the demand for whole numbers the answer is whole as a rule, and then it is the best one; only where it is
    not, the dearer question is put.
    """
    if not worth.size:
        return np.zeros(0, dtype=bool)
    found = _ask(rows, worth, is_whole=False)
    if found is not None and np.abs(found - np.rint(found)).max() > _NEARLY_WHOLE:
        found = _ask(rows, worth, is_whole=True)
    return None if found is None else np.rint(found) > 0


def _ask(rows: _Rows, worth: IntArray, *, is_whole: bool) -> NDArray[np.float64] | None:
    from scipy.optimize import Bounds, LinearConstraint, milp

    solved = milp(
        -worth,
        constraints=LinearConstraint(rows.matrix, rows.least, rows.most) if rows.least.size else None,
        bounds=Bounds(0, 1),
        integrality=np.full(worth.size, int(is_whole)),
        options={"mip_rel_gap": 0},
    )
    if solved.status == _INFEASIBLE:
        return None
    if solved.status != _SOLVED:
        raise ArithmeticError(f"the selection could not be solved: {solved.message}")
    return np.asarray(solved.x, dtype=np.float64)
