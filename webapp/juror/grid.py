"""The grid for screening: one row an entry, one column a criterion; each row is saved by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from flask import render_template

from juri.core.editions.gate import find_gate
from juri.core.judging.queue import OUT, OwnAssignment, own_answers, read_queue
from juri.core.scoring.rubric import Answer
from juri.webapp.cards import Card
from juri.webapp.desk import desk
from juri.webapp.forms import AnswerForm, ScorecardForm, scorecard_form
from juri.webapp.guard import guarded
from juri.webapp.juror.blueprint import blueprint
from juri.webapp.juror.frame import frame, views_of
from juri.webapp.juror.worksheet import Summary, Worksheet, cards_of, worksheet_of
from juri.webapp.own_work import HAS_QUEUE


@dataclass(frozen=True)
class Row:
    """One entry of the grid; without ``form`` where the question about conflicts is still to be answered."""

    item: OwnAssignment
    is_writable: bool = False
    form: ScorecardForm | None = None
    fields: Mapping[str, AnswerForm] | None = None
    summary: Summary | None = None


@dataclass(frozen=True)
class Sheet:
    """The rows of one rubric, with its criteria as columns; those who are asked others of its criteria stand apart."""

    rubric: str
    cards: tuple[Card, ...]
    rows: tuple[Row, ...]


@guarded(blueprint, "/<edition>/<stage>/grid", needs=HAS_QUEUE)
def grid(edition: str, stage: str) -> Any:
    """Show every own entry with its scores in one table for each rubric."""
    with desk().reading() as session:
        running = desk().running(session, edition)
        queue = read_queue(session, running, stage, desk().actor.person)
        gate = find_gate(session, running.id, stage)
        written = own_answers(session, running, stage, desk().actor.person)
    spec = running.stage(stage)
    sheets = [worksheet_of(running, spec, gate, item) for item in queue.items if item.status != OUT]
    common = frame(running, spec)
    return render_template(
        "juror/grid.html",
        **common,
        queue=queue,
        gate=gate,
        person=desk().actor.person,
        sheets=_by_rubric(sheets, written),
        views=views_of(queue, common["here"], "grid"),
    )


def _by_rubric(sheets: Iterable[Worksheet], written: Mapping[str, Mapping[str, Answer]]) -> list[Sheet]:
    found: dict[tuple[str, ...], list[Worksheet]] = {}
    for sheet in sheets:
        asked = (question.criterion for question in sheet.asked)
        found.setdefault((sheet.rubric.id, *asked), []).append(sheet)
    return [
        Sheet(
            own[0].rubric.name or own[0].rubric.id,
            tuple(cards_of(own[0])),
            tuple(_row(sheet, written.get(sheet.own.entry, {})) for sheet in own),
        )
        for own in found.values()
    ]


def _row(sheet: Worksheet, answers: Mapping[str, Answer]) -> Row:
    if not sheet.own.is_open_to_read:
        return Row(sheet.own)
    form = scorecard_form(sheet.asked)(formdata=None, prefix="")
    form.fill(answers)
    form.version.data = str(sheet.own.version)
    form.key.data = str(uuid4())
    return Row(sheet.own, sheet.is_writable, form, dict(form.cards()), sheet.summarise(answers))
