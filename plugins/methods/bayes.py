"""The method ``bayes``: a mean that stays near the mean of all until enough sheets speak for an entry."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from marshmallow import Schema, validate

from juri.core.extension import Method
from juri.core.scoring.matrix import Matrix
from juri.core.scoring.standings import EntryScores
from juri.core.scoring.votes import bayesian_mean
from juri.plugins import hookimpl
from juri.plugins.options import Exact


class BayesOptions(Schema):
    """``m`` is how many sheets the mean of all counts for; left out, the median number of sheets of an entry."""

    m = Exact(load_default=None, allow_none=True, validate=validate.Range(min=Decimal(0)))


def rank(matrix: Matrix, options: Mapping[str, Any]) -> EntryScores:
    """Score each entry with ``(sum x + m C) / (n + m)``, where ``C`` is the mean of all sheets. Exact."""
    return bayesian_mean(matrix, None if options["m"] is None else Fraction(options["m"]))


@hookimpl
def juri_methods() -> list[Method]:
    """Offer the method ``bayes``."""
    return [Method(name="bayes", title="Mean drawn to the mean of all", version="1", rank=rank, options=BayesOptions)]
