"""What the entry form asks of an entry, how its answers are read by rules, and what is still open in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from juri.core.document import FormField
from juri.core.view import EntryFacts

_OWN_FACTS = ("title", "entrant", "track", "category", "cluster", "region")
_ZERO_WIDTH_SPACE = "\u200b"


@dataclass(frozen=True)
class Gap:
    """What is open in an entry: a required question without an answer, or a text with more ``words`` than ``most``."""

    field: FormField
    words: int = 0
    most: int = 0

    @property
    def is_missing(self) -> bool:
        """Tell whether nothing was answered."""
        return not self.words


def asked_of(form: Sequence[FormField], entry: EntryFacts) -> Iterator[FormField]:
    """Walk the questions that a form puts to an entry."""
    return (field for field in form if is_asked(field, entry))


def gaps_of(form: Sequence[FormField], entry: EntryFacts) -> tuple[Gap, ...]:
    """List what is open in an entry, in the form's order; nothing else is wrong with what was taken."""
    return tuple(gap for field in asked_of(form, entry) if (gap := _gap(field, fact_of(entry, field.id))) is not None)


def _gap(field: FormField, answer: Any) -> Gap | None:
    if is_blank(answer):
        return Gap(field) if field.required else None
    words = count_words(answer) if field.max_words is not None and isinstance(answer, str) else 0
    return Gap(field, words, field.max_words) if field.max_words is not None and words > field.max_words else None


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


def count_words(text: str) -> int:
    """Count the words of a text as a word processor does: what stands between white space and has a letter or digit.

    So a hyphenated word (``orang-orang``), ``dan/atau`` and ``Rp10.000,00`` are one word each, a dash that stands
    alone is none, and a zero-width space separates like any other.
    """
    return sum(any(map(str.isalnum, part)) for part in text.replace(_ZERO_WIDTH_SPACE, " ").split())
