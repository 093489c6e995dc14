"""The screens of the parts of an edition: one form each, or a list of items with a form for each item."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import request, url_for
from flask_babel import gettext

from juri.core.editions.editing import change_parts, new_faults
from juri.core.errors import Conflict, InputRefused, NotFound
from juri.webapp.guard import guarded
from juri.webapp.organiser.blueprint import blueprint
from juri.webapp.organiser.drafts import (
    EDIT,
    Draft,
    drafting,
    edit_page,
    edit_part_of_page,
    is_overtaken,
    overtaken_lines,
    save,
    saved,
    seen_data,
)
from juri.webapp.organiser.edit_faults import fault_sentence
from juri.webapp.organiser.edit_gaps import Gap, gaps_in
from juri.webapp.organiser.edit_parts import PARTS, Part, item_title
from juri.webapp.organiser.edit_screen import LOOK, SAVE, Place, Screen
from juri.webapp.organiser.frame import is_partial
from juri.webapp.sentences import sentence

_POST = ("GET", "POST")


@guarded(blueprint, "/<edition>/edit/part/<part>", needs=EDIT, methods=_POST)
def edit_part(edition: str, part: str) -> Any:
    """Show a part that is one form, or the list of a part that has items; change it."""
    spec = _spec(part)
    return _edit_list(edition, spec) if spec.items else _edit_form(edition, spec, None)


@guarded(blueprint, "/<edition>/edit/part/<part>/<item>", needs=EDIT, methods=_POST)
def edit_item(edition: str, part: str, item: str) -> Any:
    """Show one item of a part; change it."""
    spec = _spec(part)
    if not spec.items:
        raise NotFound("page", item)
    return _edit_form(edition, spec, item)


@guarded(blueprint, "/<edition>/edit/add/<part>", needs=EDIT, methods=_POST)
def edit_add(edition: str, part: str) -> Any:
    """Add an item to a part."""
    spec = _spec(part)
    if not spec.items:
        raise NotFound("page", part)
    return _edit_form(edition, spec, "")


def _spec(part: str) -> Part:
    if part not in PARTS:
        raise NotFound("page", part)
    return PARTS[part]


def screen_of(draft: Draft, spec: Part, item: str | None) -> Screen:
    """Return the form of a part, or of one item of it (empty: a new one).

    Raises:
        NotFound: there is no such item.

    """
    if item is None:
        whole = {key: draft.data[key] for key in spec.keys if key in draft.data}
        return Screen(draft, Place((), whole, spec.keys), spec.slots(draft.around(), whole))
    if not item:
        return _new_item(draft, spec, _asked_kind())
    found = find_item(draft.data, spec, item)
    if found is None:
        raise NotFound(spec.name, item)
    index, value = found
    around = draft.around(before=item if spec.name == "stages" else "")
    place = Place((spec.items, index), value, (spec.items,), index)
    return Screen(draft, place, spec.slots(around, value))


def _new_item(draft: Draft, spec: Part, value: Mapping[str, Any]) -> Screen:
    count = len(draft.data.get(spec.items) or ())
    place = Place((spec.items, count), value, (spec.items,), count)
    return Screen(draft, place, spec.slots(draft.around(), value))


def _asked_kind() -> dict[str, str]:
    return {"kind": request.values["kind"]} if "kind" in request.values else {}


def find_item(data: Mapping[str, Any], spec: Part, item: str) -> tuple[int, Mapping[str, Any]] | None:
    """Return where an item of a part stands, and what it says; None where there is none."""
    items = data.get(spec.items)
    found = enumerate(items if isinstance(items, list) else [])
    return next(((place, each) for place, each in found if isinstance(each, dict) and each.get("id") == item), None)


def _edit_form(edition: str, spec: Part, item: str | None) -> Any:
    with drafting(edition) as draft:
        if request.method == "POST" and is_overtaken(draft):
            return _overtaken_page(draft, spec, item)
        screen = _screen(draft, spec, item, _asked_kind())
        asked = screen.act() if request.method == "POST" else ""
        if asked == LOOK and is_partial():
            return edit_part_of_page("beside.html", draft, beside=screen.beside())
        if asked != SAVE or not screen.is_fine():
            return _form_page(screen, spec, item, 422 if screen.troubles else 200)
        text = screen.text
    try:
        save(edition, text, f"{spec.name}/{item or 'new'}" if spec.items else spec.name)
    except Conflict:
        with drafting(edition) as draft:
            return _overtaken_page(draft, spec, item)
    endpoint = "organiser.edit_part" if spec.items else "organiser.edit"
    return saved(edition, endpoint, **({"part": spec.name} if spec.items else {}))


def _screen(draft: Draft, spec: Part, item: str | None, gone: Mapping[str, Any]) -> Screen:
    """Return the form that is shown or sent; what is sent for an item that somebody took out is a new one."""
    try:
        return screen_of(draft, spec, item)
    except NotFound:
        if request.method == "GET":
            raise
        return _new_item(draft, spec, gone)


def _overtaken_page(draft: Draft, spec: Part, item: str | None) -> Any:
    """Show what was typed on top of what somebody else saved meanwhile."""
    before = _value_before(draft, spec, item)
    screen = _screen(draft, spec, item, before)
    again = replace(screen, shown=screen.typed_over(before))
    return _form_page(again, spec, item, 409, overtaken=overtaken_lines(draft), is_overtaken=True)


def _value_before(draft: Draft, spec: Part, item: str | None) -> Mapping[str, Any]:
    """Return what the part or the item said when the form was made."""
    data = seen_data(draft)
    if item is None:
        return {key: data[key] for key in spec.keys if key in data}
    found = find_item(data, spec, item) if item else None
    return found[1] if found else _asked_kind()


def _form_page(screen: Screen, spec: Part, item: str | None, status: int, **values: Any) -> Any:
    draft = screen.draft
    title = str(spec.title) if item is None else item_title(screen.place.value) or _new_title(spec)
    trail = [(title, "")]
    if item is not None:
        trail = [(str(spec.title), url_for("organiser.edit_part", edition=draft.slug, part=spec.name)), *trail]
    shown = {"overtaken": (), "is_overtaken": False, **values}
    return edit_page(
        "part.html",
        draft,
        current="overview",
        trail=trail,
        status=status,
        title=title,
        spec=spec,
        item=item,
        form=screen.form,
        kind=str(screen.place.value.get("kind", "")) if spec.name == "stages" else "",
        troubles=screen.troubles,
        beside=screen.beside(),
        gaps=_gaps_here(draft, spec, item),
        **shown,
    )


def _gaps_here(draft: Draft, spec: Part, item: str | None) -> list[Gap]:
    """Return what is still unknown on a page: in its part or, on the page of an item, in that item."""
    found = gaps_in(draft, spec.document_keys)
    return found if item is None else [gap for gap in found if gap.at.startswith(f"{spec.items}.{item}.")]


def _new_title(spec: Part) -> str:
    return str(gettext("New %(what)s", what=spec.one))


def _edit_list(edition: str, spec: Part) -> Any:
    with drafting(edition) as draft:
        if request.method == "GET":
            return _list_page(draft, spec, [], 200)
        if is_overtaken(draft):
            return _list_page(draft, spec, [], 409, overtaken=overtaken_lines(draft), is_overtaken=True)
        try:
            text = change_parts(draft.document, {spec.items: _rearranged(draft, spec) or None})
        except InputRefused as refused:
            return _list_page(draft, spec, [sentence(problem.message) for problem in refused.problems], 422)
        faults = new_faults(draft.document, text, (spec.items,))
        if faults:
            return _list_page(draft, spec, [fault_sentence(each.fault) for each in faults], 422)
    try:
        save(edition, text, spec.name)
    except Conflict:
        with drafting(edition) as draft:
            return _list_page(draft, spec, [], 409, overtaken=overtaken_lines(draft), is_overtaken=True)
    return saved(edition, "organiser.edit_part", part=spec.name)


def _rearranged(draft: Draft, spec: Part) -> list[Any]:
    """Return the items as a button or the dragging wants them: in another order, or without one."""
    items = {str(item.get("id")): item for item in draft.data.get(spec.items) or () if isinstance(item, dict)}
    sent = [name for name in request.form.getlist("item") if name in items]
    order = sent if sorted(sent) == sorted(items) else list(items)
    what, _, target = (request.form.get("move") or request.form.get("act") or "").partition(":")
    if what == "remove":
        order = [name for name in order if name != target]
    elif what in ("up", "down") and target in order:
        place = order.index(target)
        other = place + (-1 if what == "up" else 1)
        if 0 <= other < len(order):
            order[place], order[other] = order[other], order[place]
    return [items[name] for name in order]


def _list_page(draft: Draft, spec: Part, problems: list[str], status: int, **values: Any) -> Any:
    items = [item for item in draft.data.get(spec.items) or () if isinstance(item, dict)]
    kinds = [(name, draft.registry.get("stage_kinds", name)) for name in draft.registry.names("stage_kinds")]
    return edit_page(
        "list.html",
        draft,
        current="overview",
        trail=[(str(spec.title), "")],
        status=status,
        spec=spec,
        items=[(str(item.get("id")), item_title(item), spec.says(item), str(item.get("kind", ""))) for item in items],
        kinds=kinds if spec.name == "stages" else [],
        problems=problems,
        gaps=gaps_in(draft, spec.document_keys),
        **{"overtaken": (), "is_overtaken": False, **values},
    )
