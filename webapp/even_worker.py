"""How a process of the server takes its share of the requests: one after the other while its sisters are free, too.

Gunicorn's own worker accepts whatever it wakes up first for, and keeps the connections that it has. Measured with four
processes on two cores: one of them worked through twelve of sixteen connections by itself while a core stood idle.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from math import inf
from threading import Condition
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

SECONDS_ALONE = 0.1
"""How long a request has its process to itself. One that takes longer waits for something (a slow network, a lock, a
large table), and the next one is taken beside it."""


class Turn:
    """Lets the requests of a process work one after the other: in threads that take turns midway each takes longer."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._whose: object = None
        self._since = 0.0

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Wait for the turn, in the order of coming, and have it until the end or until it is given away."""
        mine = object()
        with self._changed:
            self._changed.wait_for(lambda: self._whose is None)
            self._whose, self._since = mine, time.monotonic()
        try:
            yield
        finally:
            if self._whose is mine:
                self.give_away()

    def give_away(self) -> None:
        """Let the next one begin, beside whoever has the turn now."""
        with self._changed:
            self._whose = None
            self._changed.notify()

    def seconds_alone(self) -> float:
        """Return how long whoever has the turn has it alone; infinite where nobody has it."""
        return inf if self._whose is None else self._since + SECONDS_ALONE - time.monotonic()


class EvenWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """Leaves waiting connections to the others while it has a request to answer.

    Where more requests come than one at a time, over connections that stay open, it closes these with the answer: the
    browser connects again, and whichever process is free takes it.
    """

    _begun = 0.0

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._turn = Turn()

    def enqueue_req(self, conn: Any) -> None:
        """Note when the newest request was begun."""
        self._begun = time.monotonic()
        super().enqueue_req(conn)

    def handle_request(self, req: Any, conn: Any) -> Any:
        """Answer a request that has been read, when it is its turn."""
        with self._turn.taken():
            return super().handle_request(req, conn)

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """Decide before every wait whether to take another connection; who works for long lets the next one begin."""
        at_work = self.nr_conns - len(self.keepalived_conns) - len(self.pending_conns)
        alone = max(0.0, SECONDS_ALONE + self._begun - time.monotonic()) if at_work else 0.0
        may_take = at_work < self.cfg.threads
        self.set_accept_enabled(self.alive and may_take and not alone)
        self.max_keepalived = 0 if at_work > 1 else self.cfg.worker_connections - self.cfg.threads
        if self._turn.seconds_alone() <= 0:
            self._turn.give_away()
        super().wait_for_and_dispatch_events(min(timeout, alone or timeout, self._turn.seconds_alone()))
