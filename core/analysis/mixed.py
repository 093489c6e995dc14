"""Severity and quality told apart: linear models in which a score is the entry, the juror and noise.

Two models of ``y = entry + juror + noise``, both with their variances by REML (``juri.core.analysis.reml``):

- ``fit_severity``: entries are free, jurors are shrunk towards 0 (ridge; Platt and Burges, as NIPS used it 2002-2014).
  It minimises ``sum (y - t_i - b_j)^2 + lambda sum b_j^2``, where lambda is the noise over the jurors' variance.
- ``fit_crossed``: entries are a sample, too: ``y = mean + u_i + b_j + noise``, as
  ``lmer(y ~ 1 + (1 | entry) + (1 | juror))`` of R's lme4 has it; its effects are BLUPs.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, sqrt

import numpy as np

from juri.core.analysis.design import Design, FloatArray, one_thread
from juri.core.analysis.reml import Sums, System, crossed_ratios, severity_ratio


@dataclass(frozen=True, eq=False)
class Severity:
    """What each entry would have got from an average juror, and how far each juror is from that one.

    ``score`` has one figure an entry (0 where an entry has no sheet: see ``design.sheets``). ``effect`` is what a juror
    adds to every score, so a harsh juror has a negative one; ``error`` is its standard error, given the variances. All
    are in points. ``noise`` and ``juror_variance`` are variances; ``penalty`` is lambda, None where the sheets show no
    difference between jurors, and then nothing is corrected. ``factor`` is the Cholesky factor that draws are made of.
    """

    design: Design
    score: FloatArray
    effect: FloatArray
    error: FloatArray
    penalty: float | None
    noise: float
    juror_variance: float
    factor: FloatArray


@dataclass(frozen=True, eq=False)
class Crossed:
    """The fitted model with random entries and random jurors.

    ``entry_effect`` and ``juror_effect`` are BLUPs, in points around ``mean``; ``juror_error`` and ``mean_error`` are
    standard errors, given the variances. ``criterion`` is the REML criterion (-2 log likelihood) as lme4 prints it;
    None without any noise. A variance of 0 means that the sheets show none, or cannot tell it from noise: all its
    effects are 0.
    """

    design: Design
    mean: float
    mean_error: float
    entry_effect: FloatArray
    juror_effect: FloatArray
    juror_error: FloatArray
    entry_variance: float
    juror_variance: float
    noise: float
    criterion: float | None


@one_thread
def fit_severity(design: Design, penalty: float | None = None) -> Severity:
    """Correct the entries' means for the severity of their jurors.

    Islands are allowed: their jurors' effects are 0 on the average of each, so that they keep their own level.

    Args:
        design: at least one sheet.
        penalty: lambda, above 0; None: by REML, entries being fixed effects.

    """
    sums = Sums.of(design)
    ratio = severity_ratio(sums) if penalty is None else 1 / penalty
    system = System.of(sums, inf, ratio)
    noise = system.left / sums.freedom if sums.freedom else 0.0
    effect = system.juror_effect
    rest = np.bincount(design.entry, design.value - effect[design.juror], design.entries)
    return Severity(
        design=design,
        score=rest / np.maximum(design.sheets, 1),
        effect=effect,
        error=np.sqrt(noise * ratio * np.diag(system.inverse)),
        penalty=1 / ratio if ratio else None,
        noise=noise,
        juror_variance=noise * ratio,
        factor=system.factor,
    )


@one_thread
def fit_crossed(design: Design) -> Crossed:
    """Estimate how much entries, jurors and noise vary, and predict every entry and juror.

    The variance of the entries cannot be told from noise where each has one sheet, that of the jurors where each gave
    one sheet: it is then 0, and what it was is in the noise.

    Args:
        design: at least one sheet.

    """
    sums = Sums.of(design)
    entry_ratio, juror_ratio = crossed_ratios(sums)
    system = System.of(sums, entry_ratio, juror_ratio)
    noise = system.left / max(design.value.size - 1, 1)
    mean_error = sqrt(noise / system.one_one)
    tilt = juror_ratio * system.juror_one
    return Crossed(
        design=design,
        mean=system.mean + sums.centre,
        mean_error=mean_error,
        entry_effect=entry_ratio * system.entry_residual,
        juror_effect=system.juror_effect,
        juror_error=np.sqrt(noise * juror_ratio * np.diag(system.inverse) + (tilt * mean_error) ** 2),
        entry_variance=noise * entry_ratio,
        juror_variance=noise * juror_ratio,
        noise=noise,
        criterion=system.crossed_criterion()[0] if noise else None,
    )
