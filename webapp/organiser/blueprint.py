"""The blueprint of the organiser's pages; each screen adds its own routes."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("organiser", __name__, url_prefix="/organiser")
