"""What a rubric that is being written comes to: its faults by place, its range, what sample sheets are worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from flask_babel import gettext

from juri.core.editions.faults import Faults
from juri.core.editions.positions import Node, Steps
from juri.core.editions.rubrics import build_rubric
from juri.core.errors import Fault, InputRefused, JuriError, Where
from juri.core.extension import RubricKind
from juri.core.registry import Registry
from juri.core.scoring.rubric import Rubric, Score
from juri.core.sheets import read_answers, score_sheet

SAMPLES = ("A", "B")


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
class Trial:
    """A sample sheet: what it is worth, or what it still lacks."""

    name: str
    score: Score | None
    problems: tuple[str, ...] = ()


def check_rubric(registry: Registry, name: str, value: Mapping[str, Any]) -> Found:
    """Check a rubric that stands in no text yet."""
    places: list[Steps] = []
    faults = Faults(_marked(dict(value), (), places))
    try:
        rubric = build_rubric(faults, registry, name, dict(value), ())
    except JuriError as error:
        return Found(None, (((), Fault(Where(name), str(error))),))
    return Found(rubric, tuple((_steps(fault, places), fault) for fault in faults.found))


def bounds_of(registry: Registry, rubric: Rubric) -> tuple[Fraction, Fraction] | None:
    """Return the least and the greatest total of a sheet, where the kind can say them."""
    bounds = registry.find(RubricKind, rubric.kind).bounds
    try:
        return bounds(rubric) if bounds else None
    except (ArithmeticError, ValueError, LookupError):
        return None


def try_rubric(registry: Registry, rubric: Rubric, samples: Sequence[Mapping[str, str]]) -> tuple[Trial, ...]:
    """Score sample sheets by a rubric."""
    kind, owner = registry.find(RubricKind, rubric.kind), registry.owner("rubric_kinds", rubric.kind)
    trials = []
    for name, typed in zip(SAMPLES, samples, strict=True):
        if not any(typed.values()):
            trials.append(Trial(name, None))
            continue
        try:
            answers = read_answers(kind, rubric, _with_words(kind, rubric, typed), owner=owner)
            trials.append(Trial(name, score_sheet(kind, rubric, answers, owner)))
        except InputRefused as refused:
            trials.append(Trial(name, None, tuple(problem.message for problem in refused.problems)))
        except JuriError as error:
            trials.append(Trial(name, None, (str(error),)))
    return tuple(trials)


def _with_words(kind: RubricKind, rubric: Rubric, typed: Mapping[str, str]) -> dict[str, Any]:
    """Give sample answers the words that a real sheet would need: comments and reasons are not what is tried."""
    told = {}
    for question in kind.questions(rubric):
        value = typed.get(question.criterion, "")
        reason = question.reasons[0] if question.reasons else "sample"
        told[question.criterion] = {"value": value, "comment": gettext("sample")} | (
            {"reason": reason} if value in question.reason_for else {}
        )
    return told


def _marked(value: Any, steps: Steps, places: list[Steps]) -> Node:
    """Make a tree of plain data in which every place has a line of its own, so that a fault leads back to it."""
    places.append(steps)
    where = Where("rubric", len(places), 1)
    if isinstance(value, dict):
        made = {str(key): replace(_marked(item, (*steps, str(key)), places), key=where) for key, item in value.items()}
        return Node(made, where)
    if isinstance(value, list):
        return Node([_marked(item, (*steps, index), places) for index, item in enumerate(value)], where)
    return Node(value, where)


def _steps(fault: Fault, places: list[Steps]) -> Steps:
    return places[fault.where.line - 1] if 0 < fault.where.line <= len(places) else ()
