"""The administrator's pages: the one place that lists the screens."""

from __future__ import annotations

from juri.webapp.admin import audit, health, outbox, people, person, plugins
from juri.webapp.admin.blueprint import blueprint

SCREENS = (health, people, person, outbox, audit, plugins)

__all__ = ["SCREENS", "blueprint"]
