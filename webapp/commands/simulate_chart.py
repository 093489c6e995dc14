"""The chart of ``juri simulate``: what two juries share of the Top N, by jurors per entry, as SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from juri.core.analysis.decision_study import MEAN, METHODS, SEVERITY, Finding
from juri.webapp.commands.simulate_report import by_count_of, percent
from juri.webapp.commands.simulate_study import Study

_LINES: Mapping[str, str] = {MEAN: "#3f51b5", SEVERITY: "#a85a1a"}
_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 640, 360, 60, 20, 40, 60


def chart(study: Study, findings: Sequence[Finding]) -> str:
    """Draw how much of the Top N two juries share, by jurors per entry; the figures stand in its description, too."""
    by_count = by_count_of(findings)
    title = f"{study.edition}: what two juries share of the Top {study.plan.top}"
    told = "; ".join(
        f"{count}: " + ", ".join(f"{method} {percent(own[method].overlap)}" for method in METHODS)
        for count, own in by_count.items()
    )
    body = "\n".join([*_axes(list(by_count)), *(_line(by_count, method) for method in METHODS), *_key()])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        f'aria-labelledby="title desc" font-family="sans-serif" font-size="13">\n'
        f'<title id="title">{escape(title)}</title>\n<desc id="desc">{escape(told)}</desc>\n'
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>\n'
        f'<text x="{_LEFT}" y="24" font-weight="bold">{escape(title)}</text>\n{body}\n</svg>\n'
    )


def _x(at: int, count: int) -> float:
    return round(_LEFT + (_WIDTH - _LEFT - _RIGHT) * (at / (count - 1) if count > 1 else 0.5), 1)


def _y(share: float) -> float:
    return round(_HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * share, 1)


def _axes(counts: Sequence[int]) -> list[str]:
    lines = []
    for part in range(0, 101, 25):
        y = _y(part / 100)
        lines.append(f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y}" y2="{y}" stroke="#ddd"/>')
        lines.append(f'<text x="{_LEFT - 8}" y="{y + 4}" text-anchor="end">{part} %</text>')
    for at, count in enumerate(counts):
        x, y = _x(at, len(counts)), _HEIGHT - _BOTTOM + 20
        lines.append(f'<text x="{x}" y="{y}" text-anchor="middle">{count}</text>')
    middle = (_LEFT + _WIDTH - _RIGHT) / 2
    lines.append(f'<text x="{middle}" y="{_HEIGHT - _BOTTOM + 40}" text-anchor="middle">jurors per entry</text>')
    return lines


def _line(by_count: Mapping[int, Mapping[str, Finding]], method: str) -> str:
    points = [(_x(at, len(by_count)), _y(own[method].overlap.mean)) for at, own in enumerate(by_count.values())]
    path = " ".join(f"{x},{y}" for x, y in points)
    dots = "".join(f'<circle cx="{x}" cy="{y}" r="4" fill="{_LINES[method]}"/>' for x, y in points)
    dashes = ' stroke-dasharray="6 4"' if method == MEAN else ""
    return f'<polyline points="{path}" fill="none" stroke="{_LINES[method]}" stroke-width="2"{dashes}/>{dots}'


def _key() -> list[str]:
    return [
        f'<text x="{_LEFT + 10 + 130 * at}" y="{_HEIGHT - 6}" fill="{_LINES[method]}">{words}</text>'
        for at, (method, words) in enumerate({MEAN: "- - mean of scores", SEVERITY: "— severity corrected"}.items())
    ]
