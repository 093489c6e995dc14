"""Lots drawn from a seed: the same on every machine and in every version of Python."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import TypeVar

Item = TypeVar("Item")


class Lots:
    """A row of lots for one purpose; two purposes of one seed do not disturb each other."""

    def __init__(self, seed: int, *purpose: object) -> None:
        self._name = "/".join(map(str, (seed, *purpose))).encode()
        self._drawn = 0

    def below(self, limit: int) -> int:
        """Draw a whole number from 0 up to ``limit``, which is left out."""
        self._drawn += 1
        drawn = blake2b(b"%s/%d" % (self._name, self._drawn), digest_size=8).digest()
        return int.from_bytes(drawn, "big") % limit

    def pick(self, items: Sequence[Item]) -> Item:
        """Draw one of some items."""
        return items[self.below(len(items))]

    def shuffled(self, items: Sequence[Item]) -> list[Item]:
        """Return the items in a drawn order."""
        mixed = list(items)
        for last in range(len(mixed) - 1, 0, -1):
            other = self.below(last + 1)
            mixed[last], mixed[other] = mixed[other], mixed[last]
        return mixed
