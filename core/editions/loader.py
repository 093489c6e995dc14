"""Load an edition: read it with places, lay it over what it extends, check everything, and build the values."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import rfc8785

from juri.core.document import Edition
from juri.core.editions.assembly import Assembly
from juri.core.editions.faults import Faults
from juri.core.editions.positions import node_of
from juri.core.editions.resolve import Find, Found, Resolved, read_found, read_shipped, resolve
from juri.core.editions.shelf import Shelf
from juri.core.editions.unknowns import check_settled, read_gaps
from juri.core.errors import Where
from juri.core.registry import Registry

_DECIMAL = "$decimal"
"""How a decimal is written in JSON, whose own numbers would round it."""

_SAFE = 2**53
"""JSON numbers are exact below this; greater ones are written as decimals."""


@dataclass(frozen=True)
class LoadedEdition:
    """An edition with all that is needed to keep it.

    ``data`` is the document after ``extends``, as plain JSON values (a decimal is ``{"$decimal": "7.5"}``): it can be
    stored and read again by ``load_resolved`` without the files it came from. ``sha256`` is that of its canonical
    JSON, so neither the order of keys nor comments change it.
    """

    edition: Edition
    source_text: str
    data: dict[str, Any]
    sha256: str
    origin: str


def load_edition(
    source: str | Path, registry: Registry, *, find: Find | None = None, origin: str = "edition"
) -> LoadedEdition:
    """Load an edition from a file, or from a text.

    Args:
        source: a path, or the YAML text itself.
        registry: gives the names in the document a meaning.
        find: asked first for the edition that this one extends; then shipped editions and files beside it are.
        origin: what errors call a text.

    Raises:
        DefinitionError: every fault, sorted by file and line.

    """
    return _load(read_found(source, origin), registry, find)


def load_shipped(name: str, registry: Registry) -> LoadedEdition:
    """Load an edition that a plugin ships.

    Raises:
        NotFound: there is none of that name; the hint names the nearest.
        DefinitionError: its document is at fault.

    """
    return _load(read_shipped(registry, name), registry, None)


def load_resolved(data: dict[str, Any], registry: Registry, *, origin: str = "stored edition") -> Edition:
    """Build the edition of data that ``load_edition`` made; nothing that it extends is read again.

    Raises:
        DefinitionError: what the registry knows has changed, so that the document no longer makes sense.

    """
    root = node_of(_from_json(data), Where(origin))
    return _build(Resolved(root), registry)[0]


_SHELF: Shelf[LoadedEdition] = Shelf()


def _load(found: Found, registry: Registry, find: Find | None) -> LoadedEdition:
    """Read an edition and what it extends; what they come to is built once for the same texts.

    Whoever writes an edition in the browser asks for it with every page, and for what it extends as well.
    """
    resolved = resolve(found, registry, find)

    def load() -> LoadedEdition:
        edition, data = _build(resolved, registry)
        kept: dict[str, Any] = _as_json(data)
        return LoadedEdition(edition, found.text, kept, hashlib.sha256(rfc8785.dumps(kept)).hexdigest(), found.file)

    return _SHELF.take(registry, resolved.sha256, load)


def _build(resolved: Resolved, registry: Registry) -> tuple[Edition, dict[str, Any]]:
    data = resolved.root.plain()
    faults = Faults(resolved.root, found=list(resolved.faults))
    gaps = read_gaps(faults, data)
    faults.excused = frozenset(gap.steps for gap in gaps)
    check_settled(faults, data, resolved.settled)
    return Assembly(faults, registry, data, gaps).build(), data


def exact_data(data: dict[str, Any]) -> dict[str, Any]:
    """Return the data of a loaded edition with its decimals as numbers."""
    found: dict[str, Any] = _from_json(data)
    return found


def _as_json(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _as_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_as_json(item) for item in value]
    is_large = isinstance(value, int) and abs(value) >= _SAFE
    return {_DECIMAL: str(value)} if isinstance(value, Decimal) or is_large else value


def _from_json(value: Any) -> Any:
    if isinstance(value, list):
        return [_from_json(item) for item in value]
    if not isinstance(value, dict):
        return value
    text = value.get(_DECIMAL)
    if set(value) == {_DECIMAL} and isinstance(text, str):
        number = Decimal(text)
        return int(text) if abs(number) >= _SAFE and text.lstrip("-").isdecimal() else number
    return {key: _from_json(item) for key, item in value.items()}
