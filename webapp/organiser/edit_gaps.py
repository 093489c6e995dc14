"""What a document leaves open, told to a person: where it belongs, why it is unknown, what is suggested."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext

from juri.core.editions.overlay import path_of
from juri.core.editions.unknowns import walk
from juri.core.editions.writing import write_value
from juri.webapp.organiser.drafts import Draft
from juri.webapp.organiser.edit_parts import PARTS, item_title
from juri.webapp.organiser.edit_schema import said_in_language
from juri.webapp.organiser.edit_values import shown_figure
from juri.webapp.organiser.edit_words import label_of, value_word
from juri.webapp.organiser.frame import has_page

_CALLED = ("id", "name", "label", "title", "text")
"""Keys by which an item is called, so that they are not told again."""


@dataclass(frozen=True)
class Told:
    """One line of a value as people read it, with the lines below it."""

    label: str
    text: str = ""
    below: tuple[Told, ...] = ()


@dataclass(frozen=True)
class Gap:
    """One thing that is unknown. ``source`` is the source's title, ``url`` its address; both may be empty.

    ``screen`` is the address of the page on which it is filled in best; empty where there is none but that of the gap.
    """

    at: str
    title: str
    why: str
    suggestion: Any
    source: str
    url: str
    screen: str
    inherited: bool

    @property
    def suggested(self) -> str:
        """Return the suggestion as a piece of YAML; empty where there is none."""
        return "" if self.suggestion is None else write_value(self.suggestion)

    @property
    def outline(self) -> tuple[Told, ...]:
        """Return the suggestion as people read it."""
        return () if self.suggestion is None else outline(self.suggestion)


def gaps_of(draft: Draft) -> list[Gap]:
    """Return what a document still leaves open."""
    return [_gap(draft, item) for item in draft.document.unknown]


def gaps_in(draft: Draft, keys: Collection[str]) -> list[Gap]:
    """Return what is still open in some of the top-level parts."""
    return [gap for gap in gaps_of(draft) if gap.at.partition(".")[0] in keys]


def outline(value: Any) -> tuple[Told, ...]:
    """Tell a value line by line: items by what they are called, keys by their words."""
    if isinstance(value, Mapping):
        return tuple(_pair(str(key), item) for key, item in value.items())
    if isinstance(value, list):
        return tuple(_item(item) for item in value)
    return (Told(_word("", value)),)


def _item(value: Any) -> Told:
    if not isinstance(value, Mapping):
        return Told(_word("", value))
    more = {str(key): item for key, item in value.items() if key not in _CALLED}
    flat = [_pair(key, item) for key, item in more.items() if not _is_deep(item)]
    deep = tuple(_pair(key, item) for key, item in more.items() if _is_deep(item))
    called = item_title(value) or said_in_language(value.get("title") or value.get("text"))
    return Told(called, ", ".join(f"{each.label}: {each.text}" for each in flat), deep)


def _pair(key: str, value: Any) -> Told:
    label = str(label_of(key))
    if _is_deep(value):
        return Told(label, "", outline(value))
    if isinstance(value, list):
        return Told(label, ", ".join(_word(key, item) for item in value))
    return Told(label, said_in_language(value) if isinstance(value, Mapping) else _word(key, value))


def _is_deep(value: Any) -> bool:
    if isinstance(value, Mapping):
        return not set(value) <= {"id", "en"}
    return isinstance(value, list) and any(isinstance(item, (Mapping, list)) for item in value)


def _word(key: str, value: Any) -> str:
    if isinstance(value, bool):
        return str(gettext("yes") if value else gettext("no"))
    return str(value_word(key, value) if isinstance(value, str) else shown_figure(value))


def _gap(draft: Draft, item: Any) -> Gap:
    given: Mapping[str, Any] = item if isinstance(item, Mapping) else {}
    sources = draft.data.get("sources")
    known = {each.get("id"): each for each in (sources if isinstance(sources, list) else []) if isinstance(each, dict)}
    source = known.get(given.get("source"), {})
    parent = draft.document.parent.get("unknown")
    at = path_of(item)
    return Gap(
        at=at,
        title=title_of(draft, at),
        why=str(given.get("why", "")),
        suggestion=given.get("suggestion"),
        source=str(source.get("title", given.get("source", ""))),
        url=str(source.get("url", "")),
        screen=_screen_for(draft, at),
        inherited=at in map(path_of, parent if isinstance(parent, list) else []),
    )


def title_of(draft: Draft, at: str) -> str:
    """Say in words where a path leads: the part, the item by what it is called, the key by its word."""
    top, *rest = at.split(".")
    part = next((part.title for part in PARTS.values() if top in part.document_keys), None)
    said = [str(part or (gettext("Rubrics") if top == "rubrics" else label_of(top)))]
    items = draft.data.get(top)
    for step in rest:
        found = [each for each in (items if isinstance(items, list) else []) if isinstance(each, Mapping)]
        item = next((each for each in found if step in (each.get("id"), each.get("rule"))), None)
        said.append(item_title(item) if item else str(label_of(step)))
        items = item
    return " / ".join(said)


def _screen_for(draft: Draft, at: str) -> str:
    """Return the address of the page on which something is filled in best; empty where there is none."""
    top, _, rest = at.partition(".")
    if top == "rubrics" and rest and has_page("organiser.rubric"):
        return url_for("organiser.rubric", edition=draft.slug, rubric=rest.partition(".")[0])
    part = next((part for part in PARTS.values() if top in part.document_keys), None)
    if part is None or top == "calendar":
        return ""
    steps, _left = walk(draft.data, at)
    if part.items and len(steps) > 1:
        item = draft.data[part.items][steps[1]]["id"]
        anchor = at.rpartition(".")[2]
        return url_for("organiser.edit_item", edition=draft.slug, part=part.name, item=item, _anchor=anchor)
    return url_for("organiser.edit_part", edition=draft.slug, part=part.name)
