"""What a page works with: who asks, the database, the plugins. One for each request."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, cast

from flask import current_app, g

from juri.core.audit.trail import recorded
from juri.core.editions.verbs import Running, find_edition
from juri.core.policy import Actor
from juri.core.storage.database import said_plainly

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from juri.core.registry import Registry
    from juri.core.storage.session import WriteSession
    from juri.webapp.workbench import Workbench

NOBODY = Actor("anonymous")
"""Who asks before signing in: holds no role but what is public."""


class Desk:
    """The request's own view of the installation; ``actor`` is set by the session before any view runs.

    Who asks and whether they may is read in one opening snapshot: a transaction costs more than what is read in it. It
    ends before the view begins, and before anything is written.
    """

    def __init__(self, workbench: Workbench, actor: Actor = NOBODY) -> None:
        self.workbench = workbench
        self.actor = actor
        self._opening: Session | None = None
        self._held = ExitStack()

    @property
    def registry(self) -> Registry:
        """Return what the plugins add."""
        return self.workbench.registry

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a reading session: one consistent snapshot."""
        if self._opening is not None:
            with said_plainly(self.workbench.database.url):
                yield self._opening
            return
        with self.workbench.database.read() as session:
            yield session

    def hold_opening(self) -> None:
        """Begin the opening snapshot: whoever reads before ``end_opening`` reads in it."""
        self._opening = self._held.enter_context(self.workbench.database.read())

    def end_opening(self) -> None:
        """End the opening snapshot, where there is one still."""
        if self._opening is not None:
            self._opening = None
            self._held.close()

    @contextmanager
    def writing(self) -> Iterator[WriteSession]:
        """Open a writing session; after the commit the plugins are told, and the trail is sealed soon."""
        self.end_opening()
        with self.workbench.database.write() as session:
            yield session
        for act in recorded(session):
            self.workbench.plugins.tell(act)
        self.workbench.sealer.soon()

    def running(self, session: Session, slug: str) -> Running:
        """Return an installed edition.

        Raises:
            NotFound: it is not installed.

        """
        return find_edition(session, self.registry, slug, self.workbench.plugins.check_transition)


def desk() -> Desk:
    """Return the desk of this request."""
    known: Desk | None = g.get("desk")
    if known is None:
        known = g.desk = Desk(cast("Workbench", current_app.extensions["juri"]))
    return known
