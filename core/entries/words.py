"""Finding entries by words: what is sought begins a word of the code, the title or the entrant's name.

So a database finds it in an index, in as many steps as there are hits; what stands inside of words can only be found by
reading all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import CompoundSelect, Select, intersect, select
from sqlalchemy.orm import Session

from juri.core.entries.model import LONGEST_WORD, EntryRow, EntryWord, Organization

MOST_WORDS = 10
"""So many words of a search count."""

_BEGINNING = re.compile(r"\b\w")
_AFTER_ALL = "\U0010ffff"
"""No word goes on behind a beginning with a later character than this one."""


def words_of(*texts: str) -> frozenset[str]:
    """Return the words of texts; of "Tele-Medis" both "tele-medis" and "medis", so that either beginning finds it."""
    parts = (part for text in texts for part in text.casefold().split())
    return frozenset(part[found.start() :][:LONGEST_WORD] for part in parts for found in _BEGINNING.finditer(part))


def beginnings_of(sought: str) -> tuple[str, ...]:
    """Return what words must begin with to be found; signs alone seek nothing, unless there is nothing else."""
    parts = sought.casefold().split()
    found = [part[first.start() :] for part in parts if (first := _BEGINNING.search(part))]
    return tuple(dict.fromkeys(each[:LONGEST_WORD] for each in found or parts))[:MOST_WORDS]


def fits(words: Iterable[str], beginnings: Iterable[str]) -> bool:
    """Tell whether every beginning begins one of the words."""
    known = tuple(words)
    return all(any(word.startswith(beginning) for word in known) for beginning in beginnings)


def entries_with(edition_id: int, beginnings: Iterable[str]) -> CompoundSelect[int]:
    """Return the statement that finds the ids of the entries with a word for each beginning; there is at least one."""
    found = [
        select(EntryWord.entry_id).where(
            EntryWord.edition_id == edition_id, EntryWord.word.between(each, each + _AFTER_ALL)
        )
        for each in beginnings
    ]
    return intersect(*found)


def word_rows(session: Session, entries: Select[int] | CompoundSelect[int]) -> Iterator[dict[str, Any]]:
    """Work out the words of the entries whose ids a statement finds."""
    found = session.execute(
        select(EntryRow.edition_id, EntryRow.id, EntryRow.code, EntryRow.title, Organization.name)
        .join(Organization, Organization.id == EntryRow.organization_id)
        .where(EntryRow.id.in_(entries))
    )
    for edition, entry, *texts in found:
        for word in sorted(words_of(*texts)):
            yield {"edition_id": edition, "word": word, "entry_id": entry}
