"""The base of every table, and which tables the audit trail answers for."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, cast

from sqlalchemy import MetaData, Table
from sqlalchemy.orm import DeclarativeBase

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
    """Return the SHA-256 of a row: its table and every column by name."""
    plain = {column.name: _plain(values[column.name]) for column in table.columns}
    return hashlib.sha256(canonical_json([table.name, plain]).encode()).hexdigest()


def _plain(value: Any) -> Any:
    """Turn a column's value into JSON; integers go as text, since they may be larger than JSON numbers are safe."""
    if isinstance(value, datetime):
        return iso_utc(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value
