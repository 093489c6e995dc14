"""Running the application: gunicorn with threads; each worker has an application, a sealer and a postman of its own."""

from __future__ import annotations

import logging
import os
import signal
import sys
from dataclasses import dataclass
from threading import Thread
from time import sleep
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from werkzeug.serving import run_simple

from juri.core.errors import InputRefused, JuriError
from juri.core.switches import switched_off
from juri.webapp.app import create_app
from juri.webapp.even_worker import EvenWorker
from juri.webapp.logs import log_as_json
from juri.webapp.postman import Postman, mail_server
from juri.webapp.workbench import Workbench

LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})
SECONDS_TO_FINISH = 30
SECONDS_OF_A_THREAD = 0.0005
"""How long a thread goes on while others of its process wait (Python's own 5 ms are long): whoever holds the database's
write lock lets go of the interpreter at every statement, and everybody waits until that thread has it back."""
SECONDS_BETWEEN_LOOKS = 5
"""How often a process looks whether plugins were switched."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Binding:
    """Where and how to serve."""

    host: str
    port: int
    workers: int
    threads: int

    @property
    def address(self) -> str:
        """Return the address of this machine's own browser."""
        host = self.host if self.host in LOCAL else "127.0.0.1"
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"


def require_reachable(bench: Workbench, binding: Binding) -> None:
    """Refuse to listen for others without knowing by which address they come.

    Raises:
        InputRefused: says which setting is missing.

    """
    if binding.host not in LOCAL and not bench.settings.base_url:
        raise InputRefused.at("JURI_BASE_URL", f"others can reach {binding.host}: set the address that they use")


def serve_with_gunicorn(bench: Workbench, binding: Binding) -> None:
    """Serve until stopped."""
    _Gunicorn(bench, binding).run()


def serve_simply(bench: Workbench, binding: Binding) -> None:
    """Serve until stopped, in one process and with werkzeug's server: for trying out."""
    app = _application(bench, starts_again=False)
    run_simple(binding.host, binding.port, app, threaded=True)


def _application(bench: Workbench, *, starts_again: bool) -> Flask:
    """Build the application of this process, and set its sealer and its postman to work.

    ``starts_again`` where somebody starts another process in place of one that ends: then this one ends when plugins
    were switched, so that the next goes by it.
    """
    sys.setswitchinterval(SECONDS_OF_A_THREAD)
    log_as_json()
    app = create_app(bench)
    bench.sealer.start()
    server = mail_server(bench.settings)
    if server is not None:
        Postman(bench.database, bench.settings, server).start()
    app.config["STARTS_AGAIN"] = starts_again
    if starts_again:
        Thread(target=_end_when_switched, args=(bench,), name="switches", daemon=True).start()
    return app


def _end_when_switched(bench: Workbench) -> None:
    """Ask this process to end in good order (requests are answered first) once plugins were switched."""
    while not _are_switched(bench):
        sleep(SECONDS_BETWEEN_LOOKS)
    os.kill(os.getpid(), signal.SIGTERM)


def _are_switched(bench: Workbench) -> bool:
    try:
        with bench.database.read() as session:
            return frozenset(switched_off(session)) != bench.switched_off
    except JuriError as error:
        _log.error("nobody could look whether plugins were switched; it is tried again: %s", error)
        return False


class _Gunicorn(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    def __init__(self, bench: Workbench, binding: Binding) -> None:
        self._bench = bench
        self._binding = binding
        super().__init__()

    def load_config(self) -> None:
        """Set gunicorn up; its own files and environment are not read."""
        options: dict[str, Any] = {
            "bind": [f"{self._binding.host}:{self._binding.port}"],
            "worker_class": EvenWorker,
            "workers": self._binding.workers,
            "threads": self._binding.threads,
            "graceful_timeout": SECONDS_TO_FINISH,
            "forwarded_allow_ips": "",
            "loglevel": "warning",
            "proc_name": "juri",
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Build the application, once in each worker."""
        return _application(Workbench(self._bench.plugins_dir, self._bench.database_url), starts_again=True)
