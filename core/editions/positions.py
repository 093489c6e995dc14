"""Read YAML 1.2 into a tree that remembers where everything stood: exact numbers, dates as text, no surprises."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from juri.core.errors import DefinitionError, Fault, Where

MAX_BYTES = 1024 * 1024
MAX_NODES = 50_000
MAX_DEPTH = 40
MAX_KEY = 200
MAX_NUMBER = 30
"""Characters of a number, and the greatest power of ten in one: beyond that it is a slip or an attack."""

Steps = tuple[str | int, ...]
"""A place in a document: keys of mappings and 0-based positions in lists."""

_FORBIDDEN = re.compile("[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_INTEGER = re.compile(r"[-+]?[0-9]+")
_BASED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_DECIMAL = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)(?:[eE]([-+]?[0-9]+))?")
_NOT_A_FIGURE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_WORDS = {"": None, "~": None} | dict.fromkeys(("null", "Null", "NULL"))
_WORDS |= dict.fromkeys(("true", "True", "TRUE"), True) | dict.fromkeys(("false", "False", "FALSE"), False)
_KEPT_LENGTH = 2**17
"""Trees of longer texts are not kept in memory."""

_STRING_TAGS = ("!", "tag:yaml.org,2002:str")

_SENTENCES = (
    (r"'\t'", "a tab stands where YAML wants spaces", "indent with spaces"),
    ("mapping values are not allowed", "a ':' stands where no key can", "quote the text, or check the indentation"),
    ("expected ',' or ']'", "a list that begins with '[' is not closed", "write ']' or the missing ','"),
    ("expected ',' or '}'", "a mapping that begins with '{' is not closed", "write '}' or the missing ','"),
    ("could not find expected ':'", "a key has no ':' behind it", "write 'key: value'"),
    ("expected <block end>", "this line is not indented like its neighbours", "line it up with the lines above"),
    ("unexpected end of stream", "a quoted text is not closed", "write the closing quotation mark"),
    ("found undefined alias", "this '*name' refers to no '&name' above it", "name the anchor first, or quote the text"),
    ("cannot start any token", "a text may not begin with this character", "put the text in quotation marks"),
)


@dataclass(frozen=True)
class Node:
    """A value with the place where it stands and, in a mapping, the place of its key.

    ``value`` is a mapping of nodes, a list of nodes, or a str, int, Decimal, bool or None. ``size`` and ``depth``
    count what hangs on it, aliases written out.
    """

    value: Any
    where: Where
    key: Where | None = None
    size: int = 1
    depth: int = 1

    def child(self, step: str | int) -> Node | None:
        """Return the node one step down, or None where there is none."""
        if isinstance(self.value, dict):
            found: Node | None = self.value.get(step)
            return found
        if isinstance(self.value, list) and isinstance(step, int) and 0 <= step < len(self.value):
            item: Node = self.value[step]
            return item
        return None

    def place(self, steps: Steps, *, of_key: bool = False) -> Where:
        """Return where ``steps`` leads to, or the nearest place above it that exists."""
        node = self
        for step in steps:
            below = node.child(step)
            if below is None:
                return node.where
            node = below
        return node.key if of_key and node.key else node.where

    def plain(self) -> Any:
        """Return the value without places. A key whose value is null is left out: it says the same as no key."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items() if node.value is not None}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value


@dataclass
class _Open:
    """A mapping or list that is being read."""

    where: Where
    anchor: str | None
    value: dict[str, Node] | list[Node]
    key: tuple[str, Where] | None = None
    size: int = 1
    depth: int = 1


@dataclass
class _Reader:
    """Builds the tree from YAML events without recursion, so that no nesting can exhaust the stack."""

    file: str
    open: list[_Open] = field(default_factory=list)
    anchors: dict[str, Node | None] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    root: Node | None = None
    documents: int = 0

    def read(self, text: str) -> Node:
        for event in _events(text, self.file):
            getattr(self, f"on_{type(event).__name__.removesuffix('Event').lower()}", self.pass_over)(event)
        if self.faults:
            raise DefinitionError(self.faults)
        if self.root is None or self.root.value is None:
            raise _refusal(Where(self.file, 1, 1), "the file is empty", "write at least 'juri: 1'")
        return self.root

    def pass_over(self, event: Any) -> None:
        """Stream marks and ends of documents say nothing to us."""

    def on_documentstart(self, event: Any) -> None:
        self.documents += 1
        if self.documents > 1:
            raise _refusal(self.at(event), "a second document begins here", "keep one document in a file")

    def on_mappingstart(self, event: Any) -> None:
        self.begin(event, {})

    def on_sequencestart(self, event: Any) -> None:
        self.begin(event, [])

    def begin(self, event: Any, value: dict[str, Node] | list[Node]) -> None:
        where = self.at(event)
        if event.tag:
            self.fault(where, f"the tag '{event.tag}' is not used here", "leave it out")
        if self.awaits_key():
            raise _refusal(where, "a key must be a plain word, not a list or mapping", "quote the text")
        if len(self.open) >= MAX_DEPTH:
            raise _refusal(where, f"this is nested more than {MAX_DEPTH} deep", "")
        if event.anchor:
            self.anchors[event.anchor] = None
        self.open.append(_Open(where, event.anchor, value))

    def on_mappingend(self, event: Any) -> None:
        done = self.open.pop()
        self.add(Node(done.value, done.where, None, done.size, done.depth), done.anchor)

    on_sequenceend = on_mappingend

    def on_scalar(self, event: Any) -> None:
        where = self.at(event)
        self.check_text(event.value, where)
        if self.awaits_key():
            self.open[-1].key = (self.checked_key(event.value, where), where)
        else:
            self.add(Node(self.scalar(event, where), where), event.anchor)

    def on_alias(self, event: Any) -> None:
        where = self.at(event)
        if event.anchor not in self.anchors:
            raise _refusal(where, f"'*{event.anchor}' refers to no '&{event.anchor}' above it", "quote the text")
        node = self.anchors[event.anchor]
        if node is None:
            raise _refusal(where, f"'*{event.anchor}' stands inside '&{event.anchor}' itself", "")
        if self.awaits_key():
            raise _refusal(where, "an alias cannot be a key", "write the key out")
        self.add(node, None)

    def add(self, node: Node, anchor: str | None) -> None:
        """Hang a complete node on what is open; count it with everything that an alias brings along."""
        if anchor:
            self.anchors[anchor] = node
        if not self.open:
            self.root = node
            return
        parent = self.open[-1]
        parent.size += node.size
        parent.depth = max(parent.depth, node.depth + 1)
        self.check_bounds(parent, node)
        if isinstance(parent.value, list):
            parent.value.append(node)
        elif parent.key:
            self.put(parent.value, parent.key, node)
            parent.key = None

    def check_bounds(self, parent: _Open, node: Node) -> None:
        if sum(above.size for above in self.open) > MAX_NODES:
            raise _refusal(node.where, f"the file says more than {MAX_NODES} things, aliases written out", "")
        if len(self.open) + node.depth - 1 > MAX_DEPTH:
            raise _refusal(node.where, f"this is nested more than {MAX_DEPTH} deep", "")

    def put(self, mapping: dict[str, Node], key: tuple[str, Where], node: Node) -> None:
        name, where = key
        if name in mapping:
            first = mapping[name].key
            self.fault(where, f"the key '{name}' stands here a second time; it is already at {first}", "keep one")
        mapping[name] = replace(node, key=where)

    def awaits_key(self) -> bool:
        return bool(self.open) and isinstance(self.open[-1].value, dict) and self.open[-1].key is None

    def checked_key(self, name: str, where: Where) -> str:
        if name == "<<":
            self.fault(where, "'<<' is not part of YAML 1.2", "use 'extends', or write the keys out")
        elif not name.strip() or len(name) > MAX_KEY or "\n" in name:
            self.fault(where, f"a key must be one line of 1 to {MAX_KEY} characters", "")
        return name

    def check_text(self, text: str, where: Where) -> None:
        """Refuse characters that an escape brought in and that no database or page could show."""
        found = _FORBIDDEN.search(text)
        if found:
            self.fault(where, f"the text has the character U+{ord(found.group()):04X}, which cannot be kept", "")

    def scalar(self, event: Any, where: Where) -> Any:
        text = event.value
        if event.tag and event.tag not in _STRING_TAGS:
            self.fault(where, f"the tag '{event.tag}' is not used here", "leave it out")
        if event.tag or event.style:
            return text
        if text in _WORDS:
            return _WORDS[text]
        return self.number(text, where)

    def number(self, text: str, where: Where) -> Any:
        """Return the exact number that a plain text says, or the text itself."""
        based, figure = _BASED.fullmatch(text), _DECIMAL.fullmatch(text)
        if _NOT_A_FIGURE.fullmatch(text):
            self.fault(where, f"{text} is not a number that can be reckoned with", "write a figure, or quote the text")
        if not (based or figure) or _NOT_A_FIGURE.fullmatch(text):
            return text
        power = figure.group(3) if figure else None
        if len(text) > MAX_NUMBER or abs(int(power or 0)) > MAX_NUMBER:
            self.fault(where, f"this number is too long: at most {MAX_NUMBER} characters", "quote it if it is text")
            return text
        if based:
            return int(text, 0)
        return int(text) if _INTEGER.fullmatch(text) else Decimal(text)

    def at(self, event: Any) -> Where:
        return Where(self.file, event.start_mark.line + 1, event.start_mark.column + 1)

    def fault(self, where: Where, problem: str, hint: str) -> None:
        self.faults.append(Fault(where, problem, hint))


def read_tree(text: str, file: str) -> Node:
    """Read a YAML text; ``file`` is what errors call it.

    Raises:
        DefinitionError: it is not YAML, or YAML that a document may not use; with file, line and column.

    """
    return _read_and_keep(text, file) if len(text) <= _KEPT_LENGTH else _read(text, file)


@lru_cache(maxsize=32)
def _read_and_keep(text: str, file: str) -> Node:
    """Read a text of usual length once: a page of the editor needs its tree many times."""
    return _read(text, file)


def _read(text: str, file: str) -> Node:
    if len(text) > MAX_BYTES or len(text.encode(errors="surrogatepass")) > MAX_BYTES:
        raise _refusal(Where(file), "the file is larger than 1 MiB", "an edition is a short text; keep data elsewhere")
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    found = _FORBIDDEN.search(text)
    if found:
        name = f"U+{ord(found.group()):04X}"
        raise _refusal(_place(text, found.start(), file), f"the character {name} may not stand in a text file", "")
    return _Reader(file).read(text)


def read_mapping(text: str, file: str) -> Node:
    """Read a YAML text that must be a mapping of keys.

    Raises:
        DefinitionError: as ``read_tree``, and where it is a list or a single value.

    """
    root = read_tree(text, file)
    if not isinstance(root.value, dict):
        found = "a list" if isinstance(root.value, list) else "a single value"
        raise _refusal(root.where, f"the file holds {found}; it must hold keys with values", "begin with 'juri: 1'")
    return root


def read_text(path: Path) -> str:
    """Read a file as UTF-8 text.

    Raises:
        DefinitionError: it cannot be read, is too large or is not UTF-8; says at which line.

    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise _refusal(Where(str(path)), "the file is larger than 1 MiB", "an edition is a short text")
        raw = path.read_bytes()
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        where = _place(raw[: error.start].decode("utf-8-sig"), error.start, str(path))
        raise _refusal(where, "the file is not UTF-8 text", "save it with the encoding UTF-8") from error
    except OSError as error:
        raise _refusal(Where(str(path)), f"the file cannot be read: {error.strerror}", "") from error


def node_of(value: Any, where: Where) -> Node:
    """Make a tree of plain data that has no file of its own; floats become the decimals they are written as."""
    if isinstance(value, dict):
        return Node({str(key): replace(node_of(item, where), key=where) for key, item in value.items()}, where)
    if isinstance(value, (list, tuple)):
        return Node([node_of(item, where) for item in value], where)
    return Node(Decimal(str(value)) if isinstance(value, float) else value, where)


def _events(text: str, file: str) -> Iterator[Any]:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        yield from YAML(typ="safe", pure=True).parse(text)
    except MarkedYAMLError as error:
        raise _explained(error, file) from error
    except (YAMLError, ArithmeticError, AssertionError, LookupError, ValueError) as error:
        # ruamel.yaml lets a few of its own stumbles through (a \U escape beyond Unicode, a %YAML 1.3 line)
        raise _refusal(Where(file), f"this is not YAML: {error}", "") from error


def _explained(error: Any, file: str) -> DefinitionError:
    mark = error.problem_mark or error.context_mark
    where = Where(file, mark.line + 1, mark.column + 1) if mark else Where(file)
    said = str(error.problem or error.context)
    for sign, sentence, hint in _SENTENCES:
        if sign in said:
            begun = error.context_mark if "not closed" in sentence else None
            since = f"; it begins at line {begun.line + 1}, column {begun.column + 1}" if begun else ""
            return _refusal(where, sentence + since, hint)
    return _refusal(where, f"this is not YAML: {' '.join(said.split())}", "")


def _place(text: str, offset: int, file: str) -> Where:
    before = text[:offset]
    return Where(file, before.count("\n") + 1, len(before) - before.rfind("\n"))


def _refusal(where: Where, problem: str, hint: str) -> DefinitionError:
    return DefinitionError([Fault(where, problem, hint)])
