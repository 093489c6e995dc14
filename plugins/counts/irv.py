"""The ballot method ``irv``: one seat by instant runoff."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from juri.core.ballots.ballots import RankedBallots
from juri.core.ballots.tally import Tally
from juri.core.ballots.transfer import count_irv
from juri.core.extension import BallotCase, BallotMethod
from juri.plugins import hookimpl


def count(case: BallotCase, options: Mapping[str, Any]) -> Tally:
    """Fill the one seat."""
    return count_irv(case.ballots, case.seed)


@hookimpl
def juri_ballot_methods() -> list[BallotMethod]:
    """Offer the ballot method ``irv``."""
    return [
        BallotMethod(name="irv", title="Instant runoff", version="1", takes=RankedBallots, count=count, most_seats=1)
    ]
