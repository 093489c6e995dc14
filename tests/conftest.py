"""Fixtures that every test may use."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of shared reference data, or skip the test, saying so."""
    if not SHARED.is_dir():
        pytest.skip("the folder of shared reference data is not beside this checkout")
    return SHARED
