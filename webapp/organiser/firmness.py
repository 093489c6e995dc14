"""How firm a cut is: who would be in without a juror, an aspect, by another method or weights, and how sure it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flask import request, url_for
from flask_babel import gettext

from juri.core.analysis.leaving_out import Effect
from juri.core.analysis.uncertainty import BORDERLINE
from juri.core.doubt import Doubt, doubt_of
from juri.core.editions.gate import find_stage
from juri.core.entries.listing import EntryLabel, entry_labels
from juri.core.errors import InputRefused, NotFound
from juri.core.extension import RubricKind
from juri.core.judging.loads import panel_seats
from juri.core.judging.sensitivity import Sensitivity, work_out_sensitivity
from juri.core.registry import Registry
from juri.core.results.snapshots import standings_in_force
from juri.core.scoring.rubric import Rubric
from juri.core.scoring.standings import Standings
from juri.core.sheets import full_points
from juri.core.stages.views import stage_view
from juri.core.view import Sheet, StageView
from juri.plugins.judging import counted_sheets, rank_rule
from juri.plugins.options import for_track
from juri.plugins.views import by_track
from juri.webapp.guard import Needs, guarded, in_edition
from juri.webapp.language import shown_figure, shown_text
from juri.webapp.organiser import words
from juri.webapp.organiser.blueprint import blueprint
from juri.webapp.organiser.frame import looking, page

SEE = Needs("standings.see", in_edition)
RULE = {"method", "missing", "rounding", "ties", "ranks", "weights", "rubric"}
"""The options of a stage whose sheets are ranked by a rule that variants can be made of."""

_NO_WEIGHTS: Mapping[str, Fraction] = {"": Fraction(0)}
"""Where entries of some categories are not asked some aspects, no weight can be moved from one to another for all."""

_OVER = ("closed", "sealed", "published")
_USUAL = 10
_MOST = 10_000


@dataclass(frozen=True)
class Firmness:
    """One track: what was found, or why nothing can be said."""

    track: str
    found: Sensitivity | None
    problem: str = ""
    doubt: Doubt | None = None
    no_doubt: str = ""


@guarded(blueprint, "/<edition>/firmness/<stage>", needs=SEE)
def firmness(edition: str, stage: str) -> Any:
    """Show what the first places of a judged stage depend on; the number of places stands in the address."""
    with looking(edition) as look:
        row = find_stage(look.session, look.running.id, stage)
        view = stage_view(look.session, look.running, row)
        if not view.options.keys() >= RULE:
            raise NotFound("judged stage", stage)
        typed = request.args.get("top", "").strip()
        taking = _taking_part(view, standings_in_force(look.session, row) if row.state in _OVER else None)
        top, problem = _places(typed, taking)
        registry = look.running.registry
        sure = "sure" in request.args
        tracks = (
            [_track(registry, view, track, codes, top, sure=sure) for track, codes in taking.items()]
            if not problem
            else []
        )
        labels = entry_labels(look.session, look.running)
        jurors = {seat.code: seat.name for seat in panel_seats(look.session, look.running, stage=stage)}
        names = {track.id: shown_text(track.name) for track in look.running.edition.tracks}
    back = (gettext("Standings"), url_for("organiser.standings", edition=edition, stage=stage))
    criteria = {leaf.id: leaf.name or leaf.id for rubric in view.rubrics.values() for leaf in rubric.leaves}
    shown = [_shown(each, names.get(each.track, ""), labels, jurors, criteria) for each in tracks]
    return page(
        "firmness.html", look.running, current="standings", trail=[back, (gettext("How firm is the cut"), "")],
        tracks=shown, top=typed or top, problem=problem, stage=stage, stage_name=shown_text(view.stage.name), at=stage,
    )  # fmt: skip


def _taking_part(view: StageView, kept: Mapping[str, Standings] | None) -> dict[str, set[str]]:
    """Return the entries by track: of a stage that is over, all that it ranked, also those that fell later on."""
    found = {track: {entry.code for entry in own} for track, own in by_track(view).items()}
    for track, standings in (kept or {}).items():
        found[track] = {line.entry for line in standings.lines}
    return found


def _places(typed: str, taking: Mapping[str, set[str]]) -> tuple[int, str]:
    """Read the number of places; without one, ten, or half of the largest track where that is less."""
    if not typed:
        return max(1, min(_USUAL, max(map(len, taking.values()), default=0) // 2)), ""
    if typed.isascii() and typed.isdigit() and 1 <= int(typed) <= _MOST:
        return int(typed), ""
    return 0, gettext("Write a whole number from 1 on.")


def _track(registry: Registry, view: StageView, track: str, codes: set[str], top: int, *, sure: bool) -> Firmness:
    sheets = [sheet for sheet in counted_sheets(view) if sheet.entry in codes]
    rubric = view.rubrics.get(for_track(view.options["rubric"], track) or "")
    try:
        found = work_out_sensitivity(
            sheets,
            rank_rule(view.options),
            extensions=registry.get,
            methods=registry.names("methods"),
            top=top,
            full=_full(registry, rubric) if rubric else {},
        )
    except InputRefused as refused:
        known = any(problem.code == "no_cut" for problem in refused.problems)
        few = gettext("Too few entries have a rank for so many places.")
        return Firmness(track, None, few if known else refused.problems[0].message)
    return Firmness(track, found, "", *(_doubt(registry, view, sheets, top) if sure else ()))


def _doubt(registry: Registry, view: StageView, sheets: Sequence[Sheet], top: int) -> tuple[Doubt | None, str]:
    """Draw how sure the ranks are; without a doubt, why none can be told."""
    rule = rank_rule(view.options)
    if rule.missing == "zero":
        return None, gettext("Where an absent sheet counts 0, nothing can be said of probabilities.")
    found = doubt_of(sheets, rule, extensions=registry.get, tops=[top])
    return found, "" if found else gettext("No entry has two sheets, so nothing can be said of how sure its place is.")


def _full(registry: Registry, rubric: Rubric) -> Mapping[str, Fraction]:
    if rubric.limits:
        return _NO_WEIGHTS
    kind = registry.find(RubricKind, rubric.kind)
    return full_points(kind, rubric, registry.owner("rubric_kinds", rubric.kind))


def _shown(
    own: Firmness,
    name: str,
    labels: Mapping[str, EntryLabel],
    jurors: Mapping[str, str],
    criteria: Mapping[str, str],
) -> dict[str, Any]:
    """Return what the page shows of a track."""
    found = own.found
    if found is None:
        return {"name": name, "problem": own.problem}

    def title(code: str) -> str:
        return f"{code} {labels[code].title}" if code in labels else code

    methods = {each.name: str(words.word(words.METHODS, each.name)) for each in found.methods}
    weights = found.weights
    changes = list(weights.overtakings) if weights else []
    aspects = [criteria.get(each, each) for each in weights.weights] if weights else []
    return {
        "name": name,
        "doubt": _doubted(own.doubt, found, title),
        "no_doubt": own.no_doubt,
        "ranked": len(found.ranks),
        "inside": sum(rank <= found.top for rank in found.ranks.values()),
        "groups": [
            (gettext("Without one juror"), gettext("Juror"), _effects(found.jurors, jurors, title), len(found.jurors)),
            (gettext("Without one aspect"), gettext("Aspect"), _effects(found.criteria, criteria, title),
             len(found.criteria)),
            (gettext("By another method"), gettext("Method"), _effects(found.methods, methods, title),
             sum(not each.refused for each in found.methods)),
        ],
        "changes": [
            {"mass": _percent(each.change.mass), "from": [aspects[place] for place, _ in each.change.taken],
             "to": aspects[each.change.given_to], "behind": title(each.behind), "ahead": title(each.ahead)}
            for each in changes
        ],
        "weighs": weights is not None,
        "draws": weights.draws if weights else 0,
        "always": weights.always if weights else 0,
        "contested": [(title(code), _percent(Fraction(share))) for code, share in weights.contested] if weights else [],
    }  # fmt: skip


def _doubted(doubt: Doubt | None, found: Sensitivity, title: Any) -> dict[str, Any] | None:
    """Return what the sheets leave open: how many are surely in or out, and the others, likeliest first."""
    if doubt is None:
        return None
    open_ = [(code, each) for code, each in doubt.entries.items() if each.borderline()]
    surely = sum(each.inside[0] >= BORDERLINE[1] for each in doubt.entries.values())
    return {
        "surely": surely,
        "out": len(doubt.entries) - surely - len(open_),
        "draws": doubt.draws,
        "seed": doubt.seed,
        "open": [
            {"rank": found.ranks.get(code), "title": title(code), "low": each.low, "high": each.high,
             "inside": _percent(each.inside[0])}
            for code, each in sorted(open_, key=lambda pair: (-pair[1].inside[0], pair[0]))
        ],
    }  # fmt: skip


def _effects(effects: Iterable[Effect], names: Mapping[str, str], title: Any) -> list[dict[str, Any]]:
    """Return the changes that bring somebody in or out, those first that do so most."""
    return [
        {"name": names.get(each.name, each.name), "entered": [title(code) for code in each.entered],
         "left": [title(code) for code in each.left], "moved": each.moved}
        for each in sorted(effects, key=lambda each: -len(each.entered)) if each.changes_the_cut
    ]  # fmt: skip


def _percent(share: Fraction) -> str:
    return f"{shown_figure(share * 100)} %"
