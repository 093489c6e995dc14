"""Find what an edition extends, and lay the edition over it: what the child does not say, the parent says."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from juri.core.editions.faults import hint_of
from juri.core.editions.positions import Node, read_mapping, read_text
from juri.core.errors import DefinitionError, Fault
from juri.core.extension import EditionDefinition
from juri.core.registry import Registry

SUFFIXES = (".yaml", ".yml")
MAX_CHAIN = 10

OWN = ("edition", "extends", "template", "unknown")
"""Keys that an edition does not inherit; ``unknown`` has a rule of its own."""

CHOICES = ("kind", "rule", "use")
"""Where such a key differs, the other keys mean something else: the child's mapping replaces the parent's."""


@dataclass(frozen=True)
class Found:
    """The text of an edition, what errors call it, and the folder where its neighbours stand."""

    text: str
    file: str
    folder: Path | None = None


Find = Callable[[str], Found | None]


@dataclass(frozen=True)
class Resolved:
    """One tree made of an edition and everything it extends, and the faults that came to light on the way.

    ``settled`` maps the paths that a child marks ``resolved: true`` to where it does; ``sources`` are the edition and
    what it extends, the nearest first; none where the tree came from elsewhere.
    """

    root: Node
    faults: tuple[Fault, ...] = ()
    settled: dict[str, Node] = field(default_factory=dict)
    sources: tuple[Found, ...] = ()

    @property
    def sha256(self) -> str:
        """Return a hash of all texts that went in, with the names of their files: equal ones come to equal trees."""
        return hashlib.sha256(repr([(found.file, found.text) for found in self.sources]).encode()).hexdigest()


def read_found(source: str | Path, origin: str) -> Found:
    """Read an edition from a path, or take its text as it is."""
    if isinstance(source, Path):
        return Found(read_text(source), str(source), source.parent)
    return Found(source, origin)


def read_shipped(registry: Registry, name: str) -> Found:
    """Return the text of an edition that a plugin ships.

    Raises:
        NotFound: there is none of that name; the hint names the nearest.

    """
    definition = registry.find(EditionDefinition, name)
    path = Path(definition.path)
    return Found(definition.read(), definition.path, path.parent if path.is_file() else None)


def resolve(found: Found, registry: Registry, find: Find | None = None) -> Resolved:
    """Read an edition and everything it extends.

    Args:
        found: the edition.
        registry: knows the shipped editions.
        find: asked first for what is extended, such as for editions in a database.

    Raises:
        DefinitionError: a file is not readable, there is nothing of that name, or the chain is a circle.

    """
    return _resolve(found, (), lambda name, child: (find and find(name)) or _find(registry, name, child))


def _resolve(found: Found, chain: tuple[str, ...], find: Callable[[str, Found], Found | None]) -> Resolved:
    root = read_mapping(found.text, found.file)
    extends = root.child("extends")
    if extends is None or extends.value is None:
        return Resolved(root, sources=(found,))
    name = _checked_name(extends)
    chain = (*chain, found.file)
    parent = find(name, found)
    if parent is None:
        raise DefinitionError([Fault(extends.where, f"there is no edition '{name}' to extend", _beside(found))])
    if parent.file in chain or len(chain) > MAX_CHAIN:
        raise DefinitionError(
            [Fault(extends.where, f"editions extend one another in a circle: {' -> '.join((*chain, parent.file))}")]
        )
    above = _resolve(parent, chain, find)
    return replace(_lay_over(above, root), sources=(found, *above.sources))


def _checked_name(extends: Node) -> str:
    name = extends.value
    if not isinstance(name, str) or not name.strip() or "/" in name or "\\" in name or name.startswith("."):
        hint = "name a shipped edition, or a file in the same folder"
        raise DefinitionError([Fault(extends.where, "'extends' does not name an edition", hint)])
    return name


def _find(registry: Registry, name: str, child: Found) -> Found | None:
    shipped = read_shipped(registry, name) if name in registry.names("editions") else None
    if shipped and shipped.file != child.file:
        return shipped
    beside = [child.folder / file for file in (name, *(name + end for end in SUFFIXES))] if child.folder else []
    path = next((path for path in beside if path.suffix in SUFFIXES and path.is_file()), None)
    return read_found(path, "") if path else shipped


def _beside(child: Found) -> str:
    where = f"in {child.folder}" if child.folder else "and no folder to look in"
    return f"there is no shipped edition and no file of that name {where}"


def _lay_over(parent: Resolved, child: Node) -> Resolved:
    merger = _Merger(list(parent.faults), dict(parent.settled))
    inherited = {key: node for key, node in parent.root.value.items() if key not in OWN}
    root = merger.merge(replace(parent.root, value=inherited), child, "")
    unknown = merger.merge_unknown(parent.root.child("unknown"), child.child("unknown"))
    values = {key: node for key, node in root.value.items() if key != "unknown"}
    values |= {"unknown": unknown} if unknown else {}
    return Resolved(replace(root, value=values), tuple(merger.faults), merger.settled)


@dataclass
class _Merger:
    faults: list[Fault]
    settled: dict[str, Node]

    def merge(self, parent: Node, child: Node, key: str) -> Node:
        """Lay a value over another: mappings merge, lists of items with ids merge by id, all else is replaced."""
        if isinstance(parent.value, dict) and isinstance(child.value, dict) and not _replaces(parent, child, key):
            return replace(child, value=self.merge_keys(parent.value, child.value))
        ids = _ids(child), _ids(parent)
        if ids[0] and ids[1] is not None:
            return replace(child, value=self.merge_items(parent.value, child.value))
        return child

    def merge_keys(self, parent: dict[str, Node], child: dict[str, Node]) -> dict[str, Node]:
        merged = dict(parent)
        for key, node in child.items():
            if node.value is None:
                merged.pop(key, None)
            else:
                merged[key] = self.merge(merged[key], node, key) if key in merged else node
        return merged

    def merge_items(self, parent: list[Node], child: list[Node]) -> list[Node]:
        """Merge by id. A new item stands behind the item before it in the child's list; the first, at the end.

        A child that names every item gives their order.
        """
        merged, order = {_id(node): node for node in parent}, [_id(node) for node in parent]
        before: str | None = None
        for node in child:
            name = _id(node)
            if _says(node, "remove"):
                self.drop(node, name, merged, order)
                continue
            if name not in merged:
                order.insert(order.index(before) + 1 if before in order else len(order), name)
            merged[name] = self.merge(merged[name], node, "") if name in merged else node
            before = name
        self.refuse_twins(child)
        named = list(dict.fromkeys(_id(node) for node in child if not _says(node, "remove")))
        return [merged[name] for name in (named if set(named) == set(order) else order)]

    def drop(self, node: Node, name: str, merged: dict[str, Node], order: list[str]) -> None:
        if name in merged:
            del merged[name]
            order.remove(name)
        else:
            self.fault(node, f"there is no '{name}' to remove", hint_of(name, order))

    def refuse_twins(self, items: list[Node]) -> None:
        seen: dict[str, Node] = {}
        for node in items:
            first = seen.setdefault(_id(node), node)
            if first is not node:
                self.fault(node, f"'{_id(node)}' stands twice in this list; it is already at {first.where}", "keep one")

    def merge_unknown(self, parent: Node | None, child: Node | None) -> Node | None:
        """Lay the child's unknowns over the parent's, by path.

        What the child resolved is known; what it removed is nothing that it needs (a title that it does not give).
        """
        inherited = {path_of_unknown(node): node for node in _items(parent)}
        for node in _items(child):
            path = path_of_unknown(node)
            resolved = _says(node, "resolved")
            if not resolved and not _says(node, "remove"):
                inherited[path] = node
            elif inherited.pop(path, None) is None:
                self.fault(node, f"'{path}' is not unknown in what this edition extends", hint_of(path, inherited))
            elif resolved:
                self.settled[path] = node
        place = child or parent
        return replace(place, value=list(inherited.values())) if place else None

    def fault(self, node: Node, problem: str, hint: str) -> None:
        self.faults.append(Fault(node.where, problem, hint))


def path_of_unknown(node: Node) -> str:
    """Return the path that an item of ``unknown`` names, written as text or as ``{at: path}``."""
    at = node.child("at")
    return str(at.value if at else node.value if isinstance(node.value, str) else "")


def _replaces(parent: Node, child: Node, key: str) -> bool:
    """Tell whether a mapping means another thing than the one it is laid over."""
    texts = all(node.value and set(node.value) <= {"id", "en"} for node in (parent, child))
    chosen = any(_value(child, name) not in (None, _value(parent, name)) for name in CHOICES)
    return texts or chosen or key == "method"


def _value(node: Node, key: str) -> Any:
    found = node.child(key)
    return found.value if found else None


def _items(node: Node | None) -> list[Node]:
    return node.value if node and isinstance(node.value, list) else []


def _ids(node: Node) -> list[str] | None:
    if not isinstance(node.value, list) or not all(isinstance(_value(item, "id"), str) for item in node.value):
        return None
    return [_id(item) for item in node.value]


def _id(node: Node) -> str:
    return str(_value(node, "id"))


def _says(node: Node, key: str) -> bool:
    return _value(node, key) is True
