"""Editions that this process has built before: one document comes to one value, and building it takes its time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from juri.core.document import Edition
from juri.core.editions.loader import load_resolved
from juri.core.editions.shelf import Shelf
from juri.core.registry import Registry

_SHELF: Shelf[Edition] = Shelf()


def edition_of(sha256: str, registry: Registry, read: Callable[[], tuple[dict[str, Any], str]]) -> Edition:
    """Return the edition of a stored document, built on first use; the national one takes 45 ms, a page has fewer.

    Args:
        sha256: of the document; an edition is a frozen value, so that who asks next may have the same.
        registry: what gives the document's words a meaning; with another registry it is built anew.
        read: gives the document's data and origin, when they are needed.

    Raises:
        DefinitionError: what the registry knows has changed, so that the document no longer makes sense.

    """

    def build() -> Edition:
        data, origin = read()
        return load_resolved(data, registry, origin=origin)

    return _SHELF.take(registry, sha256, build)
