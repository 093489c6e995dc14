"""What is to be selected, as frozen values: candidates from best to worst, a number of places, and quotas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

Block = tuple[str, ...]
"""Candidates that the ranking cannot tell apart, sorted."""


@dataclass(frozen=True)
class Quota:
    """At least ``least`` and at most ``most`` (None: any number) of ``members`` are selected.

    ``rule`` is the rule that it belongs to: one rule may make a quota of each agency, and is dropped as a whole where
    the price of it is asked. ``name`` says what it is in a sentence: ``at most 2 of agency 'Dinkes'``.
    """

    rule: int
    name: str
    members: frozenset[str]
    least: int = 0
    most: int | None = None


@dataclass(frozen=True)
class Contest:
    """Who stands for ``places`` places. ``blocks`` run from the best to the worst; equals share a block.

    ``scores`` are exact, for the price of a rule; ``rules`` names each rule by its number.
    """

    blocks: tuple[Block, ...]
    places: int
    quotas: tuple[Quota, ...]
    rules: tuple[str, ...]
    scores: Mapping[str, Fraction]


@dataclass(frozen=True)
class Displaced:
    """A candidate who is out although somebody ranked below is in: the quotas that kept it out.

    ``by`` got the place that it had by rank alone; empty where it had none, and stood only next in line.
    """

    entry: str
    quotas: tuple[Quota, ...]
    by: str


@dataclass(frozen=True)
class Price:
    """What a rule costs: the total of the scores without it less that with it, and who would be in then.

    ``total`` is None where the selection without the rule is itself left open by a tie.
    """

    rule: str
    total: Fraction | None
    cost: Fraction | None
    gained: tuple[str, ...] = ()


@dataclass(frozen=True)
class Selection:
    """Who is in, in the order of rank. Those ``open`` are in some of the best sets and not in others: a tie.

    ``vacant`` places stay empty, because there are too few candidates. ``total`` is the sum of the scores of those who
    are in for certain.
    """

    taken: tuple[str, ...]
    open: tuple[str, ...]
    displaced: tuple[Displaced, ...]
    prices: tuple[Price, ...]
    vacant: int
    total: Fraction


class QuotasClashError(Exception):
    """No set keeps to all quotas; ``quotas`` is a smallest part of them that clashes, with the number of places."""

    def __init__(self, quotas: tuple[Quota, ...], places: int) -> None:
        self.quotas = quotas
        self.places = places
        super().__init__("; ".join(quota.name for quota in quotas))
