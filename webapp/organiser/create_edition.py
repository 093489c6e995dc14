"""Creating an edition: from one that is shipped or installed, from a template, from a file, or from nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext, lazy_pgettext
from flask_wtf.file import FileField
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from juri.core.editions.drafts import draft_edition
from juri.core.editions.editing import read_document
from juri.core.editions.listing import list_editions
from juri.core.editions.positions import MAX_BYTES, read_mapping
from juri.core.editions.resolve import read_shipped, resolve
from juri.core.editions.verbs import find_document
from juri.core.editions.working import begin_copy, installed_parents, is_free
from juri.core.editions.writing import write_document, write_parts
from juri.core.errors import DefinitionError, InputRefused, JuriError, Problem
from juri.core.policy import Subject, may
from juri.webapp.desk import desk
from juri.webapp.forms import JuriForm
from juri.webapp.guard import Needs, guarded
from juri.webapp.organiser.blueprint import blueprint
from juri.webapp.organiser.edit_fields import Needed
from juri.webapp.organiser.edit_schema import said_in_language
from juri.webapp.organiser.frame import Attempt

NOTHING = "nothing"
FILE = "file"

_BEGINNING = """\
# What '{parent}' says holds here as well, unless this document says otherwise: only differences stand here.
"""


def where_one_organises(**_: Any) -> Subject:
    """Return the subject of creating: the edition for which one was made organiser, or the installation."""
    own = sorted(grant.edition for grant in desk().actor.grants if grant.role == "organiser" and not grant.stage)
    return Subject(own[0] if own else "")


CREATE = Needs("edition.create", where_one_organises)


def may_create_some() -> bool:
    """Tell whether whoever asks may create an edition at all."""
    return may(desk().actor, "edition.create", where_one_organises()).allowed


class CreateForm(JuriForm):
    """What the new edition is called, and what it begins from."""

    id = StringField(
        lazy_pgettext("key of an edition", "Id"),
        [InputRequired(lazy_gettext("Give it an id.")), Length(max=64)],
    )
    name_id = StringField(lazy_gettext("Name in Indonesian"), [Needed(), Length(max=300)])
    name_en = StringField(lazy_gettext("Name in English"), [Length(max=300)])
    begin = StringField(lazy_gettext("Begin from"))
    file = FileField(lazy_gettext("Edition file (YAML)"))


@dataclass(frozen=True)
class Beginning:
    """An edition to begin from: what it says, as plain values. ``broken`` says why it cannot be begun from."""

    name: str
    data: Mapping[str, Any]
    broken: str = ""

    @property
    def title(self) -> str:
        """Return what it is called."""
        return said_in_language(self.data.get("name")) or self.name

    @property
    def description(self) -> str:
        """Return what it says of itself."""
        return said_in_language(self.data.get("description"))

    def items(self, key: str) -> list[Any]:
        """Return a list of the document; none where there is no such list."""
        found = self.data.get(key)
        return found if isinstance(found, list) else []


@guarded(blueprint, "/new", needs=CREATE, methods=("GET", "POST"))
def create() -> Any:
    """Show what an edition can begin from; begin its working copy."""
    form = CreateForm()
    if request.method == "GET":
        form.begin.data = request.args.get("from", "")
        form.id.data = _expected_id()
        return _page(form, Attempt(form))
    attempt = Attempt(form)
    if not form.validate():
        attempt.refuse([])
        return _page(form, attempt)
    with attempt:
        try:
            return _begin(form)
        except DefinitionError as error:
            attempt.refuse(
                Problem("file" if form.begin.data == FILE else "begin", str(fault)) for fault in error.faults
            )
    return _page(form, attempt)


def _expected_id() -> str:
    """Return the edition for which one was made organiser and which nobody has begun, if there is one."""
    here = desk()
    with here.reading() as session:
        waiting = [
            grant.edition
            for grant in here.actor.grants
            if grant.role == "organiser" and not grant.stage and grant.edition and is_free(session, grant.edition)
        ]
    return waiting[0] if len(waiting) == 1 else ""


def _begin(form: CreateForm) -> Any:
    here = desk()
    slug = (form.id.data or "").strip()
    _require_own(slug)
    with here.writing() as session:
        text = _text(form, slug)
        read_document(text, here.registry, installed_parents(session, here.registry), "edition.yaml")
        begin_copy(session, slug, text, by=here.actor, note=f"from {form.begin.data}")
    flash(gettext("The working copy is begun. Fill in what is unknown, look through the parts, then install it."), "ok")
    return redirect(url_for("organiser.edit", edition=slug), 303)


def _require_own(slug: str) -> None:
    """Refuse an edition for which one is not the organiser, and say for which one is."""
    actor = desk().actor
    if slug and not may(actor, "edition.create", Subject(slug)).allowed:
        own = ", ".join(
            sorted(grant.edition for grant in actor.grants if grant.role == "organiser" and not grant.stage)
        )
        message = gettext(
            "You are organiser of %(own)s. Ask an administrator to make you that of “%(id)s”, too, or take your own.",
            own=own,
            id=slug,
        )
        raise InputRefused.at("id", message)


def _text(form: CreateForm, slug: str) -> str:
    """Write the text of the new edition: small where it extends another one.

    Raises:
        InputRefused: nothing is chosen, or no name is given.
        DefinitionError: the file is no edition document.

    """
    chosen, name = form.begin.data or "", _name(form)
    if chosen == FILE:
        return _from_file(form, slug, name)
    if chosen == NOTHING:
        return write_parts(draft_edition(slug), {"name": name or slug})
    if not chosen:
        raise InputRefused.at("begin", gettext("Choose what the edition begins from."))
    if not name:
        raise InputRefused.at("name_id", gettext("Give the edition a name."))
    draft_edition(slug)
    return _BEGINNING.format(parent=chosen) + write_document(
        {"juri": 1, "edition": slug, "extends": chosen, "name": name}
    )


def _name(form: CreateForm) -> dict[str, str] | str:
    texts = {"id": (form.name_id.data or "").strip(), "en": (form.name_en.data or "").strip()}
    given = {key: text for key, text in texts.items() if text}
    return given if len(given) > 1 else next(iter(given.values()), "")


def _from_file(form: CreateForm, slug: str, name: Mapping[str, str] | str) -> str:
    sent = form.file.data
    raw: bytes = sent.read(MAX_BYTES + 1) if sent else b""
    if not raw:
        raise InputRefused.at("file", gettext("Choose a file."))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputRefused.at("file", gettext("The file is not UTF-8 text.")) from None
    read_mapping(text, str(sent.filename or "file")[:100])
    return write_parts(text, {"edition": slug, **({"name": name} if name else {})})


def _page(form: CreateForm, attempt: Attempt) -> Any:
    here = desk()
    shipped = [_shipped(name) for name in here.registry.names("editions")]
    with here.reading() as session:
        installed = [
            Beginning(each.slug, found.data)
            for each in list_editions(session, here.actor, "edition.draft")
            if each.slug not in here.registry.names("editions")
            and (found := find_document(session, here.registry, each.slug)) is not None
        ]
    page = render_template(
        "organiser/edit/create.html",
        form=form,
        problems=attempt.problems,
        shipped=[each for each in shipped if not each.data.get("template")],
        templates=[each for each in shipped if each.data.get("template")],
        installed=installed,
        breadcrumbs=[(gettext("My editions"), url_for("organiser.home")), (gettext("New edition"), "")],
    )
    return page, attempt.status


def _shipped(name: str) -> Beginning:
    registry = desk().registry
    try:
        return Beginning(name, resolve(read_shipped(registry, name), registry, None).root.plain())
    except JuriError as error:
        return Beginning(name, {}, broken=str(error))
