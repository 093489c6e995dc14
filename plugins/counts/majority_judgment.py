"""The ballot method ``majority-judgment``: the best median grade; equal medians are removed until they differ."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields

from juri.core.ballots.ballots import GradedBallots
from juri.core.ballots.majority import majority_judgment
from juri.core.ballots.tally import Tally
from juri.core.extension import BallotCase, BallotMethod
from juri.plugins import hookimpl


class MajorityOptions(Schema):
    """``missing`` fills the grades that voters left out: ``worst``, ``median``, a grade's name, or ``normalise``."""

    missing = fields.String(load_default="worst")


def count(case: BallotCase, options: Mapping[str, Any]) -> Tally:
    """Rank the candidates."""
    return majority_judgment(case.ballots, options["missing"])


@hookimpl
def juri_ballot_methods() -> list[BallotMethod]:
    """Offer the ballot method ``majority-judgment``."""
    return [
        BallotMethod(
            name="majority-judgment",
            title="Majority judgment",
            version="1",
            takes=GradedBallots,
            count=count,
            options=MajorityOptions,
        )
    ]
