"""The blueprint of the account pages; each screen adds its own routes."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("account", __name__, url_prefix="/account")
