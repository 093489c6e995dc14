"""From the marshmallow schema of a part, a stage kind or a rubric kind to the slots of its form."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from flask_babel import gettext, lazy_gettext
from marshmallow import Schema, fields, validate

from juri.core.editions.schema import Exact as DocumentExact
from juri.core.editions.schema import Id, Ids, Words
from juri.core.registry import Registry
from juri.plugins.options import (
    CombinationOptions,
    Exact,
    ForTracks,
    RankingOf,
    Reference,
    RoundingOptions,
    RoundingStep,
    Whole,
    Wording,
)
from juri.webapp.language import language
from juri.webapp.organiser.edit_chosen import (
    by_track_slot,
    missing_slot,
    moment_slot,
    named_or_own_slot,
    tie_slot,
    use_slot,
)
from juri.webapp.organiser.edit_fields import LONE, Group, Needed, Snippet
from juri.webapp.organiser.edit_slots import (
    NO_CHOICE,
    Options,
    Slot,
    any_slot,
    choice_slot,
    flag_slot,
    group_slot,
    lines_slot,
    list_slot,
    names_slot,
    number_slot,
    pairs_slot,
    places_slot,
    rows_slot,
    snippet_slot,
    text_slot,
    ticks_slot,
)
from juri.webapp.organiser.edit_values import read_figure
from juri.webapp.organiser.edit_words import label_of, rule_word, value_word

_NAMED: Mapping[str, str] = {
    "panel": "panel", "rubric": "rubric", "track": "track", "of": "stage", "until": "calendar", "fact": "fact",
    "title_fact": "fact",
}  # fmt: skip
"""Keys that name something which the document defines."""

_LISTED: Mapping[str, str] = {"only_in": "category"}
"""Lists of names whose key does not say of what."""

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
            "category": _listed(data, "categories"),
            "stage": [each for each in _listed(data, "stages") if each[0] in earlier],
            "rubric": [(name, name) for name in rubrics] if isinstance(rubrics, Mapping) else [],
            "calendar": [(name, name) for name in calendar] if isinstance(calendar, Mapping) else [],
            "fact": _listed(data, "form", "label"),
            "criterion": _criteria(rubrics),
        }
        zone = data.get("time_zone")
        return cls(registry, zone if isinstance(zone, str) else "Asia/Jakarta", named)

    @classmethod
    def bare(cls) -> Surroundings:
        """Return the surroundings of a part that names nothing."""
        return cls(Registry(), "Asia/Jakarta")

    def rules(self, family: str) -> Options:
        """Return the names that the plugins add to a family, with what they are called."""
        return [(name, rule_word(self.registry.get(family, name))) for name in self.registry.names(family)]

    def use(self, key: str, family: str, *, by: str = "rule", simple: bool = False) -> Slot:
        """Return the slot of a rule of a family; a ``simple`` one is not made of other rules."""
        schemas = {name: self.registry.get(family, name).options for name in self.registry.names(family)}
        made = {name: schema() for name, schema in schemas.items() if schema}
        nested = {name for name, schema in made.items() if "rules" in schema.fields} if simple else frozenset()
        further = {name: schema_slots(schema, self, within=name) for name, schema in made.items() if name not in nested}
        names = [(name, title) for name, title in self.rules(family) if name not in nested]
        return use_slot(key, label_of(key) if key != LONE else gettext("Rule"), names, further, by=by)

    def uses(self, key: str, family: str, *, simple: bool = False) -> Slot:
        """Return the slot of a list of rules of a family."""
        return list_slot(key, label_of(key), self.use(LONE, family, simple=simple))


def schema_slots(
    schema: Schema,
    around: Surroundings,
    *,
    leave_out: Sequence[str] = (),
    overrides: Mapping[str, Slot] | None = None,
    within: str = "",
) -> list[Slot]:
    """Return the slots of a schema, one for each key; what no field can show is a piece of YAML.

    Args:
        schema: the schema, as the loader reads the part with.
        around: what may be named.
        leave_out: keys that are not shown.
        overrides: slots of our own for some keys.
        within: the rule whose options these are: its keys may be called otherwise.

    """
    own = overrides or {}
    found = []
    for name, one in schema.fields.items():
        key = one.data_key or name
        if key not in leave_out:
            slot = own.get(key) or slot_of(key, one, around, within)
            found.append(needed(slot) if one.required else slot)
    return found


def needed(slot: Slot) -> Slot:
    """Return a slot whose field is shown as one that must be filled in."""
    is_group = issubclass(slot.field.field_class, Group)
    slot.field.kwargs.update({"is_needed": True} if is_group else {"validators": [Needed()]})
    return slot


def slot_of(key: str, one: fields.Field[Any], around: Surroundings, within: str = "") -> Slot:
    """Return the slot of one field of a schema."""
    build = next((build for kinds, build in _BUILDERS if isinstance(one, kinds)), _single_slot)
    return build(key, one, around, label_of(key, within))


def _use_slot(key: str, one: Reference, around: Surroundings, _label: Any) -> Slot:
    return around.use(key, one.metadata["family"], by=one.key)


def _names_slot(key: str, _one: fields.Field[Any], _around: Surroundings, label: Any) -> Slot:
    return names_slot(key, label, long=key in ("text", "description"))


def _group_slot(key: str, one: fields.Nested, around: Surroundings, label: Any) -> Slot:
    return group_slot(key, label, schema_slots(one.schema, around))


def _pairs_slot(key: str, one: fields.Dict, around: Surroundings, label: Any) -> Slot:
    if key == "when":
        return pairs_slot(
            key, label, _named("key", gettext("Question"), around, "fact"), any_slot("value", gettext("Answer"))
        )
    value = _value_slot(key, one.value_field, around)
    if value is None:
        return snippet_slot(key, label)
    is_counted = isinstance(one.key_field, _NUMBERS)
    called = _KEY_WORDS.get(key) or (lazy_gettext("Number") if is_counted else lazy_gettext("Name"))
    name = number_slot("key", called, size=4) if is_counted else text_slot("key", called)
    return pairs_slot(key, label, name, value)


def _value_slot(key: str, one: fields.Field[Any] | None, around: Surroundings) -> Slot | None:
    """Return the slot of the values of a mapping; None where only YAML can show them."""
    if isinstance(one, _NUMBERS):
        return number_slot("value", lazy_gettext("Number"), size=6)
    length = _length_of(one)
    if isinstance(one, fields.List) and isinstance(one.inner, _NUMBERS) and length:
        words = _PLACE_WORDS.get(key, ())
        return places_slot("value", lazy_gettext("Numbers"), [
            number_slot(str(place), words[place] if place < len(words) else str(place + 1), size=4)
            for place in range(length)
        ])  # fmt: skip
    if one is None or type(one) is fields.Field:
        return None
    found = slot_of("value", one, around)
    return None if found.field.field_class is Snippet else found


def _length_of(one: fields.Field[Any] | None) -> int:
    """Return how many items a list must have; 0 where that is left open."""
    lengths = (check.equal for check in (one.validators if one else ()) if isinstance(check, validate.Length))
    return next((length for length in lengths if length), 0)


_KEY_WORDS: Mapping[str, Any] = {
    "per_n": lazy_gettext("Sheets of an entry"),
    "places": lazy_gettext("Group"),
    "weights": lazy_gettext("Juror"),
}
"""What the keys of a mapping are called, by the key of the mapping."""

_PLACE_WORDS: Mapping[str, Sequence[Any]] = {"per_n": (lazy_gettext("Lowest dropped"), lazy_gettext("Highest dropped"))}
"""What the items of a list of fixed length are called."""


def choices_of(one: fields.Field[Any]) -> list[str]:
    """Return the words that a field takes; none where it takes any."""
    found = next((check for check in one.validators if isinstance(check, validate.OneOf)), None)
    return [str(choice) for choice in found.choices] if found else []


def _single_slot(key: str, one: fields.Field[Any], around: Surroundings, label: Any) -> Slot:
    choices = choices_of(one)
    if isinstance(one, fields.Boolean):
        default = one.load_default if one.load_default in (True, False) else None
        return flag_slot(key, label, default=default)
    if choices:
        return _choice(key, one, choices, label)
    if isinstance(one, _NUMBERS):
        return number_slot(key, label)
    if isinstance(one, fields.String):
        return _text(key, one, around, label)
    return any_slot(key, label) if key == "value" else snippet_slot(key, label)


def _choice(key: str, one: fields.Field[Any], choices: list[str], label: Any) -> Slot:
    default = one.load_default if isinstance(one.load_default, str) else ""
    listed = [(choice, value_word(key, choice)) for choice in choices]
    return choice_slot(key, label, listed, empty=None if default else NO_CHOICE, default=default)


def _text(key: str, one: fields.Field[Any], around: Surroundings, label: Any) -> Slot:
    if key == "missing":
        return missing_slot(key, label)
    if key in _NAMED and not isinstance(one, Id):
        return _named(key, label, around, _NAMED[key], str(one.load_default or "") if one.load_default else "")
    if key in ("opens", "closes"):
        return moment_slot(key, label, around.zone, around.named.get("calendar", []))
    return text_slot(key, label, long=key in ("description", "note"))


def _named(key: str, label: Any, around: Surroundings, kind: str, default: Any = "") -> Slot:
    empty = default if isinstance(default, str) and default else NO_CHOICE
    return choice_slot(key, label, around.named.get(kind, []), empty=empty)


def _list_slot(key: str, one: fields.List[Any], around: Surroundings, label: Any) -> Slot:
    inner = one.inner
    row: Schema | None = inner.schema if isinstance(inner, fields.Nested) else None
    if row and row.fields.keys() == {"rule"}:
        return around.uses(key, "eligibility_rules", simple=True)
    if row or isinstance(inner, RoundingStep):
        return rows_slot(key, label, schema_slots(row or RoundingOptions(), around))
    if key == "ties":
        return list_slot(key, label, _tie(around))
    offered = _offered(key, one, around)
    if offered is not None:
        return ticks_slot(key, label, offered)
    return _lines(key, inner, label)


def _offered(key: str, one: fields.List[Any], around: Surroundings) -> Options | None:
    """Return the few names that a list can have; None where it can have any."""
    if isinstance(one, Ids):
        return around.named.get(_LISTED.get(key) or key.removesuffix("s"))
    return [(choice, value_word(key, choice)) for choice in choices_of(one.inner)] or None


def _lines(key: str, inner: Any, label: Any) -> Slot:
    if isinstance(inner, (fields.String, *_NUMBERS)):
        return lines_slot(key, label, str if isinstance(inner, fields.String) else read_figure)
    return snippet_slot(key, label)


def _tie(around: Surroundings) -> Slot:
    names = around.rules("tie_breakers")
    arguments = {
        name: around.named.get(name, []) for name, _ in names if around.registry.get("tie_breakers", name).argument
    }
    return tie_slot(LONE, gettext("Rule"), names, arguments)


def _for_tracks(key: str, one: ForTracks, around: Surroundings, label: Any) -> Slot:
    """One value for all tracks, or one for each of them; where there is only one, it is all."""
    tracks = around.named.get("track", [])
    single = slot_of(key, one.value, around)
    if len(tracks) < 2:  # noqa: PLR2004  one track is all tracks
        return single
    each = [replace(single, key=track, field=_relabelled(single.field, name)) for track, name in tracks]
    return by_track_slot(key, label, replace(single, key=LONE), each, one.is_single)


def _relabelled(unbound: Any, label: Any) -> Any:
    """Return the same field under another label."""
    is_group = bool(unbound.args) and isinstance(unbound.args[0], type)
    args = (*unbound.args[:1], label) if is_group else (label, *unbound.args[1:])
    return type(unbound)(unbound.field_class, *args, **unbound.kwargs)


def _ranking_of(key: str, _one: RankingOf, around: Surroundings, label: Any) -> Slot:
    """A stage, or a combination of stages."""
    stages = around.named.get("stage", [])
    own = {
        "stages": pairs_slot(
            "stages", gettext("Stages"), choice_slot("key", gettext("Stage"), stages, empty=NO_CHOICE),
            number_slot("value", gettext("Weight")),
        ),
        "ties": lines_slot("ties", gettext("Stages whose rank sets equals apart, one on each line")),
    }  # fmt: skip
    combination = schema_slots(CombinationOptions(), around, overrides=own)
    return named_or_own_slot(key, label, stages, combination, gettext("several stages together"))


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


def _criteria(rubrics: Any) -> list[tuple[str, str]]:
    """Return every criterion of the rubrics once, those inside others too."""
    waiting = [each for each in rubrics.values() if isinstance(each, Mapping)] if isinstance(rubrics, Mapping) else []
    found: dict[str, str] = {}
    while waiting:
        listed = _listed(waiting[0], "criteria")
        found |= {name: title for name, title in listed if name not in found}
        items = waiting.pop(0).get("criteria")
        waiting += [each for each in (items if isinstance(items, list) else []) if isinstance(each, Mapping)]
    return list(found.items())


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


def said_name(item: Any) -> str:
    """Return what an item of the document is called; nothing where it has no name."""
    named = (item.get(key) for key in ("name", "label", "title", "text")) if isinstance(item, Mapping) else ()
    return next((said for said in map(said_in_language, named) if said), "")


def said_in_language(value: Any) -> str:
    """Return a text of the document in the page's language: a string, or one of ``{id, en}``."""
    if isinstance(value, Mapping):
        return str(value.get(language()) or next(iter(value.values()), ""))
    return value if isinstance(value, str) else ""
