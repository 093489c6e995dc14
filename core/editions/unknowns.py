"""The list ``unknown:``: which places of a document nobody could fill, and whether the document really leaves them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from juri.core.document import Unknown
from juri.core.editions.faults import Faults, hint_of
from juri.core.editions.positions import Node, Steps
from juri.core.editions.schema import UnknownSchema

_ADDRESS = ("id", "rule")
"""By which key an item of a list is addressed in a path."""

_KNOWN = ("juri", "edition", "extends", "unknown")
"""Keys without which there is no edition to speak of."""

_FREE = ("rubrics", "calendar", "quotas", "eligibility")
"""Parts whose keys the edition chooses itself; they may be absent as a whole."""


@dataclass(frozen=True)
class Gap:
    """One item of ``unknown`` with the place that it leaves open: ``steps``, in the mapping at ``inside``."""

    unknown: Unknown
    item: Steps
    steps: Steps

    @property
    def inside(self) -> Steps:
        """Return the place of the mapping or list in which the value is missing."""
        return self.steps[:-1]


def read_gaps(faults: Faults, data: Mapping[str, Any]) -> tuple[Gap, ...]:
    """Read ``unknown``; what is wrong with an item becomes a fault."""
    items = data.get("unknown", [])
    if not isinstance(items, list):
        faults.add(("unknown",), "'unknown' must be a list of paths", "write '- {at: stages.final.of, why: ...}'")
        return ()
    gaps = [gap for index, item in enumerate(items) if (gap := _gap(faults, data, item, ("unknown", index)))]
    seen: dict[Steps, Gap] = {}
    for gap in gaps:
        first = seen.setdefault(gap.steps, gap)
        if first is not gap:
            place = faults.root.place(first.item)
            faults.add(gap.item, f"'{gap.unknown.at}' stands here twice; it is already at {place}", "keep one")
    return tuple(gaps)


def check_gaps(faults: Faults, gaps: tuple[Gap, ...], rules: tuple[str, ...]) -> None:
    """Refuse a path that leads nowhere, now that the keys of every part are known.

    Args:
        faults: the faults, with the keys that are known at each place.
        gaps: what ``read_gaps`` found.
        rules: the eligibility rules that a list of them may lack.

    """
    for gap in gaps:
        key = str(gap.steps[-1])
        known = faults.keys.get(gap.inside)
        if gap.inside and gap.inside[-1] == "eligibility":
            known = set(rules)
        if known is not None and key not in known:
            faults.add((*gap.item, "at"), f"'{gap.unknown.at}' leads nowhere: there is no '{key}'", hint_of(key, known))


def check_settled(faults: Faults, data: Mapping[str, Any], settled: Mapping[str, Node]) -> None:
    """Refuse ``resolved: true`` where no value was written."""
    for path, node in settled.items():
        if walk(data, path)[1]:
            hint = f"write the value at '{path}', or 'remove: true' where this edition does without it"
            faults.add_at(node.where, f"'{path}' is said to be resolved, but there is no value", hint)


def walk(data: Any, path: str) -> tuple[Steps, list[str]]:
    """Follow a path as far as it leads; items of lists are addressed by id, by rule, or counted from 1.

    Returns:
        The steps taken, and the parts of the path that are left over.

    """
    parts = path.split(".")
    steps: Steps = ()
    at: Any = data
    while parts:
        step = _step(at, parts[0])
        if step is None:
            break
        at, steps = at[step], (*steps, step)
        parts.pop(0)
    return steps, parts


def _step(at: Any, part: str) -> str | int | None:
    if isinstance(at, dict):
        return part if part in at else None
    if not isinstance(at, list):
        return None
    for index, item in enumerate(at):
        names = [item.get(key) for key in _ADDRESS] if isinstance(item, dict) else [item]
        if part in names:
            return index
    return int(part) - 1 if part.isdecimal() and part.isascii() and 0 < int(part[:6]) <= len(at) else None


def _gap(faults: Faults, data: Mapping[str, Any], item: Any, place: Steps) -> Gap | None:
    if isinstance(item, str):
        item = {"at": item}
    if not isinstance(item, dict):
        faults.add(place, "an unknown must be a path or a mapping", "write '- {at: stages.final.of, why: ...}'")
        return None
    loaded = faults.load(UnknownSchema(), item, place)
    if "at" not in loaded:
        return None
    if loaded.pop("resolved", False):
        faults.add(place, "'resolved' is for an edition that extends another", "write the value and delete this line")
        return None
    loaded.setdefault("suggestion", None)
    return _located(faults, data, Unknown(**loaded), place)


def _located(faults: Faults, data: Mapping[str, Any], unknown: Unknown, place: Steps) -> Gap | None:
    if unknown.at in _KNOWN:
        faults.add(place, f"'{unknown.at}' cannot be unknown", "write it")
        return None
    steps, rest = walk({key: value for key, value in data.items() if key != "unknown"}, unknown.at)
    if not rest:
        _complain_of_value(faults, unknown, place, steps)
        return None
    reached = _at(data, steps)
    free = len(rest) == 2 and rest[0] in _FREE and isinstance(reached, dict)  # noqa: PLR2004  mapping and key
    lacks_rule = isinstance(reached, list) and steps[-1:] == ("eligibility",)
    if free or (len(rest) == 1 and (lacks_rule or isinstance(reached, dict))):
        return Gap(unknown, place, (*steps, *rest))
    problem, names = f"'{unknown.at}' leads nowhere: there is no '{rest[0]}'", filter(None, _names_in(reached))
    faults.add(place, problem, hint_of(rest[0], names))
    return None


def _complain_of_value(faults: Faults, unknown: Unknown, place: Steps, steps: Steps) -> None:
    where = faults.root.place(steps)
    problem = f"'{unknown.at}' is not unknown: it has a value at {where}"
    if where.file != faults.root.place(place).file:
        faults.add(place, problem, f"add '- {{at: {unknown.at}, resolved: true}}' to 'unknown' beside the value")
    else:
        faults.add(place, problem, "delete this line or, if nobody confirmed the value, move it under 'suggestion'")


def _names_in(reached: Any) -> list[str]:
    if not isinstance(reached, list):
        return [str(key) for key in reached] if isinstance(reached, dict) else []
    return [str(item.get("id", item.get("rule", ""))) if isinstance(item, dict) else str(item) for item in reached]


def _at(data: Any, steps: Steps) -> Any:
    for step in steps:
        data = data[step]
    return data
