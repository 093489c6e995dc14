"""Which sets keep to the quotas: one question at a time, put to HiGHS and checked again in whole numbers.

Every number of the model is 0, 1 or a count, so that rounding the answer is exact; a set that HiGHS names is counted
against every quota before it is believed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from juri.core.scoring.number import IntArray
from juri.core.selection.problem import Quota

_SOLVED, _INFEASIBLE = 0, 2


@dataclass(frozen=True)
class Count:
    """Exactly, or at least and at most, so many of some candidates."""

    members: frozenset[str]
    least: int
    most: int


class Model:
    """Candidates and quotas; asks for a set, a best one, or whether there is any."""

    def __init__(self, candidates: Sequence[str], quotas: Iterable[Quota], places: int) -> None:
        self.candidates = tuple(candidates)
        self.quotas = tuple(quotas)
        self.places = places
        self._column = {code: place for place, code in enumerate(self.candidates)}

    def without(self, dropped: Iterable[Quota]) -> Model:
        """Return the model with fewer quotas."""
        gone = set(dropped)
        return Model(self.candidates, (quota for quota in self.quotas if quota not in gone), self.places)

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
        from scipy.optimize import Bounds, LinearConstraint, milp

        limits = [*self._limits(), *counts]
        matrix, least, most = self._rows(limits)
        low, high = np.zeros(len(self.candidates)), np.ones(len(self.candidates))
        for code, is_in in (fixed or {}).items():
            low[self._column[code]] = high[self._column[code]] = int(is_in)
        if not self.candidates:
            return frozenset() if all(limit.least <= 0 for limit in limits) else None
        solved = milp(
            -np.array([worth.get(code, 0) for code in self.candidates]),
            constraints=LinearConstraint(matrix, least, most),
            bounds=Bounds(low, high),
            integrality=np.ones(len(self.candidates)),
            options={"mip_rel_gap": 0},
        )
        if solved.status == _INFEASIBLE:
            return None
        if solved.status != _SOLVED:
            raise ArithmeticError(f"the selection could not be solved: {solved.message}")
        found = frozenset(code for code, value in zip(self.candidates, np.rint(solved.x), strict=True) if value)
        if any(not limit.least <= len(found & limit.members) <= limit.most for limit in limits):
            raise ArithmeticError("the solver broke a quota by rounding")
        return found

    def allows(self, counts: Iterable[Count] = (), fixed: Mapping[str, bool] | None = None) -> bool:
        """Tell whether there is any set."""
        return self.find({}, counts, fixed) is not None

    def _limits(self) -> list[Count]:
        everybody = frozenset(self.candidates)
        return [
            Count(everybody, 0, self.places),
            *(
                Count(quota.members, quota.least, len(self.candidates) if quota.most is None else quota.most)
                for quota in self.quotas
            ),
        ]

    def _rows(self, limits: Sequence[Count]) -> tuple[object, IntArray, IntArray]:
        from scipy.sparse import csr_array

        columns = [sorted(self._column[code] for code in limit.members if code in self._column) for limit in limits]
        starts = np.cumsum([0, *(len(each) for each in columns)])
        flat = np.array([column for each in columns for column in each], np.int64)
        matrix = csr_array((np.ones(flat.size), flat, starts), shape=(len(limits), len(self.candidates)))
        least = np.array([limit.least for limit in limits])
        return matrix, least, np.array([limit.most for limit in limits])
