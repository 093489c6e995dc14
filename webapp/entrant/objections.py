"""Objecting for one's agency, and reading what became of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import uuid4

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as later
from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from juri.core.editions.verbs import Running
from juri.core.entries.listing import agencies_of
from juri.core.errors import ActionRefused, InputRefused
from juri.core.stages.objections import LONGEST, Window, file_objection, objection_windows, own_objections
from juri.core.storage.idempotency import once
from juri.webapp.desk import desk
from juri.webapp.entrant.blueprint import OBJECTS, TAKES_PART, blueprint
from juri.webapp.entrant.frame import acting, looking, page
from juri.webapp.forms import JuriForm
from juri.webapp.guard import guarded
from juri.webapp.language import shown_text
from juri.webapp.sentences import sentence

REFUSALS = {
    "stage_not_open": later("Objections are not heard now."),
    "deadline_passed": later("The time for objections is over."),
}


class ObjectionForm(JuriForm):
    """What an agency objects to, and why."""

    key = HiddenField(default=lambda: str(uuid4()))
    stage = SelectField(later("Stage"), choices=[])
    agency = SelectField(later("Agency"), choices=[])
    entry = StringField(
        later("Number of the entry"), [InputRequired(message=later("Write the number.")), Length(max=40)]
    )
    text = TextAreaField(
        later("What do you object to?"), [InputRequired(message=later("Say what and why.")), Length(max=LONGEST)]
    )


@guarded(blueprint, "/<edition>/objections/", needs=TAKES_PART)
def objections(edition: str) -> Any:
    """Show the own objections with their answers and, while one can object, the form."""
    return _page(edition, None, [], 200)


@guarded(blueprint, "/<edition>/objections/", needs=OBJECTS, methods=("POST",))
def object_to(edition: str) -> Any:
    """File an objection."""
    with looking(edition) as look:
        form = _form(look.running, objection_windows(look.session, look.running))
    if not form.validate():
        return _page(edition, form, [], 422)
    try:
        number = _filed(edition, form)
    except InputRefused as refused:
        told = [replace(each, message=sentence(each.message)) for each in refused.problems]
        return _page(edition, form, form.place(told), 422)
    except ActionRefused as refused:
        said = [str(REFUSALS[refused.code])] if refused.code in REFUSALS else list(map(sentence, refused.reasons))
        return _page(edition, form, [], 403 if refused.code == "not_allowed" else 409, said)
    flash(_("Your objection is filed as %(number)s. What becomes of it stands here.", number=number), "ok")
    return redirect(url_for("entrant.objections", edition=edition))


def _filed(edition: str, form: ObjectionForm) -> str:
    """File what was written, once however often it is sent; returns the number of the objection."""
    by, body = desk().actor, {name: form[name].data for name in ("stage", "agency", "entry", "text")}
    with acting(edition) as (session, running):

        def do() -> str:
            given = {"organization": body["agency"], "by": by}
            return file_objection(session, running, body["stage"], body["entry"].strip(), body["text"], **given)

        return str(once(session, actor=by.name, key=f"objection {form.key.data}", body=body, do=do))


def _form(running: Running, windows: tuple[Window, ...], *, empty: bool = False) -> ObjectionForm:
    form = ObjectionForm(formdata=None) if empty else ObjectionForm()
    form.stage.choices = [SelectChoice(each.spec.id, shown_text(each.spec.name)) for each in windows]
    agencies = agencies_of(desk().actor, running.slug, "objection.file")
    form.agency.choices = [SelectChoice(name, name) for name in agencies]
    return form


def _page(edition: str, form: ObjectionForm | None, problems: Any, status: int, reasons: Any = ()) -> Any:
    with looking(edition) as look:
        windows = objection_windows(look.session, look.running)
        open_windows = tuple(window for window in windows if window.is_open)
        filed = own_objections(look.session, look.running, by=desk().actor)
    may_object = bool(open_windows and agencies_of(desk().actor, edition, "objection.file"))
    shown = form or _form(look.running, open_windows, empty=True)
    written = page(
        "objections.html", look.running, (_("Objections"), ""), windows=windows, filed=filed, form=shown,
        may_object=may_object or form is not None, open_windows=open_windows, problems=problems, reasons=reasons,
    )  # fmt: skip
    return written, status
