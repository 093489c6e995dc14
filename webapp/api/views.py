"""The resources of the API, listed in one place."""

from __future__ import annotations

from juri.webapp.api import editions, entries, judging, meta, results
from juri.webapp.api.blueprint import blueprint

__all__ = ["blueprint", "editions", "entries", "judging", "meta", "results"]
