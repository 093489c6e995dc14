"""The entrants' pages work on two editions: one that is being judged, and one whose registration is open."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from juri.webapp.workbench import Workbench


@pytest.fixture
def web_bench(writing_template: Path, bench_on: Callable[[Path], Workbench]) -> Workbench:
    """Put both editions in the place of the one that other pages are tested with."""
    return bench_on(writing_template)
