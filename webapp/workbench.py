"""What every command works with: the settings, the plugins and the registry, each built when first asked for."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from juri.core.settings import Settings, load_settings

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from juri.core.editions.verbs import Running
    from juri.core.policy import Actor
    from juri.core.registry import Registry
    from juri.core.storage.database import Database
    from juri.core.storage.session import WriteSession
    from juri.plugins.manager import Plugins
    from juri.webapp.sealer import Sealer


class _RehearsedError(Exception):
    """Not a fault: undoes a rehearsal."""


@dataclass(frozen=True)
class Workbench:
    """The object of click's context. Its fields are the root's options, None where not given.

    ``acting`` is the e-mail address of the person who acts; without it the operator at this machine does.
    """

    plugins_dir: str | None = None
    database_url: str | None = None
    acting: str | None = None

    @cached_property
    def settings(self) -> Settings:
        """Return the settings, with the options of the command line before everything else."""
        return load_settings(plugins_dir=self.plugins_dir, database_url=self.database_url)

    @cached_property
    def switched_off(self) -> frozenset[str]:
        """Return the plugins that an administrator switched off, as they were when this process first asked.

        None where there is no database yet; what else is wrong with it is said by whoever works with it.
        """
        from juri.core.storage.database import Database
        from juri.core.switches import switched_off

        database = Database(self.settings.database_url)
        if database.is_sqlite and not database.path.is_file():
            return frozenset()
        try:
            with database.read() as session:
                return frozenset(switched_off(session))
        finally:
            database.dispose()

    @cached_property
    def plugins(self) -> Plugins:
        """Return the loaded plugins."""
        return self.plugins_with(None)

    @property
    def registry(self) -> Registry:
        """Return what the plugins add, by family and name."""
        return self.plugins.registry

    def registry_of(self, *families: str) -> Registry:
        """Return what the plugins add to these families: quicker for a command that needs few, and no database.

        What an administrator switched off is a matter of the database: such a command goes by the settings alone.
        """
        from juri.plugins.manager import load_plugins

        return load_plugins(self.settings, families=families).registry

    def plugins_with(self, edition_file: Path | None) -> Plugins:
        """Load the plugins together with the ``plugin.py`` beside an edition file."""
        from juri.plugins.manager import load_plugins

        return load_plugins(self.settings, beside=edition_file, switched_off=self.switched_off)

    @cached_property
    def database(self) -> Database:
        """Return the database, once it is known to be at this version's revision."""
        from juri.core.storage.database import Database
        from juri.core.storage.migrate import require_current

        database = Database(self.settings.database_url)
        require_current(database)
        return database

    @cached_property
    def sealer(self) -> Sealer:
        """Return who links what was recorded in the database into the trail."""
        from juri.webapp.sealer import Sealer

        return Sealer(self.database)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a reading session."""
        with self.database.read() as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[tuple[WriteSession, Actor]]:
        """Open a writing session with the person who acts; tells the plugins and seals the trail after the commit."""
        from juri.core.audit.trail import recorded

        with self.database.write() as session:
            yield session, self.actor(session)
        for act in recorded(session):
            self.plugins.tell(act)
        self.sealer.soon()

    @contextmanager
    def rehearsing(self, rehearsal: bool) -> Iterator[tuple[WriteSession, Actor]]:
        """Open a writing session whose work is undone at the end, where it is only a rehearsal."""
        with suppress(_RehearsedError), self.writing() as opened:
            yield opened
            if rehearsal:
                raise _RehearsedError

    def actor(self, session: Session) -> Actor:
        """Return who acts: the person named by ``--as``, or the operator by the name of the system's account."""
        from juri.core.entries.people import actor_of
        from juri.core.judging.narrowing import narrowed
        from juri.core.policy import Actor

        return narrowed(session, actor_of(session, self.acting)) if self.acting else Actor.operator(getpass.getuser())

    def running(self, session: Session, slug: str) -> Running:
        """Return an installed edition; plugins are asked before its states change.

        Raises:
            NotFound: it is not installed.

        """
        from juri.core.editions.verbs import find_edition

        return find_edition(session, self.registry, slug, self.plugins.check_transition)
