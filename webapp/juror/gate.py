"""The question before anything opens: is there a conflict of interest with this entry?"""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as later
from sqlalchemy.orm import Session
from wtforms import RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError

from juri.core.editions.gate import find_gate
from juri.core.errors import ActionRefused
from juri.core.judging.conflicts import accept_assignment, declare_conflict
from juri.core.judging.queue import OUT, OwnAssignment, Queue, read_queue
from juri.webapp.desk import desk
from juri.webapp.errors import status_of
from juri.webapp.forms import JuriForm
from juri.webapp.guard import guarded
from juri.webapp.juror.blueprint import blueprint
from juri.webapp.juror.frame import frame
from juri.webapp.juror.words import refusal_words
from juri.webapp.own_work import DECLARES, own_assignment

NONE = "none"
OTHER = "other"
REASONS = (
    ("own_agency", later("I work for this organization, or did in the last two years")),
    ("family", later("A member of my family takes part or works there")),
    ("business", later("I have a business or money interest")),
    ("advice", later("I advised or helped with this innovation")),
    (OTHER, later("Another reason (please explain)")),
)
"""The codes that are kept with a conflict, and what they say."""


class ConflictForm(JuriForm):
    """No conflict, or one with its reason."""

    answer = RadioField(
        later("Your answer"),
        choices=[
            SelectChoice(code, words) for code, words in ((NONE, later("No, I have no conflict of interest")), *REASONS)
        ],
        validators=[InputRequired(later("Choose an answer."))],
    )
    note = TextAreaField(later("Explanation"), validators=[Length(max=400)])

    def validate_note(self, field: Any) -> None:
        """Ask for words where no code says it."""
        if self.answer.data == OTHER and not (field.data or "").strip():
            raise ValidationError(_("Explain the reason in a few words."))

    @property
    def reason(self) -> str:
        """Return the code of the reason, with the explanation behind it."""
        note = " ".join((self.note.data or "").split())
        return f"{self.answer.data}: {note}" if note else str(self.answer.data)


@guarded(blueprint, "/<edition>/<stage>/<entry>/conflict", needs=DECLARES, endpoint="conflict")
def ask(edition: str, stage: str, entry: str) -> Any:
    """Show the question; also to a juror who finds out later."""
    return question_page(edition, stage, entry, ConflictForm())


@guarded(blueprint, "/<edition>/<stage>/<entry>/conflict", needs=DECLARES, methods=("POST",), endpoint="answer")
def answer(edition: str, stage: str, entry: str) -> Any:
    """Note the answer: it opens the entry, or takes it off the juror's queue for good."""
    form = ConflictForm()
    if not form.validate():
        return question_page(edition, stage, entry, form), 422
    try:
        own = _note(edition, stage, entry, form)
    except ActionRefused as refused:
        return question_page(edition, stage, entry, form, refusal_words(refused)), status_of(refused)
    if form.answer.data == NONE:
        return redirect(url_for("juror.score", edition=edition, stage=stage, entry=entry))
    flash(_("Noted: you do not score “%(title)s”.", title=own.title), "ok")
    return redirect(url_for("juror.go_on", edition=edition, stage=stage, after=entry))


def question_page(edition: str, stage: str, entry: str, form: ConflictForm, refusals: list[str] | None = None) -> str:
    """Show the question with the title and the organization of the entry, and nothing more of it."""
    with desk().reading() as session:
        own, queue, common, gate = _asked(session, edition, stage, entry)
    return render_template(
        "juror/conflict.html", **common, own=own, queue=queue, gate=gate, form=form, refusals=refusals or []
    )


def _asked(session: Session, edition: str, stage: str, entry: str) -> tuple[OwnAssignment, Queue, dict[str, Any], Any]:
    own = own_assignment(edition, stage, entry)
    running = desk().running(session, edition)
    queue = read_queue(session, running, stage, desk().actor.person)
    common = frame(running, running.stage(stage), (own.title, ""))
    return own, queue, common, find_gate(session, running.id, stage)


def _note(edition: str, stage: str, entry: str, form: ConflictForm) -> OwnAssignment:
    by = desk().actor
    own = own_assignment(edition, stage, entry)
    with desk().reading() as session:
        running = desk().running(session, edition)
    with desk().writing() as session:
        if form.answer.data == NONE:
            accept_assignment(session, running, stage, entry, own.juror, by=by)
        elif own.status != OUT:
            declare_conflict(session, running, own.juror, entry, form.reason, by=by)
    return own
