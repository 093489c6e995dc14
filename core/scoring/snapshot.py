"""Every criterion score of a stage as columns of whole numbers: from here a ranking takes milliseconds at any size."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from juri.core.errors import InputRefused
from juri.core.scoring.matrix import Matrix
from juri.core.scoring.number import INT64_SAFE, ExactColumn, IntArray, int_array, peak, times


@dataclass(frozen=True)
class Names:
    """What the numbers in columns stand for; each in the order of their codes."""

    entries: tuple[str, ...]
    jurors: tuple[str, ...]
    criteria: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Snapshot(Mapping[str, Matrix]):
    """Complete sheets by criterion, in the canonical order (entry, juror), whatever order they came in.

    ``weights[c] * points[c, k] / scale`` is what criterion c adds to the total of sheet k, which juror ``juror[k]``
    gave entry ``entry[k]``. ``points`` has the shape (criteria, sheets), in the narrowest integers that hold them, so
    that as little memory as possible is read. As a mapping it gives the matrix of one criterion.
    """

    names: Names
    entry: IntArray
    juror: IntArray
    points: IntArray
    weights: IntArray
    scale: int = 1

    @classmethod
    def of_rows(
        cls, names: Names, places: IntArray, points: IntArray, weights: Sequence[int], scale: int = 1
    ) -> Snapshot:
        """Build the snapshot from one row a score, in any order.

        Args:
            names: what the numbers stand for.
            places: of entry, juror and criterion in ``names``; shape (3, scores).
            points: the scores, whole numbers; shape (scores,).
            weights: a whole number for each criterion.
            scale: what the weighted sum is divided by, above 0.

        Raises:
            InputRefused: a sheet lacks a criterion or has one twice; the first such sheet is named.

        """
        jurors, criteria = len(names.jurors), len(names.criteria)
        key = (places[0].astype(np.int64) * jurors + places[1]) * criteria + places[2]
        if (key[1:] < key[:-1]).any():
            order = np.argsort(key)
            key, points = key[order], points[order]
        pair = key[::criteria] // criteria
        if key.size % criteria or (key.reshape(-1, criteria) != pair[:, None] * criteria + np.arange(criteria)).any():
            raise _incomplete(names, key)
        by_criterion = np.ascontiguousarray(_narrow(points).reshape(-1, criteria).T)
        return cls(names, pair // jurors, pair % jurors, by_criterion, int_array(weights), scale)

    @property
    def totals(self) -> Matrix:
        """Return the weighted totals of the sheets: exact, in int64 where no sum can leave it, else Python integers."""
        reach = max(peak(self.points), 1) * sum(abs(weight) for weight in self.weights.tolist())
        kind = _wide(reach)
        total = np.einsum("c,cs->s", self.weights.astype(kind), self.points, dtype=kind)
        return self._matrix(_as_int64(total))

    def column(self, criterion: int) -> ExactColumn:
        """Return what one criterion, by its place, adds to each total."""
        return ExactColumn(times(_as_int64(self.points[criterion]), int(self.weights[criterion])), self.scale)

    def __getitem__(self, criterion: str) -> Matrix:
        if criterion not in self.names.criteria:
            raise KeyError(criterion)
        return self._matrix(self.column(self.names.criteria.index(criterion)).numerators)

    def __iter__(self) -> Iterator[str]:
        return iter(self.names.criteria)

    def __len__(self) -> int:
        return len(self.names.criteria)

    def _matrix(self, value: IntArray) -> Matrix:
        nobody = np.zeros(0, dtype=np.int64)
        ones = np.ones(len(self.names.jurors), dtype=np.int64)
        names = (self.names.entries, self.names.jurors)
        return Matrix(*names, self.entry, self.juror, value, self.scale, nobody, nobody, ones)


def _incomplete(names: Names, key: IntArray) -> InputRefused:
    """Name the first sheet whose criteria are not there once each."""
    criteria = len(names.criteria)
    pairs, counts = np.unique(key // criteria, return_counts=True)
    different = np.unique(np.unique(key) // criteria, return_counts=True)[1]
    entry, juror = divmod(int(pairs[(counts != criteria) | (different != criteria)][0]), len(names.jurors))
    message = (
        f"the sheet of juror '{names.jurors[juror]}' does not have each of the {criteria} criteria once; "
        "complete it, or take it out"
    )
    return InputRefused.at(names.entries[entry], message, "incomplete_sheet")


def _narrow(points: IntArray) -> IntArray:
    """Return the points in the narrowest signed integers that hold them."""
    reach = peak(points)
    return points.astype(next((kind for kind in (np.int16, np.int32, np.int64) if reach <= np.iinfo(kind).max), object))


def _wide(reach: int) -> type:
    """Return the narrowest type in which sums that go no further than ``reach`` stay exact."""
    return np.int32 if reach < np.iinfo(np.int32).max else np.int64 if reach < INT64_SAFE else object


def _as_int64(points: IntArray) -> IntArray:
    return points if points.dtype == object else points.astype(np.int64)
