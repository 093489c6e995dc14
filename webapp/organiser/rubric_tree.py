"""The criteria of a rubric as rows with a depth, and back: moved with all that stands below them, never torn apart."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from juri.core.editions.positions import Steps
from juri.webapp.organiser.edit_fields import MOST_ROWS, Rows

DEEPEST = 5
LONGEST_ID = 40


def read_depth(typed: Any) -> int:
    """Read the depth of a row; what is none is the first level."""
    text = str(typed or "0")
    return min(int(text), DEEPEST) if text.isdecimal() and len(text) < 3 else 0  # noqa: PLR2004  no tree is deeper


def rows_of(criteria: Any, depth: int = 0) -> list[dict[str, Any]]:
    """Return a tree of criteria as rows, each with its depth."""
    found: list[dict[str, Any]] = []
    for item in criteria if isinstance(criteria, list) else []:
        if isinstance(item, Mapping):
            own = {key: value for key, value in item.items() if key != "children"}
            found += [{**own, "depth": depth}, *rows_of(item.get("children"), depth + 1)]
    return found


@dataclass(frozen=True)
class Branch:
    """One row of a list of rows with depths, and the rows below it."""

    place: int
    below: tuple[Branch, ...] = ()


def branches(depths: Sequence[int], places: Sequence[int] | None = None) -> tuple[Branch, ...]:
    """Return rows as a tree: below a row stands what follows it and is deeper."""
    left = list(range(len(depths)) if places is None else places)
    found = []
    while left:
        head, *rest = left
        size = next((n for n, place in enumerate(rest) if depths[place] <= depths[head]), len(rest))
        found.append(Branch(head, branches(depths, rest[:size])))
        left = rest[size:]
    return tuple(found)


def tree_of(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the criteria that rows say; a row without an id is called after its name, an empty row is left out."""
    ids = ids_for(rows)

    def item(branch: Branch, below: list[dict[str, Any]]) -> dict[str, Any]:
        said = {key: value for key, value in rows[branch.place].items() if key != "depth"}
        own = said if "id" in said else {"id": ids[branch.place], **said}
        return {**own, "children": below} if below else own

    def grown(found: Sequence[Branch]) -> list[dict[str, Any]]:
        made = ((branch, grown(branch.below)) for branch in found)
        return [item(branch, below) for branch, below in made if below or is_row(rows[branch.place])]

    return grown(branches([int(row["depth"]) for row in rows]))


def places_of(rows: Sequence[Mapping[str, Any]]) -> dict[Steps, int]:
    """Return by the steps that lead to a criterion the number of the row that says it."""
    found: dict[Steps, int] = {}

    def walk(some: Sequence[Branch], steps: Steps) -> bool:
        index = 0
        for branch in some:
            here = (*steps, index)
            if walk(branch.below, (*here, "children")) or is_row(rows[branch.place]):
                found[here] = branch.place
                index += 1
        return index > 0

    walk(branches([int(row["depth"]) for row in rows]), ("criteria",))
    return found


def is_row(row: Mapping[str, Any]) -> bool:
    """Tell whether anything was typed in a row."""
    return bool(set(row) - {"depth"})


def ids_for(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the id of each row: as typed, or made of the name, and then told apart by a number."""
    taken = {str(row["id"]) for row in rows if row.get("id")}
    found = []
    for row in rows:
        name = str(row.get("id") or "")
        if not name:
            base = slug_of(str(row.get("name", ""))) or "aspect"
            name = next(each for each in (base, *(f"{base}_{n}" for n in range(2, 1000))) if each not in taken)
            taken.add(name)
        found.append(name)
    return found


def slug_of(text: str) -> str:
    """Make an id of a name: ``Latar Belakang & Tujuan`` becomes ``latar_belakang_tujuan``."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", plain.lower()).strip("_")[:LONGEST_ID].strip("_")


def depths_of(rows: Rows) -> list[int]:
    """Return the depth of each row of a form."""
    return [read_depth(row.form["depth"].data) for row in rows.entries]


def change_rows(rows: Rows, what: str, place: int) -> int:
    """Move a row with all that stands below it, take it out, or begin one below it; returns where it stands then."""
    depths = depths_of(rows)
    end = _end(depths, place)
    if what == "remove":
        del rows.entries[place:end]
        return _tidied(rows, min(place, len(rows.entries) - 1))
    if what == "below" and len(rows.entries) < MOST_ROWS:
        rows.append_entry(rows.blank)
        new = rows.entries.pop()
        new.form["depth"].data = str(min(depths[place] + 1, DEEPEST))
        rows.entries.insert(end, new)
        return _tidied(rows, end)
    steps = {"up": _up, "down": _down, "in": _in, "out": _out}.get(what)
    target, deeper = steps(depths, place, end) if steps else (place, 0)
    block = rows.entries[place:end]
    for row, depth in zip(block, depths[place:end], strict=True):
        row.form["depth"].data = str(min(depth + deeper, DEEPEST))
    rows.entries[place:end] = []
    rows.entries[target:target] = block
    return _tidied(rows, target)


def _tidied(rows: Rows, place: int) -> int:
    rows._compact_indices()  # noqa: SLF001  the list's own way to number its rows anew
    return place


def _end(depths: Sequence[int], place: int) -> int:
    """Return where the rows below a row end."""
    return next((n for n in range(place + 1, len(depths)) if depths[n] <= depths[place]), len(depths))


def _before(depths: Sequence[int], place: int) -> int | None:
    """Return the nearest row before a row that is not deeper: the one before it on its level, or the one above it."""
    return next((n for n in range(place - 1, -1, -1) if depths[n] <= depths[place]), None)


def _up(depths: Sequence[int], place: int, _end_of_it: int) -> tuple[int, int]:
    other = _before(depths, place)
    return (place if other is None or depths[other] < depths[place] else other), 0


def _down(depths: Sequence[int], place: int, end: int) -> tuple[int, int]:
    is_last = end == len(depths) or depths[end] < depths[place]
    return (place if is_last else place + _end(depths, end) - end), 0


def _in(depths: Sequence[int], place: int, _end_of_it: int) -> tuple[int, int]:
    other = _before(depths, place)
    return place, (0 if other is None or depths[other] < depths[place] else 1)


def _out(depths: Sequence[int], place: int, end: int) -> tuple[int, int]:
    above = next((n for n in range(place - 1, -1, -1) if depths[n] < depths[place]), None)
    if above is None:
        return place, 0
    return _end(depths, above) - (end - place), depths[above] - depths[place]
