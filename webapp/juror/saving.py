"""Saving a scorecard: drafts as they are typed, and the finished sheet; by a form, and by the page's own requests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import abort, flash, jsonify, request, url_for
from flask_babel import gettext as _

from juri.core.errors import ActionRefused, Conflict, InputRefused, Problem
from juri.core.judging.queue import read_queue
from juri.core.judging.scorecards import PreparedSheet, prepare_scorecard, submit_scorecard
from juri.webapp.desk import desk
from juri.webapp.forms import load_body, scorecard_schema
from juri.webapp.guard import guarded
from juri.webapp.juror.blueprint import SCORES, blueprint
from juri.webapp.juror.words import clock_words, in_words, refusal_words
from juri.webapp.juror.worksheet import Worksheet, open_worksheet, read_stored

Typed = Mapping[str, Mapping[str, str]]


def save_sheet(
    sheet: Worksheet, typed: Typed, *, version: int, key: str, finish: bool
) -> tuple[int, tuple[Problem, ...]]:
    """Write what was typed; returns the new version and what could not be kept of a draft.

    A draft keeps what can be read and is on its scale: one slip of the pen does not keep the rest from being saved.

    Raises:
        InputRefused: a finished sheet is not complete, with every problem in the words of the page.
        Conflict: somebody wrote meanwhile.
        ActionRefused: not now, or not you; in the words of the page. A draft never takes the place of what was sent.

    """
    if not finish and sheet.own.card == "submitted" and sheet.own.version == version:
        raise ActionRefused([_("This scorecard was sent already. Send it again to correct it.")], code="already_sent")
    try:
        with desk().reading() as session:
            prepared, left_out = _prepare(session, sheet, typed, finish=finish)
        with desk().writing() as session:
            written = submit_scorecard(session, sheet.running, prepared, by=desk().actor, version=version, key=key)
    except InputRefused as refused:
        raise InputRefused(in_words(refused.problems, sheet.asked)) from refused
    except Conflict:
        raise
    except ActionRefused as refused:
        raise ActionRefused(refusal_words(refused), code=refused.code) from refused
    return written, tuple(in_words(left_out, sheet.asked))


def _prepare(
    session: Any, sheet: Worksheet, typed: Typed, *, finish: bool
) -> tuple[PreparedSheet, tuple[Problem, ...]]:
    where = {"stage": sheet.stage.id, "entry": sheet.own.entry, "juror": sheet.own.juror}
    try:
        return prepare_scorecard(session, sheet.running, **where, answers=typed, draft=not finish), ()
    except InputRefused as refused:
        wrong = {problem.field for problem in refused.problems}
        if finish or not wrong <= {question.criterion for question in sheet.asked}:
            raise
        kept = {name: {"comment": each["comment"]} if name in wrong else each for name, each in typed.items()}
        return prepare_scorecard(session, sheet.running, **where, answers=kept, draft=True), refused.problems


@guarded(blueprint, "/<edition>/<stage>/<entry>/save", needs=SCORES, methods=("POST",))
def save(edition: str, stage: str, entry: str) -> Any:
    """Keep what a page sends while its juror types, and take the finished sheet."""
    if not request.is_json:
        abort(415)
    try:
        with desk().reading() as session:
            sheet = open_worksheet(session, edition, stage, entry)
    except ActionRefused as refused:
        raise ActionRefused(refusal_words(refused), code=refused.code) from refused
    body = load_body(scorecard_schema(sheet.asked), request.get_json(silent=True))
    finish = bool(body["finish"])
    version, left_out = save_sheet(sheet, body["answers"], version=body["version"], key=body["key"], finish=finish)
    answer = told(edition, stage, entry, left_out)
    if finish:
        answer["next"] = after_finish(edition, stage, entry)
    return jsonify(version=version, **answer)


def told(edition: str, stage: str, entry: str, left_out: tuple[Problem, ...]) -> dict[str, Any]:
    """Tell a page what is stored now."""
    with desk().reading() as session:
        sheet = open_worksheet(session, edition, stage, entry)
        stored = read_stored(session, sheet)
    summary = sheet.summarise(stored.answers)
    wrong = {problem.field for problem in left_out}
    open_points = [problem for problem in summary.problems if problem.field not in wrong]
    return {
        "state": sheet.own.card,
        "saved_at": clock_words(stored.at, sheet.running.edition.time_zone),
        "total": summary.total,
        "exact": summary.is_exact and not left_out,
        "verdict": summary.verdict,
        "answered": summary.answered,
        "asked": summary.asked,
        "problems": [vars(problem) for problem in (*left_out, *open_points)],
    }


def after_finish(edition: str, stage: str, entry: str) -> str:
    """Say that a sheet was sent, and return where to go on: the next unfinished entry, or the own list at the end."""
    with desk().reading() as session:
        queue = read_queue(session, desk().running(session, edition), stage, desk().actor.person)
    title = next(item.title for item in queue.items if item.entry == entry)
    flash(_("Sent: %(title)s", title=title), "ok")
    further = queue.next_unfinished(entry)
    if further is None:
        return url_for("juror.own_list", edition=edition, stage=stage)
    return url_for("juror.score", edition=edition, stage=stage, entry=further.entry)
