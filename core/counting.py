"""The one way from ballots to a result: method found, options and seats checked, the plugin's answer looked at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from juri.core.ballots.ballots import Ballots
from juri.core.ballots.tally import Tally
from juri.core.errors import InputRefused, PluginError
from juri.core.extension import BallotCase, BallotMethod, load_options
from juri.core.scoring.answers import call_plugin

_HOOK = "juri_ballot_methods"


def count_ballots(
    method: BallotMethod, ballots: Ballots, options: Mapping[str, Any], *, seats: int | None = None, seed: int = 0
) -> Tally:
    """Count ballots.

    Args:
        method: how.
        ballots: of the class that the method takes.
        options: the method's own, as written.
        seats: how many to fill; None for as many as the ballots say.
        seed: what a lot is drawn with, where the method needs one.

    Raises:
        InputRefused: an option or the number of seats does not fit, or the ballots cannot be counted so.
        PluginError: the method fails, or returns something else than a tally of these candidates.

    """
    loaded = load_options(method, options)
    case = BallotCase(ballots, _seats(method, ballots, seats), seed)
    tally = call_plugin(method.name, _HOOK, lambda: method.count(case, loaded))
    if not isinstance(tally, Tally):
        raise PluginError(method.name, _HOOK, f"returned {type(tally).__name__}, not a Tally")
    strange = {each.candidate for each in tally.placed}.union(tally.elected or ()) - set(ballots.candidates)
    if strange:
        raise PluginError(method.name, _HOOK, f"placed {', '.join(sorted(strange))}, who are no candidates")
    return tally


def _seats(method: BallotMethod, ballots: Ballots, asked: int | None) -> int:
    """Return the seats to fill: as asked, else as the ballots say, else one where the method can do no other."""
    most = method.most_seats
    if most == 0:
        if asked is not None:
            message = f"the method '{method.name}' ranks and elects nobody; leave --seats out, or use stv"
            raise InputRefused.at("seats", message, "no_seats")
        return 0
    seats = asked if asked is not None else most or getattr(ballots, "seats", None)
    if seats is None:
        raise InputRefused.at("seats", "the ballots do not say how many seats there are; name them: --seats N", "seats")
    if most is not None and seats > most:
        message = f"the method '{method.name}' fills {most} seat, not {seats}; use stv for several"
        raise InputRefused.at("seats", message, "seats")
    return seats
