"""The arithmetic of a criterion tree: weights on every level, answers left out, the least and the greatest total."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from juri.core.errors import InputRefused
from juri.core.scoring.rubric import Line


@dataclass(frozen=True)
class Node:
    """One criterion as a rubric kind counts it.

    The value of a node with children is ``sum(weight * value of the child) / divisor``; the value of a leaf is given.
    ``least`` and ``greatest`` bound the value of a leaf; ``optional`` says that its answer may be absent or N/A.
    """

    id: str
    weight: Fraction = Fraction(1)
    least: Fraction = Fraction(0)
    greatest: Fraction = Fraction(0)
    optional: bool = False
    children: tuple[Node, ...] = ()
    divisor: Fraction = Fraction(1)

    @cached_property
    def counted(self) -> tuple[Node, ...]:
        """Return the children that have a weight."""
        return tuple(child for child in self.children if child.weight)

    @property
    def may_be_absent(self) -> bool:
        """Tell whether a sheet can be complete and yet say nothing that counts below this node."""
        return all(child.may_be_absent for child in self.counted) if self.children else self.optional

    def leaves(self) -> Iterator[Node]:
        """Walk the leaves in reading order."""
        if not self.children:
            yield self
        for child in self.children:
            yield from child.leaves()

    def walk(self) -> Iterator[Node]:
        """Walk this node and every node below it, parents first."""
        yield self
        for child in self.children:
            yield from child.walk()


def bounds(node: Node, *, renormalise: bool) -> tuple[Fraction, Fraction]:
    """Return the least and the greatest value of a node, over every complete sheet.

    Where absent answers are renormalised, this holds for trees without a ``mixed_level``.
    """
    if node.children:
        pairs = [(child.weight, bounds(child, renormalise=renormalise)) for child in node.children]
        least = sum((weight * pair[0] for weight, pair in pairs), Fraction(0))
        greatest = sum((weight * pair[1] for weight, pair in pairs), Fraction(0))
        return least / node.divisor, greatest / node.divisor
    if node.optional and not renormalise:
        return min(node.least, Fraction(0)), max(node.greatest, Fraction(0))
    return node.least, node.greatest


def mixed_levels(root: Node) -> list[Node]:
    """List the nodes where leaving one child out would change the scale of the rest: their children's bounds differ."""
    return [node for node in root.walk() if node.children and _is_mixed(node)]


def _is_mixed(node: Node) -> bool:
    ranges = {bounds(child, renormalise=True) for child in node.counted}
    return len(ranges) > 1 and any(child.may_be_absent for child in node.counted)


def factors(node: Node, values: Mapping[str, Fraction], *, renormalise: bool) -> dict[str, Fraction]:
    """Say how much each answered leaf counts; a node's value is the sum of its leaves' values times these factors.

    A leaf without a value is absent. With ``renormalise`` the weights of the absent are spread over the answered
    siblings in proportion, so that the divisor and the range stay as they are; without, the absent count zero.
    """
    if not node.children:
        return {node.id: Fraction(1)} if node.id in values else {}
    below = [(child, factors(child, values, renormalise=renormalise)) for child in node.counted]
    answered = sum((child.weight for child, found in below if found), Fraction(0))
    if not answered:
        return {}
    spread = sum((child.weight for child in node.counted), Fraction(0)) / answered if renormalise else Fraction(1)
    share = spread / node.divisor
    return {leaf: factor * child.weight * share for child, found in below for leaf, factor in found.items()}


def score_lines(root: Node, values: Mapping[str, Fraction], *, renormalise: bool) -> tuple[Line, ...]:
    """Work out what each leaf adds to the total, one line a leaf in reading order.

    Raises:
        InputRefused: nothing that counts was answered, so there is no score.

    """
    counts = factors(root, values, renormalise=renormalise)
    if not counts:
        message = "everything that counts is 'not applicable' or open; a score needs at least one answer that counts"
        raise InputRefused.at("criteria", message, "nothing_counts")
    return tuple(_line(leaf.id, values.get(leaf.id), counts.get(leaf.id, Fraction(0))) for leaf in root.leaves())


def _line(name: str, value: Fraction | None, factor: Fraction) -> Line:
    if value is None:
        return Line(name, Fraction(0), "left out")
    return Line(name, value * factor, f"{exact_text(value)} x {exact_text(factor)}")


def exact_text(value: Fraction) -> str:
    """Write an exact value: as a decimal where it has one of at most six places, else as a fraction."""
    for places in range(7):
        if 10**places % value.denominator == 0:
            digits = str(abs(value.numerator) * (10**places // value.denominator)).rjust(places + 1, "0")
            sign = "-" if value < 0 else ""
            return sign + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)
    return str(value)
