"""One stage: where it stands, what stands in its way, what was written in it, what it proposes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext

from juri.core.editions.gate import find_stage
from juri.core.editions.model import StageRow
from juri.core.judging.loads import panel_seats
from juri.core.results.snapshots import find_snapshot
from juri.core.stages.board import StageCard
from juri.core.stages.gates import against_reopening, obstacles
from juri.core.stages.outcomes import OutcomeLine, outcome_lines, tied_groups
from juri.core.stages.progress import unfinished_entries
from juri.core.stages.signing import reopening_asked, signatures
from juri.core.stages.views import records_of
from juri.webapp.guard import Needs, guarded, in_edition
from juri.webapp.language import shown_text
from juri.webapp.organiser import words
from juri.webapp.organiser.blueprint import blueprint
from juri.webapp.organiser.frame import Look, allowed, looking, page

SEE = Needs("desk.see", in_edition)
_WAITING = 10
"""So many entries that wait for jurors are named, and so many jurors, those first who have most left."""

_OPEN = 5
"""So many entries that wait for a decision are named."""


@dataclass(frozen=True)
class Tool:
    """A page on which something is done in the stage; ``count`` says how much there is."""

    label: str
    url: str
    icon: str
    count: int | None = None


@guarded(blueprint, "/<edition>/stages/<stage>/", needs=SEE)
def stage(edition: str, stage: str) -> Any:
    """Show a stage."""
    with looking(edition) as look:
        look.running.stage(stage)
        row = find_stage(look.session, look.running.id, stage)
        card = look.board.card(stage)
        is_over = row.state in {"closed", "sealed", "published"}
        lines = outcome_lines(look.session, look.running, row) if is_over and not card.is_veiled else ()
        values = {
            "row": row,
            "card": card,
            "against": () if card.is_veiled else obstacles(look.session, look.running, stage),
            "snapshot": None if card.is_veiled else find_snapshot(look.session, row),
            "lines": lines,
            "counts": Counter(line.outcome for line in lines),
            "departures": [line for line in lines if line.departs],
            "waiting": [line for line in lines if line.is_open][:_OPEN],
            "ties": tied_groups(lines),
            "signed": signatures(look.session, look.running, row) if row.state == "closed" else (),
            "asked_again": reopening_asked(look.session, row),
            "against_again": against_reopening(look.session, look.running, row),
            "tools": _tools(look, row, card, lines),
            **_progress(look, card),
        }
    name = shown_text(look.running.stage(stage).name)
    judges = stage in look.judged
    return page("stage.html", look.running, current="board", trail=[(name, "")], judges=judges, **values)


def _progress(look: Look, card: StageCard) -> dict[str, Any]:
    """Say how far the jurors of an open stage are, and which entries wait for them."""
    if card.state != "open" or not card.asked:
        return {"seats": (), "seats_more": 0, "unfinished": (), "unfinished_more": 0}
    unfinished, count = unfinished_entries(look.session, look.running, card.key, _WAITING)
    seats = [seat for seat in panel_seats(look.session, look.running, stage=card.key) if seat.loads]
    return {
        "seats": sorted(seats, key=lambda seat: -seat.total("left"))[:_WAITING],
        "seats_more": max(0, len(seats) - _WAITING),
        "unfinished": unfinished,
        "unfinished_more": count - len(unfinished),
    }


def _tools(look: Look, row: StageRow, card: StageCard, lines: tuple[OutcomeLine, ...]) -> list[Tool]:
    """List the pages on which something is done in a stage, for those who may do it."""
    edition = look.running.slug
    found: list[Tool] = []
    if card.kind.takes_entries and allowed("entry.register", edition):
        found.append(Tool(gettext("Import entries"), url_for("organiser.import_entries", edition=edition), "upload"))
    if card.kind.judged and "panel" in card.spec.options:
        found += _judging_tools(edition, card)
    found += _act_tools(look, row, card)
    if lines:
        url = url_for("organiser.decisions", edition=edition, stage=card.key)
        found.append(Tool(gettext("Proposals and decisions"), url, "seal", len(lines)))
    return found


def _judging_tools(edition: str, card: StageCard) -> list[Tool]:
    here: dict[str, Any] = {"edition": edition, "stage": card.key}
    assigned = Tool(gettext("Assignments"), url_for("organiser.assignments", **here), "users", card.asked)
    ranked = Tool(gettext("Standings"), url_for("organiser.standings", **here), "list")
    seen = Tool(gettext("What the jurors make of the entries"), url_for("organiser.opinions", **here), "scale")
    jury = Tool(gettext("How the jurors score"), url_for("organiser.jury", **here), "users", card.sent)
    typed = Tool(gettext("Scorecards from paper"), url_for("organiser.paper", **here), "edit")
    late = Tool(gettext("Remind jurors"), url_for("organiser.remind", **here), "mail")
    return [
        *([assigned] if allowed("assignment.change", **here) else []),
        *([seen, jury, ranked] if card.state != "planned" and not card.is_veiled else []),
        *([typed] if card.state == "open" and allowed("paper.type", **here) else []),
        *([late] if is_late(card) and allowed("juror.remind", **here) else []),
    ]


def is_late(card: StageCard) -> bool:
    """Tell whether jurors of an open stage have scorecards left."""
    return card.state == "open" and card.sent < card.asked


def _act_tools(look: Look, row: StageRow, card: StageCard) -> list[Tool]:
    kept = Counter(record.topic for record in records_of(look.session, look.running.registry, row))
    here: dict[str, Any] = {"edition": look.running.slug, "stage": card.key}
    tools = []
    for topic in card.kind.records:
        is_screened = topic == "check" and "items" in card.spec.options and allowed("entry.screen", **here)
        url = url_for("organiser.screening", **here) if is_screened else url_for("organiser.acts", topic=topic, **here)
        label = gettext("Screening") if is_screened else str(words.word(words.TOPICS, topic))
        tools.append(Tool(label, url, "check" if is_screened else "edit", kept[topic]))
    return tools
