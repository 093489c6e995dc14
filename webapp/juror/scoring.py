"""The scoring page: the entry on one side, the rubric on the other; it works as a plain form, too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from juri.core.errors import ActionRefused, Conflict, InputRefused, Problem
from juri.core.judging.queue import Queue, read_queue
from juri.core.sheets import answers_as_json
from juri.webapp.desk import desk
from juri.webapp.errors import status_of
from juri.webapp.forms import ScorecardForm, scorecard_form
from juri.webapp.guard import guarded
from juri.webapp.juror.blueprint import blueprint
from juri.webapp.juror.content import Content, content_of
from juri.webapp.juror.frame import frame, onward
from juri.webapp.juror.gate import ConflictForm, question_page
from juri.webapp.juror.saving import save_sheet
from juri.webapp.juror.versions import chosen, versions_page
from juri.webapp.juror.words import clock_words
from juri.webapp.juror.worksheet import Stored, Worksheet, cards_of, open_worksheet, read_content, read_stored
from juri.webapp.own_work import SCORES, SEES, own_assignment, own_work

FINISH = "finish"
SENT = "submitted"


@dataclass(frozen=True)
class Trouble:
    """What kept a form from being taken: problems by criterion, or reasons why not now."""

    problems: Sequence[Problem] = ()
    refusals: Sequence[str] = ()
    kept_rest: bool = False

    @property
    def by_criterion(self) -> Mapping[str, str]:
        """Return the message at each criterion."""
        return {problem.field: problem.message for problem in self.problems}


@dataclass(frozen=True)
class _Read:
    sheet: Worksheet
    stored: Stored
    content: Content
    queue: Queue
    common: dict[str, Any] = field(default_factory=dict)


@guarded(blueprint, "/<edition>/<stage>/<entry>/", needs=SEES)
def score(edition: str, stage: str, entry: str) -> Any:
    """Show the entry and its scorecard; before that, the question about conflicts."""
    if own_assignment(edition, stage, entry).state == "offered":
        return question_page(edition, stage, entry, ConflictForm())
    found = _read(edition, stage, entry)
    form = scorecard_form(found.sheet.asked)(formdata=None)
    form.fill(found.stored.answers)
    form.version.data = str(found.sheet.own.version)
    return _page(found, form)


@guarded(blueprint, "/<edition>/<stage>/<entry>/", needs=SCORES, methods=("POST",), endpoint="send")
def send(edition: str, stage: str, entry: str) -> Any:
    """Take the form as a whole: keep a draft, or send the finished sheet."""
    found = _read(edition, stage, entry)
    form = scorecard_form(found.sheet.asked)()
    return _take(found, form, form.typed(), finish=request.form.get("act") == FINISH)


@guarded(blueprint, "/<edition>/<stage>/<entry>/merge", needs=SCORES, methods=("POST",))
def merge(edition: str, stage: str, entry: str) -> Any:
    """Store what was chosen of two versions; who wrote meanwhile leads to the choice again."""
    found = _read(edition, stage, entry)
    form = scorecard_form(found.sheet.asked)()
    kept = chosen(form.typed(), found.stored.answers)
    return _take(found, form, kept, finish=found.sheet.own.card == SENT)


def _take(found: _Read, form: ScorecardForm, typed: Mapping[str, Mapping[str, str]], *, finish: bool) -> Any:
    """Store a form; what cannot be stored is shown with what was typed, so that nothing is lost."""
    key = str(form.key.data or "")
    try:
        saved = save_sheet(found.sheet, typed, version=form.seen_version, key=key, finish=finish)
    except Conflict as conflict:
        return versions_page(found.sheet, found.common, form, conflict), status_of(conflict)
    except InputRefused as refused:
        return _page(found, form, Trouble(refused.problems)), status_of(refused)
    except ActionRefused as refused:
        return _page(found, form, Trouble(refusals=refused.reasons)), status_of(refused)
    if saved.left_out:
        form.version.data = str(saved.version)
        return _page(found, form, Trouble(saved.left_out, kept_rest=True)), 422
    return redirect(_onward(found, finish=finish))


def _onward(found: _Read, *, finish: bool) -> str:
    here, entry = found.common["here"], found.sheet.own.entry
    if request.form.get("back") == "grid":
        flash(_("Sent.") if finish else _("Saved."), "ok")
        return url_for("juror.grid", **here, _anchor=f"row-{entry}")
    if finish:
        return onward(found.queue, here, entry)
    flash(_("Your draft is saved."), "ok")
    return url_for("juror.score", **here, entry=entry)


def _read(edition: str, stage: str, entry: str) -> _Read:
    sheet = open_worksheet(own_work(edition, stage, entry))
    with desk().reading() as session:
        return _Read(
            sheet,
            read_stored(session, sheet),
            content_of(sheet, read_content(session, sheet)),
            read_queue(session, sheet.running, stage, desk().actor.person),
            frame(sheet.running, sheet.stage, (sheet.own.title, "")),
        )


def _page(found: _Read, form: ScorecardForm, trouble: Trouble | None = None) -> str:
    sheet, own = found.sheet, found.sheet.own
    before, behind = found.queue.neighbours(own.entry)
    form.key.data = str(uuid4())
    return render_template(
        "juror/score.html",
        **found.common,
        sheet=sheet,
        own=own,
        cards=cards_of(sheet),
        fields=dict(form.cards()),
        form=form,
        stored=answers_as_json(found.stored.answers),
        person=desk().actor.person,
        summary=sheet.summarise(found.stored.answers),
        content=found.content,
        queue=found.queue,
        before=before,
        behind=behind,
        onward=onward(found.queue, found.common["here"], own.entry),
        saved_at=clock_words(found.stored.at, sheet.running.edition.time_zone),
        trouble=trouble or Trouble(),
    )
