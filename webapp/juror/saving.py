"""Saving a scorecard: drafts as they are typed, and the finished sheet; by a form, and by the page's own requests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import abort, jsonify, request
from flask_babel import gettext as _

from juri.core.errors import ActionRefused, Conflict, InputRefused, Problem
from juri.core.judging.scorecards import PreparedSheet, prepare_by_track, submit_scorecard
from juri.core.sheets import answers_from_json
from juri.webapp.desk import desk
from juri.webapp.forms import load_body, scorecard_schema
from juri.webapp.guard import guarded
from juri.webapp.juror.blueprint import blueprint
from juri.webapp.juror.words import clock_words, in_words, refusal_words
from juri.webapp.juror.worksheet import Worksheet, open_worksheet
from juri.webapp.own_work import SCORES, own_work

Typed = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Saved:
    """What was written of what was typed: its version and when, and what could not be kept of a draft."""

    sheet: PreparedSheet
    version: int
    at: datetime
    left_out: tuple[Problem, ...]


def save_sheet(sheet: Worksheet, typed: Typed, *, version: int, key: str, finish: bool) -> Saved:
    """Write what was typed.

    A draft keeps what can be read and is on its scale: one slip of the pen does not keep the rest from being saved.

    Raises:
        InputRefused: a finished sheet is not complete, with every problem in the words of the page.
        Conflict: somebody wrote meanwhile.
        ActionRefused: not now, or not you; in the words of the page. A draft never takes the place of what was sent.

    """
    if not finish and sheet.own.card == "submitted" and sheet.own.version == version:
        raise ActionRefused([_("This scorecard was sent already. Send it again to correct it.")], code="already_sent")
    try:
        prepared, left_out = _prepare(sheet, typed, finish=finish)
        with desk().writing() as session:
            written = submit_scorecard(session, sheet.running, prepared, by=desk().actor, version=version, key=key)
    except InputRefused as refused:
        raise InputRefused(in_words(refused.problems, sheet.asked)) from refused
    except Conflict:
        raise
    except ActionRefused as refused:
        raise ActionRefused(refusal_words(refused), code=refused.code) from refused
    return Saved(prepared, written.version, written.at, tuple(in_words(left_out, sheet.asked)))


def _prepare(sheet: Worksheet, typed: Typed, *, finish: bool) -> tuple[PreparedSheet, tuple[Problem, ...]]:
    """Check and score before the write begins: under the lock of the database nothing is worked out."""
    own = sheet.own
    where = {
        "track": own.track,
        "category": own.category,
        "stage": sheet.stage.id,
        "entry": own.entry,
        "juror": own.juror,
    }
    try:
        return prepare_by_track(sheet.running, **where, answers=typed, draft=not finish), ()
    except InputRefused as refused:
        wrong = {problem.field for problem in refused.problems}
        if finish or not wrong <= {question.criterion for question in sheet.asked}:
            raise
        kept = {name: {"comment": each["comment"]} if name in wrong else each for name, each in typed.items()}
        return prepare_by_track(sheet.running, **where, answers=kept, draft=True), refused.problems


@guarded(blueprint, "/<edition>/<stage>/<entry>/save", needs=SCORES, methods=("POST",))
def save(edition: str, stage: str, entry: str) -> Any:
    """Keep what a page sends while its juror types, and take the finished sheet."""
    if not request.is_json:
        abort(415)
    sheet = open_worksheet(own_work(edition, stage, entry))
    body = load_body(scorecard_schema(sheet.asked), request.get_json(silent=True))
    saved = save_sheet(sheet, body["answers"], version=body["version"], key=body["key"], finish=bool(body["finish"]))
    return jsonify(told(sheet, saved))


def told(sheet: Worksheet, saved: Saved) -> dict[str, Any]:
    """Tell a page what was stored, whatever was written since: the same request gets the same answer at any time."""
    summary = sheet.summarise(answers_from_json(saved.sheet.answers), saved.sheet.score)
    wrong = {problem.field for problem in saved.left_out}
    open_points = [problem for problem in summary.problems if problem.field not in wrong]
    return {
        "version": saved.version,
        "state": saved.sheet.state,
        "saved_at": clock_words(saved.at, sheet.running.edition.time_zone),
        "total": summary.total,
        "exact": summary.is_exact and not saved.left_out,
        "verdict": summary.verdict,
        "answered": summary.answered,
        "asked": summary.asked,
        "problems": [vars(problem) for problem in (*saved.left_out, *open_points)],
    }
