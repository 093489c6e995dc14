"""How rules read an entry: its facts, its dates in whole months, its words, and titles that mean the same."""

from __future__ import annotations

import unicodedata
from calendar import monthrange
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from juri.core.document import FormField
from juri.core.view import EntryFacts

_OWN_FACTS = ("title", "entrant", "track", "category", "cluster", "region")
_ZERO_WIDTH_SPACE = "\u200b"


def fact_of(entry: EntryFacts, name: str) -> Any:
    """Return an answer of the form or, where the form does not ask it, a fact of the entry itself; None if neither."""
    if name in entry.answers:
        return entry.answers[name]
    return getattr(entry, name) if name in _OWN_FACTS else None


def is_blank(answer: Any) -> bool:
    """Tell whether nothing was answered. ``no`` and 0 are answers; white space and an empty list are not."""
    if isinstance(answer, str):
        return not answer.strip()
    return answer is None or (not isinstance(answer, bool) and answer in ((), [], {}))


def as_answer(value: Any) -> Any:
    """Return a value in the one form in which answers are compared: yes and no are words, a list is its items."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return tuple(map(as_answer, value)) if isinstance(value, (list, tuple)) else value


def is_asked(field: FormField, entry: EntryFacts) -> bool:
    """Tell whether the form puts this question to this entry: its track, and the answers that the question waits for.

    Where the question waits for several answers, all must have been given.
    """
    if field.tracks and entry.track not in field.tracks:
        return False
    return all(as_answer(fact_of(entry, name)) == as_answer(value) for name, value in field.when.items())


def date_of(answer: Any) -> date | None:
    """Read an answer as a day: a date, a moment (its own day) or ISO text; None where it is none of them."""
    if isinstance(answer, datetime):
        return answer.date()
    if isinstance(answer, date):
        return answer
    try:
        return datetime.fromisoformat(answer).date() if isinstance(answer, str) else None
    except ValueError:
        return None


def day_in_zone(moment: datetime, time_zone: str) -> date:
    """Return the day on which a moment falls in a time zone; without a zone, in the moment's own offset."""
    return moment.astimezone(ZoneInfo(time_zone)).date() if time_zone and moment.tzinfo else moment.date()


def months_before(day: date, months: int) -> date:
    """Count whole months back from a day; where the month is too short, its last day (31 May less 3: 28 or 29 Feb).

    Raises:
        ValueError: the result would lie before the year 1.

    """
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    if year < 1:
        raise ValueError(f"{months} months before {day} lie before the calendar begins")
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def count_words(text: str) -> int:
    """Count the words of a text as a word processor does: what stands between white space and has a letter or digit.

    So a hyphenated word (``orang-orang``), ``dan/atau`` and ``Rp10.000,00`` are one word each, a dash that stands
    alone is none, and a zero-width space separates like any other.
    """
    return sum(any(map(str.isalnum, part)) for part in text.replace(_ZERO_WIDTH_SPACE, " ").split())


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """Return a name or title without what does not tell two apart: case, spaces, punctuation, Unicode variants.

    Signs that are no punctuation stay (``e-Lapor+`` is not ``e-Lapor``). The cache makes comparing each entry with
    each other one affordable.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return "".join(sign for sign in folded if unicodedata.category(sign)[0] not in "PZC")
