"""A rubric as a form: its criteria as rows, its scale, its levels, its bonuses, and the keys of its kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, HiddenField, StringField

from juri.core.editions.rubric_schema import BonusSchema, CriterionSchema
from juri.core.extension import RubricKind
from juri.webapp.organiser.edit_fields import Group, Rows
from juri.webapp.organiser.edit_schema import Surroundings, schema_slots
from juri.webapp.organiser.edit_slots import (
    Slot,
    choice_slot,
    flag_slot,
    lines_slot,
    number_slot,
    read_over,
    read_slots,
    rows_slot,
    show_slots,
    slot_form,
    text_slot,
)
from juri.webapp.organiser.edit_values import read_figure, shown_figure
from juri.webapp.organiser.edit_words import label_of
from juri.webapp.organiser.rubric_tree import read_depth, rows_of, tree_of
from juri.webapp.organiser.rubric_words import Looks, looks_of

RANGE, LEVELS, CHOICES = "range", "levels", "choices"
OPTIONAL, REQUIRED = "optional", "required"
_SCALE_KEYS = {RANGE: ("min", "max", "step"), LEVELS: ("levels",), CHOICES: ("choices",)}
_COMMON = ("kind", "name", "scale", "criteria", "overall", "bonuses")


@dataclass(frozen=True)
class RubricSlots:
    """The slots of a rubric of one kind: of itself, and of each of its criteria."""

    kind: RubricKind
    own: tuple[Slot, ...]
    criterion: tuple[Slot, ...]

    @classmethod
    def of(cls, kind: RubricKind, around: Surroundings) -> RubricSlots:
        """Return the slots for a rubric kind: what every rubric has, and what only this kind knows."""
        options = schema_slots(kind.options(), around) if kind.options else []
        bonus = schema_slots(BonusSchema(), around, overrides={"equals": text_slot("equals", gettext("equals"))})
        own = (
            text_slot("name", lazy_gettext("Name of the rubric")),
            scale_slot("scale", lazy_gettext("Scale of all aspects"), empty=lazy_gettext("none of its own")),
            *options,
            overall_slot(),
            rows_slot("bonuses", lazy_gettext("Bonuses"), bonus),
        )
        return cls(kind, own, tuple(_criterion_slots(kind, around)))

    @property
    def looks(self) -> Looks:
        """Return how the rows are shown."""
        return looks_of(self.kind.name)

    @property
    def option_keys(self) -> tuple[str, ...]:
        """Return the keys that only this kind knows."""
        return tuple(slot.key for slot in self.own if slot.key not in _COMMON)

    @property
    def criterion_option_keys(self) -> tuple[str, ...]:
        """Return the keys of a criterion that only this kind knows."""
        common = CriterionSchema().fields
        return tuple(slot.key for slot in self.criterion if slot.key not in common and slot.key != "depth")

    def wants_hundred(self, value: Mapping[str, Any]) -> bool:
        """Tell whether the weights must sum to 100: the kind has percent weights, and the rubric says nothing else."""
        field = self.kind.options().fields.get("weights") if self.kind.options else None
        is_percent = field is not None and value.get("weights", field.load_default) == "percent"
        return is_percent and value.get("inner", "weighted") == "weighted"

    @property
    def criteria(self) -> Slot:
        """Return the slot of the criteria as rows, each with its depth."""
        blank = show_slots(self.criterion, {})
        field = Rows(Group(slot_form(self.criterion)), lazy_gettext("Aspects"), blank=blank)
        return Slot("criteria", field, lambda value: [show_slots(self.criterion, row) for row in rows_of(value)])

    def rows(self, data: Sequence[Mapping[str, Any]], before: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Return what the rows of a form say, one mapping each; what was not changed stays as it was written."""
        old = {row["id"]: row for row in rows_of(before.get("criteria")) if isinstance(row.get("id"), str)}
        read = ((row, old.get(str(row.get("id") or "").strip(), {})) for row in data)
        return [_in_order(read_over(self.criterion, row, as_written), as_written) for row, as_written in read]

    def read(self, data: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
        """Return the rubric that a form says; keys and defaults stay as they were written where nothing was changed."""
        known = before if before.get("kind", self.kind.name) == self.kind.name else {}
        rest = {key: value for key, value in known.items() if key not in ("kind", "criteria")}
        said = {"kind": self.kind.name, **read_over(self.own, data, rest)}
        return _in_order({**said, "criteria": tree_of(self.rows(data["criteria"], known))}, known)

    def show(self, value: Mapping[str, Any]) -> dict[str, Any]:
        """Return the data of a form that shows a rubric."""
        return show_slots((*self.own, self.criteria), value)

    def passed_over(self, value: Mapping[str, Any]) -> list[str]:
        """Return the keys of a rubric that its kind does not know, such as those of the kind that it had before."""
        own = {*_COMMON, *self.option_keys}
        below = {"id", "children", *(slot.key for slot in self.criterion)}
        keys = [*value, *(key for row in rows_of(value.get("criteria")) for key in row if key not in below)]
        return list(dict.fromkeys(key for key in keys if key not in own))


def _in_order(said: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """Return a mapping with its keys in the order in which they were written before."""
    return {key: said[key] for key in (*(each for each in before if each in said), *said)}


def _criterion_slots(kind: RubricKind, around: Surroundings) -> list[Slot]:
    looks = looks_of(kind.name)
    overrides = {
        "id": text_slot("id", label_of("id"), maxlength=64, spellcheck="false"),
        "name": text_slot("name", lazy_gettext("Aspect"), maxlength=300),
        "description": text_slot("description", lazy_gettext("What jurors are to look at"), long=True, rows=2),
        "weight": weight_slot(looks),
        "counts": informs_slot(),
        "scale": scale_slot("scale", lazy_gettext("Scale of this aspect"), empty=lazy_gettext("as the whole rubric")),
    }
    common = schema_slots(CriterionSchema(), around, leave_out=["children"], overrides=overrides)
    options = schema_slots(kind.criterion_options(), around) if kind.criterion_options else []
    known = {slot.key for slot in common}
    depth = Slot("depth", HiddenField(), lambda value: str(value or 0), read_depth)
    return [*common, *(slot for slot in options if slot.key not in known), depth]


class Weight(Group):
    """A weight: a number, whose sum with those beside it is shown."""


def weight_slot(looks: Looks) -> Slot:
    """Return the slot of a weight."""
    typed = {"inputmode": "decimal", "autocomplete": "off", "size": 5}
    parts = [Slot("number", StringField(looks.weight, render_kw=typed))]

    def show(value: Any) -> dict[str, Any]:
        return {"number": shown_figure(value)}

    def read(data: Any) -> Any:
        return read_figure((data or {}).get("number"))

    return Slot("weight", Weight(slot_form(parts), looks.weight), show, read)


def informs_slot() -> Slot:
    """Return the slot of ``counts``, shown the other way round: a tick for what is asked for information only."""
    label = lazy_gettext("Information only, counts nothing")
    return Slot("counts", BooleanField(label), lambda value: value is False, lambda ticked: False if ticked else None)


def overall_slot() -> Slot:
    """Return the slot of the overall comment: none, one that may be written, or one that must be."""
    ways = [(OPTIONAL, gettext("may be written")), (REQUIRED, gettext("must be written"))]
    parts = [
        text_slot("name", gettext("What it is called"), maxlength=300),
        number_slot("min_words", gettext("Words at least"), size=4),
        flag_slot("visible", label_of("visible"), default=True),
    ]
    inner = [choice_slot("how", lazy_gettext("One comment for the whole sheet"), ways, empty=gettext("none")), *parts]

    def show(value: Any) -> dict[str, Any]:
        given = value if isinstance(value, Mapping) else {}
        how = "" if value is None else REQUIRED if given.get("required") is True else OPTIONAL
        return show_slots(inner, {**given, "how": how})

    def read(data: Any) -> dict[str, Any] | None:
        found = read_slots(inner, data)
        how = found.pop("how", "")
        return {**({"required": True} if how == REQUIRED else {}), **found} if how else None

    return Slot("overall", Group(slot_form(inner), lazy_gettext("Overall comment")), show, read)


def scale_slot(key: str, label: Any, *, empty: Any) -> Slot:
    """Return the slot of a scale: a range, levels with descriptors, or words; ``empty`` is what none is called."""
    ways = [(RANGE, gettext("a range of numbers")), (LEVELS, gettext("described levels")), (CHOICES, gettext("words"))]
    level = [
        number_slot("value", gettext("Value"), size=4),
        text_slot("label", gettext("Name")),
        text_slot("descriptor", gettext("What it means"), long=True, rows=1),
    ]
    numbers = [number_slot(each, label_of(each), size=5) for each in _SCALE_KEYS[RANGE]]
    levels = rows_slot("levels", lazy_gettext("Levels"), level, lone="value")
    words = lines_slot("choices", lazy_gettext("Words, one on each line"))
    inner = [choice_slot("how", lazy_gettext("Values"), ways, empty=empty), *numbers, levels, words]

    def show(value: Any) -> dict[str, Any]:
        given = value if isinstance(value, Mapping) else {}
        how = LEVELS if LEVELS in given else CHOICES if CHOICES in given else RANGE if given else ""
        return show_slots(inner, {**given, "how": how})

    def read(data: Any) -> dict[str, Any] | None:
        found = read_slots(inner, data)
        how = found.get("how", "")
        if how in (LEVELS, CHOICES):
            return {how: found.get(how, [])}
        return {name: found[name] for name in _SCALE_KEYS.get(how, ()) if name in found} or None

    return Slot(key, Group(slot_form(inner), label), show, read)
