"""How reproducible a Top N would be: juries drawn before there is one, as a decision study of generalizability theory.

Entries have a true quality, a little different for each criterion; jurors see it with their severity, their use of the
scale, an impression of their own and noise on each criterion, and answer on the rubric's scale. Two juries that do not
know of each other judge the same entries: how far their scores and their Top N agree is how reproducible a result is.
(Brennan 2001, Generalizability Theory, ch. 4, has the formulas where every effect is normal and no scale has an end.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from juri.core.analysis.agreement_order import ranks_of
from juri.core.analysis.design import Design, FloatArray
from juri.core.analysis.mixed import fit_severity
from juri.core.scoring.number import IntArray

MEAN, SEVERITY = "mean", "severity"
METHODS = (MEAN, SEVERITY)

_TRUTH, _JURIES = 0, (1, 2)


@dataclass(frozen=True)
class Behaviour:
    """How jurors behave, in standard deviations of the entries' true quality.

    ``severity`` and ``scale`` are how much jurors differ in level and in the use of the scale (as a factor's
    logarithm); ``impression`` is what a juror thinks of an entry beside its quality, ``noise`` what is added to each
    criterion. ``profile`` is how much the criteria of an entry truly differ. ``halo`` is the part of the differences
    between criteria that jurors do not see, 0 to 1. With the defaults a juror's total has an error variance of 0.44
    beside severity, as the juries behind the method comparison in the design notes of this project.
    """

    severity: float = 0.5
    scale: float = 0.2
    impression: float = 0.62
    noise: float = 0.65
    profile: float = 0.3
    halo: float = 0.0


@dataclass(frozen=True)
class AnswerScale:
    """What a rubric makes of answers: for each criterion what each allowed answer adds to the total, rising.

    ``centre`` is where on each scale (0 to 1) an entry of middle quality stands, ``spread`` how much of the scale one
    standard deviation of quality takes.
    """

    worth: tuple[tuple[float, ...], ...]
    centre: float = 0.65
    spread: float = 0.12


@dataclass(frozen=True)
class Plan:
    """The competition to be drawn: so many entries, so many jurors of whom each entry gets ``per_entry``, a Top N."""

    entries: int
    jurors: int
    per_entry: int
    top: int
    scale: AnswerScale
    behaviour: Behaviour = Behaviour()


@dataclass(frozen=True)
class Draw:
    """What one pair of juries came to, by one method.

    ``rho`` is the rank correlation with the truth, ``hit`` the part of the true Top N that was found (means of both
    juries); ``reliability`` the correlation between the scores of both, ``overlap`` what their Top N have in common.
    """

    rho: float
    hit: float
    reliability: float
    overlap: float


@dataclass(frozen=True)
class Figure:
    """The mean of a figure over the draws, and the standard error of that mean."""

    mean: float
    error: float


@dataclass(frozen=True)
class Finding:
    """What is to be expected of so many jurors per entry and a method."""

    per_entry: int
    method: str
    rho: Figure
    hit: Figure
    reliability: Figure
    overlap: Figure


def draw(plan: Plan, seed: int, number: int) -> dict[str, Draw]:
    """Draw two juries over the same entries; the same seed and number give the same, whatever else is drawn.

    The entries of a number are the same for every ``per_entry``, so that these are compared without the entries' luck.
    """
    truth = _generator(seed, number, _TRUTH)
    quality = truth.normal(size=plan.entries)
    profile = plan.behaviour.profile * truth.normal(size=(plan.entries, len(plan.scale.worth)))
    weight = np.array([own[-1] - own[0] for own in plan.scale.worth])
    true = quality + profile @ (weight / weight.sum())
    juries = [_judge(plan, quality, profile, _generator(seed, number, jury, plan.per_entry)) for jury in _JURIES]
    found = {MEAN: [_means(jury) for jury in juries], SEVERITY: [fit_severity(jury).score for jury in juries]}
    return {method: _compare(true, scores, plan.top) for method, scores in found.items()}


def _generator(seed: int, *key: int) -> np.random.Generator:
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=key))


def _judge(plan: Plan, quality: FloatArray, profile: FloatArray, rng: np.random.Generator) -> Design:
    """Draw a jury and what it gives."""
    ways = plan.behaviour
    chosen = np.argpartition(rng.random((plan.entries, plan.jurors)), plan.per_entry - 1, axis=1)[:, : plan.per_entry]
    juror: IntArray = np.sort(chosen, axis=1).ravel()
    entry = np.repeat(np.arange(plan.entries), plan.per_entry)
    severity = ways.severity * rng.normal(size=plan.jurors)
    stretch = np.exp(ways.scale * rng.normal(size=plan.jurors))
    whole = quality[entry] + ways.impression * rng.normal(size=entry.size)
    apart = profile[entry] + ways.noise * rng.normal(size=(entry.size, profile.shape[1]))
    level = apart.mean(axis=1, keepdims=True)
    apart = level + (1 - ways.halo) * (apart - level)
    seen = stretch[juror, None] * (whole[:, None] + apart) - severity[juror, None]
    return Design(entry, juror, _answer(plan.scale, seen), plan.entries, plan.jurors)


def _answer(scale: AnswerScale, seen: FloatArray) -> FloatArray:
    """Give the answer nearest to what was seen, and add up what the answers are worth; shape (sheets,)."""
    total = np.zeros(len(seen))
    for column, own in enumerate(scale.worth):
        place = np.clip(scale.centre + scale.spread * seen[:, column], 0, 1)
        total += np.array(own)[np.rint(place * (len(own) - 1)).astype(np.int64)]
    return total


def _means(jury: Design) -> FloatArray:
    return np.asarray(np.bincount(jury.entry, jury.value, jury.entries) / jury.sheets, dtype=np.float64)


def _compare(true: FloatArray, scores: Sequence[FloatArray], top: int) -> Draw:
    best = _top(true, top)
    own = [_top(score, top) for score in scores]
    return Draw(
        rho=float(np.mean([_correlation(ranks_of(true), ranks_of(score)) for score in scores])),
        hit=float(np.mean([np.intersect1d(best, each).size / top for each in own])),
        reliability=_correlation(scores[0], scores[1]),
        overlap=np.intersect1d(own[0], own[1]).size / top,
    )


def _top(score: FloatArray, top: int) -> IntArray:
    """Return the best; the order of entries, which is by chance, settles ties."""
    return np.argsort(-score, kind="stable")[:top]


def _correlation(a: FloatArray, b: FloatArray) -> float:
    """Return the correlation; 0 where one of the two never varies, because it tells nothing then."""
    one, other = a - a.mean(), b - b.mean()
    both = float(np.sqrt((one @ one) * (other @ other)))
    return float(one @ other) / both if both > 0 else 0.0


def summarise(per_entry: int, draws: Sequence[dict[str, Draw]]) -> list[Finding]:
    """Return the means of the draws, by method; an error is 0 where there is one draw."""
    return [
        Finding(per_entry, method, *(_figure([getattr(each[method], name) for each in draws]) for name in _FIGURES))
        for method in METHODS
    ]


_FIGURES = ("rho", "hit", "reliability", "overlap")


def _figure(values: Sequence[float]) -> Figure:
    spread = float(np.std(values, ddof=1)) if len(values) > 1 else 0.0
    return Figure(float(np.mean(values)), spread / float(np.sqrt(len(values))))
