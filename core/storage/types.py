"""Column types that mean the same on SQLite and PostgreSQL, and canonical JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import rfc8785
from sqlalchemy import DateTime, Dialect, String, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

LARGEST_SAFE_INTEGER = 2**53 - 1
"""Canonical JSON has no larger whole number."""


def canonical_json(value: Any) -> str:
    """Write plain values as canonical JSON (RFC 8785): the same value gives the same bytes everywhere.

    Raises:
        ValueError: the value holds something that has no canonical form, such as a float that is not finite.

    """
    if _is_plain(value):
        text = _written(value)
        if text.isascii():
            return text
    return rfc8785.dumps(value).decode()


_written = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def _is_plain(value: Any) -> bool:
    """Tell whether the standard library writes a value canonically, too: words, safe whole numbers, plain keys.

    Nearly all of ours is so, and it is several times as quick.
    """
    if isinstance(value, str):  # whatever kind of str: the names of tables and columns are of a kind of their own
        return True
    kind = type(value)
    if value is None or kind is bool:
        return True
    if kind is int:
        return bool(abs(value) <= LARGEST_SAFE_INTEGER)
    if kind is list:
        return all(map(_is_plain, value))
    if kind is dict:
        return all(isinstance(key, str) and key.isascii() for key in value) and all(map(_is_plain, value.values()))
    return False


class CanonicalJson(TypeDecorator[Any]):
    """A JSON value kept as canonical text, so that the stored bytes can be hashed."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Write the value as canonical JSON."""
        return None if value is None else canonical_json(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """Read the value back."""
        return None if value is None else json.loads(value)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC with microseconds: ISO text on SQLite (which has no such type), timestamptz on PostgreSQL."""

    impl = String(32)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column type of the database."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(32))
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Refuse a moment without a zone; store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone; a stored moment needs one")
        return iso_utc(value) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Give the moment back in UTC."""
        if value is None:
            return None
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        return moment.astimezone(UTC)


def iso_utc(moment: datetime) -> str:
    """Write a moment as ISO 8601 in UTC, always with microseconds, so that text order is time order."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def plain_json(value: Any) -> Any:
    """Turn a value into what canonical JSON can hold: numbers become decimal text, moments ISO text, tuples lists."""
    if isinstance(value, Mapping):
        return {str(key): plain_json(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain_json(item) for item in value]
    if isinstance(value, datetime):
        return iso_utc(value)
    return value if value is None or isinstance(value, (str, bool)) else str(value)
