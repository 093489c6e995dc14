"""What a count hands out: who is elected or in which order, and every stage on the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import sha256
from types import MappingProxyType
from typing import Any


def _nothing() -> Mapping[str, Any]:
    return MappingProxyType({})


@dataclass(frozen=True)
class Placed:
    """One candidate of the result. ``rank`` is 1 for the best; equal candidates share the best of their places.

    ``figures`` are what the method says of the candidate, by name: numbers (exact where the method is), or words.
    """

    rank: int
    candidate: str
    tied: bool = False
    figures: Mapping[str, Any] = field(default_factory=_nothing)


@dataclass(frozen=True)
class Stage:
    """One stage of a count by transfers; votes are exact.

    ``act`` says in words what was transferred, ``of`` names the candidate whose votes these were (empty at the first
    stage). ``changes`` are the differences to the stage before. ``exhausted`` is the value of all ballots that name
    nobody who could still take them, ``cut_off`` what truncation to five decimals has lost; together with
    ``votes`` they make up the valid ballots. ``needed`` are the votes that elect, ``elected`` who is at this stage's
    end. ``tie`` says how equal candidates were set apart, where they had to be.
    """

    number: int
    act: str
    of: str
    votes: Mapping[str, Decimal]
    changes: Mapping[str, Decimal]
    exhausted: Decimal
    cut_off: Decimal
    needed: int
    elected: tuple[str, ...] = ()
    tie: str = ""


@dataclass(frozen=True)
class Tally:
    """The result of a count. ``elected`` is None for a method that ranks and fills no seats.

    ``placed`` lists the candidates from the best; ``facts`` are figures of the whole count by name (quota, valid
    ballots), ``warnings`` plain sentences.
    """

    placed: tuple[Placed, ...]
    elected: tuple[str, ...] | None = None
    stages: tuple[Stage, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=_nothing)
    warnings: tuple[str, ...] = ()


def place(names: Sequence[str], ranks: Sequence[int], figures: Sequence[Mapping[str, Any]]) -> tuple[Placed, ...]:
    """Put candidates in the order of their ranks; those of one rank are tied and stand in the order of their names."""
    sharing = Counter(ranks)
    rows = zip(names, ranks, figures, strict=True)
    placed = (Placed(rank, name, sharing[rank] > 1, own) for name, rank, own in rows)
    return tuple(sorted(placed, key=lambda each: (each.rank, each.candidate)))


def competition_ranks(behind: Sequence[Any]) -> list[int]:
    """Return the rank of each: 1 and the number of those with a greater figure."""
    first: dict[Any, int] = {}
    for number, figure in enumerate(sorted(behind, reverse=True), 1):
        first.setdefault(figure, number)
    return [first[figure] for figure in behind]


def draw_lot(names: Sequence[str], seed: int) -> str:
    """Draw one of several names by lot: the one with the lowest SHA-256 of ``seed:name`` (in UTF-8).

    Anyone can repeat it in any language; neither the order of the names nor who else stands is of account.
    """
    return min(names, key=lambda name: sha256(f"{seed}:{name}".encode()).hexdigest())
