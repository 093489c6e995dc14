"""The method ``weighted``: the mean of an entry's sheets, each juror counting as often as the juror's weight says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from juri.core.extension import Method
from juri.core.scoring.aggregate import weighted_mean
from juri.core.scoring.matrix import Matrix
from juri.core.scoring.standings import EntryScores
from juri.plugins import hookimpl


def rank(matrix: Matrix, options: Mapping[str, Any]) -> EntryScores:
    """Score each entry with the weighted mean of its sheets."""
    return weighted_mean(matrix)


@hookimpl
def juri_methods() -> list[Method]:
    """Offer the method ``weighted``."""
    return [Method(name="weighted", title="Mean by juror weight", version="1", rank=rank)]
