"""Jurors: the panels with their loads, and the conflicts that keep somebody from scoring something."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from flask import request
from flask_babel import gettext

from juri.core.judging.loads import Seat, known_conflicts, panel_seats
from juri.core.judging.pace import Pace, juror_paces
from juri.core.stages.board import StageCard
from juri.webapp.guard import Needs, guarded, in_edition
from juri.webapp.language import ngettext, shown_figure, shown_text
from juri.webapp.organiser.blueprint import blueprint
from juri.webapp.organiser.frame import Look, looking, page
from juri.webapp.paging import Part, paged

SEE = Needs("standings.see", in_edition)
LOOK = Needs("desk.see", in_edition)
_FILTERS = ("show", "panel", "words")
_ROUGH = 10
"""From so many minutes on, tenths of them tell nothing."""


@guarded(blueprint, "/<edition>/jurors/", needs=LOOK)
def jurors(edition: str) -> Any:
    """Show the jurors by panel with what they have to do, in one stage or in all."""
    asked = _asked()
    with looking(edition) as look:
        jury = _jury(look)
        paces = juror_paces(look.session, look.running, stage=jury.stage) if jury.stage or not look.hidden else {}
    part = paged(jury.fitting(asked))
    return page(
        "jurors.html", look.running, current="jurors", trail=[(gettext("Jurors"), "")], panels=jury.panels, asked=asked,
        stages={card.key: shown_text(card.spec.name) for card in jury.cards if not card.is_veiled}, chosen=jury.stage,
        part=part, benches=_benches(jury, part, asked), behind=sum(seat.total("left") > 0 for seat in jury.seats),
        paces={code: _minutes(pace) for code, pace in paces.items()},
        open_stages=[card for card in jury.cards if card.state == "open"],
        judged=[card for card in jury.cards if card.is_veiled],
    )  # fmt: skip


def seats_asked_for(look: Look) -> list[Seat]:
    """Return the jurors whom the address asks for, on whatever page of the list they stand."""
    return _jury(look).fitting(_asked())


@dataclass(frozen=True)
class _Jury:
    """The jurors with what they have to do, in one stage or in all, as far as who asks may see it."""

    stage: str
    cards: Sequence[StageCard]
    panels: Mapping[str, str]
    seats: Sequence[Seat]

    def fitting(self, asked: Mapping[str, str]) -> list[Seat]:
        """Return the jurors of a panel, with these words, or with something left to send, panel by panel."""
        sought, panel = asked.get("words", "").casefold(), asked.get("panel", "")
        return [
            seat
            for name in self.panels
            for seat in self.seats
            if seat.panel == name and panel in {"", name} and sought in words_of(seat)
            if asked.get("show") != "behind" or seat.total("left")
        ]


@dataclass(frozen=True)
class Bench:
    """What one page shows of a panel of ``total`` jurors."""

    panel: str
    name: str
    total: int
    seats: Sequence[Seat]


def _asked() -> dict[str, str]:
    return {name: text for name in _FILTERS if (text := request.args.get(name, "").strip())}


def _jury(look: Look) -> _Jury:
    cards = [card for card in look.board.cards if card.kind.judged and look.tells_of(card.key)]
    asked = request.args.get("stage", "")
    chosen = asked if asked in {card.key for card in cards if not card.is_veiled} else ""
    panels = {panel.id: shown_text(panel.name) for panel in look.running.edition.panels if _sits(look, panel.id, cards)}
    return _Jury(chosen, cards, panels, _shown_seats(look, cards, chosen))


def words_of(seat: Seat) -> str:
    """Return where words are looked for: code, name and agency of a juror."""
    return f"{seat.code} {seat.name} {seat.organization}".casefold()


def _benches(jury: _Jury, part: Part[Seat], asked: Mapping[str, str]) -> list[Bench]:
    """Put the jurors of one page together by panel; a panel of nobody stands on the last, where nothing is sought."""
    totals = Counter(seat.panel for seat in jury.seats)
    shown = {seat.panel for seat in part.lines}
    wanted = shown if asked or part.number < part.pages else shown | (jury.panels.keys() - totals.keys())
    return [
        Bench(panel, name, totals[panel], [seat for seat in part.lines if seat.panel == panel])
        for panel, name in jury.panels.items()
        if panel in wanted
    ]


def _minutes(pace: Pace) -> tuple[str, str]:
    """Say how long a juror takes for an entry, and of how many scorecards this is the median."""
    minutes = Fraction(pace.median.total_seconds()) / 60
    shown = gettext("%(minutes)s min", minutes=shown_figure(minutes, 0 if minutes >= _ROUGH else 1))
    of = ngettext("of %(num)d scorecard", "of %(num)d scorecards", pace.measured)
    return str(shown), str(of)


def _sits(look: Look, panel: str, cards: Sequence[StageCard]) -> bool:
    """Tell whether a panel is one of the whole edition, for who sees all of it, or of a stage that is shown."""
    sees_all = all(map(look.tells_of, look.running.edition.stage_ids))
    return sees_all or panel in {card.spec.options.get("panel") for card in cards}


def _shown_seats(look: Look, cards: Sequence[StageCard], chosen: str) -> list[Seat]:
    """Return the jurors with what they have to do in the stages whose progress may be seen."""
    found = panel_seats(look.session, look.running, stage=chosen)
    return [
        replace(seat, loads=tuple(load for load in seat.loads if load.stage not in look.hidden))
        for seat in found
        if _sits(look, seat.panel, cards)
    ]


@guarded(blueprint, "/<edition>/jurors/conflicts", needs=SEE)
def conflicts(edition: str) -> Any:
    """List who must not score what, and why."""
    with looking(edition) as look:
        found = known_conflicts(look.session, look.running)
    panels = {panel.id: panel for panel in look.running.edition.panels}
    trail, sought = [(gettext("Conflicts"), "")], request.args.get("words", "").strip()
    fitting = [
        each for each in found
        if sought.casefold() in f"{each.juror} {each.entry} {each.title} {each.entrant}".casefold()
    ]  # fmt: skip
    return page(
        "conflicts.html", look.running, current="jurors", trail=trail, part=paged(fitting), sought=sought, panels=panels
    )  # fmt: skip
