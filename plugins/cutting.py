"""What cuts and plenaries share: the ranking they look at, track by track, and the rule applied to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

from juri.core.document import RuleUse
from juri.core.errors import ActionRefused
from juri.core.extension import CutCase, CutRule
from juri.core.scoring.combine import Combination, combine_stages
from juri.core.scoring.number import ExactColumn
from juri.core.scoring.ranks import rank_columns
from juri.core.scoring.standings import Standings
from juri.core.view import UNDECIDED, Outcome, Proposal, StageView
from juri.plugins.judging import unsettled, warnings_of
from juri.plugins.options import for_track, settle
from juri.plugins.views import ALL, by_track, restrict, standings_of


def cut(view: StageView, rules: Any, of: Combination | None, *, merge: bool = False) -> Outcome:
    """Apply a cut rule to the standings of each track, or to all tracks as one list.

    Args:
        view: the stage.
        rules: what ``rules_by_track`` loaded.
        of: the ranking to cut; None where the rule needs none, so that nobody is ranked.
        merge: whether the tracks compete for the same places.

    """
    cases = {ALL: merged_case(view, of)} if merge else track_cases(view, of)
    proposals = chain.from_iterable(_apply(view, for_track(rules, track), track, case) for track, case in cases.items())
    notes = chain.from_iterable(_notes(view, for_track(rules, track), case) for track, case in cases.items())
    standings = {track: case.standings for track, case in cases.items()}
    in_order = tuple(sorted(proposals, key=lambda proposal: proposal.entry))
    return Outcome(in_order, standings if of else {}, (), (*warnings_of(standings), *dict.fromkeys(notes)))


def _apply(view: StageView, use: RuleUse | None, track: str, case: CutCase) -> list[Proposal]:
    if use is None:
        reason = f"the edition names no rule for track '{track}'; the panel decides"
        return [Proposal(entry, UNDECIDED, "no rule", reason) for entry in case.facts]
    rule: CutRule = view.extensions("cut_rules", use.rule)
    return list(rule.select(case, settle(rule, use.options, use.rule)))


def _notes(view: StageView, use: RuleUse | None, case: CutCase) -> Sequence[str]:
    if use is None:
        return ()
    rule: CutRule = view.extensions("cut_rules", use.rule)
    return rule.notes(case, settle(rule, use.options, use.rule))


def track_cases(view: StageView, of: Combination | None) -> dict[str, CutCase]:
    """Return what is cut in each track: its standings, the facts of its entries, its quotas."""
    quotas: dict[str, Mapping[str, int]] = {track.id: track.quotas for track in view.tracks}
    return {
        track: CutCase(
            restrict(_ranking(view, of, track), entries, "it has no rank in the stages that count here"),
            {entry.code: entry for entry in entries},
            quotas.get(track, {}),
            view.tie_order,
            view.context.history,
        )
        for track, entries in by_track(view).items()
    }


def _ranking(view: StageView, of: Combination | None, track: str) -> Standings | None:
    if of is None:
        return None
    found = {stage: standings_of(view, stage, track) for stage in (*of.weights, *of.ties)}
    if len(of.weights) == 1 and not of.rounding:
        return found[next(iter(of.weights))]
    there = {stage: standings for stage, standings in found.items() if standings is not None}
    return combine_stages(there, replace(of, tie_order=view.tie_order))


def merged_case(view: StageView, of: Combination | None) -> CutCase:
    """Return one case of all tracks, ranked by score alone: what set equals apart in a track does not hold across.

    Raises:
        ActionRefused: the higher score is better in one track, and the lower one in another.

    """
    cases = track_cases(view, of).values()
    parts = [case.standings for case in cases if case.standings.lines or case.standings.unranked]
    if len({part.low_is_best for part in parts if part.lines}) > 1:
        raise ActionRefused(["tracks cannot be merged: the higher score is better in one, the lower in another"])
    quotas: dict[str, int] = {}
    for name, places in chain.from_iterable(case.quotas.items() for case in cases):
        quotas[name] = quotas.get(name, 0) + places
    facts = {code: entry for case in cases for code, entry in case.facts.items()}
    return CutCase(_merged(parts), facts, quotas, view.tie_order, view.context.history)


def _merged(parts: list[Standings]) -> Standings:
    lines = [line for part in parts for line in part.lines]
    first = next((part for part in parts if part.lines), Standings(()))
    lines.sort(key=lambda line: line.entry)
    scores = ExactColumn.from_fractions([line.score for line in lines])
    ranking = rank_columns(scores, [], "competition", low_is_best=first.low_is_best)
    ranks, tied = ranking.rank.fractions(), ranking.settled.tied.tolist()
    ranked = [replace(line, rank=ranks[i], tied=tied[i], tie_rule="") for i, line in enumerate(lines)]
    return replace(
        first,
        lines=tuple(ranked[i] for i in ranking.order.tolist()),
        unranked=tuple(sorted((gone for part in parts for gone in part.unranked), key=lambda gone: gone.entry)),
        warnings=tuple(dict.fromkeys(warning for part in parts for warning in part.warnings)),
    )


def against_rules(view: StageView, rules: Any) -> list[str]:
    """Say which cut rules cannot be applied: no such name, or options that they do not take."""
    uses = [for_track(rules, track) for track in by_track(view)] if isinstance(rules, Mapping) else [rules]
    named = sorted((use for use in uses if use is not None), key=lambda use: use.rule)
    return list(dict.fromkeys(unsettled(view, (("cut_rules", use) for use in named))))


def against_missing_ranking(view: StageView, of: Combination | None) -> list[str]:
    """Say which stages have no standings yet that this one looks at."""
    wanted = (*of.weights, *of.ties) if of else ()
    return [f"stage '{name}' has no standings yet; close it first" for name in wanted if not view.earlier.get(name)]
