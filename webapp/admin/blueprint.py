"""The blueprint of the administrator's pages; each screen adds its own routes."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("admin", __name__, url_prefix="/admin")
