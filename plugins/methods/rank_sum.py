"""The method ``rank_sum``: the ranks that the jurors gave an entry, added up; the lowest sum is best."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from juri.core.extension import Method
from juri.core.scoring.aggregate import rank_sum
from juri.core.scoring.matrix import Matrix
from juri.core.scoring.standings import EntryScores
from juri.plugins import hookimpl


class RankSumOptions(Schema):
    """``incomplete`` says what to do where not every juror scored every entry: refuse, or rank by percentiles."""

    incomplete = fields.String(load_default="refuse", validate=validate.OneOf(("refuse", "percentile")))


def rank(matrix: Matrix, options: Mapping[str, Any]) -> EntryScores:
    """Score each entry with the sum of its ranks; equal totals of a juror share the average rank."""
    return rank_sum(matrix, options["incomplete"])


@hookimpl
def juri_methods() -> list[Method]:
    """Offer the method ``rank_sum``."""
    return [
        Method(name="rank_sum", title="Sum of ranks", version="1", rank=rank, options=RankSumOptions, low_is_best=True)
    ]
