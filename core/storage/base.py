"""The base of every table, and which tables the audit trail answers for."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any, ClassVar, cast

from sqlalchemy import Boolean, Column, ColumnElement, MetaData, Table, type_coerce
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import NullType

from juri.core.storage.types import CanonicalJson, UtcDateTime, canonical_json, iso_utc

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Every table. Constraints are named by rule, so that a refusal can be told from another."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: UtcDateTime, dict[str, Any]: CanonicalJson}


class Audited:
    """A table whose every row is accounted for by an audit event: no write without one, no deletion."""


class AppendOnly(Audited):
    """An audited table whose rows are never changed: a change is a new row."""


def audited_tables() -> list[Table]:
    """Return the audited tables, sorted by name. Only tables whose module was imported are known."""
    classes: list[Any] = [mapper.class_ for mapper in Base.registry.mappers if issubclass(mapper.class_, Audited)]
    return sorted((entity.__table__ for entity in classes), key=lambda table: table.name)


def table_of(entity: type[Base]) -> Table:
    """Return the table of a mapped class."""
    return cast("Table", entity.__table__)


def row_key(table: Table, values: Mapping[str, Any]) -> str:
    """Write a row's primary key as text."""
    return "/".join(str(values[column.name]) for column in table.primary_key.columns)


def row_digest(table: Table, values: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a row that is about to be written: its table and every column by name."""
    return plain_digest(table, plain_row(table, values))


def plain_row(table: Table, values: Mapping[str, Any]) -> dict[str, Any]:
    """Bring a row of Python values to the plain form that digests are made of."""
    return {name: _plain(values[name], is_json=is_json) for name, is_json in _columns(table)}


def plain_digest(table: Table, plain: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a row in plain form."""
    return hashlib.sha256(canonical_json([table.name, dict(plain)]).encode()).hexdigest()


def stored_row(table: Table, raw: Mapping[str, Any]) -> dict[str, Any]:
    """Bring a row, as the driver read it, to the plain form that digests are made of.

    No type of ours reads it first: two ways of writing one JSON value, or one moment, are two values here, so that
    an edit shows even where it would read the same.
    """
    return {column.name: _stored(column, raw[column.name]) for column in table.columns}


def raw_columns(table: Table) -> list[ColumnElement[Any]]:
    """Return the columns of a table so that a SELECT gives what the driver reads, past every type of ours."""
    return [type_coerce(column, NullType()).label(column.name) for column in table.columns]


@cache
def _columns(table: Table) -> tuple[tuple[str, bool], ...]:
    """Return the columns of a table by name, and whether each holds canonical JSON; tables never change."""
    return tuple((column.name, isinstance(column.type, CanonicalJson)) for column in table.columns)


def _plain(value: Any, *, is_json: bool) -> Any:
    """Turn a column's value into JSON; integers go as text, since they may be larger than JSON numbers are safe."""
    if value is None:
        return None
    if is_json:
        return canonical_json(value)
    if isinstance(value, datetime):
        return iso_utc(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value


def _stored(column: Column[Any], value: Any) -> Any:
    if isinstance(column.type, Boolean) and value in {0, 1}:
        return bool(value)
    if isinstance(value, datetime):
        return iso_utc(value)
    if isinstance(value, int):
        return str(value)
    return value if value is None or isinstance(value, str) else [type(value).__name__, repr(value)]
