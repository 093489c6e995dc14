"""Rank conventions: competition (1224), dense (1223), modified (1334), fractional (1 2.5 2.5 4) and ordinal (1234)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from juri.core.errors import InputRefused
from juri.core.scoring.number import ExactColumn, IntArray, codes, stable_order
from juri.core.scoring.ties import Settled, TieLink, groups_of, settle_ties

CONVENTIONS = ("competition", "dense", "fractional", "modified", "ordinal")


@dataclass(frozen=True, eq=False)
class Ranking:
    """A ranking as columns: ``order`` lists the places of the entries from the best, the other columns are by entry."""

    order: IntArray
    rank: ExactColumn
    settled: Settled


def ranks(groups: IntArray, convention: str, key: IntArray | None = None) -> ExactColumn:
    """Turn groups of equal entries (0 the best) into ranks.

    Args:
        groups: as ``groups_of`` or ``settle_ties`` number them.
        convention: one of ``CONVENTIONS``.
        key: for ordinal ranks, a whole number that sets equal entries apart; lower stands first.

    Raises:
        InputRefused: the convention is unknown, or ordinal ranks would need a guess about equal entries.

    """
    if convention == "ordinal" and key is not None:
        groups = _keyed(groups, key)
    shared = np.bincount(groups)
    before = np.cumsum(shared) - shared
    if convention == "ordinal":
        if (shared > 1).any():
            message = "ordinal ranks need a tie rule that sets every entry apart; end the chain with panel_decision"
            raise InputRefused.at("ranks", message, "ordinal_tie")
        convention = "competition"
    figures = {
        "competition": (before + 1, 1),
        "dense": (np.arange(shared.size) + 1, 1),
        "modified": (before + shared, 1),
        "fractional": (2 * before + shared + 1, 2),
    }
    if convention not in figures:
        raise InputRefused.at(
            "ranks", f"there are no '{convention}' ranks; known are {', '.join(CONVENTIONS)}", "unknown_convention"
        )
    by_group, denominator = figures[convention]
    return ExactColumn(by_group[groups], denominator)


def rank_columns(
    score: ExactColumn, chain: Sequence[TieLink], convention: str, *, low_is_best: bool = False
) -> Ranking:
    """Rank scores: settle ties by the chain, then number. Equal entries stay in the order they are given in."""
    settled = settle_ties(groups_of(score, low_is_best=low_is_best), chain)
    return Ranking(stable_order(settled.groups), ranks(settled.groups, convention), settled)


def _keyed(groups: IntArray, key: IntArray) -> IntArray:
    return codes(groups * max(key.size, 1) + codes(key))
