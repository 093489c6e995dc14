"""Sentences of the engine in the language of the page; what is not known there is marked as English."""

from __future__ import annotations

from functools import lru_cache

from flask import g
from flask_babel import gettext, pgettext
from markupsafe import Markup, escape

from juri.webapp.language import language, shown_moment
from juri.webapp.recognition import Voice


def shown_sentence(text: object, *, mark: bool = True) -> Markup:
    """Write a sentence of the engine for a page; one that is not known is marked as English where the page is not.

    Without ``mark`` it stands as it is: where it may be in the language of the edition, such as the titles of awards.
    """
    said = str(text or "")
    found = sentence(said)
    if found != said or language() == "en" or not said or not mark:
        return escape(found)
    return Markup('<span lang="en">{}</span>').format(said)


def sentence(text: str) -> str:
    """Return a sentence of the engine in the language of the page, or as it is where it is not known."""
    if language() == "en" or not text:
        return text
    return _said(text, language(), str(g.get("zone", "")))


@lru_cache(maxsize=4096)
def _said(text: str, _language: str, _zone: str) -> str:
    """Say a text; language and zone are asked for by what it calls, and stand here for the cache."""
    return _PAGE.say(text)


def _word(meaning: str, word: str) -> str:
    return str(pgettext(meaning, word))


_PAGE = Voice(lambda text: str(gettext(text)), _word, shown_moment)
