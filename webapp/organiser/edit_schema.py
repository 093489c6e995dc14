"""From the marshmallow schema of a part, a stage kind or a rubric kind to the slots of its form."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from flask_babel import gettext
from marshmallow import Schema, fields, validate

from juri.core.editions.schema import Exact as DocumentExact
from juri.core.editions.schema import Id, Ids, Words
from juri.core.registry import Registry
from juri.plugins.options import Exact, ForTracks, RankingOf, Reference, RoundingOptions, RoundingStep, Whole, Wording
from juri.webapp.language import language
from juri.webapp.organiser.edit_slots import (
    NO_CHOICE,
    Group,
    Options,
    Slot,
    choice_slot,
    flag_slot,
    group_slot,
    lines_slot,
    moment_slot,
    names_slot,
    number_slot,
    pairs_slot,
    read_figure,
    rows_slot,
    snippet_slot,
    text_slot,
    ticks_slot,
    use_slot,
)
from juri.webapp.organiser.edit_words import label_of, value_word

_NAMED: Mapping[str, str] = {
    "panel": "panel", "rubric": "rubric", "track": "track", "of": "stage", "until": "calendar", "fact": "fact",
}  # fmt: skip
"""Keys that name something which the document defines."""

_NUMBERS = (fields.Integer, fields.Decimal, fields.Float, Whole, Exact, DocumentExact)


@dataclass(frozen=True)
class Surroundings:
    """What the slots of a document may name: what it defines itself, by kind, and what the plugins add."""

    registry: Registry
    zone: str
    named: Mapping[str, Options] = field(default_factory=dict)

    @classmethod
    def of(cls, data: Mapping[str, Any], registry: Registry, *, before: str = "") -> Surroundings:
        """Collect the names of a document; of its stages only those that stand before one, where it is given."""
        stages = _ids(data, "stages")
        earlier = stages[: stages.index(before)] if before in stages else stages
        rubrics, calendar = data.get("rubrics"), data.get("calendar")
        named: dict[str, Options] = {
            "panel": _listed(data, "panels"),
            "track": _listed(data, "tracks"),
            "cluster": _listed(data, "clusters"),
            "stage": [each for each in _listed(data, "stages") if each[0] in earlier],
            "rubric": [(name, name) for name in rubrics] if isinstance(rubrics, Mapping) else [],
            "calendar": [(name, name) for name in calendar] if isinstance(calendar, Mapping) else [],
            "fact": _listed(data, "form", "label"),
        }
        zone = data.get("time_zone")
        return cls(registry, zone if isinstance(zone, str) else "Asia/Jakarta", named)

    @classmethod
    def bare(cls) -> Surroundings:
        """Return the surroundings of a part that names nothing."""
        return cls(Registry(), "Asia/Jakarta")

    def rules(self, family: str) -> Options:
        """Return the names that the plugins add to a family, with what they are called."""
        return [(name, self.registry.get(family, name).title) for name in self.registry.names(family)]


def schema_slots(
    schema: Schema, around: Surroundings, *, leave_out: Sequence[str] = (), overrides: Mapping[str, Slot] | None = None
) -> list[Slot]:
    """Return the slots of a schema, one for each key; what no field can show is a piece of YAML.

    Args:
        schema: the schema, as the loader reads the part with.
        around: what may be named.
        leave_out: keys that are not shown.
        overrides: slots of our own for some keys.

    """
    own = overrides or {}
    found = []
    for name, one in schema.fields.items():
        key = one.data_key or name
        if key not in leave_out:
            slot = own.get(key) or slot_of(key, one, around)
            found.append(needed(slot) if one.required else slot)
    return found


class _Needed:
    """Marks a field as one that must be filled in; that it is, the loader says."""

    field_flags: ClassVar[dict[str, bool]] = {"required": True}

    def __call__(self, form: Any, field: Any) -> None:
        """Accept everything."""


def needed(slot: Slot) -> Slot:
    """Return a slot whose field is shown as one that must be filled in."""
    is_group = issubclass(slot.field.field_class, Group)
    slot.field.kwargs.update({"is_needed": True} if is_group else {"validators": [_Needed()]})
    return slot


def slot_of(key: str, one: fields.Field[Any], around: Surroundings) -> Slot:
    """Return the slot of one field of a schema."""
    build = next((build for kinds, build in _BUILDERS if isinstance(one, kinds)), _single_slot)
    return build(key, one, around)


def _use_slot(key: str, one: Reference, around: Surroundings) -> Slot:
    return use_slot(key, label_of(key), around.rules(one.metadata["family"]), by=one.key)


def _names_slot(key: str, _one: fields.Field[Any], _around: Surroundings) -> Slot:
    return names_slot(key, label_of(key), long=key in ("text", "description"))


def _group_slot(key: str, one: fields.Nested, around: Surroundings) -> Slot:
    return group_slot(key, label_of(key), schema_slots(one.schema, around))


def _pairs_slot(key: str, one: fields.Dict, _around: Surroundings) -> Slot:
    if isinstance(one.value_field, _NUMBERS):
        return pairs_slot(key, label_of(key), gettext("Name"), number_slot("value", gettext("Number")))
    return snippet_slot(key, label_of(key))


def choices_of(one: fields.Field[Any]) -> list[str]:
    """Return the words that a field takes; none where it takes any."""
    found = next((check for check in one.validators if isinstance(check, validate.OneOf)), None)
    return [str(choice) for choice in found.choices] if found else []


def _single_slot(key: str, one: fields.Field[Any], around: Surroundings) -> Slot:
    label, choices = label_of(key), choices_of(one)
    if isinstance(one, fields.Boolean):
        default = one.load_default if one.load_default in (True, False) else None
        return flag_slot(key, label, default=default)
    if choices:
        return _choice(key, one, choices)
    if isinstance(one, _NUMBERS):
        return number_slot(key, label)
    if isinstance(one, fields.String):
        return _text(key, one, around)
    return snippet_slot(key, label)


def _choice(key: str, one: fields.Field[Any], choices: list[str]) -> Slot:
    default = one.load_default if isinstance(one.load_default, str) else ""
    listed = [(choice, value_word(key, choice)) for choice in choices]
    return choice_slot(key, label_of(key), listed, empty=None if default else NO_CHOICE, default=default)


def _text(key: str, one: fields.Field[Any], around: Surroundings) -> Slot:
    if key in _NAMED and not isinstance(one, Id):
        listed = around.named.get(_NAMED[key], [])
        default = one.load_default if isinstance(one.load_default, str) else ""
        return choice_slot(key, label_of(key), listed, empty=default or NO_CHOICE)
    if key in ("opens", "closes"):
        return moment_slot(key, label_of(key), around.zone, [name for name, _ in around.named.get("calendar", [])])
    return text_slot(key, label_of(key), long=key in ("description", "note"))


def _list_slot(key: str, one: fields.List[Any], around: Surroundings) -> Slot:
    inner, label, named = one.inner, label_of(key), key.removesuffix("s")
    row: Schema | None = inner.schema if isinstance(inner, fields.Nested) else None
    if row or isinstance(inner, RoundingStep):
        return rows_slot(key, label, schema_slots(row or RoundingOptions(), around))
    if isinstance(one, Ids) and named in around.named:
        return ticks_slot(key, label, around.named[named])
    if choices_of(inner):
        return ticks_slot(key, label, [(choice, value_word(key, choice)) for choice in choices_of(inner)])
    if isinstance(inner, (fields.String, *_NUMBERS)):
        return lines_slot(key, label, str if isinstance(inner, fields.String) else read_figure)
    return snippet_slot(key, label)


def _for_tracks(key: str, one: ForTracks, around: Surroundings) -> Slot:
    """One value for all tracks, or one for each of them."""
    tracks = around.named.get("track", [])
    single = slot_of(key, one.value, around)
    if len(tracks) < 2:  # noqa: PLR2004  one track is all tracks
        return single
    inner = [
        Slot("all", _relabelled(single.field, gettext("All tracks")), single.show, single.read),
        *(Slot(f"t-{track}", _relabelled(single.field, name), single.show, single.read) for track, name in tracks),
    ]
    group = group_slot(key, label_of(key), inner)

    def show(value: Any) -> Any:
        if value is None or one.is_single(value):
            return group.show({"all": value})
        return group.show({f"t-{track}": item for track, item in value.items()})

    def read(data: Any) -> Any:
        found = group.read(data) or {}
        each = {name.removeprefix("t-"): item for name, item in found.items() if name != "all"}
        return each or found.get("all")

    return Slot(key, group.field, show, read)


def _relabelled(unbound: Any, label: Any) -> Any:
    """Return the same field under another label."""
    args = (*unbound.args[:1], label) if _has_form_first(unbound) else (label, *unbound.args[1:])
    return type(unbound)(unbound.field_class, *args, **unbound.kwargs)


def _has_form_first(unbound: Any) -> bool:
    return bool(unbound.args) and isinstance(unbound.args[0], type)


def _ranking_of(key: str, _one: RankingOf, around: Surroundings) -> Slot:
    """A stage, or a combination of stages as YAML."""
    stage = choice_slot("stage", label_of(key), around.named.get("stage", []), empty=NO_CHOICE)
    group = group_slot(key, label_of(key), [stage, snippet_slot("combination", gettext("Combination (YAML)"))])

    def show(value: Any) -> Any:
        return group.show({"stage": value} if isinstance(value, str) else {"combination": value})

    def read(data: Any) -> Any:
        found = group.read(data) or {}
        return found.get("combination") or found.get("stage")

    return Slot(key, group.field, show, read)


_BUILDERS: Sequence[tuple[Any, Callable[..., Slot]]] = (
    (Reference, _use_slot),
    (ForTracks, _for_tracks),
    (RankingOf, _ranking_of),
    ((Words, Wording), _names_slot),
    (fields.Nested, _group_slot),
    (fields.List, _list_slot),
    (fields.Dict, _pairs_slot),
)
"""By the class of a field, how its slot is built; the first that fits counts."""


def _ids(data: Mapping[str, Any], key: str) -> list[str]:
    return [name for name, _ in _listed(data, key)]


def _listed(data: Mapping[str, Any], key: str, name: str = "name") -> list[tuple[str, str]]:
    """Return the items of a list by id, with what they are called in the page's language."""
    items = data.get(key)
    found = []
    for item in items if isinstance(items, list) else []:
        if isinstance(item, str):
            found.append((item, item))
        elif isinstance(item, Mapping) and isinstance(item.get("id"), str):
            found.append((item["id"], said_in_language(item.get(name)) or item["id"]))
    return found


def said_in_language(value: Any) -> str:
    """Return a text of the document in the page's language: a string, or one of ``{id, en}``."""
    if isinstance(value, Mapping):
        return str(value.get(language()) or next(iter(value.values()), ""))
    return value if isinstance(value, str) else ""
