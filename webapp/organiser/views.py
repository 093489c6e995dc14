"""The organiser's pages: the one place that lists the screens."""

from __future__ import annotations

from juri.webapp.organiser import (
    acts,
    assignments,
    board,
    create_edition,
    decisions,
    edit_force,
    edit_html,
    edit_overview,
    edit_text,
    edit_unknown,
    edit_views,
    entries,
    export,
    firmness,
    home,
    imports,
    jurors,
    jury,
    opinions,
    paper,
    reminders,
    rubric_editor,
    screening,
    stage,
    standings,
    steps,
)
from juri.webapp.organiser.blueprint import blueprint

SCREENS = (
    acts,
    assignments,
    board,
    create_edition,
    decisions,
    edit_force,
    edit_html,
    edit_overview,
    edit_text,
    edit_unknown,
    edit_views,
    entries,
    export,
    firmness,
    home,
    imports,
    jurors,
    jury,
    opinions,
    paper,
    reminders,
    rubric_editor,
    screening,
    stage,
    standings,
    steps,
)

__all__ = ["SCREENS", "blueprint"]
