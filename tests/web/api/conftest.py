"""The API is tested on two editions: one that is being judged, and one whose registration is open."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from juri.webapp.workbench import Workbench


@pytest.fixture
def web_bench(writing_template: Path, bench_on: Callable[[Path], Workbench]) -> Workbench:
    """Put both editions in the place of the one that other pages are tested with."""
    return bench_on(writing_template)


@pytest.fixture
def kota(web_bench: Workbench) -> Any:
    """Return the edition that is being judged."""
    return sys.modules["juri_writing"].Writing(web_bench.database, web_bench.registry, "kota-2026")


@pytest.fixture
def api(client_for: Callable[..., FlaskClient]) -> Callable[..., Any]:
    """Return a factory of short ways to the API: ``api(email)(method, path, body, **headers)``."""

    def sign_in(email: str = "") -> Any:
        client = client_for(email)

        def ask(method: str, path: str, body: Any = None, **headers: str) -> Any:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            return client.open(f"/api/v1{path}", method=method, json=body, headers=named)

        return ask

    return sign_in
