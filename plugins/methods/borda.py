"""The method ``borda``: from each juror, as many points as entries stand behind; the highest sum is best."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from juri.core.extension import Method
from juri.core.scoring.aggregate import borda
from juri.core.scoring.matrix import Matrix
from juri.core.scoring.standings import EntryScores
from juri.plugins import hookimpl


class BordaOptions(Schema):
    """``incomplete`` says what to do where not every juror scored every entry: refuse, or rank by percentiles."""

    incomplete = fields.String(load_default="refuse", validate=validate.OneOf(("refuse", "percentile")))


def rank(matrix: Matrix, options: Mapping[str, Any]) -> EntryScores:
    """Score each entry with its Borda points; equal totals of a juror share the average."""
    return borda(matrix, options["incomplete"])


@hookimpl
def juri_methods() -> list[Method]:
    """Offer the method ``borda``."""
    return [Method(name="borda", title="Borda count", version="1", rank=rank, options=BordaOptions)]
