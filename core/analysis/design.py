"""Who scored what, as the models see it: floats for estimates, in an order that does not depend on the rows' order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property, wraps
from typing import ParamSpec, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, sparse
from scipy.sparse import csgraph
from scipy.sparse.linalg import eigsh
from threadpoolctl import ThreadpoolController

from juri.core.scoring.matrix import Matrix
from juri.core.scoring.number import ExactColumn, IntArray, int_array

FloatArray = NDArray[np.float64]

WEAK_LINK = 0.02
"""Below this algebraic connectivity jurors are compared through so few common entries that it deserves a warning."""

_LARGE_JURY = 400
"""From this size on the two greatest eigenvalues alone are looked for."""

DECIMALS = 6
"""An estimate that ranks or is sealed is rounded to so many places, and exact from there on."""

P = ParamSpec("P")
R = TypeVar("R")


@cache
def _libraries() -> ThreadpoolController:
    """Find the libraries to limit, once: numpy and scipy, which bring one each, are loaded by now."""
    return ThreadpoolController()


def one_thread(estimate: Callable[P, R]) -> Callable[P, R]:
    """Run an estimate on one thread of linear algebra: more are slower at our sizes, and their bits differ by run."""

    @wraps(estimate)
    def pinned(*args: P.args, **kwargs: P.kwargs) -> R:
        with _libraries().limit(limits=1, user_api="blas"):
            return estimate(*args, **kwargs)

    return pinned


def declared(values: FloatArray) -> ExactColumn:
    """Round estimates to the declared number of places, so that they can be compared, ranked and hashed exactly."""
    return ExactColumn(int_array(int(each) for each in np.rint(values * 10**DECIMALS).tolist()), 10**DECIMALS)


@dataclass(frozen=True, eq=False)
class Design:
    """Sheets in long form: ``value[k]`` is what juror ``juror[k]`` gave to entry ``entry[k]``.

    Entries and jurors are numbered from 0; ``entries`` and ``jurors`` say how many there are, those without a sheet
    included. The sheets stand in the order (entry, juror), as a ``Matrix`` has them: whoever builds a design by hand
    keeps to it, because sums of floats depend on the order.
    """

    entry: IntArray
    juror: IntArray
    value: FloatArray
    entries: int
    jurors: int

    @classmethod
    def of(cls, matrix: Matrix) -> Design:
        """Take the counted sheets of a matrix."""
        value = np.array([int(each) / matrix.scale for each in matrix.value.tolist()], dtype=np.float64)
        return cls(matrix.entry, matrix.juror, value, len(matrix.entries), len(matrix.jurors))

    @cached_property
    def sheets(self) -> IntArray:
        """Count the sheets of each entry; shape (entries,)."""
        return np.bincount(self.entry, minlength=self.entries)

    @cached_property
    def loads(self) -> IntArray:
        """Count the sheets of each juror; shape (jurors,)."""
        return np.bincount(self.juror, minlength=self.jurors)

    @cached_property
    def incidence(self) -> sparse.csr_array:
        """Return the number of sheets of each juror on each entry; shape (entries, jurors)."""
        ones = np.ones(self.entry.size)
        return sparse.csr_array((ones, (self.entry, self.juror)), shape=(self.entries, self.jurors))

    @cached_property
    def islands(self) -> IntArray:
        """Number the parts of the jury that no common entry joins, from 0; one number a juror, shape (jurors,).

        A juror without a sheet is an island of its own. Only jurors of one island can be compared.
        """
        found: IntArray = csgraph.connected_components(self.incidence.T @ self.incidence, directed=False)[1]
        return found

    @cached_property
    def islands_in_use(self) -> int:
        """Count the islands of the jurors with a sheet."""
        return int(np.unique(self.islands[self.loads > 0]).size)

    @cached_property
    def common_entries(self) -> IntArray:
        """Count for each juror the entries that somebody else scored, too; shape (jurors,)."""
        shared = (self.incidence > 0)[self.juror_count > 1]
        counted: IntArray = np.asarray(shared.sum(axis=0), dtype=np.int64).ravel()
        return counted

    @cached_property
    def juror_count(self) -> IntArray:
        """Count the different jurors of each entry; shape (entries,)."""
        counted: IntArray = np.diff(self.incidence.indptr).astype(np.int64)
        return counted

    @one_thread
    def connectivity(self) -> float:
        """Return the algebraic connectivity of the jury: 0 for islands, about 1 where all are well mixed.

        The second smallest eigenvalue of the normalised Laplacian of the graph in which two jurors are joined by as
        many edges as they have common entries. A jury of one counts as 1: there is nobody to be compared with.
        """
        seen = self.loads > 0
        common = (self.incidence[:, seen].T @ self.incidence[:, seen]).toarray()
        np.fill_diagonal(common, 0)
        if len(common) < 2:  # noqa: PLR2004  # two jurors make a graph
            return 1.0
        if self.islands_in_use > 1:
            return 0.0
        degree = np.sqrt(common.sum(axis=0))
        mixed = common / np.outer(degree, degree)
        last = len(common) - 1
        if last < _LARGE_JURY:
            second = linalg.eigh(mixed, eigvals_only=True, subset_by_index=[last - 1, last - 1])[0]
        else:
            second = min(eigsh(mixed, k=2, which="LA", v0=degree, tol=1e-6, return_eigenvectors=False))
        return float(max(1 - second, 0.0))
