"""The marks that jurors give: invented from the seed, the entry, the juror and the criterion, and from nothing else.

An entry has a quality, a juror is more or less severe, and each criterion goes a little up or down. Every other juror
marks in steps of five, as people do, so that some entries come out equal and the tie chain has work.
"""

from __future__ import annotations

from collections.abc import Iterable

from juri.webapp.demo.lots import Lots

_LEAST_QUALITY, _QUALITY_SPREAD, _QUALITY_DRAWS = 56, 13, 3
_SEVERITY, _SWING = 4, 7
_COARSE = 5
_HIGHEST = 100

_ONE_NEVER_SENT = 250
"""One scorecard of the proposals in so many never comes in: the edition says what an absent sheet counts."""


def give_marks(seed: int, stage: str, entry: str, juror: str, criteria: Iterable[str]) -> dict[str, str]:
    """Return a juror's mark for each criterion, as typed."""
    quality = Lots(seed, "quality", entry)
    level = _LEAST_QUALITY + sum(quality.below(_QUALITY_SPREAD) for _ in range(_QUALITY_DRAWS))
    habits = Lots(seed, "habits", juror)
    level += habits.below(2 * _SEVERITY + 1) - _SEVERITY
    step = _COARSE if habits.below(2) else 1
    lots = Lots(seed, "marks", stage, entry, juror)
    marks = {name: level + lots.below(2 * _SWING + 1) - _SWING for name in criteria}
    return {name: str(min(_HIGHEST, mark // step * step)) for name, mark in marks.items()}


def is_never_sent(seed: int, entry: str, juror: str) -> bool:
    """Tell whether this scorecard of the proposals never comes in."""
    return Lots(seed, "absence", entry, juror).below(_ONE_NEVER_SENT) == 0
