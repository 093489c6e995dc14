"""What a column can hold, checked before the write, so that both databases refuse the same in the same words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Integer, String, Table

from juri.core.errors import InputRefused, Problem

LARGEST_INTEGER = 2**31 - 1
LARGEST_BIG_INTEGER = 2**63 - 1


def require_storable(table: Table, values: Mapping[str, Any]) -> None:
    """Refuse a row that would not fit; without this SQLite would take it and PostgreSQL would not.

    Raises:
        InputRefused: a text is too long or holds a character that no database takes, or a number is too large.

    """
    problems = list(_problems(table, values))
    if problems:
        raise InputRefused(problems)


def _problems(table: Table, values: Mapping[str, Any]) -> Iterator[Problem]:
    for name, longest in _texts(table):
        value = values.get(name)
        if not isinstance(value, str):
            continue
        if longest is not None and len(value) > longest:
            yield Problem(name, f"{len(value)} characters are too many; write {longest} at most", "too_long")
        if "\0" in value or not _is_unicode(value):
            yield Problem(name, "it holds a character that cannot be stored; type the text again", "bad_character")
    for name, largest in _integers(table):
        value = values.get(name)
        if isinstance(value, int) and abs(value) > largest:
            yield Problem(name, f"{value} is too large; {largest} is the largest", "too_large")


def _is_unicode(value: str) -> bool:
    """Tell whether a text can be encoded: half of a surrogate pair cannot."""
    return value.isascii() or not any("\ud800" <= character <= "\udfff" for character in value)


@cache
def _texts(table: Table) -> tuple[tuple[str, int | None], ...]:
    return tuple((column.name, column.type.length) for column in table.columns if isinstance(column.type, String))


@cache
def _integers(table: Table) -> tuple[tuple[str, int], ...]:
    return tuple(
        (column.name, LARGEST_BIG_INTEGER if isinstance(column.type, BigInteger) else LARGEST_INTEGER)
        for column in table.columns
        if isinstance(column.type, Integer)
    )
