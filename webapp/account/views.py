"""The account pages: the one place that lists the screens."""

from __future__ import annotations

from juri.webapp.account import display, profile, provider, second_factor, signing_in
from juri.webapp.account.blueprint import blueprint

SCREENS = (signing_in, provider, profile, second_factor, display)

__all__ = ["SCREENS", "blueprint"]
