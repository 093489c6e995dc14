"""How the jurors of a stage score: severity on one axis, every figure in a table, and what asks a human to look."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import ceil
from types import MappingProxyType
from typing import Any

from flask import url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as later

from juri.core.analysis.agreement import Agreement
from juri.core.analysis.estimate import Estimate
from juri.core.analysis.jurors import (
    CENTRAL,
    ENOUGH_ENTRIES,
    ENOUGH_JURORS,
    ERRATIC,
    HALO,
    LENIENT,
    SEVERE,
    JurorFigures,
)
from juri.core.document import Edition
from juri.core.errors import NotFound
from juri.core.extension import StageKind
from juri.core.judging.loads import panel_seats
from juri.core.stages.jury import StageJury, stage_jury
from juri.webapp.guard import Needs, guarded, in_edition
from juri.webapp.language import ngettext, shown_figure, shown_text
from juri.webapp.organiser.blueprint import blueprint
from juri.webapp.organiser.frame import looking, page
from juri.webapp.paging import paged

SEE = Needs("standings.see", in_edition)

FLAGS: Mapping[str, Any] = MappingProxyType(
    {
        SEVERE: later("strict"),
        LENIENT: later("mild"),
        ERRATIC: later("unlike the others"),
        CENTRAL: later("only the middle"),
        HALO: later("one impression"),
    }
)
"""What each flag says of a juror."""


@guarded(blueprint, "/<edition>/stages/<stage>/jury", needs=SEE)
def jury(edition: str, stage: str) -> Any:
    """Show how the jurors of a stage score."""
    with looking(edition) as look:
        spec = look.running.stage(stage)
        if not look.running.registry.find(StageKind, spec.kind).judged:
            raise NotFound("judged stage", stage)
        found = stage_jury(look.session, look.running, stage)
        names = {seat.code: seat.name for seat in panel_seats(look.session, look.running, stage=stage)}
    lines = [_line(names.get(code, code), code, own) for code, own in found.jurors]
    strips = [_strip(names.get(code, code), own) for code, own in found.jurors if own.severity is not None]
    parts = _parts(look.running.edition, found)
    back = (shown_text(spec.name), url_for("organiser.stage", edition=edition, stage=stage))
    ends = [abs(end) for each in strips for end in (each["low"], each["high"])]
    return page(
        "jury.html", look.running, current="jurors", trail=[back, (gettext("How the jurors score"), "")],
        part=paged(lines),
        strips=strips, edge=ceil(max(ends, default=0)) or 1, parts=parts, reading=_reading(found.whole),
        enough=ENOUGH_ENTRIES, enough_jurors=ENOUGH_JURORS,
    )  # fmt: skip


def _parts(edition: Edition, found: StageJury) -> list[dict[str, Any]]:
    """Return the agreement on the totals, on each track's and on each criterion as rows of texts."""
    tracks = {track.id: shown_text(track.name) for track in edition.tracks}
    criteria = {leaf.id: leaf.name or leaf.id for rubric in edition.rubrics.values() for leaf in rubric.leaves}
    named = [
        (gettext("Totals"), found.whole),
        *((gettext("Totals: %(track)s", track=tracks.get(each, each)), own) for each, own in found.tracks.items()),
        *((criteria.get(each, each), own) for each, own in found.criteria.items()),
    ]
    return [_part(name, own) for name, own in named if own.scores]


def _part(name: str, own: Agreement) -> dict[str, Any]:
    icc, components = own.reliability.icc, own.reliability.components
    return {
        "name": name, "scores": own.scores, "one": _estimate(icc["A1"]), "mean": _estimate(icc["Ak"]),
        "alpha": _figure(own.alpha.value),
        "error": "" if components is None else _figure(components.error(1, absolute=True)),
    }  # fmt: skip


def _estimate(estimate: Estimate) -> str:
    if estimate.value is None:
        return ""
    ends = (_figure(estimate.low), _figure(estimate.high))
    told = gettext("%(low)s to %(high)s", low=ends[0], high=ends[1]) if all(ends) else ""
    return _figure(estimate.value) + (f" ({told})" if told else "")


def _reading(whole: Agreement) -> str:
    """Say in a sentence what the agreement comes to; nothing where it cannot be told."""
    components = whole.reliability.components
    one, mean = (whole.reliability.icc[form].value for form in ("A1", "Ak"))
    if components is None or one is None or mean is None:
        return ""
    said: str = gettext(
        "Of what single scores differ by, %(one)s is due to the entries; of what the means of %(jurors)s jurors differ "
        "by, %(mean)s.",
        one=_share(max(0.0, one)),
        mean=_share(max(0.0, mean)),
        jurors=_figure(components.jurors_per_entry, 0 if whole.reliability.complete else 1),
    )
    return said


def _line(name: str, code: str, own: JurorFigures) -> dict[str, Any]:
    """Return one row of the table: every figure as a text, empty where it is not known."""
    return {
        "name": name, "code": code, "sheets": own.sheets, "common": own.common, "flags": [FLAGS[f] for f in own.flags],
        "mean": _figure(own.mean), "spread": _figure(own.spread), "with_others": _figure(own.consistency),
        "infit": _figure(own.infit), "flat": _figure(own.flat), "same": _share(own.straight),
        "drift": _signed(own.drift), "minutes": _figure(own.minutes, 0),
    }  # fmt: skip


def _strip(name: str, own: JurorFigures) -> dict[str, Any]:
    """Return one line of the chart: severity with its interval, and on how many shared entries it rests."""
    severity = own.severity or 0.0
    low, high = (severity if end is None else end for end in (own.low, own.high))
    note = ngettext("on %(num)d shared entry", "on %(num)d shared entries", own.common)
    if own.low is not None:
        span = gettext("%(low)s to %(high)s", low=_signed(own.low), high=_signed(own.high))
        note = f"{span}, {note}"
    return {"label": name, "low": low, "mean": severity, "high": high, "shown": _signed(severity), "note": note}


def _figure(value: float | None, decimals: int = 2) -> str:
    return "" if value is None else shown_figure(Fraction(value), decimals)


def _signed(value: float | None) -> str:
    return "" if value is None else ("+" if value > 0 else "") + shown_figure(Fraction(value), 1)


def _share(value: float | None) -> str:
    return "" if value is None else f"{shown_figure(Fraction(value) * 100, 0)} %"
