"""The time of this machine, replaceable in tests. Deadlines are not decided here: only the database's clock counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime


def _system() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  this is the one place that asks the system


_source: Callable[[], datetime] = _system


def now() -> datetime:
    """Return the time, in UTC."""
    return _source()


@contextmanager
def standing_at(moment: datetime) -> Iterator[None]:
    """Let the clock stand still; for tests and for reports that must come out the same twice."""
    global _source  # noqa: PLW0603  one clock for the process is the point
    before, _source = _source, lambda: moment
    try:
        yield
    finally:
        _source = before
