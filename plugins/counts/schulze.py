"""The ballot method ``schulze``: an order by the strongest chains of duels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from juri.core.ballots.ballots import RankedBallots
from juri.core.ballots.pairwise import schulze
from juri.core.ballots.tally import Tally
from juri.core.extension import BallotCase, BallotMethod
from juri.plugins import hookimpl


def count(case: BallotCase, options: Mapping[str, Any]) -> Tally:
    """Rank the candidates."""
    return schulze(case.ballots)


@hookimpl
def juri_ballot_methods() -> list[BallotMethod]:
    """Offer the ballot method ``schulze``."""
    return [BallotMethod(name="schulze", title="Schulze", version="1", takes=RankedBallots, count=count)]
