"""The bundled cut rules: who advances from standings, each with its reason, and who was displaced by which rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from juri.core.entries.asked import as_answer, fact_of
from juri.core.errors import ActionRefused
from juri.core.extension import CutCase, CutRule
from juri.core.scoring.number import ROUNDING_MODES
from juri.core.scoring.standings import Standing
from juri.core.view import ADVANCE, STOP, UNDECIDED, Proposal
from juri.plugins import hookimpl
from juri.plugins.options import Exact, Whole, not_blank
from juri.plugins.selection import (
    PANEL,
    TIES,
    Block,
    Filled,
    blocks_of,
    displaced,
    figure,
    fill,
    keep,
    number,
    whole_places,
)
from juri.plugins.views import count

Options = Mapping[str, Any]

UNRANKED = "unranked"
BEYOND_PLACES = "beyond_places"
BELOW_THRESHOLD = "below_threshold"
NO_PLACES = "group_without_places"
TIED = "tied_at_the_line"
SEAT_OPEN = "seat_left_open"
"""The reason codes of a cut."""


@dataclass
class Choice:
    """What a rule chose: who advances, who is open and why, who is out for another reason than the number of places.

    ``placed`` and ``notes`` hold a sentence an entry; ``out`` a code and a sentence.
    """

    rule: str
    taken: list[str] = field(default_factory=list)
    placed: dict[str, str] = field(default_factory=dict)
    open: dict[str, tuple[str, str]] = field(default_factory=dict)
    out: dict[str, tuple[str, str]] = field(default_factory=dict)

    def add(self, filled: Filled, place: str) -> None:
        """Take what was filled; those tied across the line stay open."""
        self.taken.extend(filled.taken)
        self.placed |= dict.fromkeys(filled.taken, place)
        tie = f"tied with {len(filled.tied) - 1} more across the line of {place}; the panel decides"
        self.open |= dict.fromkeys(filled.tied, (TIED, tie))


def _proposals(case: CutCase, blocks: Sequence[Block], choice: Choice) -> list[Proposal]:
    ousted = displaced(blocks, choice.taken)
    standing = {line.entry: line for line in case.standings.lines}
    ranked = [propose_line(line, choice, standing.get(ousted.get(line.entry, ""))) for line in case.standings.lines]
    return [*ranked, *unranked_proposals(case, choice.rule)]


def propose_line(line: Standing, choice: Choice, by: Standing | None) -> Proposal:
    """Propose for one ranked entry what a choice made of it; ``by`` is who got its place by another rule than score."""
    entry, said = line.entry, stands(line)
    if entry in choice.placed:
        return Proposal(entry, ADVANCE, choice.rule, f"{said}: {choice.placed[entry]}")
    if entry in choice.open:
        code, why = choice.open[entry]
        return Proposal(entry, UNDECIDED, choice.rule, f"{said}: {why}", (code,))
    code, why = choice.out.get(entry, (BEYOND_PLACES, "no place left"))
    if by is None:
        return Proposal(entry, STOP, choice.rule, f"{said}: {why}", (code,))
    lost = f"its place by score went to {by.entry} ({stands(by)}) by the rule '{choice.rule}'"
    return Proposal(entry, STOP, choice.rule, f"{said}: {why}; {lost}", (code,), by.entry)


def unranked_proposals(case: CutCase, rule: str) -> Iterable[Proposal]:
    """Stop every entry without a rank, with the reason."""
    for gone in case.standings.unranked:
        yield Proposal(gone.entry, STOP, rule, f"not ranked: {gone.reason}", (UNRANKED,))


def stands(line: Standing) -> str:
    """Say where an entry stands."""
    return f"rank {figure(line.rank)} with {figure(line.score)}"


def _ties() -> fields.String:
    return fields.String(load_default=PANEL, validate=validate.OneOf(TIES))


class TopOptions(Schema):
    """``n``: how many; ``ties``: who of those tied across the line (panel: they stay open; include; exclude).

    Needed by: Krenova Jawa Tengah (40 to the presentation), national KIPP 2017 and 2018 (150), plenaries (45 and 5).
    """

    n = Whole(required=True, validate=validate.Range(min=1))
    ties = _ties()


def select_top(case: CutCase, options: Options) -> list[Proposal]:
    """Propose the best ``n``."""
    return _select_best(case, options["n"], options["ties"], f"top {options['n']}")


def _select_best(case: CutCase, places: int, ties: str, rule: str) -> list[Proposal]:
    blocks = blocks_of(case.standings.lines, case.tie_order)
    choice = Choice(rule if ties == PANEL else f"{rule}, ties at the line: {ties}")
    choice.add(fill(blocks, places, ties), f"the {count(places, 'place')}")
    return _proposals(case, blocks, choice)


class PercentOptions(Schema):
    """``percent`` of the entries in the case, ranked or not; ``rounding`` makes a whole number of places of it."""

    percent = Exact(required=True, validate=validate.Range(min=0, min_inclusive=False, max=100))
    rounding = fields.String(load_default="down", validate=validate.OneOf(tuple(ROUNDING_MODES)))
    ties = _ties()


def select_percent(case: CutCase, options: Options) -> list[Proposal]:
    """Propose the best ``percent`` of all entries."""
    total = len(case.standings.lines) + len(case.standings.unranked)
    places = whole_places(Fraction(options["percent"]) * total / 100, options["rounding"])
    rule = f"{number(options['percent'])} percent of {total}, rounded {options['rounding']}: {places}"
    return _select_best(case, places, options["ties"], rule)


class ThresholdOptions(Schema):
    """``min``: the least score; ``priority``: facts that come first, in this order; ``n``: how many at most.

    Needed by: national KIPP 2025, where 85 is the passing grade and, among those who pass, innovations that were
    replicated already come first. A fact counts where its answer is yes.
    """

    min = Exact(required=True)
    priority = fields.List(fields.String(validate=not_blank()), load_default=list)
    n = Whole(load_default=None, validate=validate.Range(min=1))
    ties = _ties()


def select_threshold(case: CutCase, options: Options) -> list[Proposal]:
    """Propose everybody from the least score on or, where places are limited, those with a priority fact first.

    Raises:
        ActionRefused: the lower score is the better one here (sums of ranks), so that a least score means nothing.

    """
    lines, least = case.standings.lines, Fraction(options["min"])
    if case.standings.low_is_best:
        raise ActionRefused(["a least score cannot cut standings in which the lower score is the better one"])
    blocks = blocks_of(lines, case.tie_order)
    choice = Choice(_threshold_words(options))
    below = [line.entry for line in lines if line.score < least]
    choice.out |= dict.fromkeys(below, (BELOW_THRESHOLD, f"below the least score {number(options['min'])}"))
    passing = keep(blocks, (line.entry for line in lines if line.score >= least))
    places = options["n"]
    if places is None:
        choice.add(Filled(tuple(entry for block in passing for entry in block)), "at or above the least score")
    else:
        first = _by_priority(case, passing, options["priority"])
        choice.add(fill(first, places, options["ties"]), f"the {count(places, 'place')}")
    return _proposals(case, blocks, choice)


def _threshold_words(options: Options) -> str:
    words = f"score of at least {number(options['min'])}"
    words += f", {' then '.join(options['priority'])} first" if options["priority"] else ""
    return words + (f", at most {options['n']}" if options["n"] else "")


def _by_priority(case: CutCase, blocks: Sequence[Block], priority: Sequence[str]) -> list[Block]:
    def level(entry: str) -> int:
        facts = case.facts[entry]
        held = (index for index, fact in enumerate(priority) if as_answer(fact_of(facts, fact)) == "yes")
        return next(held, len(priority))

    levels = {entry: level(entry) for block in blocks for entry in block}
    wanted = range(len(priority) + 1)
    return [part for step in wanted for part in keep(blocks, (e for e, held in levels.items() if held == step))]


class RatioOptions(Schema):
    """``ratio`` times a quota: of the track (``quota``, a name in its quotas) or of each group (``by``, ``places``).

    ``short`` says what becomes of places that a group cannot fill: ``leave`` them empty, or ``next_best`` of all
    groups that have places. No rule book says which, so there is no default: where it matters and is not declared,
    those next in line stay open for the panel. ``rounding`` is needed where the product is not whole. With
    ``by: track`` and ``places``, the places of a track without any entry in the case lapse.

    Needed by: national KIPP 2020 and 2023 (nominees are 2 times the quota: 198 and 30), KIJB (Top 21 by cluster).
    """

    ratio = Exact(required=True, validate=validate.Range(min=0, min_inclusive=False))
    quota = fields.String(load_default=None, validate=not_blank())
    by = fields.String(load_default="track", validate=validate.OneOf(("track", "cluster", "category")))
    places = fields.Dict(keys=fields.String(), values=Whole(validate=validate.Range(min=0)), load_default=None)
    short = fields.String(load_default=None, validate=validate.OneOf(("leave", "next_best")))
    rounding = fields.String(load_default=None, validate=validate.OneOf(tuple(ROUNDING_MODES)))
    ties = _ties()

    @validates_schema
    def require_a_number(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse a rule from which no number of places follows.

        Raises:
            ValidationError: says which key is needed.

        """
        if data["places"] is None and data["by"] != "track":
            raise ValidationError(f"Say how many places each {data['by']} has: {{NAME: 5, ...}}.", "places")
        if data["places"] is None and data["quota"] is None:
            raise ValidationError("Name a quota of the track, or give the places of each group.", "quota")


def select_ratio(case: CutCase, options: Options) -> list[Proposal]:
    """Propose ``ratio`` times the quota, for the whole case or group by group.

    Raises:
        ActionRefused: the track has no such quota, the groups' places do not add up to it, or a product is not whole.

    """
    blocks = blocks_of(case.standings.lines, case.tie_order)
    if options["places"] is None:
        quota = named_quota(case, options["quota"])
        places = _times(options, quota)
        rule = f"{number(options['ratio'])} x quota '{options['quota']}' of {quota} = {places} places"
        choice = Choice(rule)
        choice.add(fill(blocks, places, options["ties"]), f"the {count(places, 'place')}")
    else:
        choice = _choose_by_group(case, blocks, options)
    return _proposals(case, blocks, choice)


def named_quota(case: CutCase, name: str) -> int:
    """Return a named quota of the track.

    Raises:
        ActionRefused: the track has none of that name.

    """
    if name not in case.quotas:
        known = ", ".join(sorted(case.quotas)) or "none"
        raise ActionRefused([f"the track has no quota '{name}'; its quotas are: {known}"])
    return case.quotas[name]


def _times(options: Options, places: int) -> int:
    product = Fraction(options["ratio"]) * places
    if product.denominator != 1 and options["rounding"] is None:
        raise ActionRefused(
            [f"{number(options['ratio'])} x {places} places is {figure(product)}: say how to round (rounding: down)"]
        )
    return whole_places(product, options["rounding"] or "down")


def _group_places(case: CutCase, options: Options) -> dict[str, int]:
    given: Mapping[str, int] = options["places"]
    if options["quota"] and sum(given.values()) != (quota := named_quota(case, options["quota"])):
        total = sum(given.values())
        raise ActionRefused([f"the places by {options['by']} are {total}, the quota '{options['quota']}' is {quota}"])
    here = {facts.track for facts in case.facts.values()} if options["by"] == "track" else set(given)
    return {group: _times(options, places) for group, places in sorted(given.items()) if group in here}


def _choose_by_group(case: CutCase, blocks: Sequence[Block], options: Options) -> Choice:
    places = _group_places(case, options)
    listed = ", ".join(f"{group} {seats}" for group, seats in places.items())
    choice = Choice(f"places by {options['by']}: {listed}")
    group_of = {line.entry: str(getattr(case.facts[line.entry], options["by"])) for line in case.standings.lines}
    vacant: dict[str, int] = {}
    for group, seats in places.items():
        members = keep(blocks, (entry for entry, name in group_of.items() if name == group))
        filled = fill(members, seats, options["ties"])
        choice.add(filled, f"the {count(seats, 'place')} of {options['by']} '{group}'")
        vacant |= {group: filled.vacant} if filled.vacant else {}
    without = {entry: name for entry, name in group_of.items() if name not in places}
    choice.out |= {e: (NO_PLACES, f"{options['by']} '{name}' has no places") for e, name in without.items()}
    if vacant:
        _move_seats(choice, keep(blocks, set(group_of) - set(without)), vacant, options)
    return choice


def _move_seats(choice: Choice, blocks: Sequence[Block], vacant: Mapping[str, int], options: Options) -> None:
    """Give the empty seats of short groups to the next best, if declared; where it is not, the panel must say."""
    if options["short"] == "leave":
        return
    waiting = {entry for block in blocks for entry in block} - set(choice.taken) - set(choice.open)
    empty = " and ".join(f"{seats} of '{group}'" for group, seats in vacant.items())
    filled = fill(keep(blocks, waiting), sum(vacant.values()), options["ties"])
    if options["short"] == "next_best" and not choice.open:
        choice.add(filled, f"the places left empty ({empty}), which go to the next best")
        return
    why = "the rule does not say whether they move" if options["short"] is None else "a tie must be settled first"
    reason = f"next in line for the places left empty ({empty}), and {why}; the panel decides"
    choice.open |= dict.fromkeys((*filled.taken, *filled.tied), (SEAT_OPEN, reason))


def leave_to_panel(case: CutCase, options: Options) -> list[Proposal]:
    """Propose nobody: the panel picks, and every pick needs its reason.

    Needed by: KOVABLIK (the jury ticks), Batang ("by potential"), OKU Timur (the regent), Kotamobagu (plenary).
    """
    ranked = [Proposal(line.entry, UNDECIDED, "the panel picks", stands(line)) for line in case.standings.lines]
    rest = [
        Proposal(gone.entry, UNDECIDED, "the panel picks", f"not ranked: {gone.reason}", (UNRANKED,))
        for gone in case.standings.unranked
    ]
    return [*ranked, *rest]


@hookimpl
def juri_cut_rules() -> list[CutRule]:
    """Offer the bundled cut rules."""
    rules: list[tuple[str, str, Any, type[Schema] | None]] = [
        ("top_n", "The best N", select_top, TopOptions),
        ("threshold", "A least score", select_threshold, ThresholdOptions),
        ("ratio_of_quota", "A ratio of the quota", select_ratio, RatioOptions),
        ("percent", "The best percent", select_percent, PercentOptions),
        ("human", "The panel picks", leave_to_panel, None),
    ]
    return [
        CutRule(name=name, title=title, version="1", select=select, options=options)
        for name, title, select, options in rules
    ]
