"""Gather every fault of a document, each with its place, in words for the person who wrote the file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields

from juri.core.editions.positions import Node, Steps
from juri.core.errors import DefinitionError, Fault, JuriError, PluginError, Where
from juri.core.extension import Extension

_MANY = 12
"""More names than this are not listed in a hint."""

_MUST_BE = {
    "Not a valid string.": "text",
    "Not a valid integer.": "a whole number",
    "Not a valid number.": "a number",
    "Not a valid boolean.": "true or false",
    "Not a valid list.": "a list",
    "Not a valid mapping type.": "a mapping of keys",
    "Invalid input type.": "a mapping of keys",
    "Field may not be null.": "given, not null",
}
_FIGURES = (int, Decimal)


def hint_of(name: object, known: Iterable[str]) -> str:
    """Return the nearest of the known names, or all of them where they are few."""
    names = sorted(set(known))
    near = get_close_matches(str(name).casefold(), names, 1) or get_close_matches(str(name), names, 1)
    if near:
        return f"did you mean '{near[0]}'?"
    if not names:
        return "none is known here"
    more = f" and {len(names) - _MANY} more" if len(names) > _MANY else ""
    return f"known are: {', '.join(names[:_MANY])}{more}"


def shown(value: Any) -> str:
    """Say a value in a few characters, as its writer wrote it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (dict, list)):
        return "a mapping" if isinstance(value, dict) else "a list"
    text = str(value)
    return f"'{text[:37]}...'" if len(text) > 40 else f"'{text}'"  # noqa: PLR2004  a line of an error is short


def path_text(steps: Steps) -> str:
    """Write a place as people read it; positions in lists count from 1."""
    return ".".join(str(step + 1) if isinstance(step, int) else step for step in steps)


@dataclass
class Faults:
    """The faults of one document. What lies at or below an ``excused`` place is unknown on purpose and no fault."""

    root: Node
    excused: frozenset[Steps] = frozenset()
    found: list[Fault] = field(default_factory=list)
    keys: dict[Steps, set[str]] = field(default_factory=dict)
    """The keys that are known at each place that was read with a schema."""

    def add(self, steps: Steps, problem: str, hint: str = "", *, of_key: bool = False) -> None:
        """Note a fault at a place, unless the place is unknown on purpose."""
        if not self.is_excused(steps):
            self.found.append(Fault(self.root.place(steps, of_key=of_key), problem, hint, steps))

    def add_at(self, where: Where, problem: str, hint: str = "") -> None:
        """Note a fault of something that is not part of the resolved document any more."""
        self.found.append(Fault(where, problem, hint))

    def add_new(self, steps: Steps, problem: str, hint: str = "") -> None:
        """Note a fault, unless the schema of a plugin already complained of the same place."""
        where = self.root.place(steps)
        if all(fault.where != where for fault in self.found):
            self.add(steps, problem, hint)

    def unknown_name(self, steps: Steps, kind: str, name: object, known: Iterable[str]) -> None:
        """Note that a name refers to nothing."""
        self.add_new(steps, f"there is no {kind} {shown(name)}", hint_of(name, known))

    def is_excused(self, steps: Steps) -> bool:
        """Tell whether a place is unknown on purpose, or lies in something that is."""
        return any(steps[:length] in self.excused for length in range(1, len(steps) + 1))

    def load(self, schema: Schema, value: Any, steps: Steps, more_keys: Iterable[str] = ()) -> dict[str, Any]:
        """Read a part of the document with a schema; what is wrong becomes faults, what is right is returned."""
        for inner, below in _nested(schema, value, steps):
            self.keys.setdefault(below, set()).update(_keys(inner))
        self.keys.setdefault(steps, set()).update(_keys(schema), more_keys)
        try:
            loaded = schema.load(value)
        except ValidationError as error:
            for place, message in _flat(error.messages, self.root, steps):
                self._complain(schema, steps, place, message)
            loaded = error.valid_data
        return dict(loaded) if isinstance(loaded, Mapping) else {}

    def load_split(
        self, common: Schema, owner: Extension, options: type[Schema] | None, value: dict[str, Any], steps: Steps
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Read a part that has common keys and the options of a plugin; a key that both know goes to both."""
        theirs = self.guarded(owner, "options", options) if options else None
        known, ours = set(_keys(theirs)) if theirs else set(), set(_keys(common))
        takes_all = theirs is not None and theirs.unknown != RAISE
        own = {key: item for key, item in value.items() if key in ours or not (key in known or takes_all)}
        rest = {key: item for key, item in value.items() if key in known or (takes_all and key not in ours)}
        loaded = self.load(common, own, steps, known)
        if theirs is None:
            return loaded, {}
        return loaded, self.guarded(owner, "options", lambda: self.load(theirs, rest, steps))

    def guarded(self, owner: Extension, hook: str, call: Callable[[], Any]) -> Any:
        """Call what a plugin brought.

        Raises:
            PluginError: it raised; names the extension.

        """
        try:
            return call()
        except JuriError:
            raise
        except (Exception, SystemExit) as error:
            raise PluginError(owner.name, hook, f"{type(error).__name__}: {error}") from error

    def refuse(self) -> None:
        """Raise what was found.

        Raises:
            DefinitionError: with every fault, those of the file itself first, sorted by line.

        """
        if self.found:
            own = self.root.where.file
            order = sorted(set(self.found), key=lambda fault: (fault.where.file != own, *_sort_key(fault)))
            raise DefinitionError(order)

    def _complain(self, schema: Schema, base: Steps, place: Steps, message: str) -> None:
        last = place[-1] if place else "document"
        name = str(last + 1) if isinstance(last, int) else last
        value = _value_at(self.root, place)
        if message == "Unknown field.":
            known = sorted(self.keys.get(place[:-1]) or _keys_at(schema, place[len(base) : -1]))
            self.add(place, f"there is no key '{name}' here", hint_of(name, known), of_key=True)
        elif message == "Missing data for required field.":
            self.add(place, f"the key '{name}' is missing")
        elif message in _MUST_BE:
            hint = "put it in quotation marks" if message.endswith("string.") and _is_plain(value) else ""
            self.add(place, f"'{name}' must be {_MUST_BE[message]}, not {shown(value)}", hint)
        elif message.startswith("Must be one of: "):
            choices = message.removeprefix("Must be one of: ").rstrip(".").split(", ")
            self.add(place, f"'{name}' may not be {shown(value)}", hint_of(value, choices))
        else:
            whole = isinstance(value, dict) or isinstance(last, int)
            self.add(place, message if whole else f"'{name}': {message[:1].lower()}{message[1:]}")


def _sort_key(fault: Fault) -> tuple[str, int, int, str]:
    return fault.where.file, fault.where.line, fault.where.column, fault.problem


def _is_plain(value: Any) -> bool:
    return isinstance(value, _FIGURES)


def _value_at(root: Node, steps: Steps) -> Any:
    node: Node | None = root
    for step in steps:
        node = node.child(step) if node else None
    return node.value if node else None


def _flat(messages: Any, root: Node, steps: Steps) -> Iterator[tuple[Steps, str]]:
    """Walk marshmallow's nested messages; ``value`` and ``key`` levels that its Dict field adds are taken out."""
    if not isinstance(messages, Mapping):
        for message in messages if isinstance(messages, (list, tuple)) else [messages]:
            yield steps, str(message)
        return
    for step, below in messages.items():
        node = _node_at(root, steps)
        wrapped = step in ("key", "value") and (node is None or node.child(step) is None) and node is not root
        own = step == "_schema" or (wrapped and _is_from_dict(messages))
        yield from _flat(below, root, steps if own else (*steps, step))


def _is_from_dict(messages: Mapping[Any, Any]) -> bool:
    return set(messages) <= {"key", "value"} and messages.get("value") != ["Missing data for required field."]


def _node_at(root: Node, steps: Steps) -> Node | None:
    node: Node | None = root
    for step in steps:
        node = node.child(step) if node else None
    return node


def _keys(schema: Schema) -> Iterator[str]:
    for name, one in schema.fields.items():
        yield one.data_key or name


def _below(at: Any, step: str | int) -> Any:
    """Return the schema or field one step below a schema or field; None where nothing is known."""
    if isinstance(at, fields.Nested):
        at = at.schema
    if isinstance(at, Schema):
        return next((one for name, one in at.fields.items() if (one.data_key or name) == step), None)
    if isinstance(at, fields.List):
        return at.inner if isinstance(step, int) else None
    return at.value_field if isinstance(at, fields.Dict) else None


def _keys_at(schema: Schema, steps: Steps) -> list[str]:
    at: Any = schema
    for step in steps:
        at = _below(at, step)
    inner = at.schema if isinstance(at, fields.Nested) else at
    return list(_keys(inner)) if isinstance(inner, Schema) else []


def _nested(at: Any, value: Any, steps: Steps) -> Iterator[tuple[Schema, Steps]]:
    """Walk the mappings of a value that a schema knows, each with the schema that reads it."""
    inner = at.schema if isinstance(at, fields.Nested) else at
    if isinstance(inner, Schema) and isinstance(value, dict):
        yield inner, steps
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, item in parts:
        below = _below(at, step)
        if below is not None:
            yield from _nested(below, item, (*steps, step))
