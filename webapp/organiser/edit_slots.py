"""Slots: one value of an edition document each, as a field of a form and back.

What a value must be is decided by the loader alone. A slot carries what was typed there: a number that is none stays a
text, and the loader says what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, Form, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.fields.core import UnboundField

from juri.core.editions.overlay import same
from juri.webapp.organiser.edit_fields import LONE, Choice, Group, Names, Rows, Snippet, Ticks, field_of
from juri.webapp.organiser.edit_values import (
    as_lines,
    as_snippet,
    read_figure,
    read_snippet,
    scalar_of,
    shown_figure,
    typed_text,
)

Options = Sequence[tuple[str, Any]]

NO_CHOICE = "-"
"""What no choice is called in a list of them."""


def as_it_is(value: Any) -> Any:
    """Return a value: the way of what is the same in the document and in the form."""
    return value


@dataclass(frozen=True)
class Slot:
    """One key of a mapping: its field, and the way from the document's value to the field's data and back.

    ``read`` returns None where nothing was typed: then the document says nothing there.
    """

    key: str
    field: UnboundField
    show: Callable[[Any], Any] = as_it_is
    read: Callable[[Any], Any] = as_it_is


def text_slot(key: str, label: Any, *, long: bool = False, **attributes: Any) -> Slot:
    """Return the slot of a text."""
    kind = TextAreaField if long else StringField
    return Slot(key, kind(label, render_kw=attributes), lambda value: str(value or ""), typed_text)


def number_slot(key: str, label: Any, **attributes: Any) -> Slot:
    """Return the slot of a number; what is none stays as it was typed."""
    looks = {"inputmode": "decimal", "autocomplete": "off", **attributes}
    return Slot(key, StringField(label, render_kw=looks), shown_figure, read_figure)


def flag_slot(key: str, label: Any, *, default: bool | None = False) -> Slot:
    """Return the slot of yes or no; where nothing is the default, it is a choice of three."""
    if default is None:
        listed = [("", gettext("not said")), ("yes", gettext("Yes")), ("no", gettext("No"))]
        words = {True: "yes", False: "no"}
        given = {"yes": True, "no": False}
        return Slot(key, _select(label, listed), lambda value: words.get(value, ""), given.get)
    return Slot(
        key,
        BooleanField(label),
        lambda value: default if value is None else bool(value),
        lambda ticked: None if bool(ticked) is default else bool(ticked),
    )


def choice_slot(key: str, label: Any, options: Options, *, empty: Any = None, default: str = "") -> Slot:
    """Return the slot of one of a few names; ``empty`` is what no choice is called (None: there must be one)."""
    listed = [*([("", empty)] if empty is not None else []), *options]
    return Slot(
        key,
        _select(label, listed),
        lambda value: default if value is None else value,
        lambda chosen: None if chosen in ("", default) else chosen,
    )


def ticks_slot(key: str, label: Any, options: Options) -> Slot:
    """Return the slot of several of a few names."""
    return Slot(key, Ticks(label, choices=_choices(options)), lambda value: list(value or ()), lambda got: got or None)


def lines_slot(key: str, label: Any, read: Callable[[str], Any] = as_it_is) -> Slot:
    """Return the slot of a list of texts, one on each line."""

    def split(text: Any) -> list[Any] | None:
        lines = [line.strip() for line in str(text or "").splitlines()]
        return [read(line) for line in lines if line] or None

    return Slot(key, TextAreaField(label, render_kw={"rows": 3}), as_lines, split)


def snippet_slot(key: str, label: Any) -> Slot:
    """Return the slot of any value, as a piece of YAML."""
    looks = {"rows": 4, "class": "code", "spellcheck": "false"}
    return Slot(key, Snippet(label, render_kw=looks), as_snippet, lambda text: read_snippet(text or ""))


def names_slot(key: str, label: Any, *, long: bool = False) -> Slot:
    """Return the slot of a text in both languages; one text alone is for both."""
    inner = [
        text_slot("id", lazy_gettext("Indonesian"), long=long, lang="id"),
        text_slot("en", lazy_gettext("English"), long=long, lang="en"),
    ]

    def show(value: Any) -> dict[str, str]:
        return {"id": str(value), "en": ""} if isinstance(value, str) else dict(value or {})

    def read(data: Any) -> Any:
        found = read_slots(inner, data)
        return found.get("id") if set(found) == {"id"} else found or None

    return Slot(key, Names(slot_form(inner), label), show, read)


def group_slot(key: str, label: Any, inner: Sequence[Slot], kind: type[Group] = Group) -> Slot:
    """Return the slot of a mapping."""
    return Slot(
        key,
        kind(slot_form(inner), label),
        lambda value: show_slots(inner, value if isinstance(value, Mapping) else {}),
        lambda data: read_slots(inner, data) or None,
    )


def rows_slot(key: str, label: Any, inner: Sequence[Slot], *, lone: str = "") -> Slot:
    """Return the slot of a list of mappings.

    Args:
        key: its key.
        label: what it is called.
        inner: the slots of a row.
        lone: the key whose value may stand for the whole item (a category by its id alone).

    """

    def show(value: Any) -> list[Any]:
        items = value if isinstance(value, list) else []
        mappings = (item if isinstance(item, Mapping) else {lone or "id": item} for item in items)
        return [show_slots(inner, item) for item in mappings]

    def read(data: Any) -> list[Any] | None:
        items = [read_slots(inner, row) for row in data or ()]
        return [item[lone] if lone and set(item) == {lone} else item for item in items if item] or None

    return Slot(key, Rows(Group(slot_form(inner)), label, blank=show_slots(inner, {})), show, read)


def pairs_slot(key: str, label: Any, name: Slot, value: Slot) -> Slot:
    """Return the slot of a mapping whose keys the edition chooses itself: a list of pairs of ``key`` and ``value``."""
    inner = [name, value]

    def show(pairs: Any) -> list[Any]:
        found = pairs if isinstance(pairs, Mapping) else {}
        return [show_slots(inner, {name.key: each, value.key: item}) for each, item in found.items()]

    def read(data: Any) -> dict[str, Any] | None:
        rows = [read_slots(inner, row) for row in data or ()]
        return {str(row.get(name.key, "")): row.get(value.key, "") for row in rows if row} or None

    return Slot(key, Rows(Group(slot_form(inner)), label, blank=show_slots(inner, {})), show, read)


def places_slot(key: str, label: Any, inner: Sequence[Slot]) -> Slot:
    """Return the slot of a list of a fixed length, whose items have names: ``[1, 2]`` as lowest and highest.

    The slots are called by their places: ``0``, ``1`` and so on.
    """

    def show(value: Any) -> dict[str, Any]:
        items = value if isinstance(value, list) else []
        return show_slots(inner, {str(place): item for place, item in enumerate(items)})

    def read(data: Any) -> list[Any] | None:
        found = read_slots(inner, data)
        return [found.get(slot.key, "") for slot in inner] if found else None

    return Slot(key, Group(slot_form(inner), label), show, read)


def list_slot(key: str, label: Any, one: Slot) -> Slot:
    """Return the slot of a list of values that one slot shows each; its key is ``LONE``."""

    def show(value: Any) -> list[Any]:
        return [{LONE: one.show(item)} for item in (value if isinstance(value, list) else [])]

    def read(data: Any) -> list[Any] | None:
        found = [one.read((row or {}).get(LONE)) for row in data or ()]
        return [item for item in found if item is not None] or None

    return Slot(key, Rows(Group(slot_form([one])), label, blank={LONE: one.show(None)}), show, read)


def any_slot(key: str, label: Any) -> Slot:
    """Return the slot of an answer, or of several: one on each line."""
    lines = lines_slot(key, label, scalar_of)

    def read(text: Any) -> Any:
        found = lines.read(text)
        return found[0] if found and len(found) == 1 else found

    return Slot(key, lines.field, lambda value: as_lines(value if isinstance(value, list) else [value]), read)


def slot_form(slots: Iterable[Slot], base: type[Form] = Form) -> type[Form]:
    """Build the form of some slots, in their order."""
    fields = [(field_of(slot.key), slot.field) for slot in slots]
    form = type("SlotForm", (base,), dict(fields))
    form._unbound_fields = fields  # type: ignore[attr-defined]  # noqa: SLF001  else they stand as they were made
    return form


def show_slots(slots: Iterable[Slot], value: Mapping[str, Any]) -> dict[str, Any]:
    """Return the data of a form that shows a mapping."""
    return {field_of(slot.key): slot.show(value.get(slot.key)) for slot in slots}


def read_slots(slots: Iterable[Slot], data: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the mapping that a form's data says; keys about which it says nothing are left out."""
    read = ((slot.key, slot.read((data or {}).get(field_of(slot.key)))) for slot in slots)
    return {key: value for key, value in read if value is not None and value != ""}


def read_over(slots: Sequence[Slot], data: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """Return a mapping with what a form says: a key at which nothing was changed stays as it was written.

    ``{rule: human}`` and ``human`` say the same; so does a default that is written out. Keys of no slot stay.
    """
    said = {key: value for key, value in before.items() if key not in {slot.key for slot in slots}}
    for slot in slots:
        value = _kept(slot, data.get(field_of(slot.key)), before.get(slot.key))
        if value is not None and value != "":
            said[slot.key] = value
    return said


def _kept(slot: Slot, typed: Any, before: Any) -> Any:
    value = slot.read(typed)
    if before is None or same(value, slot.read(slot.show(before))):
        return value if before is None else before
    if isinstance(value, list) and isinstance(before, list):
        return [_item_as_it_was(slot, item, before) for item in value]
    return value


def _item_as_it_was(slot: Slot, item: Any, before: list[Any]) -> Any:
    said = [slot.read(slot.show([each])) for each in before]
    return next((old for old, now in zip(before, said, strict=True) if same(now, [item])), item)


def _select(label: Any, options: Options) -> UnboundField:
    return Choice(label, choices=_choices(options), validate_choice=False)


def _choices(options: Options) -> list[SelectChoice]:
    return [SelectChoice(value, label) for value, label in options]
