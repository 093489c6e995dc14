"""Scores corrected for what the jurors are like, as methods hand them out: rounded, exact from there on, raw beside.

Each states what it could not correct, and why, in plain sentences; none leaves a figure that is not a number.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np
from scipy.special import chdtrc

from juri.core.analysis.design import WEAK_LINK, Design, FloatArray, declared
from juri.core.analysis.mixed import Severity, fit_crossed, fit_severity
from juri.core.errors import InputRefused
from juri.core.scoring.aggregate import mean, some
from juri.core.scoring.matrix import Matrix
from juri.core.scoring.number import IntArray
from juri.core.scoring.standings import Correction, EntryScores, JurorFigure

FEWEST_SHEETS = 20
"""With fewer sheets a juror's own mean and spread say little, and z-scores find the best worse than plain means."""

_SHOWN = 3
"""So many groups stand in a message before it says how many more there are."""

_CHANCE = 0.001
"""An uneven distribution of good entries that chance brings about more rarely than this is no random assignment."""


def severity_scores(matrix: Matrix, penalty: float | None = None) -> EntryScores:
    """Score each entry with its mean, corrected for the severity of its jurors (ridge; lambda by REML, or given)."""
    raw = mean(matrix)
    if not matrix.value.size:
        return raw
    design = Design.of(matrix)
    fit = fit_severity(design, penalty)
    told = not _incomparable(design)
    estimates = {
        **({} if fit.penalty is None else {"lambda": _figure(fit.penalty)}),
        **({"noise_sd": _figure(fit.noise**0.5), "juror_sd": _figure(fit.juror_variance**0.5)} if told else {}),
    }
    jurors = _juror_figures(matrix, design, -fit.effect, fit.error if told and fit.juror_variance else None)
    return EntryScores(
        declared(fit.score),
        raw.scored,
        raw.counted,
        (*raw.warnings, *_cautions(matrix, design), *_uncorrected(fit)),
        Correction(raw.score, jurors, estimates),
    )


def blup_scores(matrix: Matrix) -> EntryScores:
    """Score each entry with its best linear unbiased prediction: severity corrected, drawn to the mean of all."""
    raw = mean(matrix)
    if not matrix.value.size:
        return raw
    design = Design.of(matrix)
    fit = fit_crossed(design)
    deviations = {
        **({"entry_sd": fit.entry_variance} if design.sheets.max() > 1 else {}),
        **({} if _incomparable(design) else {"juror_sd": fit.juror_variance}),
        "noise_sd": fit.noise,
    }
    estimates = {"mean": _figure(fit.mean), **{name: _figure(each**0.5) for name, each in deviations.items()}}
    jurors = _juror_figures(matrix, design, -fit.juror_effect, fit.juror_error if fit.juror_variance else None)
    return EntryScores(
        declared(fit.mean + fit.entry_effect),
        raw.scored,
        raw.counted,
        (*raw.warnings, *_cautions(matrix, design), *_shrunk(design, fit.entry_variance)),
        Correction(raw.score, jurors, estimates),
    )


def z_scores(matrix: Matrix, prior: int = 0) -> EntryScores:
    """Score each entry with the mean of its sheets in units of their jurors: ``(y - juror's mean) / juror's spread``.

    The spread is the standard deviation over n - 1. A juror whose sheets are all equal has the spread of all jurors;
    a juror with one sheet says nothing, and the sheet does not count.

    Args:
        matrix: the sheets.
        prior: as many sheets of the spread of all jurors are mixed into each juror's own.

    Raises:
        InputRefused: the jurors fall into groups without a common entry, which would all get the same mean.

    """
    raw = mean(matrix)
    if not matrix.value.size:
        return raw
    design = Design.of(matrix)
    groups = _groups(matrix, design)
    if len(groups) > 1:
        message = (
            f"z-scores give every juror the same mean, but the jurors fall into {len(groups)} groups without a common "
            f"entry ({_told(groups)}): the best and the weakest group would come out alike. "
            "Use the method severity or mean"
        )
        raise InputRefused.at("method", message, "islands")
    standard = _standardised(design, prior)
    counted = design.loads[design.juror] > 1
    sheets = np.bincount(design.entry[counted], minlength=design.entries)
    score = np.bincount(design.entry, np.where(counted, standard, 0.0), design.entries) / np.maximum(sheets, 1)
    warnings = (*raw.warnings, *_z_cautions(matrix, design))
    return EntryScores(declared(score), sheets > 0, counted, warnings, Correction(raw.score))


def _standardised(design: Design, prior: int) -> FloatArray:
    """Return each sheet in units of its juror's spread; 0 where no juror's sheets differ."""
    means = np.bincount(design.juror, design.value, design.jurors) / np.maximum(design.loads, 1)
    rest = design.value - means[design.juror]
    squares = np.bincount(design.juror, rest**2, design.jurors)
    squares[squares < 1e-18 * design.loads * (1 + means**2)] = 0.0  # equal sheets, but for the rounding of floats
    freedom = np.maximum(design.loads - 1, 0)
    pooled = squares.sum() / max(int(freedom.sum()), 1)
    variance = (squares + prior * pooled) / np.maximum(freedom + prior, 1)
    variance[variance == 0] = pooled
    spread: FloatArray = np.sqrt(variance)
    spread[spread == 0] = 1.0
    return rest / spread[design.juror]


def _z_cautions(matrix: Matrix, design: Design) -> Iterator[str]:
    yield "scores are in units of each juror's own spread, not in points: 1 is one standard deviation above the mean"
    few = (design.loads > 1) & (design.loads < FEWEST_SHEETS)
    if few.any():
        yield (
            f"z-scores need at least {FEWEST_SHEETS} sheets of a juror; fewer are of {some(_names(matrix, few))}: "
            "their own mean and spread are little more than chance, the method severity does better"
        )
    alone = design.loads == 1
    if alone.any():
        yield f"scored a single entry, so their sheets do not count: {some(_names(matrix, alone))}"
    if not _looks_random(design):
        yield (
            "the jurors did not see equally good entries, so the assignment was not random: z-scores punish the "
            "entries of jurors who saw good ones; use the method severity or mean"
        )


def _looks_random(design: Design) -> bool:
    """Tell whether the jurors' entries are as good, on the average, as chance would have them."""
    fit = fit_severity(design)
    spread = float(fit.score[design.sheets > 0].var(ddof=1)) if (design.sheets > 0).sum() > 1 else 0.0
    seen = design.loads > 0
    if spread <= 1e-12 or seen.sum() < 2:  # noqa: PLR2004  # one juror saw everything
        return True
    quality = fit.score[design.entry]
    means = np.bincount(design.juror, quality, design.jurors)[seen] / design.loads[seen]
    distance = float((design.loads[seen] * (means - quality.mean()) ** 2).sum()) / spread
    return bool(chdtrc(int(seen.sum()) - 1, distance) >= _CHANCE)


def _cautions(matrix: Matrix, design: Design) -> Iterator[str]:
    """Say how well the jurors can be compared at all."""
    lonely = (design.loads > 0) & (design.common_entries == 0)
    if lonely.any() and not lonely[design.loads > 0].all():
        yield (
            f"nobody else scored an entry of {some(_names(matrix, lonely))}: nothing is known about their severity, "
            "and their entries keep what they gave"
        )
    groups = [group for group in _groups(matrix, design) if len(group) > 1]
    if len(groups) > 1:
        yield (
            f"the jurors fall into {len(groups)} groups without a common entry ({_told(groups)}): "
            "each keeps its own level, and entries of different groups are comparable only as far as the groups' "
            "jurors are alike"
        )
    elif len(groups) == 1 and not lonely.any() and (link := design.connectivity()) < WEAK_LINK:
        yield (
            f"few common entries join the jurors (connectivity {link:.3f}, below {WEAK_LINK}): differences between "
            "distant jurors are uncertain"
        )


def _incomparable(design: Design) -> str:
    """Say why the sheets tell nothing of how jurors differ; empty where they do."""
    if (design.loads > 0).sum() == 1:
        return "one juror scored everything, so there is nothing to correct"
    if design.juror_count.max() == 1:
        return "no entry was scored by two jurors, so jurors cannot be compared: nothing is corrected"
    if design.loads.max() == 1:
        return "every juror scored one entry only, so jurors cannot be compared: nothing is corrected"
    return ""


def _uncorrected(fit: Severity) -> Iterator[str]:
    design = fit.design
    if why := _incomparable(design):
        yield why
    elif fit.penalty is None:
        yield "the sheets show no difference between jurors beyond chance: nothing is corrected"
    elif design.value.size == int((design.loads > 0).sum()) * int((design.sheets > 0).sum()):
        yield "every juror scored every entry, so the correction changes no rank"


def _shrunk(design: Design, entry_variance: float) -> Iterator[str]:
    if entry_variance == 0:
        yield "the sheets show no difference between entries beyond chance: all share one score"
    elif np.unique(design.sheets[design.sheets > 0]).size > 1:
        yield (
            "entries with fewer sheets are drawn further to the mean, so that they can hardly win: for a ranking that "
            "decides use the method severity"
        )


def _groups(matrix: Matrix, design: Design) -> list[list[str]]:
    """List the jurors of each island, the greatest first."""
    members: dict[int, list[str]] = {}
    for juror in np.flatnonzero(design.loads > 0).tolist():
        members.setdefault(int(design.islands[juror]), []).append(matrix.jurors[juror])
    return sorted(members.values(), key=lambda group: (-len(group), group))


def _told(groups: list[list[str]]) -> str:
    more = f" and {len(groups) - _SHOWN} more" if len(groups) > _SHOWN else ""
    return " / ".join(map(some, groups[:_SHOWN])) + more


def _juror_figures(
    matrix: Matrix, design: Design, severity: FloatArray, error: FloatArray | None
) -> tuple[JurorFigure, ...]:
    errors = [None] * design.jurors if error is None else [_figure(each) for each in error]
    figures = zip(matrix.jurors, severity, errors, design.loads.tolist(), design.common_entries.tolist(), strict=True)
    return tuple(
        JurorFigure(name, _figure(severe), doubt, sheets, common)
        for name, severe, doubt, sheets, common in figures
        if sheets
    )


def _figure(value: float) -> Fraction:
    return declared(np.array([value])).fraction(0)


def _names(matrix: Matrix, which: IntArray) -> list[str]:
    return [matrix.jurors[place] for place in np.flatnonzero(which)]
