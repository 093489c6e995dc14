"""What a closed stage proposes and what was decided on it, entry by entry, with score, rank and signer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from juri.core.editions.model import StageRow
from juri.core.editions.verbs import Running
from juri.core.entries.model import EntryRow, Organization
from juri.core.results.model import DecisionRow
from juri.core.results.snapshots import standings_in_force
from juri.core.scoring.standings import Standing, Unranked
from juri.core.storage.natural import natural_key
from juri.core.view import ADVANCE, UNDECIDED, Proposal


@dataclass(frozen=True)
class Decided:
    """A decision with who answers for it and when it was taken."""

    proposal: Proposal
    signer: str
    at: datetime


@dataclass(frozen=True)
class OutcomeLine:
    """One entry of a closed stage: what it is, where it stands, what the rules propose, what people decided.

    ``standing`` and ``unranked`` are both None where the stage ranks nobody.
    """

    entry: str
    title: str
    entrant: str
    track: str
    cluster: str
    region: str
    proposed: Proposal
    decided: Decided | None = None
    standing: Standing | None = None
    unranked: Unranked | None = None

    @property
    def outcome(self) -> str:
        """Return what counts: the decision or, where there is none yet, the proposal."""
        return self.decided.proposal.outcome if self.decided else self.proposed.outcome

    @property
    def is_open(self) -> bool:
        """Tell whether people must decide it: the rules cannot, and nobody has."""
        return self.outcome == UNDECIDED

    @property
    def departs(self) -> bool:
        """Tell whether it was decided against what the rules proposed."""
        return self.decided is not None and self.decided.proposal.outcome != self.proposed.outcome

    @property
    def goes_on(self) -> bool:
        """Tell whether the entry goes on, as far as it is known."""
        return self.outcome == ADVANCE


def outcome_lines(session: Session, running: Running, row: StageRow) -> tuple[OutcomeLine, ...]:
    """Return the entries of a closed stage by track and place; empty where it has no proposals yet."""
    proposed, decided = _decisions(session, row)
    ranked: dict[str, Standing] = {}
    unranked: dict[str, Unranked] = {}
    for standings in standings_in_force(session, row).values():
        ranked |= {line.entry: line for line in standings.lines}
        unranked |= {line.entry: line for line in standings.unranked}
    found = session.execute(
        select(
            EntryRow.code, EntryRow.title, Organization.name, EntryRow.track, Organization.cluster, Organization.region
        )
        .join(Organization, Organization.id == EntryRow.organization_id)
        .where(EntryRow.edition_id == running.id, EntryRow.id.in_(_entries_of(row)))
    )
    lines = [
        OutcomeLine(*each, proposed[each.code], decided.get(each.code), ranked.get(each.code), unranked.get(each.code))
        for each in found
        if each.code in proposed
    ]
    tracks = {track.id: place for place, track in enumerate(running.edition.tracks)}
    return tuple(sorted(lines, key=lambda line: _place(line, tracks)))


def _entries_of(row: StageRow) -> Select[int]:
    return select(DecisionRow.entry_id).where(DecisionRow.stage_id == row.id, DecisionRow.round == row.revision)


def _place(line: OutcomeLine, tracks: Mapping[str, int]) -> tuple[object, ...]:
    rank = line.standing.rank if line.standing else 0
    return (tracks.get(line.track, len(tracks)), line.standing is None, rank, natural_key(line.entry))


def _decisions(session: Session, row: StageRow) -> tuple[dict[str, Proposal], dict[str, Decided]]:
    kept = DecisionRow
    columns = (kept.outcome, kept.rule, kept.reason, kept.codes, kept.displaced_by, kept.status, kept.signer, kept.at)
    found = session.execute(
        select(EntryRow.code, *columns)
        .join(EntryRow, EntryRow.id == kept.entry_id)
        .where(kept.stage_id == row.id, kept.round == row.revision)
        .order_by(EntryRow.code, kept.number)
    )
    proposed: dict[str, Proposal] = {}
    decided: dict[str, Decided] = {}
    for code, outcome, rule, reason, codes, displaced_by, status, signer, at in found:
        told = Proposal(code, outcome, rule, reason, tuple(codes), displaced_by)
        if status == "decided":
            decided[code] = Decided(told, signer, at)
        else:
            proposed[code] = told
    return proposed, decided


def tied_groups(lines: Iterable[OutcomeLine], order: Sequence[str] = ()) -> tuple[tuple[OutcomeLine, ...], ...]:
    """Return the groups of equals that the rules leave open, each in the panel's recorded order as far as it goes.

    Equals share a rank or, where the stage itself ranks nobody, the reason why they are open. A tie that decides
    nothing is left out: it needs no order.
    """
    groups: dict[object, list[OutcomeLine]] = defaultdict(list)
    for line in lines:
        same = line.standing.rank if line.standing else line.proposed.reason
        groups[line.track, line.standing is None, same].append(line)
    place = {code: number for number, code in enumerate(order)}
    tied = [group for group in groups.values() if len(group) > 1 and any(map(_is_left_open, group))]
    return tuple(tuple(sorted(group, key=lambda line: place.get(line.entry, len(place)))) for group in tied)


def _is_left_open(line: OutcomeLine) -> bool:
    return line.proposed.outcome == UNDECIDED
