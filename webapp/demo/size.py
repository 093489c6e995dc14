"""How large the demonstration is: the real counts of KIPP 2023, or a smaller one that keeps its shape.

The ministry published 3,110 registered, 2,269 submitted, 1,991 + 144 past administration, 198 + 30 nominees, 99 + 15
finalists, 45 + 5 winners (the edition's document names the sources). How the registered and the submitted divide among
the tracks was not published: that division, and every count of a smaller size, is a choice of this demonstration.
"""

from __future__ import annotations

from dataclasses import dataclass

from juri.core.errors import InputRefused

TRACKS = ("umum", "khusus")


@dataclass(frozen=True)
class TrackSize:
    """How many entries of a track there are after each step."""

    registered: int
    submitted: int
    passed: int
    nominees: int
    finalists: int
    winners: int


@dataclass(frozen=True)
class Size:
    """The counts of each track, and how many agencies and jurors there are."""

    tracks: dict[str, TrackSize]
    agencies: int
    evaluators: int
    panel: int
    scale: str = "1"

    @property
    def is_real(self) -> bool:
        """Tell whether these are the real counts."""
        return self.tracks == REAL.tracks


REAL = Size(
    tracks={"umum": TrackSize(2920, 2112, 1991, 198, 99, 45), "khusus": TrackSize(190, 157, 144, 30, 15, 5)},
    agencies=683,
    evaluators=60,
    panel=9,
)
"""KIPP 2023: 3,110 registered and 2,269 submitted in both tracks together."""

_REFUSED = {"umum": 9, "khusus": 7}
"""So many entries are refused at least, so that every seeded defect occurs in the smallest size, too."""

_SPARE = 3
_LEAST_AGENCIES, _LEAST_EVALUATORS, _LEAST_PANEL = 20, 8, 7


def size_at(scale: float) -> Size:
    """Return the real size, or a smaller one: every count times ``scale``, with nominees twice the finalists.

    Raises:
        InputRefused: the scale is not above 0 and at most 1.

    """
    if not 0 < scale <= 1:
        raise InputRefused.at("scale", f"{scale} is not a scale; write a number above 0 and up to 1", "bad_value")
    if scale == 1:
        return REAL
    return Size(
        tracks={name: _smaller(track, scale, _REFUSED[name]) for name, track in REAL.tracks.items()},
        agencies=max(_LEAST_AGENCIES, round(REAL.agencies * scale)),
        evaluators=max(_LEAST_EVALUATORS, round(REAL.evaluators * scale)),
        panel=max(_LEAST_PANEL, round(REAL.panel * scale)),
        scale=str(scale),
    )


def _smaller(real: TrackSize, scale: float, refused: int) -> TrackSize:
    winners = max(1, round(real.winners * scale))
    finalists = max(winners + 1, round(real.finalists * scale))
    passed = max(2 * finalists + _SPARE, round(real.passed * scale))
    submitted = max(passed + refused, round(real.submitted * scale))
    registered = max(submitted + _SPARE, round(real.registered * scale))
    return TrackSize(registered, submitted, passed, 2 * finalists, finalists, winners)
