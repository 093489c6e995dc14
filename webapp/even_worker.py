"""How a process of the server takes its share of the requests: one after the other while its sisters are free, too.

Gunicorn's own worker accepts whatever it wakes up first for, and keeps the connections that it has. Measured with four
processes on two cores: one of them worked through twelve of sixteen connections by itself while a core stood idle.
"""

from __future__ import annotations

import time
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

SECONDS_ALONE = 0.1
"""How long a request has its process to itself. One that takes longer waits for something (a slow network, a lock, a
large table), and the next one is taken beside it."""


class EvenWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """Leaves waiting connections to the others while it has a request to answer.

    Where more requests come than one at a time, over connections that stay open, it closes these with the answer: the
    browser connects again, and whichever process is free takes it.
    """

    _begun = 0.0

    def enqueue_req(self, conn: Any) -> None:
        """Note when the newest request was begun."""
        self._begun = time.monotonic()
        super().enqueue_req(conn)

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """Decide before every wait whether to take another connection."""
        at_work = self.nr_conns - len(self.keepalived_conns) - len(self.pending_conns)
        alone = max(0.0, SECONDS_ALONE + self._begun - time.monotonic()) if at_work else 0.0
        may_take = at_work < self.cfg.threads
        self.set_accept_enabled(self.alive and may_take and not alone)
        self.max_keepalived = 0 if at_work > 1 else self.cfg.worker_connections - self.cfg.threads
        super().wait_for_and_dispatch_events(min(timeout, alone) if alone and may_take else timeout)
