"""The ballot method ``borda``: an order by points for everyone who stands behind on a ballot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from juri.core.ballots.ballots import RankedBallots
from juri.core.ballots.pairwise import borda
from juri.core.ballots.tally import Tally
from juri.core.extension import BallotCase, BallotMethod
from juri.plugins import hookimpl


def count(case: BallotCase, options: Mapping[str, Any]) -> Tally:
    """Rank the candidates."""
    return borda(case.ballots)


@hookimpl
def juri_ballot_methods() -> list[BallotMethod]:
    """Offer the ballot method ``borda``."""
    return [BallotMethod(name="borda", title="Borda count of ballots", version="1", takes=RankedBallots, count=count)]
