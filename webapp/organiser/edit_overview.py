"""The overview of a working copy: its parts, what is unknown, what is wrong, and what it changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from juri.core.editions.verbs import find_document
from juri.core.editions.working import discard_copy, has_copy, saved_copies, text_of_version
from juri.core.errors import NotFound
from juri.webapp.desk import desk
from juri.webapp.guard import guarded
from juri.webapp.language import ngettext
from juri.webapp.organiser.blueprint import blueprint
from juri.webapp.organiser.drafts import EDIT, Draft, drafting, edit_page, is_readable, save, saved, touched_lines
from juri.webapp.organiser.edit_parts import PARTS, Part, item_title
from juri.webapp.organiser.edit_words import RULES, label_of

_SHOWN = 4


@guarded(blueprint, "/<edition>/edit", needs=EDIT)
def edit(edition: str) -> Any:
    """Show what an edition says, part by part; a document that cannot be read is mended as text."""
    with drafting(edition) as draft:
        readable = is_readable(draft)
        tiles = [_tile(draft, part) for part in PARTS.values()] if readable else []
        changes = Counter(change.effect for change in draft.changes()) if readable else Counter()
        return edit_page(
            "overview.html",
            draft,
            current="overview",
            tiles=tiles,
            rubrics=_rubric_names(draft.data) if readable else [],
            changes=changes,
            has_copy=has_copy(draft.session, edition),
            readable=readable,
        )


def _rubric_names(data: Mapping[str, Any]) -> list[str]:
    rubrics = data.get("rubrics")
    return [item_title({"id": key, **_mapping(each)}) for key, each in _mapping(rubrics).items()]


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _tile(draft: Draft, part: Part) -> dict[str, Any]:
    data = draft.data
    url = url_for("organiser.edit_part", edition=draft.slug, part=part.name)
    unknown = [str(item.get("at", item) if isinstance(item, Mapping) else item) for item in draft.document.unknown]
    open_here = sum(path.split(".", maxsplit=1)[0] in part.document_keys for path in unknown)
    return {"part": part, "url": url, "says": _says(data, part), "unknown": open_here}


def _says(data: Mapping[str, Any], part: Part) -> str:
    found = [name for key in part.document_keys for name in _names(data.get(key))]
    if part.name == "calendar":
        found = [_date_name(data, str(key)) for key in data.get("calendar") or ()]
    if part.name == "about":
        return str(item_title(data))
    if part.name == "limits":
        count = len(data.get("limits") or ())
        return str(ngettext("%(num)d limit", "%(num)d limits", count)) if count else str(gettext("none"))
    more = f" + {len(found) - _SHOWN}" if len(found) > _SHOWN else ""
    return f"{', '.join(found[:_SHOWN])}{more}" if found else str(gettext("nothing yet"))


def _date_name(data: Mapping[str, Any], key: str) -> str:
    """Name a date of the calendar by the stage that it opens or closes; one that none names, by its key, readable."""
    stages = data.get("stages")
    for stage in stages if isinstance(stages, list) else []:
        if isinstance(stage, Mapping) and stage.get("opens") == key:
            return str(gettext("%(stage)s opens", stage=item_title(stage)))
        if isinstance(stage, Mapping) and stage.get("closes") == key:
            return str(gettext("%(stage)s closes", stage=item_title(stage)))
    return str(label_of(key))


def _names(value: Any) -> list[str]:
    if not isinstance(value, list):
        return []
    return [item_title(item) or _rule_name(item) for item in value]


def _rule_name(item: Any) -> str:
    name = str(item.get("rule", "")) if isinstance(item, Mapping) else str(item)
    return str(RULES.get(name, name))


@guarded(blueprint, "/<edition>/edit/history", needs=EDIT)
def edit_history(edition: str) -> Any:
    """List what was saved, by whom, and when."""
    with drafting(edition) as draft:
        every = saved_copies(draft.session, edition)
        return edit_page("history.html", draft, current="overview", trail=[(gettext("History"), "")], every=every)


@guarded(blueprint, "/<edition>/edit/history/<int:version>", needs=EDIT)
def edit_version(edition: str, version: int) -> Any:
    """Show what one saving changed, and the whole text as it was."""
    with drafting(edition) as draft:
        text = text_of_version(draft.session, edition, version)
        before = _text_before(draft, version)
        history = url_for("organiser.edit_history", edition=edition)
        trail = [(gettext("History"), history), (gettext("Version %(n)s", n=version), "")]
        touched = touched_lines(before, text)
        return edit_page(
            "version.html", draft, current="overview", trail=trail, version=version, text=text, touched=touched
        )


@guarded(blueprint, "/<edition>/edit/history/<int:version>/restore", needs=EDIT, methods=("POST",))
def edit_restore(edition: str, version: int) -> Response:
    """Bring an earlier text back, as a new version."""
    with drafting(edition) as draft:
        text = text_of_version(draft.session, edition, version)
    save(edition, text, f"restored {version}")
    return saved(edition, "organiser.edit")


@guarded(blueprint, "/<edition>/edit/discard", needs=EDIT, methods=("POST",))
def edit_discard(edition: str) -> Response:
    """Lay the working copy aside; what is in force stays in force."""
    here = desk()
    with here.writing() as session:
        discard_copy(session, edition, by=here.actor)
        is_installed = find_document(session, here.registry, edition) is not None
    flash(gettext("The working copy was laid aside. Its history is kept."), "ok")
    target = url_for("organiser.edit", edition=edition) if is_installed else url_for("organiser.home")
    return redirect(target, 303)


def _text_before(draft: Draft, version: int) -> str:
    try:
        return text_of_version(draft.session, draft.slug, version - 1)
    except NotFound:
        return ""
