"""The fields of the editing forms: rows that are dragged, groups, choices that keep what is not offered, YAML."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from flask_babel import gettext
from wtforms import FieldList, Form, FormField, SelectField, SelectMultipleField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.fields.core import UnboundField
from wtforms.validators import ValidationError as FieldRefused
from wtforms.widgets import CheckboxInput, ListWidget

from juri.core.errors import DefinitionError
from juri.webapp.organiser.edit_values import is_blank, read_snippet

MOST_ROWS = 200

LONE = "value"
"""The key of the only slot of a group that stands for the value itself, not for a mapping."""


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


def field_of(key: str) -> str:
    """Return what the field of a key is called: a form has attributes of its own, such as ``data`` and ``errors``."""
    return f"f_{key}" if hasattr(Form, key) or key.startswith("_") else key
