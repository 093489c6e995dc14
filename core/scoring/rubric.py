"""What a juror is asked and what a filled sheet is worth: the values that every rubric kind works with."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from types import MappingProxyType
from typing import Any

from juri.core.errors import InputRefused, Problem

OVERALL = "_overall"
"""Under this name a sheet keeps its overall comment among its answers; no criterion can have it as its id."""

UNNAMED_OVERALL = "overall comment"
"""What plain text calls the overall comment of a rubric that gives it no name."""

NA = "na"
"""The answer "not applicable": never a zero, and only where the criterion allows it."""

RUBRICS_AT_HAND = 200
"""What takes long to derive from a rubric (its arithmetic, a class of form) is kept for so many."""


@dataclass(frozen=True)
class Level:
    """One allowed value of an ordinal scale, with its label and the text that describes it."""

    value: Decimal
    label: str = ""
    descriptor: str = ""


@dataclass(frozen=True)
class Scale:
    """The values a juror may give: a range with an optional step, or a list of levels (which may skip values).

    ``choices`` is for answers that are words, such as yes and no; then the range is of no account.
    """

    minimum: Decimal = Decimal(0)
    maximum: Decimal = Decimal(100)
    step: Decimal | None = None
    levels: tuple[Level, ...] = ()
    choices: tuple[str, ...] = ()

    def refusal(self, value: Decimal | str) -> str | None:
        """Say why ``value`` is not on this scale, or None where it is."""
        if self.choices:
            return None if value in self.choices else f"'{value}' is not one of {', '.join(self.choices)}"
        if not isinstance(value, Decimal) or not value.is_finite():
            return f"'{value}' is not a number"
        if self.levels:
            return self._level_refusal(value)
        if not self.minimum <= value <= self.maximum:
            return f"{value} is outside the scale {self.minimum} to {self.maximum}"
        if self.step and (Fraction(value) - Fraction(self.minimum)) % Fraction(self.step):
            return f"{value} is not a step of {self.step} from {self.minimum}"
        return None

    @property
    def least(self) -> Fraction:
        """Return the lowest value that may be given."""
        return Fraction(min(level.value for level in self.levels) if self.levels else self.minimum)

    @property
    def greatest(self) -> Fraction:
        """Return the highest value that may be given."""
        return Fraction(max(level.value for level in self.levels) if self.levels else self.maximum)

    def _level_refusal(self, value: Decimal) -> str | None:
        allowed = [level.value for level in self.levels]
        return None if value in allowed else f"{value} is not a level; the levels are {', '.join(map(str, allowed))}"


_SINCE = {"silent": True}
"""A field that came later: at its default it is no part of a hash, so that the hashes of older rubrics stay."""


@dataclass(frozen=True)
class Criterion:
    """One aspect of a rubric. A criterion with ``children`` is not answered itself: its children are.

    ``weight`` is what the kind makes of it (percent, factor, maximum points). One that does not ``count`` is asked for
    information: its answers are kept and shown, and no kind ever sees it. Comments on one that is not ``visible`` stay
    with the jury where an edition lets entrants read comments. One that is ``only_in`` some categories is asked for
    their entries alone, with all that is below it; empty: in every category. ``options`` holds the keys that only the
    rubric's kind knows.
    """

    id: str
    name: str = ""
    description: str = ""
    weight: Decimal = Decimal(1)
    scale: Scale = Scale()
    required: bool = True
    na_allowed: bool = False
    comment_required: bool = False
    counts: bool = field(default=True, metadata=_SINCE)
    visible: bool = field(default=True, metadata=_SINCE)
    only_in: tuple[str, ...] = field(default=(), metadata=_SINCE)
    children: tuple[Criterion, ...] = ()
    options: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    def walk(self) -> Iterator[Criterion]:
        """Walk this criterion and every one below it, parents first."""
        yield self
        for child in self.children:
            yield from child.walk()

    def leaves(self) -> Iterator[Criterion]:
        """Walk the criteria that a juror answers, in reading order; below one that does not count, none does."""
        if not self.children:
            yield self
        for child in self.children:
            yield from (child if self.counts else replace(child, counts=False)).leaves()


@dataclass(frozen=True)
class OverallComment:
    """One comment for a whole sheet: it may have to be written, and with so many words at least where it is.

    One that is not ``visible`` stays with the jury where an edition lets entrants read comments.
    """

    name: str = ""
    required: bool = False
    min_words: int = 0
    visible: bool = True


@dataclass(frozen=True)
class Bonus:
    """Extra score for an entry whose facts meet a condition; it can only raise a score.

    ``fact`` names an entry fact; exactly one of ``at_least`` and ``equals`` is given. ``points`` are added as they
    are, ``percent`` of the entry's score is added; exactly one of them is given and it is not negative.
    """

    id: str
    fact: str
    name: str = ""
    at_least: Decimal | None = None
    equals: str | None = None
    points: Decimal | None = None
    percent: Decimal | None = None


@dataclass(frozen=True)
class Rubric:
    """A rubric as a value: its kind, its criterion tree, its bonuses and the options of its kind.

    ``overall`` asks for one comment on the whole sheet, which no kind ever sees; None: there is none. A rubric as it is
    asked in one category is ``part_of`` the rubric of that content hash, and its totals are times ``stretch``.
    """

    id: str
    kind: str
    criteria: tuple[Criterion, ...]
    name: str = ""
    bonuses: tuple[Bonus, ...] = ()
    options: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    overall: OverallComment | None = field(default=None, metadata=_SINCE)
    part_of: str = field(default="", metadata=_SINCE)
    stretch: Fraction = field(default=Fraction(1), metadata=_SINCE)

    def __hash__(self) -> int:
        """Let ``functools.lru_cache`` keep what a kind derives from a rubric alone."""
        return hash(self.content_hash)

    @cached_property
    def limits(self) -> frozenset[str]:
        """Return the categories to which any criterion is limited; none where every entry is asked the same."""
        return frozenset(name for criterion in self.criteria for each in criterion.walk() for name in each.only_in)

    def part_for(self, category: str) -> Rubric:
        """Return what is asked of the entries of a category; the rubric itself where it is the same in all."""
        if not self.limits:
            return self
        return replace(self, criteria=_asked_in(self.criteria, category), part_of=self.content_hash)

    @cached_property
    def leaves(self) -> tuple[Criterion, ...]:
        """Return the criteria that a juror answers, in reading order."""
        return tuple(leaf for criterion in self.criteria for leaf in criterion.leaves())

    @cached_property
    def counted(self) -> Rubric:
        """Return the rubric without what is asked for information only: what its kind checks and scores by."""
        return self if all(leaf.counts for leaf in self.leaves) else replace(self, criteria=_counting(self.criteria))

    @cached_property
    def content_hash(self) -> str:
        """Return the SHA-256 of everything the rubric says, wording included; of the whole rubric for a part of it."""
        return self.part_of or _digest(_plain(self, wording=True))

    @property
    def structure_hash(self) -> str:
        """Return the SHA-256 of what can change a score: a mere change of wording leaves it as it is."""
        return _digest(_plain(self, wording=False))


@dataclass(frozen=True)
class Answer:
    """What a juror put for one criterion: a number, a word of the scale's choices, or ``NA``.

    ``reason`` is a reason code where the kind asks for one (checklist), ``comment`` is free text.
    """

    value: Decimal | str
    comment: str = ""
    reason: str = ""

    @property
    def is_na(self) -> bool:
        """Tell whether the juror said "not applicable"."""
        return self.value == NA

    @property
    def number(self) -> Fraction:
        """Return the number that was given, exactly.

        Raises:
            ValueError: the answer is a word or N/A.

        """
        if isinstance(self.value, str):
            raise ValueError(f"the answer '{self.value}' is not a number")  # noqa: TRY004  the value is at fault
        return Fraction(self.value)


@dataclass(frozen=True)
class Line:
    """One step of a score that can be shown to a person: ``points`` is what the criterion adds to the total."""

    criterion: str
    points: Fraction
    note: str = ""


@dataclass(frozen=True)
class Score:
    """What one sheet is worth. The points of ``lines`` add up to ``total`` exactly.

    ``passed`` is for kinds that gate (checklist): None where the kind does not gate. ``grade`` is a band's name.
    """

    total: Fraction
    lines: tuple[Line, ...]
    passed: bool | None = None
    grade: str | None = None

    @classmethod
    def of(cls, lines: list[Line] | tuple[Line, ...], **more: Any) -> Score:
        """Build a score whose total is the sum of its lines."""
        return cls(sum((line.points for line in lines), Fraction(0)), tuple(lines), **more)


@dataclass(frozen=True)
class Question:
    """What a juror is asked, ready for a form or an import: one leaf criterion with its scale.

    ``reason_for`` lists the answers that need a reason code, ``reasons`` the codes to choose from (empty: any). The
    question for the overall comment asks no value, and for ``min_words`` at least where something is written.
    """

    criterion: str
    text: str
    scale: Scale
    required: bool
    na_allowed: bool
    comment_required: bool
    reason_for: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    min_words: int = 0

    @property
    def is_overall(self) -> bool:
        """Tell whether it asks for the overall comment."""
        return self.criterion == OVERALL


def overall_question(overall: OverallComment) -> Question:
    """Return the question for the overall comment of a sheet."""
    return Question(
        OVERALL, overall.name, Scale(), required=False, na_allowed=False, comment_required=overall.required,
        min_words=overall.min_words,
    )  # fmt: skip


def questions(rubric: Rubric) -> tuple[Question, ...]:
    """List what a juror answers: one question for each leaf criterion, in reading order."""
    return tuple(
        Question(leaf.id, leaf.name or leaf.id, leaf.scale, leaf.required, leaf.na_allowed, leaf.comment_required)
        for leaf in rubric.leaves
    )


def check_answers(asked: tuple[Question, ...], answers: Mapping[str, Answer]) -> list[Problem]:
    """List what is wrong with a filled sheet: missing, foreign, off the scale, N/A not allowed, comment missing."""
    ids = [question.criterion for question in asked]
    problems = [_foreign(name, asked) for name in answers if name not in ids]
    for question in asked:
        problems.extend(_answer_problems(question, answers.get(question.criterion)))
    return problems


def require_answers(asked: tuple[Question, ...], answers: Mapping[str, Answer]) -> None:
    """Refuse a sheet that is not complete and on its scales.

    Raises:
        InputRefused: with one problem for each fault.

    """
    problems = check_answers(asked, answers)
    if problems:
        raise InputRefused(problems)


def _foreign(name: str, asked: tuple[Question, ...]) -> Problem:
    if name == OVERALL:
        return Problem(name, "the rubric asks for no overall comment", "foreign")
    names = ", ".join(question.criterion for question in asked if not question.is_overall)
    return Problem(name, f"'{name}' is not a criterion of this rubric; it asks {names}", "foreign")


def _answer_problems(question: Question, answer: Answer | None) -> Iterator[Problem]:
    name = question.criterion
    if question.is_overall:
        yield from _overall_problems(question, answer)
        return
    if answer is None:
        if question.required:
            yield Problem(name, f"'{name}' is not answered; every required criterion needs a score", "missing")
        return
    if answer.is_na and NA not in question.scale.choices:
        if not question.na_allowed:
            yield Problem(name, f"'{name}' does not allow 'not applicable'; give a score", "na_not_allowed")
    else:
        refusal = question.scale.refusal(answer.value)
        if refusal:
            yield Problem(name, refusal, "off_scale")
    if question.comment_required and not answer.comment.strip():
        yield Problem(name, f"'{name}' needs a comment", "comment_missing")
    yield from _reason_problems(question, answer)


def _overall_problems(question: Question, answer: Answer | None) -> Iterator[Problem]:
    words = len(answer.comment.split()) if answer else 0
    if not words and question.comment_required:
        yield Problem(OVERALL, "the sheet needs an overall comment", "comment_missing")
    elif words and words < question.min_words:
        message = f"the overall comment has {words} words; at least {question.min_words} are wanted"
        yield Problem(OVERALL, message, "comment_short")


def _reason_problems(question: Question, answer: Answer) -> Iterator[Problem]:
    name, codes = question.criterion, ", ".join(question.reasons)
    if answer.reason and question.reasons and answer.reason not in question.reasons:
        yield Problem(name, f"'{answer.reason}' is not a reason of '{name}'; choose from {codes}", "unknown_reason")
    if answer.value in question.reason_for and not answer.reason.strip():
        hint = f"; choose from {codes}" if codes else ""
        yield Problem(name, f"'{name}' needs a reason for the answer '{answer.value}'{hint}", "reason_missing")


def _counting(criteria: tuple[Criterion, ...]) -> tuple[Criterion, ...]:
    return _pruned(criteria, lambda criterion: criterion.counts)


def _asked_in(criteria: tuple[Criterion, ...], category: str) -> tuple[Criterion, ...]:
    return _pruned(criteria, lambda criterion: not criterion.only_in or category in criterion.only_in)


def _pruned(criteria: tuple[Criterion, ...], stays: Callable[[Criterion], bool]) -> tuple[Criterion, ...]:
    """Leave out the criteria that do not stay, and the headings below which nothing is left."""
    kept = []
    for criterion in criteria:
        below = _pruned(criterion.children, stays)
        if stays(criterion) and (below or not criterion.children):
            kept.append(replace(criterion, children=below))
    return tuple(kept)


_WORDING = frozenset({"name", "description", "label", "descriptor", "visible"})


def decimal_as_text(value: Decimal) -> str:
    """Write a decimal in its one canonical form: no exponent, no idle zeros, no minus before zero."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text if value else "0"


def _plain(value: Any, *, wording: bool) -> Any:
    """Turn a rubric into plain JSON values; numbers become canonical text, wording is left out on demand."""
    if isinstance(value, (Decimal, int)) and not isinstance(value, bool):
        return {"number": decimal_as_text(Decimal(value))}
    if isinstance(value, Mapping):
        return {str(key): _plain(item, wording=wording) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [_plain(item, wording=wording) for item in value]
    if is_dataclass(value):
        names = [
            each.name
            for each in fields(value)
            if (wording or each.name not in _WORDING)
            and not (each.metadata.get("silent") and getattr(value, each.name) == each.default)
        ]
        return {name: _plain(getattr(value, name), wording=wording) for name in names}
    return value


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
