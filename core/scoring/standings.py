"""The values that ranking hands out: entry scores, and the ordered list with ranks, ties and reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType

from juri.core.scoring.number import ExactColumn, IntArray
from juri.core.scoring.rubric import Line


def _no_estimates() -> Mapping[str, Fraction]:
    return MappingProxyType({})


@dataclass(frozen=True)
class JurorFigure:
    """What a method that corrects scores holds of a juror.

    ``severity`` is how many points the juror gives less than an average juror would (a lenient one has a negative
    figure), ``error`` its standard error; None where the sheets tell nothing of it. ``sheets`` counts the entries that
    the juror scored, ``common`` those of them that somebody else scored, too: without any, nothing is known about the
    juror.
    """

    juror: str
    severity: Fraction
    error: Fraction | None
    sheets: int
    common: int


@dataclass(frozen=True, eq=False)
class Correction:
    """What stands beside corrected scores, always: the ``raw`` score of each entry, the mean of its sheets as given.

    ``jurors`` says what each juror is held to be, in the order of their names. ``estimates`` are the figures that the
    correction rests on, by name (lambda, standard deviations), in the order in which they are shown.
    """

    raw: ExactColumn
    jurors: tuple[JurorFigure, ...] = ()
    estimates: Mapping[str, Fraction] = field(default_factory=_no_estimates)


@dataclass(frozen=True, eq=False)
class EntryScores:
    """What a method makes of a matrix: one exact score for each entry of ``matrix.entries``, in that order.

    A method that estimates rounds its scores to six places before it hands them out: from there on they are exact. It
    says in ``correction`` what it corrected.

    ``scored`` is False where the method gives an entry no score (its figure is then of no account); an unscored entry
    is listed apart, never ranked. ``counted`` says for each sheet of the matrix whether it counted (trimming, median).
    """

    score: ExactColumn
    scored: IntArray
    counted: IntArray
    warnings: tuple[str, ...] = ()
    correction: Correction | None = None


@dataclass(frozen=True)
class Standing:
    """One line of the standings. ``rank`` is a fraction only under fractional ranking.

    ``tied`` tells that the entry shares its rank; ``tie_rule`` names the rule that set it apart from an entry of
    the same score, or, for a shared rank, is empty. ``base`` is the method's own figure, before bonus and rounding
    (None: the score itself), ``bonus`` has one line for each bonus, and ``uncounted`` names the jurors whose
    submitted sheet did not count. Where a method corrects scores, ``raw`` is the entry's score without the correction
    (bonus and rounding included), ``raw_rank`` the rank it would have by that, ties left as they are.
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
    raw: Fraction | None = None
    raw_rank: Fraction | None = None


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
    True where the lowest score stands first (sums of ranks). ``jurors`` and ``estimates`` are those of a method that
    corrects scores, see ``Correction``.
    """

    lines: tuple[Standing, ...]
    unranked: tuple[Unranked, ...] = ()
    method: str = ""
    missing: str = ""
    warnings: tuple[str, ...] = ()
    low_is_best: bool = False
    jurors: tuple[JurorFigure, ...] = ()
    estimates: Mapping[str, Fraction] = field(default_factory=_no_estimates)

    def rank_of(self) -> dict[str, Fraction]:
        """Map each ranked entry to its rank."""
        return {line.entry: line.rank for line in self.lines}

    def score_of(self) -> dict[str, Fraction]:
        """Map each ranked entry to its score."""
        return {line.entry: line.score for line in self.lines}
