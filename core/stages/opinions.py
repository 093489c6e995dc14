"""What the jurors make of each entry of a stage so far: how many scorecards are in, their mean, how far they differ."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from juri.core.editions.gate import find_stage
from juri.core.editions.model import StageRow
from juri.core.editions.verbs import Running
from juri.core.entries.facts import alive_titles
from juri.core.entries.model import EntryRow
from juri.core.errors import ActionRefused
from juri.core.extension import StageKind
from juri.core.judging.loads import OUT, SENT
from juri.core.judging.model import AssignmentRow, JurorRow, ScorecardRow
from juri.core.storage.natural import natural_key, naturally

_exact = lru_cache(maxsize=8192)(Fraction)
"""Makes a total once: a stage has few different ones, on many sheets."""


@dataclass(frozen=True)
class Opinion:
    """One entry of a stage: the totals that came in, by juror, and the jurors whose scorecard is missing.

    ``wanted`` is how many scorecards there should be: the number that the edition names for each entry, or as many as
    jurors are assigned.
    """

    entry: str
    title: str
    wanted: int
    totals: Mapping[str, Fraction]
    waits_for: tuple[str, ...]

    @property
    def received(self) -> int:
        """Return how many scorecards are in."""
        return len(self.totals)

    @property
    def is_complete(self) -> bool:
        """Tell whether every scorecard that is wanted is in."""
        return self.received >= self.wanted and not self.waits_for

    @property
    def mean(self) -> Fraction | None:
        """Return the plain mean of the totals; None without one."""
        return sum(self.totals.values(), Fraction(0)) / self.received if self.totals else None

    @property
    def spread(self) -> Fraction | None:
        """Return how far the highest total lies above the lowest; None with fewer than two."""
        return max(self.totals.values()) - min(self.totals.values()) if self.received > 1 else None

    def needs_another(self, limit: Fraction) -> bool:
        """Tell whether the jurors differ by more than ``limit``, so that one more should look at the entry."""
        return self.spread is not None and self.spread > limit


def entry_opinions(session: Session, running: Running, stage: str) -> tuple[Opinion, ...]:
    """Return what the jurors of a stage make of each of its entries, by code.

    Raises:
        ActionRefused: nobody scores in the stage.

    """
    spec = running.stage(stage)
    if not running.registry.find(StageKind, spec.kind).judged:
        raise ActionRefused([f"the stage '{stage}' is a {spec.kind}; nobody scores in it"])
    row = find_stage(session, running.id, stage)
    sheets = _sheets(session, row)
    titles = alive_titles(session, running, spec)
    if row.state not in {"planned", "open"}:  # entries that a later stage stopped took part in this one, too
        titles |= {sheet.entry: sheet.title for own in sheets.values() for sheet in own}
    per_entry = int(spec.options.get("jurors_per_entry") or 0)
    return tuple(
        _opinion(code, titles[code], sheets.get(code, []), per_entry) for code in sorted(titles, key=natural_key)
    )


@dataclass(frozen=True)
class _Sheet:
    entry: str
    title: str
    juror: str
    total: Fraction | None


def _sheets(session: Session, row: StageRow) -> Mapping[str, Sequence[_Sheet]]:
    """Read the assignments of a stage with the totals that count; those that were taken off are left out."""
    found = session.execute(
        select(
            EntryRow.code,
            EntryRow.title,
            JurorRow.code,
            ScorecardRow.state,
            ScorecardRow.total_numerator,
            ScorecardRow.total_denominator,
        )
        .select_from(AssignmentRow)
        .join(EntryRow, EntryRow.id == AssignmentRow.entry_id)
        .join(JurorRow, JurorRow.id == AssignmentRow.juror_id)
        .outerjoin(ScorecardRow, ScorecardRow.assignment_id == AssignmentRow.id)
        .where(AssignmentRow.stage_id == row.id, AssignmentRow.state.not_in(OUT))
        .order_by(*naturally(EntryRow.code), *naturally(JurorRow.code))
    )
    sheets: dict[str, list[_Sheet]] = defaultdict(list)
    for entry, title, juror, state, over, under in found:
        total = _exact(over, under) if state in SENT and over is not None and under is not None else None
        sheets[entry].append(_Sheet(entry, title, juror, total))
    return sheets


def _opinion(code: str, title: str, sheets: Sequence[_Sheet], per_entry: int) -> Opinion:
    totals = {sheet.juror: sheet.total for sheet in sheets if sheet.total is not None}
    waits = tuple(sheet.juror for sheet in sheets if sheet.total is None)
    return Opinion(code, title, max(per_entry, len(sheets)), totals, waits)
