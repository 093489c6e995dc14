"""A small registry of sample extensions: what a document may name in these tests."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from textwrap import dedent
from typing import Any

import pytest
from marshmallow import Schema, fields, validate

from juri.core.editions.loader import load_edition
from juri.core.errors import DefinitionError, Problem
from juri.core.extension import (
    CutRule,
    EditionDefinition,
    EligibilityRule,
    Extension,
    Method,
    RubricDefinition,
    RubricKind,
    StageKind,
    TieBreaker,
)
from juri.core.registry import Registry
from juri.core.scoring.rubric import Rubric, Score
from juri.core.view import Outcome, Verdict


class KindOptions(Schema):
    pass_mark = fields.Decimal(validate=validate.Range(min=0))


class CriterionOptions(Schema):
    hint = fields.String()


class ScoreOptions(Schema):
    panel = fields.String(required=True)
    rubric = fields.Raw(required=True)
    method = fields.Raw(required=True)
    missing = fields.String(required=True)
    ties = fields.List(fields.String(), load_default=list)
    jurors_per_entry = fields.Integer(strict=True)


class CutOptions(Schema):
    of = fields.Raw(required=True)
    rule = fields.Raw(required=True)


class FinalOptions(Schema):
    panel = fields.String()
    proposes = fields.Raw()
    awards = fields.List(fields.Dict(), load_default=list)
    items = fields.List(fields.Dict(), load_default=list)


class TopOptions(Schema):
    n = fields.Integer(strict=True, required=True)
    quota = fields.String()
    priority = fields.List(fields.String(), load_default=list)


class TrimOptions(Schema):
    low = fields.Integer(strict=True, load_default=0)


class AgeOptions(Schema):
    value = fields.Integer(strict=True, required=True)
    until = fields.String(required=True)
    fact = fields.String(load_default="started")


class GroupOptions(Schema):
    rules = fields.List(fields.Raw(), required=True)


def weights_make_100(rubric: Rubric) -> Iterator[Problem]:
    total = sum(criterion.weight for criterion in rubric.criteria)
    if total != Decimal(100):
        yield Problem("criteria", f"the weights sum to {total}, not 100")


def sample(record: type[Extension], name: str, **more: Any) -> Extension:
    return record(name=name, title=name, version="1", **more)


READY = """\
juri: 1
rubric: ready
kind: plain
scale: {min: 0, max: 10}
criteria: [{id: whole, weight: 100}]
"""

BASE = """\
juri: 1
edition: base
name: {id: Dasar, en: Base}
calendar:
  close: 2026-03-31
tracks:
  - {id: open, quotas: {winners: 10}, eligibility: [{rule: min_age, value: 12, until: close}]}
  - {id: special, quotas: {winners: 3}}
form:
  - {id: started, type: date}
panels:
  - {id: jury}
rubrics:
  main: {kind: plain, criteria: [{id: idea, weight: 60}, {id: effect, weight: 40}]}
stages:
  - {id: intake, kind: intake, closes: close}
  - {id: proposal, kind: score, panel: jury, rubric: main, method: mean, missing: zero, ties: ["criterion:idea"]}
  - {id: winners, kind: pick, of: proposal, rule: {rule: top, n: 10}}
"""


def sample_extensions() -> Iterator[tuple[str, str, Extension]]:
    score = {"score": lambda *_: Score.of([]), "check": weights_make_100}
    options = {"options": KindOptions, "criterion_options": CriterionOptions}
    yield "rubric_kinds", "t", sample(RubricKind, "plain", **score, **options)
    yield "rubrics", "t", sample(RubricDefinition, "ready", read=lambda: READY, path="ready.yaml")
    stages = {"intake": None, "score": ScoreOptions, "pick": CutOptions, "final": FinalOptions}
    for name, schema in stages.items():
        yield "stage_kinds", "t", sample(StageKind, name, outcome=lambda *_: Outcome(()), options=schema)
    for name, schema in {"mean": None, "trimmed": TrimOptions}.items():
        yield "methods", "t", sample(Method, name, rank=lambda *_: None, options=schema)
    yield "cut_rules", "t", sample(CutRule, "top", select=lambda *_: (), options=TopOptions)
    for name, takes in {"criterion": True, "fact": True, "panel_decision": False}.items():
        yield "tie_breakers", "t", sample(TieBreaker, name, key=lambda *_: None, argument=takes)
    for name, schema in {"min_age": AgeOptions, "any_of": GroupOptions, "complete": None}.items():
        verdict = {"verdict": lambda *_: Verdict(passed=True)}
        yield "eligibility_rules", "t", sample(EligibilityRule, name, options=schema, **verdict)
    yield "editions", "t", sample(EditionDefinition, "base", read=lambda: BASE, path="base.yaml")


@pytest.fixture(scope="session")
def registry() -> Registry:
    return Registry.of(sample_extensions())


@pytest.fixture(scope="session")
def base() -> str:
    return BASE


Faults = Callable[[str], list[str]]


@pytest.fixture
def faults(registry: Registry) -> Faults:
    """Load a text that must be refused; return what a person reads, one line a fault, hints behind ' | '."""

    def read(text: str) -> list[str]:
        with pytest.raises(DefinitionError) as caught:
            load_edition(dedent(text), registry, origin="e.yaml")
        return [
            f"{fault.where}: {fault.problem}" + (f" | {fault.hint}" if fault.hint else "")
            for fault in caught.value.faults
        ]

    return read
