"""What this process has worked out before: kept by the registry that gave it its meaning and by a hash of its text."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

from juri.core.registry import Registry

Kept = TypeVar("Kept")
_MOST = 32


class Shelf(Generic[Kept]):
    """A few values that are never changed; the oldest goes when there are too many."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: dict[tuple[int, str], tuple[Registry, Kept]] = {}

    def take(self, registry: Registry, key: str, make: Callable[[], Kept]) -> Kept:
        """Return the value of a key, made on first use; what ``make`` raises is not kept.

        With another registry it is made anew: the registry stays with the value, so that its number is not given again.
        """
        place = (id(registry), key)
        found = self._kept.get(place)
        if found is None:
            found = (registry, make())
            with self._lock:
                while len(self._kept) >= _MOST:
                    del self._kept[next(iter(self._kept))]
                self._kept[place] = found
        return found[1]
