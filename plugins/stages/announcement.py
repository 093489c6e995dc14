"""The announcement: titles for entries, entrants and people, published with or without ranks and scores."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from juri.core.extension import StageKind
from juri.core.scoring.combine import Combination
from juri.core.scoring.standings import Standing
from juri.core.view import ADVANCE, STOP, UNDECIDED, AwardProposal, EntryFacts, Outcome, Proposal, StageView
from juri.plugins import hookimpl
from juri.plugins.cutting import against_missing_ranking, merged_case, track_cases
from juri.plugins.options import RankingOf, Whole, Wording, not_blank
from juri.plugins.selection import PANEL, Block, Filled, blocks_of, fill, keep, split
from juri.plugins.views import ALL, by_code, count, some, undecided_left

NO_TITLE = "no_title"
TIED = "tied_for_the_last_place"
NEXT_BEST = "next_best"
ALIVE = "alive"
ADVANCED = "advanced"
RULE = "the awards of the edition"


class AwardOptions(Schema):
    """One title. ``to`` says who gets it: the entry, its entrant (once, however many of its entries come in) or people.

    ``places`` from ``from_place`` on are given by the ranking ``of`` a stage, to entries still in the competition.
    Without ``places`` the title is one of belonging: everybody gets it who went on from that one stage, those who
    stopped later included (a finalist who does not win is a finalist); without ``of``, everybody still there.
    ``among: advanced`` gives places, too, to those who stopped later (a public's favourite that the jury passed over).

    With ``track``, only entries of that track. Without, there is one list; where tracks are ranked apart, nothing puts
    entries of several tracks in order, so that more of them than places wait for the panel.

    ``overlap: next_best`` skips who already holds a title of this announcement, ``allowed`` does not.

    Krenova Jawa Tengah: 10 utama, then 10 harapan from place 11; in 2017 its awards did not exclude each other,
    while the Open Government Awards let the next best move up. National KIPP 2025 also honours the innovators.
    """

    id = fields.String(required=True, validate=not_blank())
    title = Wording(required=True)
    to = fields.String(required=True, validate=validate.OneOf(("entry", "entrant", "person")))
    track = fields.String(load_default=None, validate=not_blank())
    of = RankingOf(load_default=None)
    places = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))
    from_place = Whole(load_default=1, validate=validate.Range(min=1))
    among = fields.String(load_default=None, validate=validate.OneOf((ALIVE, ADVANCED)))
    overlap = fields.String(load_default="allowed", validate=validate.OneOf(("allowed", NEXT_BEST)))

    @validates_schema
    def require_a_ranking(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse places of a list that nothing puts in order, and those who advanced from nowhere.

        Raises:
            ValidationError: ``from_place`` or ``among: advanced`` stands without the stage that it needs.

        """
        if data["of"] is None and data["from_place"] > 1:
            raise ValidationError("A place in the middle needs a ranking: say of which stage.", "of")
        if data["among"] == ADVANCED and _only_stage(data["of"]) is None:
            raise ValidationError("Say from which one stage they advanced: of: STAGE.", "of")

    @post_load
    def settle_among(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Fill in among whom the title is given: a title of belonging goes to all who belonged."""
        belonging = data["places"] is None and data["from_place"] == 1 and _only_stage(data["of"]) is not None
        return data | {"among": data["among"] or (ADVANCED if belonging else ALIVE)}


def _only_stage(of: Combination | None) -> str | None:
    return next(iter(of.weights)) if of is not None and len(of.weights) == 1 else None


class PublishOptions(Schema):
    """What the public sees: with ``ranked: false``, the default, no ranks, and an alphabetical ``order`` by title.

    National KIPP: alphabetical and explicitly not ranked (2017). ``scores`` are not shown unless it says so. With
    ``comments``, entrants read what the jurors wrote beside the scores of their own entries, without the jurors' names.
    """

    ranked = fields.Boolean(load_default=False, truthy={True}, falsy={False})
    scores = fields.Boolean(load_default=False, truthy={True}, falsy={False})
    comments = fields.Boolean(load_default=False, truthy={True}, falsy={False})
    order = fields.String(load_default=None, validate=validate.OneOf(("rank", "alphabetical")))

    @post_load
    def settle_order(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Order a ranked list by rank unless told otherwise, and never an unranked one.

        Raises:
            ValidationError: an unranked list in the order of ranks would tell the ranks.

        """
        if data["order"] == "rank" and not data["ranked"]:
            raise ValidationError("The order of an unranked list would tell the ranks; write alphabetical.", "order")
        return data | {"order": data["order"] or ("rank" if data["ranked"] else "alphabetical")}


class AnnouncementOptions(Schema):
    """``awards`` in the order in which they are given, ``publish``, and what becomes of ``others``, without a title.

    ``others: stay``, the default, leaves them in the competition (for a later announcement, such as that of the
    public's favourite in Kota Tegal); ``stop`` ends it for them.
    """

    awards = fields.List(fields.Nested(AwardOptions), required=True, validate=validate.Length(min=1))
    publish = fields.Nested(PublishOptions, load_default=lambda: PublishOptions().load({}))
    others = fields.String(load_default="stay", validate=validate.OneOf(("stay", "stop")))

    @validates_schema
    def check_ids(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse two awards of one id.

        Raises:
            ValidationError: says which id stands twice.

        """
        ids = [award["id"] for award in data["awards"]]
        twice = sorted({name for name in ids if ids.count(name) > 1})
        if twice:
            raise ValidationError(f"{', '.join(twice)} stands here twice.", "awards")


Holder = tuple[str, str]
"""Who can hold a title: ``("entry", code)``, ``("person", code)`` for the people of an entry, ``("entrant", name)``."""


@dataclass
class Ledger:
    """What was given so far, what a tie leaves open, and what the organiser should know."""

    given: list[tuple[tuple[Any, ...], AwardProposal]] = field(default_factory=list)
    held: dict[Holder, str] = field(default_factory=dict)
    open: dict[str, str] = field(default_factory=dict)
    maybe: set[Holder] = field(default_factory=set)
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Race:
    """One award: its place among the awards, whom it looks at, and in which order they stand (``ordered``: if any)."""

    award: Mapping[str, Any]
    number: int
    facts: Mapping[str, EntryFacts]
    blocks: Sequence[Block]
    ordered: bool

    def holder(self, entry: str) -> Holder:
        """Return who would hold the title."""
        facts = self.facts[entry]
        return (self.award["to"], facts.entrant if self.award["to"] == "entrant" else facts.code)

    @property
    def name(self) -> str:
        """Return what warnings call the race."""
        return f"award '{self.award['id']}'"

    @property
    def order(self) -> list[str]:
        """Return the entries, best first."""
        return [entry for block in self.blocks for entry in block]


def announce(view: StageView) -> Outcome:
    """Give the awards in their order; a tie for the last place that nobody settled gives none to those tied."""
    ledger = Ledger(warnings=list(_unknown_pasts(view)))
    for race in _races(view):
        _give(view.options["publish"], ledger, race)
    awards = tuple(award for _, award in sorted(ledger.given, key=lambda item: item[0]))
    proposals = tuple(_proposal(view, ledger, entry) for entry in by_code(view.entries))
    return Outcome(proposals, {}, awards, tuple(ledger.warnings))


def _races(view: StageView) -> Iterator[Race]:
    for number, award in enumerate(view.options["awards"]):
        eligible = replace(view, entries=_among(view, award))
        facts = {entry.code: entry for entry in eligible.entries}
        lines = _lines(eligible, award["of"])
        blocks = split(tuple(sorted(facts)), view.tie_order) if lines is None else blocks_of(lines, view.tie_order)
        if award["places"] is None and award["from_place"] == 1:
            unranked = tuple(sorted(set(facts) - {entry for block in blocks for entry in block}))
            blocks = [*blocks, unranked] if unranked else blocks
        yield Race(award, number, facts, blocks, ordered=lines is not None)


def _lines(view: StageView, of: Combination | None) -> Sequence[Standing] | None:
    """Return the entries in the order of a ranking; None where there is none, or one in each of several tracks."""
    if of is None:
        return None
    cases = [case for case in track_cases(view, of).values() if case.facts]
    if len(cases) == 1:
        return cases[0].standings.lines
    if all(ALL in view.earlier.get(stage, {}) for stage in of.weights):
        return merged_case(view, of).standings.lines
    return None if cases else ()


def _unknown_pasts(view: StageView) -> Iterator[str]:
    for award in view.options["awards"]:
        stage = _only_stage(award["of"])
        if award["among"] == ADVANCED and stage not in view.passed:
            known = "it is not known who went on from it, so that only entries still in the competition get the title"
            yield f"award '{award['id']}': stage '{stage}' is not sealed; {known}"


def _among(view: StageView, award: Mapping[str, Any]) -> tuple[EntryFacts, ...]:
    entries = view.entries
    if award["among"] == ADVANCED:
        entries = view.passed.get(_only_stage(award["of"]) or "", entries)
    return by_code(entry for entry in entries if award["track"] in {None, entry.track})


def _give(publish: Mapping[str, Any], ledger: Ledger, race: Race) -> None:
    award = race.award
    candidates = _candidates(ledger, race)
    places = award["places"] if award["places"] is not None else len(race.facts)
    filled = _from_place(race.blocks, candidates, award["from_place"] - 1, places)
    if award["overlap"] == NEXT_BEST and any(race.holder(entry) in ledger.maybe for entry in filled.taken):
        filled = Filled((), (*filled.taken, *filled.tied))
    passed = _passed_over(race, candidates, filled.taken)
    if passed:
        ledger.warnings.append(f"{race.name}: {some(passed)} already in this announcement; the next best moved up")
    if filled.vacant and award["places"] is not None:
        ledger.warnings.append(f"{race.name}: {count(filled.vacant, 'place')} of {places} without an entry")
    if filled.tied:
        _leave_open(ledger, race, filled.tied)
    _record(publish, ledger, race, filled.taken)


def _candidates(ledger: Ledger, race: Race) -> list[Block]:
    """Return who can get the award: no holder of a title where that counts, each entrant with its best entry."""
    seen: set[Holder] = set(ledger.held) if race.award["overlap"] == NEXT_BEST else set()
    able: list[str] = []
    for entry in race.order:
        if race.holder(entry) not in seen:
            able.append(entry)
        if race.award["to"] == "entrant":
            seen.add(race.holder(entry))
    return keep(race.blocks, able)


def _from_place(blocks: Sequence[Block], candidates: Sequence[Block], skip: int, places: int) -> Filled:
    """Fill places after the first ``skip`` of the list; a block across that line, too, stays open."""
    before = fill(blocks, skip, PANEL)
    gone = {*before.taken, *before.tied}
    late = len(gone) - skip if before.tied else 0
    rest = keep(candidates, {entry for block in candidates for entry in block} - gone)
    filled = fill(rest, max(0, places - late), PANEL)
    return Filled(filled.taken, (*before.tied, *filled.tied), filled.vacant)


def _passed_over(race: Race, candidates: Sequence[Block], taken: Sequence[str]) -> list[str]:
    """Return who stood before the last one that got a place, but could not get the award."""
    after_start = race.order[race.award["from_place"] - 1 :]
    last = max((after_start.index(entry) for entry in taken), default=-1)
    able = {entry for block in candidates for entry in block}
    return sorted(entry for entry in after_start[: last + 1] if entry not in able)


def _leave_open(ledger: Ledger, race: Race, tied: Block) -> None:
    names = ", ".join(sorted(tied))
    ledger.warnings.append(f"{race.name}: a tie must be settled first between {names}; the panel records the order")
    for entry in tied:
        ledger.open[entry] = f"tied for '{race.award['id']}' with {len(tied) - 1} more"
        ledger.maybe.add(race.holder(entry))


def _record(publish: Mapping[str, Any], ledger: Ledger, race: Race, taken: Iterable[str]) -> None:
    place, award = _places(race.blocks), race.award
    shown = publish["ranked"] and race.ordered
    for code in taken:
        entry = race.facts[code]
        ledger.held[race.holder(code)] = award["id"]
        recipients = entry.people if award["to"] == "person" else (race.holder(code)[1],)
        if not any(recipients):
            ledger.warnings.append(f"{race.name}: entry '{code}' names no {award['to']} to receive it")
        order = place[code] if publish["order"] == "rank" else entry.title.casefold()
        rank = place[code] if shown else None
        for name in dict.fromkeys(filter(None, recipients)):
            given = AwardProposal(award["id"], award["title"].id, award["to"], name, code, entry.track, rank)
            ledger.given.append(((race.number, order, code, name), given))


def _places(blocks: Sequence[Block]) -> dict[str, int]:
    """Return the place of each entry: tied ones share the best of theirs."""
    place: dict[str, int] = {}
    for block in blocks:
        place |= dict.fromkeys(block, len(place) + 1)
    return place


def _proposal(view: StageView, ledger: Ledger, entry: EntryFacts) -> Proposal:
    titles = dict.fromkeys(award.title for _, award in ledger.given if award.entry == entry.code)
    if entry.code in ledger.open:
        said = "; ".join([*titles, ledger.open[entry.code]])
        return Proposal(entry.code, UNDECIDED, RULE, said, (TIED,))
    if titles:
        return Proposal(entry.code, ADVANCE, RULE, "; ".join(titles))
    if view.options["others"] == "stop":
        return Proposal(entry.code, STOP, RULE, "no title in this announcement", (NO_TITLE,))
    return Proposal(entry.code, ADVANCE, RULE, "no title in this announcement; it stays in the competition")


def against_opening(view: StageView) -> list[str]:
    """Say which awards are for a track that the edition does not have."""
    tracks = {track.id for track in view.tracks}
    return [
        f"award '{award['id']}' is for track '{award['track']}', which the edition does not have"
        for award in view.options["awards"]
        if award["track"] is not None and award["track"] not in tracks
    ]


def against_closing(view: StageView) -> list[str]:
    """Say which standings are not there yet; a title of belonging needs none."""
    needing = (award["of"] for award in view.options["awards"] if award["places"] or award["from_place"] > 1)
    return list(dict.fromkeys(reason for of in needing for reason in against_missing_ranking(view, of)))


@hookimpl
def juri_stage_kinds() -> list[StageKind]:
    """Offer the announcement."""
    return [
        StageKind(
            name="announcement",
            title="Announcement",
            version="1",
            outcome=announce,
            options=AnnouncementOptions,
            against_opening=against_opening,
            against_closing=against_closing,
            against_sealing=undecided_left,
        )
    ]
