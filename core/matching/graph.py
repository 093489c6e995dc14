"""How jurors hang together by the entries they share: what makes their scores comparable."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from juri.core.matching.problem import Graph, Pair
from juri.core.scoring.number import IntArray

LEAST_CONNECTIVITY = 0.02
"""Below this, corrections for severity rest on a handful of entries (SCORING.md, section 3)."""


def shared_entries(entry: IntArray, juror: IntArray, entries: int, jurors: int) -> IntArray:
    """Count for each two jurors the entries that both score; the diagonal is zero.

    Args:
        entry: the row of each pair.
        juror: the column of each pair.
        entries: how many rows there are.
        jurors: how many columns there are.

    """
    from scipy import sparse

    seats = sparse.csr_array((np.ones(entry.size, np.int64), (entry, juror)), shape=(entries, jurors))
    shared: IntArray = (seats.T @ seats).toarray()
    np.fill_diagonal(shared, 0)
    return shared


def graph_of(pairs: Collection[Pair]) -> Graph:
    """Tell how the jurors of some pairs hang together."""
    entries = {code: place for place, code in enumerate(sorted({entry for entry, _ in pairs}))}
    jurors = {code: place for place, code in enumerate(sorted({juror for _, juror in pairs}))}
    entry = np.array([entries[code] for code, _ in pairs], np.int64)
    juror = np.array([jurors[code] for _, code in pairs], np.int64)
    return describe(shared_entries(entry, juror, len(entries), len(jurors)))


def describe(shared: IntArray) -> Graph:
    """Count the components and work out lambda2, the second smallest eigenvalue of I - D^(-1/2) W D^(-1/2).

    A juror who shares no entry with anybody is a component alone.

    Args:
        shared: the entries shared by each two jurors who score something, W.

    """
    count = shared.shape[0]
    if count < 2:  # noqa: PLR2004  connectivity is between two jurors at least
        return Graph(count, None)
    components = len(set(component_of(shared).tolist()))
    if components > 1:
        return Graph(components, 0.0)
    degree = np.sqrt(shared.sum(axis=1, dtype=np.float64))
    laplacian = np.eye(count) - shared / degree[:, None] / degree[None, :]
    return Graph(1, max(0.0, float(np.linalg.eigvalsh(laplacian)[1])))


def component_of(shared: IntArray) -> IntArray:
    """Number the components, the same number for all jurors of one."""
    from scipy.sparse import csgraph

    found: IntArray = csgraph.connected_components(shared, directed=False)[1]
    return found


def worries(graph: Graph) -> list[str]:
    """Say in plain words what is wrong with a graph; nothing where the jurors are well connected."""
    if graph.components > 1:
        apart = f"the jurors fall into {graph.components} groups that share no entry: their scores cannot be compared"
        return [f"{apart}; ask for more bridge entries, or let some jurors score a second category"]
    if graph.connectivity is not None and graph.connectivity < LEAST_CONNECTIVITY:
        weak = f"the jurors are weakly connected (lambda2 {graph.connectivity:.3f}, below {LEAST_CONNECTIVITY})"
        return [f"{weak}: corrections for severity are unsure; ask for more bridge entries"]
    return []
