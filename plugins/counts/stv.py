"""The ballot method ``stv``: several seats by the single transferable vote, by the Scottish rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from juri.core.ballots.ballots import RankedBallots
from juri.core.ballots.tally import Tally
from juri.core.ballots.transfer import count_stv
from juri.core.extension import BallotCase, BallotMethod
from juri.plugins import hookimpl


def count(case: BallotCase, options: Mapping[str, Any]) -> Tally:
    """Fill the seats."""
    return count_stv(case.ballots, case.seats, case.seed)


@hookimpl
def juri_ballot_methods() -> list[BallotMethod]:
    """Offer the ballot method ``stv``."""
    return [
        BallotMethod(
            name="stv",
            title="Single transferable vote (Scottish rules)",
            version="1",
            takes=RankedBallots,
            count=count,
            most_seats=None,
        )
    ]
