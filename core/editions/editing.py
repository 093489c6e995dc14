"""Change parts of a document as values, and have the text say it: what it inherits, what it adds, what is unknown."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from juri.core.editions.loader import LoadedEdition, load_edition
from juri.core.editions.overlay import ABSENT, SAME, open_unknowns, overlay, path_of, same
from juri.core.editions.positions import Node, Steps, read_mapping
from juri.core.editions.resolve import OWN, Find, Found, resolve
from juri.core.editions.unknowns import walk
from juri.core.editions.writing import write_document, write_parts
from juri.core.errors import DefinitionError, Fault, InputRefused, JuriError, Where
from juri.core.registry import Registry

ORIGIN = "edition.yaml"
"""What faults call a text that has no file."""

_MISSING: dict[str, Any] = {}


@dataclass(frozen=True)
class Document:
    """A document that is being written. ``data`` is what it comes to, ``parent`` what it inherits, both plain.

    ``root`` is the tree after ``extends``, with the places where everything stands.
    """

    text: str
    data: dict[str, Any]
    parent: dict[str, Any]
    root: Node
    registry: Registry
    find: Find | None = None

    @property
    def slug(self) -> str:
        """Return the id of the edition; empty where it says none."""
        return str(self.data.get("edition", ""))

    @property
    def extends(self) -> str:
        """Return what the document extends; empty where it stands alone."""
        return str(self.data.get("extends", ""))

    @property
    def unknown(self) -> list[Any]:
        """Return what is still unknown, as items of the document."""
        found = self.data.get("unknown", [])
        return found if isinstance(found, list) else []


@dataclass(frozen=True)
class Checked:
    """What the check of a text came to: the edition, or the faults that keep it from being one."""

    loaded: LoadedEdition | None = None
    faults: tuple[Fault, ...] = ()


def read_document(text: str, registry: Registry, find: Find | None = None, origin: str = ORIGIN) -> Document:
    """Read a text with everything that it extends. Faults in what it says do not matter yet.

    Raises:
        DefinitionError: it is not YAML, or what it extends cannot be read.

    """
    root = resolve(Found(text, origin), registry, find).root
    data = root.plain()
    extends = data.get("extends")
    return Document(text, data, _parent(extends, registry, find) if extends else dict(_MISSING), root, registry, find)


def check_text(text: str, registry: Registry, find: Find | None = None, origin: str = ORIGIN) -> Checked:
    """Check a text as an edition document."""
    try:
        return Checked(load_edition(text, registry, find=find, origin=origin))
    except DefinitionError as error:
        return Checked(faults=error.faults)
    except JuriError as error:
        return Checked(faults=(Fault(Where(origin), str(error)),))


def change_parts(document: Document, parts: Mapping[str, Any], without: Collection[str] = ()) -> str:
    """Return the text with other values for some of its parts; None takes a part out.

    Only what differs from the parent is said. What got a value is not unknown any more; what lost it is again.

    Args:
        document: what was there.
        parts: plain values by top-level key, as they shall be after the merge with the parent.
        without: paths that the parent leaves unknown and that this edition does without from now on.

    Raises:
        InputRefused: a part cannot be written so that it reads as it was meant.

    """
    wanted = {key: value for key, value in {**document.data, **parts}.items() if value is not None and key != "unknown"}
    own = parts.get("unknown", document.unknown) or []
    said = {key: _said(document, key, wanted) for key in parts if key not in OWN}
    said |= {key: parts[key] for key in parts if key in OWN and key != "unknown"}
    said["unknown"] = _unknown(document, own, wanted, {*without, *left_out(document)})
    text = write_parts(document.text, said)
    if _comes_to(document, text, wanted):
        return text
    return _written_afresh(document, wanted, said["unknown"])


def left_out(document: Document) -> frozenset[str]:
    """Return the paths of the parent's unknowns that the document says it does without."""
    items = _list(read_mapping(document.text, ORIGIN).plain().get("unknown"))
    return frozenset(path_of(item) for item in items if isinstance(item, dict) and item.get("remove") is True)


def steps_at(root: Node, where: Where) -> Steps:
    """Return the steps to the innermost value or key that stands at a place; empty where nothing does."""
    found: Steps = ()
    waiting: list[tuple[Node, Steps]] = [(root, ())]
    while waiting:
        node, steps = waiting.pop()
        if where in (node.where, node.key) and len(steps) >= len(found):
            found = steps
        items = node.value.items() if isinstance(node.value, dict) else enumerate(_list(node.value))
        waiting += [(below, (*steps, step)) for step, below in items]
    return found


def set_at(data: Mapping[str, Any], path: str, value: Any) -> dict[str, Any]:
    """Return the parts of a document with a value at a path, as far as the path leads and one or two keys on.

    An eligibility rule is named by the last part of its path; its value is its options, or the rule as a whole.

    Raises:
        InputRefused: the path leads nowhere.

    """
    top = path.split(".", maxsplit=1)[0]
    steps, rest = walk(data, path)
    if not steps and rest:
        return {top: _nested(rest[1:], value)}
    return {top: _placed(data[top], steps[1:], rest, value)}


def _placed(at: Any, steps: Steps, rest: list[str], value: Any) -> Any:
    if steps:
        step: Any = steps[0]
        below = _placed(at[step], steps[1:], rest, value)
        if isinstance(at, list):
            return [*at[:step], below, *at[step + 1 :]]
        return {**at, step: below}
    if not rest:
        return value
    if isinstance(at, dict):
        return {**at, rest[0]: _nested(rest[1:], value)}
    if isinstance(at, list) and len(rest) == 1:
        return [*at, _rule(rest[0], value)]
    raise InputRefused.at("at", f"there is no place for '{rest[0]}'; write it into the text")


def _rule(name: str, value: Any) -> dict[str, Any]:
    options = value if isinstance(value, dict) else {}
    return {"rule": name, **options}


def _nested(rest: list[str], value: Any) -> Any:
    for key in reversed(rest):
        value = {key: value}
    return value


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _parent(extends: Any, registry: Registry, find: Find | None) -> dict[str, Any]:
    """Return what a document inherits that says nothing of its own."""
    bare = write_document({"juri": 1, "edition": "child", "extends": extends})
    data: dict[str, Any] = resolve(Found(bare, ORIGIN), registry, find).root.plain()
    return {key: value for key, value in data.items() if key not in ("edition", "extends")}


def _said(document: Document, key: str, wanted: Mapping[str, Any]) -> Any:
    if key in wanted:
        return overlay(document.parent.get(key, ABSENT), wanted[key], key)
    return None if key in document.parent else SAME


def _unknown(document: Document, own: list[Any], wanted: Mapping[str, Any], without: Collection[str]) -> Any:
    inherited = _list(document.parent.get("unknown"))
    back = [item for item in inherited if path_of(item) not in map(path_of, own)]
    every = [*own, *back]
    has_value = {path_of(item): not walk(wanted, path_of(item))[1] for item in every}
    return open_unknowns(inherited, every, has_value, without) or SAME


def _comes_to(document: Document, text: str, wanted: Mapping[str, Any]) -> bool:
    try:
        found = resolve(Found(text, ORIGIN), document.registry, document.find).root.plain()
    except DefinitionError:
        return False
    return same({key: value for key, value in found.items() if key != "unknown"}, dict(wanted))


def _written_afresh(document: Document, wanted: dict[str, Any], unknown: Any) -> str:
    """Write the document anew, without the comments that stood in it: an anchor may tie distant parts together."""
    said = {key: _said(document, key, wanted) for key in {**document.parent, **wanted} if key not in OWN}
    said |= {key: wanted[key] for key in OWN if key in wanted} | {"juri": 1, "unknown": unknown}
    text = write_document({key: value for key, value in said.items() if value is not SAME})
    if not _comes_to(document, text, wanted):
        raise InputRefused.at("text", "this change cannot be written by itself; make it in the text of the document")
    return text


def own_keys(text: str) -> frozenset[str]:
    """Return the parts of which a text itself says something.

    Raises:
        DefinitionError: it is no document.

    """
    return frozenset(read_mapping(text, ORIGIN).value)


@dataclass(frozen=True)
class NewFault:
    """A fault that a change brings; ``steps`` lead to it from what was changed, and are None where it is elsewhere."""

    fault: Fault
    steps: Steps | None


def new_faults(before: Document, text: str, below: Steps) -> tuple[NewFault, ...]:
    """Compare the faults before and after a change.

    Args:
        before: the document as it was.
        text: the text as it would be.
        below: the place that was changed.

    """
    known = {(fault.problem, fault.hint) for fault in check_text(before.text, before.registry, before.find).faults}
    faults = check_text(text, before.registry, before.find).faults
    fresh = [fault for fault in faults if (fault.problem, fault.hint) not in known]
    root = read_document(text, before.registry, before.find).root if fresh else before.root
    return tuple(NewFault(fault, _below(fault.steps or steps_at(root, fault.where), below)) for fault in fresh)


def _below(steps: Steps, base: Steps) -> Steps | None:
    return steps[len(base) :] if steps[: len(base)] == base else None
