"""Ties: a chain of rules as data. A rule is asked only while a tie is left, and each line says which set it apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from juri.core.scoring.number import ExactColumn, IntArray, codes, int_array

PANEL = "panel_decision"
"""The rule that only people can apply: a recorded decision on equal entries."""


@dataclass(frozen=True)
class TieLink:
    """One rule of a chain. ``figures`` gets the places of the entries that are still tied; greater is better.

    It returns one figure for each place asked for.
    """

    name: str
    figures: Callable[[IntArray], ExactColumn]


@dataclass(frozen=True, eq=False)
class Settled:
    """Groups of equal entries, 0 the best; ``link`` is the place in the chain of the rule that left an entry alone.

    ``link`` is -1 where the score alone did, or where the entry is still tied.
    """

    groups: IntArray
    link: IntArray

    @property
    def tied(self) -> IntArray:
        """Tell for each entry whether it shares its place."""
        shared: IntArray = np.bincount(self.groups)[self.groups] > 1
        return shared


def groups_of(score: ExactColumn, *, low_is_best: bool = False) -> IntArray:
    """Number the scores from the best, 0, on; equal scores have one number."""
    rising = codes(score.numerators)
    if low_is_best or not rising.size:
        return rising
    falling: IntArray = rising.max() - rising
    return falling


def settle_ties(groups: IntArray, chain: Sequence[TieLink]) -> Settled:
    """Ask the rules of a chain, in order, about the entries that are still tied."""
    settled = Settled(groups, np.full(groups.size, -1))
    for place, link in enumerate(chain):
        tied = settled.tied
        if not tied.any():
            break
        figure = np.zeros(groups.size, dtype=np.int64)
        figure[tied] = groups_of(link.figures(np.flatnonzero(tied)))
        split = codes(settled.groups * groups.size + figure)
        after = Settled(split, settled.link)
        settled = Settled(split, np.where(tied & ~after.tied, place, settled.link))
    return settled


def panel_link(tie_order: Sequence[str], entries: Sequence[str]) -> TieLink:
    """Return the last rule of every chain: the order that the panel recorded, best first.

    An entry that the panel put in order stands before those that it did not; these stay tied with one another.
    """
    places = {entry: len(tie_order) - place for place, entry in enumerate(tie_order)}

    def figures(tied: IntArray) -> ExactColumn:
        return ExactColumn(int_array(places.get(entries[place], 0) for place in tied.tolist()), 1)

    return TieLink(PANEL, figures)
