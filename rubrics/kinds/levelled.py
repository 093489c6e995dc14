"""The rubric kind ``levelled``: ordinal levels, and criteria made of elements whose mean is weighted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import lru_cache

from marshmallow import fields, validate

from juri.core.errors import Problem
from juri.core.extension import RubricKind
from juri.core.scoring.rubric import RUBRICS_AT_HAND, Answer, Criterion, Rubric, Score
from juri.core.scoring.tree import Node, bounds, score_lines
from juri.plugins import hookimpl
from juri.rubrics.kinds.weighted import (
    FREE,
    HUNDRED,
    ONE,
    PERCENT,
    SUM,
    NaOptions,
    divisor,
    is_optional,
    marks,
    mixed_scales,
    renormalises,
    weight_problems,
    weights_are_percent,
)


class LevelledOptions(NaOptions):
    """The keys of a levelled rubric: ``weights``, ``divide_by``, ``na``."""

    weights = fields.String(load_default=PERCENT, validate=validate.OneOf([PERCENT, FREE]))
    divide_by = fields.String(load_default=ONE, validate=validate.OneOf([SUM, HUNDRED, ONE]))


def score(rubric: Rubric, answers: Mapping[str, Answer]) -> Score:
    """Work out ``sum(weight * mean of the elements' levels) / divisor``.

    A criterion without elements is its own level. Elements count equally, on any depth. The divisor is one (the
    default), a ``hundred`` or the weights' ``sum``, as ``divide_by`` says. An element that is left out leaves the
    mean to the others; a criterion of which everything is left out gives its weight to the others
    (``na: renormalise``), or what is left out counts zero (``na: zero``).

    Source: Panduan Krenova Jawa Tengah 2018, pp. 28-29: the mean of the element scores times the weight, of 700.
    """
    return Score.of(score_lines(tree(rubric), marks(rubric, answers), renormalise=renormalises(rubric)))


def check(rubric: Rubric) -> list[Problem]:
    """List what is wrong: a criterion without levels, a weighted element, weights that do not sum up."""
    root = tree(rubric)
    problems = [
        *_level_problems(rubric),
        *_element_problems(rubric.criteria),
        *weight_problems([root], percent=weights_are_percent(rubric)),
    ]
    return problems or mixed_scales(root, renormalise=renormalises(rubric))


def total_bounds(rubric: Rubric) -> tuple[Fraction, Fraction]:
    """Return the least and the greatest total."""
    return bounds(tree(rubric), renormalise=renormalises(rubric))


@lru_cache(maxsize=RUBRICS_AT_HAND)
def tree(rubric: Rubric) -> Node:
    """Return the rubric as arithmetic: weights on the first level, plain means below it."""
    weights = tuple(Fraction(criterion.weight) for criterion in rubric.criteria)
    children = tuple(_node(each, weight) for each, weight in zip(rubric.criteria, weights, strict=True))
    return Node("", children=children, divisor=divisor(weights, rubric.options.get("divide_by", ONE)))


def _node(criterion: Criterion, weight: Fraction) -> Node:
    if criterion.children:
        elements = tuple(_node(element, Fraction(1)) for element in criterion.children)
        return Node(criterion.id, weight, children=elements, divisor=Fraction(len(elements)))
    scale = criterion.scale
    return Node(criterion.id, weight, scale.least, scale.greatest, is_optional(criterion))


def _level_problems(rubric: Rubric) -> Iterator[Problem]:
    for leaf in rubric.leaves:
        if not leaf.scale.levels:
            message = f"'{leaf.id}' has no levels; list them under 'scale: levels:', here or for the whole rubric"
            yield Problem(leaf.id, message, "no_levels")


def _element_problems(criteria: tuple[Criterion, ...]) -> Iterator[Problem]:
    for criterion in criteria:
        for element in criterion.children:
            if element.weight != 1:
                message = (
                    f"the elements of '{criterion.id}' count equally, so the weight of '{element.id}' would be passed "
                    "over; leave it out, or use the kind 'weighted'"
                )
                yield Problem(element.id, message, "weighted_element")
        yield from _element_problems(criterion.children)


KIND = RubricKind(
    name="levelled",
    title="Levels with descriptors",
    version="1",
    score=score,
    options=LevelledOptions,
    check=check,
    bounds=total_bounds,
    scales=True,
)


@hookimpl
def juri_rubric_kinds() -> list[RubricKind]:
    """Offer the kind ``levelled``."""
    return [KIND]
