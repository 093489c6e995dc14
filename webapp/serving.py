"""Running the application: gunicorn with threads, each worker with an application and a postman of its own."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from werkzeug.serving import run_simple

from juri.core.errors import InputRefused
from juri.webapp.app import create_app
from juri.webapp.logs import log_as_json
from juri.webapp.postman import Postman, mail_server
from juri.webapp.workbench import Workbench

LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})
SECONDS_TO_FINISH = 30
SECONDS_OF_A_THREAD = 0.0005
"""How long a thread goes on while others of its process wait (Python's own 5 ms are long): whoever holds the database's
write lock lets go of the interpreter at every statement, and everybody waits until that thread has it back."""


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
    app = _application(bench)
    run_simple(binding.host, binding.port, app, threaded=True)


def _application(bench: Workbench) -> Flask:
    """Build the application of this process, and set its postman to work."""
    sys.setswitchinterval(SECONDS_OF_A_THREAD)
    log_as_json()
    app = create_app(bench)
    server = mail_server(bench.settings)
    if server is not None:
        Postman(bench.database, bench.settings, server).start()
    return app


class _Gunicorn(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    def __init__(self, bench: Workbench, binding: Binding) -> None:
        self._bench = bench
        self._binding = binding
        super().__init__()

    def load_config(self) -> None:
        """Set gunicorn up; its own files and environment are not read."""
        options: dict[str, Any] = {
            "bind": [f"{self._binding.host}:{self._binding.port}"],
            "worker_class": "gthread",
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
        return _application(Workbench(self._bench.plugins_dir, self._bench.database_url))
