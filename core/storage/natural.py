"""The order in which people expect codes: R-2 before R-10, in a list that the database sorts and in one that we sort.

For lists only. What is sealed keeps the order of its texts: a result hashes to the same bytes for ever.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, func
from sqlalchemy.orm import InstrumentedAttribute

_DIGITS = "0123456789"


def naturally(column: InstrumentedAttribute[str]) -> tuple[ColumnElement[Any], ...]:
    """Return by what to order rows: what stands before the number at the end of a code, that number, and the code.

    Numbers are compared as texts without leading zeros, the shorter first, so that none is too long for a database.
    """
    before = func.rtrim(column, _DIGITS)
    number = func.ltrim(func.substr(column, func.length(before) + 1), "0")
    return before, func.length(number), number, column.expression


def natural_key(code: str) -> tuple[str, int, str, str]:
    """Return what a code is sorted by: the same order as that of ``naturally``."""
    before = code.rstrip(_DIGITS)
    number = code[len(before) :].lstrip("0")
    return before, len(number), number, code
