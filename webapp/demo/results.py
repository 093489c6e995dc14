"""What a demonstration came to: counts beside those expected, the hash of the result, the titles that were given."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from juri.core.editions.model import StageRow
from juri.core.editions.verbs import Running
from juri.core.entries.model import EntryRow, Organization
from juri.core.results.decisions import decisions_in_force
from juri.core.results.model import AwardRow
from juri.core.results.snapshots import standings_in_force
from juri.core.stages.reports import funnel
from juri.core.storage.types import canonical_json
from juri.webapp.demo.size import TRACKS, Size

REGISTERED, SUBMITTED, PASSED, NOMINEES, FINALISTS, WINNERS = (
    "registered", "submitted", "passed", "nominees", "finalists", "winners")  # fmt: skip

STAGE_OF = {SUBMITTED: "registration", PASSED: "admin", NOMINEES: "nomination", FINALISTS: "finalists"}
"""After which stage a count is taken; the registered are all entries, the winners those with a title of WON."""

WON = "announcement"

_WITHOUT_TRACKS = (REGISTERED, SUBMITTED)
"""Counts that the ministry published in total only: how they divide among the tracks is ours, so it proves nothing."""


@dataclass(frozen=True)
class Reached:
    """One count: what was expected and what came out, by track."""

    name: str
    expected: Mapping[str, int]
    reached: Mapping[str, int]

    @property
    def by_track(self) -> bool:
        """Tell whether the division among the tracks is compared, too."""
        return self.name not in _WITHOUT_TRACKS

    @property
    def fits(self) -> bool:
        """Tell whether the rules came to what was expected."""
        if self.by_track:
            return dict(self.expected) == dict(self.reached)
        return sum(self.expected.values()) == sum(self.reached.values())


@dataclass(frozen=True)
class Title:
    """A title that was given to an entry."""

    award: str
    title: str
    code: str
    innovation: str
    entrant: str
    region: str
    track: str


def compare_counts(session: Session, running: Running, size: Size) -> tuple[Reached, ...]:
    """Count what each step left, from what is stored, and put it beside what was expected."""
    stages = {key: tracks for key, _, _, tracks in funnel(session, running)}
    entries = Counter(session.scalars(select(EntryRow.track).where(EntryRow.edition_id == running.id)))
    winners = Counter({title.code: title.track for title in titles_of(session, running, WON)}.values())
    found: dict[str, Mapping[str, int]] = {REGISTERED: entries, WINNERS: winners}
    found |= {name: stages[key] for name, key in STAGE_OF.items()}
    return tuple(
        Reached(
            name,
            {track: getattr(size.tracks[track], name) for track in TRACKS},
            {track: found[name].get(track, 0) for track in TRACKS},
        )
        for name in (REGISTERED, SUBMITTED, PASSED, NOMINEES, FINALISTS, WINNERS)
    )


def titles_of(session: Session, running: Running, stage: str) -> tuple[Title, ...]:
    """Return the titles that a sealed announcement gave, in the order of the innovations' names."""
    found = session.execute(
        select(AwardRow.award, AwardRow.title, EntryRow.code, EntryRow.title, Organization, EntryRow.track)
        .join(StageRow, (StageRow.id == AwardRow.stage_id) & (StageRow.revision == AwardRow.round))
        .join(EntryRow, EntryRow.id == AwardRow.entry_id)
        .join(Organization, Organization.id == EntryRow.organization_id)
        .where(StageRow.edition_id == running.id, StageRow.key == stage, StageRow.state.in_(("sealed", "published")))
    )
    titles = (
        Title(award, title, code, innovation, place.name, place.region, track)
        for award, title, code, innovation, place, track in found
    )
    return tuple(sorted(titles, key=lambda each: (each.innovation.casefold(), each.code)))


def result_digest(session: Session, running: Running) -> str:
    """Return the SHA-256 of all that the rules and people decided: the same for the same seed, on every machine.

    It holds outcomes, reason codes, ranks, exact scores and titles by entry code; no times and no ids of rows, which
    differ between two runs.
    """
    rows = session.scalars(select(StageRow).where(StageRow.edition_id == running.id).order_by(StageRow.position)).all()
    told = [running.slug, [_stage_told(session, row) for row in rows]]
    titles = [[row.key, each.award, each.code] for row in rows for each in titles_of(session, running, row.key)]
    return hashlib.sha256(canonical_json([told, titles]).encode()).hexdigest()


def _stage_told(session: Session, row: StageRow) -> list[Any]:
    proposed, decided = decisions_in_force(session, row)
    decisions = [
        [[code, own.outcome, own.rule, list(own.codes), own.displaced_by] for code, own in sorted(taken.items())]
        for taken in (proposed, decided)
    ]
    standings = {
        track: [[str(line.rank), line.entry, str(line.score), line.sheets] for line in found.lines]
        for track, found in standings_in_force(session, row).items()
    }
    return [row.key, row.state, decisions, {track: _plain(lines) for track, lines in standings.items()}]


def _plain(lines: list[list[Any]]) -> list[list[str]]:
    return [[str(value) for value in line] for line in lines]
