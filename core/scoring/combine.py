"""Several stages, one result: added up by weight, decided by the last, compared in turn, or kept apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from juri.core.errors import InputRefused
from juri.core.scoring.number import ExactColumn, IntArray, Rounding
from juri.core.scoring.ranks import Ranking, rank_columns
from juri.core.scoring.standings import Standing, Standings, Unranked
from juri.core.scoring.ties import TieLink, panel_link

RULES = ("weighted_sum", "weighted_mean", "last", "lexicographic", "none")
"""How stages are combined. Only ``weighted_mean`` divides by the sum of the weights."""

COMBINED = "combined"
"""The rounding step of a score over several stages."""


@dataclass(frozen=True)
class Combination:
    """How the standings of several stages become one. ``weights`` names the stages in their order, the last one last.

    ``ties`` lists stages whose rank sets equal entries apart, in turn; ``tie_order`` is the recorded panel decision,
    best first, asked last. ``weights`` count for ``weighted_sum`` and ``weighted_mean`` only.
    """

    rule: str
    weights: Mapping[str, Decimal]
    rounding: tuple[Rounding, ...] = ()
    ties: tuple[str, ...] = ()
    ranks: str = "competition"
    tie_order: tuple[str, ...] = ()


def combine_stages(stages: Mapping[str, Standings], combination: Combination) -> Standings:
    """Combine the standings of stages; an entry that has no rank in one of them is listed apart, with the reason.

    Raises:
        InputRefused: the rule or a stage is unknown, or the stages rank in opposite directions.

    """
    rule = _COMBINERS.get(combination.rule)
    if rule is None:
        message = f"there is no combination '{combination.rule}'; known are {', '.join(RULES)}"
        raise InputRefused.at("combine", message, "unknown_combination")
    unknown = [stage for stage in (*combination.weights, *combination.ties) if stage not in stages]
    if unknown or not combination.weights:
        message = (
            f"there are no standings of {', '.join(unknown) or 'any stage'}; there are {', '.join(stages) or 'none'}"
        )
        raise InputRefused.at("stages", message, "unknown_stage")
    return rule({stage: stages[stage] for stage in combination.weights}, combination, stages)


def _weighted_sum(used: Mapping[str, Standings], how: Combination, stages: Mapping[str, Standings]) -> Standings:
    return _weighted(used, how, stages, Fraction(1))


def _weighted_mean(used: Mapping[str, Standings], how: Combination, stages: Mapping[str, Standings]) -> Standings:
    whole = sum((Fraction(weight) for weight in how.weights.values()), Fraction(0))
    if not whole:
        raise InputRefused.at("stages", "the weights of the stages sum to 0; a mean needs a weight", "no_weight")
    return _weighted(used, how, stages, whole)


def _weighted(
    used: Mapping[str, Standings], how: Combination, stages: Mapping[str, Standings], divisor: Fraction
) -> Standings:
    directions = {standings.low_is_best for standings in used.values()}
    if len(directions) > 1:
        message = (
            "a sum of ranks (lowest is best) cannot be added to scores (highest is best); use lexicographic or last"
        )
        raise InputRefused.at("combine", message, "opposite_directions")
    entries, unranked = _complete(used)
    scores = {stage: standings.score_of() for stage, standings in used.items()}
    sums = [
        sum((Fraction(weight) * scores[stage][entry] for stage, weight in how.weights.items()), Fraction(0)) / divisor
        for entry in entries
    ]
    column = exact = ExactColumn.from_fractions(sums)
    for rounding in how.rounding:
        if rounding.step == COMBINED:
            column = column.rounded(rounding.decimals, rounding.mode)
    chain = [_stage_link(stage, stages[stage], entries) for stage in how.ties]
    return _standings(used, how, _Ranked(entries, unranked, column, column, exact), chain, rising=directions.pop())


def _last(used: Mapping[str, Standings], how: Combination, stages: Mapping[str, Standings]) -> Standings:
    name, last = list(used.items())[-1]
    others = set(_sheets(used)) - set(_sheets({name: last}))
    gone = tuple(Unranked(entry, 0, f"it has no rank in stage '{name}', which decides") for entry in sorted(others))
    return Standings(
        last.lines,
        tuple(sorted((*last.unranked, *gone), key=lambda line: line.entry)),
        how.rule,
        last.missing,
        last.warnings,
        last.low_is_best,
    )


def _lexicographic(used: Mapping[str, Standings], how: Combination, stages: Mapping[str, Standings]) -> Standings:
    entries, unranked = _complete(used)
    leading, others = next(iter(used.values())), list(used.items())[1:]
    chain = [_stage_link(stage, standings, entries) for stage, standings in others]
    scores, order = leading.score_of(), leading.rank_of()
    place = ExactColumn.from_fractions([order[entry] for entry in entries])
    column = ExactColumn.from_fractions([scores[entry] for entry in entries])
    return _standings(used, how, _Ranked(entries, unranked, place, column, column), chain, rising=True)


def _none(used: Mapping[str, Standings], how: Combination, stages: Mapping[str, Standings]) -> Standings:
    entries = sorted(_sheets(used))
    reason = f"the stages {', '.join(used)} are not combined; each has its own ranking"
    return Standings((), tuple(Unranked(entry, 0, reason) for entry in entries), how.rule)


_COMBINERS: dict[str, Callable[[Mapping[str, Standings], Combination, Mapping[str, Standings]], Standings]] = {
    "weighted_sum": _weighted_sum,
    "weighted_mean": _weighted_mean,
    "last": _last,
    "lexicographic": _lexicographic,
    "none": _none,
}


@dataclass(frozen=True, eq=False)
class _Ranked:
    """The entries that are in every stage, with what they are ranked by, what is shown, and that before rounding."""

    entries: Sequence[str]
    unranked: tuple[Unranked, ...]
    by: ExactColumn
    shown: ExactColumn
    exact: ExactColumn

    def lines(self, ranking: Ranking, chain: Sequence[TieLink], sheets: Mapping[str, int]) -> tuple[Standing, ...]:
        rank, score, base = (column.fractions() for column in (ranking.rank, self.shown, self.exact))
        link, tied = ranking.settled.link.tolist(), ranking.settled.tied.tolist()
        return tuple(
            Standing(
                rank[place],
                self.entries[place],
                score[place],
                sheets[self.entries[place]],
                tied[place],
                chain[link[place]].name if link[place] >= 0 else "",
                None if base[place] == score[place] else base[place],
            )
            for place in ranking.order.tolist()
        )


def _standings(
    used: Mapping[str, Standings], how: Combination, ranked: _Ranked, chain: list[TieLink], *, rising: bool
) -> Standings:
    """Rank and tell; ``rising`` says that what the entries are ranked by is best where it is lowest."""
    chain = [*chain, panel_link(how.tie_order, ranked.entries)]
    lines = ranked.lines(rank_columns(ranked.by, chain, how.ranks, low_is_best=rising), chain, _sheets(used))
    missing = ", ".join(dict.fromkeys(each.missing for each in used.values() if each.missing))
    warnings = tuple(dict.fromkeys(warning for each in used.values() for warning in each.warnings))
    low_is_best = next(iter(used.values())).low_is_best
    return Standings(lines, ranked.unranked, how.rule, missing, warnings, low_is_best)


def _complete(used: Mapping[str, Standings]) -> tuple[list[str], tuple[Unranked, ...]]:
    """Part the entries into those ranked in every stage and the others, with the stages that they lack."""
    ranked = {stage: set(standings.rank_of()) for stage, standings in used.items()}
    sheets = _sheets(used)
    lacking = {entry: [stage for stage in used if entry not in ranked[stage]] for entry in sorted(sheets)}
    unranked = tuple(
        Unranked(entry, sheets[entry], f"it has no rank in {_stages_text(gone)}")
        for entry, gone in lacking.items()
        if gone
    )
    return [entry for entry, gone in lacking.items() if not gone], unranked


def _stages_text(stages: Sequence[str]) -> str:
    return ("stage " if len(stages) == 1 else "stages ") + ", ".join(f"'{stage}'" for stage in stages)


def _sheets(used: Mapping[str, Standings]) -> dict[str, int]:
    """Count the sheets of every entry that is listed in any of the stages."""
    listed: list[Standing | Unranked] = [line for each in used.values() for line in each.lines]
    listed += [line for each in used.values() for line in each.unranked]
    found: dict[str, int] = {}
    for line in listed:
        found[line.entry] = found.get(line.entry, 0) + line.sheets
    return found


def _stage_link(stage: str, standings: Standings, entries: Sequence[str]) -> TieLink:
    """Return the rule "the better rank in this stage"; an entry without a rank in it comes last."""
    ranks = standings.rank_of()

    def figures(places: IntArray) -> ExactColumn:
        worst = Fraction(len(ranks) + 1)
        return ExactColumn.from_fractions([-ranks.get(entries[place], worst) for place in places.tolist()])

    return TieLink(f"stage:{stage}", figures)
