"""The entrants' pages work on two editions: one that is being judged, and one whose registration is open."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest

from juri.webapp.workbench import Workbench


@pytest.fixture
def web_bench(writing_template: Path, tmp_path: Path) -> Iterator[Workbench]:
    """Put both editions in the place of the one that other pages are tested with."""
    copy = tmp_path / "tulis.db"
    shutil.copyfile(writing_template, copy)
    bench = Workbench(None, f"sqlite:///{copy}")
    yield bench
    bench.database.dispose()


@pytest.fixture
def tulis(web_bench: Workbench) -> Any:
    """Return the edition whose registration is open."""
    return sys.modules["juri_writing"].Writing(web_bench.database, web_bench.registry)


@pytest.fixture(scope="session")
def axe_source() -> str:
    """Return the text of axe-core, which looks a page over for barriers."""
    path = Path(axe_playwright_python.__file__).parent / "axe.min.js"
    return path.read_text(encoding="utf-8")
