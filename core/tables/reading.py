"""Read a table from a file or from bytes, whatever its format; the content tells the format, not the name."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from juri.core.errors import InputRefused
from juri.core.tables.delimited import read_delimited
from juri.core.tables.table import MAX_BYTES, Table
from juri.core.tables.workbook import read_workbook

_ZIP = b"PK\x03\x04"
_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True)
class Source:
    """The bytes of a file and what to call it in messages."""

    name: str
    data: bytes

    @property
    def sha256(self) -> str:
        """Return the SHA-256 of the bytes."""
        return hashlib.sha256(self.data).hexdigest()


def load_file(path: Path) -> Source:
    """Take a file into memory.

    Raises:
        InputRefused: it cannot be read, is empty or larger than 64 MiB.

    """
    try:
        with path.open("rb") as stream:
            return load_stream(stream, path.name)
    except OSError as error:
        raise InputRefused.at(str(path), f"the file cannot be read: {error.strerror or error}", "unreadable") from error


def load_stream(stream: BinaryIO, name: str) -> Source:
    """Take a stream (standard input) into memory.

    Raises:
        InputRefused: it is empty or larger than 64 MiB.

    """
    data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise InputRefused.at(
            name, f"the file is larger than {MAX_BYTES // 2**20} MiB; save only the table", "too_large"
        )
    if not data.strip():
        raise InputRefused.at(name, "the file is empty", "empty")
    return Source(name, data)


def read_table(source: Source, *, sheet: str | None = None, known_headers: frozenset[str] = frozenset()) -> Table:
    """Read a table from CSV (comma, semicolon, tab) or XLSX.

    Args:
        source: the bytes.
        sheet: the sheet of a workbook; the first where None.
        known_headers: words in small letters that tell the separator of a CSV where more than one is possible.

    Raises:
        InputRefused: the table cannot be read; every fault is listed with its place.
        NotFound: there is no such sheet.

    """
    if source.data.startswith(_ZIP):
        return read_workbook(source.data, source.name, sheet)
    if source.data.startswith(_OLD_WORKBOOK):
        message = "this is an old workbook (XLS) or one with a password; save it as XLSX or CSV"
        raise InputRefused.at(source.name, message, "old_workbook")
    if sheet is not None:
        raise InputRefused.at(source.name, "a text file has no sheets; leave --sheet away", "no_sheets")
    return read_delimited(source.data, source.name, known_headers)
