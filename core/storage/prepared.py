"""Statements that every request asks: compiled once for each product, then given to the driver as they are.

Around a short statement SQLAlchemy works three times as long as the database does (measured on SQLite: 20 µs around 6),
and what is written under the write lock keeps everybody else waiting for as long.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import BindParameter, Connection, Delete, Dialect, Insert, Select, Table, Update, bindparam
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

Statement = Select[*tuple[Any, ...]] | Insert | Update | Delete
Turn = Callable[[Any], Any]
_named: Any = namedtuple  # noqa: PYI024  a class statement cannot hold names that come later


@dataclass(frozen=True)
class _Spoken:
    """A statement in the words of one product.

    ``own`` are values that the statement itself holds; ``takes`` names what the driver takes, ``by_place`` or by name.
    ``takes`` and ``read`` bring values to the driver's types and back.
    """

    text: str
    own: Mapping[str, Any]
    takes: tuple[tuple[str, Turn | None], ...]
    by_place: bool
    read: tuple[Turn | None, ...]
    row: Callable[[Iterable[Any]], Any]

    def given(self, values: Mapping[str, Any]) -> Any:
        """Bring the values of one call into the form that the driver takes."""
        known = {**self.own, **values} if self.own else values
        if self.by_place:
            return [known[name] if turn is None else turn(known[name]) for name, turn in self.takes]
        return {name: known[name] if turn is None else turn(known[name]) for name, turn in self.takes}

    def told(self, row: Sequence[Any]) -> Any:
        """Bring a row of the driver to our types, its values by the names of their columns."""
        return self.row(value if read is None else read(value) for read, value in zip(self.read, row, strict=True))


class Prepared:
    """A Core statement that is asked often. Every value that changes is a named ``bindparam``."""

    def __init__(self, statement: Statement) -> None:
        self._statement = statement
        self._spoken: dict[str, _Spoken] = {}

    def rows(self, session: Session, values: Mapping[str, Any] | None = None) -> list[Any]:
        """Carry the statement out in the session's transaction; returns its rows as named tuples.

        Raises:
            DBAPIError: as any statement of the session.

        """
        spoken, found = self._carried_out(session, values or {})
        return [spoken.told(row) for row in found]

    def raw(self, session: Session, values: Mapping[str, Any] | None = None) -> Sequence[Sequence[Any]]:
        """Carry the statement out as ``rows`` does; returns its rows as the driver has them, for many whole numbers."""
        return self._carried_out(session, values or {})[1]

    def _carried_out(self, session: Session, values: Mapping[str, Any]) -> tuple[_Spoken, Sequence[Sequence[Any]]]:
        session.flush()
        connection = _connection_of(session)
        spoken = self._spoken.get(connection.dialect.name) or self._speak(connection.dialect, values)
        given = spoken.given(values)
        for hear in connection.dispatch.before_cursor_execute:
            hear(connection, None, spoken.text, given, None, False)
        driver = cast("Any", connection.connection.driver_connection)
        try:
            cursor = driver.execute(spoken.text, given)
            return spoken, cursor.fetchall() if spoken.read else ()
        except cast("Any", connection.dialect.dbapi).Error as error:
            raise _as_of_the_session(connection, spoken.text, given, error) from error

    def first(self, session: Session, values: Mapping[str, Any] | None = None) -> Any:
        """Carry the statement out; returns its first row, None where there is none."""
        found = self.rows(session, values)
        return found[0] if found else None

    def _speak(self, dialect: Dialect, values: Mapping[str, Any]) -> _Spoken:
        compiled = self._statement.compile(dialect=dialect)
        full = compiled.construct_expanded_state(values)
        columns = self._statement.exported_columns
        self._spoken[dialect.name] = spoken = _Spoken(
            text=full.statement,
            own={name: value for name, value in full.parameters.items() if name not in values},
            takes=tuple(
                (name, _turn(compiled.binds.get(name), dialect)) for name in full.positiontup or full.parameters
            ),
            by_place=full.positiontup is not None,
            read=tuple(column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns),
            row=_named("Row", columns.keys(), rename=True)._make,
        )
        return spoken


def _connection_of(session: Session) -> Connection:
    """Return the session's connection, looked up once in each transaction: SQLAlchemy's way there takes long."""
    known: tuple[object, Connection] | None = session.info.get(_CONNECTION)
    if known is not None and known[0] is session.get_transaction():
        return known[1]
    connection = session.connection()
    session.info[_CONNECTION] = session.get_transaction(), connection
    return connection


_CONNECTION = "prepared.connection"


def _turn(bind: BindParameter[Any] | None, dialect: Dialect) -> Turn | None:
    """Return what brings a value to the driver's type; the words of an IN, which stand for no bind, are as they are."""
    return None if bind is None else bind.type.dialect_impl(dialect).bind_processor(dialect)


def by_name(table: Table, *names: str) -> dict[str, BindParameter[Any]]:
    """Return what an INSERT or UPDATE sets: these columns of a table (else all), each to the value of its name."""
    return {name: bindparam(name, type_=table.c[name].type) for name in names or [each.name for each in table.columns]}


def _as_of_the_session(connection: Connection, text: str, given: Any, error: Exception) -> BaseException:
    """Say an error of the driver as SQLAlchemy does; a connection that is lost is given up, as it does."""
    dialect = connection.dialect
    if dialect.is_disconnect(cast("Any", error), cast("Any", connection.connection), None):
        connection.invalidate(error)
    return DBAPIError.instance(text, given, error, cast("Any", dialect.dbapi).Error, dialect=dialect)
