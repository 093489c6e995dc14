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


SEVERAL, ONE, NEXT_BEST = "several", "one", "next_best"
OVERLAPS = (SEVERAL, ONE, NEXT_BEST)
"""Whether an entry may hold several titles, one at most, or the first it earns, with the next best in its place."""


@dataclass(frozen=True)
class Title:
    """One of several titles: who stands for it, from the best to the worst, and how many get it.

    ``scores`` are those that it goes by. ``quotas`` have entries as members, and hold for this title; their ``rule``
    counts in the rules of the ceremony.
    """

    name: str
    blocks: tuple[Block, ...]
    places: int
    scores: Mapping[str, Fraction]
    quotas: tuple[Quota, ...] = ()


@dataclass(frozen=True)
class Ceremony:
    """Titles that are given together, the most important first.

    ``together`` are quotas of all titles: each counts titles, so that an entry with two counts twice. ``rules`` names
    each rule by its number, that of the overlap aside.
    """

    titles: tuple[Title, ...]
    overlap: str
    together: tuple[Quota, ...] = ()
    rules: tuple[str, ...] = ()


@dataclass(frozen=True)
class PassedOver:
    """An entry that had a title by rank alone and did not get it.

    ``holds`` is the title that it has instead, where no entry may have two; else ``quotas`` kept it out. ``by`` got its
    place; empty where nobody did.
    """

    title: str
    entry: str
    holds: str
    quotas: tuple[Quota, ...]
    by: str


@dataclass(frozen=True)
class TitlePrice:
    """What a rule costs one title: the total of its scores without the rule, and now, and who would hold it then.

    The totals are None where a tie leaves them open.
    """

    rule: str
    title: str
    total: Fraction | None
    now: Fraction | None
    gained: tuple[str, ...]


@dataclass(frozen=True)
class Given:
    """Who holds one title, in the order of rank; who is ``open`` by a tie; how many places stay empty.

    ``waits`` is the title whose tie must be settled before this one can be given; empty where there is none.
    """

    title: str
    taken: tuple[str, ...]
    open: tuple[str, ...] = ()
    vacant: int = 0
    waits: str = ""


@dataclass(frozen=True)
class Titles:
    """What came of a ceremony, title by title in the order given."""

    given: tuple[Given, ...]
    passed_over: tuple[PassedOver, ...]
    prices: tuple[TitlePrice, ...]


class QuotasClashError(Exception):
    """No set keeps to all quotas; ``quotas`` is a smallest part of them that clashes, with the number of places."""

    def __init__(self, quotas: tuple[Quota, ...], places: int) -> None:
        self.quotas = quotas
        self.places = places
        super().__init__("; ".join(quota.name for quota in quotas))
