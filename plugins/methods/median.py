"""The method ``median``: the middle sheet of an entry. Coarse, so give it a tie chain."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from juri.core.extension import Method
from juri.core.scoring.aggregate import median
from juri.core.scoring.matrix import Matrix
from juri.core.scoring.standings import EntryScores
from juri.plugins import hookimpl


class MedianOptions(Schema):
    """``even`` says which value counts where two sheets are in the middle: their mean, the low or the high one."""

    even = fields.String(load_default="mean", validate=validate.OneOf(("mean", "low", "high")))


def rank(matrix: Matrix, options: Mapping[str, Any]) -> EntryScores:
    """Score each entry with the median of its sheets."""
    return median(matrix, options["even"])


@hookimpl
def juri_methods() -> list[Method]:
    """Offer the method ``median``."""
    return [Method(name="median", title="Median of the sheets", version="1", rank=rank, options=MedianOptions)]
