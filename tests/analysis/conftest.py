"""What the tests of estimates share: designs written down, designs drawn at random, and data with known answers."""

import csv
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from juri.core.analysis.design import Design

SHARED = Path(__file__).resolve().parents[3] / "shared" / "reference"
"""Data sets that may not be committed; beside the checkout where they are present."""


@pytest.fixture(scope="session")
def design_of() -> Callable[[Iterable[tuple[str, str, float]]], Design]:
    """Return a function that makes a design of (entry, juror, score), numbered by name."""

    def _design(rows: Iterable[tuple[str, str, float]]) -> Design:
        ordered = sorted(rows)
        entries, jurors = (sorted({row[place] for row in ordered}) for place in (0, 1))
        return Design(
            np.array([entries.index(row[0]) for row in ordered]),
            np.array([jurors.index(row[1]) for row in ordered]),
            np.array([float(row[2]) for row in ordered]),
            len(entries),
            len(jurors),
        )

    return _design


@pytest.fixture(scope="session")
def drawn() -> Callable[..., tuple[Design, np.ndarray, np.ndarray]]:
    """Return a function that draws a jury: the design, the true quality of entries, the true effect of jurors."""

    def _drawn(
        entries: int, per_entry: int, jurors: int, *, seed: int, severity: float = 5.0, noise: float = 9.0
    ) -> tuple[Design, np.ndarray, np.ndarray]:
        rng = np.random.default_rng(seed)
        chosen = np.argsort(rng.random((entries, jurors)), axis=1)[:, :per_entry]
        chosen.sort(axis=1)
        entry, juror = np.repeat(np.arange(entries), per_entry), chosen.ravel()
        quality, effect = rng.normal(70, 10, entries), rng.normal(0, severity, jurors)
        score = quality[entry] + effect[juror] + rng.normal(0, noise, entry.size)
        return Design(entry, juror, score, entries, jurors), quality, effect

    return _drawn


@pytest.fixture(scope="session")
def shared() -> Callable[[str], Path]:
    """Return a function that finds a data set which may not be committed, and skips the test where it is absent."""

    def _shared(name: str) -> Path:
        if not (SHARED / name).is_dir():
            pytest.skip(f"the reference set {name} may not be committed and is not beside this checkout")
        return SHARED / name

    return _shared


@pytest.fixture(scope="session")
def known() -> Callable[[Path], dict[str, Any]]:
    """Return a function that reads what is expected of a data set, by what it is."""

    def _known(folder: Path) -> dict[str, Any]:
        stored = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
        return {each["what"]: each["value"] for each in stored["expected"]}

    return _known


@pytest.fixture(scope="session")
def rows_of() -> Callable[[Path], list[dict[str, str]]]:
    """Return a function that reads a CSV file."""

    def _rows(path: Path) -> list[dict[str, str]]:
        with path.open(encoding="utf-8", newline="") as lines:
            return list(csv.DictReader(lines))

    return _rows
