"""The account pages: the one place that lists the screens."""

from __future__ import annotations

from juri.webapp.account import profile, signing_in
from juri.webapp.account.blueprint import blueprint

SCREENS = (signing_in, profile)

__all__ = ["SCREENS", "blueprint"]
