"""The working copy that a page of the editor is about: looked at, changed, saved under the version that was seen."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from juri.core.editions.diff import Change, diff_editions, steps_to
from juri.core.editions.editing import Checked, Document, check_text, read_document
from juri.core.editions.loader import LoadedEdition, exact_data, load_shipped
from juri.core.editions.verbs import Running, find_document
from juri.core.editions.working import Seen, WorkingCopy, installed_parents, look_at_copy, save_copy, text_of_version
from juri.core.errors import DefinitionError, InputRefused, JuriError, NotFound
from juri.webapp.desk import desk
from juri.webapp.guard import Needs, in_edition
from juri.webapp.organiser import edit_words, words
from juri.webapp.organiser.edit_schema import Surroundings, said_in_language, said_name
from juri.webapp.organiser.frame import Crumb, allowed, has_page, menu_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from juri.core.editions.resolve import Find
    from juri.core.registry import Registry

CONTEXT = 2
"""So many lines are shown around those that a change touches."""

LANGUAGE_NAMES = {"id": "Bahasa Indonesia", "en": "English"}
"""The steps to a text in two languages; in the format ``id`` stands nowhere else below a thing that changed."""

MOST_LINES = 5000
"""Longer texts are not compared line by line: that could take minutes, and no edition is so long."""

EDIT = Needs("edition.draft", in_edition)


@dataclass(frozen=True)
class Draft:
    """A working copy with everything that its pages show. ``running`` is None while it is not installed."""

    session: Session
    registry: Registry
    find: Find
    copy: WorkingCopy
    running: Running | None

    @property
    def slug(self) -> str:
        """Return the id of the edition."""
        return self.copy.slug

    @cached_property
    def document(self) -> Document:
        """Return the document as values.

        Raises:
            DefinitionError: what it extends cannot be read any more.

        """
        return read_document(self.copy.text, self.registry, self.find, f"{self.slug}.yaml")

    @cached_property
    def checked(self) -> Checked:
        """Return what the check of the text comes to."""
        return self.check(self.copy.text)

    @property
    def data(self) -> dict[str, Any]:
        """Return what the document comes to."""
        return self.document.data

    @property
    def name(self) -> str:
        """Return what the edition is called."""
        return said_in_language(self.data.get("name")) or self.slug

    @property
    def seen(self) -> str:
        """Return what a form must send back to save."""
        return f"{self.copy.seen.version}.{self.copy.seen.base}"

    @cached_property
    def base(self) -> LoadedEdition | None:
        """Return what the working copy is compared with: the document in force, or what it extends."""
        if self.running is not None:
            return find_document(self.session, self.registry, self.slug)
        return self.parent

    @cached_property
    def parent(self) -> LoadedEdition | None:
        """Return what the document extends; None where it stands alone, or that cannot be read any more."""
        name = self.document.extends
        if not name:
            return None
        try:
            is_shipped = name in self.registry.names("editions")
            return load_shipped(name, self.registry) if is_shipped else find_document(self.session, self.registry, name)
        except JuriError:
            return None

    def check(self, text: str) -> Checked:
        """Check a text as this edition's document."""
        return check_text(text, self.registry, self.find, f"{self.slug}.yaml")

    def changes(self, checked: Checked | None = None) -> tuple[Change, ...]:
        """Return how a checked text differs from what it is compared with; nothing where it has faults."""
        loaded = (checked or self.checked).loaded
        return diff_editions(self.base, loaded) if loaded and self.base else ()

    def place(self, change: Change) -> str:
        """Say where a change is, by the names that people know: Rubric A, its aspect Benefit, the weight."""
        base, loaded = self.base, self.checked.loaded
        steps = steps_to(change, base.data if base else {}, loaded.data if loaded else {})
        return " / ".join(_step(step, found, is_named=is_named) for step, found, is_named in steps)

    def around(self, *, before: str = "") -> Surroundings:
        """Return the names that forms may offer."""
        return Surroundings.of(self.data, self.registry, before=before)


def _step(step: str, found: Any, *, is_named: bool) -> str:
    if is_named:
        return said_name(found) or step
    return LANGUAGE_NAMES.get(step) or str(edit_words.label_of(step))


@contextmanager
def drafting(edition: str) -> Iterator[Draft]:
    """Look at the working copy of an edition; its time zone becomes that of the page.

    Raises:
        NotFound: there is neither a working copy nor an installed edition.

    """
    here = desk()
    with here.reading() as session:
        copy = look_at_copy(session, here.registry, edition)
        running = here.running(session, edition) if copy.is_installed else None
        draft = Draft(session, here.registry, installed_parents(session, here.registry), copy, running)
        g.zone = draft.around().zone if is_readable(draft) else None
        yield draft


def is_readable(draft: Draft) -> bool:
    """Tell whether the document can be shown as values; else only its text can be mended."""
    try:
        return bool(draft.document)
    except DefinitionError:
        return False


def seen_of(text: str | None) -> Seen:
    """Read what a form sent back.

    Raises:
        InputRefused: it was tampered with.

    """
    version, _, base = (text or "").partition(".")
    if not (version.isdecimal() and base.isdecimal() and len(version) < 10 and len(base) < 10):  # noqa: PLR2004  nine digits are enough
        raise InputRefused.at("seen", gettext("the form is damaged; load the page again"))
    return Seen(int(version), int(base))


def is_overtaken(draft: Draft) -> bool:
    """Tell whether somebody saved since the form was made that is being sent."""
    return seen_of(request.form.get("seen")) != draft.copy.seen


def seen_data(draft: Draft) -> dict[str, Any]:
    """Return what the document said when the form was made that is being sent."""
    seen = seen_of(request.form.get("seen"))
    if not seen.version and draft.running is not None and draft.base is not None:
        return exact_data(draft.base.data)
    try:
        text = text_of_version(draft.session, draft.slug, seen.version)
        return read_document(text, draft.registry, draft.find, f"{draft.slug}.yaml").data
    except (NotFound, DefinitionError):
        return draft.data


def overtaken_lines(draft: Draft) -> tuple[tuple[str, str], ...]:
    """Return what somebody else changed since the form was made that could not be saved."""
    seen = seen_of(request.form.get("seen"))
    try:
        before = text_of_version(draft.session, draft.slug, seen.version)
    except NotFound:
        return ()
    return touched_lines(before, draft.copy.text)


def touched_lines(before: str, after: str) -> tuple[tuple[str, str], ...]:
    """Return the lines that a change takes out and puts in, with a little of what stands around them."""
    old, new = before.splitlines(), after.splitlines()
    if old == new or max(len(old), len(new)) > MOST_LINES:
        return ()
    lines = difflib.unified_diff(old, new, n=CONTEXT, lineterm="")
    kept = [line for line in lines if not line.startswith(("---", "+++"))]
    return tuple((" ", "...") if line.startswith("@@") else (line[0], line[1:]) for line in kept)[1:]


def save(edition: str, text: str, note: str) -> None:
    """Save a text under the version that the form was made from.

    Raises:
        Conflict: somebody saved meanwhile.

    """
    here = desk()
    with here.writing() as session:
        save_copy(session, edition, text, by=here.actor, seen=seen_of(request.form.get("seen")), note=note)


def saved(edition: str, endpoint: str, **arguments: Any) -> Response:
    """Go on to a page, saying that the working copy was saved."""
    flash(gettext("Saved in the working copy. It is not in force yet."), "ok")
    return redirect(url_for(endpoint, edition=edition, **arguments), 303)


def edit_page(
    template: str, draft: Draft, *, current: str, trail: Sequence[Crumb] = (), status: int = 200, **values: Any
) -> tuple[str, int]:
    """Write a page of the editor.

    Args:
        template: its file, below ``organiser/edit/``.
        draft: the working copy.
        current: which tab it belongs to.
        trail: the pages between the overview and this one, and this one.
        status: the answer's status.
        values: what the template shows.

    """
    edition = draft.slug
    overview = url_for("organiser.edit", edition=edition)
    readable = is_readable(draft)
    name = draft.name if readable else edition
    is_seen = draft.running is not None and allowed("standings.see", edition)
    board = url_for("organiser.board", edition=edition) if is_seen else overview
    state = draft.running.state if draft.running else "draft"
    crumbs = [(gettext("My editions"), url_for("organiser.home")), (name, board), (gettext("Rules"), overview), *trail]
    page = render_template(
        f"organiser/edit/{template}",
        draft=draft,
        edition=edition,
        edition_context={"name": name, "url": board, "state": state},
        menu=menu_of(edition, "edit") if draft.running else [],
        breadcrumbs=crumbs,
        tabs_of_editor=_tabs(draft, current, readable=readable),
        words=words,
        edit_words=edit_words,
        allowed=lambda action: allowed(action, edition),
        has_page=has_page,
        **values,
    )
    return page, status


def edit_part_of_page(template: str, draft: Draft, **values: Any) -> str:
    """Write a part of a page of the editor, as htmx asks for it."""
    return render_template(
        f"organiser/edit/{template}", draft=draft, edition=draft.slug, words=words, edit_words=edit_words, **values
    )


def _tabs(draft: Draft, current: str, *, readable: bool) -> list[Mapping[str, Any]]:
    edition = draft.slug
    unknown = len(draft.document.unknown) if readable else 0
    every = [
        ("overview", gettext("Overview"), "organiser.edit", None),
        ("unknown", gettext("Still unknown"), "organiser.edit_unknown", unknown),
        ("rubrics", gettext("Rubrics"), "organiser.rubrics", None),
        ("text", gettext("Text (YAML)"), "organiser.edit_text", None),
        ("force", gettext("Put in force"), "organiser.edit_force", None),
    ]
    return [
        {"label": label, "url": url_for(endpoint, edition=edition), "current": name == current, "count": count}
        for name, label, endpoint, count in every
        if has_page(endpoint) and (readable or name in ("overview", "text"))
    ]
