"""How sure a ranking is: the ranks that an entry may truly deserve, and the probability of being in the cut."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from juri.core.analysis.design import Design, declared
from juri.core.analysis.mixed import fit_severity
from juri.core.analysis.uncertainty import BORDERLINE, DRAWS, SEED, rank_doubt
from juri.core.errors import InputRefused
from juri.core.ranking import Extensions, RankRule, counted_sheets
from juri.core.view import Sheet


@dataclass(frozen=True)
class EntryDoubt:
    """The true rank of an entry lies from ``low`` to ``high`` with 95 % probability.

    ``inside`` is the probability of being among so many best, for each of the cuts that were asked for.
    """

    low: int
    high: int
    inside: tuple[Fraction, ...]

    def borderline(self, cut: int = 0) -> bool:
        """Tell whether the sheets leave open on which side of a cut the entry belongs."""
        low, high = BORDERLINE
        return low < self.inside[cut] < high


@dataclass(frozen=True)
class Doubt:
    """How sure a ranking is, by entry, with all that is needed to draw it again."""

    entries: Mapping[str, EntryDoubt]
    tops: tuple[int, ...]
    draws: int
    seed: int


def doubt_of(
    sheets: Iterable[Sheet],
    rule: RankRule,
    *,
    extensions: Extensions,
    entries: Iterable[str] = (),
    tops: Sequence[int] = (),
    draws: int = DRAWS,
    seed: int = SEED,
) -> Doubt | None:
    """Say how sure a ranking is; None where no entry has two sheets, so that no doubt can be measured.

    It is about the true quality of the entries, as ``juri.core.analysis.uncertainty`` draws it, and so the same for
    every method that ranks these sheets; a ``lambda`` that the rule gives to its method holds here, too.

    Args:
        sheets: as ``rank_sheets`` gets them.
        rule: the rule of the ranking.
        extensions: where methods are found by name.
        entries: entries to list even where nobody was assigned to them.
        tops: so many are inside, for each cut to be looked at.
        draws: so many times jurors and entries are drawn.
        seed: where the draws begin; the same one draws the same.

    Raises:
        InputRefused: the rule is unknown, or lets absent sheets count 0.

    """
    matrix, options = counted_sheets(sheets, rule, extensions=extensions, entries=entries)
    if rule.missing == "zero":
        message = (
            "where an absent sheet counts 0, nothing can be said of probabilities: a zero would be taken for what a "
            "juror gave; let only what was submitted count"
        )
        raise InputRefused.at("missing", message, "zero_is_no_score")
    if not matrix.value.size:
        return None
    penalty = options.get("lambda")
    fit = fit_severity(Design.of(matrix), None if penalty is None else float(penalty))
    found = rank_doubt(fit, tops, draws=draws, seed=seed)
    if found is None:
        return None
    names = [matrix.entries[place] for place in found.entries.tolist()]
    inside = zip(*(declared(row).fractions() for row in found.inside), strict=True) if tops else ((),) * len(names)
    lines = zip(names, found.low.tolist(), found.high.tolist(), inside, strict=True)
    return Doubt({name: EntryDoubt(low, high, tuple(each)) for name, low, high, each in lines}, found.tops, draws, seed)
