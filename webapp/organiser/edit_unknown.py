"""What is still unknown: why, and what is suggested; filled in, taken over as an own decision, or done without."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from flask_babel import gettext, lazy_gettext

from juri.core.editions.editing import NewFault, change_parts, new_faults, set_at
from juri.core.editions.overlay import path_of
from juri.core.errors import Conflict, InputRefused, NotFound
from juri.webapp.forms import JuriForm
from juri.webapp.guard import guarded
from juri.webapp.organiser.blueprint import blueprint
from juri.webapp.organiser.drafts import EDIT, Draft, drafting, edit_page, is_overtaken, overtaken_lines, save, saved
from juri.webapp.organiser.edit_chosen import moment_slot
from juri.webapp.organiser.edit_faults import Troubles, fault_sentence, own_troubles
from juri.webapp.organiser.edit_gaps import Gap, gaps_of, title_of
from juri.webapp.organiser.edit_slots import Slot, slot_form, snippet_slot
from juri.webapp.sentences import sentence


@guarded(blueprint, "/<edition>/edit/unknown", needs=EDIT)
def edit_unknown(edition: str) -> Any:
    """List what is unknown."""
    with drafting(edition) as draft:
        return _list_page(draft, [], 200)


@guarded(blueprint, "/<edition>/edit/unknown/<at>/accept", needs=EDIT, methods=("POST",))
def edit_accept(edition: str, at: str) -> Any:
    """Take a suggestion over as the organiser's own decision."""

    def value(gap: Gap) -> Any:
        if gap.suggestion is None:
            raise InputRefused.at("at", gettext("there is no suggestion for '%(at)s'; fill it in", at=at))
        is_ready_rubric = at.startswith("rubrics.") and isinstance(gap.suggestion, str)
        return {"use": gap.suggestion} if is_ready_rubric else gap.suggestion

    return _settle(edition, at, value)


@guarded(blueprint, "/<edition>/edit/unknown/<at>/without", needs=EDIT, methods=("POST",))
def edit_without(edition: str, at: str) -> Any:
    """Do without something that what the edition extends leaves open."""
    with drafting(edition) as draft:
        _find(draft, at)
        if is_overtaken(draft):
            return _list_page(draft, [], 409, is_late=True)
        text = change_parts(draft.document, {}, without=[at])
        faults = new_faults(draft.document, text, ())
        if faults:
            return _list_page(draft, [fault_sentence(each.fault) for each in faults], 422)
    return _store(edition, text, f"without {at}")


@guarded(blueprint, "/<edition>/edit/unknown/<at>", needs=EDIT, methods=("GET", "POST"))
def edit_fill(edition: str, at: str) -> Any:
    """Fill one unknown thing in."""
    with drafting(edition) as draft:
        gap = _find(draft, at)
        slot = _slot_for(draft, gap)
        form = slot_form([slot], JuriForm)(data={"value": slot.show(gap.suggestion)})
        if request.method == "GET":
            return _fill_page(draft, gap, form)
        if is_overtaken(draft):
            return _fill_page(draft, gap, form, status=409, is_late=True)
        if not form.validate():
            return _fill_page(draft, gap, form, own_troubles(form), status=422)
        try:
            text, faults = _settled_text(draft, at, slot.read(form.data["value"]))
        except InputRefused as refused:
            return _fill_page(draft, gap, form, _at_value(form, refused), status=422)
        if faults:
            troubles = Troubles()
            for each in faults:
                troubles.note(form["value"], fault_sentence(each.fault))
            return _fill_page(draft, gap, form, troubles, status=422)
    return _store(edition, text, f"settled {at}")


def _at_value(form: Any, refused: InputRefused) -> Troubles:
    troubles = Troubles()
    for problem in refused.problems:
        troubles.note(form["value"], sentence(problem.message))
    return troubles


def _settle(edition: str, at: str, value: Any) -> Any:
    with drafting(edition) as draft:
        gap = _find(draft, at)
        if is_overtaken(draft):
            return _list_page(draft, [], 409, is_late=True)
        try:
            text, faults = _settled_text(draft, at, value(gap))
        except InputRefused as refused:
            return _list_page(draft, [sentence(problem.message) for problem in refused.problems], 422)
        if faults:
            return _list_page(draft, [fault_sentence(each.fault) for each in faults], 422)
    return _store(edition, text, f"settled {at}")


def _settled_text(draft: Draft, at: str, value: Any) -> tuple[str, tuple[NewFault, ...]]:
    """Return the text with a value where one was unknown, and the faults that it brings.

    Raises:
        InputRefused: there is no value, or no place for it.

    """
    if value is None:
        raise InputRefused.at("value", gettext("write a value"))
    text = change_parts(draft.document, set_at(draft.data, at, value))
    return text, new_faults(draft.document, text, ())


def _store(edition: str, text: str, note: str) -> Any:
    try:
        save(edition, text, note)
    except Conflict:
        with drafting(edition) as draft:
            return _list_page(draft, [], 409, is_late=True)
    return saved(edition, "organiser.edit_unknown")


def _list_page(draft: Draft, problems: list[str], status: int, *, is_late: bool = False) -> Any:
    return edit_page(
        "unknown.html",
        draft,
        current="unknown",
        trail=[(gettext("Still unknown"), "")],
        status=status,
        gaps=gaps_of(draft),
        settled=_settled(draft),
        problems=problems,
        is_overtaken=is_late,
        overtaken=overtaken_lines(draft) if is_late else (),
    )


def _fill_page(
    draft: Draft,
    gap: Gap,
    form: Any,
    troubles: Troubles | None = None,
    *,
    status: int = 200,
    is_late: bool = False,
) -> Any:
    unknown = url_for("organiser.edit_unknown", edition=draft.slug)
    return edit_page(
        "fill.html",
        draft,
        current="unknown",
        trail=[(gettext("Still unknown"), unknown), (gap.title, "")],
        status=status,
        gap=gap,
        form=form,
        troubles=troubles or Troubles(),
        is_overtaken=is_late,
        overtaken=overtaken_lines(draft) if is_late else (),
    )


def _settled(draft: Draft) -> list[str]:
    """Return what the parent leaves open and this document says, or does without."""
    parent = draft.document.parent.get("unknown")
    now = {path_of(item) for item in draft.document.unknown}
    every = [path_of(item) for item in (parent if isinstance(parent, list) else [])]
    return [title_of(draft, path) for path in every if path not in now]


def _find(draft: Draft, at: str) -> Gap:
    found = next((gap for gap in gaps_of(draft) if gap.at == at), None)
    if found is None:
        raise NotFound("unknown", at)
    return found


def _slot_for(draft: Draft, gap: Gap) -> Slot:
    if gap.at.startswith("calendar."):
        return moment_slot("value", lazy_gettext("Day, and time where it matters"), draft.around().zone)
    return snippet_slot("value", lazy_gettext("Value (YAML)"))
