"""The screens of the parts of an edition: one form each, or a list of items with a form for each item."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext

from juri.core.editions.editing import change_parts, new_faults
from juri.core.errors import Conflict, InputRefused, NotFound
from juri.webapp.guard import guarded
from juri.webapp.organiser.blueprint import blueprint
from juri.webapp.organiser.drafts import EDIT, Draft, drafting, edit_page, overtaken_lines, save, saved, seen_of
from juri.webapp.organiser.edit_faults import fault_sentence
from juri.webapp.organiser.edit_parts import PARTS, Part, ids_of, item_title
from juri.webapp.organiser.edit_screen import LOOK, SAVE, Place, Screen
from juri.webapp.organiser.frame import is_partial

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
        value = {key: draft.data[key] for key in spec.keys if key in draft.data}
        return Screen(draft, Place((), value, spec.keys), spec.slots(draft.around(), value))
    items = draft.data.get(spec.items) or []
    if not item:
        fresh = {"kind": request.args["kind"]} if "kind" in request.args else {}
        place = Place((spec.items, len(items)), fresh, (spec.items,), len(items))
        return Screen(draft, place, spec.slots(draft.around(), fresh))
    known = ids_of(draft.data, spec.items)
    if item not in known:
        raise NotFound(spec.name, item)
    index = known.index(item)
    around = draft.around(before=item if spec.name == "stages" else "")
    place = Place((spec.items, index), items[index], (spec.items,), index)
    return Screen(draft, place, spec.slots(around, items[index]))


def _edit_form(edition: str, spec: Part, item: str | None) -> Any:
    with drafting(edition) as draft:
        screen = screen_of(draft, spec, item)
        asked = screen.act() if request.method == "POST" else ""
        if asked == LOOK and is_partial():
            return render_template("organiser/edit/beside.html", beside=screen.beside(), draft=draft, edition=edition)
        if asked != SAVE or not screen.is_fine():
            return _form_page(screen, spec, item, 422 if screen.troubles else 200)
        text = screen.text
    try:
        save(edition, text, f"{spec.name}/{item or 'new'}" if spec.items else spec.name)
    except Conflict as conflict:
        with drafting(edition) as draft:
            return _form_page(screen_of(draft, spec, item), spec, item, 409, conflict)
    endpoint = "organiser.edit_part" if spec.items else "organiser.edit"
    return saved(edition, endpoint, **({"part": spec.name} if spec.items else {}))


def _form_page(screen: Screen, spec: Part, item: str | None, status: int, conflict: Conflict | None = None) -> Any:
    draft = screen.draft
    title = str(spec.title) if item is None else item_title(screen.place.value) or _new_title(spec)
    trail = [(title, "")]
    if item is not None:
        trail = [(str(spec.title), url_for("organiser.edit_part", edition=draft.slug, part=spec.name)), *trail]
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
        conflict=conflict,
        overtaken=overtaken_lines(draft) if conflict else (),
    )


def _new_title(spec: Part) -> str:
    return str(gettext("New %(what)s", what=spec.one))


def _edit_list(edition: str, spec: Part) -> Any:
    with drafting(edition) as draft:
        if request.method == "GET":
            return _list_page(draft, spec, [], 200)
        try:
            items = _rearranged(draft, spec)
        except InputRefused as refused:
            return _list_page(draft, spec, [problem.message for problem in refused.problems], 422)
        text = change_parts(draft.document, {spec.items: items or None})
        faults = new_faults(draft.document, text, (spec.items,))
        if faults:
            return _list_page(draft, spec, [fault_sentence(each.fault) for each in faults], 422)
        seen_of(request.form.get("seen"))
    try:
        save(edition, text, spec.name)
    except Conflict as conflict:
        with drafting(edition) as draft:
            return _list_page(draft, spec, list(conflict.reasons), 409)
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


def _list_page(draft: Draft, spec: Part, problems: list[str], status: int) -> Any:
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
    )
