"""What stands beside a rubric that is being written, and follows it: faults, the formula, samples, the juror's view."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from flask import request

from juri.core.extension import RubricKind
from juri.core.registry import Registry
from juri.core.scoring.rubric import Question
from juri.core.sheets import asked_by
from juri.webapp.cards import Card, lay_out
from juri.webapp.juror.words import in_words
from juri.webapp.organiser.rubric_check import (
    SAMPLES,
    Found,
    Reach,
    Share,
    Trial,
    bounds_of,
    reaches_of,
    shares_of,
    try_rubric,
    widest_part,
)

_LONGEST_MARK = 50


@dataclass(frozen=True)
class Live:
    """A rubric as it is now: ``bounds`` are its least and its greatest total, ``asked`` tells its questions apart."""

    found: Found
    asked: str = ""
    cards: tuple[Card, ...] = ()
    shares: tuple[Share, ...] = ()
    bounds: tuple[Fraction, Fraction] | None = None
    reaches: tuple[Reach, ...] = ()
    samples: tuple[Mapping[str, str], ...] = ({}, {})
    trials: tuple[Trial, ...] = tuple(map(Trial, SAMPLES))

    @property
    def is_tried(self) -> bool:
        """Tell whether anything was typed for the sample entries."""
        return any(any(sample.values()) for sample in self.samples)

    @property
    def questions_changed(self) -> bool:
        """Tell whether the page that asks shows other questions than the rubric has now."""
        return request.form.get("asked", "") != self.asked

    def title_of(self, criterion: str) -> str:
        """Return what a criterion is called."""
        return next((card.title for card in self.cards if card.criterion == criterion), criterion)


def look_at(registry: Registry, found: Found) -> Live:
    """Work out what stands beside a rubric; the marks of the samples come with the request."""
    rubric = found.rubric
    if rubric is None or not rubric.criteria:
        return Live(found)
    kind, owner = registry.find(RubricKind, rubric.kind), registry.owner("rubric_kinds", rubric.kind)
    asked = asked_by(kind, rubric, owner)
    cards = tuple(lay_out(rubric, asked))
    if not found.is_good:
        return Live(found, _fingerprint(asked), cards)
    reaches, rubric = reaches_of(registry, rubric), widest_part(registry, rubric)
    asked = asked_by(kind, rubric, owner)
    questions = [question for question in asked if not question.is_overall]
    samples = tuple(_sample(number, questions) for number in range(len(SAMPLES)))
    live = Live(found, _fingerprint(asked), cards, samples=samples, reaches=reaches)
    trials = tuple(
        replace(each, problems=tuple(in_words(each.problems, questions)))
        for each in try_rubric(registry, rubric, samples)
    )
    bounds = bounds_of(registry, rubric)
    return replace(live, shares=shares_of(registry, rubric, bounds), bounds=bounds, trials=trials)


def _sample(number: int, questions: Sequence[Question]) -> dict[str, str]:
    names = {each.criterion: f"try-{number}-{each.criterion}" for each in questions}
    return {criterion: request.form.get(name, "").strip()[:_LONGEST_MARK] for criterion, name in names.items()}


def _fingerprint(questions: Sequence[Question]) -> str:
    return hashlib.sha256(repr(questions).encode()).hexdigest()[:16]
