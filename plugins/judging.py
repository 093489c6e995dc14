"""What the judged stage kinds share: the options of scoring, the ranking of the sheets, the reasons against a step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from marshmallow import Schema, fields, validate

from juri.core.document import RuleUse
from juri.core.errors import InputRefused, NotFound
from juri.core.extension import RubricKind
from juri.core.ranking import RankRule, facts_of, rank_sheets
from juri.core.scoring.rubric import Bonus, Rubric
from juri.core.scoring.standings import Standings
from juri.core.sheets import rubric_in
from juri.core.view import EntryFacts, Outcome, Sheet, SheetTable, StageView
from juri.plugins.options import (
    RANKS,
    Reference,
    RoundingStep,
    Whole,
    for_track,
    known_policy,
    names_by_track,
    not_blank,
    settle,
)
from juri.plugins.selection import figure
from juri.plugins.views import ALL, advance_all, by_code, by_track, count, entries_text, some

ALL_SUBMITTED = "all_submitted"


class JudgingOptions(Schema):
    """The options of a stage in which a panel fills scorecards.

    ``panel`` scores by ``rubric`` (one for all tracks, or ``{track: rubric}``), ``jurors_per_entry`` each (null: not
    fixed). ``method`` turns sheets into an entry's score and ``missing`` says what an absent sheet counts; both must
    be named, since real editions differ and the winners with them: Jawa Timur counts an absent juror as zero,
    Kota Tegal leaves him out, Magetan sums. ``rounding`` lists where to round, ``ties`` is the chain of tie-breakers,
    ``ranks`` the way of counting. ``gate: all_submitted`` keeps the stage open until every sheet is in (KOVABLIK).
    ``assignment`` is the rule by which jurors are assigned, ``weights`` are whole numbers by juror. ``bonuses`` tells
    whether the rubric's bonuses count in this stage; a rubric that has some makes it necessary to say so.
    """

    panel = fields.String(required=True, validate=not_blank())
    rubric = names_by_track(required=True)
    jurors_per_entry = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))
    assignment = Reference("assignment_rules", load_default=None)
    method = Reference("methods", key="name", required=True)
    missing = fields.String(required=True, validate=known_policy)
    rounding = fields.List(RoundingStep(), load_default=list)
    ties = fields.List(fields.String(validate=not_blank()), load_default=list)
    ranks = fields.String(load_default="competition", validate=validate.OneOf(RANKS))
    gate = fields.String(load_default="none", validate=validate.OneOf((ALL_SUBMITTED, "none")))
    weights = fields.Dict(keys=fields.String(), values=Whole(validate=validate.Range(min=1)), load_default=dict)
    bonuses = fields.Boolean(load_default=None, truthy={True}, falsy={False})


def judge(view: StageView) -> Outcome:
    """Rank the sheets by track and let every entry go on: who advances is the next cut's business."""
    standings = rank_by_track(view)
    return Outcome(
        advance_all(view, "the stage ranks and stops nobody", said_of(standings)), standings, (), warnings_of(standings)
    )


def rank_by_track(view: StageView) -> dict[str, Standings]:
    """Rank the sheets of each track by the rule that the stage's options name."""
    sheets = counted_sheets(view)
    return {track: _rank(view, track, entries, sheets) for track, entries in by_track(view).items()}


def counted_sheets(view: StageView) -> SheetTable:
    """Return the sheets with the weights that the stage's options give to jurors."""
    return SheetTable.of(view.sheets).weighed(view.options["weights"])


def rank_rule(options: Mapping[str, Any]) -> RankRule:
    """Build the ranking rule from the options of a stage."""
    use: RuleUse = options["method"]
    rounding, ties = tuple(options["rounding"]), tuple(options["ties"])
    return RankRule(use.rule, use.options, options["missing"], rounding, ties, options["ranks"])


def _rank(view: StageView, track: str, entries: Sequence[EntryFacts], sheets: SheetTable) -> Standings:
    codes = {entry.code for entry in entries}
    found = rank_sheets(
        sheets.over(codes),
        rank_rule(view.options),
        extensions=view.extensions,
        facts=facts_of(entries),
        bonuses=_bonuses(view, track) if view.options["bonuses"] else (),
        tie_order=tuple(entry for entry in view.tie_order if entry in codes),
    )
    return replace(found, warnings=(*found.warnings, *_limits_said(view, track, entries)))


def _limits_said(view: StageView, track: str, entries: Sequence[EntryFacts]) -> Iterator[str]:
    """Say which criteria are asked in some categories only, and how totals are brought to one maximum."""
    rubric = _rubric(view, track)
    if rubric is None or not rubric.limits:
        return
    for criterion in (each for above in rubric.criteria for each in above.walk() if each.only_in):
        yield f"asked only in {', '.join(criterion.only_in)}: {criterion.name or criterion.id}"
    kind: RubricKind = view.extensions("rubric_kinds", rubric.kind)
    for category in sorted({entry.category for entry in entries}):
        stretch = rubric_in(kind, rubric, category).stretch
        if stretch != 1:
            yield f"totals of category '{category}' count times {stretch}, so that they reach the same maximum"


def _rubric(view: StageView, track: str) -> Rubric | None:
    return view.rubrics.get(for_track(view.options["rubric"], track) or "")


def _bonuses(view: StageView, track: str) -> tuple[Bonus, ...]:
    rubric = _rubric(view, track)
    return rubric.bonuses if rubric else ()


def said_of(standings: Mapping[str, Standings]) -> dict[str, str]:
    """Say for each entry where it stands, or why it does not."""
    said: dict[str, str] = {}
    for found in standings.values():
        said |= {line.entry: f"rank {figure(line.rank)} with {figure(line.score)}" for line in found.lines}
        said |= {gone.entry: f"not ranked: {gone.reason}" for gone in found.unranked}
    return said


def warnings_of(standings: Mapping[str, Standings]) -> tuple[str, ...]:
    """List the warnings of all tracks, each with its track."""
    return tuple(
        f"{track}: {warning}" if track != ALL else warning
        for track, found in standings.items()
        for warning in found.warnings
    )


def against_judging(view: StageView) -> list[str]:
    """Say what in the options would only fail once all sheets are in: unknown names, rubrics that are not there."""
    reasons = [reason for track in by_track(view) for reason in _against_rubric(view, track)]
    if reasons:
        return reasons
    return list(dict.fromkeys(reason for track in by_track(view) for reason in _against_ranking(view, track)))


def _against_ranking(view: StageView, track: str) -> list[str]:
    """Rank nothing by the rules of the stage: they refuse what they would refuse later."""
    try:
        _rank(replace(view, tie_order=()), track, (), SheetTable.of(()))
    except InputRefused as refused:
        return [str(problem) for problem in refused.problems]
    return []


def _against_rubric(view: StageView, track: str) -> Iterator[str]:
    name = for_track(view.options["rubric"], track)
    if name is None:
        yield f"track '{track}' has no rubric in stage '{view.stage.id}'; name one under rubric"
    elif name not in view.rubrics:
        yield f"the rubric '{name}' is not in the edition; it has: {', '.join(sorted(view.rubrics)) or 'none'}"
    elif view.rubrics[name].bonuses and view.options["bonuses"] is None:
        yield f"the rubric '{name}' has bonuses; write bonuses: true or bonuses: false in stage '{view.stage.id}'"


def unsettled(view: StageView, uses: Iterable[tuple[str, RuleUse]]) -> Iterator[str]:
    """Say which uses of extensions are not possible: no such name, or options that it does not take."""
    for family, use in uses:
        try:
            extension = view.extensions(family, use.rule)
            if getattr(extension, "options", None) is not None or use.options:
                settle(extension, use.options, use.rule)
        except (NotFound, InputRefused) as error:
            yield str(error)


def against_missing_sheets(view: StageView) -> list[str]:
    """Say whose sheets are missing, where the gate is that all must be in."""
    if view.options["gate"] != ALL_SUBMITTED:
        return []
    entries = by_code(view.entries)
    alive = {entry.code for entry in entries}
    sheets = [sheet for sheet in view.sheets if sheet.entry in alive]
    return [*_absent(sheets), *_short_of_jurors(view, entries, sheets)]


def _absent(sheets: Iterable[Sheet]) -> Iterator[str]:
    absent: dict[str, list[str]] = {}
    for sheet in sheets:
        if sheet.total is None:
            absent.setdefault(sheet.juror, []).append(sheet.entry)
    for juror, entries in sorted(absent.items()):
        yield f"juror '{juror}' has not submitted {count(len(entries), 'sheet')}: {some(sorted(entries))}"


def _short_of_jurors(view: StageView, entries: Sequence[EntryFacts], sheets: Iterable[Sheet]) -> Iterator[str]:
    wanted = view.options["jurors_per_entry"] or 1
    assigned = dict.fromkeys((entry.code for entry in entries), 0)
    for sheet in sheets:
        assigned[sheet.entry] += 1
    short = [code for code, jurors in assigned.items() if jurors < wanted]
    if short:
        yield f"{entries_text(len(short))} with fewer than {count(wanted, 'juror')}: {some(short)}"
