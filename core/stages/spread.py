"""How mild or strict each juror of a stage is beside the others: means, ranges, and what they share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy.orm import Session

from juri.core.editions.gate import find_stage
from juri.core.editions.verbs import Running
from juri.core.stages.views import sheets_of


@dataclass(frozen=True)
class JurorSpread:
    """One juror's submitted totals.

    ``shared`` entries were scored by somebody else, too; ``apart`` is by how much the juror lies above the others on
    them, in the mean: None where there are none, since a mean over other entries says nothing about the juror.
    """

    juror: str
    count: int
    low: Fraction
    mean: Fraction
    high: Fraction
    shared: int
    apart: Fraction | None


def juror_spreads(session: Session, running: Running, stage: str) -> tuple[JurorSpread, ...]:
    """Return the spread of every juror of a stage who has submitted something, by code."""
    totals: dict[str, dict[str, Fraction]] = defaultdict(dict)
    for sheet in sheets_of(session, find_stage(session, running.id, stage)):
        if sheet.total is not None:
            totals[sheet.juror][sheet.entry] = sheet.total
    return spreads_of(totals)


def spreads_of(totals: Mapping[str, Mapping[str, Fraction]]) -> tuple[JurorSpread, ...]:
    """Work the spreads out of totals by juror and entry."""
    by_entry: dict[str, list[Fraction]] = defaultdict(list)
    for own in totals.values():
        for entry, total in own.items():
            by_entry[entry].append(total)
    return tuple(_spread(juror, own, by_entry) for juror, own in sorted(totals.items()))


def _spread(juror: str, own: Mapping[str, Fraction], by_entry: Mapping[str, Sequence[Fraction]]) -> JurorSpread:
    apart = [
        total - (sum(by_entry[entry]) - total) / (len(by_entry[entry]) - 1)
        for entry, total in own.items()
        if len(by_entry[entry]) > 1
    ]
    marks = list(own.values())
    mean = _mean(apart) if apart else None
    return JurorSpread(juror, len(marks), min(marks), _mean(marks), max(marks), len(apart), mean)


def _mean(values: Iterable[Fraction]) -> Fraction:
    listed = list(values)
    return sum(listed, Fraction(0)) / len(listed)
