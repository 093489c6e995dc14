"""The stage in which entrants present and answer: scored like any other, with slots, minutes and attendance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from marshmallow import Schema, fields, validate

from juri.core.errors import Problem
from juri.core.extension import RecordType, StageKind
from juri.core.view import Outcome, Record, StageView
from juri.plugins import hookimpl
from juri.plugins.judging import JudgingOptions, against_judging, against_missing_sheets, judge
from juri.plugins.options import YES_NO, Moment, Whole
from juri.plugins.views import by_code, entries_text, in_force, some

SLOT = "slot"
ATTENDANCE = "attendance"


class InterviewOptions(JudgingOptions):
    """The options of scoring, and ``minutes``: how long an entrant presents and how long the panel asks.

    National KIPP: 10 and 20 in 2018, 7 and 13 in 2021 and 2022. Whether the leader came is kept in the attendance;
    where it scores (2018, KOVABLIK), the rubric has a criterion for it.
    """

    minutes = fields.List(Whole(validate=validate.Range(min=1)), load_default=None, validate=validate.Length(equal=2))


class SlotRecord(Schema):
    """When an entrant presents, where, and for how long if not for the stage's minutes."""

    starts = Moment(required=True)
    minutes = Whole(validate=validate.Range(min=1))
    place = fields.String()


class AttendanceRecord(Schema):
    """Whether the entrant came, and whether its leader did."""

    present = fields.String(required=True, validate=validate.OneOf(YES_NO))
    leader = fields.String(load_default="no", validate=validate.OneOf(YES_NO))
    note = fields.String()


def hold_interviews(view: StageView) -> Outcome:
    """Rank the sheets; an entrant that did not come is named, and what that costs is for the rubric to say."""
    outcome = judge(view)
    came = in_force(view, ATTENDANCE)
    absent = sorted(entry for (entry, _), record in came.items() if record.data["present"] == "no")
    if not absent:
        return outcome
    warning = f"{entries_text(len(absent))} without anybody present: {', '.join(absent)}"
    return replace(outcome, warnings=(*outcome.warnings, warning))


def against_closing(view: StageView) -> list[str]:
    """Say whose sheets are missing, where all must be in, and whose attendance nobody wrote down."""
    seen = {entry for entry, _ in in_force(view, ATTENDANCE)}
    unseen = [entry.code for entry in by_code(view.entries) if entry.code not in seen]
    reasons = against_missing_sheets(view)
    if unseen:
        reasons.append(f"{entries_text(len(unseen))} without a record of attendance: {some(unseen)}")
    return reasons


def _check_slot(view: StageView, record: Record) -> Iterator[Problem]:
    """Refuse a slot that overlaps another one of the same place."""
    starts, ends = _span(view, record)
    for (entry, subject), other in in_force(view, SLOT).items():
        if (entry, subject) == (record.entry, record.subject) or other.data.get("place") != record.data.get("place"):
            continue
        begun, over = _span(view, other)
        if starts < over and begun < ends:
            taken = f"entry '{entry}' has this place from {begun.isoformat()} to {over.isoformat()}"
            yield Problem("starts", f"the slot is taken: {taken}", "slot_taken")


def _span(view: StageView, record: Record) -> tuple[datetime, datetime]:
    starts = datetime.fromisoformat(record.data["starts"])
    minutes = int(record.data.get("minutes") or 0) or sum(view.options["minutes"] or (0,))
    return starts, starts + timedelta(minutes=minutes)


@hookimpl
def juri_stage_kinds() -> list[StageKind]:
    """Offer the interview."""
    roles = frozenset({"secretariat", "organiser"})
    return [
        StageKind(
            name="interview",
            title="Presentation and interview",
            version="1",
            outcome=hold_interviews,
            options=InterviewOptions,
            records={
                SLOT: RecordType(SlotRecord, roles, "Slot of a presentation", check=_check_slot),
                ATTENDANCE: RecordType(AttendanceRecord, roles, "Attendance at a presentation"),
            },
            judged=True,
            against_opening=against_judging,
            against_closing=against_closing,
        )
    ]
