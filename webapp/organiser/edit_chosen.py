"""Slots whose further fields depend on what is chosen: a rule with its options, a date of its own, one for each track.

Without JavaScript the further fields appear by a button; with it, as soon as something is chosen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext, lazy_gettext
from wtforms import StringField

from juri.webapp.organiser.edit_fields import LONE, Group
from juri.webapp.organiser.edit_slots import (
    NO_CHOICE,
    Options,
    Slot,
    choice_slot,
    group_slot,
    number_slot,
    read_slots,
    show_slots,
    slot_form,
    snippet_slot,
)
from juri.webapp.organiser.edit_values import as_snippet, read_snippet
from juri.webapp.organiser.words import MISSING

CHOICE = "choice"
MORE = "more"
"""What the further fields do not know, as YAML: an option of a newer plugin, or a mistake."""

OWN = "="
"""Chosen where something is written out instead of named."""

Further = Mapping[str, Sequence[Slot]]
Split = Callable[[Any], tuple[str, Mapping[str, Any]]]
Join = Callable[[str, Mapping[str, Any]], Any]


class Chosen(Group):
    """A choice, and the further fields of what is chosen."""

    @property
    def further(self) -> Any:
        """Return the group of further fields of what is chosen; None where there is none."""
        return self.form._fields.get(_group_of(self.form[CHOICE].data or ""))

    @property
    def has_more(self) -> bool:
        """Tell whether something is said that no field shows."""
        return bool(self.form[MORE].data)

    def below(self, step: str | int) -> Any:
        """Return the further field of a key; where there is none, the choice."""
        found = self.further.below(step) if self.further else None
        return self.form[CHOICE] if found is None else found


class Dated(Group):
    """A day with a time."""


@dataclass(frozen=True)
class Way:
    """How a value becomes a choice with further values, and back."""

    split: Split
    join: Join


def chosen_slot(key: str, label: Any, options: Options, further: Further, way: Way, *, empty: Any = NO_CHOICE) -> Slot:
    """Return the slot of a choice with further fields."""
    first = options[0][0] if empty is None and options else ""
    groups = {name: group_slot(_group_of(name), "", slots) for name, slots in further.items() if slots}
    parts = [
        choice_slot(CHOICE, label, options, empty=empty),
        *groups.values(),
        snippet_slot(MORE, gettext("More (YAML)")),
    ]

    def show(value: Any) -> dict[str, Any]:
        name, said = (first, {}) if value is None else way.split(value)
        known = {slot.key for slot in further.get(name, ())}
        unknown = {each: item for each, item in said.items() if each not in known}
        shown = {CHOICE: name, MORE: as_snippet(unknown) if unknown else ""}
        return shown | {_group_of(each): show_slots(further[each], said if each == name else {}) for each in groups}

    def read(data: Any) -> Any:
        given: Mapping[str, Any] = data or {}
        name = given.get(CHOICE) or ""
        said = read_slots(further.get(name, ()), given.get(_group_of(name)))
        more = read_snippet(given.get(MORE) or "")
        return way.join(name, said | (more if isinstance(more, dict) else {})) if name else None

    return Slot(key, Chosen(slot_form(parts), label), show, read)


def use_slot(key: str, label: Any, names: Options, further: Further, *, by: str = "rule") -> Slot:
    """Return the slot of a rule or a method: ``NAME`` or ``{rule: NAME, ...its options}``."""

    def split(value: Any) -> tuple[str, Mapping[str, Any]]:
        if isinstance(value, Mapping):
            return str(value.get(by, "")), {name: item for name, item in value.items() if name != by}
        return str(value), {}

    return chosen_slot(key, label, names, further, Way(split, lambda name, said: {by: name, **said} if said else name))


def missing_slot(key: str, label: Any) -> Slot:
    """Return the slot of what an absent sheet counts: ``zero``, or ``quorum:3``."""
    least = number_slot(LONE, gettext("Sheets that an entry needs"))
    return chosen_slot(key, label, list(MISSING.items()), {"quorum": [least]}, _colon())


def tie_slot(key: str, label: Any, names: Options, arguments: Mapping[str, Options]) -> Slot:
    """Return the slot of a tie rule: ``median``, or ``criterion:manfaat``."""
    further = {name: [choice_slot(LONE, gettext("Which"), each, empty=NO_CHOICE)] for name, each in arguments.items()}
    return chosen_slot(key, label, names, further, _colon())


def named_or_own_slot(key: str, label: Any, names: Options, own: Sequence[Slot], own_label: Any) -> Slot:
    """Return the slot of something that is named by its id, or written out as a mapping."""

    def split(value: Any) -> tuple[str, Mapping[str, Any]]:
        return (OWN, value) if isinstance(value, Mapping) else (str(value), {})

    options = [*names, (OWN, own_label)]
    return chosen_slot(
        key, label, options, {OWN: own}, Way(split, lambda name, said: dict(said) if name == OWN else name)
    )


def by_track_slot(key: str, label: Any, one: Slot, each: Sequence[Slot], is_single: Callable[[Any], bool]) -> Slot:
    """Return the slot of one value for all tracks, or of one for each of them; ``one`` has the key ``LONE``."""
    options = [("all", gettext("the same for all tracks")), ("each", gettext("by track"))]
    further = {"all": [one], "each": each}

    def split(value: Any) -> tuple[str, Mapping[str, Any]]:
        return ("all", {LONE: value}) if is_single(value) else ("each", value)

    way = Way(split, lambda name, said: said.get(LONE) if name == "all" else dict(said) or None)
    return chosen_slot(key, label, options, further, way, empty=None)


def moment_slot(key: str, label: Any, zone: str, calendar: Options = ()) -> Slot:
    """Return the slot of a day or moment; where there is a calendar, one of its dates may be chosen instead."""
    inner = [
        Slot("day", StringField(lazy_gettext("Day"), render_kw={"type": "date"})),
        Slot("time", StringField(lazy_gettext("Time"), render_kw={"type": "time"})),
    ]
    if not calendar:
        return Slot(key, Dated(slot_form(inner), label), lambda value: _split_moment(value, zone), _join_moment(zone))
    named = dict(calendar)

    def split(value: Any) -> tuple[str, Mapping[str, Any]]:
        return (value, {}) if value in named else (OWN, _split_moment(value, zone))

    join = _join_moment(zone)
    way = Way(split, lambda name, said: join(said) if name == OWN else name)
    return chosen_slot(key, label, [*calendar, (OWN, gettext("a date of its own"))], {OWN: inner}, way)


def _colon() -> Way:
    """Return the way of a name with an argument: ``quorum:3``."""

    def split(value: Any) -> tuple[str, Mapping[str, Any]]:
        name, _, argument = str(value).partition(":")
        return name, {LONE: argument} if argument else {}

    return Way(split, lambda name, said: f"{name}:{said[LONE]}" if said.get(LONE) else name)


def _group_of(name: str) -> str:
    return f"with-{name}"


def _split_moment(value: Any, zone: str) -> dict[str, str]:
    """Return the day and the time as the clocks of a zone show them; what is no moment stays in the day."""
    text = str(value or "")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return {"day": text, "time": ""}
    if len(text) <= len("2026-01-01"):
        return {"day": text, "time": ""}
    local = moment.astimezone(ZoneInfo(zone)) if moment.tzinfo else moment
    return {"day": f"{local:%Y-%m-%d}", "time": f"{local:%H:%M:%S}".removesuffix(":00")}


def _join_moment(zone: str) -> Callable[[Any], str | None]:
    """Return what writes a day, or a moment with the offset of the zone then; what is none stays as it was typed."""

    def join(data: Any) -> str | None:
        day, time = ((data or {}).get(name) or "" for name in ("day", "time"))
        typed = f"{day.strip()}T{time.strip()}" if time.strip() else day.strip()
        try:
            moment = datetime.fromisoformat(typed)
        except ValueError:
            return typed.strip("T").replace("T", " ") or None
        return moment.replace(tzinfo=ZoneInfo(zone)).isoformat() if time.strip() else typed

    return join
