"""Tables of plain text: comma, semicolon or tab; UTF-8, UTF-16 with its mark, or Windows-1252."""

from __future__ import annotations

import codecs
import csv
import io
import unicodedata
from collections.abc import Iterator
from itertools import islice

from juri.core.errors import InputRefused
from juri.core.tables.table import Record, Table, build_table

SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab"}

_TRIED_RECORDS = 1_000
"""How much of a file is read to tell its separator, where the header alone does not."""


def read_delimited(data: bytes, name: str, known_headers: frozenset[str] = frozenset()) -> Table:
    """Read a table of text from bytes.

    Where the header could be split by more than one separator, the one that gives a header word of
    ``known_headers`` is meant, then the one that splits every row alike.

    Raises:
        InputRefused: not a text, quotes that do not close, no separator or more than one possible, a fault of
            the table itself.

    """
    text, encoding = decode_text(data, name)
    text, separator = _announced(text)
    separator = separator or _find_separator(text, name, known_headers)
    reading = f"CSV, {SEPARATORS[separator]}, {encoding}"
    return build_table(name, _records(text, separator), reading)


def decode_text(data: bytes, name: str) -> tuple[str, str]:
    """Return the text of a file, and the name of its encoding.

    Raises:
        InputRefused: it is not a text.

    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        tried = [("utf-16", "UTF-16")]
    else:
        tried = [("utf-8-sig", "UTF-8"), ("cp1252", "Windows-1252")]
    for codec, title in tried:
        try:
            text = data.decode(codec)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return unicodedata.normalize("NFC", text), title
    raise InputRefused.at(
        name, "this is not a text file in UTF-8 or Windows-1252; save the table as CSV (UTF-8) or XLSX", "not_text"
    )


def _announced(text: str) -> tuple[str, str]:
    """Obey a first line ``sep=;``, which spreadsheet programs write; it stays as a blank line, so that rows count."""
    line = text[:7].splitlines()[0] if text[:7].strip() else ""
    if line[:4] == "sep=" and line[4:] in SEPARATORS:
        return text[len(line) :], line[4:]
    return text, ""


def _records(text: str, separator: str) -> Iterator[Record]:
    """Split a text into records; a quoted line break stays inside its cell, as a spreadsheet shows it."""
    number = 0
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True):
            number += 1
            yield number, cells
    except csv.Error as error:
        message = f"the row cannot be split into cells ({error}); look for a quote that is not closed or not doubled"
        raise InputRefused.at(f"row {number + 1}", message, "bad_quotes") from error


def _find_separator(text: str, name: str, known_headers: frozenset[str]) -> str:
    headers = {mark: _header(text, mark) for mark in SEPARATORS}
    possible = [mark for mark, header in headers.items() if len(header) > 1]
    if not possible:
        if known_headers & {cell.casefold() for cell in headers[","]}:
            return ","  # a table of one column needs no separator
        raise InputRefused.at(
            name,
            "the first row cannot be split into columns; separate them by comma, semicolon or tab",
            "no_separator",
        )
    if len(possible) > 1:
        possible = [
            mark for mark in possible if known_headers & {cell.casefold() for cell in headers[mark]}
        ] or possible
    if len(possible) > 1:
        possible = [mark for mark in possible if _splits_alike(text, mark, len(headers[mark]))] or possible
    if len(possible) > 1:
        words = " or ".join(SEPARATORS[mark] for mark in possible)
        raise InputRefused.at(name, f"columns could be separated by {words}; put cells in quotes", "no_separator")
    return possible[0]


def _header(text: str, separator: str) -> list[str]:
    """Return the first record that is not blank, as this separator splits it; nothing where it cannot."""
    try:
        for _, cells in _records(text, separator):
            if any(cell.strip() for cell in cells):
                return [cell.strip() for cell in cells]
    except InputRefused:
        pass
    return []


def _splits_alike(text: str, separator: str, width: int) -> bool:
    try:
        return all(len(cells) in (0, width) for _, cells in islice(_records(text, separator), _TRIED_RECORDS))
    except InputRefused:
        return False
