"""What every page of a juror says of itself: the edition, the zone of its times, and the way back."""

from __future__ import annotations

from typing import Any

from flask import g, request, url_for
from flask_babel import gettext as _

from juri.core.document import StageSpec
from juri.core.editions.verbs import Running
from juri.core.judging.queue import DONE, Queue
from juri.webapp.language import shown_text
from juri.webapp.sentences import about


def frame(running: Running, stage: StageSpec, *trail: tuple[str, str]) -> dict[str, Any]:
    """Return what the base template needs; ``trail`` are the pages between the queue and this one."""
    g.zone = running.edition.time_zone
    about(running.edition)
    here: dict[str, Any] = {"edition": running.slug, "stage": stage.id}
    return {
        "running": running,
        "stage": stage,
        "here": here,
        "edition_context": {"name": shown_text(running.edition.name), "url": url_for("juror.home")},
        "breadcrumbs": [
            (_("My assignments"), url_for("juror.home")),
            (shown_text(stage.name), url_for("juror.queue", **here)),
            *trail,
        ],
    }


def onward(queue: Queue, here: dict[str, Any], entry: str) -> str:
    """Return where to go on once a sheet was sent: the next unfinished entry, or the own list at the end.

    The page says what was sent by the address, not by a note in the session: sending writes nothing but the sheet.
    """
    further = queue.next_unfinished(entry)
    if further is None or further.entry == entry:
        return url_for("juror.own_list", **here, sent=entry)
    return url_for("juror.score", **here, entry=further.entry, sent=entry)


def sent_title(queue: Queue) -> str:
    """Return the title of the entry whose sheet was just sent, by the address; nothing where none was."""
    code = request.args.get("sent", "")
    return next((item.title for item in queue.having(DONE) if item.entry == code), "")


def views_of(queue: Queue, here: dict[str, Any], current: str) -> list[dict[str, Any]]:
    """Return the tabs over the pages of a stage: the queue, the grid, the own list."""
    pages = (
        ("queue", _("Queue"), len(queue.asked)),
        ("grid", _("Grid"), None),
        ("own_list", _("My list"), queue.done),
    )
    return [
        {"label": label, "url": url_for(f"juror.{name}", **here), "current": name == current, "count": count}
        for name, label, count in pages
    ]
