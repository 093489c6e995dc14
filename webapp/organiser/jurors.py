"""Jurors: the panels with their loads, and the conflicts that keep somebody from scoring something."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request
from flask_babel import gettext, ngettext

from juri.core.judging.loads import known_conflicts, panel_seats
from juri.core.stages.board import edition_board
from juri.core.stages.spread import JurorSpread, juror_spreads
from juri.webapp.guard import Needs, guarded, in_edition
from juri.webapp.language import shown_figure, shown_text
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
        spreads = juror_spreads(look.session, look.running, chosen) if chosen else ()
    panels = {panel.id: shown_text(panel.name) for panel in look.running.edition.panels}
    stages = {card.key: shown_text(card.spec.name) for card in cards}
    return page(
        "jurors.html", look.running, current="jurors", trail=[(gettext("Jurors"), "")], panels=panels, stages=stages,
        chosen=chosen, seats=seats, open_stages=[card for card in cards if card.state == "open"],
        spreads=[_strip(each, {seat.code: seat.name for seat in seats}) for each in spreads],
    )  # fmt: skip


def _strip(each: JurorSpread, names: Mapping[str, str]) -> dict[str, Any]:
    """Return one line of the chart: the range, and what the juror shares with others beside it."""
    note = gettext("shares no entry with anybody: not to be compared")
    if each.apart is not None:
        sign = "+" if each.apart > 0 else ""
        note = ngettext(
            "%(apart)s beside the others on %(num)d shared entry",
            "%(apart)s beside the others on %(num)d shared entries",
            each.shared,
            apart=sign + shown_figure(each.apart, 1),
        )
    figures = {"low": each.low, "mean": each.mean, "high": each.high, "shown": shown_figure(each.mean, 1)}
    return {"label": names.get(each.juror, each.juror), "note": note, **figures}


@guarded(blueprint, "/<edition>/jurors/conflicts", needs=SEE)
def conflicts(edition: str) -> Any:
    """List who must not score what, and why."""
    with looking(edition) as look:
        found = known_conflicts(look.session, look.running)
    panels = {panel.id: panel for panel in look.running.edition.panels}
    trail = [(gettext("Conflicts"), "")]
    return page("conflicts.html", look.running, current="jurors", trail=trail, found=found, panels=panels)
