"""How stage kinds read a view: entries by track, records in force, standings of earlier stages, plain sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from juri.core.scoring.standings import Standings, Unranked
from juri.core.view import ADVANCE, UNDECIDED, EntryFacts, Proposal, Record, StageView

ALL = ""
"""The key of what is not split by track."""

_SHOWN = 3
"""So many names stand in a sentence before it says "and N more"."""


def by_track(view: StageView) -> dict[str, tuple[EntryFacts, ...]]:
    """Split the entries by track, in the edition's order of tracks; each track of the stage is there, even empty.

    An edition without tracks has one group, under the empty string.
    """
    ids = [track.id for track in view.tracks if not view.stage.tracks or track.id in view.stage.tracks]
    if not view.tracks:
        return {ALL: by_code(view.entries)}
    strays = sorted({entry.track for entry in view.entries} - set(ids))
    return {track: by_code(view.in_track(track)) for track in (*ids, *strays)}


def by_code(entries: Iterable[EntryFacts]) -> tuple[EntryFacts, ...]:
    """Return entries in the order of their codes: the order in which they were handed in never matters."""
    return tuple(sorted(entries, key=lambda entry: entry.code))


def in_force(view: StageView, topic: str) -> dict[tuple[str, str], Record]:
    """Return the newest record of each (entry, subject) of a topic; the entry is empty for acts on the whole stage.

    Records on entries that are not alive in the stage are left out.
    """
    alive = {None, *(entry.code for entry in view.entries)}
    found = (record for record in view.records if record.topic == topic and record.entry in alive)
    newest = {(record.entry or "", record.subject): record for record in sorted(found, key=age)}
    return dict(sorted(newest.items()))


def age(record: Record) -> tuple[Any, ...]:
    """Return the key that orders records from the oldest to the newest."""
    return (record.at, record.number, record.topic, record.entry or "", record.subject)


def standings_of(view: StageView, stage: str, track: str) -> Standings | None:
    """Return the standings of an earlier stage for a track (or for all tracks, where it merged them); None if none."""
    kept: Mapping[str, Standings] = view.earlier.get(stage, {})
    return kept.get(track, kept.get(ALL))


def restrict(standings: Standings | None, entries: Sequence[EntryFacts], why_not: str) -> Standings:
    """Keep the lines of some entries only; an entry that is not in the standings becomes unranked with ``why_not``."""
    codes = {entry.code for entry in entries}
    found = standings or Standings(())
    lines = tuple(line for line in found.lines if line.entry in codes)
    listed = {line.entry for line in lines}
    unranked = {gone.entry: gone for gone in found.unranked if gone.entry in codes}
    unranked |= {code: Unranked(code, 0, why_not) for code in codes - listed - set(unranked)}
    shared = {rank for rank, times in Counter(line.rank for line in lines).items() if times > 1}
    return replace(
        found,
        lines=tuple(replace(line, tied=line.rank in shared) for line in lines),
        unranked=tuple(unranked[code] for code in sorted(unranked)),
    )


def advance_all(view: StageView, rule: str, reasons: Mapping[str, str] | None = None) -> tuple[Proposal, ...]:
    """Propose that every entry goes on: the stage ranks or records, and stops nobody."""
    said = reasons or {}
    return tuple(Proposal(entry.code, ADVANCE, rule, said.get(entry.code, "")) for entry in by_code(view.entries))


def some(names: Iterable[str]) -> str:
    """Write the first few names, and how many more there are."""
    listed = list(names)
    more = len(listed) - _SHOWN
    return ", ".join(listed[:_SHOWN]) + (f" and {more} more" if more > 0 else "")


def count(number: int, noun: str, plural: str = "") -> str:
    """Write a number with its noun: 1 entry, 2 entries."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def entries_text(number: int) -> str:
    """Write a number of entries."""
    return count(number, "entry", "entries")


def undecided_left(view: StageView) -> list[str]:
    """Say which entries the rules left open and nobody has decided yet: what keeps a stage from being sealed."""
    open_ = [p.entry for p in view.proposed if view.decided.get(p.entry, p.outcome) == UNDECIDED]
    if not open_:
        return []
    return [f"{entries_text(len(open_))} still undecided: {some(sorted(open_))}; the panel must decide with a reason"]
