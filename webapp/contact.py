"""Whom to ask for help: the secretariat of the edition that a page is about, else the contact of the installation."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, cast

from flask import Flask
from jinja2 import pass_context
from jinja2.runtime import Context

from juri.core.document import Contact
from juri.core.editions.schema import ContactSchema
from juri.core.errors import InputRefused
from juri.core.settings import Settings
from juri.webapp.forms import load_body

_PREFIX = "contact_"
_KEYS = tuple(ContactSchema().fields)
_NOT_DIALLED = re.compile(r"[^+\d]")


def register_contact(app: Flask, settings: Settings) -> None:
    """Give the templates the contact of the page that they write.

    Raises:
        InputRefused: the contact in the settings is none.

    """
    fallback = contact_of(settings)

    @pass_context
    def secretariat_here(context: Context) -> Contact | None:
        running: Any = context.get("running") or getattr(context.get("draft"), "running", None)
        return (running.edition.secretariat if running else None) or fallback

    app.jinja_env.globals["secretariat_here"] = secretariat_here
    app.jinja_env.filters["dialled"] = dialled


def contact_of(settings: Settings) -> Contact | None:
    """Return the contact of the installation; nothing where the settings name none.

    Raises:
        InputRefused: names each setting that is wrong.

    """
    given = {key: value for key in _KEYS if (value := getattr(settings, _PREFIX + key))}
    if not given:
        return None
    try:
        return cast(Contact, load_body(ContactSchema(), given))
    except InputRefused as refused:
        named = (replace(each, field=f"JURI_{_PREFIX}{each.field}".upper()) for each in refused.problems)
        raise InputRefused(named) from refused


def dialled(number: str) -> str:
    """Return what a telephone dials: the digits, and the + before them."""
    return _NOT_DIALLED.sub("", number)
