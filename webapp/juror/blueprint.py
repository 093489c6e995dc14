"""The blueprint of the jurors' pages; who may open which stands in ``webapp/own_work.py``."""

from __future__ import annotations

from flask import Blueprint

from juri.webapp.forms import shown_number
from juri.webapp.juror.frame import sent_title
from juri.webapp.juror.words import shown_total

blueprint = Blueprint("juror", __name__, url_prefix="/juror")
blueprint.add_app_template_filter(shown_total, "own_total")
blueprint.add_app_template_filter(shown_number, "typed")
blueprint.add_app_template_filter(sent_title, "just_sent")
