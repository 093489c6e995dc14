"""What a change would break, told at the fields that it concerns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from wtforms import Form

from juri.core.editions.editing import NewFault
from juri.core.editions.positions import Steps
from juri.core.errors import Fault
from juri.webapp.organiser.edit_fields import Group, Rows, field_of
from juri.webapp.sentences import sentence


@dataclass
class Troubles:
    """Sentences by the id of the field that they stand at, and those that belong to no field."""

    at: dict[str, list[str]] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        """Tell whether there is anything wrong."""
        return bool(self.at or self.others)

    def note(self, found: Any, said: str) -> None:
        """Put a sentence at a field; without one, above the form."""
        if found is None:
            self.others.append(said)
            return
        self.at.setdefault(found.id, []).append(said)
        self.labels[found.id] = "" if found.short_name.isdecimal() else str(found.label.text)


def place_faults(form: Form, faults: Iterable[NewFault], troubles: Troubles | None = None) -> Troubles:
    """Put the faults that a change brings at the fields of its form."""
    told = troubles or Troubles()
    for each in faults:
        told.note(field_at(form, each.steps) if each.steps is not None else None, fault_sentence(each.fault))
    return told


def fault_sentence(fault: Fault) -> str:
    """Say a fault in the language of the page: what is wrong, and what to do instead."""
    said, hint = sentence(fault.problem), sentence(fault.hint)
    return f"{said} ({hint})" if hint else said


def own_troubles(form: Form) -> Troubles:
    """Return what the fields themselves refuse: a piece that is no YAML."""
    told = Troubles()
    for found in walk(form):
        for refusal in found.errors if isinstance(found.errors, (list, tuple)) else ():
            if isinstance(refusal, str):
                told.note(found, refusal)
    return told


def field_at(form: Form, steps: Steps) -> Any:
    """Return the field that shows the value at a place, or the nearest above it; None where there is none."""
    if not steps:
        return None
    found: Any = form._fields.get(field_of(str(steps[0])))
    for step in steps[1:]:
        below = found.below(step) if isinstance(found, (Rows, Group)) else None
        if below is None:
            break
        found = below
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
