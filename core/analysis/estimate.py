"""An estimated figure that may not exist: its value with an interval, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

REASONS: Mapping[str, str] = MappingProxyType(
    {
        "one_juror": "fewer than two jurors gave scores",
        "one_entry": "fewer than two entries have scores",
        "few_entries": "fewer than three entries have scores; a correlation of two says nothing",
        "all_equal": "all scores are the same, so nothing can be told from how they vary",
        "no_overlap": "no entry has scores of two jurors, so nobody can be compared",
        "incomplete": "not every juror scored every entry",
        "confounded": "who scored what does not let entries, jurors and chance be told apart",
        "no_spread": "the entries differ no more than chance would make them differ",
        "unequal_numbers": "the entries have different numbers of scores",
        "not_two_jurors": "it compares two jurors, and there are others",
        "words": "the scores are words; only the level 'nominal' has a meaning for them",
        "no_total": "some criteria are scored in words, which do not add up to a total",
        "negative": "some scores are negative; the level 'ratio' is for scales that begin at a true zero",
    }
)
"""Why an estimate does not exist: a stable code, and the sentence for a person."""


@dataclass(frozen=True)
class Estimate:
    """A figure with its interval, where one is known. Without a value, ``why`` is a code of ``REASONS``."""

    value: float | None
    why: str = ""
    low: float | None = None
    high: float | None = None

    @property
    def reason(self) -> str:
        """Return why there is no value, as a sentence; empty where there is one."""
        return REASONS[self.why] if self.why else ""


def unknown(why: str) -> Estimate:
    """Return the estimate that does not exist, for a reason of ``REASONS``."""
    return Estimate(None, why)


def divide(top: NDArray[np.float64], bottom: NDArray[np.float64]) -> NDArray[np.float64]:
    """Divide where there is something above 0 to divide by; NaN, for a figure that does not exist, elsewhere."""
    found: NDArray[np.float64] = np.divide(top, bottom, out=np.full(top.shape, np.nan), where=bottom > 0)
    return found
