"""Jurors: the panels with their loads, and the conflicts that keep somebody from scoring something."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_babel import gettext

from juri.core.judging.loads import known_conflicts, panel_seats
from juri.core.stages.board import edition_board
from juri.webapp.guard import Needs, guarded, in_edition
from juri.webapp.language import shown_text
from juri.webapp.organiser.blueprint import blueprint
from juri.webapp.organiser.frame import looking, page

SEE = Needs("standings.see", in_edition)


@guarded(blueprint, "/<edition>/jurors/", needs=SEE)
def jurors(edition: str) -> Any:
    """Show the jurors by panel with what they have to do, in one stage or in all."""
    with looking(edition) as look:
        cards = [card for card in edition_board(look.session, look.running).cards if card.kind.judged]
        asked = request.args.get("stage", "")
        chosen = asked if asked in {card.key for card in cards} else ""
        seats = panel_seats(look.session, look.running, stage=chosen)
    panels = {panel.id: shown_text(panel.name) for panel in look.running.edition.panels}
    stages = {card.key: shown_text(card.spec.name) for card in cards}
    return page(
        "jurors.html", look.running, current="jurors", trail=[(gettext("Jurors"), "")], panels=panels, stages=stages,
        chosen=chosen, seats=seats, open_stages=[card for card in cards if card.state in {"planned", "open"}],
    )  # fmt: skip


@guarded(blueprint, "/<edition>/jurors/conflicts", needs=SEE)
def conflicts(edition: str) -> Any:
    """List who must not score what, and why."""
    with looking(edition) as look:
        found = known_conflicts(look.session, look.running)
    panels = {panel.id: panel for panel in look.running.edition.panels}
    trail = [(gettext("Conflicts"), "")]
    return page("conflicts.html", look.running, current="jurors", trail=trail, found=found, panels=panels)
