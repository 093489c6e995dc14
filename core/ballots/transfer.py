"""Counts by transferable votes: STV by the Scottish rules, and IRV. Whole numbers of 1/100,000 vote throughout.

The single transferable vote follows the Scottish Local Government Elections Order 2007 (weighted inclusive Gregory):

- quota: the valid ballots divided by the seats and one, the rest dropped, plus one;
- a surplus goes on with *all* ballots of its candidate, each at surplus x value / votes, cut off after five decimals;
  the largest surplus first;
- without a surplus the last candidate is excluded, and the ballots go on at their value, in one stage;
- where two are equal, the latest earlier stage at which they were not decides, and where there is none, a lot;
- once as many candidates are left as seats, they are elected.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from juri.core.ballots.ballots import RankedBallots, Ranking
from juri.core.ballots.tally import Placed, Stage, Tally, draw_lot
from juri.core.errors import InputRefused

UNIT = 100_000
"""One vote."""

FIRST, SURPLUS, EXCLUSION = "first preferences", "surplus", "exclusion"

Parcel = tuple[tuple[int, ...], int]
"""Equal ballots, as the preferences that are left, and the value of each in units."""


def count_stv(ballots: RankedBallots, seats: int, seed: int = 0) -> Tally:
    """Fill seats by the single transferable vote.

    Args:
        ballots: the rankings. One that prefers several candidates alike counts up to there and no further.
        seats: at least 1.
        seed: what a lot is drawn with, where one is needed.

    Raises:
        InputRefused: no ballot is valid, or there is no seat.

    """
    if seats < 1:
        raise InputRefused.at("seats", f"{seats} seats cannot be filled; name at least 1", "seats")
    case = _prepare(ballots)
    quota = case.valid // (seats + 1) + 1
    tally = _Count(case, seats, seed, lambda _: quota).run()
    return _with_facts(tally, case, {"seats": seats, "quota": quota})


def count_irv(ballots: RankedBallots, seed: int = 0) -> Tally:
    """Fill one seat by instant runoff: the last is excluded until one has more than half of the votes that are left.

    Args:
        ballots: as for ``count_stv``.
        seed: what a lot is drawn with, where one is needed.

    Raises:
        InputRefused: no ballot is valid.

    """
    case = _prepare(ballots)
    tally = _Count(case, 1, seed, lambda votes: votes // UNIT // 2 + 1).run()
    return _with_facts(tally, case, {"seats": 1})


@dataclass(frozen=True)
class _Case:
    """The candidates who stand, by name, and the valid ballots as strict preferences; ``shared`` were shortened."""

    names: Mapping[int, str]
    ballots: Mapping[tuple[int, ...], int]
    valid: int
    invalid: int
    shared: int
    withdrawn: tuple[str, ...]


def _prepare(ballots: RankedBallots) -> _Case:
    strict: Counter[tuple[int, ...]] = Counter()
    shared = 0
    for ranking, count in ballots.without_withdrawn().items():
        preferences = _strict(ranking)
        strict[preferences] += count
        shared += count if len(preferences) < len(ranking) else 0
    invalid = strict.pop((), 0)
    valid = strict.total()
    if not valid:
        message = "no ballot has a first preference for a candidate who stands; there is nothing to count"
        raise InputRefused.at("ballots", message, "no_ballots")
    names = {each: ballots.candidates[each] for each in ballots.standing}
    withdrawn = tuple(sorted(ballots.candidates[each] for each in ballots.withdrawn))
    return _Case(names, strict, valid, invalid, shared, withdrawn)


def _strict(ranking: Ranking) -> tuple[int, ...]:
    """Return the preferences up to the first that several candidates share."""
    kept = []
    for group in ranking:
        if len(group) > 1:
            break
        kept.append(group[0])
    return tuple(kept)


def _with_facts(tally: Tally, case: _Case, facts: Mapping[str, int]) -> Tally:
    told = {**facts, "valid": case.valid, "invalid": case.invalid, **tally.facts}
    if case.withdrawn:
        told["withdrawn"] = list(case.withdrawn)
    warnings = []
    if case.shared:
        several = "ballots prefer" if case.shared > 1 else "ballot prefers"
        warnings.append(f"{case.shared} {several} several candidates alike; each counts up to there and no further")
    if case.invalid:
        several, counts = ("ballots have", "do") if case.invalid > 1 else ("ballot has", "does")
        warnings.append(
            f"{case.invalid} {several} no first preference for a candidate who stands, and {counts} not count"
        )
    empty = facts["seats"] - len(case.names)
    if empty > 0:
        warnings.append(f"there are more seats than candidates who stand; seats that stay empty: {empty}")
    return Tally(tally.placed, tally.elected, tally.stages, told, (*warnings, *tally.warnings))


@dataclass
class _Count:
    """A count on its way: who holds which parcels, who is still in the running, and the stages so far."""

    case: _Case
    seats: int
    seed: int
    needed: Callable[[int], int]
    piles: dict[int, Counter[Parcel]] = field(default_factory=dict)
    votes: dict[int, int] = field(default_factory=dict)
    continuing: set[int] = field(default_factory=set)
    elected: list[int] = field(default_factory=list)
    excluded: list[int] = field(default_factory=list)
    history: list[dict[int, int]] = field(default_factory=list)
    stages: list[Stage] = field(default_factory=list)
    lots: list[str] = field(default_factory=list)
    exhausted: int = 0
    cut_off: int = 0

    def run(self) -> Tally:
        self.continuing = set(self.case.names)
        self.piles = {each: Counter() for each in self.continuing}
        self.votes = dict.fromkeys(self.continuing, 0)
        self._hand_out((preferences, UNIT, number) for preferences, number in self.case.ballots.items())
        self._end_stage(FIRST, None, "")
        while len(self.elected) < self.seats and self.continuing:
            surplus = [each for each in self.elected if self.votes[each] > self._quota() and self.piles[each]]
            if surplus:
                chosen, tie = self._choose(surplus, max)
                self._transfer_surplus(chosen)
                self._end_stage(SURPLUS, chosen, tie)
            else:
                chosen, tie = self._choose(sorted(self.continuing), min)
                self._exclude(chosen)
                self._end_stage(EXCLUSION, chosen, tie)
        return self._tally()

    def _quota(self) -> int:
        return self.needed(sum(self.votes.values())) * UNIT

    def _hand_out(self, parcels: Iterable[tuple[tuple[int, ...], int, int]]) -> None:
        """Give ballots, as (preferences, value, number), to the first who may still take them; else they are spent."""
        for preferences, value, number in parcels:
            for place, candidate in enumerate(preferences, 1):
                if candidate in self.continuing:
                    self.piles[candidate][preferences[place:], value] += number
                    self.votes[candidate] += value * number
                    break
            else:
                self.exhausted += value * number

    def _transfer_surplus(self, chosen: int) -> None:
        held, quota = self.votes[chosen], self._quota()
        surplus = held - quota
        before = sum(self.votes.values()) + self.exhausted
        parcels, self.piles[chosen], self.votes[chosen] = self.piles[chosen], Counter(), quota
        self._hand_out((left, surplus * value // held, number) for (left, value), number in parcels.items())
        self.cut_off += before - sum(self.votes.values()) - self.exhausted

    def _exclude(self, chosen: int) -> None:
        self.continuing.remove(chosen)
        self.excluded.append(chosen)
        parcels, self.piles[chosen], self.votes[chosen] = self.piles[chosen], Counter(), 0
        self._hand_out((left, value, number) for (left, value), number in parcels.items())

    def _choose(self, among: Sequence[int], pick: Callable[[Iterable[int]], int]) -> tuple[int, str]:
        """Choose the candidate with the most (``max``) or fewest (``min``) votes; say how, where several had them."""
        equal = list(among)
        for votes in reversed(self.history):
            extreme = pick(votes[each] for each in equal)
            left = [each for each in equal if votes[each] == extreme]
            if len(left) == 1:
                return left[0], self._said_by_stage(among, left[0], votes)
            equal = left
        return self._draw(equal)

    def _said_by_stage(self, among: Sequence[int], chosen: int, decisive: Mapping[int, int]) -> str:
        now = self.history[-1]
        tied = [each for each in among if now[each] == now[chosen]]
        if len(tied) == 1:
            return ""
        stage = next(number for number, votes in enumerate(self.history, 1) if votes is decisive)
        return f"{self._listed(tied)} were equal; stage {stage} decided"

    def _draw(self, equal: Sequence[int]) -> tuple[int, str]:
        drawn = draw_lot([self.case.names[each] for each in equal], self.seed)
        said = f"{self._listed(equal)} were equal at every stage; the lot fell on {drawn}"
        self.lots.append(said)
        return next(each for each in equal if self.case.names[each] == drawn), said

    def _listed(self, candidates: Iterable[int]) -> str:
        return ", ".join(sorted(self.case.names[each] for each in candidates))

    def _end_stage(self, act: str, of: int | None, tie: str) -> None:
        """Elect who may be elected now, and write the stage down."""
        quota = self._quota()
        ahead = sorted(self.continuing, key=lambda each: (-self.votes[each], self.case.names[each]))
        new = [each for each in ahead if self.votes[each] >= quota][: self.seats - len(self.elected)]
        if len(self.continuing) <= self.seats - len(self.elected):
            new = ahead
        self.elected += new
        self.continuing -= set(new)
        before = self.history[-1] if self.history else {}
        names = self.case.names
        self.stages.append(
            Stage(
                len(self.stages) + 1,
                act,
                "" if of is None else names[of],
                {name: _decimal(self.votes[each]) for each, name in names.items()},
                {name: _decimal(self.votes[each] - before.get(each, 0)) for each, name in names.items()},
                _decimal(self.exhausted),
                _decimal(self.cut_off),
                quota // UNIT,
                tuple(names[each] for each in new),
                tie,
            )
        )
        self.history.append(dict(self.votes))

    def _tally(self) -> Tally:
        names = self.case.names
        ahead = sorted(self.continuing, key=lambda each: (-self.votes[each], names[each]))
        order = [*self.elected, *ahead, *reversed(self.excluded)]
        ends = {name: f"elected at stage {stage.number}" for stage in self.stages for name in stage.elected}
        ends |= {stage.of: f"excluded at stage {stage.number}" for stage in self.stages if stage.act == EXCLUSION}
        placed = tuple(
            Placed(
                rank,
                name := names[each],
                figures={
                    "first_preferences": self.history[0][each] // UNIT,
                    "votes": self.stages[-1].votes[name],
                    "outcome": ends.get(name, "not elected"),
                },
            )
            for rank, each in enumerate(order, 1)
        )
        warnings = tuple(f"{said} (seed {self.seed})" for said in self.lots)
        facts = {"lots": list(self.lots)} if self.lots else {}
        return Tally(placed, tuple(names[each] for each in self.elected), tuple(self.stages), facts, warnings)


def _decimal(units: int) -> Decimal:
    return Decimal(units).scaleb(-5)
