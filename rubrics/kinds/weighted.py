"""The rubric kind ``weighted``: each criterion has a weight, and the weighted marks add up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from functools import lru_cache

from marshmallow import Schema, fields, validate

from juri.core.errors import Problem
from juri.core.extension import RubricKind
from juri.core.scoring.rubric import RUBRICS_AT_HAND, Answer, Criterion, Rubric, Score
from juri.core.scoring.tree import Node, bounds, exact_text, mixed_levels, score_lines
from juri.plugins import hookimpl

PERCENT = "percent"
FREE = "free"
RENORMALISE = "renormalise"
ZERO = "zero"
SUM = "sum"
HUNDRED = "hundred"
ONE = "one"


class NaOptions(Schema):
    """What becomes of an answer that is left out: ``na``."""

    na = fields.String(load_default=RENORMALISE, validate=validate.OneOf([RENORMALISE, ZERO]))


class WeightedOptions(NaOptions):
    """The keys of a weighted rubric: ``weights``, ``divide_by``, ``normalise``, ``na``."""

    weights = fields.String(load_default=PERCENT, validate=validate.OneOf([PERCENT, FREE]))
    divide_by = fields.String(validate=validate.OneOf([SUM, HUNDRED, ONE]))
    normalise = fields.Boolean(load_default=False)


def score(rubric: Rubric, answers: Mapping[str, Answer]) -> Score:
    """Work out ``sum(weight * mark) / divisor``, on every level of the tree from the leaves up.

    The divisor is 100 for percent weights; for free weights it is what ``divide_by`` says: the weights' ``sum`` (the
    default, a weighted mean), a ``hundred``, or ``one`` (a plain sum of weight x mark). ``normalise`` first brings
    each mark to 0-100 of its own scale. An answer that is N/A, or left open where that is allowed, is left out and
    the other weights of its level grow in proportion (``na: renormalise``), or counts zero (``na: zero``).

    Source: the software of KOVABLIK Jawa Timur (mark x weight / 100, added up) and of Krenova Kota Tegal (a mean).
    """
    values = marks(rubric, answers, normalise=_normalises(rubric))
    return Score.of(score_lines(tree(rubric), values, renormalise=renormalises(rubric)))


def check(rubric: Rubric) -> list[Problem]:
    """List what is wrong: percent weights that are not 100 on some level, no weight at all, scales that do not mix."""
    problems = [*_word_scales(rubric), *weight_problems(tree(rubric).walk(), percent=weights_are_percent(rubric))]
    return problems or mixed_scales(tree(rubric), renormalise=renormalises(rubric))


def total_bounds(rubric: Rubric) -> tuple[Fraction, Fraction]:
    """Return the least and the greatest total."""
    return bounds(tree(rubric), renormalise=renormalises(rubric))


def renormalises(rubric: Rubric) -> bool:
    """Tell whether answers left out are renormalised (the default) or count zero."""
    return bool(rubric.options.get("na", RENORMALISE) == RENORMALISE)


def weights_are_percent(rubric: Rubric) -> bool:
    """Tell whether the weights of every level must sum to 100 (the default)."""
    return bool(rubric.options.get("weights", PERCENT) == PERCENT)


def is_optional(criterion: Criterion) -> bool:
    """Tell whether a complete sheet may say nothing about a criterion."""
    return criterion.na_allowed or not criterion.required


def divisor(weights: Iterable[Fraction], divide_by: str) -> Fraction:
    """Return what a weighted sum is divided by; never zero, as a level without weights is refused by ``check``."""
    if divide_by == SUM:
        return sum(weights, Fraction(0)) or Fraction(1)
    return Fraction(100 if divide_by == HUNDRED else 1)


def marks(rubric: Rubric, answers: Mapping[str, Answer], *, normalise: bool = False) -> dict[str, Fraction]:
    """Return the numbers that were given, by criterion; N/A is left out."""
    return {
        leaf.id: _percent_of_scale(leaf, answers[leaf.id].number) if normalise else answers[leaf.id].number
        for leaf in rubric.leaves
        if leaf.id in answers and not answers[leaf.id].is_na
    }


@lru_cache(maxsize=RUBRICS_AT_HAND)
def tree(rubric: Rubric) -> Node:
    """Return the rubric as arithmetic."""
    divide_by = rubric.options.get("divide_by") or (HUNDRED if weights_are_percent(rubric) else SUM)
    normalise = _normalises(rubric)

    def node(criterion: Criterion) -> Node:
        if criterion.children:
            return group(criterion.id, Fraction(criterion.weight), criterion.children)
        least, greatest = (0, 100) if normalise else (criterion.scale.least, criterion.scale.greatest)
        weight, optional = Fraction(criterion.weight), is_optional(criterion)
        return Node(criterion.id, weight, Fraction(least), Fraction(greatest), optional)

    def group(name: str, weight: Fraction, criteria: tuple[Criterion, ...]) -> Node:
        by = divisor((Fraction(each.weight) for each in criteria), divide_by)
        return Node(name, weight, children=tuple(map(node, criteria)), divisor=by)

    return group("", Fraction(1), rubric.criteria)


def weight_problems(nodes: Iterable[Node], *, percent: bool) -> Iterator[Problem]:
    """List each level whose weights are not 100 although they are percent, or are all 0."""
    for node in nodes:
        weights = sum((child.weight for child in node.children), Fraction(0))
        if not node.children:
            continue
        place = f"the weights below '{node.id}'" if node.id else "the weights"
        if percent and weights != 100:  # noqa: PLR2004  a hundred percent
            message = f"{place} sum to {exact_text(weights)}, not 100; mend them, or declare 'weights: free'"
            yield Problem(node.id or "criteria", message, "weights_not_100")
        elif not weights:
            message = f"{place} are all 0, so nothing counts; give at least one criterion a weight"
            yield Problem(node.id or "criteria", message, "no_weight")


def mixed_scales(root: Node, *, renormalise: bool) -> list[Problem]:
    """Refuse N/A beside other scales: leaving one answer out would change what the greatest total is."""
    message = (
        "a criterion here may be left out, but its siblings have other ranges, so the total would change its scale; "
        "give them one scale, or declare 'na: zero' (or 'normalise: true' where the kind has it)"
    )
    return [Problem(node.id or "criteria", message, "mixed_scales") for node in mixed_levels(root) if renormalise]


def _normalises(rubric: Rubric) -> bool:
    return bool(rubric.options.get("normalise", False))


def _percent_of_scale(leaf: Criterion, mark: Fraction) -> Fraction:
    return 100 * (mark - leaf.scale.least) / (leaf.scale.greatest - leaf.scale.least)


def _word_scales(rubric: Rubric) -> Iterator[Problem]:
    for leaf in rubric.leaves:
        if leaf.scale.choices:
            message = f"'{leaf.id}' is answered with words, which have no weight; give it a scale of numbers"
            yield Problem(leaf.id, message, "words_on_scale")


KIND = RubricKind(
    name="weighted",
    title="Weighted criteria",
    version="1",
    score=score,
    options=WeightedOptions,
    check=check,
    bounds=total_bounds,
    scales=True,
)


@hookimpl
def juri_rubric_kinds() -> list[RubricKind]:
    """Offer the kind ``weighted``."""
    return [KIND]
