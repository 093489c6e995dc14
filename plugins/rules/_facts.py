"""How rules read an entry: its dates in whole months, and titles that mean the same."""

from __future__ import annotations

import unicodedata
from calendar import monthrange
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo


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


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """Return a name or title without what does not tell two apart: case, spaces, punctuation, Unicode variants.

    Signs that are no punctuation stay (``e-Lapor+`` is not ``e-Lapor``). The cache makes comparing each entry with
    each other one affordable.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return "".join(sign for sign in folded if unicodedata.category(sign)[0] not in "PZC")
