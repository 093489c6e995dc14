"""The screens of a juror, listed in one place."""

from __future__ import annotations

from juri.webapp.juror import gate, grid, home, own_list, saving, scoring
from juri.webapp.juror.blueprint import blueprint

__all__ = ["blueprint", "gate", "grid", "home", "own_list", "saving", "scoring"]
