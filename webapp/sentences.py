"""Sentences of the engine in the language of the page; what is not known there is marked as English."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from flask import g
from flask_babel import gettext, pgettext
from markupsafe import Markup, escape

from juri.core.document import Edition
from juri.webapp.language import language, shown_moment, shown_text
from juri.webapp.recognition import Voice

_NAMED = re.compile(r"\b(category|track|stage) '([^']+)'")
_BEGINS = re.compile(r"(^|; )'([^']+)'(?= is )")
_AFTER = re.compile(r"(^|; )([^\s:;']+): ")
_ASKED_IN = re.compile(r"\basked only in ([^:;]+)(?=: )")


def shown_sentence(text: object, *, mark: bool = True) -> Markup:
    """Write a sentence of the engine for a page; one that is not known is marked as English where the page is not.

    Without ``mark`` it stands as it is: where it may be in the language of the edition, such as the titles of awards.
    """
    said = _with_titles(str(text or ""))
    found = sentence(said)
    if found != said or language() == "en" or not said or not mark:
        return escape(found)
    return Markup('<span lang="en">{}</span>').format(said)


def sentence(text: str) -> str:
    """Return a sentence of the engine in the language of the page, or as it is where it is not known."""
    text = _with_titles(text)
    if language() == "en" or not text:
        return text
    return _said(text, language(), str(g.get("zone", "")))


def bonus_note(note: str) -> str:
    """Say why an entry has a bonus, with the question of the form in place of the name of its answer."""
    return _PAGE.say_bonus(note, _titles().get("question", {}), "." if language() == "en" else ",")


def about(edition: Edition) -> None:
    """Let the sentences of this page name stages, tracks, categories and questions of an edition by their titles."""
    kinds: dict[str, Sequence[Any]] = {"stage": edition.stages, "track": edition.tracks, "category": edition.categories}
    named = {kind: {each.id: shown_text(each.name) for each in found} for kind, found in kinds.items()}
    g.titles = {**named, "question": {field.id: shown_text(field.label) for field in edition.form}}


def _titles() -> Mapping[str, Mapping[str, str]]:
    return g.get("titles") or {}


def _with_titles(text: str) -> str:
    """Put titles in the place of the names that a document gives to stages, tracks and categories."""
    titles = _titles()
    if not titles or not text:
        return text
    tracks, categories, stages = titles["track"], titles["category"], titles["stage"]
    text = _NAMED.sub(lambda found: f"{found[1]} '{titles[found[1]].get(found[2], found[2])}'", text)
    text = _BEGINS.sub(lambda found: f"{found[1]}'{stages.get(found[2], found[2])}'", text)
    text = _AFTER.sub(lambda found: f"{found[1]}{tracks.get(found[2], found[2])}: ", text)
    return _ASKED_IN.sub(
        lambda found: "asked only in " + ", ".join(categories.get(each, each) for each in found[1].split(", ")), text
    )


@lru_cache(maxsize=4096)
def _said(text: str, _language: str, _zone: str) -> str:
    """Say a text; language and zone are asked for by what it calls, and stand here for the cache."""
    return _PAGE.say(text)


def _word(meaning: str, word: str) -> str:
    return str(pgettext(meaning, word))


_PAGE = Voice(lambda text: str(gettext(text)), _word, shown_moment)
