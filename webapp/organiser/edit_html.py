"""Attributes that the templates of the editor write at its fields and buttons."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from flask import request

from juri.webapp.organiser.blueprint import blueprint


@blueprint.app_template_global("swapping")
def swapping(act: str) -> Mapping[str, str]:
    """Return the attributes of what changes the shape of a form: the editor is shown again, nothing is saved.

    A look at the form that is under way is given up for it.
    """
    return {
        "hx-post": request.full_path.rstrip("?"),
        "hx-vals": json.dumps({"act": act}),
        "hx-target": "#editor",
        "hx-select": "#editor",
        "hx-swap": "outerHTML",
        "hx-sync": "closest form:replace",
    }


@blueprint.app_template_global("wiring")
def wiring(field: Any, bad: bool, hint: str) -> Mapping[str, str]:
    """Return the attributes that tie a field to its hint and to what is wrong with it."""
    ids = [f"{field.id}-{name}" for name, is_there in (("hint", hint), ("error", bad)) if is_there]
    return ({"aria-describedby": " ".join(ids)} if ids else {}) | ({"aria-invalid": "true"} if bad else {})
