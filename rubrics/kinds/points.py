"""The rubric kind ``points``: every item has its own maximum, and the points add up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

from marshmallow import Schema, fields, validate

from juri.core.errors import Problem
from juri.core.extension import RubricKind
from juri.core.scoring.rubric import RUBRICS_AT_HAND, Answer, Criterion, Line, Rubric, Scale, Score, decimal_as_text
from juri.core.scoring.tree import Node, bounds, exact_text, score_lines
from juri.plugins import hookimpl
from juri.rubrics.kinds.weighted import NaOptions, is_optional, marks, renormalises

STEPS = {"integer": Decimal(1), "half": Decimal("0.5"), "0.1": Decimal("0.1")}
"""The steps that have a name; any other is declared as ``step`` of the item's scale."""

_UNDECLARED = Scale().maximum


class NamedStep(fields.String):
    """A step by its name; 0.1 may be written as a number."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any) -> str:
        text = decimal_as_text(value) if isinstance(value, Decimal) else value
        return super()._deserialize(text, attr, data, **more)


class PointsItemOptions(Schema):
    """The keys of an item: ``maximum`` (where the weight is not it) and ``step``."""

    maximum = fields.Decimal(validate=validate.Range(min=0, min_inclusive=False))
    step = NamedStep(validate=validate.OneOf(list(STEPS)))


def prepare(criterion: Criterion) -> Criterion:
    """Give an item its scale: up to its ``maximum``, or to the scale's own maximum, or to its weight."""
    scale, said = criterion.scale, "maximum" in criterion.options
    if criterion.children or scale.levels or said or scale.maximum != _UNDECLARED:
        return with_own_scale(criterion)
    return with_own_scale(replace(criterion, scale=replace(scale, maximum=criterion.weight)))


def with_own_scale(criterion: Criterion) -> Criterion:
    """Bring the item's ``maximum`` and ``step`` into its scale, where it says them."""
    options, scale = criterion.options, criterion.scale
    if "maximum" in options:
        scale = replace(scale, maximum=Decimal(options["maximum"]))
    if "step" in options:
        scale = replace(scale, step=STEPS[options["step"]])
    return replace(criterion, scale=scale)


def score(rubric: Rubric, answers: Mapping[str, Answer]) -> Score:
    """Add up the points. Headings of a tree only group items.

    Where items are left out, the points of the others grow so that the maximum of the rubric stays as it is
    (``na: renormalise``), or an item left out counts zero (``na: zero``).

    Source: Rumah Inovasi Magetan adds up components that have a maximum each; half points are in the published scores
    of the lomba desa of Bojonegoro 2023 (419.5), steps of 0.1 in those of the Open Government Awards.
    """
    shares = {leaf.id: leaf.scale.greatest for leaf in rubric.leaves}
    values = {name: mark / shares[name] for name, mark in marks(rubric, answers).items()}
    lines = score_lines(tree(rubric), values, renormalise=renormalises(rubric))
    return Score.of([_line(line, values, shares) for line in lines])


def check(rubric: Rubric) -> list[Problem]:
    """List what is wrong: two maxima, a heading that promises other points, items that cannot be left out."""
    return [*maximum_problems(rubric), *_heading_problems(rubric.criteria), *_left_out_problems(rubric)]


def total_bounds(rubric: Rubric) -> tuple[Fraction, Fraction]:
    """Return the least and the greatest total."""
    return bounds(tree(rubric), renormalise=renormalises(rubric))


@lru_cache(maxsize=RUBRICS_AT_HAND)
def tree(rubric: Rubric) -> Node:
    """Return the rubric as arithmetic: each item is a share of its maximum, weighted by it."""
    return Node("", children=tuple(map(_item, rubric.leaves)))


def maximum_problems(rubric: Rubric) -> Iterator[Problem]:
    """List each item that has no number as its maximum, or two of them."""
    for leaf in rubric.leaves:
        greatest = leaf.scale.greatest
        if leaf.scale.choices or greatest <= 0:
            message = f"'{leaf.id}' needs a maximum above 0: write it as its weight or as 'maximum'"
            yield Problem(leaf.id, message, "no_maximum")
        elif leaf.weight not in (1, greatest):
            message = (
                f"'{leaf.id}' has two maxima: weight {leaf.weight} and {exact_text(greatest)} points; leave the "
                "weight out, or make them the same"
            )
            yield Problem(leaf.id, message, "two_maxima")


def _item(leaf: Criterion) -> Node:
    greatest = leaf.scale.greatest
    return Node(leaf.id, greatest, leaf.scale.least / greatest, Fraction(1), is_optional(leaf))


def _line(line: Line, values: Mapping[str, Fraction], shares: Mapping[str, Fraction]) -> Line:
    if line.criterion not in values:
        return line
    mark, most = values[line.criterion] * shares[line.criterion], exact_text(shares[line.criterion])
    grown = "" if mark == line.points else f", counted as {exact_text(line.points)}"
    return replace(line, note=f"{exact_text(mark)} of {most}{grown}")


def _heading_problems(criteria: tuple[Criterion, ...]) -> Iterator[Problem]:
    for criterion in criteria:
        if not criterion.children:
            continue
        points = sum((leaf.scale.greatest for leaf in criterion.leaves()), Fraction(0))
        if criterion.weight not in (1, points):
            message = (
                f"the items below '{criterion.id}' have {exact_text(points)} points together, not "
                f"{criterion.weight}; mend them, or leave the weight of '{criterion.id}' out"
            )
            yield Problem(criterion.id, message, "heading_points")
        yield from _heading_problems(criterion.children)


def _left_out_problems(rubric: Rubric) -> Iterator[Problem]:
    if not renormalises(rubric) or not any(map(is_optional, rubric.leaves)):
        return
    for leaf in rubric.leaves:
        if leaf.scale.least:
            message = f"'{leaf.id}' does not begin at 0, so no item can be left out fairly; declare 'na: zero'"
            yield Problem(leaf.id, message, "mixed_scales")


KIND = RubricKind(
    name="points",
    title="Points with a maximum for each item",
    version="1",
    score=score,
    options=NaOptions,
    criterion_options=PointsItemOptions,
    prepare=prepare,
    check=check,
    bounds=total_bounds,
    scales=True,
)


@hookimpl
def juri_rubric_kinds() -> list[RubricKind]:
    """Offer the kind ``points``."""
    return [KIND]
