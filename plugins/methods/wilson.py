"""The method ``wilson``: the share of votes in favour that an entry surely has, so that few votes cannot win."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from marshmallow import Schema, fields, validate

from juri.core.extension import Method
from juri.core.scoring.matrix import Matrix
from juri.core.scoring.standings import EntryScores
from juri.plugins import hookimpl
from juri.plugins.options import YES_NO, Exact


class WilsonOptions(Schema):
    """``confidence`` that the true share is above the score; ``continuity`` asks for the correction for continuity."""

    confidence = Exact(load_default=Decimal("0.95"), validate=validate.Range(min=Decimal("0.5"), max=Decimal("0.9999")))
    continuity = fields.String(load_default="no", validate=validate.OneOf(YES_NO))


def rank(matrix: Matrix, options: Mapping[str, Any]) -> EntryScores:
    """Score each entry with the lower bound of Wilson's interval; every sheet is a vote, 1 in favour or 0 against.

    ``(p + z^2/2n - z sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n)`` (Wilson 1927; Newcombe 1998, method 3). An entry
    without votes has no score. Scores are rounded to six places, and exact from there on.
    """
    from juri.core.analysis.votes import wilson_scores

    return wilson_scores(matrix, float(options["confidence"]), continuity=options["continuity"] == "yes")


@hookimpl
def juri_methods() -> list[Method]:
    """Offer the method ``wilson``."""
    return [
        Method(name="wilson", title="Share of votes surely in favour", version="1", rank=rank, options=WilsonOptions)
    ]
