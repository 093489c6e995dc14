"""Scorecards from paper: typed in a table for each juror, confirmed or rejected by another person, sheet by sheet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from juri.core.editions.gate import find_stage
from juri.core.editions.verbs import Running
from juri.core.errors import ActionRefused, InputRefused, NotFound, Problem
from juri.core.extension import RubricKind, StageKind
from juri.core.judging.loads import Seat, panel_seats
from juri.core.judging.paper import (
    PaperRow,
    PaperSheet,
    confirm_sheet,
    find_sheet,
    paper_rows,
    reject_sheet,
    rejected_sheets,
    type_sheet,
    waiting_sheets,
    withdraw_sheet,
)
from juri.core.judging.scorecards import prepare_by_track, rubric_of
from juri.core.scoring.rubric import Answer, Question, Rubric
from juri.core.sheets import asked_by
from juri.webapp.cards import Card, lay_out
from juri.webapp.desk import desk
from juri.webapp.forms import AnswerForm, ScorecardForm, scorecard_form, shown_number, word_shown
from juri.webapp.guard import Needs, guarded, in_edition
from juri.webapp.juror.words import in_words
from juri.webapp.language import ngettext, shown_text
from juri.webapp.organiser.blueprint import blueprint
from juri.webapp.organiser.forms import NeededReasonForm, PlainForm
from juri.webapp.organiser.frame import Attempt, Look, acting, looking, page, tell
from juri.webapp.organiser.jurors import words_of
from juri.webapp.paging import paged
from juri.webapp.sentences import sentence

TYPE = Needs("paper.type", in_edition)
CONFIRM = Needs("paper.confirm", in_edition)
Answered = str | Response | tuple[str, int]


@dataclass
class TypedRow:
    """One scorecard of the table; without ``form`` where nothing is to be typed."""

    row: PaperRow
    form: ScorecardForm | None
    fields: Mapping[str, AnswerForm]
    rejected: PaperSheet | None
    problems: tuple[Problem, ...] = ()

    @property
    def is_filled(self) -> bool:
        """Tell whether something was typed in it."""
        return (
            any(answer["value"] or answer["comment"] for answer in self.form.typed().values()) if self.form else False
        )


@dataclass(frozen=True)
class TypedTable:
    """The scorecards of one rubric, with its criteria as columns; where it asks others, they stand apart."""

    name: str
    cards: tuple[Card, ...]
    rows: tuple[TypedRow, ...]


@guarded(blueprint, "/<edition>/stages/<stage>/paper/", needs=TYPE)
def paper(edition: str, stage: str) -> Any:
    """Show whose scorecards can be typed, and which sheets wait for a second person."""
    with looking(edition) as look:
        _require_judged(look.running, stage)
        seats = [seat for seat in panel_seats(look.session, look.running, stage=stage) if seat.total("asked")]
        waiting = waiting_sheets(look.session, look.running, stage)
        is_open = find_stage(look.session, look.running.id, stage).state == "open"
    sought = request.args.get("words", "").strip()
    fitting = [seat for seat in seats if sought.casefold() in words_of(seat)]
    return page(
        "paper.html", look.running, current="jurors", trail=_trail(look.running, stage), stage=stage,
        part=paged(fitting), sought=sought,
        waiting=waiting, waits=Counter(sheet.juror for sheet in waiting), is_open=is_open, me=desk().actor.name,
        names={seat.code: seat.name for seat in seats}, stage_name=shown_text(look.running.stage(stage).name),
    )  # fmt: skip


@guarded(blueprint, "/<edition>/stages/<stage>/paper/of/<juror>", needs=TYPE, methods=("GET", "POST"))
def type_paper(edition: str, stage: str, juror: str) -> Answered:
    """Type the scorecards of one juror: a row an entry; what is complete is put down, the rest stays to be mended."""
    with looking(edition) as look:
        seat = _seat(look, stage, juror)
        rows = _rows(look, stage, juror)
        is_open = find_stage(look.session, look.running.id, stage).state == "open"
    refused: list[Problem] = []
    if request.method == "POST":
        put_down = 0
        for row in rows:
            if row.is_filled:
                put_down += _put_down(look.running, stage, juror, row)
        if put_down:
            tell(_put_down_words(put_down))
        if not put_down and not any(row.problems for row in rows):
            refused.append(Problem("", gettext("Nothing is typed yet.")))
        elif not any(row.problems for row in rows):
            return redirect(url_for("organiser.paper", edition=edition, stage=stage))
        rows = [row for row in rows if row.problems or not row.is_filled]
    trail = [*_trail(look.running, stage, leads=True), (seat.name, "")]
    written = page(
        "paper_type.html", look.running, current="jurors", trail=trail, stage=stage, seat=seat, is_open=is_open,
        tables=_tables(look.running, stage, rows), problems=refused, faulty=[row for row in rows if row.problems],
    )  # fmt: skip
    return written, 422 if refused or any(row.problems for row in rows) else 200


def _put_down(running: Running, stage: str, juror: str, row: TypedRow) -> bool:
    """Put one sheet down; what is against it is noted in its row."""
    if row.form is None:
        return False
    track, category, asked = row.row.track, row.row.category, _asked(running, stage, row.row)[1]
    try:
        sheet = prepare_by_track(
            running,
            track=track,
            category=category,
            stage=stage,
            entry=row.row.entry,
            juror=juror,
            answers=row.form.typed(),
        )
        with desk().writing() as session:
            type_sheet(session, running, sheet, by=desk().actor, version=row.form.seen_version)
    except InputRefused as refused:
        row.problems = tuple(in_words(refused.problems, asked))
    except ActionRefused as refused:
        row.problems = tuple(Problem("", sentence(reason)) for reason in refused.reasons)
    return not row.problems


@guarded(blueprint, "/<edition>/stages/<stage>/paper/<int:number>", needs=CONFIRM, methods=("GET", "POST"))
def check_paper(edition: str, stage: str, number: int) -> Answered:
    """Show one typed sheet beside the paper: it is confirmed as it is, or rejected with a reason."""
    rejecting = request.form.get("act") == "reject"
    form = NeededReasonForm() if rejecting else PlainForm()
    attempt = Attempt(form)
    if form.validate_on_submit():
        with attempt, acting(edition) as (session, running):
            find_sheet(session, running, stage, number)
            if isinstance(form, NeededReasonForm):
                reject_sheet(session, running, number, by=desk().actor, reason=str(form.reason.data))
            else:
                confirm_sheet(session, running, number, by=desk().actor)
        if not attempt.failed:
            tell(
                gettext("Rejected: the sheet is typed anew.") if rejecting else gettext("Confirmed: the sheet counts.")
            )
            return redirect(_onward(edition, stage))
    elif form.is_submitted():
        attempt.status = 422
    with looking(edition) as look:
        sheet = find_sheet(look.session, look.running, stage, number)
        seat = _seat(look, stage, sheet.juror)
    rubric, asked = _asked(look.running, stage, sheet)
    title = gettext("Sheet %(number)s", number=number)
    shown = form if rejecting else NeededReasonForm(formdata=None)
    trail = [*_trail(look.running, stage, leads=True), (title, "")]
    lines = [(card, _said(sheet.answers.get(card.criterion), card)) for card in lay_out(rubric, asked)]
    written = page(
        "paper_check.html", look.running, current="jurors", trail=trail, stage=stage, title=title, sheet=sheet,
        seat=seat, problems=attempt.problems, is_own=sheet.typed_by == desk().actor.name, lines=lines, form=shown,
    )  # fmt: skip
    return written, attempt.status


@guarded(blueprint, "/<edition>/stages/<stage>/paper/<int:number>/back", needs=TYPE, methods=("POST",))
def take_back_paper(edition: str, stage: str, number: int) -> Answered:
    """Take back a sheet that one typed oneself."""
    attempt = Attempt()
    with attempt, acting(edition) as (session, running):
        find_sheet(session, running, stage, number)
        withdraw_sheet(session, running, number, by=desk().actor)
    if attempt.failed:
        tell(" ".join(problem.message for problem in attempt.problems), "danger")
    else:
        tell(gettext("Taken back. Type it again."))
    return redirect(url_for("organiser.paper", edition=edition, stage=stage))


def _onward(edition: str, stage: str) -> str:
    """Lead to the next sheet that this person may look at, or back to the list."""
    with looking(edition) as look:
        waiting = waiting_sheets(look.session, look.running, stage)
    others = [sheet.number for sheet in waiting if sheet.typed_by != desk().actor.name]
    if others:
        return url_for("organiser.check_paper", edition=edition, stage=stage, number=others[0])
    return url_for("organiser.paper", edition=edition, stage=stage)


def _put_down_words(count: int) -> Any:
    return ngettext(
        "%(num)d sheet is put down. It counts once somebody else has confirmed it.",
        "%(num)d sheets are put down. They count once somebody else has confirmed them.",
        count,
    )


def _rows(look: Look, stage: str, juror: str) -> list[TypedRow]:
    """Return the scorecards of a juror that are not in yet, each with its form."""
    rejected = {sheet.entry: sheet for sheet in rejected_sheets(look.session, look.running, stage, juror)}
    found = []
    for row in paper_rows(look.session, look.running, stage, juror):
        form = None
        if row.card in {"", "draft"} and not row.is_waiting:
            form = scorecard_form(_asked(look.running, stage, row)[1])(prefix=f"{row.entry}-")
            if not form.version.raw_data:
                form.version.data = str(row.version)
        found.append(TypedRow(row, form, dict(form.cards()) if form else {}, rejected.get(row.entry)))
    return found


def _tables(running: Running, stage: str, rows: Sequence[TypedRow]) -> list[TypedTable]:
    by_rubric: dict[tuple[str, ...], list[TypedRow]] = {}
    for row in rows:
        rubric, asked = _asked(running, stage, row.row)
        by_rubric.setdefault((rubric.id, *(question.criterion for question in asked)), []).append(row)
    tables = []
    for own in by_rubric.values():
        rubric, asked = _asked(running, stage, own[0].row)
        tables.append(TypedTable(rubric.name or rubric.id, tuple(lay_out(rubric, asked)), tuple(own)))
    return tables


def _asked(running: Running, stage: str, row: PaperRow | PaperSheet) -> tuple[Rubric, tuple[Question, ...]]:
    rubric = rubric_of(running, running.stage(stage), row.track, row.category)
    kind, owner = running.registry.find(RubricKind, rubric.kind), running.registry.owner("rubric_kinds", rubric.kind)
    return rubric, asked_by(kind, rubric, owner)


def _said(answer: Answer | None, card: Card) -> str:
    """Write an answer as the paper has it: the number with its level's name, or the word."""
    if answer is None:
        return ""
    value = answer.value
    if card.is_overall:
        return ""
    chosen = next((choice.words for choice in card.choices if choice.value == str(value)), "")
    return chosen or (word_shown(value) if isinstance(value, str) else shown_number(value))


def _seat(look: Look, stage: str, juror: str) -> Seat:
    _require_judged(look.running, stage)
    seats = panel_seats(look.session, look.running, stage=stage)
    seat = next((seat for seat in seats if seat.code == juror and seat.loads), None)
    if seat is None:
        raise NotFound("juror", juror, f"in stage {stage}")
    return seat


def _require_judged(running: Running, stage: str) -> None:
    if not running.registry.find(StageKind, running.stage(stage).kind).judged:
        raise NotFound("judged stage", stage)


def _trail(running: Running, stage: str, *, leads: bool = False) -> list[tuple[str, str]]:
    here: dict[str, Any] = {"edition": running.slug, "stage": stage}
    own = url_for("organiser.paper", **here) if leads else ""
    return [(shown_text(running.stage(stage).name), url_for("organiser.stage", **here)), (gettext("From paper"), own)]
