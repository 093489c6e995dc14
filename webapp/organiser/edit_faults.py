"""What a change would break, told at the fields that it concerns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from wtforms import Form

from juri.core.editions.editing import NewFault
from juri.core.editions.positions import Steps
from juri.webapp.organiser.edit_slots import Rows, blank_rows, field_of


@dataclass
class Troubles:
    """Sentences by the id of the field that they stand at, and those that belong to no field."""

    at: dict[str, list[str]] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        """Tell whether there is anything wrong."""
        return bool(self.at or self.others)

    def note(self, found: Any, sentence: str) -> None:
        """Put a sentence at a field; without one, above the form."""
        if found is None:
            self.others.append(sentence)
            return
        self.at.setdefault(found.id, []).append(sentence)
        self.labels[found.id] = str(found.label.text) if found.label else ""


def place_faults(form: Form, faults: Iterable[NewFault], troubles: Troubles | None = None) -> Troubles:
    """Put the faults that a change brings at the fields of its form."""
    told = troubles or Troubles()
    for each in faults:
        hint = f" ({each.fault.hint})" if each.fault.hint else ""
        found = field_at(form, each.steps) if each.steps is not None else None
        told.note(found, f"{each.fault.problem}{hint}")
    return told


def own_troubles(form: Form) -> Troubles:
    """Return what the fields themselves refuse: a piece that is no YAML."""
    told = Troubles()
    for found in walk(form):
        for sentence in found.errors if isinstance(found.errors, (list, tuple)) else ():
            if isinstance(sentence, str):
                told.note(found, sentence)
    return told


def field_at(form: Form, steps: Steps) -> Any:
    """Return the field that shows the value at a place, or the nearest above it; None where there is none."""
    found: Any = None
    at: Any = form
    for step in steps:
        at = _below(at, step)
        if at is None:
            break
        found = at
    return found


def walk(form: Form) -> Iterable[Any]:
    """Walk the fields that hold a value, in reading order."""
    for each in form:
        if isinstance(each, Rows):
            for row in each.entries:
                yield from walk(row.form)
        elif hasattr(each, "form"):
            yield from walk(each.form)
        else:
            yield each


def walk_rows(form: Form) -> Iterable[Rows]:
    """Walk the lists of rows of a form, those inside rows and groups too."""
    for each in form:
        if isinstance(each, Rows):
            yield each
            for row in each.entries:
                yield from walk_rows(row.form)
        elif hasattr(each, "form"):
            yield from walk_rows(each.form)


def _below(at: Any, step: str | int) -> Any:
    if isinstance(at, Rows):
        blank = list(blank_rows([_data(row) for row in at.entries]))
        shown = [row for row, is_blank in zip(at.entries, blank, strict=True) if not is_blank]
        if isinstance(step, int):
            return shown[step] if step < len(shown) else None
        return next((row for row in shown if _data(row).get("key") == step), None)
    form = at if isinstance(at, Form) else getattr(at, "form", None)
    if form is None or not isinstance(step, str):
        return None
    name = field_of(step)
    return form._fields.get(name)


def _data(row: Any) -> Mapping[str, Any]:
    data: Mapping[str, Any] = row.data
    return data
