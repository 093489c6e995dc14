"""The rubric editor: list, begin from a kind or the library, write, preview as a juror, try, save, take out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import redirect, render_template, request, url_for
from flask_babel import gettext

from juri.core.editions.editing import change_parts, new_faults
from juri.core.editions.schema import is_id
from juri.core.errors import Conflict, JuriError, NotFound
from juri.core.extension import RubricKind
from juri.core.registry import Registry
from juri.webapp.guard import guarded
from juri.webapp.organiser.blueprint import blueprint
from juri.webapp.organiser.drafts import EDIT, Draft, drafting, edit_page, overtaken_lines, save, saved
from juri.webapp.organiser.edit_screen import LOOK, SAVE
from juri.webapp.organiser.edit_words import KIND_NAMES
from juri.webapp.organiser.frame import is_partial
from juri.webapp.organiser.rubric_check import check_rubric
from juri.webapp.organiser.rubric_rows import slug_of
from juri.webapp.organiser.rubric_screen import RubricScreen, expanded, library_rubric, rubric_screen

_FRESH_ROWS = 3


@guarded(blueprint, "/<edition>/edit/rubrics", needs=EDIT)
def rubrics(edition: str) -> Any:
    """List the rubrics of an edition, and what a new one can begin from."""
    with drafting(edition) as draft:
        return _list_page(draft, [], 200)


@guarded(blueprint, "/<edition>/edit/rubrics/new", needs=EDIT, methods=("POST",))
def rubric_new(edition: str) -> Any:
    """Begin a rubric: go to its editor, which writes it when it is saved."""
    name = slug_of(request.form.get("name", "")) or "rubric"
    with drafting(edition) as draft:
        if name in _rubrics(draft) or not is_id(name):
            taken = gettext("There is a rubric “%(name)s” already; choose another name.", name=name)
            return _list_page(draft, [taken], 422)
    target = url_for("organiser.rubric", edition=edition, rubric=name)
    return redirect(f"{target}?{urlencode({'from': request.form.get('from', '')})}", 303)


@guarded(blueprint, "/<edition>/edit/rubrics/<rubric>", needs=EDIT, methods=("GET", "POST"))
def rubric(edition: str, rubric: str) -> Any:
    """Show a rubric in the editor; save it."""
    if not is_id(rubric):
        raise NotFound("rubric", rubric)
    with drafting(edition) as draft:
        screen = _begun(draft, rubric)
        asked = screen.act() if request.method == "POST" else ""
        if asked == LOOK and is_partial():
            return render_template("organiser/edit/rubric_live.html", live=screen.live(), screen=screen, draft=draft)
        if asked != SAVE:
            screen.note_faults() if request.method == "POST" else None
            return _page(screen, 200)
        if not screen.is_fine():
            return _page(screen, 422)
        text = screen.text
    try:
        save(edition, text, f"rubrics/{rubric}")
    except Conflict:
        with drafting(edition) as draft:
            return _page(_begun(draft, rubric), 409, overtaken=overtaken_lines(draft))
    return saved(edition, "organiser.rubric", rubric=rubric)


@guarded(blueprint, "/<edition>/edit/rubrics/<rubric>/remove", needs=EDIT, methods=("POST",))
def rubric_remove(edition: str, rubric: str) -> Any:
    """Take a rubric out, unless a stage uses it."""
    with drafting(edition) as draft:
        left = {name: value for name, value in _rubrics(draft).items() if name != rubric}
        text = change_parts(draft.document, {"rubrics": left or None})
        faults = new_faults(draft.document, text, ("rubrics",))
        if faults:
            return _list_page(draft, [each.fault.problem for each in faults], 422)
    try:
        save(edition, text, f"rubrics/{rubric}")
    except Conflict as conflict:
        with drafting(edition) as draft:
            return _list_page(draft, list(conflict.reasons), 409)
    return saved(edition, "organiser.rubrics")


def _begun(draft: Draft, name: str) -> RubricScreen:
    """Return the editor of a rubric; a new one begins from what was chosen."""
    screen = rubric_screen(draft, name)
    what, _, which = request.args.get("from", "").partition(":")
    if screen.before or not what:
        return screen
    if what == "library":
        return RubricScreen(draft, name, library_rubric(draft, which))
    if what == "own" and which in _rubrics(draft):
        return RubricScreen(draft, name, expanded(draft, _rubrics(draft)[which]))
    return RubricScreen(draft, name, {"kind": which} if which in draft.registry.names("rubric_kinds") else {})


def _page(screen: RubricScreen, status: int, overtaken: Any = ()) -> Any:
    draft = screen.draft
    if request.method == "GET" and not screen.criteria.entries:
        for _ in range(_FRESH_ROWS):
            screen.criteria.act("add", 0)
    trail = [(gettext("Rubrics"), url_for("organiser.rubrics", edition=draft.slug)), (_title(screen), "")]
    return edit_page(
        "rubric.html",
        draft,
        current="rubrics",
        trail=trail,
        status=status,
        screen=screen,
        form=screen.form,
        live=screen.live(),
        title=_title(screen),
        kinds=kinds_of(draft.registry),
        troubles=screen.troubles,
        overtaken=overtaken,
        stages=_stages_with(draft, screen.name),
    )


def _title(screen: RubricScreen) -> str:
    return str(screen.before.get("name") or screen.name)


def _list_page(draft: Draft, problems: list[str], status: int) -> Any:
    listed = [_listed(draft, name, value) for name, value in _rubrics(draft).items()]
    library = [(name, draft.registry.get("rubrics", name).title) for name in draft.registry.names("rubrics")]
    open_ones = [
        str(item.get("at", ""))[len("rubrics.") :]
        for item in draft.document.unknown
        if isinstance(item, dict) and str(item.get("at", "")).startswith("rubrics.")
    ]
    return edit_page(
        "rubrics.html",
        draft,
        current="rubrics",
        trail=[(gettext("Rubrics"), "")],
        status=status,
        listed=listed,
        library=library,
        kinds=kinds_of(draft.registry),
        open_ones=open_ones,
        problems=problems,
    )


def _listed(draft: Draft, name: str, value: Mapping[str, Any]) -> dict[str, Any]:
    found = check_rubric(draft.registry, name, value)
    built = found.rubric
    return {
        "id": name,
        "title": built.name if built and built.name else name,
        "kind": built.kind if built else str(value.get("kind", "")),
        "count": len(built.leaves) if built else 0,
        "faults": len(found.faults),
        "stages": _stages_with(draft, name),
    }


def _stages_with(draft: Draft, rubric: str) -> list[str]:
    """Return the stages that use a rubric."""
    stages = draft.data.get("stages")
    found = []
    for stage in stages if isinstance(stages, list) else []:
        named = stage.get("rubric") if isinstance(stage, Mapping) else None
        if rubric in (named.values() if isinstance(named, Mapping) else [named]):
            found.append(str(stage.get("id")))
    return found


def _rubrics(draft: Draft) -> dict[str, Any]:
    found = draft.data.get("rubrics")
    return found if isinstance(found, dict) else {}


def kinds_of(registry: Registry) -> list[tuple[str, Any]]:
    """Return the rubric kinds with what they are called."""
    try:
        return [
            (name, KIND_NAMES.get(name) or registry.find(RubricKind, name).title)
            for name in registry.names("rubric_kinds")
        ]
    except JuriError:
        return []
