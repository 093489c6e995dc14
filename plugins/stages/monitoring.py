"""The time after the award: who replicated an innovation, and whether it is still alive."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from juri.core.extension import RecordType, StageKind
from juri.core.view import Outcome, Record, StageView
from juri.plugins import hookimpl
from juri.plugins.options import YES_NO, Whole, not_blank
from juri.plugins.views import advance_all, age, count, in_force

ADOPTION = "adoption"
SURVIVAL = "survival"
_YEARS = validate.Range(min=1945, max=2200)


class MonitoringOptions(Schema):
    """No options. PKRI 2024 looked at 58 national innovations for their survival, at 36 for replication."""


class AdoptionRecord(Schema):
    """Another organization replicates the innovation; the subject of the record tells adoptions apart."""

    by = fields.String(required=True, validate=not_blank())
    year = Whole(required=True, validate=_YEARS)
    evidence = fields.String(required=True, validate=not_blank())


class SurvivalRecord(Schema):
    """Whether the innovation was alive in a year; the subject of the record tells looks apart."""

    year = Whole(required=True, validate=_YEARS)
    alive = fields.String(required=True, validate=validate.OneOf(YES_NO))
    evidence = fields.String(required=True, validate=not_blank())


def monitor(view: StageView) -> Outcome:
    """Stop nobody; say of each entry how often it was replicated and whether it was alive when last looked at."""
    adoptions: dict[str, int] = {}
    for entry, _ in in_force(view, ADOPTION):
        adoptions[entry] = adoptions.get(entry, 0) + 1
    last: dict[str, Record] = {}
    for (entry, _), record in in_force(view, SURVIVAL).items():
        if entry not in last or _seen(last[entry]) <= _seen(record):
            last[entry] = record
    said = {entry.code: _said(adoptions.get(entry.code, 0), last.get(entry.code)) for entry in view.entries}
    return Outcome(advance_all(view, "monitoring stops nobody", said))


def _seen(record: Record) -> tuple[Any, ...]:
    return (int(record.data["year"]), age(record))


def _said(adoptions: int, last: Record | None) -> str:
    seen = f"alive in {last.data['year']}: {last.data['alive']}" if last else "survival not looked at yet"
    return f"{count(adoptions, 'adoption')}; {seen}"


@hookimpl
def juri_stage_kinds() -> list[StageKind]:
    """Offer the monitoring."""
    roles = frozenset({"unit", "local_admin", "secretariat", "organiser"})
    return [
        StageKind(
            name="monitoring",
            title="Monitoring after the award",
            version="1",
            blocks=False,
            outcome=monitor,
            options=MonitoringOptions,
            records={
                ADOPTION: RecordType(AdoptionRecord, roles, "Adoption by another organization", after_close=True),
                SURVIVAL: RecordType(SurvivalRecord, roles, "Survival in a year", after_close=True),
            },
        )
    ]
