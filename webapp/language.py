"""Language, numbers and moments: Bahasa Indonesia first, English second, and the zone always said."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel.numbers import format_decimal
from flask import Flask, g, request, session
from flask_babel import Babel, format_datetime, get_locale, get_translations
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from juri.core.document import Text
from juri.core.scoring.number import decimal_text

LANGUAGES = ("id", "en")
ZONES = {"Asia/Jakarta": "WIB", "Asia/Pontianak": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}
DEFAULT_ZONE = "Asia/Jakarta"
_THOUSAND = 1000
_COUNT = re.compile(r"%\((\w+)\)d")


def choose_language() -> str:
    """Return the language of this request: what the person chose, else Bahasa Indonesia."""
    asked = request.args.get("lang")
    if asked in LANGUAGES:
        return str(asked)
    chosen = session.get("language") or request.cookies.get("language")
    return str(chosen) if chosen in LANGUAGES else "id"


def language_of_asker() -> str:
    """Return the language of a program: the first of ours that it takes, else that of its account, else English."""
    taken = request.accept_languages.best_match(LANGUAGES)
    chosen = taken or getattr(getattr(session, "known", None), "language", "")
    return chosen if chosen in LANGUAGES else "en"


def language() -> str:
    """Return the language that this page is written in; where there is no page, as in a terminal, English."""
    locale = get_locale()
    return str(locale.language) if locale else "en"


def shown_text(value: Text | str) -> str:
    """Write a text of the edition in the page's language."""
    return value.in_language(language()) if isinstance(value, Text) else str(value)


def shown_figure(value: Fraction | Decimal | int, decimals: int = 2) -> str:
    """Write a figure with a fixed number of decimals: a comma in Indonesian, a point in English."""
    return _figure(Fraction(value), decimals, language())


@lru_cache(maxsize=8192)
def _figure(value: Fraction, decimals: int, language: str) -> str:
    """Write a figure once: a page of standings has hundreds, and jurors give the same few scores over and over."""
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    exact = Decimal(decimal_text(value, decimals))
    return str(format_decimal(exact, format=pattern, locale=language, decimal_quantization=False))


def grouped(value: Any) -> Any:
    """Write a count with its thousands set apart: 3.110 in Indonesian; what is no large count stays as it is."""
    return shown_figure(value, 0) if type(value) is int and value >= _THOUSAND else value


def ngettext(one: str, many: str, count: int, /, **values: Any) -> str:
    """Say how many, in the language of the page: ``%(num)d`` is the count, its thousands set apart."""
    text, told = with_counts(get_translations().ungettext(one, many, count), {"num": count, **values})
    return str(text % told)


def shown_moment(moment: datetime | None, zone: str | None = None) -> str:
    """Write a moment with its zone: 17 Agustus 2026 10.00 WIB."""
    if moment is None:
        return ""
    name = zone or g.get("zone") or DEFAULT_ZONE
    local = moment.astimezone(ZoneInfo(name))
    pattern = "d MMMM y HH.mm" if language() == "id" else "d MMMM y HH:mm"
    return f"{format_datetime(local, pattern, rebase=False)} {ZONES.get(name, local.tzname() or name)}"


def register_language(app: Flask) -> None:
    """Give the templates their filters, and the request its language."""
    Babel(app, locale_selector=choose_language, default_locale="id", default_domain="messages")
    app.jinja_env.filters.update(text=shown_text, figure=shown_figure, grouped=grouped, moment=shown_moment)
    app.jinja_env.globals.update(language=language, languages=LANGUAGES)
    app.jinja_env.globals.update(_=_gettext, gettext=_gettext, ngettext=_ngettext, pgettext=_pgettext)


# What templates call in place of Flask-Babel's own, which finds the language, the catalogue and the escaping anew for
# each of the hundreds of texts of a page: a page is in one language.


@pass_eval_context
def _gettext(context: EvalContext, text: str, /, **values: Any) -> str:
    return _filled_in(context, _catalogue().ugettext(text), values)


@pass_eval_context
def _ngettext(context: EvalContext, one: str, many: str, count: int, /, **values: Any) -> str:
    return _filled_in(context, _catalogue().ungettext(one, many, count), {"num": count, **values})


@pass_eval_context
def _pgettext(context: EvalContext, meaning: str, text: str, /, **values: Any) -> str:
    return _filled_in(context, _catalogue().upgettext(meaning, text), values)


def with_counts(text: str, values: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Write the counts of a text (``%(num)d``) with their thousands set apart; other numbers (``%(n)s``) stay."""
    if not any(type(value) is int and value >= _THOUSAND for value in values.values()):
        return text, values
    return _COUNT.sub(r"%(\1)s", text), {**values, **{name: grouped(values[name]) for name in _COUNT.findall(text)}}


def _catalogue() -> Any:
    if "catalogue" not in g:
        g.catalogue = get_translations()
    return g.catalogue


def _filled_in(context: EvalContext, text: str, values: dict[str, Any]) -> str:
    """Fill values into a text, escaped where it becomes part of a page; a percent sign is written twice in any text."""
    text, values = with_counts(text, values)
    if not context.autoescape:
        return text % values
    return Markup(text) % values if values else Markup(text % values)  # noqa: S704  the catalogue is ours
