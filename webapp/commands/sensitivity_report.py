"""What ``juri sensitivity`` gives back: tables for people, and JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from importlib.metadata import version
from textwrap import wrap
from typing import Any

from juri.core.analysis.leaving_out import Effect
from juri.core.analysis.weights import Overtaking
from juri.core.judging.sensitivity import Sensitivity, WeightSensitivity
from juri.core.ranking import RankRule
from juri.core.scoring.number import decimal_text
from juri.core.tables.reading import Source
from juri.core.tables.table import clean
from juri.webapp.commands.output import counted, short_names
from juri.webapp.commands.output import table as lay_out

WIDTH = 80
_NAMED = 2
_CONTESTED = 10
_SHOWN_HASH = 12
_DIGITS = 6


@dataclass(frozen=True)
class SensitivityResult:
    """What was worked out for each group (the empty text where there are none), and what by."""

    source: Source
    rule: RankRule
    groups: Mapping[str, Sensitivity]
    group_by: str | None
    warnings: tuple[str, ...]


def sensitivity_json(result: SensitivityResult) -> str:
    """Write everything as JSON; with groups, each under its name in ``groups``."""
    groups = {group: _plain(found) for group, found in result.groups.items()}
    meta = {
        "juri": version("juri"),
        "method": result.rule.method,
        "missing": result.rule.missing,
        "group_by": result.group_by,
        "input_sha256": result.source.sha256,
        "warnings": list(result.warnings),
    }
    body: dict[str, Any] = {"groups": groups} if result.group_by else next(iter(groups.values()))
    return f"{json.dumps({**meta, **body}, ensure_ascii=False, indent=2)}\n"


def _plain(found: Sensitivity) -> dict[str, Any]:
    return {
        "top": found.top,
        "ranked": len(found.ranks),
        "inside": _inside(found),
        "jurors": [_effect(each) for each in found.jurors],
        "criteria": [_effect(each) for each in found.criteria],
        "methods": [_effect(each) for each in found.methods],
        "weights": _plain_weights(found.weights) if found.weights else None,
        "notes": list(found.notes),
    }


def _inside(found: Sensitivity) -> list[str]:
    return sorted((e for e, rank in found.ranks.items() if rank <= found.top), key=lambda e: (found.ranks[e], e))


def _effect(effect: Effect) -> dict[str, Any]:
    move = effect.largest
    return {
        "name": effect.name,
        "entered": list(effect.entered),
        "left": list(effect.left),
        "moved": effect.moved,
        "largest_move": {"entry": move.entry, "before": move.before, "after": move.after} if move else None,
        "unranked": list(effect.unranked),
        "refused": effect.refused or None,
    }


def _plain_weights(weights: WeightSensitivity) -> dict[str, Any]:
    names = list(weights.weights)
    listed = [_plain_overtaking(each, names, weights) for each in weights.overtakings]
    return {
        "in_force": {name: _exact(share) for name, share in weights.weights.items()},
        "least": listed[0] if listed else None,
        "overtakings": listed,
        "draws": weights.draws,
        "seed": weights.seed,
        "shares_inside": {entry: round(share, _DIGITS) for entry, share in weights.shares.items() if share},
    }


def _plain_overtaking(each: Overtaking, names: Sequence[str], weights: WeightSensitivity) -> dict[str, Any]:
    after = each.change.applied(list(weights.weights.values()))
    return {
        "overtakes": each.behind,
        "overtaken": each.ahead,
        "gap": _exact(each.gap),
        "mass": _exact(each.change.mass),
        "mass_exact": str(each.change.mass),
        "from": {names[place]: _exact(mass) for place, mass in each.change.taken},
        "to": names[each.change.given_to],
        "weights": {name: _exact(share) for name, share in zip(names, after, strict=True)},
    }


def _exact(value: Fraction) -> str:
    return decimal_text(value, _DIGITS)


def sensitivity_text(result: SensitivityResult) -> str:
    """Lay everything out for a terminal of 80 columns."""
    parts: list[str] = []
    for group, found in result.groups.items():
        parts += [f"{clean(result.group_by)}: {clean(group)}", ""] if result.group_by else []
        parts += [*_group_text(found), ""]
    notes = [*result.warnings, *(note for found in result.groups.values() for note in found.notes)]
    parts += [
        f"method:  {result.rule.method}",
        f"missing: {result.rule.missing}",
        f"input:   {clean(result.source.name)} (sha256 {result.source.sha256[:_SHOWN_HASH]})",
        *(
            line
            for note in dict.fromkeys(notes)
            for line in wrap(f"note:    {clean(note)}", WIDTH, subsequent_indent=" " * 9)
        ),
    ]
    return "\n".join(parts) + "\n"


def _group_text(found: Sensitivity) -> Iterator[str]:
    yield from wrap(f"in (top {found.top} of {len(found.ranks)}): {', '.join(map(clean, _inside(found)))}", WIDTH)
    for title, effects in (
        ("without juror", found.jurors),
        ("without criterion", found.criteria),
        ("by method", found.methods),
    ):
        if effects:
            yield ""
            yield from _effects_text(title, effects, short_names(found.ranks))
    if found.weights:
        yield ""
        yield from _weights_text(found.weights, short_names(found.ranks))


def _effects_text(title: str, effects: Sequence[Effect], short: Mapping[str, str]) -> Iterator[str]:
    """List the changes that bring somebody in or out; count those that do not."""
    telling = [each for each in effects if each.changes_the_cut]
    if telling:
        rows = [
            (clean(e.name), _some(e.entered, short), _some(e.left, short), e.moved, _move(e, short)) for e in telling
        ]
        yield lay_out([title, "comes in", "falls out", "moved", "farthest"], rows, right={"moved"})
    same = [each for each in effects if not each.changes_the_cut and not each.refused]
    if same:
        names = f": {', '.join(clean(each.name) for each in same)}" if len(same) <= _CONTESTED else ""
        said = f"{title}, the same are in: {len(same)} of {len(effects)}{names}"
        yield from wrap(said, WIDTH, subsequent_indent="  ")
    for each in effects:
        if each.refused:
            yield from wrap(f"{title} {clean(each.name)}: {clean(each.refused)}", WIDTH, subsequent_indent="  ")


def _some(names: Sequence[str], short: Mapping[str, str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(short[name] for name in names[:_NAMED]) + (f" +{more}" if more > 0 else "")


def _move(effect: Effect, short: Mapping[str, str]) -> str:
    move = effect.largest
    return f"{short[move.entry]} {move.before} > {move.after}" if move else ""


def _weights_text(weights: WeightSensitivity, short: Mapping[str, str]) -> Iterator[str]:
    names = list(weights.weights)
    if not weights.overtakings:
        yield "no change of weights brings anybody in"
    else:
        least = weights.overtakings[0]
        said = (
            f"least change of weights: {_percent(least.change.mass)} of the weight moved, and {clean(least.behind)} "
            f"is level with {clean(least.ahead)}; with any more, ahead"
        )
        yield from wrap(said, WIDTH, subsequent_indent="  ")
        rows = [
            (
                _percent(each.change.mass),
                ", ".join(clean(names[place]) for place, _ in each.change.taken),
                clean(names[each.change.given_to]),
                short[each.behind],
                short[each.ahead],
            )
            for each in weights.overtakings
        ]
        yield lay_out(["moved", "from", "to", "comes in", "for"], rows, right={"moved"})
    yield ""
    yield from _shares_text(weights, short)


def _shares_text(weights: WeightSensitivity, short: Mapping[str, str]) -> Iterator[str]:
    contested = weights.contested
    said = (
        f"at {counted(weights.draws, 'set')} of weights drawn around these (seed {weights.seed}): "
        f"{counted(weights.always, 'entry', 'entries')} always in, {len(contested)} in at some"
    )
    yield from wrap(said, WIDTH, subsequent_indent="  ")
    if contested:
        nearest = sorted(contested, key=lambda each: (abs(each[1] - 1 / 2), each[0]))[:_CONTESTED]
        rows = [(short[entry], f"{share:.1%}") for entry, share in contested if (entry, share) in nearest]
        yield lay_out(["contested", "in at"], rows, right={"in at"})


def _percent(mass: Fraction) -> str:
    return f"{decimal_text(mass * 100, 2)} %"
