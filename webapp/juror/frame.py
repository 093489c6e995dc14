"""What every page of a juror says of itself: the edition, the zone of its times, and the way back."""

from __future__ import annotations

from typing import Any

from flask import g, url_for
from flask_babel import gettext as _

from juri.core.document import StageSpec
from juri.core.editions.verbs import Running
from juri.core.judging.queue import Queue
from juri.webapp.language import shown_text


def frame(running: Running, stage: StageSpec, *trail: tuple[str, str]) -> dict[str, Any]:
    """Return what the base template needs; ``trail`` are the pages between the queue and this one."""
    g.zone = running.edition.time_zone
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
