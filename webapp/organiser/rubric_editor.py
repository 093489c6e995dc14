"""The pages of the rubrics: their list, a new one, the editor as a form and as text, saving, taking one out."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import redirect, render_template, request, url_for
from flask_babel import gettext

from juri.core.editions.schema import is_id
from juri.core.errors import Conflict, NotFound
from juri.webapp.guard import guarded
from juri.webapp.organiser.blueprint import blueprint
from juri.webapp.organiser.drafts import EDIT, Draft, drafting, edit_page, overtaken_lines, save, saved
from juri.webapp.organiser.edit_screen import LOOK, SAVE
from juri.webapp.organiser.frame import is_partial
from juri.webapp.organiser.rubric_check import Found, as_node, check_rubric
from juri.webapp.organiser.rubric_document import (
    begin_rubric,
    document_with,
    faults_elsewhere,
    in_force,
    open_rubrics,
    ready_value,
    rubrics_of,
    text_of,
    uses_of,
    written_out,
)
from juri.webapp.organiser.rubric_live import look_at
from juri.webapp.organiser.rubric_screen import KEEP, RubricScreen
from juri.webapp.organiser.rubric_text import RubricText
from juri.webapp.organiser.rubric_tree import slug_of
from juri.webapp.organiser.rubric_words import kind_choice, kind_choices

_FRESH_ROWS = 3
_BOTH = ("GET", "POST")


@guarded(blueprint, "/<edition>/edit/rubrics", needs=EDIT)
def rubrics(edition: str) -> Any:
    """List the rubrics of an edition, and what a new one can begin from."""
    with drafting(edition) as draft:
        return _list_page(draft, [], 200)


@guarded(blueprint, "/<edition>/edit/new-rubric", needs=EDIT, methods=("POST",))
def rubric_new(edition: str) -> Any:
    """Begin a rubric: go to its editor, which writes it once it is saved."""
    name = slug_of(request.form.get("name", ""))
    with drafting(edition) as draft:
        if not name:
            return _list_page(draft, [gettext("Give the rubric a name with letters.")], 422)
        if name in rubrics_of(draft):
            taken = gettext("There is a rubric “%(name)s” already; choose another name.", name=name)
            return _list_page(draft, [taken], 422)
    target = url_for("organiser.rubric", edition=edition, rubric=name)
    return redirect(f"{target}?{urlencode({'from': request.form.get('from', '')})}", 303)


@guarded(blueprint, "/<edition>/edit/rubrics/<rubric>", needs=EDIT, methods=_BOTH)
def rubric(edition: str, rubric: str) -> Any:
    """Show a rubric as a form; save it. What no form can show is shown as text."""
    with drafting(edition) as draft:
        screen = _screen(draft, rubric)
        if request.method == "GET":
            return _form_page(screen, 200) if screen.fits else redirect(_text_url(draft, rubric), 303)
        asked = screen.act()
        if asked == LOOK and is_partial():
            return _live_part(draft, screen.found, screen=screen)
        if asked not in (SAVE, KEEP) or not screen.is_fine(unfinished=asked == KEEP):
            return _form_page(screen, 422 if screen.troubles else 200)
        text, is_begun = screen.text, _is_begun(draft, rubric)
    if _is_stored(edition, rubric, text):
        return _go_on(edition, rubric, is_begun=is_begun)
    with drafting(edition) as draft:
        return _form_page(_screen(draft, rubric), 409, overtaken_lines(draft))


@guarded(blueprint, "/<edition>/edit/rubrics/<rubric>/text", needs=EDIT, methods=_BOTH)
def rubric_text(edition: str, rubric: str) -> Any:
    """Show a rubric as text; save it."""
    with drafting(edition) as draft:
        screen = _text_screen(draft, rubric)
        asked = request.form.get("act", SAVE) if request.method == "POST" else LOOK
        if asked == LOOK and is_partial():
            return _live_part(draft, screen.found)
        if asked not in (SAVE, KEEP):
            return _text_page(screen, 200)
        if not screen.is_fine(unfinished=asked == KEEP):
            return _text_page(screen, 422)
        text, is_begun = screen.text, _is_begun(draft, rubric)
    if _is_stored(edition, rubric, text):
        return _go_on(edition, rubric, is_begun=is_begun)
    with drafting(edition) as draft:
        return _text_page(_text_screen(draft, rubric), 409, overtaken_lines(draft))


def _is_stored(edition: str, name: str, text: str) -> bool:
    """Save; False where somebody else saved first."""
    try:
        save(edition, text, f"rubrics/{name}")
    except Conflict:
        return False
    return True


def _is_begun(draft: Draft, name: str) -> bool:
    """Tell whether sheets may hang on a rubric."""
    return any(use.is_begun for use in uses_of(draft, name))


def _go_on(edition: str, name: str, *, is_begun: bool) -> Any:
    """Go on after saving: where sheets may hang on the rubric, to what the change does to them."""
    return saved(edition, "organiser.edit_force") if is_begun else saved(edition, "organiser.rubric", rubric=name)


@guarded(blueprint, "/<edition>/edit/rubrics/<rubric>/remove", needs=EDIT, methods=("POST",))
def rubric_remove(edition: str, rubric: str) -> Any:
    """Take a rubric out, unless a stage uses it."""
    with drafting(edition) as draft:
        if rubric not in rubrics_of(draft):
            raise NotFound("rubric", rubric)
        text = document_with(draft, rubric, None)
        problems = faults_elsewhere(draft, rubric, text)
        if problems:
            return _list_page(draft, problems, 422)
    if _is_stored(edition, rubric, text):
        return saved(edition, "organiser.rubrics")
    with drafting(edition) as draft:
        return _list_page(draft, [], 409, overtaken_lines(draft))


def _screen(draft: Draft, name: str) -> RubricScreen:
    if not is_id(name):
        raise NotFound("rubric", name)
    begun = begin_rubric(draft, name, request.args.get("from", ""))
    return RubricScreen(draft, name, begun.stored, begun.value)


def _text_screen(draft: Draft, name: str) -> RubricText:
    if not is_id(name):
        raise NotFound("rubric", name)
    begun = begin_rubric(draft, name, request.args.get("from", ""))
    typed = request.form.get("text", "") if request.method == "POST" else text_of(begun.value)
    return RubricText(draft, name, typed)


def _text_url(draft: Draft, name: str) -> str:
    target = url_for("organiser.rubric_text", edition=draft.slug, rubric=name)
    return f"{target}?{urlencode({'from': request.args['from']})}" if "from" in request.args else target


def _live_part(draft: Draft, found: Found, **values: Any) -> str:
    """Write what follows the rubric while it is written, without the page round it."""
    live = look_at(draft.registry, found, dict(draft.around().named["category"]))
    return render_template("organiser/edit/rubric_live.html", live=live, draft=draft, **values)


def _form_page(screen: RubricScreen, status: int, overtaken: Any = ()) -> Any:
    if request.method == "GET" and not screen.criteria.entries:
        for _ in range(_FRESH_ROWS):
            screen.criteria.act("add", 0)
    draft = screen.draft
    changed_kind = status == 200 and "kind" in request.form  # noqa: PLR2004  nothing is wrong
    return _page(
        "rubric.html",
        draft,
        screen.name,
        screen.found,
        status,
        screen=screen,
        text_url=_text_url(draft, screen.name),
        form=screen.form,
        troubles=screen.troubles,
        kinds=kind_choices(draft.registry),
        kind=kind_choice(draft.registry, screen.kind.name),
        passed_over=screen.slots.passed_over(screen.before) if changed_kind else [],
        overtaken=overtaken,
    )


def _text_page(screen: RubricText, status: int, overtaken: Any = ()) -> Any:
    draft, name = screen.draft, screen.name
    fits = RubricScreen(draft, name, None, written_out(draft.registry, rubrics_of(draft).get(name, {}))).fits
    return _page("rubric_text.html", draft, name, screen.found, status, text=screen, fits=fits, overtaken=overtaken)


def _page(template: str, draft: Draft, name: str, found: Found, status: int, **values: Any) -> Any:
    begun = begin_rubric(draft, name, "")
    title = (
        str(begun.value.get("name") or name)
        if begun.stored is not None
        else gettext("New rubric “%(name)s”", name=name)
    )
    return edit_page(
        template,
        draft,
        current="rubrics",
        trail=[(gettext("Rubrics"), url_for("organiser.rubrics", edition=draft.slug)), (title, "")],
        status=status,
        title=title,
        name=name,
        ready=begun.ready,
        uses=uses_of(draft, name),
        live=look_at(draft.registry, found, dict(draft.around().named["category"])),
        **values,
    )


def _list_page(draft: Draft, problems: list[str], status: int, overtaken: Any = ()) -> Any:
    registry = draft.registry
    return edit_page(
        "rubrics.html",
        draft,
        current="rubrics",
        trail=[(gettext("Rubrics"), "")],
        status=status,
        listed=[_listed(draft, name, value) for name, value in rubrics_of(draft).items()],
        library=[(name, ready_value(registry, name)) for name in registry.names("rubrics")],
        kinds=kind_choices(registry),
        open_ones=open_rubrics(draft),
        problems=problems,
        overtaken=overtaken,
    )


def _listed(draft: Draft, name: str, value: Any) -> dict[str, Any]:
    """Say of a rubric what its line in the list shows."""
    found = check_rubric(draft.registry, name, as_node(value))
    built, now = found.rubric, in_force(draft, name)
    return {
        "id": name,
        "title": built.name if built and built.name else name,
        "kind": kind_choice(draft.registry, built.kind).title if built else "",
        "count": len(built.leaves) if built else 0,
        "faults": len(found.faults),
        "uses": uses_of(draft, name),
        "is_changed": built is not None and now is not None and now.content_hash != built.content_hash,
    }
