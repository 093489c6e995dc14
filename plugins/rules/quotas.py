"""The cut rule ``quotas``: several representation rules at once, the best-ranked set, why each other is not in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from juri.core.errors import ActionRefused
from juri.core.extension import CutCase, CutRule
from juri.core.scoring.standings import Standing
from juri.core.selection.problem import (
    OVERLAPS,
    Ceremony,
    Contest,
    Displaced,
    Quota,
    Selection,
    Title,
)
from juri.core.selection.selecting import select
from juri.core.view import ADVANCE, STOP, UNDECIDED, Proposal
from juri.plugins import hookimpl
from juri.plugins.options import Whole, not_blank
from juri.plugins.rules._titles import (
    DISPLACED,
    NEW_FACE,
    award_title,
    clashes_told,
    fact_told,
    filled_by,
    note_titles,
    propose_titles,
    titles_of,
)
from juri.plugins.rules.cuts import BEYOND_PLACES, TIED, named_quota, stands, unranked_proposals
from juri.plugins.selection import blocks_of, figure
from juri.plugins.views import count

Options = Mapping[str, Any]


class QuotaOptions(Schema):
    """One representation rule: at least, at most, or both, of the entries that a fact picks.

    ``by`` is the track, category, cluster, region, entrant, ``new_face`` (the entrant never won before) or a question
    of the form. With ``values`` the entries that have one of them are counted together; without, each value has the
    quota.
    """

    by = fields.String(required=True, validate=not_blank())
    values = fields.List(fields.String(validate=not_blank()), load_default=None, validate=validate.Length(min=1))
    at_least = Whole(load_default=None, validate=validate.Range(min=1))
    at_most = Whole(load_default=None, validate=validate.Range(min=0))

    @validates_schema
    def check_numbers(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse a rule that demands nothing, or more than it allows.

        Raises:
            ValidationError: neither number is given, or the least is above the most.

        """
        least, most = data.get("at_least"), data.get("at_most")
        if least is None and most is None:
            raise ValidationError("Say at_least, at_most, or both.", "at_least")
        if least is not None and most is not None and least > most:
            raise ValidationError(f"at_least {least} is more than at_most {most}", "at_least")


class TitleOptions(Schema):
    """A title beside the places: who may get it (``by`` a fact, one of ``values``), and by which ``score``.

    Without ``score`` the ranking decides; with it a question of the form that is answered by a number, such as votes.
    ``quotas`` hold for this title.
    """

    id = fields.String(required=True, validate=not_blank())
    title = fields.String(load_default="")
    places = Whole(required=True, validate=validate.Range(min=1))
    by = fields.String(load_default=None, validate=not_blank())
    values = fields.List(fields.String(validate=not_blank()), load_default=None, validate=validate.Length(min=1))
    score = fields.String(load_default=None, validate=not_blank())
    quotas = fields.List(fields.Nested(QuotaOptions), load_default=list)

    @validates_schema
    def check_values(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse values of no fact, and a fact without values.

        Raises:
            ValidationError: one of the keys stands without the other.

        """
        if (data["by"] is None) != (data["values"] is None):
            raise ValidationError("Say who may get it by both keys, as by: category and values: [kesehatan].", "by")


class QuotasOptions(Schema):
    """``n`` places (or ``quota``, a name in the track's quotas), and the ``quotas`` that hold at once.

    ``awards`` are titles beside the places, which are the first title then; ``overlap`` says whether an entry may hold
    ``several``, ``one`` at most, or the first that it earns, with the ``next_best`` in its place. ``together`` are
    quotas of all titles.

    As many places as the quotas let be filled are filled. Nobody is left out for the sake of somebody ranked below,
    unless a quota demands it. Entries that are tied stay open for the panel where several best sets are possible.

    Needed by: national KIPP 2020 (99 finalists with regard to category, group, cluster, regions incl. disadvantaged
    ones, and new faces).
    """

    n = Whole(load_default=None, validate=validate.Range(min=1))
    quota = fields.String(load_default=None, validate=not_blank())
    quotas = fields.List(fields.Nested(QuotaOptions), load_default=list)
    awards = fields.List(fields.Nested(TitleOptions), load_default=list)
    overlap = fields.String(load_default=None, validate=validate.OneOf(OVERLAPS))
    together = fields.List(fields.Nested(QuotaOptions), load_default=list)

    @validates_schema
    def check_awards(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse a rule without a quota and a title, titles without a policy, and two of one id.

        Raises:
            ValidationError: says which key is needed, or not.

        """
        if not data["quotas"] and not data["awards"]:
            raise ValidationError("Shorter than minimum length 1.", "quotas")
        if bool(data["awards"]) != (data["overlap"] is not None):
            message = "Say whether an entry may hold several titles, one, or the next best moves up: with awards only."
            raise ValidationError(message, "overlap")
        if data["together"] and not data["awards"]:
            raise ValidationError("Quotas of all titles need awards; write them under quotas.", "together")
        ids = [award["id"] for award in data["awards"]]
        twice = sorted({name for name in ids if ids.count(name) > 1})
        if twice:
            raise ValidationError(f"{', '.join(twice)} stands here twice.", "awards")

    @validates_schema
    def require_places(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse a rule from which no number of places follows, or two.

        Raises:
            ValidationError: both or none of the keys is given.

        """
        if (data.get("n") is None) == (data.get("quota") is None):
            raise ValidationError("Say how many places there are: n, or the name of a quota of the track.", "n")


def select_quotas(case: CutCase, options: Options) -> list[Proposal]:
    """Propose the best-ranked set that keeps to every quota.

    Raises:
        ActionRefused: no set keeps to all of them; names a smallest part that clashes. Or nobody has such a fact.

    """
    if options["awards"]:
        return propose_titles(case, ceremony_of(case, options))
    contest = contest_of(case, options)
    found = _selected(contest)
    rule = f"{count(contest.places, 'place')} within quotas: {'; '.join(contest.rules)}"
    standing = {line.entry: line for line in case.standings.lines}
    told = _Told(rule, contest.places, found, {lost.entry: lost for lost in found.displaced}, standing)
    return [*(told.proposal(line) for line in case.standings.lines), *unranked_proposals(case, rule)]


def note_prices(case: CutCase, options: Options) -> list[str]:
    """Say what each quota costs: the total of the scores without it, and who would be in."""
    if options["awards"]:
        return note_titles(ceremony_of(case, options))
    found = _selected(contest_of(case, options))
    vacant = [f"{count(found.vacant, 'place')} cannot be filled within the quotas"] if found.vacant else []
    return [*vacant, *_prices(found)]


def _prices(found: Selection) -> Iterator[str]:
    for price in found.prices:
        if price.gained and price.total is not None:
            said = f"the total score would be {figure(price.total)}, not {figure(found.total)}"
            yield f"without '{price.rule}' {said}, and {', '.join(price.gained)} would be in"
        elif price.gained:
            yield f"without '{price.rule}' {', '.join(price.gained)} would be in (a tie leaves the total open)"


def name_titles(case: CutCase, options: Options) -> Mapping[str, Sequence[str]]:
    """Name the titles that each entry holds, where there are awards."""
    return titles_of(ceremony_of(case, options)) if options["awards"] else {}


def ceremony_of(case: CutCase, options: Options) -> Ceremony:
    """Turn a case into a ceremony: the places first, then the awards in their order.

    Raises:
        ActionRefused: no entry has the fact that a rule or an award names, or the track has no such quota.

    """
    own = [*((None, use) for use in options["quotas"])]
    own += [(award["id"], use) for award in options["awards"] for use in award["quotas"]]
    uses = [*own, *(("", use) for use in options["together"])]
    quotas = [(at, tuple(_quotas(case, use, number))) for number, (at, use) in enumerate(uses)]
    of = {at: tuple(quota for place, each in quotas if place == at for quota in each) for at, _ in uses}
    contest = contest_of(case, {**options, "quotas": []})
    name = f"the {count(contest.places, 'place')}"
    places = Title(name, contest.blocks, contest.places, contest.scores, of.get(None, ()))
    awards = (award_title(case, award, of.get(award["id"], ())) for award in options["awards"])
    whose = {None: "", "": " in all"} | {award["id"]: f" for '{award['id']}'" for award in options["awards"]}
    rules = tuple(f"{_words(use)}{whose[at]}" for at, use in uses)
    return Ceremony((places, *awards), options["overlap"], of.get("", ()), rules)


def contest_of(case: CutCase, options: Options) -> Contest:
    """Turn a case into a contest: each rule into the quotas of the values that the entries have.

    Raises:
        ActionRefused: no entry has the fact that a rule names, or the track has no such quota.

    """
    places = options["n"] or named_quota(case, options["quota"])
    rules = tuple(_words(use) for use in options["quotas"])
    quotas = [quota for number, use in enumerate(options["quotas"]) for quota in _quotas(case, use, number)]
    lines = case.standings.lines
    blocks = tuple(tuple(sorted(block)) for block in blocks_of(lines, case.tie_order))
    return Contest(blocks, places, tuple(quotas), rules, {line.entry: Fraction(line.score) for line in lines})


def _quotas(case: CutCase, use: Options, number: int) -> Iterator[Quota]:
    facts = {line.entry: fact_told(case, line.entry, use["by"]) for line in case.standings.lines}
    if facts and not any(facts.values()):
        raise ActionRefused([f"no entry says its '{use['by']}'; a quota cannot count what is not known"])
    least, most = use["at_least"] or 0, use["at_most"]
    values = use["values"] or (["yes"] if use["by"] == NEW_FACE else None)
    if values is not None:
        members = frozenset(entry for entry, fact in facts.items() if fact in values)
        yield Quota(number, _words(use), members, least, most)
        return
    for value in sorted({fact for fact in facts.values() if fact}):
        members = frozenset(entry for entry, fact in facts.items() if fact == value)
        yield Quota(number, f"{_numbers(use)} of {use['by']} '{value}'", members, least, most)


def _words(use: Options) -> str:
    if use["values"] is None:
        of = "new faces" if use["by"] == NEW_FACE else f"each {use['by']}"
    else:
        of = f"{use['by']} {' or '.join(repr(value) for value in use['values'])}"
    return f"{_numbers(use)} of {of}"


def _numbers(use: Options) -> str:
    least, most = use["at_least"], use["at_most"]
    said = [f"at least {least}"] if least is not None else []
    return " and ".join([*said, *([f"at most {most}"] if most is not None else [])])


def _selected(contest: Contest) -> Selection:
    with clashes_told():
        return select(contest)


@dataclass(frozen=True)
class _Told:
    """What was selected, told entry by entry."""

    rule: str
    places: int
    found: Selection
    displaced: Mapping[str, Displaced]
    standing: Mapping[str, Standing]

    def proposal(self, line: Standing) -> Proposal:
        """Tell whether an entry is in, open or out, and why."""
        entry, said = line.entry, stands(line)
        if entry in self.found.taken:
            return Proposal(entry, ADVANCE, self.rule, f"{said}: the {count(self.places, 'place')} within the quotas")
        if entry in self.found.open:
            why = "tied with others where the quotas leave a choice; the panel decides"
            return Proposal(entry, UNDECIDED, self.rule, f"{said}: {why}", (TIED,))
        lost = self.displaced.get(entry)
        if lost is None:
            return Proposal(entry, STOP, self.rule, f"{said}: no place left", (BEYOND_PLACES,))
        why = " and ".join(self._reason(quota) for quota in lost.quotas)
        by = self.standing.get(lost.by)
        went = f"; its place by score went to {by.entry} ({stands(by)})" if by else ""
        return Proposal(entry, STOP, self.rule, f"{said}: {why}{went}", (DISPLACED,), lost.by)

    def _reason(self, quota: Quota) -> str:
        inside = [entry for entry in self.found.taken if entry in quota.members]
        return f"{quota.name}, which {filled_by(inside)}"


@hookimpl
def juri_cut_rules() -> list[CutRule]:
    """Offer the quotas."""
    return [
        CutRule(
            name="quotas",
            title="Several quotas at once",
            version="1",
            select=select_quotas,
            notes=note_prices,
            titles=name_titles,
            options=QuotasOptions,
        )
    ]
