"""The sealer: sees to it that what was recorded is linked into the trail; in a server, in the background.

On PostgreSQL an act is recorded in its own transaction and linked afterwards. A transaction for that after every act
would be one more fsync in every answer, so a server process links together what came in within half a second. One links
at a time; who finds another at work leaves it to that one, and looks again until nothing waits. What a process left
behind that was killed is linked by whoever writes or starts next, and before anybody reads or checks the trail.
"""

from __future__ import annotations

import logging
from threading import Event, Thread

from juri.core.audit.reading import waiting_since
from juri.core.audit.trail import seal
from juri.core.errors import JuriError
from juri.core.storage.database import Database

PAUSE_SECONDS = 0.5
PAUSE_IN_TROUBLE_SECONDS = 15.0

_log = logging.getLogger(__name__)


class Sealer:
    """Links what is recorded in one database; nothing to do on SQLite, where each act links itself."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._wanted = Event()
        self._stop = Event()
        self._thread: Thread | None = None

    def soon(self) -> None:
        """Say that something was recorded: it is linked at once, or in a moment where the background is at work."""
        if self._thread is None or not self._thread.is_alive():
            seal(self._database)
        else:
            self._wanted.set()

    def start(self) -> None:
        """Begin to work in the background; what was left behind is linked first."""
        if not self._database.is_sqlite:
            self._wanted.set()
            self._thread = Thread(target=self._work, name="sealer", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Finish the work in hand and stop."""
        self._stop.set()
        self._wanted.set()
        if self._thread is not None:
            self._thread.join()

    def _work(self) -> None:
        pause = PAUSE_SECONDS
        while self._wanted.wait() and not self._stop.wait(pause):
            self._wanted.clear()
            try:
                is_done = link_waiting(self._database)
                pause = PAUSE_SECONDS
            except JuriError as error:
                _log.error("the trail could not be sealed, and is tried again: %s", error)
                is_done, pause = False, PAUSE_IN_TROUBLE_SECONDS
            if not is_done:
                self._wanted.set()


def link_waiting(database: Database) -> bool:
    """Link what can be linked now, unless another is at it; tells whether nothing waits any more."""
    seal(database, wait=False)
    with database.read() as session:
        return waiting_since(session)[0] == 0
