"""The charts as SVG: pure functions from values to markup. Lengths along a line are shares of its width, 0 to 1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

SHADES = 8
"""The heat map tells so many shades apart, from 0 (the lowest score)."""

_ROW, _TEXT, _TRACK, _MIDDLE = 40, 14, 22, 27
_SVG = Markup('<svg role="img" aria-label="{}" height="{}">{}</svg>')
_LABELS = Markup('<text x="0" y="{}">{}</text><text x="100%" y="{}" text-anchor="end">{}</text>')
_TRACK_RECT = Markup('<rect class="track" x="0" y="{}" width="100%" height="10" rx="3"/>')


@dataclass(frozen=True)
class Span:
    """A line of a chart: a dot ``at``, and a bar from ``low`` to ``high``; ``stands_out`` gives it another colour."""

    label: str
    shown: str
    low: float
    at: float
    high: float
    stands_out: bool = False


@dataclass(frozen=True)
class Warm:
    """A line of the heat map: a shade for each juror, None where there is no score."""

    label: str
    shades: tuple[int | None, ...]


def spans(spoken: str, lines: Sequence[Span], mark: float | None = None) -> Markup:
    """Draw intervals one below the other; ``mark`` is where a line stands through all of them."""
    height = len(lines) * _ROW
    rows = [_span(line, place * _ROW) for place, line in enumerate(lines)]
    if mark is not None:
        place = _percent(mark)
        rows.insert(0, Markup('<line class="mark" x1="{}" x2="{}" y1="0" y2="{}"/>').format(place, place, height))
    return _SVG.format(spoken, height, Markup("").join(rows))


def heat(spoken: str, columns: Sequence[str], lines: Sequence[Warm]) -> Markup:
    """Draw shades, entries by jurors; the columns are headed by short names."""
    wide = 1 / max(1, len(columns))
    heads = [
        Markup('<text x="{}" y="{}" text-anchor="middle">{}</text>').format(_percent((place + 0.5) * wide), _TEXT, name)
        for place, name in enumerate(columns)
    ]
    rows = [_warm(line, wide, 20 + place * _ROW) for place, line in enumerate(lines)]
    return _SVG.format(spoken, 20 + len(lines) * _ROW, Markup("").join([*heads, *rows]))


def _span(line: Span, y: int) -> Markup:
    bar = Markup('<rect class="{}" x="{}" y="{}" width="{}" height="10" rx="3"/><circle cx="{}" cy="{}" r="5"/>')
    return Markup("").join(
        (
            _LABELS.format(y + _TEXT, line.label, y + _TEXT, line.shown),
            _TRACK_RECT.format(y + _TRACK),
            bar.format(
                "open" if line.stands_out else "bar",
                _percent(line.low),
                y + _TRACK,
                _percent(max(line.high - line.low, 0.004)),
                _percent(line.at),
                y + _MIDDLE,
            ),
        )
    )


def _warm(line: Warm, wide: float, y: int) -> Markup:
    cell = Markup('<rect class="h{}" x="{}" y="{}" width="{}" height="14"/>')
    cells = [
        cell.format(shade, _percent(place * wide), y + _TRACK - 2, _percent(wide * 0.94))
        for place, shade in enumerate(line.shades)
        if shade is not None
    ]
    return Markup('<text x="0" y="{}">{}</text>').format(y + _TEXT, line.label) + Markup("").join(cells)


def _percent(share: float) -> str:
    return f"{100 * share:.2f}%"
