"""What public votes for and against say of an entry, when few votes must not count like many."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from juri.core.analysis.design import FloatArray, declared
from juri.core.errors import InputRefused
from juri.core.scoring.aggregate import mean, some
from juri.core.scoring.matrix import Matrix
from juri.core.scoring.number import IntArray
from juri.core.scoring.standings import EntryScores


def wilson_bounds(
    successes: IntArray, votes: IntArray, confidence: float = 0.95, *, continuity: bool = False
) -> tuple[FloatArray, FloatArray]:
    """Return the bounds between which the true share of votes in favour lies; 0 and 1 where there are no votes.

    Wilson's score interval (1927), methods 3 and 4 (with correction for continuity) of Newcombe (1998), Statistics in
    Medicine 17, 857-872.
    """
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    n = np.maximum(votes, 1).astype(np.float64)
    p = successes / n
    q, step = 1 - p, 1.0 if continuity else 0.0
    middle, width = 2 * n * p + z**2, 2 * (n + z**2)
    below = np.sqrt(np.maximum(z**2 - step * (2 + 1 / n) + 4 * p * (n * q + step), 0))
    above = np.sqrt(np.maximum(z**2 + step * (2 - 1 / n) + 4 * p * (n * q - step), 0))
    low = np.where((successes == 0) | (votes == 0), 0.0, (middle - step - z * below) / width)
    high = np.where((successes == votes) | (votes == 0), 1.0, (middle + step + z * above) / width)
    return np.clip(low, 0, 1), np.clip(high, 0, 1)


def wilson_scores(matrix: Matrix, confidence: float = 0.95, *, continuity: bool = False) -> EntryScores:
    """Score each entry with the lower bound of its share of votes in favour; each sheet is a vote, 1 or 0.

    Raises:
        InputRefused: a sheet is neither 1 nor 0; the entries are named.

    """
    raw = mean(matrix)
    yes: NDArray[np.bool_] = np.asarray(matrix.value == matrix.scale, dtype=bool)
    neither = ~yes & np.asarray(matrix.value != 0, dtype=bool)
    if neither.any():
        names = sorted({matrix.entries[place] for place in matrix.entry[neither].tolist()})
        message = f"wilson counts votes: each must be 1 (in favour) or 0; others are given to {some(names)}"
        raise InputRefused.at("method", message, "no_vote")
    successes = np.bincount(matrix.entry[yes], minlength=len(matrix.entries))
    low, _ = wilson_bounds(successes, matrix.sheets, confidence, continuity=continuity)
    return EntryScores(declared(low), raw.scored, raw.counted, raw.warnings)
