"""The sections about the ranking itself: the standings, and how sure they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from juri.core.doubt import Doubt
from juri.core.scoring.standings import Standing, Standings
from juri.webapp.commands.output import short_names
from juri.webapp.commands.report.drawing import Span, spans
from juri.webapp.commands.report.values import Column, Grid, Section
from juri.webapp.commands.report.words import NONE, Words
from juri.webapp.commands.score_beside import Asked

LISTED = 5_000
"""So many entries are listed; a page with more would not open on a phone."""

DRAWN = 40
"""So many lines a chart has at most."""

_NAMED = 10


def rank_text(words: Words, rank: Fraction | None) -> str:
    """Write a rank; half ranks exist only where places are shared in the mean."""
    return words.figure(rank, 0 if rank is None or rank.denominator == 1 else 1)


def standings(words: Words, own: Standings, doubt: Doubt | None, top: int | None, decimals: int) -> Section:
    """List the entries from the best, with what is known beside each; then those without a rank."""
    corrected = any(line.raw is not None for line in own.lines)
    settled = any(line.tie_rule for line in own.lines)
    columns = [Column(words.say("entry"), is_figure=False), *(Column(words.say(key)) for key in ("rank", "score"))]
    columns += [Column(words.say(key)) for key in ("raw", "raw_rank")] if corrected else []
    columns += [Column(words.say("ranks"))] if doubt else []
    columns += [Column(words.say("p_top", top=top))] if doubt and top else []
    columns += [Column(words.say("sheets"))]
    columns += [Column(words.say("settled"), is_figure=False)] if settled else []

    def row(line: Standing) -> tuple[str, ...]:
        cells = [
            line.entry,
            rank_text(words, line.rank) + ("=" if line.tied else ""),
            words.figure(line.score, decimals),
        ]
        cells += [words.figure(line.raw, decimals), rank_text(words, line.raw_rank)] if corrected else []
        if doubt:
            found = doubt.entries[line.entry]
            cells.append(words.say("to", low=found.low, high=found.high))
            cells += [words.percent(found.inside[0])] if top else []
        return (*cells, str(line.sheets), *([line.tie_rule or NONE] if settled else []))

    grids = [Grid(words.say("standings"), tuple(columns), tuple(row(line) for line in own.lines[:LISTED]))]
    if own.unranked:
        heads = (Column(words.say("entry"), is_figure=False), Column(words.say("sheets")))
        left = tuple((line.entry, str(line.sheets), words.engine(line.reason)) for line in own.unranked[:LISTED])
        grids.append(Grid(words.say("unranked"), (*heads, Column(words.say("reason"), is_figure=False)), left))
    more = max(len(own.lines), len(own.unranked))
    texts = (words.say("first_lines", shown=LISTED, all=more),) if more > LISTED else ()
    return Section(words.say("standings"), texts, grids=tuple(grids))


def certainty(words: Words, own: Standings, doubt: Doubt | None, asked: Asked | None) -> Section:
    """Draw the rank intervals nearest to the cut, and name the entries that the scores leave open."""
    title = words.say("doubt")
    if asked is None or doubt is None:
        return Section(title, (words.say("doubt_zero" if asked is None else "doubt_few"),))
    lines = _nearest(own.lines, asked.top)
    texts = [words.say("doubt_how")]
    texts += [_borderline(words, own.lines, doubt, asked.top)] if asked.top else [words.say("no_cut")]
    if len(lines) < len(own.lines):
        key = "near_cut" if asked.top else "near_first"
        texts.append(words.say(key, shown=len(lines), all=len(own.lines), top=asked.top))
    short = short_names([line.entry for line in lines])
    scale = _Scale.of(lines, doubt)
    drawn = [_span(words, line, short[line.entry], doubt, scale, asked.top) for line in lines]
    shown = tuple(
        (
            line.entry,
            rank_text(words, line.rank),
            *map(str, (doubt.entries[line.entry].low, doubt.entries[line.entry].high)),
        )
        for line in lines
    )
    heads = (
        Column(words.say("entry"), is_figure=False),
        *map(Column, (words.say("rank"), words.say("from"), words.say("into"))),
    )
    mark = scale.cut(asked.top) if asked.top else None
    texts += [words.say("cut_drawn", top=asked.top)] if mark is not None else []
    grid = Grid(words.say("ranks"), heads, shown, words.say("as_table"))
    return Section(title, tuple(texts), spans(title, drawn, mark), (grid,))


@dataclass(frozen=True)
class _Scale:
    """The ranks that a chart goes over, from the left edge to the right one."""

    first: float
    last: float

    @classmethod
    def of(cls, lines: Sequence[Standing], doubt: Doubt) -> _Scale:
        found = [doubt.entries[line.entry] for line in lines]
        ranks = [float(line.rank) for line in lines]
        first = min((*ranks, *(float(each.low) for each in found)), default=1.0)
        return cls(first, max((first + 1, *ranks, *(float(each.high) for each in found))))

    def at(self, rank: float) -> float:
        return (rank - self.first) / (self.last - self.first)

    def cut(self, top: int) -> float | None:
        """Return where the cut stands; None where it lies outside the chart."""
        place = self.at(top + 0.5)
        return place if 0 < place < 1 else None


def _span(words: Words, line: Standing, label: str, doubt: Doubt, scale: _Scale, top: int | None) -> Span:
    found = doubt.entries[line.entry]
    is_open = top is not None and found.borderline()
    told = words.say("to", low=found.low, high=found.high)
    return Span(
        f"{rank_text(words, line.rank)}. {label}",
        words.say("open_line", ranks=told) if is_open else told,
        scale.at(found.low),
        scale.at(float(line.rank)),
        scale.at(found.high),
        is_open,
    )


def _nearest(lines: Sequence[Standing], top: int | None) -> Sequence[Standing]:
    first = max(0, min((top or 0) - DRAWN // 2, len(lines) - DRAWN))
    return lines[first : first + DRAWN]


def _borderline(words: Words, lines: Sequence[Standing], doubt: Doubt, top: int) -> str:
    names = [line.entry for line in lines if doubt.entries[line.entry].borderline()]
    if not names:
        return words.say("open_none", top=top)
    told = ", ".join(names[:_NAMED])
    if len(names) > _NAMED:
        told = words.say("and_more", names=told, count=len(names) - _NAMED)
    return words.say("open_some", count=len(names), top=top, names=told)
