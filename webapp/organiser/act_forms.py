"""Forms for the acts of a stage, built from the schema of their topic: one description for pages, tables and programs.

What an act must be is decided by its schema and its kind's check, never here; the form carries the words there.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext
from marshmallow import fields
from marshmallow.validate import OneOf, Range
from wtforms import Field, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from juri.core.document import StageSpec
from juri.core.extension import RecordType
from juri.core.stages.acts import Act
from juri.core.view import EntryFacts, Record
from juri.plugins.options import Moment
from juri.webapp.forms import JuriForm, MomentField
from juri.webapp.language import shown_text
from juri.webapp.organiser import words

_LONG = frozenset({"note", "text", "evidence", "reason"})
"""Fields of these names take more than one line."""

LONGEST = 4000


class ActForm(JuriForm):
    """One act: which entry it is about, what tells it apart, and its data in fields that begin with ``data_``."""

    entry: Any = None
    subject: Any = None

    def typed(self, zone: str) -> dict[str, Any]:
        """Return the data as the act's schema reads it; what was left empty is left out."""
        found: dict[str, Any] = {}
        for field in self:
            if field.short_name.startswith("data_") and field.data not in (None, "", []):
                found[field.short_name.removeprefix("data_")] = _as_told(field, zone)
        return found

    def show(self, data: Mapping[str, Any], zone: str) -> None:
        """Show the data of a stored act."""
        for name, value in data.items():
            if f"data_{name}" not in self:
                continue
            field = self[f"data_{name}"]
            if isinstance(field, MomentField):
                field.data = datetime.fromisoformat(str(value)).astimezone(ZoneInfo(zone))
            else:
                field.data = "\n".join(value) if isinstance(value, (list, tuple)) else str(value)

    def act(self, topic: str, zone: str) -> Act:
        """Return the act that was typed."""
        entry = self.entry.data if self.entry is not None else ""
        subject = self.subject.data if self.subject is not None else ""
        return Act(topic, self.typed(zone), str(entry or ""), str(subject or ""))


class Lines(TextAreaField):  # type: ignore[misc]  # the library has no types
    """Several texts, one a line."""


def act_form(told: RecordType, topic: str, spec: StageSpec, entries: tuple[EntryFacts, ...]) -> type[ActForm]:
    """Build the form of a topic's acts."""
    parts: dict[str, Any] = {}
    if told.per_entry:
        own = (SelectChoice(entry.code, f"{entry.code} · {entry.title}") for entry in entries)
        choices = [SelectChoice("", ""), *own]
        parts["entry"] = SelectField(gettext("Entry"), [InputRequired()], choices=choices, validate_choice=False)
    subjects = subjects_of(topic, spec, per_entry=told.per_entry)
    if subjects is not None:
        label = str(words.word(words.SUBJECTS, topic))
        parts["subject"] = (
            SelectField(label, [InputRequired()], choices=[SelectChoice("", ""), *subjects], validate_choice=False)
            if subjects
            else StringField(label, [InputRequired(), Length(max=120)])
        )
    schema = told.schema()
    for name, field in schema.fields.items():
        parts[f"data_{field.data_key or name}"] = _field(field.data_key or name, field)
    return type("Form", (ActForm,), parts)


def subjects_of(topic: str, spec: StageSpec, *, per_entry: bool) -> list[SelectChoice] | None:
    """Return what tells acts of a topic apart: choices, an empty list for free text, None where each entry has one."""
    for key, own in (("items", "check"), ("claims", "claim")):
        if topic == own and key in spec.options:
            listed = [item for item in spec.options[key] if item.get("rule") is None]
            return [SelectChoice(item["id"], shown_text(item["text"])) for item in listed]
    return [] if topic in words.SUBJECTS and not (topic == "attendance" and per_entry) else None


def told_of(record: Record, zone: str) -> list[tuple[Any, Any]]:
    """Return the data of an act as words: (what, what is said)."""
    return [(words.word(words.FIELDS, name), _told(value, zone)) for name, value in record.data.items()]


def _told(value: Any, zone: str) -> Any:
    if isinstance(value, (list, tuple)):
        return "; ".join(map(str, value))
    moment = _moment(value)
    if moment is not None:
        return moment.astimezone(ZoneInfo(zone))
    return words.VALUES.get(str(value), value)


def _moment(value: Any) -> datetime | None:
    """Read a moment that is stored as text; anything shorter is none."""
    if not isinstance(value, str) or len(value) < len("2026-01-01T00:00+00:00") or value[10:11] != "T":
        return None
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None


def _field(name: str, field: fields.Field[Any]) -> Field:
    """Turn a field of the schema into a field of the form; the schema says again what is wrong with it."""
    label = str(words.word(words.FIELDS, name))
    needed = [InputRequired()] if field.required else [Optional()]
    options = next((check.choices for check in field.validators if isinstance(check, OneOf)), None)
    if options is not None:
        return RadioField(label, needed, choices=_choices(options, needed=field.required), validate_choice=False)
    if isinstance(field, Moment):
        return MomentField(label, needed)
    if isinstance(field, fields.List):
        return Lines(label, [*needed, Length(max=LONGEST)], description=gettext("One on each line."))
    if name in _LONG:
        return TextAreaField(label, [*needed, Length(max=LONGEST)])
    hint = next((_range(check) for check in field.validators if isinstance(check, Range)), "")
    return StringField(label, [*needed, Length(max=LONGEST)], description=hint)


def _choices(options: Any, *, needed: bool) -> list[SelectChoice]:
    listed = [SelectChoice(str(value), words.word(words.VALUES, str(value))) for value in options]
    return listed if needed else [SelectChoice("", gettext("Not said")), *listed]


def _range(check: Range) -> Any:
    if check.min is not None and check.max is not None:
        return gettext("From %(least)s to %(greatest)s.", least=check.min, greatest=check.max)
    return gettext("%(least)s or more.", least=check.min) if check.min is not None else ""


def _as_told(field: Any, zone: str) -> Any:
    if isinstance(field, MomentField):
        return field.data.replace(tzinfo=ZoneInfo(zone)).isoformat()
    if isinstance(field, Lines):
        return [line.strip() for line in field.data.splitlines() if line.strip()]
    return str(field.data).strip()
