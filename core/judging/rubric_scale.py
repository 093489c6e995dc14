"""What a rubric makes of each answer, found by asking its kind: the scale that simulated jurors answer on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from juri.core.analysis.decision_study import AnswerScale
from juri.core.errors import InputRefused
from juri.core.judging.table_sheets import RubricUse
from juri.core.scoring.rubric import Answer, Criterion
from juri.core.sheets import score_sheet, widest_part

_FINEST = 101
"""So many answers stand for a scale without steps, or with more."""

_WORDS = "simulated"
"""Comment and reason of a simulated answer, where the rubric asks for one."""


def answer_scale(use: RubricUse, centre: float, spread: float) -> tuple[AnswerScale, bool]:
    """Return what each allowed answer of each criterion adds to a total, and whether that is all there is to it.

    It is not where the rubric's kind does more than add up: the simulation adds up all the same. Where categories are
    asked different things, what is simulated is the one that can reach most.

    Raises:
        InputRefused: no answer changes the total.

    """
    use = replace(use, rubric=replace(widest_part(use.kind, use.rubric, use.owner), overall=None))
    leaves = [leaf for leaf in use.rubric.leaves if leaf.required]
    base = {leaf.id: _allowed(leaf)[0] for leaf in leaves}
    best = dict(base)
    nothing = _total(use, base)
    worth = []
    for leaf in leaves:
        own = [(_total(use, {**base, leaf.id: value}) - nothing, value) for value in _allowed(leaf)]
        own.sort(key=lambda each: each[0])
        best[leaf.id] = own[-1][1]
        if own[0][0] < own[-1][0]:
            worth.append(tuple(float(each - own[0][0]) for each, _ in own))
    if not worth:
        message = "no answer to it changes the total, so there is nothing to rank by"
        raise InputRefused.at(f"rubric '{use.rubric.id}'", message, "no_total")
    reached = float(_total(use, best) - nothing)
    expected = sum(max(float(_total(use, {**base, leaf.id: best[leaf.id]}) - nothing), 0.0) for leaf in leaves)
    return AnswerScale(tuple(worth), centre, spread), abs(reached - expected) < 1e-9  # noqa: PLR2004  rounding only


def _allowed(leaf: Criterion) -> list[Decimal | str]:
    scale = leaf.scale
    if scale.choices:
        return list(scale.choices)
    if scale.levels:
        return sorted(level.value for level in scale.levels)
    steps = _FINEST - 1
    if scale.step:
        steps = min(steps, int((scale.maximum - scale.minimum) / scale.step))
    values = [scale.minimum + (scale.maximum - scale.minimum) * at / steps for at in range(steps + 1)]
    if not scale.step:
        return list(values)
    return [scale.minimum + ((value - scale.minimum) / scale.step).to_integral_value() * scale.step for value in values]


def _total(use: RubricUse, values: Mapping[str, Decimal | str]) -> Fraction:
    answers = {name: Answer(value, comment=_WORDS, reason=_WORDS) for name, value in values.items()}
    return Fraction(score_sheet(use.kind, use.rubric, answers, use.owner).total)
