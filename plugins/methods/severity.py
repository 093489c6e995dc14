"""The method ``severity``: the mean of an entry's sheets, corrected for how harsh or lenient its jurors are."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from marshmallow import Schema, validate

from juri.core.extension import Method
from juri.core.scoring.matrix import Matrix
from juri.core.scoring.standings import EntryScores
from juri.plugins import hookimpl
from juri.plugins.options import Exact

SeverityOptions = Schema.from_dict(
    {
        "lambda": Exact(
            load_default=None, allow_none=True, validate=validate.Range(min=Decimal("0.000001"), max=Decimal(1000000))
        )
    },
    name="SeverityOptions",
)
"""``lambda`` says how strongly jurors are held to be alike: 1 corrects much, 100 little; left out, the sheets tell it.

It is the variance of the noise over that of the jurors, by restricted maximum likelihood.
"""


def rank(matrix: Matrix, options: Mapping[str, Any]) -> EntryScores:
    """Score each entry ``t_i``, minimising ``sum (y_ij - t_i - b_j)^2 + lambda sum b_j^2`` over jurors ``b_j``, too.

    Platt and Burges' regularised least squares, as NIPS calibrated its reviewers with from 2002 to 2014
    (inverseprobability.com, 2014-08-02). Scores are rounded to six places, and exact from there on.
    """
    from juri.core.analysis.corrected import severity_scores

    penalty = options["lambda"]
    return severity_scores(matrix, None if penalty is None else float(penalty))


@hookimpl
def juri_methods() -> list[Method]:
    """Offer the method ``severity``."""
    return [
        Method(
            name="severity",
            title="Mean corrected for severity",
            version="1",
            rank=rank,
            options=SeverityOptions,
            corrects=True,
        )
    ]
