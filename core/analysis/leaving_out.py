"""Who would be in, and who out, had one juror or one criterion been left out, or had another method been used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from juri.core.scoring.matrix import Matrix
from juri.core.scoring.number import IntArray


@dataclass(frozen=True)
class Move:
    """One entry with its rank before and after."""

    entry: str
    before: int
    after: int


@dataclass(frozen=True)
class Effect:
    """What a change does to the first ``top`` and to the ranks.

    ``entered`` and ``left`` are by rank after and before; ``moved`` counts the entries with another rank, ``largest``
    is the one that moves farthest, ``unranked`` are those that have no rank any more. ``refused`` says why the change
    cannot be worked out; then there is nothing else.
    """

    name: str
    entered: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    moved: int = 0
    largest: Move | None = None
    unranked: tuple[str, ...] = ()
    refused: str = ""

    @property
    def changes_the_cut(self) -> bool:
        """Tell whether anybody enters or leaves."""
        return bool(self.entered or self.left)


def compare_ranks(name: str, entries: Sequence[str], before: IntArray, after: IntArray, top: int) -> Effect:
    """Say what became of the ranks.

    Args:
        name: of what was changed.
        entries: their names.
        before: the rank of each, 0 where it has none; those that are equal share the best of their places.
        after: the same, after the change.
        top: how many are in: all whose rank is not above it, which are more where the last ones are equal.

    """
    were, are = ((ranks > 0) & (ranks <= top) for ranks in (before, after))
    both = np.flatnonzero((before > 0) & (after > 0) & (before != after))
    return Effect(
        name,
        _named(entries, after, are & ~were),
        _named(entries, before, were & ~are),
        both.size,
        _largest(entries, before, after, both),
        tuple(entries[place] for place in np.flatnonzero((before > 0) & (after == 0)).tolist()),
    )


def _named(entries: Sequence[str], ranks: IntArray, chosen: IntArray) -> tuple[str, ...]:
    """Name the chosen entries, by rank."""
    places = np.flatnonzero(chosen)
    return tuple(entries[place] for place in places[np.argsort(ranks[places], kind="stable")].tolist())


def _largest(entries: Sequence[str], before: IntArray, after: IntArray, moved: IntArray) -> Move | None:
    """Return the farthest move; of several, that of the entry which stood best."""
    if not moved.size:
        return None
    place = int(moved[np.lexsort((before[moved], -np.abs(after[moved] - before[moved])))[0]])
    return Move(entries[place], int(before[place]), int(after[place]))


def without_juror(matrix: Matrix, juror: int) -> Matrix:
    """Return the matrix without the sheets and assignments of one juror."""
    everyone: IntArray = matrix.sheets >= 0
    others = matrix.juror_weight >= 0
    others[juror] = False
    return matrix.keep(everyone, others)
