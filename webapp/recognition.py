"""Recognising the English sentences of the engine, to say them in another language.

The engine and its plugins speak in English sentences, which are stored with results and stand in the audit trail. They
are recognised by templates and said by a voice; what no template fits stays as it is. A sentence of several parts
(``a; b``), one after a name (``umum: a``) and the parts that a template names are recognised one by one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from pathlib import Path

from juri.webapp.engine_sentences import BONUSES, SENTENCES
from juri.webapp.fault_sentences import FAULTS, later

CATALOGUES = Path(__file__).parent / "translations"

_NAMES = frozenset({"name", "names", "key", "text"})
"""Parts that stand in a document as they are, and are no words of ours."""

_PART = re.compile(r"%\((\w+)\)s")
_SHOWN = {"judging": "being judged"}
"""The states that pages call otherwise than the engine does."""

_TRUTHS = {"yes": later("yes"), "true": later("yes"), "no": later("no"), "false": later("no")}
_DECIMAL = re.compile(r"[+-]?\d+\.\d+")
_LARGE = re.compile(r"[1-9]\d{3,11}")
_MORE = re.compile(r"(.+) and (\d+) more")
_OF_SOMETHING = re.compile(r"([^:;]{1,100}): (.+)", re.DOTALL)
_KEPT_LENGTH = 2000
"""A longer text is somebody's own words, and not worth the search."""

AND_MORE = later("%(names)s and %(count)s more")


@dataclass(frozen=True)
class Voice:
    """How one language says things: a template, a word within its context, a moment."""

    template: Callable[[str], str]
    word: Callable[[str, str], str]
    moment: Callable[[datetime], str]

    def say(self, text: str) -> str:
        """Say a sentence of the engine; it stays as it is where it is not known."""
        if not text or len(text) > _KEPT_LENGTH:
            return text
        parts = parts_of(text)
        known = [self._known(part) for part in parts]
        if len(parts) > 1 and None not in known:  # before the whole: its last variable part would swallow the others
            return "; ".join(filter(None, known))
        whole = self._known(text)
        if whole is not None:
            return whole
        return "; ".join(part if own is None else own for part, own in zip(parts, known, strict=True))

    def say_bonus(self, text: str, questions: Mapping[str, str], mark: str) -> str:
        """Say why an entry has a bonus, with what the form asks; ``mark`` stands before decimals.

        What such a note looks like (``a is b``) would fit too much elsewhere.
        """
        for template in sorted(BONUSES, key=_fixed, reverse=True):
            found = re.fullmatch(_pattern(template), text, re.DOTALL)
            if found:
                told = {name: self._bonus_part(value, mark) for name, value in found.groupdict().items()}
                asked = questions.get(found["fact"])
                return self.template(template) % {**told, "fact": f"“{asked}”" if asked else found["fact"]}
        return text

    def _bonus_part(self, value: str, mark: str) -> str:
        if _DECIMAL.fullmatch(value):
            return value.replace(".", mark)
        return self.template(_TRUTHS[value]) if value in _TRUTHS else value

    def _known(self, text: str) -> str | None:
        for template, pattern in _patterns().items():
            found = pattern.fullmatch(text)
            if found:
                told = {name: self._part(name, value) for name, value in found.groupdict().items()}
                return self.template(template) % told
        named = _OF_SOMETHING.fullmatch(text)
        said = self._known(named[2]) if named else None
        return None if named is None or said is None else f"{named[1]}: {said}"

    def _part(self, name: str, value: str) -> str:
        """Say the variable part of a sentence: a state by its word, a figure with a comma, a sentence."""
        if name in _NAMES:
            return value
        say = {
            "state": lambda: self.word("stage", value),
            "other": lambda: self.word("stage", value),
            "stages": lambda: self._words("stage", value),
            "edition_state": lambda: self._words("edition", value),
            "edition_other": lambda: self._words("edition", value),
            "editions": lambda: self._words("edition", value),
            "count": lambda: self._count(value),
            "rank": lambda: self._count(value),
            "moment": lambda: self._moment(value),
            "other_moment": lambda: self._moment(value),
            "parts": lambda: ", ".join(self._value(part) for part in value.split(", ")),
        }.get(name)
        return say() if say is not None else self._value(value)

    def _count(self, value: str) -> str:
        """Write a count or a rank with its thousands set apart."""
        return f"{int(value):,}".replace(",", ".") if _LARGE.fullmatch(value) else self._value(value)

    def _value(self, value: str) -> str:
        if _DECIMAL.fullmatch(value):
            return value.replace(".", ",")
        more = _MORE.fullmatch(value)
        if more:
            return self.template(AND_MORE) % {"names": more[1], "count": more[2]}
        return self._known(value) or value

    def _words(self, entity: str, values: str) -> str:
        """Say one state or several, each by the word that pages have for it."""
        return ", ".join(self.word(entity, _SHOWN.get(value, value)) for value in values.split(", "))

    def _moment(self, value: str) -> str:
        """Write a moment of a sentence; one without a zone is UTC."""
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            return value
        return self.moment(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def parts_of(text: str) -> list[str]:
    """Take a text of several sentences (``a; b``) apart; one that has a semicolon of its own stays whole."""
    parts, found = text.split("; "), []
    while parts:
        pair = "; ".join(parts[:2])
        taken = 2 if len(parts) > 1 and any(pattern.fullmatch(pair) for pattern in _with_semicolon()) else 1
        found.append("; ".join(parts[:taken]))
        parts = parts[taken:]
    return [part for part in found if part]


@lru_cache(maxsize=4096)
def said_in(text: str, language: str) -> str:
    """Say a sentence of the engine where nobody asks by a page: in files, by the compiled catalogue of a language."""
    return text if language == "en" else _voice(language).say(text)


@cache
def _voice(language: str) -> Voice:
    from babel.support import Translations

    catalogue = Translations.load(str(CATALOGUES), [language])
    return Voice(catalogue.ugettext, catalogue.upgettext, lambda moment: moment.isoformat(" ", "minutes"))


@cache
def _patterns() -> Mapping[str, re.Pattern[str]]:
    """Turn the templates into patterns; the longest first, since it says most."""
    every = sorted((*SENTENCES, *FAULTS), key=_fixed, reverse=True)
    return {each: re.compile(_pattern(each), re.DOTALL) for each in every}


@cache
def _with_semicolon() -> tuple[re.Pattern[str], ...]:
    """Return the patterns of two-part sentences; a name and a colon may stand before one."""
    return tuple(re.compile(f"(?:[^;]+: )?{_pattern(each)}", re.DOTALL) for each in SENTENCES if "; " in each)


def _fixed(template: str) -> int:
    """Count the letters of a template that do not vary."""
    return len(_PART.sub("", template))


def _pattern(template: str) -> str:
    pieces = _PART.split(template)
    return "".join(f"(?P<{piece}>.+?)" if place % 2 else re.escape(piece) for place, piece in enumerate(pieces))
