"""What ``juri simulate`` draws: the plan of an edition's stage, and what is assumed where it does not say."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, fields
from pathlib import Path

from juri.core.analysis.decision_study import Behaviour, Plan
from juri.core.document import Edition, RuleUse, StageSpec
from juri.core.errors import InputRefused
from juri.core.extension import StageKind
from juri.core.judging.rubric_scale import answer_scale
from juri.core.judging.table_sheets import RubricUse
from juri.core.registry import Registry

ENTRIES, JURORS, MOST = 300, 20, 8
"""What is assumed where nothing says it: entries, jurors, and the most jurors per entry that are compared."""

_CENTRE = 0.65
"""Where on each scale an entry of middle quality stands: people use the upper part."""


@dataclass(frozen=True)
class Options:
    """What was asked for on the command line; None or empty where it was not."""

    stage: str
    track: str
    entries: int | None
    top: int | None
    jurors: int | None
    per_entry: str
    draws: int
    severity: float
    scale: float
    impression: float
    noise: float
    profile: float
    halo: float
    spread: float
    seed: int | None
    workers: int | None
    chart: Path | None
    form: str | None
    output: str | None


@dataclass(frozen=True)
class Study:
    """What is drawn, and how often.

    ``counts`` are the numbers of jurors per entry that are compared, ``asked`` is what the edition says, where it does;
    ``notes`` tell what was assumed.
    """

    edition: str
    stage: str
    rubric: str
    plan: Plan
    counts: tuple[int, ...]
    asked: int | None
    draws: int
    seed: int
    notes: tuple[str, ...]


def plan_study(registry: Registry, edition: Edition, options: Options) -> Study:
    """Read from an edition what its stage asks for, and complete it from the options.

    Raises:
        InputRefused: no such stage or rubric is known, the places are not, or a number does not fit the others.

    """
    stage = _stage(registry, edition, options.stage)
    use = _rubric(registry, edition, stage, options.track)
    scale, adds_up = answer_scale(use, _CENTRE, options.spread)
    notes = [] if adds_up else [f"rubrics of the kind '{use.rubric.kind}' do more than add up, which is left out here"]
    notes += [] if stage else ["the edition has no judged stage yet; its first rubric is taken"]
    asks = stage.options if stage else {}
    entries = _or_assumed(options.entries, ENTRIES, "entries", notes)
    panel = next((each for each in edition.panels if each.id == asks.get("panel")), None)
    jurors = _or_assumed(options.jurors or (panel.size if panel else None), JURORS, "jurors", notes)
    top = options.top or _places(edition, stage)
    if top >= entries:
        raise InputRefused.at("--top", f"{top} places for {entries} entries leave nobody out", "bad_top")
    counts = _counts(options.per_entry, jurors)
    behaviour = Behaviour(**{each.name: getattr(options, each.name) for each in fields(Behaviour)})
    asked = asks.get("jurors_per_entry")
    return Study(
        edition=edition.id,
        stage=stage.id if stage else "",
        rubric=use.rubric.id,
        plan=Plan(entries, jurors, counts[0], top, scale, behaviour),
        counts=counts,
        asked=asked if isinstance(asked, int) else None,
        draws=options.draws,
        seed=secrets.randbelow(2**32) if options.seed is None else options.seed,
        notes=tuple(notes),
    )


def _or_assumed(known: int | None, assumed: int, what: str, notes: list[str]) -> int:
    if known is None:
        notes.append(f"{assumed} {what} were assumed; say how many there will be: --{what} N")
    return assumed if known is None else known


def _stage(registry: Registry, edition: Edition, named: str) -> StageSpec | None:
    """Return the stage that is drawn; None where there is none yet, but a rubric."""
    if named in edition.stage_ids:
        return edition.stage(named)
    if named:
        message = f"there is no stage '{named}'; the edition has {', '.join(edition.stage_ids)}"
        raise InputRefused.at("--stage", message, "unknown_stage")
    judged = [stage for stage in edition.stages if registry.find(StageKind, stage.kind).judged]
    chosen = next((stage for stage in judged if stage.options.get("rubric")), None)
    if chosen is None and not edition.rubrics:
        message = f"the edition '{edition.id}' has no rubric that is known; nothing can be drawn"
        raise InputRefused.at("EDITION", message, "no_rubric")
    return chosen


def _rubric(registry: Registry, edition: Edition, stage: StageSpec | None, track: str) -> RubricUse:
    named = stage.options.get("rubric") if stage else next(iter(edition.rubrics))
    if not isinstance(named, str):
        by_track = dict(named or {})
        named = by_track.get(track) if track else next(iter(by_track.values()), None)
    rubric = edition.rubrics.get(named or "")
    if rubric is None:
        whose = f" and the track '{track}'" if track else ""
        message = f"the edition names no rubric for the stage '{stage.id if stage else ''}'{whose}"
        raise InputRefused.at("--track" if track else "--stage", message, "no_rubric")
    return RubricUse(rubric, registry.get("rubric_kinds", rubric.kind), registry.owner("rubric_kinds", rubric.kind))


def _places(edition: Edition, stage: StageSpec | None) -> int:
    """Return the places that a rule of a later stage names."""
    later = edition.stages[edition.stage_ids.index(stage.id) + 1 :] if stage else ()
    for option in (option for each in later for option in each.options.values()):
        if isinstance(option, RuleUse) and isinstance(option.options.get("n"), int):
            return int(option.options["n"])
    message = "the edition names no fixed number of places after this stage; say it: --top N"
    raise InputRefused.at("--top", message, "no_top")


def _counts(text: str, jurors: int) -> tuple[int, ...]:
    """Read ``3`` or ``1-6``; no entry has more jurors than there are."""
    usual = f"1-{min(MOST, jurors)}"
    first, _, last = (text or usual).partition("-")
    if first.isdecimal() and (last or first).isdecimal() and 1 <= int(first) <= int(last or first) <= jurors:
        return tuple(range(int(first), int(last or first) + 1))
    message = f"'{text}' is no number of jurors per entry among {jurors}; write 3, or {usual}"
    raise InputRefused.at("--per-entry", message, "bad_count")
