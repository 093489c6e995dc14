"""How commands write files: in one step, so that a file is whole or untouched."""

from __future__ import annotations

import os
from pathlib import Path

from juri.core.errors import InputRefused


def write_file(target: Path, data: bytes) -> None:
    """Write a file in one step: under another name beside it, then renamed. A device or pipe is written directly.

    Raises:
        InputRefused: it cannot be written; what stood there before stands there still.

    """
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        if target.exists() and not target.is_file():
            target.write_bytes(data)
            return
        try:
            part.write_bytes(data)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        message = f"the file cannot be written: {error.strerror or error}"
        raise InputRefused.at(str(target), message, "unwritable") from error
