"""How each juror scores: severity, spread, consistency, halo, drift and more, and flags that ask a human to look.

A flag never excludes anybody. The rules and how often they find what they look for were measured on simulated juries of
100 jurors with about 150 entries each; ``tests/analysis/test_jurors.py`` measures them again.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from juri.core.analysis.design import Design, FloatArray
from juri.core.analysis.estimate import divide
from juri.core.analysis.mixed import fit_severity
from juri.core.scoring.number import IntArray

ENOUGH_ENTRIES = 15
"""A juror with fewer entries has figures but no flag."""

ENOUGH_JURORS = 5
"""With fewer jurors of enough entries there is no typical juror to be held against, and nobody has a flag."""

SEVERE, LENIENT, ERRATIC, CENTRAL, HALO = "severe", "lenient", "erratic", "central", "halo"
FLAGS = (SEVERE, LENIENT, ERRATIC, CENTRAL, HALO)

_FAR = 3.0
"""Robust standard deviations of the jurors' severities."""

_UNLIKE_OTHERS = 0.35
"""Correlation with the others below which a juror is erratic."""

_NOISY, _NARROW, _FLAT = 1.5, 0.6, 0.5
"""Parts of the median juror's infit, spread and differences between criteria."""

_SURE = 1.959964
"""Standard errors on either side of a 95 % interval."""

_MAD = 1.4826
"""Median absolute deviations of a normal distribution in one standard deviation."""

_FEWEST_FOR_SPREAD, _FEWEST_FOR_CORRELATION, _FEWEST_FOR_DRIFT = 2, 3, 5


@dataclass(frozen=True, eq=False)
class Jury:
    """What jurors gave. All arrays stand in the order of the sheets of ``design``.

    ``criteria`` has one column a criterion, NaN where one has no score; None where only totals are known. ``order``
    is the place of a sheet among the juror's own, in time, from 0; ``minutes`` what was spent on it, NaN where that
    is not known.
    """

    design: Design
    criteria: FloatArray | None = None
    order: IntArray | None = None
    minutes: FloatArray | None = None


@dataclass(frozen=True)
class JurorFigures:
    """What can be said of one juror; None where it cannot: too few sheets, nobody to be compared with, or not known.

    ``severity`` is by how many points the juror lies below an average one, shrunk towards 0, from ``low`` to ``high``
    (95 %; no interval where the sheets show no difference between jurors); ``far`` is that in robust standard
    deviations of the jury. ``spread`` is the standard deviation of the juror's totals. ``consistency`` is the
    correlation with the mean of the others, their severity taken out; ``infit`` the juror's noise beside the average
    noise (1). ``narrow``, ``noisy`` and ``flat`` are spread, infit and differences between criteria as parts of the
    median juror's; who uses a wider range than the median juror is noisier by as much, which ``noisy`` takes out.
    ``straight`` is the share of sheets with the same score on every criterion. ``drift`` is by how many points milder
    the last sheets are than the first.
    """

    juror: int
    sheets: int
    common: int
    mean: float | None = None
    severity: float | None = None
    low: float | None = None
    high: float | None = None
    far: float | None = None
    spread: float | None = None
    narrow: float | None = None
    consistency: float | None = None
    infit: float | None = None
    noisy: float | None = None
    flat: float | None = None
    straight: float | None = None
    drift: float | None = None
    drift_low: float | None = None
    drift_high: float | None = None
    minutes: float | None = None
    flags: tuple[str, ...] = ()


def describe_jurors(jury: Jury) -> tuple[JurorFigures, ...]:
    """Work out the figures of every juror who gave a sheet, in the order of their numbers."""
    design = jury.design
    if not design.value.size:
        return ()
    fit = fit_severity(design)
    peers = _Peers.of(design, design.value - fit.effect[design.juror])
    comparable = design.common_entries > 0
    severity = np.where(comparable, 0.0 - fit.effect, np.nan)
    error = np.where(fit.error > 0, fit.error, np.nan)  # without any difference between jurors nothing is estimated
    spread = _spread(design)
    infit = peers.infit()
    flat = _flatness(jury)
    drift, drift_error = peers.drift(jury.order)
    columns = {
        "mean": _mean_of(design.juror, design.value, design.jurors),
        "severity": severity,
        "low": severity - _SURE * error,
        "high": severity + _SURE * error,
        "far": _robust(severity),
        "spread": spread,
        "narrow": _beside_median(spread),
        "consistency": peers.consistency(),
        "infit": infit,
        "noisy": _beside_median(infit) / np.fmax(1.0, np.square(_beside_median(spread))),
        "flat": _beside_median(flat),
        "straight": _straight(jury),
        "drift": drift,
        "drift_low": drift - _SURE * drift_error,
        "drift_high": drift + _SURE * drift_error,
        "minutes": _minutes(jury),
    }
    has_yardstick = bool(np.count_nonzero(design.loads >= ENOUGH_ENTRIES) >= ENOUGH_JURORS)
    return tuple(
        _figures(design, int(juror), columns, has_yardstick=has_yardstick) for juror in np.flatnonzero(design.loads)
    )


def _figures(design: Design, juror: int, columns: dict[str, FloatArray], *, has_yardstick: bool) -> JurorFigures:
    own = {name: float(column[juror]) for name, column in columns.items() if np.isfinite(column[juror])}
    sheets, common = int(design.loads[juror]), int(design.common_entries[juror])
    flags = _flags(own, sheets, common) if has_yardstick else ()
    return JurorFigures(juror=juror, sheets=sheets, common=common, flags=flags, **own)


def _flags(own: dict[str, float], sheets: int, common: int) -> tuple[str, ...]:
    far = own.get("far", 0.0)
    beside_others = {
        SEVERE: far > _FAR,
        LENIENT: far < -_FAR,
        ERRATIC: own.get("consistency", 1.0) < _UNLIKE_OTHERS or own.get("noisy", 1.0) > _NOISY,
    }
    by_oneself = {CENTRAL: own.get("narrow", 1.0) < _NARROW, HALO: own.get("flat", 1.0) < _FLAT}
    raised = {
        **(beside_others if common >= ENOUGH_ENTRIES else {}),
        **(by_oneself if sheets >= ENOUGH_ENTRIES else {}),
    }
    return tuple(flag for flag in FLAGS if raised.get(flag))


@dataclass(frozen=True, eq=False)
class _Peers:
    """The sheets of entries with several, beside the mean of the entry's other sheets; severity is taken out of both.

    ``own - others`` has the variance ``noise / share``: ``share`` is (n - 1) / n for an entry of n sheets.
    """

    design: Design
    there: IntArray
    juror: IntArray
    own: FloatArray
    others: FloatArray
    share: FloatArray

    @classmethod
    def of(cls, design: Design, corrected: FloatArray) -> _Peers:
        count = design.sheets[design.entry]
        there = np.flatnonzero(count > 1)
        count = count[there].astype(np.float64)
        own = corrected[there]
        others = (_sum_by(design.entry, corrected, design.entries)[design.entry[there]] - own) / (count - 1)
        return cls(design, there, design.juror[there], own, others, (count - 1) / count)

    def infit(self) -> FloatArray:
        """Return each juror's squared residuals beside what the noise of all makes one expect."""
        squared = np.square((self.own - self.others) * self.share)
        noise = squared.sum() / self.share.sum() if self.share.size else 0.0
        jurors = self.design.jurors
        return divide(_sum_by(self.juror, squared, jurors), noise * _sum_by(self.juror, self.share, jurors))

    def consistency(self) -> FloatArray:
        """Return the correlation of each juror with the mean of the others."""
        own, others = (self._centred(values) for values in (self.own, self.others))
        jurors = self.design.jurors
        both = _sum_by(self.juror, own * others, jurors)
        each = [_sum_by(self.juror, np.square(values), jurors) for values in (own, others)]
        found = divide(both, np.sqrt(each[0] * each[1]))
        return np.where(np.bincount(self.juror, minlength=jurors) >= _FEWEST_FOR_CORRELATION, found, np.nan)

    def drift(self, order: IntArray | None) -> tuple[FloatArray, FloatArray]:
        """Return how much milder each juror became from the first sheet to the last, with its standard error."""
        jurors = self.design.jurors
        if order is None:
            return np.full(jurors, np.nan), np.full(jurors, np.nan)
        last = np.zeros(jurors, dtype=np.int64)
        np.maximum.at(last, self.design.juror, order)
        time = self._centred(order[self.there] / np.maximum(last[self.juror], 1))
        apart = self._centred(self.own - self.others)
        count = np.bincount(self.juror, minlength=jurors)
        room = _sum_by(self.juror, np.square(time), jurors)
        slope = divide(_sum_by(self.juror, time * apart, jurors), room)
        left = _sum_by(self.juror, np.square(apart - slope[self.juror] * time), jurors)
        error = np.sqrt(divide(left, (count - 2) * room))
        enough = count >= _FEWEST_FOR_DRIFT
        return np.where(enough, slope, np.nan), np.where(enough, error, np.nan)

    def _centred(self, values: FloatArray) -> FloatArray:
        return values - _mean_of(self.juror, values, self.design.jurors)[self.juror]


def _sum_by(group: IntArray, values: FloatArray, groups: int) -> FloatArray:
    return np.asarray(np.bincount(group, values, groups), dtype=np.float64)


def _mean_of(juror: IntArray, values: FloatArray, jurors: int) -> FloatArray:
    return divide(_sum_by(juror, values, jurors), np.bincount(juror, minlength=jurors).astype(np.float64))


def _spread(design: Design) -> FloatArray:
    apart = design.value - _mean_of(design.juror, design.value, design.jurors)[design.juror]
    found = divide(_sum_by(design.juror, np.square(apart), design.jurors), design.loads - 1.0)
    return np.where(design.loads >= _FEWEST_FOR_SPREAD, np.sqrt(found), np.nan)


def _robust(values: FloatArray) -> FloatArray:
    """Return how far each value lies from the median, in standard deviations that a few far ones do not move."""
    if not np.isfinite(values).any():
        return values
    apart = values - np.nanmedian(values)
    return divide(apart, np.full(values.shape, _MAD * np.nanmedian(np.abs(apart))))


def _beside_median(values: FloatArray) -> FloatArray:
    if not np.isfinite(values).any():
        return values
    return divide(values, np.full(values.shape, np.nanmedian(values)))


def _flatness(jury: Jury) -> FloatArray:
    """Return how much a juror's scores differ within a sheet, beside how much they differ in all.

    Each criterion is taken in its own standard deviations, so that a heavy one does not speak for all.
    """
    jurors = jury.design.jurors
    scores = _standardised(jury.criteria) if jury.criteria is not None else None
    if scores is None or scores.shape[1] < _FEWEST_FOR_SPREAD:
        return np.full(jurors, np.nan)
    there = np.isfinite(scores)
    count = there.sum(axis=1).astype(np.float64)
    filled = np.where(there, scores, 0.0)
    means = divide(filled.sum(axis=1), count)
    within = np.where(there, np.square(filled - np.where(count > 0, means, 0.0)[:, None]), 0.0).sum(axis=1)
    several = count >= _FEWEST_FOR_SPREAD
    juror = jury.design.juror
    of_sheets = _mean_of(juror[several], divide(within, count)[several], jurors)
    level = divide(_sum_by(juror, filled.sum(axis=1), jurors), _sum_by(juror, count, jurors))
    apart = np.where(there, np.square(filled - np.nan_to_num(level)[juror][:, None]), 0.0).sum(axis=1)
    in_all = divide(_sum_by(juror, apart, jurors), _sum_by(juror, count, jurors))
    return np.sqrt(divide(of_sheets, in_all))


def _standardised(criteria: FloatArray) -> FloatArray:
    """Put every criterion on its own mean and standard deviation; one that never varies is left out."""
    there = np.isfinite(criteria)
    count = np.maximum(there.sum(axis=0), 1)
    filled = np.where(there, criteria, 0.0)
    centred = np.where(there, filled - filled.sum(axis=0) / count, 0.0)
    spread = np.sqrt(np.square(centred).sum(axis=0) / count)
    varies = spread > 0
    found: FloatArray = np.where(there, centred, np.nan)[:, varies] / spread[varies]
    return found


def _straight(jury: Jury) -> FloatArray:
    """Return the share of each juror's sheets on which two or more criteria have one and the same score."""
    jurors = jury.design.jurors
    if jury.criteria is None or jury.criteria.shape[1] < _FEWEST_FOR_SPREAD:
        return np.full(jurors, np.nan)
    there = np.isfinite(jury.criteria)
    several = there.sum(axis=1) >= _FEWEST_FOR_SPREAD
    least = np.where(there, jury.criteria, np.inf).min(axis=1)
    greatest = np.where(there, jury.criteria, -np.inf).max(axis=1)
    same = (least == greatest).astype(np.float64)
    return _mean_of(jury.design.juror[several], same[several], jurors)


def _minutes(jury: Jury) -> FloatArray:
    """Return the median time of each juror's sheets."""
    found = np.full(jury.design.jurors, np.nan)
    if jury.minutes is not None:
        known = np.isfinite(jury.minutes)
        for juror in np.unique(jury.design.juror[known]):
            found[juror] = np.median(jury.minutes[known & (jury.design.juror == juror)])
    return found
