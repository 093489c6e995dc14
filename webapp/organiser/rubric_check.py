"""What a rubric that is being written comes to: faults by place, what each aspect brings, what samples are worth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import count
from typing import Any

from flask_babel import gettext

from juri.core.editions.editing import steps_at
from juri.core.editions.faults import Faults
from juri.core.editions.positions import Node, Steps
from juri.core.editions.rubrics import build_rubric
from juri.core.errors import DefinitionError, Fault, InputRefused, JuriError, Problem, Where
from juri.core.extension import RubricKind
from juri.core.registry import Registry
from juri.core.scoring.rubric import Question, Rubric, Scale, Score
from juri.core.sheets import greatest_total, parts_of, read_answers, rubric_in, score_sheet

SAMPLES = ("A", "B")
"""What the sample entries are called that a rubric is tried on."""


@dataclass(frozen=True)
class Found:
    """A rubric that was checked: the value where it is one, and each fault with the steps that lead to it."""

    rubric: Rubric | None
    faults: tuple[tuple[Steps, Fault], ...]

    @property
    def is_good(self) -> bool:
        """Tell whether it could be used as it is."""
        return self.rubric is not None and not self.faults


@dataclass(frozen=True)
class Share:
    """What one aspect brings to the total: least and most, with every answer given."""

    name: str
    least: Fraction
    most: Fraction


@dataclass(frozen=True)
class Trial:
    """A sample sheet: what it is worth, or what it still lacks; neither where nothing was typed."""

    name: str
    score: Score | None = None
    problems: tuple[Problem, ...] = ()


def check_rubric(registry: Registry, name: str, root: Node) -> Found:
    """Check a rubric that stands in no document yet."""
    faults = Faults(root)
    try:
        rubric = build_rubric(faults, registry, name, root.plain(), ())
    except DefinitionError as error:
        return Found(None, tuple(((), fault) for fault in error.faults))
    except JuriError as error:
        return Found(None, (((), Fault(Where(name), str(error))),))
    return Found(rubric, tuple((steps_at(root, fault.where), fault) for fault in faults.found))


def as_node(value: Any) -> Node:
    """Return plain data as a tree in which every place has a line of its own, so that a fault leads back to it."""
    lines = count(1)

    def made(part: Any) -> Node:
        where = Where("rubric", next(lines), 1)
        if isinstance(part, Mapping):
            below = {str(key): made(item) for key, item in part.items()}
            return Node({key: replace(node, key=node.where) for key, node in below.items()}, where)
        return Node([made(item) for item in part] if isinstance(part, list) else part, where)

    return made(value)


@dataclass(frozen=True)
class Reach:
    """How far the sheets of a category reach; ``stretch`` is what their totals are multiplied by, 1 for nothing."""

    category: str
    most: Fraction
    stretch: Fraction


def reaches_of(registry: Registry, rubric: Rubric) -> tuple[Reach, ...]:
    """Say how far sheets reach in each category, under "" for those that no aspect names; nothing without limits."""
    if not rubric.limits:
        return ()
    kind, owner = registry.find(RubricKind, rubric.kind), registry.owner("rubric_kinds", rubric.kind)
    return tuple(
        Reach(category, greatest_total(kind, part, owner), rubric_in(kind, rubric, category, owner).stretch)
        for category, part in parts_of(rubric).items()
    )


def bounds_of(registry: Registry, rubric: Rubric) -> tuple[Fraction, Fraction] | None:
    """Return the least and the greatest total, where the kind can tell."""
    bounds = registry.find(RubricKind, rubric.kind).bounds
    try:
        return bounds(rubric.counted) if bounds else None
    except (
        ArithmeticError,
        LookupError,
        ValueError,
    ):  # what a plugin may stumble over in a rubric that is not finished
        return None


def shares_of(registry: Registry, rubric: Rubric, bounds: tuple[Fraction, Fraction] | None) -> tuple[Share, ...]:
    """Work out what each aspect brings, by having the kind score sheets with the least and the greatest answers.

    None where that does not add up to the bounds of the kind: there an aspect's part hangs on the other answers.
    """
    kind = registry.find(RubricKind, rubric.kind)
    try:
        asked = kind.questions(rubric)
        values = {each.criterion: _values(each.scale) for each in asked}
        sheets = [
            try_sheet(registry, rubric, asked, {name: some[min(n, len(some) - 1)] for name, some in values.items()})
            for n in range(max(map(len, values.values()), default=0))
        ]
    except (JuriError, ArithmeticError, LookupError, ValueError):
        return ()
    points = [{line.criterion: Fraction(line.points) for line in sheet.lines} for sheet in sheets]
    found = tuple(_shares(rubric, points)) if points else ()
    ends = sum((each.least for each in found), Fraction(0)), sum((each.most for each in found), Fraction(0))
    return found if ends == bounds else ()


def _values(scale: Scale) -> Sequence[str]:
    """Return the least and the greatest answer, or the words of which one must be chosen."""
    if scale.choices:
        return scale.choices
    numbers = [level.value for level in scale.levels] or [scale.minimum, scale.maximum]
    return [str(min(numbers)), str(max(numbers))]


def _shares(rubric: Rubric, points: Sequence[Mapping[str, Fraction]]) -> Iterator[Share]:
    for criterion in rubric.criteria:
        names = [leaf.id for leaf in criterion.leaves()]
        brought = [[found.get(name, Fraction(0)) for found in points] for name in names]
        least, most = (sum(map(end, brought), Fraction(0)) for end in (min, max))
        yield Share(criterion.name or criterion.id, least, most)


def try_rubric(registry: Registry, rubric: Rubric, samples: Sequence[Mapping[str, str]]) -> tuple[Trial, ...]:
    """Score the sample sheets by a rubric."""
    asked = registry.find(RubricKind, rubric.kind).questions(rubric)
    return tuple(_trial(registry, rubric, asked, name, typed) for name, typed in zip(SAMPLES, samples, strict=True))


def _trial(registry: Registry, rubric: Rubric, asked: Sequence[Question], name: str, typed: Mapping[str, str]) -> Trial:
    if not any(typed.values()):
        return Trial(name)
    try:
        return Trial(name, try_sheet(registry, rubric, asked, typed))
    except InputRefused as refused:
        return Trial(name, None, refused.problems)
    except JuriError as error:
        return Trial(name, None, (Problem("", str(error)),))


def try_sheet(registry: Registry, rubric: Rubric, asked: Sequence[Question], typed: Mapping[str, str]) -> Score:
    """Score one sample sheet; the comments and reasons that a real one would need are not what is tried.

    Raises:
        InputRefused: an answer is missing or off its scale.
        PluginError: the kind broke down.

    """
    kind, owner = registry.find(RubricKind, rubric.kind), registry.owner("rubric_kinds", rubric.kind)
    rubric = replace(rubric, overall=None)
    told = {each.criterion: _with_words(each, typed.get(each.criterion, "")) for each in asked}
    return score_sheet(kind, rubric, read_answers(kind, rubric, told, owner=owner), owner)


def _with_words(question: Question, value: str) -> dict[str, str]:
    words = {"value": value, "comment": gettext("sample")}
    if value in question.reason_for:
        words["reason"] = question.reasons[0] if question.reasons else words["comment"]
    return words
