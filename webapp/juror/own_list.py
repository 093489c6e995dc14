"""The list at the end: one's own entries by one's own scores, and two of them side by side. Nobody else's marks."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from juri.core.editions.gate import find_gate
from juri.core.judging.queue import DONE, OwnAssignment, Queue, read_queue
from juri.core.sheets import answers_as_json
from juri.webapp.cards import Card
from juri.webapp.desk import desk
from juri.webapp.guard import guarded
from juri.webapp.juror.blueprint import blueprint
from juri.webapp.juror.content import Content, content_of
from juri.webapp.juror.frame import frame, views_of
from juri.webapp.juror.versions import answer_words
from juri.webapp.juror.words import shown_total
from juri.webapp.juror.worksheet import Worksheet, cards_of, open_worksheet, read_content, read_stored
from juri.webapp.own_work import HAS_QUEUE, own_work

PAIR = 2


@dataclass(frozen=True)
class Place:
    """One sent scorecard: equal totals share a place."""

    place: int
    item: OwnAssignment
    total: str


@dataclass(frozen=True)
class Side:
    """One of two entries that are compared."""

    item: OwnAssignment
    sheet: Worksheet
    cards: tuple[Card, ...]
    marks: dict[str, str]
    content: Content
    total: str


@guarded(blueprint, "/<edition>/<stage>/list", needs=HAS_QUEUE)
def own_list(edition: str, stage: str) -> Any:
    """Show one's own sent scorecards, the highest first."""
    with desk().reading() as session:
        running = desk().running(session, edition)
        queue = read_queue(session, running, stage, desk().actor.person)
        gate = find_gate(session, running.id, stage)
    common = frame(running, running.stage(stage), (_("My list"), ""))
    return render_template(
        "juror/list.html",
        **common,
        queue=queue,
        gate=gate,
        places=places_of(queue),
        views=views_of(queue, common["here"], "own_list"),
        further=queue.next_unfinished(),
    )


@guarded(blueprint, "/<edition>/<stage>/compare", needs=HAS_QUEUE)
def compare(edition: str, stage: str) -> Any:
    """Show two of one's own entries side by side."""
    codes = list(dict.fromkeys(request.args.getlist("entry")))
    with desk().reading() as session:
        desk().running(session, edition).stage(stage)
    if len(codes) != PAIR:
        return redirect(url_for("juror.own_list", edition=edition, stage=stage, choose="two"))
    pair = [open_worksheet(own_work(edition, stage, code)) for code in codes]
    with desk().reading() as session:
        sides = [_side(session, sheet) for sheet in pair]
    first = sides[0].sheet
    common = frame(first.running, first.stage, (_("My list"), _list_address(edition, stage)), (_("Compare"), ""))
    return render_template("juror/compare.html", **common, sides=sides, rows=_rows(sides))


def places_of(queue: Queue) -> list[Place]:
    """Rank what was sent by the own totals; equal totals share a place and stand in the queue's order."""
    sent = [(item, item.total) for item in queue.having(DONE) if item.total is not None]
    ordered = sorted(sent, key=lambda each: -each[1])
    totals: list[Fraction] = [total for _item, total in ordered]
    return [Place(totals.index(total) + 1, item, shown_total(total)) for item, total in ordered]


def _list_address(edition: str, stage: str) -> str:
    return url_for("juror.own_list", edition=edition, stage=stage)


def _side(session: Session, sheet: Worksheet) -> Side:
    stored = read_stored(session, sheet)
    cards = tuple(cards_of(sheet))
    given = answers_as_json(stored.answers)
    marks = {card.criterion: answer_words(card, given.get(card.criterion, {})) for card in cards}
    summary = sheet.summarise(stored.answers)
    return Side(sheet.own, sheet, cards, marks, content_of(sheet, read_content(session, sheet)), summary.total)


def _rows(sides: list[Side]) -> list[tuple[Card, list[str]]]:
    """Line criteria up; entries of two tracks may be asked different ones."""
    cards = {card.criterion: card for side in sides for card in side.cards}
    return [(card, [side.marks.get(name, "") for side in sides]) for name, card in cards.items()]
