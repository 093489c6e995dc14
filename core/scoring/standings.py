"""The values that ranking hands out: entry scores, and the ordered list with ranks, ties and reasons."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from juri.core.scoring.number import ExactColumn, IntArray
from juri.core.scoring.rubric import Line


@dataclass(frozen=True, eq=False)
class EntryScores:
    """What a method makes of a matrix: one exact score for each entry of ``matrix.entries``, in that order.

    ``scored`` is False where the method gives an entry no score (its figure is then of no account); an unscored entry
    is listed apart, never ranked. ``counted`` says for each sheet of the matrix whether it counted (trimming, median).
    """

    score: ExactColumn
    scored: IntArray
    counted: IntArray
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Standing:
    """One line of the standings. ``rank`` is a fraction only under fractional ranking.

    ``tied`` tells that the entry shares its rank; ``tie_rule`` names the rule that set it apart from an entry of
    the same score, or, for a shared rank, is empty. ``base`` is the method's own figure, before bonus and rounding
    (None: the score itself), ``bonus`` has one line for each bonus, and ``uncounted`` names the jurors whose
    submitted sheet did not count.
    """

    rank: Fraction
    entry: str
    score: Fraction
    sheets: int
    tied: bool = False
    tie_rule: str = ""
    base: Fraction | None = None
    bonus: tuple[Line, ...] = ()
    uncounted: tuple[str, ...] = ()


@dataclass(frozen=True)
class Unranked:
    """An entry without a rank, and why."""

    entry: str
    sheets: int
    reason: str


@dataclass(frozen=True)
class Standings:
    """Ordered entries, best first; entries of one rank stand in the order of their codes.

    ``method`` and ``missing`` name the rules that were applied, ``warnings`` are plain sentences. ``low_is_best`` is
    True where the lowest score stands first (sums of ranks).
    """

    lines: tuple[Standing, ...]
    unranked: tuple[Unranked, ...] = ()
    method: str = ""
    missing: str = ""
    warnings: tuple[str, ...] = ()
    low_is_best: bool = False

    def rank_of(self) -> dict[str, Fraction]:
        """Map each ranked entry to its rank."""
        return {line.entry: line.rank for line in self.lines}

    def score_of(self) -> dict[str, Fraction]:
        """Map each ranked entry to its score."""
        return {line.entry: line.score for line in self.lines}
