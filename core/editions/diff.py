"""What differs between two editions: by ids and not by positions, and whether it can change a score."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from juri.core.editions.faults import shown
from juri.core.editions.loader import LoadedEdition

Kind = Literal["added", "removed", "changed"]
Effect = Literal["scores", "rules", "wording"]

_TOP_WORDING = frozenset({"sources", "name", "description", "secretariat", "edition", "extends", "competition", "juri"})
_RUBRIC_WORDING = frozenset({"name", "description", "label", "descriptor"})
_WORDING = _RUBRIC_WORDING | {"title", "text", "why", "source", "note"}
_NOT_SCORING = frozenset({"opens", "closes", "days", "minutes", "publish"})
"""Keys of a stage that say when and how, not who; any other may change who advances."""

_HEADINGS: Mapping[Effect, str] = {
    "scores": "Can change scores, ranks or who advances:",
    "rules": "Changes other rules (who may enter, what is asked, when):",
    "wording": "Wording only:",
}
_SIGNS: Mapping[Kind, str] = {"added": "+", "removed": "-", "changed": "~"}


@dataclass(frozen=True)
class Change:
    """One difference. ``path`` names items of lists by their ids; ``before`` or ``after`` is None where there is none.

    ``effect`` is ``scores`` where ranks or who advances may change, ``wording`` where only texts do, else ``rules``.
    """

    path: str
    kind: Kind
    before: Any
    after: Any
    effect: Effect = "rules"


def diff_editions(before: LoadedEdition, after: LoadedEdition) -> tuple[Change, ...]:
    """List what differs between two editions, in the order of their documents."""
    same = _same_structure(before, after)
    found = _differences(before.data, after.data, ())
    return tuple(Change(".".join(steps), kind, a, b, _effect(steps, (a, b), same)) for steps, kind, a, b in found)


def steps_to(change: Change, before: Any, after: Any) -> Iterator[tuple[str, Any, bool]]:
    """Walk down to what a change is about: each step with what stands there, and whether it was named by the document.

    Steps into a mapping of rubrics and into a list are named by the document; other keys are the format's own.
    """
    here = before if change.kind == "removed" else after
    above = ""
    for step in change.path.split("."):
        is_named = isinstance(here, list) or above == "rubrics"
        here = (_parts(here) or {}).get(step)
        yield step, here, is_named
        above = step


def diff_text(changes: Iterable[Change]) -> str:
    """Write changes for a person, grouped by what they can do."""
    listed = list(changes)
    if not listed:
        return "The two editions say the same."
    groups = ((heading, [each for each in listed if each.effect == effect]) for effect, heading in _HEADINGS.items())
    return "\n\n".join("\n".join([heading, *map(_line, group)]) for heading, group in groups if group)


def _line(change: Change) -> str:
    sign = f"  {_SIGNS[change.kind]} {change.path}"
    if change.kind == "changed":
        return f"{sign}: {_said(change.before)} -> {_said(change.after)}"
    return f"{sign}: {_said(change.after if change.kind == 'added' else change.before)}"


def _said(value: Any) -> str:
    if isinstance(value, dict):
        decimal = value.get("$decimal")
        return str(decimal) if decimal else f"{{{', '.join(f'{key}: {_said(item)}' for key, item in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_said, value))}]"
    return shown(value) if isinstance(value, str) and not value.isidentifier() else shown(value).strip("'")


def _same_structure(before: LoadedEdition, after: LoadedEdition) -> frozenset[str]:
    """Return the rubrics that score alike in both editions, whatever their wording."""
    old, new = before.edition.rubrics, after.edition.rubrics
    return frozenset(name for name in set(old) & set(new) if old[name].structure_hash == new[name].structure_hash)


def _effect(steps: tuple[str, ...], values: tuple[Any, Any], same: frozenset[str]) -> Effect:
    texts = all(value is None or isinstance(value, str) for value in values)
    if steps[0] == "rubrics":
        is_wording = steps[1:2] and (steps[1] in same or (texts and steps[-1] in _RUBRIC_WORDING))
        return "wording" if is_wording else "scores"
    key = steps[-2] if len(steps) > 1 and steps[-1] in ("id", "en") else steps[-1]
    if steps[0] in _TOP_WORDING or (texts and key in _WORDING and "method" not in steps):
        return "wording"
    if steps[0] == "stages" and not _NOT_SCORING & set(steps[2:3]):
        return "scores"
    is_track = steps[0] == "tracks" and len(steps) <= 2  # noqa: PLR2004  a track as a whole
    return "scores" if is_track or "quotas" in steps else "rules"


def _differences(a: Any, b: Any, steps: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Kind, Any, Any]]:
    old, new = _parts(a), _parts(b)
    if old is None or new is None or isinstance(a, dict) != isinstance(b, dict):
        if _is_other(a, b):
            yield steps, "changed", a, b
        return
    for key in [*old, *(key for key in new if key not in old)]:
        below = (*steps, key)
        if key not in new:
            yield below, "removed", old[key], None
        elif key not in old:
            yield below, "added", None, new[key]
        else:
            yield from _differences(old[key], new[key], below)
    if isinstance(a, list):
        yield from _order(old, new, steps)


def _order(
    old: Mapping[str, Any], new: Mapping[str, Any], steps: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], Kind, Any, Any]]:
    common = [key for key in old if key in new], [key for key in new if key in old]
    if common[0] != common[1]:
        yield (*steps, "(order)"), "changed", common[0], common[1]


def _parts(value: Any) -> dict[str, Any] | None:
    """Return the parts of a value by name: keys of a mapping, items of a list by id, rule or text; else None."""
    if isinstance(value, dict):
        return None if set(value) == {"$decimal"} else value
    if not isinstance(value, list):
        return None
    names = [_address(item) for item in value]
    if None in names or len(set(names)) != len(names):
        return None
    items = ({"id": item} if isinstance(item, str) else item for item in value)
    return {str(name): item for name, item in zip(names, items, strict=True)}


def _address(item: Any) -> str | None:
    if isinstance(item, str):
        return item
    found = next((item[key] for key in ("id", "at", "rule") if key in item), None) if isinstance(item, dict) else None
    return found if isinstance(found, str) else None


def _is_other(a: Any, b: Any) -> bool:
    return _number(a) != _number(b) or isinstance(a, bool) != isinstance(b, bool)


def _number(value: Any) -> Any:
    """Return a number that JSON cannot hold as what it is, so that 10 and 10.0 are the same."""
    if isinstance(value, dict) and set(value) == {"$decimal"}:
        return Decimal(value["$decimal"])
    return value
