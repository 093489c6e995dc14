"""Writing an entry: beginning it, going on with it, and what happens when two people write at once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from wtforms import HiddenField, SelectField
from wtforms.fields.choices import SelectChoice

from juri.core.document import FormField
from juri.core.editions.verbs import Running
from juri.core.entries.asked import count_words, gaps_of
from juri.core.entries.facts import facts_of
from juri.core.entries.listing import agencies_of
from juri.core.entries.verbs import EntryContent, change_entry, content_of, register_entry
from juri.core.errors import Conflict, InputRefused, Problem
from juri.core.results.known import OwnEntry, find_own
from juri.core.storage.idempotency import once
from juri.core.storage.types import canonical_json
from juri.webapp.desk import desk
from juri.webapp.entrant.blueprint import BEGINS, WRITES, blueprint
from juri.webapp.entrant.entry import passages_of
from juri.webapp.entrant.frame import Attempt, Look, acting, looking, page
from juri.webapp.entry_forms import ANSWER, EntryForm, begin_form, entry_form, option_words
from juri.webapp.guard import guarded
from juri.webapp.language import ngettext, shown_text

STAY = "stay"


@dataclass(frozen=True)
class Question:
    """One question with its field: ``only_if`` says when it is asked, ``waits_for`` names field and answer of that."""

    field: FormField
    name: str
    only_if: str
    waits_for: tuple[str, str]
    words: int


@dataclass(frozen=True)
class Trouble:
    """What kept an entry from being stored: problems of no field, reasons why not now, or another's writing."""

    problems: Sequence[Problem] = ()
    reasons: Sequence[str] = ()
    differences: Sequence[tuple[str, str, str]] = ()
    status: int = 200


@guarded(blueprint, "/<edition>/new", needs=BEGINS, methods=("GET", "POST"))
def begin(edition: str) -> Any:
    """Begin an entry with what decides on its questions; the questions follow on the next page."""
    with looking(edition) as look:
        form = _begin_form(look.running)
    trouble = Trouble()
    if form.validate_on_submit():
        code, trouble = _register(edition, form)
        if code:
            flash(_("The entry is begun."), "ok")
            return redirect(url_for("entrant.edit", edition=edition, code=code))
    elif form.is_submitted():
        trouble = Trouble(status=422)
    written = page("begin.html", look.running, (_("New entry"), ""), look=look, form=form, trouble=trouble)
    return written, trouble.status


@guarded(blueprint, "/<edition>/entries/<code>/edit", needs=WRITES, methods=("GET", "POST"))
def edit(edition: str, code: str) -> Any:
    """Go on writing an entry."""
    with looking(edition) as look:
        own = find_own(look.session, look.running, code, by=desk().actor)
        form = entry_form(look.running.edition, own.row.track)(needed=_needed(look.running, own.row.track))
        if not form.is_submitted():
            form.show(content_of(own.row), own.row.version)
        shown = _Shown(look, own, form)
        if request.method == "GET":
            return _page(shown)
    if not form.validate():
        return _page(shown, Trouble(status=422))
    trouble = _store(shown)
    return _page(shown, trouble) if trouble is not None else _go_on(edition, code, own.row.track, form)


@dataclass(frozen=True)
class _Shown:
    look: Look
    own: OwnEntry
    form: EntryForm


def _begin_form(running: Running) -> EntryForm:
    built: type[EntryForm] = type(
        "Begun", (begin_form(running.edition),), {"key": HiddenField(default=lambda: str(uuid4()))}
    )
    agencies = agencies_of(desk().actor, running.slug, "entry.register")
    if len(agencies) > 1:
        choices = [SelectChoice("", _("Choose …")), *(SelectChoice(name, name) for name in agencies)]
        built = type("Begun", (built,), {"agency": SelectField(_("Agency"), choices=choices, validate_choice=False)})
    return built(needed=("title", "agency", *(["track"] if running.edition.tracks else [])))


def _register(edition: str, form: EntryForm) -> tuple[str, Trouble]:
    """Register what was written; returns its code, or what is wrong."""
    by, attempt = desk().actor, Attempt()
    agency = form["agency"].data if "agency" in form else agencies_of(by, edition, "entry.register")[0]
    if not agency:
        form["agency"].errors = [_("Choose the agency that enters.")]
        return "", Trouble(status=422)
    content = form.content((), EntryContent(""))
    body = {"edition": edition, "agency": agency, **content.plain()}
    try:
        with attempt, acting(edition) as (session, running):
            code = once(
                session, actor=by.name, key=_key_of(form["key"].data, body), body=body,
                do=lambda: register_entry(session, running, str(agency), content, by=by).code,
            )  # fmt: skip
            return code, Trouble()
    except InputRefused as refused:
        return "", Trouble(form.place_refused(refused.problems), status=422)
    return "", Trouble(reasons=attempt.reasons, status=attempt.status)


def _key_of(key: str | None, body: Mapping[str, Any]) -> str:
    """Return the key of what was sent: of the form, so that a double click begins one entry; and of its content.

    Who goes back, writes something else into the same form and sends that, begins another entry.
    """
    return f"begin {hashlib.sha256(canonical_json([key, dict(body)]).encode()).hexdigest()}"


def _store(shown: _Shown) -> Trouble | None:
    """Store what was written over the version that was seen; returns what is wrong, or nothing."""
    form, own, attempt = shown.form, shown.own, Attempt()
    slug = shown.look.running.slug
    try:
        version = form.seen_version
        content = form.content(shown.look.running.edition.form, content_of(own.row))
        with attempt, acting(slug) as (session, running):
            change_entry(session, running, own.row.code, content, version=version, by=desk().actor)
            return None
    except Conflict as conflict:
        form.version.data = str(conflict.version)
        return Trouble(differences=_differences(shown.look.running, conflict), status=409)
    except InputRefused as refused:
        return Trouble(form.place_refused(refused.problems), status=422)
    return Trouble(reasons=attempt.reasons, status=attempt.status)


def _differences(running: Running, conflict: Conflict) -> list[tuple[str, str, str]]:
    """Pair what is stored by now with what was sent: label, theirs, yours, where they differ."""
    theirs, yours = (dict(passages_of(running, _content(each))) for each in (conflict.theirs, conflict.yours))
    return [
        (label, theirs.get(label, ""), yours.get(label, ""))
        for label in {**theirs, **yours}
        if theirs.get(label) != yours.get(label)
    ]


def _content(plain: object) -> EntryContent:
    assert isinstance(plain, Mapping)  # noqa: S101  a conflict of entries carries contents
    return EntryContent(**plain)


def _go_on(edition: str, code: str, track: str, form: EntryForm) -> Any:
    if "track" in form and form["track"].data != track:
        flash(_("Saved. Another track asks other questions: look through them."), "ok")
        return redirect(url_for("entrant.edit", edition=edition, code=code))
    if request.form.get("act") != STAY:
        flash(_("Saved."), "ok")
        return redirect(url_for("entrant.entry", edition=edition, code=code))
    with looking(edition) as look:
        (facts,) = facts_of(
            look.session, look.running, [find_own(look.session, look.running, code, by=desk().actor).row]
        )
        left = len(gaps_of(look.running.edition.form, facts))
    more = ngettext("%(num)d point is still open.", "%(num)d points are still open.", left) if left else ""
    flash(" ".join(filter(None, (_("Saved."), more))), "ok")
    return redirect(url_for("entrant.edit", edition=edition, code=code))


def _page(shown: _Shown, trouble: Trouble | None = None) -> Any:
    look, own, form = shown.look, shown.own, shown.form
    told = trouble or Trouble()
    back = url_for("entrant.entry", edition=look.running.slug, code=own.row.code)
    written = page(
        "edit.html",
        look.running,
        (own.row.title, back),
        (_("Write"), ""),
        look=look,
        own=own,
        form=form,
        questions=list(_questions(look.running, form)),
        trouble=told,
        back=back,
    )
    return written, told.status


def _needed(running: Running, track: str) -> list[str]:
    always = ["title", *(["track"] if running.edition.tracks else [])]
    asked = (field for field in running.edition.form if field.required and not field.when)
    return [*always, *(ANSWER + field.id for field in asked)]


def _questions(running: Running, form: EntryForm) -> list[Question]:
    fields = {field.id: field for field in running.edition.form}
    return [
        Question(
            field=fields[name],
            name=ANSWER + name,
            only_if=_condition_words(fields, fields[name]),
            waits_for=_condition(fields, fields[name]),
            words=count_words(str(field.data or "")) if fields[name].max_words else 0,
        )
        for name, field in form.questions()
    ]


def _condition(fields: Mapping[str, FormField], field: FormField) -> tuple[str, str]:
    """Return the one question that a question waits for, with its answer; blank where it is not as simple as that."""
    if len(field.when) != 1:
        return "", ""
    ((name, value),) = field.when.items()
    wanted = {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value
    return (ANSWER + name, str(wanted)) if name in fields else ("", "")


def _condition_words(fields: Mapping[str, FormField], field: FormField) -> str:
    told = [
        _("“%(question)s” is answered “%(answer)s”", question=shown_text(fields[name].label), answer=_wanted(value))
        for name, value in field.when.items()
        if name in fields
    ]
    return str(_("Only where %(condition)s.", condition=str(_(" and ")).join(told))) if told else ""


def _wanted(value: Any) -> str:
    if value in (True, "yes"):
        return str(_("Yes"))
    if value in (False, "no"):
        return str(_("No"))
    return option_words(str(value))
