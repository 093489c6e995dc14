"""Ballots as values: rankings, grades and comparisons, folded so that equal ballots are counted once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

Ranking = tuple[tuple[int, ...], ...]
"""What a ballot says: places in ``candidates`` by preference, best first; equal preferences stand together."""


@dataclass(frozen=True)
class RankedBallots:
    """Rankings of candidates, each with the number of ballots that say it.

    A candidate that a ballot leaves out stands behind all that it names. Those in ``withdrawn`` are passed over.
    ``seats`` is None where the ballots come without a number of seats.
    """

    candidates: tuple[str, ...]
    rankings: Mapping[Ranking, int]
    withdrawn: frozenset[int] = frozenset()
    seats: int | None = None
    title: str = ""

    @classmethod
    def fold(cls, candidates: Iterable[str], ballots: Iterable[tuple[Ranking, int]]) -> RankedBallots:
        """Count equal rankings together, in an order that does not depend on the order of the ballots."""
        counter: Counter[Ranking] = Counter()
        for ranking, count in ballots:
            counter[ranking] += count
        return cls(tuple(candidates), dict(sorted(counter.items())))

    @property
    def standing(self) -> tuple[int, ...]:
        """Return the places of the candidates who did not withdraw."""
        return tuple(place for place in range(len(self.candidates)) if place not in self.withdrawn)

    def without_withdrawn(self) -> dict[Ranking, int]:
        """Return the rankings of those who stand, with their numbers; a ballot that is empty then stays, as ``()``."""
        if not self.withdrawn:
            return dict(self.rankings)
        kept: Counter[Ranking] = Counter()
        for ranking, count in self.rankings.items():
            groups = (tuple(place for place in group if place not in self.withdrawn) for group in ranking)
            kept[tuple(group for group in groups if group)] += count
        return dict(sorted(kept.items()))


@dataclass(frozen=True)
class GradedBallots:
    """How often each candidate got each grade: ``tallies[candidate][grade]``; ``grades`` are named from the worst.

    ``voters`` have filled in a ballot; a candidate whose tally sums to less was left without a grade by the others.
    """

    candidates: tuple[str, ...]
    grades: tuple[str, ...]
    tallies: tuple[tuple[int, ...], ...]
    voters: int


@dataclass(frozen=True)
class Pairs:
    """Comparisons of two: ``wins[first, second]`` says how often each was preferred, the first and the second.

    Half a win each is a draw. ``ordered`` tells that the first was shown first, or played at home; else it does not
    matter who is the first.
    """

    candidates: tuple[str, ...]
    wins: Mapping[tuple[int, int], tuple[Fraction, Fraction]]
    ordered: bool = False


Ballots = RankedBallots | GradedBallots | Pairs
