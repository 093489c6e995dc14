"""The method ``blup``: what a mixed model predicts of an entry; severity corrected, drawn to the mean of all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from juri.core.extension import Method
from juri.core.scoring.matrix import Matrix
from juri.core.scoring.standings import EntryScores
from juri.plugins import hookimpl


def rank(matrix: Matrix, options: Mapping[str, Any]) -> EntryScores:
    """Score each entry ``mean + u_i`` of ``y_ij = mean + u_i + b_j + noise``, variances by REML.

    The best linear unbiased prediction (Henderson 1975), as lme4 computes it. An entry with few sheets is drawn to the
    mean and can hardly win: to look at, not to decide by. Scores are rounded to six places, and exact from there on.
    """
    from juri.core.analysis.corrected import blup_scores

    return blup_scores(matrix)


@hookimpl
def juri_methods() -> list[Method]:
    """Offer the method ``blup``."""
    return [Method(name="blup", title="Prediction of a mixed model", version="1", rank=rank, corrects=True)]
