"""Rankings as duels: how often each candidate stands before each other; Schulze's method and the Borda count."""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from juri.core.ballots.ballots import RankedBallots, Ranking
from juri.core.ballots.tally import Tally, competition_ranks, place
from juri.core.errors import InputRefused
from juri.core.scoring.number import IntArray

_INT64_SAFE = 2**62


def duels(ballots: RankedBallots) -> IntArray:
    """Count how many ballots put one candidate before another; shape (standing, standing), in the order of standing.

    Candidates whom a ballot leaves out stand behind those it names, and alike among themselves. Ballots that name
    nobody who stands are not counted.
    """
    standing = ballots.standing
    column = {candidate: index for index, candidate in enumerate(standing)}
    rows = [(ranking, count) for ranking, count in ballots.without_withdrawn().items() if ranking]
    ranks = np.full((len(rows), len(standing)), len(standing), dtype=np.int32)
    for row, (ranking, _) in enumerate(rows):
        _number(ranks[row], ranking, column)
    # sums of points stay exact: Python integers, where so many ballots were counted that int64 might not hold them
    exact = object if sum(count for _, count in rows) * 4 * len(standing) >= _INT64_SAFE else np.int64
    counts = np.array([count for _, count in rows], dtype=exact)
    return np.array([counts @ (ranks[:, [each]] < ranks).astype(exact) for each in range(len(standing))], dtype=exact)


def _number(row: IntArray, ranking: Ranking, column: dict[int, int]) -> None:
    for rank, group in enumerate(ranking):
        for candidate in group:
            row[column[candidate]] = rank


def strongest_paths(before: IntArray) -> IntArray:
    """Return the strength of the strongest path between each two, by winning votes; shape (standing, standing).

    A path is as strong as its weakest link, and a link, where more ballots are for it than against it, as the number
    of those for it. Source: M. Schulze, *A new monotonic, clone-independent, reversal symmetric, and
    Condorcet-consistent single-winner election method*, Social Choice and Welfare 36 (2011).
    """
    paths = np.where(before > before.T, before, 0)
    for via in range(len(paths)):
        paths = np.maximum(paths, np.minimum(paths[:, [via]], paths[[via], :]))
    np.fill_diagonal(paths, 0)
    return paths


def schulze(ballots: RankedBallots) -> Tally:
    """Rank by Schulze's method: one stands before another where the strongest path is stronger than that back.

    A candidate's rank is one and the number of those who stand before it; those before whom equally many stand are
    tied. ``wins`` counts those behind it.

    Raises:
        InputRefused: no ballot is valid.

    """
    names, valid = _standing(ballots)
    before = duels(ballots)
    paths = strongest_paths(before)
    beats = paths > paths.T
    ranks = [1 + int(losses) for losses in beats.sum(axis=0)]
    figures = [{"wins": int(wins)} for wins in beats.sum(axis=1)]
    facts = {"valid": valid, "duels": _table(names, before), "strongest_paths": _table(names, paths)}
    condorcet = [
        name for name, wins in zip(names, (before > before.T).sum(axis=1), strict=True) if wins == len(names) - 1
    ]
    facts["condorcet_winner"] = condorcet[0] if condorcet else None
    return Tally(place(names, ranks, figures), facts=facts)


def borda(ballots: RankedBallots) -> Tally:
    """Rank by Borda points: from each ballot, one for each candidate behind, half of one for each that stands alike.

    Raises:
        InputRefused: no ballot is valid.

    """
    names, valid = _standing(ballots)
    before = duels(ballots)
    doubled = (before - before.T + valid).sum(axis=1) - valid
    figures = [{"points": Decimal(int(points)) / 2} for points in doubled]
    return Tally(place(names, competition_ranks(doubled.tolist()), figures), facts={"valid": valid})


def _standing(ballots: RankedBallots) -> tuple[list[str], int]:
    """Return the names of those who stand, and the number of ballots that name one of them."""
    valid = sum(count for ranking, count in ballots.without_withdrawn().items() if ranking)
    if not valid:
        raise InputRefused.at(
            "ballots", "no ballot names a candidate who stands; there is nothing to count", "no_ballots"
        )
    return [ballots.candidates[each] for each in ballots.standing], valid


def _table(names: list[str], figures: IntArray) -> dict[str, dict[str, int]]:
    rows = figures.tolist()
    return {name: {other: rows[i][j] for j, other in enumerate(names) if i != j} for i, name in enumerate(names)}
