"""Slots: one value of an edition document each, as a field of a form and back.

What a value must be is decided by the loader alone. A slot carries what was typed there: a number that is none stays a
text, and the loader says what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from flask_babel import gettext, lazy_gettext
from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.fields.core import UnboundField
from wtforms.validators import ValidationError as FieldRefused
from wtforms.widgets import CheckboxInput, ListWidget

from juri.core.editions.overlay import same
from juri.core.editions.positions import read_tree
from juri.core.editions.writing import write_value
from juri.core.errors import DefinitionError
from juri.core.scoring.number import read_number
from juri.core.scoring.rubric import decimal_as_text
from juri.webapp.language import language

Options = Sequence[tuple[str, Any]]
MOST_ROWS = 200
NO_CHOICE = "-"
"""What no choice is called in a list of them."""

LONE = "value"
"""The key of the only slot of a group that stands for the value itself, not for a mapping."""


def _as_it_is(value: Any) -> Any:
    return value


@dataclass(frozen=True)
class Slot:
    """One key of a mapping: its field, and the way from the document's value to the field's data and back.

    ``read`` returns None where nothing was typed: then the document says nothing there.
    """

    key: str
    field: UnboundField
    show: Callable[[Any], Any] = _as_it_is
    read: Callable[[Any], Any] = _as_it_is


class Needed:
    """Marks a field as one that must be filled in; that it is, the loader says."""

    field_flags: ClassVar[dict[str, bool]] = {"required": True}

    def __call__(self, form: Any, field: Any) -> None:
        """Accept everything."""


class Rows(FieldList):  # type: ignore[misc]  # the library has no types
    """A list of sub-forms in the order in which the browser sends them: rows are dragged, their names stay."""

    def __init__(
        self, field: UnboundField, label: Any = "", *, blank: Mapping[str, Any] | None = None, **more: Any
    ) -> None:
        super().__init__(field, label, max_entries=MOST_ROWS, **more)
        self.blank = dict(blank or {})
        self.fresh = ""
        self.is_shorter = False

    def act(self, what: str, place: int) -> None:
        """Add a row, take one out, or move one up or down; ``fresh`` and ``is_shorter`` tell where the focus goes."""
        if what == "add" and len(self.entries) < MOST_ROWS:
            self.fresh = self.append_entry(self.blank).id
        elif what == "remove" and place < len(self.entries):
            del self.entries[place]
            self._compact_indices()
            self.is_shorter = True
        elif what in ("up", "down"):
            other = place + (-1 if what == "up" else 1)
            if 0 <= other < len(self.entries) and place < len(self.entries):
                self.entries[place], self.entries[other] = self.entries[other], self.entries[place]
                self._compact_indices()

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Read the rows that were sent, or else those of the document."""
        if not formdata:
            super().process(None, data or (), extra_filters)
            return
        self.last_index = -1
        self.entries: list[Any] = []
        self.object_data = data or ()
        for index in dict.fromkeys(self._extract_indices(self.name, formdata)):
            if len(self.entries) < MOST_ROWS:
                self._add_entry(formdata, index=index)
        self._compact_indices()

    def below(self, step: str | int) -> Any:
        """Return the row of an item by its place or, in a list of pairs, by its key; None where there is none."""
        shown = [row for row in self.entries if not is_blank(row.data)]
        if isinstance(step, int):
            return shown[step] if step < len(shown) else None
        return next((row for row in shown if row.data.get("key") == step), None)


class Choice(SelectField):  # type: ignore[misc]  # the library has no types
    """One of a few names. A name that is not offered any more stays, so that the loader can say what is wrong."""

    def process(self, formdata: Any, *more: Any, **options: Any) -> None:
        """Take over what was chosen."""
        super().process(formdata, *more, **options)
        offered: list[SelectChoice] = self.choices
        if self.data and self.data not in [choice.value for choice in offered]:
            self.choices: Any = [*offered, SelectChoice(self.data, self.data)]


class Ticks(SelectMultipleField):  # type: ignore[misc]  # the library has no types
    """Several of a few choices, as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def pre_validate(self, form: Any) -> None:
        """Leave it to the loader to know the choices."""


class Snippet(TextAreaField):  # type: ignore[misc]  # the library has no types
    """A piece of YAML, for values that no other field can show."""

    def pre_validate(self, form: Any) -> None:
        """Refuse what is no YAML, with line and column inside the piece."""
        try:
            read_snippet(self.data or "")
        except DefinitionError as error:
            fault = error.faults[0]
            place = gettext("line %(line)s, column %(column)s", line=fault.where.line, column=fault.where.column)
            raise FieldRefused(f"{place}: {fault.problem}") from None


class Group(FormField):  # type: ignore[misc]  # the library has no types
    """A mapping inside a form; ``is_needed`` marks it as one that must be filled in."""

    def __init__(self, form: type[Form], label: Any = None, *, is_needed: bool = False, **more: Any) -> None:
        super().__init__(form, label, **more)
        self.flags.required = is_needed

    def below(self, step: str | int) -> Any:
        """Return the field of a key; where one field stands for the whole, what is below that one; else None."""
        inner = self.form._fields  # a form has no get of its own
        name = field_of(str(step))
        if name in inner or len(inner) > 1 or LONE not in inner:
            return inner.get(name)
        lone = inner[LONE]
        below = lone.below(step) if isinstance(lone, (Rows, Group)) else None
        return lone if below is None else below


class Names(Group):
    """A text in both languages."""


def read_snippet(text: str) -> Any:
    """Return the plain value of a piece of YAML; None where it is empty.

    Raises:
        DefinitionError: it is no YAML; line and column count from the beginning of the piece.

    """
    if not text.strip():
        return None
    return read_tree(text, gettext("this field")).plain()


def text_slot(key: str, label: Any, *, long: bool = False, **attributes: Any) -> Slot:
    """Return the slot of a text."""
    kind = TextAreaField if long else StringField
    return Slot(key, kind(label, render_kw=attributes), lambda value: str(value or ""), _typed)


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


def lines_slot(key: str, label: Any, read: Callable[[str], Any] = _as_it_is) -> Slot:
    """Return the slot of a list of texts, one on each line."""

    def split(text: Any) -> list[Any] | None:
        lines = [line.strip() for line in str(text or "").splitlines()]
        return [read(line) for line in lines if line] or None

    return Slot(key, TextAreaField(label, render_kw={"rows": 3}), _lines, split)


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
    lines = lines_slot(key, label, _scalar)

    def read(text: Any) -> Any:
        found = lines.read(text)
        return found[0] if found and len(found) == 1 else found

    return Slot(key, lines.field, lambda value: _lines(value if isinstance(value, list) else [value]), read)


def slot_form(slots: Iterable[Slot], base: type[Form] = Form) -> type[Form]:
    """Build the form of some slots, in their order."""
    fields = [(field_of(slot.key), slot.field) for slot in slots]
    form = type("SlotForm", (base,), dict(fields))
    form._unbound_fields = fields  # type: ignore[attr-defined]  # noqa: SLF001  else they stand as they were made
    return form


def field_of(key: str) -> str:
    """Return what the field of a key is called: a form has attributes of its own, such as ``data`` and ``errors``."""
    return f"f_{key}" if hasattr(Form, key) or key.startswith("_") else key


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


def shown_figure(value: Any) -> str:
    """Write a number as it is typed in the page's language; any other value as it is."""
    if value is None or isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        return "" if value is None else str(value)
    text = decimal_as_text(Decimal(value))
    return text.replace(".", ",") if language() == "id" else text


def read_figure(text: Any) -> Any:
    """Return the number that was typed: a whole one as int, any other as Decimal, what is none as the text."""
    typed = str(text or "").strip()
    try:
        number = read_number(typed)
    except ValueError:
        return typed or None
    return int(number) if number == number.to_integral_value() and abs(number) < 10**15 else number


def is_blank(value: Any) -> bool:
    """Tell whether nothing was typed in a row, or in a field of it; what is ticked by default says nothing."""
    if isinstance(value, Mapping):
        return all(map(is_blank, value.values()))
    if isinstance(value, list):
        return all(map(is_blank, value))
    return not value or value is True


def _typed(text: Any) -> str | None:
    return str(text or "").replace("\r\n", "\n").strip() or None


def _lines(items: Any) -> str:
    return "\n".join("" if item is None else str(item) for item in items or ())


def _scalar(line: str) -> Any:
    """Return what a line says as YAML: a number, yes or no; else the line itself."""
    try:
        value = read_snippet(line)
    except DefinitionError:
        return line
    return line if value is None or isinstance(value, (dict, list)) else value


def as_snippet(value: Any) -> str:
    """Write a value as a piece of YAML; nothing where there is none."""
    return "" if value is None else write_value(value)


def _select(label: Any, options: Options) -> UnboundField:
    return Choice(label, choices=_choices(options), validate_choice=False)


def _choices(options: Options) -> list[SelectChoice]:
    return [SelectChoice(value, label) for value, label in options]
