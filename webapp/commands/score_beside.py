"""What ``juri score`` prints beside a score: the raw score and why it was corrected, and how sure the rank is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

from juri.core.doubt import Doubt
from juri.core.judging.table_ranking import RankedTable
from juri.core.scoring.explain import correction_text
from juri.core.scoring.number import decimal_text
from juri.core.scoring.standings import JurorFigure, Standing
from juri.core.tables.table import clean
from juri.core.view import Sheet
from juri.webapp.commands.output import counted
from juri.webapp.commands.output import table as lay_out

EXACT_DECIMALS = 6
WHY = "why"
"""The column that says in a sentence why a score was corrected."""

_PROBABILITY_DECIMALS = 3
_SHOWN = 10

Cell = Callable[[str, Standing], Any]
"""What stands in a column for an entry of a group."""


@dataclass(frozen=True)
class Asked:
    """What was asked about doubt: the size of the cut (None: no cut), how often to draw, from which seed."""

    top: int | None
    draws: int
    seed: int


@dataclass(frozen=True)
class Beside:
    """What stands beside the scores of a ranked table; ``doubts`` has one a group, None where none can be measured."""

    ranked: RankedTable
    asked: Asked | None
    doubts: Mapping[str, Doubt | None]
    decimals: int

    @property
    def corrected(self) -> bool:
        """Tell whether the method corrects scores, so that raw ones stand beside."""
        return any(line.raw is not None for own in self.ranked.groups.values() for line in own.lines)

    def columns(self) -> Iterator[tuple[str, str, Cell]]:
        """Walk the columns: the name for programs, the heading for people, what stands in them."""
        if self.corrected:
            yield "raw", "raw", lambda _, line: _decimal(line.raw, self.decimals)
            yield "raw_rank", "raw rank", lambda _, line: _rank(line.raw_rank)
        if self.asked is not None:
            yield "rank_low", "rank from", lambda group, line: self._doubt(group, line, lambda found: found.low)
            yield "rank_high", "rank to", lambda group, line: self._doubt(group, line, lambda found: found.high)
        if self.asked is not None and self.asked.top is not None:
            name = f"P(top {self.asked.top})"
            yield "p_top", name, lambda group, line: self._doubt(group, line, _probability)
        if any(own.jurors for own in self.ranked.groups.values()):
            yield WHY, WHY, self._why

    def jurors(self) -> Iterator[tuple[str, JurorFigure]]:
        """Walk the jurors by group, from the harshest."""
        for group, own in self.ranked.groups.items():
            for figure in sorted(own.jurors, key=lambda each: (-each.severity, each.juror)):
                yield group, figure

    def meta(self) -> dict[str, Any]:
        """Return what the report says of correction and doubt as a whole; nothing where there is none."""
        told: dict[str, Any] = {}
        if self.corrected:
            told["estimates"] = {
                group: {name: _decimal(figure, EXACT_DECIMALS) for name, figure in own.estimates.items()}
                for group, own in self.ranked.groups.items()
            }
            if list(told["estimates"]) == [""]:
                told["estimates"] = told["estimates"][""]
        if self.asked is not None:
            told["doubt"] = {
                "top": self.asked.top,
                "draws": self.asked.draws,
                "seed": self.asked.seed,
                "interval": "0.95",
                "borderline": [name for _, name in self.borderline()],
            }
        return told

    def borderline(self) -> Iterator[tuple[str, str]]:
        """Walk the entries that the sheets leave open, by group, in the order of the standings."""
        if self.asked is not None and self.asked.top is not None:
            for group, own in self.ranked.groups.items():
                found = self.doubts[group]
                if found is not None:
                    yield from ((group, line.entry) for line in own.lines if found.entries[line.entry].borderline())

    def footer(self) -> Iterator[str]:
        """Say what the correction rests on and how the doubt was drawn."""
        for group, own in self.ranked.groups.items():
            if own.estimates:
                before = f"{clean(group)}: " if group else ""
                figures = (f"{name} {decimal_text(figure, 3)}" for name, figure in own.estimates.items())
                yield f"model:   {before}{', '.join(figures)}"
        if self.asked is None:
            return
        drawn = f"{self.asked.draws} draws, seed {self.asked.seed}"
        yield f"doubt:   true rank from-to with 95 % probability ({drawn}; model of the method severity)"
        unknown = [clean(group) for group, found in self.doubts.items() if found is None]
        if unknown:
            where = f" in {', '.join(unknown)}" if unknown != [""] else ""
            yield f"note:    no entry{where} has two sheets, so nothing can be said about doubt{where}"
        ranked = max((len(own.lines) for own in self.ranked.groups.values()), default=0)
        if self.asked.top is not None and self.asked.top >= ranked:
            entries = counted(ranked, "entry", "entries")
            yield f"note:    the top {self.asked.top} leaves nobody out: {entries} with a rank"
        if self.asked.top is not None and len(unknown) < len(self.doubts):
            yield f"open:    {self._open(self.asked.top)}"

    def juror_table(self) -> str:
        """Lay the jurors out: severity in points with its standard error, entries, entries in common with others."""
        grouped = list(self.ranked.groups) != [""]
        headers = [*(["group"] if grouped else []), "juror", "severity", "+-", "entries", "in common"]
        rows = [
            [
                *([clean(group)] if grouped else []),
                clean(figure.juror),
                decimal_text(figure.severity, self.decimals),
                "" if figure.error is None else decimal_text(figure.error, self.decimals),
                figure.sheets,
                figure.common,
            ]
            for group, figure in self.jurors()
        ]
        return lay_out(headers, rows, right={"severity", "+-", "entries", "in common"})

    def _open(self, top: int) -> str:
        names = [clean(name) for _, name in self.borderline()]
        if not names:
            return f"no entry lies between 5 % and 95 % for the top {top}"
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        entries = counted(len(names), "entry", "entries")
        return f"{entries} between 5 % and 95 % for the top {top}: {', '.join(names[:_SHOWN])}{more}"

    def _doubt(self, group: str, line: Standing, figure: Callable[[Any], Any]) -> Any:
        found = self.doubts[group]
        return None if found is None else figure(found.entries[line.entry])

    def _why(self, group: str, line: Standing) -> str:
        figures = {figure.juror: figure for figure in self.ranked.groups[group].jurors}
        held = [
            figures[sheet.juror]
            for sheet in self._sheets[group, line.entry]
            if sheet.juror in figures and sheet.juror not in line.uncounted
        ]
        return correction_text(line, held, self.decimals)

    @cached_property
    def _sheets(self) -> dict[tuple[str, str], list[Sheet]]:
        found: dict[tuple[str, str], list[Sheet]] = {}
        for group, sheets in self.ranked.sheets.items():
            for sheet in sheets:
                if sheet.total is not None:
                    found.setdefault((group, sheet.entry), []).append(sheet)
        return found


def _probability(found: Any) -> Decimal | None:
    return _decimal(found.inside[0], _PROBABILITY_DECIMALS)


def _decimal(figure: Fraction | None, decimals: int) -> Decimal | None:
    return None if figure is None else Decimal(decimal_text(figure, decimals))


def _rank(rank: Fraction | None) -> int | str | None:
    if rank is None:
        return None
    return rank.numerator if rank.denominator == 1 else decimal_text(rank, 1)
