"""What a child must say so that, laid over its parent, it comes to what was wanted: the inverse of resolving."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final

from juri.core.editions.resolve import CHOICES


class _Nothing:
    """The marks of this module; there is one of each."""


SAME: Final = _Nothing()
"""The child need not say anything: the parent says it already."""

ABSENT: Final = _Nothing()
"""The parent says nothing."""


def overlay(parent: Any, wanted: Any, key: str = "") -> Any:
    """Return what the child must say so that the merge of both is ``wanted``; ``SAME`` where that is nothing.

    Both values are plain, as a document is read: mappings, lists, texts, exact numbers, yes and no; no nulls.
    """
    if parent is not ABSENT and same(parent, wanted):
        return SAME
    if isinstance(parent, dict) and isinstance(wanted, dict) and not _replaces(parent, wanted, key):
        return _keys(parent, wanted)
    if _ids(parent) and _ids(wanted):
        return _items(parent, wanted)
    return wanted


def same(one: Any, other: Any) -> bool:
    """Tell whether two plain values say the same: 10 and 10.0 do, 1 and yes do not."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    figures = isinstance(one, (int, Decimal)) and isinstance(other, (int, Decimal))
    return bool(one == other) if figures or type(one) is type(other) else False


def open_unknowns(
    parent: list[Any], own: list[Any], has_value: Mapping[str, bool], without: Collection[str] = ()
) -> list[Any]:
    """Return the ``unknown`` that the child must say: what it leaves open, what it settled, what it does without.

    Args:
        parent: the unknowns of what it extends.
        own: the unknowns as they are after the merge.
        has_value: by path, whether a value stands there now.
        without: the paths of the parent's unknowns that the child does without.

    """
    inherited = {path_of(item): item for item in parent}
    settled = [{"at": path, "resolved": True} for path in inherited if has_value[path]]
    gone = [{"at": path, "remove": True} for path in inherited if path in without and not has_value[path]]
    left = [item for item in own if not has_value[path_of(item)] and not same(inherited.get(path_of(item)), item)]
    return [*(item for item in left if path_of(item) not in without), *settled, *gone]


def path_of(item: Any) -> str:
    """Return the path that an item of ``unknown`` names, written as text or as ``{at: path}``."""
    return str(item.get("at", "") if isinstance(item, dict) else item)


def _keys(parent: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    said: dict[str, Any] = {key: None for key in parent if key not in wanted}
    for key, value in wanted.items():
        part = overlay(parent.get(key, ABSENT), value, key)
        if part is not SAME:
            said[key] = part
    return said


def _items(parent: list[dict[str, Any]], wanted: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Name as few items as say it: the new and the changed, those that a new one stands behind, else all."""
    before = {item["id"]: item for item in parent}
    order = [item["id"] for item in wanted]
    removed = [{"id": name, "remove": True} for name in before if name not in order]
    every = [_item(before.get(item["id"], ABSENT), item) for item in wanted]
    changed = [said for said in every if set(said) != {"id"} or said["id"] not in before]
    leading = [said for said, after in pairwise([*every, {"id": ""}]) if said in changed or _is_new(after, before)]
    left = [name for name in before if name in order]
    said = next(said for said in (changed, leading, every) if _merged_order(left, said) == order)
    return [*said, *removed]


def _is_new(item: dict[str, Any], before: Mapping[str, Any]) -> bool:
    return bool(item["id"]) and item["id"] not in before


def _item(parent: Any, wanted: dict[str, Any]) -> dict[str, Any]:
    part = overlay(parent, wanted)
    return {"id": wanted["id"]} | ({} if part is SAME else part)


def _merged_order(parent: list[str], child: list[dict[str, Any]]) -> list[str]:
    """Return the order to which a merge comes: a new item stands behind the item before it, the first at the end."""
    order = list(parent)
    before = ""
    for item in child:
        name = item["id"]
        if name not in order:
            order.insert(order.index(before) + 1 if before in order else len(order), name)
        before = name
    names = [item["id"] for item in child]
    return names if set(names) == set(order) else order


def _ids(value: Any) -> bool:
    """Tell whether a value is a list of items that are told apart by their ids, each once."""
    if not isinstance(value, list) or not value or not all(isinstance(item, dict) for item in value):
        return False
    names = [item.get("id") for item in value]
    return all(isinstance(name, str) for name in names) and len(set(names)) == len(names)


def _replaces(parent: dict[str, Any], wanted: dict[str, Any], key: str) -> bool:
    texts = all(value and set(value) <= {"id", "en"} for value in (parent, wanted))
    chosen = any(wanted.get(name) not in (None, parent.get(name)) for name in CHOICES)
    return texts or chosen or key == "method"
