"""Write values into the text of a document: what is not changed stays as it was written, comments included."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import CommentMark
from ruamel.yaml.resolver import VersionedResolver
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString
from ruamel.yaml.tokens import CommentToken

from juri.core.editions.overlay import SAME, same
from juri.core.editions.positions import read_mapping, read_tree
from juri.core.errors import DefinitionError

ORDER = (
    "juri", "edition", "extends", "competition", "name", "description", "template", "time_zone", "secretariat",
    "sources", "calendar", "clusters", "categories", "tracks", "limits", "eligibility", "form", "panels", "rubrics",
    "stages", "unknown",
)  # fmt: skip
"""In which order the parts of a document stand."""

_WIDE = 4096
_ONE_LINE = 100
"""A mapping of plain values that fits into so many characters stands on one line."""

_WORD = re.compile(r"[^\W\d_][\w .,;()/%+&'-]*")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?([+-]\d\d:\d\d|Z)?)?")
_OTHERWISE = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})


class _AllText(VersionedResolver):
    """Takes every plain scalar as text, so that a number or a date is written back letter by letter."""

    @property
    def versioned_resolver(self) -> Any:
        """Return how the look of a scalar tells its type: not at all."""
        return {}


def write_parts(text: str, parts: Mapping[str, Any]) -> str:
    """Set top-level keys of a document; a part that is ``SAME`` is taken out.

    Args:
        text: the document, which must be readable (see ``read_mapping``).
        parts: plain values by key, numbers as int or Decimal; None is written as null.

    Raises:
        DefinitionError: the text is no document.

    """
    read_mapping(text, "document")
    yaml = _yaml()
    root = yaml.load(text)
    for key in sorted(parts, key=_rank):
        if parts[key] is SAME:
            root.pop(key, None)
        elif key in root:
            root[key] = _merged(root[key], parts[key])
        else:
            _insert(root, key, _written(parts[key]))
    return _dumped(yaml, root)


def write_document(value: Mapping[str, Any]) -> str:
    """Write a whole document of plain values, its parts in the usual order."""
    root = CommentedMap((key, _written(value[key])) for key in sorted(value, key=_rank))
    return _dumped(_yaml(), root)


def write_value(value: Any) -> str:
    """Write one plain value as a snippet of YAML, without a line break behind it."""
    if isinstance(value, (dict, list)) and value:
        shown = _written(value)
        if not isinstance(shown, CommentedMap) or not shown.fa.flow_style():
            return _dumped(_yaml(offset=0), shown).rstrip("\n")
    return _dumped(_yaml(), CommentedMap(value=_written(value))).removeprefix("value:").strip()


def _yaml(offset: int = 2) -> YAML:
    yaml = YAML(typ="rt", pure=True)
    yaml.Resolver = _AllText
    yaml.preserve_quotes = True
    yaml.width = _WIDE
    yaml.indent(mapping=2, sequence=2 + offset, offset=offset)
    return yaml


def _dumped(yaml: YAML, root: Any) -> str:
    out = StringIO()
    yaml.dump(root, out)
    return out.getvalue()


def _rank(key: str) -> int:
    return ORDER.index(key) if key in ORDER else len(ORDER)


def _insert(root: CommentedMap, key: str, value: Any) -> None:
    """Put a new part behind the last one that stands before it in the usual order, with an empty line between."""
    before = [place for place, name in enumerate(root) if _rank(name) <= _rank(key)]
    place = before[-1] + 1 if before else 0
    root.insert(place, key, value)
    if place and not isinstance(value, str):
        root.ca.items.setdefault(key, [None, None, None, None])[1] = [CommentToken("\n", CommentMark(0), None)]


def _merged(old: Any, new: Any) -> Any:
    """Bring a value into what stands there, so that what stays keeps its comments and its style."""
    if isinstance(old, CommentedMap) and isinstance(new, Mapping):
        return _merged_keys(old, new)
    if isinstance(old, CommentedSeq) and isinstance(new, list):
        return _merged_items(old, new)
    return old if _says(old, new) else _written(new)


def _merged_keys(old: CommentedMap, new: Mapping[str, Any]) -> CommentedMap:
    for key in [key for key in old if key not in new]:
        del old[key]
    for key, value in new.items():
        old[key] = _merged(old[key], value) if key in old else _written(value)
    return old


def _merged_items(old: CommentedSeq, new: list[Any]) -> CommentedSeq:
    """Rebuild a list: an item that was there keeps its comments, wherever it stands now."""
    known = {_name(item): place for place, item in enumerate(old)}
    items, comments = [], {}
    for place, value in enumerate(new):
        before = known.pop(_name(value), None)
        items.append(_written(value) if before is None else _merged(old[before], value))
        if before is not None and before in old.ca.items:
            comments[place] = old.ca.items[before]
    old[:] = []
    old.extend(items)
    old.ca.items.clear()
    old.ca.items.update(comments)
    return old


def _name(item: Any) -> str:
    """Return by what an item of a list is known again."""
    if isinstance(item, Mapping):
        return next((f"{key} {item[key]}" for key in ("id", "at", "rule", "value") if key in item), repr(item))
    return str(item)


def _says(old: Any, new: Any) -> bool:
    """Tell whether what is written says a plain value already: ``7.50`` says 7.5, ``quorum:2`` says itself."""
    if isinstance(old, (CommentedMap, CommentedSeq)) or isinstance(new, (dict, list)):
        return False
    is_quoted = type(old) is not str
    if is_quoted:
        return isinstance(new, str) and str(old) == new
    try:
        return same(read_tree(old, "value").value, new)
    except DefinitionError:
        return False


def _written(value: Any) -> Any:
    """Make what stands for a plain value in a text."""
    if isinstance(value, Mapping):
        made = CommentedMap((str(key), _written(item)) for key, item in value.items())
        if made and _is_short(made):
            made.fa.set_flow_style()
        return made
    if isinstance(value, (list, tuple)):
        listed = CommentedSeq(map(_written, value))
        if _is_short_list(listed):
            listed.fa.set_flow_style()
        return listed
    return _scalar(value)


def _scalar(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, Decimal)):
        return format(value, "f") if isinstance(value, Decimal) else str(value)
    return _text(str(value))


def _text(text: str) -> str:
    lines = text.split("\n")
    if len(lines) > 1 and text.strip() == text and all(line == line.rstrip() and line.isprintable() for line in lines):
        lined: str = LiteralScalarString(text)
        return lined
    is_word = _WORD.fullmatch(text) and text == text.strip() and text.lower() not in _OTHERWISE
    quoted: str = DoubleQuotedScalarString(text)
    return text if is_word or _MOMENT.fullmatch(text) else quoted


def _is_short(made: CommentedMap) -> bool:
    inner = [item for item in made.values() if isinstance(item, CommentedSeq | CommentedMap)]
    texts = all(isinstance(item, CommentedMap) and set(item) <= {"id", "en"} for item in inner)
    return texts and not _has_lines(made) and len(str(_plain(made))) < _ONE_LINE


def _is_short_list(listed: CommentedSeq) -> bool:
    return all(isinstance(item, str) for item in listed) and not _has_lines(listed) and len(str(listed)) < _ONE_LINE


def _has_lines(made: Any) -> bool:
    items = made.values() if isinstance(made, Mapping) else made
    return any(isinstance(item, LiteralScalarString) for item in items)


def _plain(made: Any) -> Any:
    return {key: _plain(item) for key, item in made.items()} if isinstance(made, Mapping) else str(made)
