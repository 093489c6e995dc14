"""The method ``mean``: the mean of an entry's sheets, every juror counting once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from juri.core.extension import Method
from juri.core.scoring.aggregate import mean
from juri.core.scoring.matrix import Matrix
from juri.core.scoring.standings import EntryScores
from juri.plugins import hookimpl


def rank(matrix: Matrix, options: Mapping[str, Any]) -> EntryScores:
    """Score each entry with the mean of its sheets."""
    return mean(matrix)


@hookimpl
def juri_methods() -> list[Method]:
    """Offer the method ``mean``."""
    return [Method(name="mean", title="Mean of the sheets", version="1", rank=rank)]
