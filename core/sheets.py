"""From what a juror typed to what the sheet is worth: the one place that calls a rubric kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType
from typing import Any, TypeVar

from juri.core.errors import InputRefused, PluginError, Problem
from juri.core.extension import RubricKind
from juri.core.scoring.number import read_number
from juri.core.scoring.rubric import (
    NA,
    OVERALL,
    Answer,
    Bonus,
    Criterion,
    Line,
    Question,
    Rubric,
    Scale,
    Score,
    check_answers,
    decimal_as_text,
    overall_question,
    require_answers,
)

Result = TypeVar("Result")

NOT_YET = ""
"""The value of a draft's answer that has a comment but no score yet; no kind ever sees one."""

WEIGHTS_NOT_100 = "weights_not_100"
"""The problem of percent weights with another sum: in a category in which less is asked, totals are stretched."""

_ANSWER_KEYS = ("value", "comment", "reason")
_MISSING = frozenset({"missing", "comment_missing", "comment_short", "reason_missing"})


def asked_by(kind: RubricKind, rubric: Rubric, owner: str = "") -> tuple[Question, ...]:
    """List what a sheet asks: what the rubric's kind asks for, then the overall comment where the rubric wants one.

    Raises:
        PluginError: the kind broke down.

    """
    asked = _questions(kind, rubric, owner)
    return asked if rubric.overall is None else (*asked, overall_question(rubric.overall))


def score_sheet(kind: RubricKind, rubric: Rubric, answers: Mapping[str, Answer], owner: str = "") -> Score:
    """Check a filled sheet and work out what it is worth.

    Args:
        kind: the rubric's kind.
        rubric: the rubric.
        answers: by criterion id; the kind gets a view that it cannot change.
        owner: the plugin that brought the kind, for its author's sake.

    Raises:
        InputRefused: the sheet is not complete, or off its scales, or nothing on it counts; every problem is listed.
        PluginError: the kind broke down, or returned something that is not a score.

    """
    require_answers(asked_by(kind, rubric, owner), answers)
    return _worth(kind, rubric, answers, owner)


def _worth(kind: RubricKind, rubric: Rubric, answers: Mapping[str, Answer], owner: str) -> Score:
    """Let the kind score a checked sheet; it sees what counts, and neither the rest nor the overall comment."""
    told = tuple(leaf.id for leaf in rubric.leaves if not leaf.counts and leaf.id in answers)
    shown = MappingProxyType({name: answer for name, answer in answers.items() if name not in {*told, OVERALL}})
    score = _guarded(kind, owner, "score", lambda: kind.score(rubric.counted, shown))
    fault = _score_fault(score)
    if fault:
        raise PluginError(owner or kind.name, f"score of rubric kind '{kind.name}'", fault)
    score = _stretched(score, rubric.stretch)
    if not told:
        return score
    return replace(score, lines=(*score.lines, *(Line(name, Fraction(0), "information only") for name in told)))


def _stretched(score: Score, stretch: Fraction) -> Score:
    """Multiply every line of a score, and so its total."""
    if stretch == 1:
        return score
    lines = (replace(line, points=line.points * stretch, note=f"{line.note}, x {stretch}") for line in score.lines)
    return Score.of(tuple(lines), passed=score.passed, grade=score.grade)


def rubric_in(kind: RubricKind, rubric: Rubric, category: str, owner: str = "") -> Rubric:
    """Return the rubric as entries of a category are scored by it.

    What is limited to other categories is not asked. The totals of what is left are multiplied so that they reach as
    far as in the category that can reach most: a full sheet is worth the same everywhere.

    Raises:
        PluginError: the kind broke down.

    """
    part = rubric.part_for(category)
    if part is rubric:
        return rubric
    own = greatest_total(kind, part, owner)
    most = greatest_total(kind, widest_part(kind, rubric, owner), owner)
    return replace(part, stretch=most / own) if own > 0 and most > 0 else part


def parts_of(rubric: Rubric) -> dict[str, Rubric]:
    """Return what is asked in each category that is named, and under "" in all others, where anything counts."""
    parts = {category: rubric.part_for(category) for category in ("", *sorted(rubric.limits))}
    return {category: part for category, part in parts.items() if part.counted.criteria}


def widest_part(kind: RubricKind, rubric: Rubric, owner: str = "") -> Rubric:
    """Return the rubric as it is asked where a sheet can reach most; the rubric itself where all are asked the same."""
    if not rubric.limits:
        return rubric
    return max(parts_of(rubric).values(), key=lambda part: greatest_total(kind, part, owner), default=rubric)


def greatest_total(kind: RubricKind, rubric: Rubric, owner: str = "") -> Fraction:
    """Return the greatest total of a sheet, before it is stretched; 0 where the kind knows none, or nothing counts."""
    bounds = kind.bounds
    if bounds is None or not rubric.counted.criteria:
        return Fraction(0)
    return _guarded(kind, owner, "bounds", lambda: Fraction(bounds(rubric.counted)[1]))


def reachable_totals(
    kind: RubricKind, rubric: Rubric, answers: Mapping[str, Answer], owner: str = ""
) -> tuple[Fraction, Fraction] | None:
    """Return the totals that a sheet comes to with the lowest and the highest value wherever one is still required.

    Both are the same where the sheet is complete. Answers must be on their scales; comments and reasons that are still
    missing are of no account. None where no total can be told (nothing on the sheet counts).

    Raises:
        PluginError: the kind broke down.

    """
    asked = _questions(kind, rubric, owner)
    given = {name: answer for name, answer in answers.items() if answer.value != NOT_YET}
    ends = []
    for end in (0, -1):
        filled = {
            each.criterion: _filled(each, given.get(each.criterion), end)
            for each in asked
            if each.required or each.criterion in given
        }
        try:
            require_answers(asked, filled)
            ends.append(_worth(kind, rubric, filled, owner).total)
        except InputRefused:
            return None
    return min(ends), max(ends)


def full_points(kind: RubricKind, rubric: Rubric, owner: str = "") -> dict[str, Fraction]:
    """Return what each criterion adds to the total of a sheet that is filled with the best value everywhere.

    The best value is the end of the scale that adds more; where neither adds anything it is 0 or below.

    Raises:
        InputRefused: such a sheet cannot be scored.
        PluginError: the kind broke down.

    """
    asked = _questions(kind, rubric, owner)
    best: dict[str, Fraction] = {}
    for end in (0, -1):
        score = _worth(kind, rubric, {each.criterion: _filled(each, None, end) for each in asked}, owner)
        points = points_of(score)
        best = {name: max(best.get(name, value), value) for name, value in points.items()}
    return best


def points_of(score: Score) -> Mapping[str, Fraction]:
    """Add up what each criterion adds to a total."""
    points: dict[str, Fraction] = {}
    for line in score.lines:
        points[line.criterion] = points.get(line.criterion, Fraction(0)) + line.points
    return MappingProxyType(points)


def _filled(question: Question, answer: Answer | None, end: int) -> Answer:
    """Return an answer that lacks nothing, with the value at one end of the scale where there is none yet."""
    scale = question.scale
    low_high = scale.choices or _ends(scale)
    value = low_high[end] if answer is None else answer.value
    comment = (answer.comment if answer else "").strip() or "-"
    reason = (answer.reason if answer else "").strip()
    if value in question.reason_for and not reason:
        reason = question.reasons[0] if question.reasons else "-"
    return Answer(value, comment, reason)


def _ends(scale: Scale) -> tuple[Decimal, Decimal]:
    values = sorted(level.value for level in scale.levels) or [scale.minimum, scale.maximum]
    return values[0], values[-1]


def rubric_problems(kind: RubricKind, rubric: Rubric, owner: str = "") -> list[Problem]:
    """List what is wrong with a rubric, by criterion id: what no kind can use first, then what its own kind says.

    Raises:
        PluginError: the kind broke down while it checked.

    """
    counted = rubric.counted
    problems = [*_criteria_problems(rubric), *_scale_problems(rubric), *_bonus_problems(rubric.bonuses)]
    if not problems and not counted.criteria:
        problems = [
            Problem("criteria", "every criterion is information only; let at least one count", "nothing_counts")
        ]
    if problems:
        return problems
    return _part_problems(kind, rubric, owner) if rubric.limits else _kind_problems(kind, counted, owner)


def _kind_problems(kind: RubricKind, counted: Rubric, owner: str) -> list[Problem]:
    problems = _guarded(kind, owner, "check", lambda: list(kind.check(counted)))
    return problems or _bounds_problems(kind, counted, owner)


def _part_problems(kind: RubricKind, rubric: Rubric, owner: str) -> list[Problem]:
    """Check what is asked in each category; weights need not come to 100 but where a sheet can reach most."""
    if not kind.scales or kind.bounds is None:
        limited = next(each.id for criterion in rubric.criteria for each in criterion.walk() if each.only_in)
        message = f"a rubric of the kind '{kind.name}' asks the same in every category; leave 'only_in' out"
        return [Problem(limited, message, "not_limited")]
    parts = parts_of(rubric)
    bare = sorted(rubric.limits - set(parts))
    if bare:
        message = f"nothing that counts is asked in category '{bare[0]}'; let at least one criterion count there"
        return [Problem("criteria", message, "nothing_counts")]
    most = greatest_total(kind, widest_part(kind, rubric, owner), owner)
    found: dict[tuple[str, str], Problem] = {}
    for category, part in parts.items():
        for problem in _kind_problems(kind, part.counted, owner):
            if problem.code != WEIGHTS_NOT_100 or greatest_total(kind, part, owner) == most:
                told = f"in category '{category}': {problem.message}" if category else problem.message
                found.setdefault((problem.field, problem.code), replace(problem, message=told))
    return list(found.values())


def read_answers(
    kind: RubricKind, rubric: Rubric, raw: Mapping[str, Any], *, complete: bool = True, owner: str = ""
) -> Mapping[str, Answer]:
    """Turn what was typed into answers.

    A value of ``raw`` is a text ("84,38", "na", "yes"), a number, or a mapping with ``value`` and, where wanted,
    ``comment`` and ``reason``. An empty text or None is no answer; in a draft its comment is kept with the value
    ``NOT_YET``, since people write before they score. The overall comment is always kept so.

    Args:
        kind: the rubric's kind.
        rubric: the rubric.
        raw: what was typed, by criterion id.
        complete: whether everything that is required must be there; False for a draft.
        owner: the plugin that brought the kind.

    Raises:
        InputRefused: every problem is listed with its criterion.

    """
    asked = asked_by(kind, rubric, owner)
    by_id = {question.criterion: question for question in asked}
    answers: dict[str, Answer] = {}
    problems: list[Problem] = []
    for name, given in raw.items():
        try:
            if name == OVERALL:
                answers.update(_read_overall(given))
                continue
            answer = _read_answer(name, given, by_id[name].scale if name in by_id else Scale(), draft=not complete)
        except ValueError as error:
            problems.append(Problem(name, str(error), "unreadable"))
        else:
            answers.update({name: answer} if answer else {})
    unreadable = {problem.field for problem in problems}
    unscored = {name for name, answer in answers.items() if answer.value == NOT_YET}
    problems += [
        problem
        for problem in check_answers(asked, answers)
        if problem.field not in unreadable and not (problem.field in unscored and problem.code == "off_scale")
    ]
    problems = [problem for problem in problems if complete or problem.code not in _MISSING]
    if problems:
        raise InputRefused(problems)
    return MappingProxyType(answers)


def answers_as_json(answers: Mapping[str, Answer]) -> dict[str, dict[str, str]]:
    """Write answers as plain JSON values, sorted by criterion, numbers as canonical decimal text."""
    return {name: _answer_as_json(answers[name]) for name in sorted(answers)}


def answers_from_json(stored: Mapping[str, Mapping[str, str]]) -> Mapping[str, Answer]:
    """Read answers back as ``answers_as_json`` wrote them."""
    return MappingProxyType(
        {
            name: Answer(_stored(each["value"]), each.get("comment", ""), each.get("reason", ""))
            for name, each in stored.items()
        }
    )


def _questions(kind: RubricKind, rubric: Rubric, owner: str) -> tuple[Question, ...]:
    return _guarded(kind, owner, "questions", lambda: kind.questions(rubric))


def _guarded(kind: RubricKind, owner: str, what: str, call: Callable[[], Result]) -> Result:
    """Let a plugin work: what it refuses on purpose passes, anything else it raises is the plugin's fault."""
    try:
        return call()
    except InputRefused:
        raise
    except (Exception, SystemExit) as error:
        why = f"{type(error).__name__}: {error}"
        raise PluginError(owner or kind.name, f"{what} of rubric kind '{kind.name}'", why) from error


def _score_fault(score: object) -> str:
    if not isinstance(score, Score):
        return f"returned {type(score).__name__}; return a Score, such as Score.of(lines)"
    if not all(isinstance(line, Line) for line in score.lines):
        return "holds lines that are not a Line(criterion, points)"
    for name, figure in [
        ("the total", score.total),
        *((f"the line '{line.criterion}'", line.points) for line in score.lines),
    ]:
        if not isinstance(figure, (Fraction, int)):
            return f"{name} is {figure!r}, a {type(figure).__name__}; scores are exact: return a Fraction"
    added = sum((line.points for line in score.lines), Fraction(0))
    return "" if added == score.total else f"the lines add up to {added}, but the total is {score.total}"


def _criteria_problems(rubric: Rubric) -> Iterator[Problem]:
    every = list(_walk(rubric.criteria))
    if not every:
        yield Problem("criteria", "a rubric needs at least one criterion", "empty")
    for name, times in Counter(criterion.id for criterion in every).items():
        if not name.strip():
            yield Problem("criteria", "a criterion needs an id", "no_id")
        elif times > 1:
            yield Problem(name, f"the id '{name}' is used {times} times; give each criterion its own", "double_id")
    for criterion in every:
        if not criterion.weight.is_finite() or criterion.weight < 0:
            message = f"the weight of '{criterion.id}' is {criterion.weight}; a weight is a number from 0 upward"
            yield Problem(criterion.id, message, "bad_weight")


def _walk(criteria: Iterable[Criterion]) -> Iterator[Criterion]:
    for criterion in criteria:
        yield criterion
        yield from _walk(criterion.children)


def _scale_problems(rubric: Rubric) -> Iterator[Problem]:
    for leaf in rubric.leaves:
        for message in _choice_faults(leaf.scale) if leaf.scale.choices else _range_faults(leaf.scale):
            yield Problem(leaf.id, f"the scale of '{leaf.id}' {message}", "bad_scale")


def _choice_faults(scale: Scale) -> Iterator[str]:
    if len(set(scale.choices)) != len(scale.choices):
        yield "offers a choice twice"
    for choice in scale.choices:
        if isinstance(_stored(choice), Decimal):
            yield f"offers the choice '{choice}', which reads as a number; use words, or a scale of numbers"


def _range_faults(scale: Scale) -> Iterator[str]:
    values = [level.value for level in scale.levels]
    if not all(value.is_finite() for value in [*values, scale.minimum, scale.maximum, scale.step or Decimal(1)]):
        yield "has a bound that is not a number"
    elif len(set(values)) != len(values):
        yield "has a level twice"
    elif scale.least >= scale.greatest:
        yield "has no room: its least value is not below its greatest"
    elif scale.step is not None and scale.step <= 0:
        yield f"has a step of {scale.step}; a step is above 0"
    elif scale.step and not scale.levels and scale.refusal(scale.maximum):
        yield f"never reaches {scale.maximum} in steps of {scale.step} from {scale.minimum}"


def _bonus_problems(bonuses: Iterable[Bonus]) -> Iterator[Problem]:
    for bonus in bonuses:
        if (bonus.at_least is None) == (bonus.equals is None):
            yield Problem(bonus.id, f"the bonus '{bonus.id}' needs either 'at_least' or 'equals'", "bad_bonus")
        if (bonus.points is None) == (bonus.percent is None):
            yield Problem(bonus.id, f"the bonus '{bonus.id}' needs either 'points' or 'percent'", "bad_bonus")
        if any(amount and (amount.is_signed() or not amount.is_finite()) for amount in (bonus.points, bonus.percent)):
            yield Problem(bonus.id, f"the bonus '{bonus.id}' would lower a score; give it 0 or more", "bad_bonus")


def _bounds_problems(kind: RubricKind, rubric: Rubric, owner: str) -> list[Problem]:
    bounds = kind.bounds
    if bounds is None:
        return []

    def pair() -> tuple[Fraction, Fraction]:
        low, high = bounds(rubric)
        return Fraction(low), Fraction(high)

    least, greatest = _guarded(kind, owner, "bounds", pair)
    if least < greatest:
        return []
    message = f"every sheet would be worth {least}: the least total is not below the greatest, {greatest}"
    return [Problem("criteria", message, "no_room")]


def _read_answer(name: str, given: Any, scale: Scale, *, draft: bool) -> Answer | None:
    if isinstance(given, Mapping):
        unknown = sorted(set(given) - set(_ANSWER_KEYS))
        if unknown:
            raise ValueError(f"'{name}' has the key '{unknown[0]}'; an answer has {', '.join(_ANSWER_KEYS)}")
        value = _read_value(name, given.get("value"), scale)
        words = {key: str(given.get(key) or "") for key in ("comment", "reason")}
        if value is None:
            return Answer(NOT_YET, **words) if draft and any(map(str.strip, words.values())) else None
        return Answer(value, **words)
    value = _read_value(name, given, scale)
    return None if value is None else Answer(value)


def _read_overall(given: Any) -> dict[str, Answer]:
    """Read an overall comment, which stands alone or as the comment of an answer without a value."""
    comment = given.get("comment") if isinstance(given, Mapping) else given
    text = str(comment or "")
    return {OVERALL: Answer(NOT_YET, text)} if text.strip() else {}


def _read_value(name: str, given: Any, scale: Scale) -> Decimal | str | None:
    if given is None or (isinstance(given, str) and not given.strip()):
        return None
    if isinstance(given, bool) or not isinstance(given, (str, int, float, Decimal)):
        raise ValueError(f"'{name}' is answered with {given!r}; write a number or a word")  # noqa: TRY004  a person's input
    text = given.strip() if isinstance(given, str) else decimal_as_text(Decimal(str(given)))
    if text.lower() == NA:
        return NA
    if scale.choices:
        return text.lower() if text.lower() in scale.choices else text
    return read_number(text)


def _answer_as_json(answer: Answer) -> dict[str, str]:
    value = decimal_as_text(answer.value) if isinstance(answer.value, Decimal) else answer.value
    words = {"comment": answer.comment, "reason": answer.reason}
    return {"value": value} | {key: text for key, text in words.items() if text}


@lru_cache(maxsize=4096)
def _stored(value: str) -> Decimal | str:
    """Read a stored score once: the jurors of a stage give the same few over and over."""
    try:
        return read_number(value)
    except ValueError:
        return value
