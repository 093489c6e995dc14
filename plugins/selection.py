"""Filling places from standings: tied entries stay together, and who lost a place to whom can be said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import groupby

from juri.core.scoring.number import decimal_text, round_fraction
from juri.core.scoring.standings import Standing

PANEL = "panel"
INCLUDE = "include"
EXCLUDE = "exclude"
TIES = (PANEL, INCLUDE, EXCLUDE)
"""What to do with entries tied across the line: the panel decides, all of them go in, none of them does."""

_SHOWN_DECIMALS = 4

Block = tuple[str, ...]
"""Entries that the rules cannot tell apart, in the order of their codes."""


@dataclass(frozen=True)
class Filled:
    """Who got a place, who is tied across the line, and how many places stay empty because the pool ran out."""

    taken: tuple[str, ...] = ()
    tied: tuple[str, ...] = ()
    vacant: int = 0


def blocks_of(lines: Iterable[Standing], tie_order: Sequence[str] = ()) -> list[Block]:
    """Split standings into blocks of one rank each; the panel's recorded order splits a block further.

    Of a tied block, the entries that the order names come first, one by one; those that it does not name follow
    together.
    """
    return [
        part
        for _, tied in groupby(lines, key=lambda line: line.rank)
        for part in split(tuple(line.entry for line in tied), tie_order)
    ]


def split(block: Block, tie_order: Sequence[str]) -> list[Block]:
    """Split one block by the panel's order."""
    named: list[Block] = [(entry,) for entry in dict.fromkeys(tie_order) if entry in block]
    rest = tuple(sorted(set(block) - set(tie_order)))
    return [*named, rest] if rest else named


def keep(blocks: Iterable[Block], entries: Iterable[str]) -> list[Block]:
    """Keep some entries only; a block that becomes empty is dropped."""
    wanted = frozenset(entries)
    kept = (tuple(entry for entry in block if entry in wanted) for block in blocks)
    return [block for block in kept if block]


def fill(blocks: Sequence[Block], places: int, ties: str = PANEL) -> Filled:
    """Fill places from the best block on; a block that does not fit whole is treated as ``ties`` says.

    A tie is never settled by the order of input: under ``panel`` the whole block that straddles the line stays open.
    """
    taken: list[str] = []
    for block in blocks:
        room = places - len(taken)
        if room <= 0:
            break
        if len(block) > room and ties != INCLUDE:
            return Filled(tuple(taken), block if ties == PANEL else ())
        taken.extend(block)
    return Filled(tuple(taken), vacant=max(0, places - len(taken)))


def displaced(blocks: Sequence[Block], taken: Iterable[str]) -> dict[str, str]:
    """Map each entry that had a place by score alone, but did not get it, to the entry that got it instead.

    By score alone means: as many places as were given, filled from the best block on; a block across that line had
    no place for certain. The best of those who lost stands against the best of those lowest in the list who won.
    """
    winners = set(taken)
    by_score = set(fill(blocks, len(winners)).taken)
    order = [entry for block in blocks for entry in block]
    lost = [entry for entry in order if entry in by_score - winners]
    won = [entry for entry in order if entry in winners - by_score]
    return dict(zip(lost, won[len(won) - len(lost) :], strict=True))


def figure(value: Fraction) -> str:
    """Write a rank or a score for a sentence: up to four decimals, no zeros at the end."""
    text = decimal_text(value, _SHOWN_DECIMALS)
    return text.rstrip("0").rstrip(".")


def number(value: Decimal) -> str:
    """Write a number of an option as it was meant: 85, not 85.0 and not 8.5E+1."""
    return format(value.normalize(), "f")


def whole_places(value: Fraction, mode: str) -> int:
    """Round a number of places as declared."""
    return int(round_fraction(value, 0, mode))
