"""A rubric as a form: its criteria as rows with a depth, its scale, its levels, its bonuses, its kind's own keys."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import gettext, lazy_gettext
from wtforms import FormField, HiddenField

from juri.core.editions.rubric_schema import BonusSchema, CriterionSchema, LevelSchema
from juri.core.extension import RubricKind
from juri.webapp.organiser.edit_schema import Surroundings, schema_slots
from juri.webapp.organiser.edit_slots import (
    Group,
    Rows,
    Slot,
    choice_slot,
    lines_slot,
    number_slot,
    read_slots,
    rows_slot,
    show_slots,
    slot_form,
    text_slot,
)
from juri.webapp.organiser.edit_words import label_of

RANGE, LEVELS, CHOICES = "range", "levels", "choices"
_KEYS = {RANGE: ("min", "max", "step"), LEVELS: ("levels",), CHOICES: ("choices",)}
DEEPEST = 5
LONGEST_ID = 40

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class RubricSlots:
    """The slots of a rubric of one kind: of itself, and of each of its criteria."""

    kind: RubricKind
    own: tuple[Slot, ...]
    criterion: tuple[Slot, ...]

    @classmethod
    def of(cls, kind: RubricKind, around: Surroundings) -> RubricSlots:
        """Return the slots for a rubric kind: what every rubric has, and what only this kind knows."""
        criterion = _criterion_slots(kind, around)
        options = schema_slots(kind.options(), around) if kind.options else []
        bonus = schema_slots(BonusSchema(), around, overrides={"equals": text_slot("equals", gettext("equals"))})
        own = (
            text_slot("name", label_of("name")),
            scale_slot("scale", lazy_gettext("Scale of all aspects"), empty=lazy_gettext("none of its own")),
            *options,
            _criteria_slot(criterion),
            rows_slot("bonuses", lazy_gettext("Bonuses"), bonus),
        )
        return cls(kind, own, tuple(criterion))

    @property
    def option_keys(self) -> tuple[str, ...]:
        """Return the keys that only this kind knows."""
        return tuple(slot.key for slot in self.own if slot.key not in ("name", "scale", "criteria", "bonuses"))

    @property
    def criterion_option_keys(self) -> tuple[str, ...]:
        """Return the keys of a criterion that only this kind knows."""
        return tuple(slot.key for slot in self.criterion if slot.key not in (*CriterionSchema().fields, "depth"))

    def read(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Return the rubric that a form says."""
        return {"kind": self.kind.name, **read_slots(self.own, data)}

    def show(self, value: Mapping[str, Any]) -> dict[str, Any]:
        """Return the data of a form that shows a rubric."""
        return show_slots(self.own, value)


def _criterion_slots(kind: RubricKind, around: Surroundings) -> list[Slot]:
    overrides = {
        "scale": scale_slot("scale", label_of("scale"), empty=lazy_gettext("as the whole rubric")),
        "description": text_slot("description", label_of("description"), long=True, rows=2),
        "name": text_slot("name", lazy_gettext("Aspect")),
        "id": text_slot("id", label_of("id")),
    }
    common = schema_slots(CriterionSchema(), around, leave_out=["children"], overrides=overrides)
    options = schema_slots(kind.criterion_options(), around) if kind.criterion_options else []
    known = {slot.key for slot in common}
    depth = Slot("depth", HiddenField(), lambda value: str(value or 0), _depth)
    return [*common, *(slot for slot in options if slot.key not in known), depth]


def _depth(typed: Any) -> int:
    text = str(typed or "0")
    return min(int(text), DEEPEST) if text.isdecimal() and len(text) < 3 else 0  # noqa: PLR2004  no tree is deeper


def scale_slot(key: str, label: Any, *, empty: Any) -> Slot:
    """Return the slot of a scale: a range, levels with descriptors, or words; ``empty`` is what none is called."""
    ways = [(RANGE, gettext("a range of numbers")), (LEVELS, gettext("described levels")), (CHOICES, gettext("words"))]
    value = number_slot("value", gettext("Value"))
    level = schema_slots(LevelSchema(), Surroundings.bare(), overrides={"value": value})
    numbers = [number_slot(each, label_of(each)) for each in _KEYS[RANGE]]
    levels = rows_slot("levels", lazy_gettext("Levels"), level, lone="value")
    words = lines_slot("choices", gettext("Words"))
    inner = [choice_slot("how", label, ways, empty=empty), *numbers, levels, words]

    def show(value: Any) -> dict[str, Any]:
        given = value if isinstance(value, Mapping) else {}
        how = LEVELS if "levels" in given else CHOICES if "choices" in given else RANGE if given else ""
        return show_slots(inner, {**given, "how": how})

    def read(data: Any) -> dict[str, Any] | None:
        found = read_slots(inner, data)
        how = found.pop("how", "")
        kept = {RANGE: ("min", "max", "step"), LEVELS: ("levels",), CHOICES: ("choices",)}.get(how, ())
        return {name: found[name] for name in kept if name in found} or (
            {how: []} if how in (LEVELS, CHOICES) else None
        )

    return Slot(key, Group(slot_form(inner), label), show, read)


def _criteria_slot(criterion: Sequence[Slot]) -> Slot:
    """Return the slot of the criteria: a tree as rows, each with its depth."""
    blank = show_slots(criterion, {})

    def show(value: Any) -> list[Any]:
        return [show_slots(criterion, {**item, "depth": depth}) for item, depth in _flat(value, 0)]

    def read(data: Any) -> list[Any]:
        return tree_of([read_slots(criterion, row) for row in data or ()])

    field = Rows(FormField(slot_form(criterion)), lazy_gettext("Aspects"), blank=blank)
    return Slot("criteria", field, show, read)


def _flat(items: Any, depth: int) -> Iterator[tuple[dict[str, Any], int]]:
    for item in items if isinstance(items, list) else []:
        if isinstance(item, Mapping):
            yield {key: value for key, value in item.items() if key != "children"}, depth
            yield from _flat(item.get("children"), depth + 1)


def tree_of(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the criteria as a tree; a row without an id is called after its name."""
    roots: list[dict[str, Any]] = []
    open_above: list[dict[str, Any]] = []
    for row, name in zip(rows, ids_for(rows), strict=True):
        if not is_row(row):
            continue
        depth = min(int(row.get("depth", 0)), len(open_above))
        item = {"id": name, **{key: value for key, value in row.items() if key not in ("depth", "id")}}
        open_above = [*open_above[:depth], item]
        (open_above[-2].setdefault("children", []) if depth else roots).append(item)
    return roots


def row_paths(rows: Sequence[Mapping[str, Any]]) -> list[Path | None]:
    """Return where each row stands in the tree of the criteria; None for a row in which nothing was typed."""
    counts: list[int] = []
    found: list[Path | None] = []
    for row in rows:
        if not is_row(row):
            found.append(None)
            continue
        depth = min(int(row.get("depth", 0)), len(counts))
        counts = [*counts[:depth], counts[depth] + 1 if depth < len(counts) else 0]
        path: Path = ()
        for level, count in enumerate(counts):
            path = (*path, "criteria" if level == 0 else "children", count)
        found.append(path)
    return found


def is_row(row: Mapping[str, Any]) -> bool:
    """Tell whether anything was typed in a row beside what stands there at first."""
    return bool(set(row) - {"depth"})


def ids_for(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the id of each row: as typed, or made of the name, and then told apart by a number."""
    taken = {str(row["id"]) for row in rows if row.get("id")}
    found = []
    for row in rows:
        if row.get("id"):
            found.append(str(row["id"]))
            continue
        base = slug_of(str(row.get("name", ""))) or "aspect"
        name = next(each for each in (base, *(f"{base}_{n}" for n in range(2, 1000))) if each not in taken)
        taken.add(name)
        found.append(name)
    return found


def slug_of(text: str) -> str:
    """Make an id of a name: ``Latar Belakang & Tujuan`` becomes ``latar_belakang_tujuan``."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", plain.lower()).strip("_")[:LONGEST_ID].strip("_")


def weight_sum(rows: Sequence[Mapping[str, Any]]) -> Decimal:
    """Return the sum of the weights of the aspects, those below others left out; what is no number counts nothing."""
    weights = (row.get("weight", 0) for row in rows if is_row(row) and int(row.get("depth", 0)) == 0)
    return sum((Decimal(each) for each in weights if isinstance(each, (int, Decimal))), Decimal(0))


def wants_hundred(kind: RubricKind, value: Mapping[str, Any]) -> bool:
    """Tell whether the weights of a rubric must sum to 100: the kind has percent weights, and nothing else is said."""
    field = kind.options().fields.get("weights") if kind.options else None
    return field is not None and value.get("weights", field.load_default) == "percent"
