"""The objection window: anybody may object to an entry, and every objection gets an answer before the window closes."""

from __future__ import annotations

from datetime import timedelta

from marshmallow import Schema, fields, validate

from juri.core.extension import RecordType, StageKind
from juri.core.view import ADVANCE, STOP, EntryFacts, Outcome, Proposal, Record, StageView
from juri.plugins import hookimpl
from juri.plugins.options import Whole, not_blank
from juri.plugins.views import by_code, count, in_force, some

OBJECTION = "objection"
ANSWER = "answer"
UPHELD = "upheld"
OBJECTION_UPHELD = "objection_upheld"
RULE = "no objection upheld"


class ObjectionOptions(Schema):
    """``days``: how long objections are taken. National KIPP 2020 and 2023: about five calendar days."""

    days = Whole(required=True, validate=validate.Range(min=1))


class ObjectionRecord(Schema):
    """Who objects, and why."""

    sender = fields.String(required=True, data_key="from", attribute="from", validate=not_blank())
    text = fields.String(required=True, validate=not_blank())


class AnswerRecord(Schema):
    """What became of the objection with the same subject; an answer without a text is none."""

    verdict = fields.String(required=True, validate=validate.OneOf((UPHELD, "rejected")))
    text = fields.String(required=True, validate=not_blank())


def hear_objections(view: StageView) -> Outcome:
    """Stop the entries against which an objection was upheld."""
    objections, answers = in_force(view, OBJECTION), in_force(view, ANSWER)
    heard = {key: answers[key] for key in objections if key in answers}
    return Outcome(tuple(_proposal(entry, heard) for entry in by_code(view.entries)))


def _proposal(entry: EntryFacts, answers: dict[tuple[str, str], Record]) -> Proposal:
    own = {subject: record for (code, subject), record in answers.items() if code == entry.code}
    upheld = [f"{key}: {record.data['text']}" for key, record in own.items() if record.data["verdict"] == UPHELD]
    if upheld:
        return Proposal(entry.code, STOP, RULE, f"objection upheld: {'; '.join(upheld)}", (OBJECTION_UPHELD,))
    return Proposal(entry.code, ADVANCE, RULE, f"{count(len(own), 'objection')} rejected" if own else "no objection")


def against_opening(view: StageView) -> list[str]:
    """Say whether the window is shorter than its days."""
    opens, closes, days = view.stage.opens, view.stage.closes, view.options["days"]
    if opens is None or closes is None or closes - opens >= timedelta(days=days):
        return []
    return [f"the window from {opens.isoformat()} to {closes.isoformat()} is shorter than {count(days, 'day')}"]


def against_closing(view: StageView) -> list[str]:
    """Say which objections have no answer."""
    answers = in_force(view, ANSWER)
    open_ = [f"{subject} on {entry}" for entry, subject in in_force(view, OBJECTION) if (entry, subject) not in answers]
    return [f"{count(len(open_), 'objection')} without an answer: {some(open_)}"] if open_ else []


@hookimpl
def juri_stage_kinds() -> list[StageKind]:
    """Offer the objection window."""
    senders = frozenset({"public", "unit", "local_admin", "secretariat", "organiser"})
    return [
        StageKind(
            name="objection",
            title="Objection window",
            version="1",
            outcome=hear_objections,
            options=ObjectionOptions,
            records={
                OBJECTION: RecordType(ObjectionRecord, senders, "Objection"),
                ANSWER: RecordType(AnswerRecord, frozenset({"secretariat", "organiser"}), "Answer to an objection"),
            },
            against_opening=against_opening,
            against_closing=against_closing,
        )
    ]
