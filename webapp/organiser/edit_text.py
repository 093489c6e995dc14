"""The document as one text: written as a whole, checked and compared while it is written."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_babel import gettext

from juri.core.editions.positions import MAX_BYTES
from juri.core.errors import Conflict, DefinitionError, Fault, InputRefused
from juri.webapp.guard import guarded
from juri.webapp.organiser.blueprint import blueprint
from juri.webapp.organiser.drafts import EDIT, Draft, drafting, edit_page, edit_part_of_page, save, saved, touched_lines


@guarded(blueprint, "/<edition>/edit/text", needs=EDIT, methods=("GET", "POST"))
def edit_text(edition: str) -> Any:
    """Show the text; save it. A text with faults is kept, one that is no YAML is not."""
    if request.method == "GET":
        with drafting(edition) as draft:
            return _text_page(draft, draft.copy.text)
    text = _sent()
    try:
        save(edition, text, "text")
    except Conflict:
        with drafting(edition) as draft:
            return _text_page(draft, text, status=409, is_overtaken=True)
    except DefinitionError as error:
        return _refused(edition, text, error.faults)
    except InputRefused as refused:
        return _refused(edition, text, (), [problem.message for problem in refused.problems])
    return saved(edition, "organiser.edit_text")


@guarded(blueprint, "/<edition>/edit/text/check", needs=EDIT, methods=("POST",))
def edit_text_check(edition: str) -> Any:
    """Check a text that is being written, and compare it; nothing is saved."""
    text = _sent()
    with drafting(edition) as draft:
        return edit_part_of_page("check.html", draft, **_findings(draft, text))


def _sent() -> str:
    return request.form.get("text", "").replace("\r\n", "\n")


def _refused(edition: str, text: str, faults: tuple[Fault, ...], problems: list[str] | None = None) -> Any:
    with drafting(edition) as draft:
        return _text_page(draft, text, status=422, problems=[*map(str, faults), *(problems or [])])


def _text_page(draft: Draft, text: str, *, status: int = 200, **values: Any) -> Any:
    trail = [(gettext("Text (YAML)"), "")]
    shown = {"problems": [], "is_overtaken": False, **values, **_findings(draft, text)}
    return edit_page("text.html", draft, current="text", trail=trail, status=status, text=text, **shown)


def _findings(draft: Draft, text: str) -> dict[str, Any]:
    checked = draft.check(text[: MAX_BYTES + 1])
    return {
        "checked": checked,
        "changes": draft.changes(checked),
        "touched": touched_lines(draft.copy.text, text) if len(text) <= MAX_BYTES else (),
    }
