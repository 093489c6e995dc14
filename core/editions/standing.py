"""Which editions and ready rubrics stand on what a registry knows, and fall without it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from juri.core.editions.loader import load_resolved, load_shipped
from juri.core.editions.model import EditionDocument, EditionRow
from juri.core.editions.rubrics import ready_rubric
from juri.core.errors import JuriError
from juri.core.registry import Registry

AT_REST = frozenset({"draft", "archived"})
"""States of an edition in which nobody enters, scores or reads a result at this moment."""


@dataclass(frozen=True)
class Fallen:
    """What makes sense with one registry and none with another.

    ``installed`` are (edition, state), ``editions`` and ``rubrics`` names of those that are shipped.
    """

    installed: tuple[tuple[str, str], ...] = ()
    editions: tuple[str, ...] = ()
    rubrics: tuple[str, ...] = ()

    @property
    def running(self) -> tuple[str, ...]:
        """Return the installed editions that are neither a draft nor archived."""
        return tuple(slug for slug, state in self.installed if state not in AT_REST)


def what_falls(session: Session, before: Registry, after: Registry) -> Fallen:
    """Return what stands on ``before`` and falls on ``after``: each is built as if it were used."""

    def falls(build: Callable[[Registry], Any]) -> bool:
        return not _stands(build, after) and _stands(build, before)  # most stand on both: the second is not asked

    return Fallen(
        tuple((slug, state) for slug, state, build in _installed(session) if falls(build)),
        tuple(name for name in after.names("editions") if falls(partial(load_shipped, name))),
        tuple(name for name in after.names("rubrics") if falls(partial(ready_rubric, name=name))),
    )


def _installed(session: Session) -> Iterator[tuple[str, str, Callable[[Registry], Any]]]:
    found = session.execute(
        select(EditionRow.slug, EditionRow.state, EditionDocument.data)
        .join(
            EditionDocument,
            (EditionDocument.edition_id == EditionRow.id) & (EditionDocument.revision == EditionRow.revision),
        )
        .order_by(EditionRow.slug)
    )
    for slug, state, data in found:
        yield slug, state, partial(load_resolved, data)


def _stands(build: Callable[[Registry], Any], registry: Registry) -> bool:
    try:
        build(registry)
    except JuriError:
        return False
    return True
