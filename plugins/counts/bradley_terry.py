"""The ballot method ``bradley-terry``: strengths from comparisons of two, with standard errors."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from marshmallow import Schema, fields, validate

from juri.core.ballots.ballots import Pairs
from juri.core.ballots.tally import Tally
from juri.core.extension import BallotCase, BallotMethod
from juri.plugins import hookimpl
from juri.plugins.options import YES_NO, Exact


class BradleyTerryOptions(Schema):
    """The model.

    ``prior`` are the wins, and losses, of each candidate against a phantom of middling strength (0.1 unless said
    otherwise; 0 for none). ``advantage: yes`` estimates what being named first adds, with the same prior.
    """

    prior = Exact(load_default=Decimal("0.1"), validate=validate.Range(min=0, max=1_000))
    advantage = fields.String(load_default="no", validate=validate.OneOf(YES_NO))


def count(case: BallotCase, options: Mapping[str, Any]) -> Tally:
    """Rank the candidates."""
    from juri.core.ballots.bradley_terry import bradley_terry

    return bradley_terry(case.ballots, prior=float(options["prior"]), advantage=options["advantage"] == "yes")


@hookimpl
def juri_ballot_methods() -> list[BallotMethod]:
    """Offer the ballot method ``bradley-terry``."""
    return [
        BallotMethod(
            name="bradley-terry",
            title="Bradley-Terry",
            version="1",
            takes=Pairs,
            count=count,
            options=BradleyTerryOptions,
        )
    ]
