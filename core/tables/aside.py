"""Columns that stand beside the scores: taken out of a table before its form is recognised."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from juri.core.tables.table import Table


def find_columns(table: Table, words: Collection[str]) -> tuple[int, ...]:
    """Return the columns with one of these headers, capitals aside."""
    return tuple(column for column, text in enumerate(table.header) if text and text.casefold() in words)


def take_columns(table: Table, columns: Sequence[int]) -> tuple[Table, tuple[tuple[str, ...], ...]]:
    """Empty some columns, header included, so that cells keep their places; return what each row had in them."""
    taken = tuple(tuple(cells[column] for column in columns) for cells in table.rows)
    if not columns:
        return table, taken
    rows = tuple(_emptied(cells, columns) for cells in table.rows)
    return replace(table, header=_emptied(table.header, columns), rows=rows), taken


def _emptied(cells: tuple[str, ...], columns: Sequence[int]) -> tuple[str, ...]:
    return tuple("" if column in columns else text for column, text in enumerate(cells))
