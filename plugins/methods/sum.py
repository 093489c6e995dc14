"""The method ``sum``: an entry's sheets added up. Fair only where every entry has as many sheets as any other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from juri.core.extension import Method
from juri.core.scoring.aggregate import total
from juri.core.scoring.matrix import Matrix
from juri.core.scoring.standings import EntryScores
from juri.plugins import hookimpl


def rank(matrix: Matrix, options: Mapping[str, Any]) -> EntryScores:
    """Score each entry with the sum of its sheets."""
    return total(matrix)


@hookimpl
def juri_methods() -> list[Method]:
    """Offer the method ``sum``."""
    return [Method(name="sum", title="Sum of the sheets", version="1", rank=rank)]
