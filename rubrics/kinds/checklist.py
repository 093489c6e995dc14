"""The rubric kind ``checklist``: yes, no or not applicable, as a gate or as a count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from marshmallow import Schema, fields, validate

from juri.core.errors import InputRefused, Problem
from juri.core.extension import RubricKind
from juri.core.scoring.rubric import NA, Answer, Criterion, Line, Question, Rubric, Scale, Score, questions
from juri.plugins import hookimpl

YES = "yes"
NO = "no"
GATE = "gate"
COUNT = "count"
NUMBER = "number"
SHARE = "share"


class ChecklistOptions(Schema):
    """The keys of a checklist: ``mode``, ``count``, and ``reason_for``, the answers that need a reason code."""

    mode = fields.String(load_default=GATE, validate=validate.OneOf([GATE, COUNT]))
    count = fields.String(load_default=NUMBER, validate=validate.OneOf([NUMBER, SHARE]))
    reason_for = fields.List(fields.String(validate=validate.OneOf([YES, NO, NA])), load_default=list)


class ChecklistItemOptions(Schema):
    """The key of an item: ``reasons``, the reason codes to choose from (any text where there are none)."""

    reasons = fields.List(fields.String(validate=validate.Length(min=1)))


def prepare(criterion: Criterion) -> Criterion:
    """Give an item its answers: yes and no; N/A where the item allows it."""
    return criterion if criterion.children else replace(criterion, scale=Scale(choices=(YES, NO)))


def ask(rubric: Rubric) -> tuple[Question, ...]:
    """List the items, each with the answers that need a reason and the reasons to choose from."""
    reason_for = tuple(rubric.options.get("reason_for", ()))
    reasons = {leaf.id: tuple(leaf.options.get("reasons", ())) for leaf in rubric.leaves}
    return tuple(replace(each, reason_for=reason_for, reasons=reasons[each.criterion]) for each in questions(rubric))


def score(rubric: Rubric, answers: Mapping[str, Answer]) -> Score:
    """Count the items answered yes, each with its weight (1 where none is declared).

    ``count: number`` gives the sum of their weights, ``count: share`` that sum in percent of the weights of the items
    that apply. ``mode: gate`` also says whether the sheet passed: it did unless a required item was answered no.
    An item that is N/A, or left open where that is allowed, does not apply; a sheet on which none does is refused.

    Source: administrative selection lists (Krenova Jawa Tengah 2018: present or absent) and the yes-or-no gate of
    the OECD's OPSI case library.
    """
    applying = [leaf for leaf in rubric.leaves if leaf.id in answers and not answers[leaf.id].is_na]
    weights = sum((Fraction(leaf.weight) for leaf in applying), Fraction(0))
    if not weights:
        raise InputRefused.at("criteria", "no item that counts applies; answer at least one", "nothing_counts")
    unit = 100 / weights if rubric.options.get("count", NUMBER) == SHARE else Fraction(1)
    lines = [_line(leaf, answers.get(leaf.id), unit) for leaf in rubric.leaves]
    return Score.of(lines, passed=_passed(applying, answers) if _is_gate(rubric) else None)


def check(rubric: Rubric) -> list[Problem]:
    """List what is wrong: an item that is not answered yes or no, or no item that counts."""
    problems = [
        Problem(leaf.id, f"'{leaf.id}' must be answered yes or no; leave its scale out", "not_yes_or_no")
        for leaf in rubric.leaves
        if leaf.scale.choices != (YES, NO)
    ]
    if not any(leaf.weight for leaf in rubric.leaves):
        problems.append(Problem("criteria", "every item has the weight 0; give at least one a weight", "no_weight"))
    return problems


def total_bounds(rubric: Rubric) -> tuple[Fraction, Fraction]:
    """Return the least and the greatest total."""
    if rubric.options.get("count", NUMBER) == SHARE:
        return Fraction(0), Fraction(100)
    return Fraction(0), sum((Fraction(leaf.weight) for leaf in rubric.leaves), Fraction(0))


def _is_gate(rubric: Rubric) -> bool:
    return bool(rubric.options.get("mode", GATE) == GATE)


def _passed(applying: list[Criterion], answers: Mapping[str, Answer]) -> bool:
    return not any(leaf.required and answers[leaf.id].value == NO for leaf in applying)


def _line(leaf: Criterion, answer: Answer | None, unit: Fraction) -> Line:
    if answer is None:
        return Line(leaf.id, Fraction(0), "left out")
    points = Fraction(leaf.weight) * unit if answer.value == YES else Fraction(0)
    return Line(leaf.id, points, f"{answer.value}: {answer.reason}" if answer.reason else str(answer.value))


KIND = RubricKind(
    name="checklist",
    title="Checklist of yes and no",
    version="1",
    score=score,
    options=ChecklistOptions,
    criterion_options=ChecklistItemOptions,
    prepare=prepare,
    check=check,
    questions=ask,
    bounds=total_bounds,
    scales=True,
)


@hookimpl
def juri_rubric_kinds() -> list[RubricKind]:
    """Offer the kind ``checklist``."""
    return [KIND]
