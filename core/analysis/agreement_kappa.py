"""Kappas: agreement on categories beyond what chance alone would bring."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from juri.core.scoring.matrix import Matrix

_PAIR = 2


@dataclass(frozen=True)
class Kappa:
    """A kappa with the agreement observed and that expected by chance; without one, why (``estimate.REASONS``)."""

    value: float | None
    why: str = ""
    observed: float | None = None
    expected: float | None = None


def fleiss_kappa(matrix: Matrix) -> Kappa:
    """Estimate Fleiss' kappa (1971, Psychological Bulletin 76, 378-382): any jurors, the same number for each entry.

    Entries without a score are left out. Undefined where entries have different numbers of scores (Krippendorff's
    alpha is for those), fewer than two each, or all the same category.
    """
    categories, of_score = np.unique(matrix.value, return_inverse=True)
    counts = np.zeros((len(matrix.entries), categories.size))
    np.add.at(counts, (matrix.entry, of_score), 1)
    per_entry = counts.sum(axis=1)
    counts, per_entry = counts[per_entry > 0], per_entry[per_entry > 0]
    if per_entry.size == 0 or per_entry.max() < _PAIR:
        return Kappa(None, "no_overlap")
    m = per_entry[0]
    if (per_entry != m).any():
        return Kappa(None, "unequal_numbers")
    observed = float(np.mean((np.square(counts).sum(axis=1) - m) / (m * (m - 1))))
    return _beyond_chance(observed, float(np.square(counts.sum(axis=0) / counts.sum()).sum()))


def cohen_kappa(matrix: Matrix, weights: str = "") -> Kappa:
    """Estimate Cohen's kappa of two jurors over the entries that both scored.

    Args:
        matrix: the scores, as categories; they are in the order of their values.
        weights: empty: only the same category agrees. ``linear`` or ``quadratic``: a difference counts by the number
            of categories between, or its square (Cohen 1968, Psychological Bulletin 70, 213-220).

    """
    jurors = np.unique(matrix.juror)
    if jurors.size != _PAIR:
        return Kappa(None, "one_juror" if jurors.size < _PAIR else "not_two_jurors")
    categories, of_score = np.unique(matrix.value, return_inverse=True)
    given = np.full((len(matrix.entries), _PAIR), -1)
    given[matrix.entry, np.searchsorted(jurors, matrix.juror)] = of_score
    both = given[(given >= 0).all(axis=1)]
    if not both.size:
        return Kappa(None, "no_overlap")
    table = np.zeros((categories.size, categories.size))
    np.add.at(table, (both[:, 0], both[:, 1]), 1)
    table /= table.sum()
    closeness = _closeness(categories.size, weights)
    chance = np.outer(table.sum(axis=1), table.sum(axis=0))
    return _beyond_chance(float((closeness * table).sum()), float((closeness * chance).sum()))


def _closeness(categories: int, weights: str) -> NDArray[np.float64]:
    """Return how much two categories agree, from 0 to 1; shape (categories, categories)."""
    if not weights or categories == 1:
        return np.eye(categories)
    apart = np.abs(np.subtract.outer(np.arange(categories), np.arange(categories))) / (categories - 1)
    return 1 - apart ** {"linear": 1, "quadratic": 2}[weights]


def _beyond_chance(observed: float, expected: float) -> Kappa:
    if expected >= 1:
        return Kappa(None, "all_equal", observed, expected)
    return Kappa((observed - expected) / (1 - expected), "", observed, expected)
