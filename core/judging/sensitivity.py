"""How firm a cut is: what one juror, one criterion, the method and the weights have to do with who is in.

Everything is worked out by scores alone: neither a tie chain nor a bonus is applied, and entries that are level with
the last one inside count as inside.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import lcm

import numpy as np

from juri.core.analysis.leaving_out import Effect, compare_ranks, without_juror
from juri.core.analysis.weights import Overtaking, Profile, overtakings, shares_inside
from juri.core.document import empty
from juri.core.errors import InputRefused
from juri.core.ranking import Extensions, RankRule, rank_matrix
from juri.core.scoring.aggregate import mean
from juri.core.scoring.matrix import Matrix
from juri.core.scoring.missing import MissingPolicy
from juri.core.scoring.number import ExactColumn, IntArray, int_array, times
from juri.core.scoring.snapshot import Names, Snapshot
from juri.core.view import Sheet

LISTED = 10
"""So many overtakings are listed, those by the least change of weights first."""

_SURE = 1.0
_NOBODY_LEFT = "nobody else gave a score, so nothing would be left to rank"
_NEEDS_OPTIONS = "it has options without a usual value, so it cannot be tried unasked"


@dataclass(frozen=True)
class WeightSensitivity:
    """What the weights have to do with the cut, for the mean of the sheets.

    ``weights`` are the shares of the criteria in force, which sum to 1; the masses of ``overtakings`` are shares of
    them, too. ``shares`` tells for each entry at how many of ``draws`` drawn weights it is in.
    """

    weights: Mapping[str, Fraction]
    overtakings: tuple[Overtaking, ...]
    shares: Mapping[str, float]
    draws: int
    seed: int

    @classmethod
    def of(cls, profile: Profile, top: int, draws: int, seed: int) -> WeightSensitivity:
        """Work out what the weights have to do with the first ``top``."""
        shares = shares_inside(profile, top, draws=draws, seed=seed)
        return cls(
            dict(zip(profile.criteria, profile.weights, strict=True)),
            tuple(overtakings(profile, profile.inside(top), LISTED)),
            dict(zip(profile.entries, shares.tolist(), strict=True)),
            draws,
            seed,
        )

    @property
    def always(self) -> int:
        """Count the entries that are in at all drawn weights."""
        return sum(share >= _SURE for share in self.shares.values())

    @property
    def contested(self) -> tuple[tuple[str, float], ...]:
        """List the entries that are in at some drawn weights and out at others, the surest first."""
        some = [(entry, share) for entry, share in self.shares.items() if 0 < share < _SURE]
        return tuple(sorted(some, key=lambda each: (-each[1], each[0])))


@dataclass(frozen=True)
class Sensitivity:
    """How firm the first ``top`` are. ``weights`` is None where nothing can be said; ``notes`` tells why."""

    top: int
    ranks: Mapping[str, int]
    jurors: tuple[Effect, ...]
    criteria: tuple[Effect, ...]
    methods: tuple[Effect, ...]
    weights: WeightSensitivity | None
    notes: tuple[str, ...] = ()


def work_out_sensitivity(
    sheets: Sequence[Sheet],
    rule: RankRule,
    *,
    extensions: Extensions,
    methods: Sequence[str],
    top: int,
    full: Mapping[str, Fraction],
    draws: int = 1_000,
    seed: int = 0,
) -> Sensitivity:
    """Work out what the first places depend on.

    Args:
        sheets: one for each assignment; those without a total are absent.
        rule: what the ranking in force goes by.
        extensions: where methods are found by name.
        methods: the names of those to try, with their usual options.
        top: how many are in.
        full: what each criterion adds to a full sheet: its weight. Empty where all count the same, unscaled.
        draws: how many sets of weights to draw.
        seed: of the draws.

    Raises:
        InputRefused: the rule cannot be applied to the sheets, or there is no cut: fewer entries than ``top``.
        PluginError: a method fails.

    """
    weights = {sheet.juror: sheet.juror_weight for sheet in sheets}
    matrix = Matrix.build(((each.entry, each.juror, each.total) for each in sheets), juror_weights=weights)
    ranks = rank_matrix(matrix, rule, extensions=extensions)
    ranked = int((ranks > 0).sum())
    if not 1 <= top < ranked:
        entries = "1 entry has" if ranked == 1 else f"{ranked} entries have"
        remedy = "name fewer" if ranked > 1 else "a cut needs at least two"
        message = f"{entries} a rank, so the top {top} is no cut; {remedy}"
        raise InputRefused.at("top", message, "no_cut")
    points = _snapshot(matrix, sheets)
    variants = _Variants(matrix, rule, extensions, ranks, top)
    profile = _profile(matrix, points, rule, full, top) if points is not None else None
    return Sensitivity(
        top,
        {entry: rank for entry, rank in zip(matrix.entries, ranks.tolist(), strict=True) if rank},
        tuple(variants.jurors()),
        tuple(variants.criteria(points)) if points is not None else (),
        tuple(variants.methods(methods)),
        WeightSensitivity.of(profile, top, draws, seed) if profile else None,
        tuple(_notes(sheets, rule, points, profile)),
    )


def _snapshot(matrix: Matrix, sheets: Sequence[Sheet]) -> Snapshot | None:
    """Put down what each criterion adds to each sheet; None where sheets are totals, or have a single criterion."""
    filled = sorted((each for each in sheets if each.total is not None), key=lambda each: (each.entry, each.juror))
    criteria = tuple(dict.fromkeys(name for each in filled for name in each.points if name))
    if len(criteria) < 2:  # noqa: PLR2004  one criterion is the total
        return None
    values = ExactColumn.from_fractions([each.points.get(name, Fraction(0)) for name in criteria for each in filled])
    names = Names(matrix.entries, matrix.jurors, criteria)
    points = values.numerators.reshape(len(criteria), len(filled))
    return Snapshot(names, matrix.entry, matrix.juror, points, int_array([1] * len(criteria)), values.denominator)


@dataclass(frozen=True)
class _Variants:
    """The ranking in force, and others beside it."""

    matrix: Matrix
    rule: RankRule
    extensions: Extensions
    ranks: IntArray
    top: int

    def jurors(self) -> Iterator[Effect]:
        for place, juror in enumerate(self.matrix.jurors):
            others = without_juror(self.matrix, place)
            yield self._effect(juror, others, self.rule) if others.value.size else Effect(juror, refused=_NOBODY_LEFT)

    def criteria(self, points: Snapshot) -> Iterator[Effect]:
        for place, criterion in enumerate(points):
            column = points.column(place)
            lost = ExactColumn(times(column.numerators, -1), column.denominator)
            left = self.matrix.with_totals(self.matrix.column.added(lost))
            yield self._effect(criterion, left, self.rule)

    def methods(self, names: Sequence[str]) -> Iterator[Effect]:
        for name in names:
            if name != self.rule.method:
                yield self._effect(name, self.matrix, replace(self.rule, method=name, method_options=empty()))

    def _effect(self, name: str, matrix: Matrix, rule: RankRule) -> Effect:
        try:
            ranks = rank_matrix(matrix, rule, extensions=self.extensions)
            return compare_ranks(name, self.matrix.entries, self.ranks, ranks, self.top)
        except InputRefused as refused:
            lacks = any(problem.code == "method_options" for problem in refused.problems)
            return Effect(name, refused=_NEEDS_OPTIONS if lacks else refused.problems[0].message)


def _profile(
    matrix: Matrix, points: Snapshot, rule: RankRule, full: Mapping[str, Fraction], top: int
) -> Profile | None:
    """Put together what entries earn on the criteria that have a weight; None where fewer than two have."""
    policy = MissingPolicy.parse(rule.missing)
    criteria = points.names.criteria
    even = Fraction(1, len(criteria))
    worth = {name: full.get(name, Fraction(0)) if full else even for name in criteria}
    weighty = [place for place, name in enumerate(criteria) if worth[name] > 0]
    if len(weighty) < 2:  # noqa: PLR2004  weight moves between two
        return None
    totals = policy.apply(matrix).matrix
    score = mean(totals).score
    columns = [mean(policy.apply(matrix.with_totals(points.column(place))).matrix).score for place in weighty]
    if len(totals.entries) <= top:
        return None
    scale = lcm(score.denominator, *(column.denominator for column in columns))
    whole = sum((worth[criteria[place]] for place in weighty), Fraction(0))
    return Profile(
        totals.entries,
        tuple(criteria[place] for place in weighty),
        np.column_stack([times(column.numerators, scale // column.denominator) for column in columns]),
        times(score.numerators, scale // score.denominator),
        scale,
        tuple(worth[criteria[place]] / whole for place in weighty),
    )


def _notes(sheets: Sequence[Sheet], rule: RankRule, points: Snapshot | None, found: Profile | None) -> Iterator[str]:
    if points is None:
        yield "sheets have no criteria, or a single one: nothing is said of criteria and weights"
    elif found is None:
        yield "fewer than two criteria have a weight that can be moved: nothing is said of weights"
    elif rule.method not in {"mean", "sum"}:
        yield f"what is said of weights is said of the mean of the sheets, not of the method '{rule.method}'"
    if any(answer.is_na for sheet in sheets for answer in sheet.answers.values()):
        yield "some answers are 'not applicable'; their sheets count here with the points that they have"
