"""The screens of an entrant, listed in one place."""

from __future__ import annotations

from juri.webapp.entrant import entry, home, objections, steps, writing
from juri.webapp.entrant.blueprint import blueprint

__all__ = ["blueprint", "entry", "home", "objections", "steps", "writing"]
