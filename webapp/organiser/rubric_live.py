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
from juri.core.sheets import asked_by, widest_part
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


def look_at(registry: Registry, found: Found, categories: Mapping[str, str]) -> Live:
    """Work out what stands beside a rubric; the marks of the samples come with the request.

    Where categories (here with their names) are asked different things, the samples are of the one that can reach most.
    """
    rubric = found.rubric
    if rubric is None or not rubric.criteria:
        return Live(found)
    kind, owner = registry.find(RubricKind, rubric.kind), registry.owner("rubric_kinds", rubric.kind)
    asked = asked_by(kind, rubric, owner)
    cards = tuple(lay_out(rubric, asked))
    tried = widest_part(kind, rubric, owner) if found.is_good else rubric
    questions = [question for question in asked_by(kind, tried, owner) if not question.is_overall]
    samples = tuple(_sample(number, questions) for number in range(len(SAMPLES)))
    live = Live(found, _fingerprint(asked), cards, samples=samples)
    if not found.is_good:
        return live
    trials = tuple(
        replace(each, problems=tuple(in_words(each.problems, questions)))
        for each in try_rubric(registry, tried, samples)
    )
    bounds = bounds_of(registry, tried)
    told = (
        replace(each, category=categories.get(each.category, each.category)) for each in reaches_of(registry, rubric)
    )
    shares = shares_of(registry, tried, bounds)
    return replace(live, shares=shares, bounds=bounds, trials=trials, reaches=tuple(told))


def _sample(number: int, questions: Sequence[Question]) -> dict[str, str]:
    names = {each.criterion: f"try-{number}-{each.criterion}" for each in questions}
    return {criterion: request.form.get(name, "").strip()[:_LONGEST_MARK] for criterion, name in names.items()}


def _fingerprint(questions: Sequence[Question]) -> str:
    return hashlib.sha256(repr(questions).encode()).hexdigest()[:16]
