"""The public rating: votes from outside the jury, ranked on their own and never mixed into the jury's scores."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from juri.core.errors import Problem
from juri.core.extension import RecordType, StageKind
from juri.core.ranking import RankRule, rank_sheets
from juri.core.scoring.rubric import Scale
from juri.core.scoring.standings import Standings, Unranked
from juri.core.view import EntryFacts, Outcome, Record, Sheet, StageView
from juri.plugins import hookimpl
from juri.plugins.judging import said_of, warnings_of
from juri.plugins.options import Exact, ExactText, Whole, exact_number
from juri.plugins.views import advance_all, age, by_track, count, in_force

VOTE = "vote"


class ScaleOptions(Schema):
    """The values of a vote; ``min`` equal to ``max`` is a poll, in which a vote says no more than "this one"."""

    min = Exact(required=True)
    max = Exact(required=True)
    step = Exact(load_default=None, validate=validate.Range(min=0, min_inclusive=False))

    @validates_schema
    def check_range(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse a scale without values.

        Raises:
            ValidationError: the minimum is above the maximum.

        """
        if data["min"] > data["max"]:
            raise ValidationError("The minimum is above the maximum.", "min")


class RatingOptions(Schema):
    """``scale`` of the votes, ``minimum_votes`` for a rank, and ``method``: the mean of the votes, or their sum.

    ``picks``: of so many entries in a track a voter's votes count, the newest ones (null: of all). One voter has one
    vote for an entry, the newest. The standings stand for themselves: they enter a result only where a cut combines
    stages.

    National KIPP 2025 asks the public how useful an innovation is (scale and weight are not published). Kota Tegal
    has a poll with one pick in each track: ``scale: {min: 1, max: 1}``, ``method: sum``, ``picks: 1``.
    """

    scale = fields.Nested(ScaleOptions, required=True)
    minimum_votes = Whole(required=True, validate=validate.Range(min=1))
    method = fields.String(load_default="mean", validate=validate.OneOf(("mean", "sum")))
    picks = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))


class VoteRecord(Schema):
    """One vote; the subject of the record is the voter's key."""

    value = ExactText(required=True)


def _refusal(view: StageView, record: Record) -> str | None:
    scale = view.options["scale"]
    return Scale(scale["min"], scale["max"], scale["step"]).refusal(exact_number(record.data["value"]))


def _check(view: StageView, record: Record) -> Iterator[Problem]:
    refusal = _refusal(view, record)
    if refusal:
        yield Problem("value", refusal, "off_scale")


def rate(view: StageView) -> Outcome:
    """Rank the entries of each track by their votes; an entry with too few is listed without a rank."""
    votes = [record for record in in_force(view, VOTE).values() if _refusal(view, record) is None]
    standings = {track: _rank(view, entries, votes) for track, entries in by_track(view).items()}
    proposals = advance_all(view, "the rating ranks and stops nobody", said_of(standings))
    return Outcome(proposals, standings, (), (*warnings_of(standings), *_off_scale(view)))


def _rank(view: StageView, entries: tuple[EntryFacts, ...], votes: list[Record]) -> Standings:
    codes = {entry.code for entry in entries}
    picked = _picked([vote for vote in votes if vote.entry in codes], view.options["picks"])
    sheets = [Sheet(vote.entry or "", vote.subject, Fraction(exact_number(vote.data["value"]))) for vote in picked]
    least: int = view.options["minimum_votes"]
    rule = RankRule(view.options["method"], {}, f"quorum:{least}")
    found = rank_sheets(sheets, rule, extensions=view.extensions, entries=codes)
    unranked = (
        Unranked(gone.entry, gone.sheets, f"{count(gone.sheets, 'vote')}, at least {least} needed")
        for gone in found.unranked
    )
    return replace(found, unranked=tuple(unranked))


def _picked(votes: list[Record], picks: int | None) -> list[Record]:
    """Keep the newest picks of each voter."""
    kept: dict[str, list[Record]] = {}
    for vote in sorted(votes, key=age, reverse=True):
        mine = kept.setdefault(vote.subject, [])
        if picks is None or len(mine) < picks:
            mine.append(vote)
    return [vote for mine in kept.values() for vote in mine]


def _off_scale(view: StageView) -> list[str]:
    off = [record for record in in_force(view, VOTE).values() if _refusal(view, record) is not None]
    return [f"{count(len(off), 'vote')} off the scale, not counted"] if off else []


@hookimpl
def juri_stage_kinds() -> list[StageKind]:
    """Offer the rating."""
    roles = frozenset({"public", "secretariat", "organiser"})
    return [
        StageKind(
            name="rating",
            title="Public rating",
            version="1",
            blocks=False,
            outcome=rate,
            options=RatingOptions,
            records={VOTE: RecordType(VoteRecord, roles, "Vote", check=_check)},
        )
    ]
