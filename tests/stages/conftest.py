"""A short way to write stages: options as in an edition, entries, sheets and records, and what they come to."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pytest

from juri.core.document import StageSpec, Text, Track
from juri.core.extension import EligibilityRule, StageKind
from juri.core.registry import Registry
from juri.core.scoring.standings import Standing, Standings, Unranked
from juri.core.view import EntryFacts, Outcome, Record, Sheet, StageView, Verdict
from juri.plugins.methods import mean, rank_sum
from juri.plugins.methods import sum as total
from juri.plugins.rules import cuts, quotas, ties
from juri.plugins.stages import (
    announcement,
    checklist,
    cut,
    interview,
    monitoring,
    objection,
    plenary,
    rating,
    registration,
    scoring,
    visit,
)

STAGES = (
    announcement, checklist, cut, interview, monitoring, objection, plenary, rating, registration, scoring, visit
)  # fmt: skip
NOON = datetime(2023, 6, 1, 12, tzinfo=UTC)


def _verdict(entry: EntryFacts, options: Mapping[str, Any], context: Any) -> Verdict:
    old = entry.answers.get("age", 0) >= 24
    return Verdict(passed=old, code="" if old else "too_young", reason="" if old else "younger than 24 months")


@pytest.fixture(scope="session")
def registry() -> Registry:
    """Return the bundled stage kinds, cut rules, tie-breakers and a few methods, and one rule on age."""
    found = [("stage_kinds", "bundled", kind) for module in STAGES for kind in module.juri_stage_kinds()]
    found += [("methods", "bundled", method) for module in (mean, rank_sum, total) for method in module.juri_methods()]
    found += [("cut_rules", "bundled", rule) for rule in [*cuts.juri_cut_rules(), *quotas.juri_cut_rules()]]
    found += [("tie_breakers", "bundled", rule) for rule in ties.juri_tie_breakers()]
    old = EligibilityRule(name="old", title="Old enough", version="1", verdict=_verdict)
    return Registry.of([*found, ("eligibility_rules", "bundled", old)])


def entry(code: str, **more: Any) -> EntryFacts:
    """Return an entry that was submitted."""
    return EntryFacts(code, **{"title": f"Title {code}", "entrant": f"Agency {code}", "submitted_at": NOON} | more)


def entries(*codes: str, **more: Any) -> tuple[EntryFacts, ...]:
    """Return entries that differ in nothing but their codes."""
    return tuple(entry(code, **more) for code in codes)


def standings(scores: Mapping[str, Any], unranked: Iterable[str] = ()) -> Standings:
    """Return competition ranks by score; equal scores are tied."""
    exact = {code: Fraction(str(score)) for code, score in scores.items()}
    order = sorted(exact, key=lambda code: (-exact[code], code))
    lines = []
    for code in order:
        rank = 1 + sum(other > exact[code] for other in exact.values())
        tied = sum(other == exact[code] for other in exact.values()) > 1
        lines.append(Standing(Fraction(rank), code, exact[code], 3, tied))
    return Standings(tuple(lines), tuple(Unranked(code, 0, "incomplete") for code in unranked), "mean", "submitted")


def sheets(scores: Mapping[str, Mapping[str, Any]]) -> tuple[Sheet, ...]:
    """Return the sheets of ``{entry: {juror: total or None}}``."""
    return tuple(
        Sheet(code, juror, None if score is None else Fraction(str(score)))
        for code, row in scores.items()
        for juror, score in row.items()
    )


def record(topic: str, code: str | None, subject: str, number: int = 1, **data: Any) -> Record:
    """Return a record; a greater number is a newer one."""
    return Record(topic, code, subject, data, "secretariat", NOON, number)


def tracks(*ids: str, **quotas: Mapping[str, int]) -> tuple[Track, ...]:
    """Return tracks, with quotas by track."""
    return tuple(Track(name, Text(name, name), quotas=quotas.get(name, {})) for name in ids)


@pytest.fixture(scope="session")
def given(registry: Registry) -> SimpleNamespace:
    """Return the builders: ``view`` and ``close`` load the options of a kind as an edition does."""

    def kind(name: str) -> StageKind:
        return registry.find(StageKind, name)

    def view(name: str, options: Mapping[str, Any], alive: Iterable[EntryFacts] = (), **more: Any) -> StageView:
        loaded = kind(name).options().load(options)
        times = {key: more.pop(key) for key in ("opens", "closes") if key in more}
        spec = StageSpec("here", name, Text("here", "here"), options=loaded, **times)
        return StageView(spec, tuple(alive), extensions=registry.get, **more)

    def close(name: str, options: Mapping[str, Any], alive: Iterable[EntryFacts] = (), **more: Any) -> Outcome:
        return kind(name).outcome(view(name, options, alive, **more))

    def against(step: str, name: str, options: Mapping[str, Any], *args: Any, **more: Any) -> list[str]:
        return list(getattr(kind(name), f"against_{step}")(view(name, options, *args, **more)))

    def advanced(outcome: Outcome, what: str = "advance") -> list[str]:
        return [proposal.entry for proposal in outcome.proposals if proposal.outcome == what]

    return SimpleNamespace(
        kind=kind, view=view, close=close, against=against, advanced=advanced, entry=entry, entries=entries,
        standings=standings, sheets=sheets, record=record, tracks=tracks, noon=NOON, registry=registry,
    )  # fmt: skip
