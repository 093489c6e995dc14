"""What is still unknown: why, and what is suggested; filled in, taken over as an own decision, or done without."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from flask_babel import gettext, lazy_gettext

from juri.core.editions.editing import change_parts, new_faults, set_at
from juri.core.editions.unknowns import walk
from juri.core.editions.writing import write_value
from juri.core.errors import Conflict, InputRefused, NotFound
from juri.webapp.forms import JuriForm
from juri.webapp.guard import guarded
from juri.webapp.organiser.blueprint import blueprint
from juri.webapp.organiser.drafts import EDIT, Draft, drafting, edit_page, overtaken_lines, save, saved
from juri.webapp.organiser.edit_chosen import moment_slot
from juri.webapp.organiser.edit_faults import fault_sentence, own_troubles
from juri.webapp.organiser.edit_parts import PARTS
from juri.webapp.organiser.edit_slots import Slot, slot_form, snippet_slot
from juri.webapp.organiser.frame import has_page


@dataclass(frozen=True)
class Gap:
    """One thing that is unknown. ``source`` is the source's title, ``url`` its address; both may be empty."""

    at: str
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


def gaps_of(draft: Draft) -> list[Gap]:
    """Return what a document still leaves open."""
    return [_gap(draft, item) for item in draft.document.unknown]


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
        if request.method == "GET" or not form.validate():
            return _fill_page(draft, gap, form, 200 if request.method == "GET" else 422)
        value = slot.read(form.data["value"])
    return _settle(edition, at, lambda _: value)


def _settle(edition: str, at: str, value: Any) -> Any:
    with drafting(edition) as draft:
        gap = _find(draft, at)
        try:
            found = value(gap)
            if found is None:
                raise InputRefused.at("value", gettext("write a value"))
            text = change_parts(draft.document, set_at(draft.data, at, found))
        except InputRefused as refused:
            return _list_page(draft, [problem.message for problem in refused.problems], 422)
        faults = new_faults(draft.document, text, ())
        if faults:
            return _list_page(draft, [fault_sentence(each.fault) for each in faults], 422)
    return _store(edition, text, f"settled {at}")


def _store(edition: str, text: str, note: str) -> Any:
    try:
        save(edition, text, note)
    except Conflict:
        with drafting(edition) as draft:
            return _list_page(draft, [], 409, overtaken=overtaken_lines(draft))
    return saved(edition, "organiser.edit_unknown")


def _list_page(draft: Draft, problems: list[str], status: int, overtaken: Any = ()) -> Any:
    return edit_page(
        "unknown.html",
        draft,
        current="unknown",
        trail=[(gettext("Still unknown"), "")],
        status=status,
        gaps=gaps_of(draft),
        settled=_settled(draft),
        problems=problems,
        overtaken=overtaken,
    )


def _fill_page(draft: Draft, gap: Gap, form: Any, status: int) -> Any:
    unknown = url_for("organiser.edit_unknown", edition=draft.slug)
    return edit_page(
        "fill.html",
        draft,
        current="unknown",
        trail=[(gettext("Still unknown"), unknown), (gap.at, "")],
        status=status,
        gap=gap,
        form=form,
        troubles=own_troubles(form),
    )


def _settled(draft: Draft) -> list[str]:
    """Return what the parent leaves open and this document says, or does without."""
    parent = draft.document.parent.get("unknown")
    now = {gap.at for gap in gaps_of(draft)}
    every = [_path(item) for item in (parent if isinstance(parent, list) else [])]
    return [path for path in every if path not in now]


def _find(draft: Draft, at: str) -> Gap:
    found = next((gap for gap in gaps_of(draft) if gap.at == at), None)
    if found is None:
        raise NotFound("unknown", at)
    return found


def _gap(draft: Draft, item: Any) -> Gap:
    given: Mapping[str, Any] = item if isinstance(item, Mapping) else {"at": item}
    sources = draft.data.get("sources")
    known = {each.get("id"): each for each in (sources if isinstance(sources, list) else []) if isinstance(each, dict)}
    source = known.get(given.get("source"), {})
    parent = draft.document.parent.get("unknown")
    inherited = {_path(each) for each in (parent if isinstance(parent, list) else [])}
    at = _path(item)
    return Gap(
        at=at,
        why=str(given.get("why", "")),
        suggestion=given.get("suggestion"),
        source=str(source.get("title", given.get("source", ""))),
        url=str(source.get("url", "")),
        screen=_screen_for(draft, at),
        inherited=at in inherited,
    )


def _path(item: Any) -> str:
    return str(item.get("at", "") if isinstance(item, Mapping) else item)


def _screen_for(draft: Draft, at: str) -> str:
    """Return the address of the screen on which something is filled in best; empty where there is none."""
    top, _, rest = at.partition(".")
    if top == "rubrics" and rest and has_page("organiser.rubric"):
        return url_for("organiser.rubric", edition=draft.slug, rubric=rest.partition(".")[0])
    part = next((part for part in PARTS.values() if top in part.document_keys), None)
    if part is None or top == "calendar":
        return ""
    steps, _left = walk(draft.data, at)
    if part.items and len(steps) > 1:
        item = draft.data[part.items][steps[1]]["id"]
        return url_for(
            "organiser.edit_item", edition=draft.slug, part=part.name, item=item, _anchor=at.rpartition(".")[2]
        )
    return url_for("organiser.edit_part", edition=draft.slug, part=part.name)


def _slot_for(draft: Draft, gap: Gap) -> Slot:
    if gap.at.startswith("calendar."):
        return moment_slot("value", lazy_gettext("Day, and time where it matters"), draft.around().zone)
    return snippet_slot("value", lazy_gettext("Value (YAML)"))
