"""A fair gate in front of SQLite's single writer, across threads and processes.

SQLite makes waiting writers poll, and one of them may starve for seconds; a file lock wakes them in turn.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from juri.core.errors import ActionRefused


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold the lock file alone; it is released when the process dies.

    Raises:
        ActionRefused: the file cannot be written, so neither could the database beside it.

    """
    descriptor = _opened(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _opened(path: Path) -> int:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise ActionRefused(
            [f"nothing can be written in the folder '{path.parent}': {error.strerror}; the database needs to"],
            code="database",
        ) from error
