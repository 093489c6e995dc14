"""The board of an edition: what to do next, how far the stages are, who is behind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import redirect, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response

from juri.core.editions.verbs import Running, move_edition
from juri.core.errors import NotFound
from juri.core.judging.loads import Seat, panel_seats
from juri.core.lifecycle import TRANSITIONS, next_state
from juri.core.stages.board import Board, StageCard
from juri.webapp.desk import desk
from juri.webapp.guard import Needs, guarded, in_edition
from juri.webapp.language import ngettext, shown_text
from juri.webapp.organiser.blueprint import blueprint
from juri.webapp.organiser.forms import ReasonForm
from juri.webapp.organiser.frame import Attempt, acting, allowed, has_page, looking, page, tell

SEE = Needs("desk.see", in_edition)
MOVE = Needs("edition.move", in_edition)
MOVED = {
    "draft": lazy_gettext("The edition is a draft again."),
    "open": lazy_gettext("The edition is open now."),
    "judging": lazy_gettext("The edition is being judged now."),
    "decided": lazy_gettext("The edition is decided now."),
    "published": lazy_gettext("The edition is published now."),
    "monitored": lazy_gettext("The edition is monitored now."),
    "archived": lazy_gettext("The edition is in the archive now."),
}
"""What is said when an edition has come to a state."""

_SHOWN = 6
"""So many jurors who are behind are named on the board."""


@dataclass(frozen=True)
class Call:
    """The next thing to do, as the board says it: a title, why, and one button."""

    title: str
    text: str
    label: str = ""
    url: str = ""


@guarded(blueprint, "/<edition>/", needs=SEE)
def board(edition: str) -> Any:
    """Show an edition at a glance."""
    with looking(edition) as look:
        found = look.board
        judged = [card.key for card in found.cards if card.state == "open" and card.asked]
        seats = panel_seats(look.session, look.running) if judged else ()
    behind = sorted(_behind(seats, judged), key=lambda seat: (-_left(seat, judged), seat.code))
    return page(
        "board.html",
        look.running,
        current="board",
        board=found,
        call=call_of(look.running, found),
        behind=[(seat, _left(seat, judged)) for seat in behind[:_SHOWN]],
        behind_more=max(0, len(behind) - _SHOWN),
        seats=len(seats),
        judged=look.judged,
        funnel=funnel_of(found),
        moves=moves_of(look.running),
        late_in={card.key for card in found.cards if card.state == "open" and card.sent < card.asked},
    )


def moves_of(running: Running) -> list[str]:
    """Return the states to which this person may move the edition, in the order of its life; a draft opens by itself.

    The board offers the opening of a draft as the next thing to do, when its rules are known.
    """
    if running.state == "draft" or not allowed("edition.move", running.slug):
        return []
    return [state for state in MOVED if state in TRANSITIONS["edition"][running.state]]


def _left(seat: Seat, stages: list[str]) -> int:
    return sum(load.left for load in seat.loads if load.stage in stages)


def _behind(seats: tuple[Seat, ...], stages: list[str]) -> list[Seat]:
    return [seat for seat in seats if _left(seat, stages)]


def funnel_of(found: Board) -> list[dict[str, Any]]:
    """Return the bars of the funnel: all entries, then how many each stage let on, as far as it is known."""
    first = {"label": gettext("Entries"), "value": found.total}
    told = [card for card in found.cards if card.state in {"closed", "sealed", "published"} and not card.is_veiled]
    return [first, *({"label": shown_text(card.spec.name), "value": sum(card.advanced.values())} for card in told)]


def call_of(running: Running, found: Board) -> Call:
    """Say what comes next, with the one button that does it."""
    step = found.next
    name = shown_text(running.stage(step.stage).name) if step.stage else shown_text(running.edition.name)
    title, text, label = _wording(step.action, name, found)
    endpoint, action, more = _target(step.action)
    if not has_page(endpoint) or not allowed(action, running.slug, step.stage):
        return Call(title, text)
    values: dict[str, Any] = {"edition": running.slug, **({"stage": step.stage} if step.stage else {}), **more}
    return Call(title, text, label, url_for(endpoint, **values))


def _target(action: str) -> tuple[str, str, dict[str, str]]:
    """Return the page that does it, the right that it needs, and the rest of its address."""
    return {
        "fill_unknowns": ("organiser.edit", "edition.revise", {}),
        "open_edition": ("organiser.move", "edition.move", {"to": "open"}),
        "open": ("organiser.stage_open", "stage.open", {}),
        "collect": ("organiser.stage", "desk.see", {}),
        "screen": ("organiser.stage", "desk.see", {}),
        "assign": ("organiser.assignments", "assignment.change", {}),
        "wait": ("organiser.stage", "desk.see", {}),
        "close": ("organiser.stage_close", "stage.close", {}),
        "decide": ("organiser.decide", "decision.take", {}),
        "seal": ("organiser.stage_seal", "stage.seal", {}),
        "publish": ("organiser.stage_publish", "stage.publish", {}),
        "finish": ("organiser.decisions", "desk.see", {}),
    }[action]


def _wording(action: str, name: str, found: Board) -> tuple[str, str, str]:
    """Return title, text and label of the next thing to do."""
    card = found.card(found.next.stage) if found.next.stage else None
    return {**_before_closing(name, found, card), **_after_working(name, card)}[action]


def _before_closing(name: str, found: Board, card: StageCard | None) -> dict[str, tuple[str, str, str]]:
    left = card.asked - card.sent if card else 0
    waiting = ngettext("%(num)d scorecard is missing.", "%(num)d scorecards are missing.", left)
    if card and card.is_veiled:
        waiting = gettext("How far they are is not shown to you.")
    return {
        "fill_unknowns": (
            gettext("Fill in the rules that are still unknown"),
            gettext("The edition is a draft until every rule is known."),
            gettext("Fill in the rules"),
        ),
        "open_edition": (
            gettext("Open the edition"),
            gettext("All rules are known. Once it is open, its stages can be opened."),
            gettext("Open the edition …"),
        ),
        "open": (
            gettext("Open “%(stage)s”", stage=name),
            gettext("Everything before it is sealed."),
            gettext("Open the stage …"),
        ),
        "collect": (
            gettext("“%(stage)s” takes entries", stage=name),
            ngettext("%(num)d entry has come in.", "%(num)d entries have come in.", found.total),
            gettext("To the stage"),
        ),
        "screen": (
            gettext("“%(stage)s” is being worked on", stage=name),
            gettext("What is written down here decides who goes forward."),
            gettext("To the stage"),
        ),
        "assign": (
            gettext("Assign jurors in “%(stage)s”", stage=name),
            gettext("The stage is open, and nobody has anything to score yet."),
            gettext("Assign jurors"),
        ),
        "wait": (gettext("The jurors are scoring in “%(stage)s”", stage=name), waiting, gettext("See the progress")),
    }


def _after_working(name: str, card: StageCard | None) -> dict[str, tuple[str, str, str]]:
    left = card.undecided if card else 0
    undecided = ngettext("%(num)d entry waits for a decision.", "%(num)d entries wait for a decision.", left)
    return {
        "close": (
            gettext("Close “%(stage)s”", stage=name),
            gettext("The deadline is over.") if card and card.is_overdue else gettext("Its work is done."),
            gettext("Close the stage …"),
        ),
        "decide": (
            gettext("Decide on “%(stage)s”", stage=name),
            undecided if card and card.undecided else gettext("The rules have proposed; people decide."),
            gettext("Look at the proposals"),
        ),
        "seal": (
            gettext("Seal “%(stage)s”", stage=name),
            gettext("Everything is decided. A sealed result does not change any more."),
            gettext("Sign and seal …"),
        ),
        "publish": (
            gettext("Publish “%(stage)s”", stage=name),
            gettext("All stages are sealed."),
            gettext("Look at it and publish …"),
        ),
        "finish": (
            gettext("Everything is done"),
            gettext("All stages are published."),
            gettext("See the decisions"),
        ),
    }


@guarded(blueprint, "/<edition>/move/<to>", needs=MOVE, methods=("GET", "POST"))
def move(edition: str, to: str) -> str | Response | tuple[str, int]:
    """Move an edition along its life, after asking once more."""
    if to not in MOVED:
        raise NotFound("state", to)
    form = ReasonForm()
    attempt = Attempt(form)
    if form.validate_on_submit():
        with attempt, acting(edition) as (session, running):
            move_edition(session, running, to, by=desk().actor, reason=form.reason.data or "")
        if not attempt.failed:
            tell(str(MOVED[to]))
            return redirect(url_for("organiser.board", edition=edition))
    with looking(edition) as look:
        running = look.running
    with attempt:
        next_state("edition", running.state, to)
    written = page(
        "move.html", running, current="board", trail=[(gettext("Next state"), "")], form=form, to=to,
        problems=attempt.problems, possible=to in TRANSITIONS["edition"][running.state],
    )  # fmt: skip
    return written, attempt.status
