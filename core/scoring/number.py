"""Exact numbers: fractions for one figure, integer columns over a common denominator for many."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[Any]
"""Integers: int64 where they fit, Python integers (dtype object) where they would not."""

ROUNDING_MODES = ("half_up", "half_even", "half_down", "down", "up")
"""How a rest is rounded; half_up moves a half away from zero, as people expect. ``down`` is towards zero."""

INT64_SAFE = 2**62
"""Sums and comparisons of int64 stay exact below this."""


@dataclass(frozen=True)
class Rounding:
    """Where to round is part of the rule: ``step`` names the place, ``decimals`` and ``mode`` say how.

    ``step`` is one of ``sheet`` (a juror's total for an entry), ``entry`` (the entry's score in the stage)
    and ``combined`` (the score over several stages). ``mode`` is one of ``ROUNDING_MODES``.
    """

    step: str
    decimals: int
    mode: str = "half_up"


_WRITTEN = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?")
_LONGEST_WRITTEN = 40
_WHOLE = re.compile(r"[0-9]{1,18}")


def read_number(text: str) -> Decimal:
    """Read a number as people type it: "84,38" and "84.38" are the same; thousands are never separated.

    Raises:
        ValueError: the text is not one plain number; the message is a sentence for the person who typed it.

    """
    written = text.strip()
    if _WRITTEN.fullmatch(written) and len(written) <= _LONGEST_WRITTEN:
        return Decimal(written.replace(",", "."))
    raise ValueError(_why_no_number(written))


def read_whole(text: str) -> int | None:
    """Read a whole number of at most 18 digits, without a sign; None where the text is none."""
    return int(text) if _WHOLE.fullmatch(text) else None


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
    whole, rest = divmod(abs(scaled.numerator), scaled.denominator)
    whole += bool(_moves_up(mode, whole, 2 * rest, scaled.denominator))
    return Fraction(-whole if scaled < 0 else whole, 10**decimals)


def _moves_up(mode: str, whole: Any, twice: Any, unit: int) -> Any:
    """Tell whether ``whole`` units and a rest are rounded away from zero; ``twice`` is the rest, doubled.

    One rule for one integer and for an array of them.
    """
    match mode:
        case "half_up":
            return twice >= unit
        case "half_even":
            return (twice > unit) | ((twice == unit) & (whole % 2 == 1))
        case "half_down":
            return twice > unit
        case "down":
            return twice < 0
        case "up":
            return twice > 0
        case _:
            raise ValueError(f"there is no rounding mode '{mode}'; known are {', '.join(ROUNDING_MODES)}")


def decimal_text(value: Fraction, decimals: int) -> str:
    """Write an exact value with a fixed number of decimals (half up), a point and no thousands mark."""
    units = int(round_fraction(value, decimals) * 10**decimals)
    sign = "-" if units < 0 else ""
    whole, rest = divmod(abs(units), 10**decimals)
    return f"{sign}{whole}.{rest:0{decimals}d}" if decimals else f"{sign}{whole}"


def fact_number(value: object) -> Fraction | None:
    """Read a fact as an exact number: an int, a Decimal, a Fraction, or text as people type it; else None."""
    if isinstance(value, str):
        try:
            return Fraction(read_number(value))
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, (int, Decimal, Fraction)):
        return None
    return Fraction(value) if not isinstance(value, Decimal) or value.is_finite() else None


@dataclass(frozen=True, eq=False)
class ExactColumn:
    """Exact figures, one an entry: ``numerators[i] / denominator``. Comparing the numerators compares the figures."""

    numerators: IntArray
    denominator: int

    @classmethod
    def from_fractions(cls, values: Sequence[Fraction]) -> ExactColumn:
        """Put fractions over their least common denominator."""
        denominator = lcm(*{value.denominator for value in values})
        return cls(int_array(value.numerator * (denominator // value.denominator) for value in values), denominator)

    def fraction(self, index: int) -> Fraction:
        """Return one figure."""
        return Fraction(int(self.numerators[index]), self.denominator)

    def fractions(self) -> list[Fraction]:
        """Return every figure."""
        return [Fraction(int(numerator), self.denominator) for numerator in self.numerators.tolist()]

    def rounded(self, decimals: int, mode: str = "half_up") -> ExactColumn:
        """Round every figure; the result stands over a power of ten."""
        unit = self.denominator
        scaled = times(self.numerators, 2 * 10**decimals)
        if unit >= INT64_SAFE // 2:
            scaled = scaled.astype(object)
        whole = np.abs(scaled) // (2 * unit)
        twice = np.abs(scaled) % (2 * unit)
        up = _moves_up(mode, whole, twice, unit)
        return ExactColumn((whole + up) * np.where(scaled < 0, -1, 1), 10**decimals)

    def added(self, other: ExactColumn) -> ExactColumn:
        """Add the figures of another column, place by place."""
        common = lcm(self.denominator, other.denominator)
        mine, theirs = (times(each.numerators, common // each.denominator) for each in (self, other))
        return ExactColumn(plus(mine, theirs), common)

    def take(self, index: IntArray) -> ExactColumn:
        """Return the figures at some places, in their order."""
        return ExactColumn(self.numerators[index], self.denominator)


def int_array(values: Iterable[int]) -> IntArray:
    """Build an integer array that never overflows: int64 where every value is safely inside, else Python integers."""
    listed = list(values)
    if not listed or (min(listed) > -INT64_SAFE and max(listed) < INT64_SAFE):
        return np.array(listed, dtype=np.int64)
    return np.array(listed, dtype=object)


def times(values: IntArray, factor: int | IntArray) -> IntArray:
    """Multiply integers by a whole factor, or each by its own, without overflow."""
    factors = int_array([factor]) if isinstance(factor, int) else factor
    if object not in (values.dtype, factors.dtype) and peak(values) * peak(factors) < INT64_SAFE:
        return values * factors
    product: IntArray = values.astype(object) * factors.astype(object)
    return product


def plus(left: IntArray, right: IntArray) -> IntArray:
    """Add integers place by place without overflow."""
    if object not in (left.dtype, right.dtype) and peak(left) + peak(right) < INT64_SAFE:
        return left + right
    total: IntArray = left.astype(object) + right.astype(object)
    return total


def group_sums(groups: IntArray, values: IntArray, count: int) -> IntArray:
    """Add up integers by group, exactly and whatever their order; shape (count,)."""
    if values.dtype != object and peak(values) * values.size >= INT64_SAFE:
        values = values.astype(object)
    sums = np.zeros(count, dtype=values.dtype)
    np.add.at(sums, groups, values)
    return sums


def ratios(numerators: IntArray, denominators: IntArray, scale: int = 1) -> ExactColumn:
    """Return ``numerators[i] / (denominators[i] * scale)`` over one denominator; 0 where a denominator is 0."""
    if denominators.size and denominators[0] and (denominators == denominators[0]).all():
        return ExactColumn(numerators, int(denominators[0]) * scale)
    different, place = np.unique(denominators, return_inverse=True)
    common = lcm(*(int(each) for each in different if each))
    factors = int_array(common // int(each) if each else 0 for each in different)
    return ExactColumn(times(numerators, factors[place]), common * scale)


def codes(values: IntArray) -> IntArray:
    """Return small integers in the order of the values, equal for equal ones; the least value gets 0.

    Values that lie close together, as scores do, are ticked off on a list of all between the least and the greatest:
    no sorting.
    """
    if values.dtype == object or not values.size or int(values.max()) - int(values.min()) > _CLOSE * values.size:
        found: IntArray = np.unique(values, return_inverse=True)[1]
        return found
    place = values.astype(np.int64) - int(values.min())
    occurs = np.zeros(int(place.max()) + 1, dtype=bool)
    occurs[place] = True
    number: IntArray = np.cumsum(occurs) - 1
    return number[place]


_CLOSE = 8
"""Values lie close together that span no more than so many times their count."""


def order_of(first: IntArray, second: IntArray) -> IntArray:
    """Sort by two columns of small integers from 0 on; what is equal in both stays as it stands.

    Keys that all differ are sorted several times as quickly as a stable sort takes, and come out the same.
    """
    size, span = first.size, peak(second) + 1
    if (peak(first) + 1) * span * size >= INT64_SAFE:
        return np.lexsort((second, first))
    return np.argsort((first * span + second) * size + np.arange(size))


def stable_order(groups: IntArray) -> IntArray:
    """Sort small integers from 0 on; equal ones stay as they stand."""
    if peak(groups) <= np.iinfo(np.uint16).max:
        return np.argsort(groups.astype(np.uint16), kind="stable")
    return order_of(groups, np.zeros_like(groups))


def peak(values: IntArray) -> int:
    """Return how far the values go from 0, on either side; 0 without values."""
    return max(int(values.max()), -int(values.min())) if values.size else 0
