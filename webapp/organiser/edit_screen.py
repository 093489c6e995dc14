"""One part of a document as a form: what it shows, what the document would say, and what that would break."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, cast

from flask import request
from flask_babel import gettext

from juri.core.editions.diff import Change
from juri.core.editions.editing import Checked, change_parts, new_faults
from juri.core.editions.overlay import same
from juri.core.editions.positions import Steps
from juri.core.editions.writing import write_value
from juri.core.errors import DefinitionError, InputRefused
from juri.webapp.forms import JuriForm
from juri.webapp.organiser.drafts import Draft, touched_lines
from juri.webapp.organiser.edit_faults import Troubles, own_troubles, place_faults, walk_rows
from juri.webapp.organiser.edit_slots import Slot, read_over, show_slots, slot_form

LOOK = "look"
SAVE = "save"


def asked_act() -> str:
    """Return what the button that was pressed asks for.

    A look comes with the button that was clicked last; the browser carried that out already.
    """
    act = request.form.get("act", SAVE)
    return act if act == LOOK else request.form.get("move") or act


@dataclass(frozen=True)
class Place:
    """Which mapping of the document a form edits.

    ``below`` leads to it; ``value`` is what stands there; ``parts`` makes the top-level parts out of a new value.
    ``index`` is its place in a list, and None where it is no item of one.
    """

    below: Steps
    value: Mapping[str, Any]
    keys: tuple[str, ...] = ()
    index: int | None = None

    def parts(self, data: Mapping[str, Any], value: Mapping[str, Any]) -> dict[str, Any]:
        """Return the top-level parts of the document with another value here."""
        if self.index is None:
            return {key: value.get(key) for key in self.keys}
        items = list(data.get(self.keys[0]) or ())
        items[self.index : self.index + 1] = [dict(value)]
        return {self.keys[0]: items}


@dataclass
class Screen:
    """A form over one place of a working copy. ``shown`` is what it shows instead of what was sent, if anything."""

    draft: Draft
    place: Place
    slots: Sequence[Slot]
    troubles: Troubles = field(default_factory=Troubles)
    shown: Mapping[str, Any] | None = None

    @cached_property
    def form(self) -> JuriForm:
        """Return the form, filled from what was sent or else from the document."""
        kind = slot_form(self.slots, JuriForm)
        if self.shown is not None:
            return cast(JuriForm, kind(formdata=None, data=show_slots(self.slots, self.shown)))
        return cast(JuriForm, kind(data=show_slots(self.slots, self.place.value)))

    def act(self) -> str:
        """Carry out what a button of a row asks for; returns what else was asked for: to look, or to save."""
        what, _, target = asked_act().partition(":")
        if not target:
            return what
        name, _, place = target.rpartition("-") if what != "add" else (target, "", "0")
        rows = next((each for each in walk_rows(self.form) if each.name == name), None)
        if rows is not None and place.isdecimal():
            rows.act(what, int(place))
        return "rows"

    def is_fine(self) -> bool:
        """Check what was sent, field by field and then as a whole; what is wrong is noted."""
        if not self.form.validate():
            self.troubles = own_troubles(self.form)
            self.troubles.others += [gettext("The form is too old; load the page again.")] * (
                "csrf_token" in self.form.errors
            )
            return False
        try:
            found = new_faults(self.draft.document, self.text, self.place.below)
        except InputRefused as refused:
            self.troubles.others += [problem.message for problem in refused.problems]
            return False
        self.troubles = place_faults(self.form, found)
        return not self.troubles

    @property
    def value(self) -> dict[str, Any]:
        """Return what the form says."""
        return read_over(self.slots, self.form.data, self.place.value)

    @cached_property
    def text(self) -> str:
        """Return what the document would say.

        Raises:
            InputRefused: it cannot be written.
            DefinitionError: a piece of the form is no YAML.

        """
        document = self.draft.document
        parts = self.place.parts(document.data, self.value)
        changed = {key: value for key, value in parts.items() if not same(value, document.data.get(key))}
        return change_parts(document, changed) if changed else document.text

    def typed_over(self, before: Mapping[str, Any]) -> dict[str, Any]:
        """Return what stands in the document now, with what was typed by somebody who saw it as it was before."""
        typed = read_over(self.slots, self.form.data, before)
        now = dict(self.place.value)
        for key in {slot.key for slot in self.slots}:
            if not same(typed.get(key), before.get(key)):
                now[key] = typed.get(key)
        return {key: value for key, value in now.items() if value is not None}

    def beside(self) -> Beside:
        """Return what stands beside the form: the text with the change in it, and what the change does."""
        if request.method == "GET":
            return Beside.of(self.draft, self.draft.copy.text, self.place)
        try:
            return Beside.of(self.draft, self.text, self.place)
        except (InputRefused, DefinitionError):
            return Beside.of(self.draft, self.draft.copy.text, self.place)


@dataclass(frozen=True)
class Beside:
    """The document beside a form: the lines of the part, the lines that a change touches, faults and differences.

    ``inherited`` is what holds where the document itself says nothing of the part.
    """

    lines: tuple[tuple[int, str], ...]
    inherited: str
    touched: tuple[tuple[str, str], ...]
    checked: Checked
    changes: tuple[Change, ...]
    others: int

    @classmethod
    def of(cls, draft: Draft, text: str, place: Place) -> Beside:
        """Work out what stands beside a form."""
        checked = draft.check(text)
        changes = draft.changes(checked)
        own = tuple(change for change in changes if change.path.split(".", maxsplit=1)[0] in place.keys)
        lines = part_lines(text, place.keys)
        return cls(
            lines=lines,
            inherited="" if lines or not place.value else write_value(place.value),
            touched=touched_lines(draft.copy.text, text),
            checked=checked,
            changes=own,
            others=len(changes) - len(own),
        )


def part_lines(text: str, keys: Sequence[str]) -> tuple[tuple[int, str], ...]:
    """Return the lines of a text in which some of its top-level parts stand, numbered from 1."""
    found: list[tuple[int, str]] = []
    inside = False
    for number, line in enumerate(text.splitlines(), 1):
        if line[:1].strip() and not line.startswith("#"):
            inside = line.partition(":")[0].strip("\"'") in keys
        if inside:
            found.append((number, line))
    while found and not found[-1][1].strip():
        found.pop()
    return tuple(found)
