"""Exact numbers: fractions for one figure, integer columns over a common denominator for many."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import (
    ROUND_DOWN,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Context,
    Decimal,
)
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[Any]
"""Integers: int64 where they fit, Python integers (dtype object) where they would not."""

ROUNDING_MODES = {
    "half_up": ROUND_HALF_UP,
    "half_even": ROUND_HALF_EVEN,
    "half_down": ROUND_HALF_DOWN,
    "down": ROUND_DOWN,
    "up": ROUND_UP,
}

_INT64_SAFE = 2**62
"""Sums and comparisons of int64 stay exact below this."""


@dataclass(frozen=True)
class Rounding:
    """Where to round is part of the rule: ``step`` names the place, ``decimals`` and ``mode`` say how.

    ``step`` is one of ``sheet`` (a juror's total for an entry), ``entry`` (the entry's score in the stage)
    and ``combined`` (the score over several stages). ``mode`` is a key of ``ROUNDING_MODES``.
    """

    step: str
    decimals: int
    mode: str = "half_up"


_WRITTEN = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?")
_LONGEST_WRITTEN = 40


def read_number(text: str) -> Decimal:
    """Read a number as people type it: "84,38" and "84.38" are the same; thousands are never separated.

    Raises:
        ValueError: the text is not one plain number; the message is a sentence for the person who typed it.

    """
    written = text.strip()
    if _WRITTEN.fullmatch(written) and len(written) <= _LONGEST_WRITTEN:
        return Decimal(written.replace(",", "."))
    raise ValueError(_why_no_number(written))


def _why_no_number(written: str) -> str:
    if not written:
        return "nothing is written here; write a number such as 84.5 or 84,5"
    if len(written) > _LONGEST_WRITTEN:
        return f"'{written[:_LONGEST_WRITTEN]}...' is too long for a number; write at most {_LONGEST_WRITTEN} signs"
    if re.fullmatch(r"[+-]?[0-9]+(?:[., '][0-9]+){2,}|[+-]?[0-9]+[ '][0-9]+", written):
        return f"'{written}' separates thousands; write digits with at most one comma or point, for the decimals"
    if re.fullmatch(r"[+-]?[0-9.,]+e[+-]?[0-9]+", written, re.IGNORECASE):
        return f"'{written}' has an exponent; write the number out in digits"
    if any(sign.isdigit() and not sign.isascii() for sign in written):
        return f"'{written}' has digits other than 0 to 9; write it with 0 to 9"
    return f"'{written}' is not a number; write digits with at most one comma or point, such as 84.5 or 84,5"


def round_fraction(value: Fraction, decimals: int, mode: str = "half_up") -> Fraction:
    """Round an exact value to ``decimals`` places; half_up moves a half away from zero, as people expect."""
    scaled = value * 10**decimals
    sign = -1 if scaled < 0 else 1
    whole, rest = divmod(abs(scaled.numerator), scaled.denominator)
    twice = 2 * rest
    up = {
        "half_up": twice >= scaled.denominator,
        "half_down": twice > scaled.denominator,
        "half_even": twice > scaled.denominator or (twice == scaled.denominator and whole % 2 == 1),
        "down": False,
        "up": rest > 0,
    }[mode]
    return Fraction(sign * (whole + up), 10**decimals)


def decimal_text(value: Fraction, decimals: int) -> str:
    """Write an exact value with a fixed number of decimals (half up), a point and no thousands mark."""
    rounded = round_fraction(value, decimals)
    quantum = Decimal(1).scaleb(-decimals)
    figure = Decimal(rounded.numerator) / Decimal(rounded.denominator) if rounded.denominator == 1 else None
    if figure is None:
        context = Context(prec=len(str(abs(rounded.numerator))) + decimals + 5)
        figure = context.divide(Decimal(rounded.numerator), Decimal(rounded.denominator))
    return format(figure.quantize(quantum, context=Context(prec=len(str(abs(rounded.numerator))) + decimals + 5)), "f")


@dataclass(frozen=True, eq=False)
class ExactColumn:
    """Exact figures, one an entry: ``numerators[i] / denominator``. Comparing the numerators compares the figures."""

    numerators: IntArray
    denominator: int

    @classmethod
    def from_fractions(cls, values: Sequence[Fraction]) -> ExactColumn:
        """Put fractions over their least common denominator."""
        denominator = lcm(*(value.denominator for value in values)) if values else 1
        return cls(int_array(value.numerator * (denominator // value.denominator) for value in values), denominator)

    def fraction(self, index: int) -> Fraction:
        """Return one figure."""
        return Fraction(int(self.numerators[index]), self.denominator)

    def fractions(self) -> list[Fraction]:
        """Return every figure."""
        return [Fraction(int(numerator), self.denominator) for numerator in self.numerators.tolist()]

    def rounded(self, decimals: int, mode: str = "half_up") -> ExactColumn:
        """Round every figure; the result stands over a power of ten."""
        rounded = [round_fraction(value, decimals, mode) * 10**decimals for value in self.fractions()]
        return ExactColumn(int_array(value.numerator for value in rounded), 10**decimals)


def int_array(values: Iterable[int]) -> IntArray:
    """Build an integer array that never overflows: int64 where every value is safely inside, else Python integers."""
    listed = list(values)
    if all(-_INT64_SAFE < value < _INT64_SAFE for value in listed):
        return np.array(listed, dtype=np.int64)
    return np.array(listed, dtype=object)


def times(values: IntArray, factor: int) -> IntArray:
    """Multiply integers by a whole factor without overflow."""
    if values.dtype == object or not values.size or _peak(values) * abs(factor) < _INT64_SAFE:
        return values * factor
    return values.astype(object) * factor


def group_sums(groups: IntArray, values: IntArray, count: int) -> IntArray:
    """Add up integers by group, exactly and whatever their order; shape (count,)."""
    if values.dtype != object and values.size and _peak(values) * values.size >= _INT64_SAFE:
        values = values.astype(object)
    sums = np.zeros(count, dtype=values.dtype if values.size else np.int64)
    np.add.at(sums, groups, values)
    return sums


def _peak(values: IntArray) -> int:
    return int(np.abs(values).max())
