"""Bradley-Terry: how strong candidates are, from comparisons of two. An estimate, so with floats and standard errors.

Model: ``P(i before j) = 1 / (1 + exp(b_j - b_i))``; R. A. Bradley and M. E. Terry, Biometrika 39 (1952). With a prior,
each candidate also has that many wins and as many losses against a phantom of strength 0: one who won or lost
everything gets a finite strength, and groups that never met are comparable at all, by the prior alone. The
advantage of being first has the same prior.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.special import expit, log_expit, xlogy
from threadpoolctl import threadpool_limits

from juri.core.ballots.ballots import Pairs
from juri.core.ballots.tally import Tally, competition_ranks, place
from juri.core.errors import InputRefused

FloatArray = NDArray[np.float64]

PRIOR = 0.1
"""Wins, and losses, against the phantom: weak, so that a handful of comparisons speaks louder."""

DIGITS = 6
"""Strengths and errors are handed out, and ranked, with so many decimals: the rest is noise of the arithmetic."""

_STEPS = 100
_CLOSE = 1e-10
_SHOWN = 5


@dataclass(frozen=True, eq=False)
class PairFit:
    """Strengths in logits with mean 0, in the order of the candidates, and how sure they are.

    ``covariance`` is that of the strengths as they stand, around their mean: the error of a difference follows from it.
    ``advantage`` is what being shown first adds (None: not estimated), ``deviance`` that of the comparisons without
    the prior. ``islands`` numbers the groups that no comparison joins, ``blocks`` those within which
    everyone is reached by wins from everyone: only there the comparisons alone would do without a prior.
    """

    strengths: FloatArray
    covariance: FloatArray
    advantage: float | None
    advantage_error: float | None
    deviance: float
    islands: NDArray[Any]
    blocks: NDArray[Any]

    @property
    def errors(self) -> FloatArray:
        """Return the standard error of each strength, against the mean of all."""
        return np.sqrt(np.clip(np.diagonal(self.covariance), 0, None))

    def error_of_difference(self, one: int, other: int) -> float:
        """Return the standard error of the difference of two strengths."""
        cov = self.covariance
        return float(np.sqrt(max(cov[one, one] + cov[other, other] - 2 * cov[one, other], 0)))


def fit_pairs(pairs: Pairs, *, prior: float = PRIOR, advantage: bool = False) -> PairFit:
    """Estimate strengths by Newton's method on the penalised likelihood, which has one maximum.

    Args:
        pairs: the comparisons; those of a candidate with itself are not counted.
        prior: wins, and losses, of each against the phantom; 0 for plain maximum likelihood.
        advantage: estimate what being the first of the two adds.

    Raises:
        InputRefused: nothing was compared; or without a prior the maximum does not exist, because somebody won or
            lost everything, groups never met, or the advantage cannot be told from the strengths; or the comparisons
            do not say who was first.

    """
    if advantage and not pairs.ordered:
        message = "the comparisons do not say who was first; an advantage needs the columns first,second,wins,losses"
        raise InputRefused.at("advantage", message, "no_order")
    data = _Data.of(pairs)
    islands, blocks = _components(data, "weak"), _components(data, "strong")
    if not prior and blocks.max() > 0:
        message = "without a prior, everyone must be reached by wins from everyone; give a prior such as 0.1"
        raise InputRefused.at("prior", message, "not_connected")
    try:
        with threadpool_limits(1):  # more threads are slower on matrices of this size, and not reproducible
            theta = _maximum(data, prior, advantage)
            covariance = np.linalg.inv(_information(data, theta, prior))
    except np.linalg.LinAlgError as error:
        message = "the advantage cannot be told from the strengths; give a prior such as 0.1"
        raise InputRefused.at("prior", message, "not_connected") from error
    count = data.count
    centre = np.eye(count) - 1 / count
    return PairFit(
        theta[:count] - theta[:count].mean(),
        centre @ covariance[:count, :count] @ centre,
        float(theta[count]) if advantage else None,
        float(np.sqrt(covariance[count, count])) if advantage else None,
        data.deviance(theta),
        islands,
        blocks,
    )


def bradley_terry(pairs: Pairs, *, prior: float = PRIOR, advantage: bool = False) -> Tally:
    """Rank candidates by their strength; arguments and refusals are those of ``fit_pairs``.

    Ranks go by six decimals. The error is that of the strength against the mean of all.
    """
    fit = fit_pairs(pairs, prior=prior, advantage=advantage)
    strengths = [round(strength, DIGITS) + 0.0 for strength in fit.strengths.tolist()]  # no minus before a zero
    won, lost = _record(pairs)
    figures = [
        {"strength": strength, "error": round(error, DIGITS), "wins": won[index], "losses": lost[index]}
        for index, (strength, error) in enumerate(zip(strengths, fit.errors.tolist(), strict=True))
    ]
    facts: dict[str, Any] = {"comparisons": sum(won), "prior": prior, "deviance": round(fit.deviance, DIGITS)}
    if fit.advantage is not None and fit.advantage_error is not None:
        facts |= {"advantage": round(fit.advantage, DIGITS), "advantage_error": round(fit.advantage_error, DIGITS)}
    ranked = place(pairs.candidates, competition_ranks(strengths), figures)
    return Tally(ranked, facts=facts, warnings=tuple(_warnings(pairs, fit)))


def _record(pairs: Pairs) -> tuple[list[Decimal], list[Decimal]]:
    won, lost = ([Fraction(0)] * len(pairs.candidates) for _ in range(2))
    for (first, second), (forward, back) in pairs.wins.items():
        if first != second:
            won[first], lost[first] = won[first] + forward, lost[first] + back
            won[second], lost[second] = won[second] + back, lost[second] + forward
    exact = ([Decimal(each.numerator) / each.denominator for each in column] for column in (won, lost))
    return next(exact), next(exact)


def _warnings(pairs: Pairs, fit: PairFit) -> Iterator[str]:
    names = np.array(pairs.candidates, dtype=object)
    groups = [sorted(names[fit.islands == label]) for label in np.unique(fit.islands)]
    if len(groups) > 1:
        told = "; ".join(_some(group) for group in groups[:_SHOWN])
        yield (
            f"no comparison joins these {len(groups)} groups, so only the prior says how they compare: {told}"
            + (" and others" if len(groups) > _SHOWN else "")
        )
    elif fit.blocks.max() > 0:
        yield (
            "some won, or lost, every comparison with all others; how far they are from these only the prior says: "
            + _some(sorted(names[_small_blocks(fit)]))
        )


def _small_blocks(fit: PairFit) -> NDArray[Any]:
    """Tell who is outside the largest group within which everyone is reached by wins; all, where nobody is in one."""
    sizes = np.bincount(fit.blocks)
    outside: NDArray[Any] = fit.blocks != sizes.argmax() if sizes.max() > 1 else np.ones(fit.blocks.size, dtype=bool)
    return outside


def _some(names: Sequence[str]) -> str:
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")


@dataclass(frozen=True, eq=False)
class _Data:
    """The comparisons as columns: first and second candidate, wins of each."""

    count: int
    first: NDArray[Any]
    second: NDArray[Any]
    won: FloatArray
    lost: FloatArray

    @classmethod
    def of(cls, pairs: Pairs) -> _Data:
        known = [(ends, both) for ends, both in sorted(pairs.wins.items()) if ends[0] != ends[1] and any(both)]
        rows = [(i, j, float(won), float(lost)) for (i, j), (won, lost) in known]
        if not rows:
            raise InputRefused.at("pairs", "no two candidates were compared; there is nothing to count", "no_ballots")
        first, second, won, lost = (np.array(column) for column in zip(*rows, strict=True))
        return cls(len(pairs.candidates), first, second, won, lost)

    def logits(self, theta: FloatArray) -> FloatArray:
        """Return the logit that the first wins, for each row; a strength beyond the candidates is the advantage."""
        found: FloatArray = theta[self.first] - theta[self.second] + theta[self.count :].sum()
        return found

    def deviance(self, theta: FloatArray) -> float:
        both, logit = self.won + self.lost, self.logits(theta)
        best = xlogy(self.won, self.won / both) + xlogy(self.lost, self.lost / both)
        return float(2 * (best - self.won * log_expit(logit) - self.lost * log_expit(-logit)).sum())


def _components(data: _Data, connection: str) -> NDArray[Any]:
    """Number the groups of candidates that wins connect."""
    winners = np.concatenate([data.first[data.won > 0], data.second[data.lost > 0]])
    losers = np.concatenate([data.second[data.won > 0], data.first[data.lost > 0]])
    graph = coo_array((np.ones(winners.size), (winners, losers)), shape=(data.count, data.count))
    labels: NDArray[Any] = connected_components(graph.tocsr(), directed=True, connection=connection)[1]
    return labels


def _maximum(data: _Data, prior: float, advantage: bool) -> FloatArray:
    theta = np.zeros(data.count + advantage)
    value = _objective(data, theta, prior)
    for _ in range(_STEPS):
        step = np.linalg.solve(_information(data, theta, prior), _gradient(data, theta, prior))
        while (after := _objective(data, theta + step, prior)) < value and np.abs(step).max() > _CLOSE:
            step /= 2
        theta, value = theta + step, after
        if np.abs(step).max() <= _CLOSE:
            return theta
    raise InputRefused.at("pairs", "the strengths do not settle; give a larger prior, such as 0.5", "no_maximum")


def _objective(data: _Data, theta: FloatArray, prior: float) -> float:
    phantom = prior * (log_expit(theta) + log_expit(-theta)).sum()
    return float(phantom - data.deviance(theta) / 2)


def _gradient(data: _Data, theta: FloatArray, prior: float) -> FloatArray:
    rest = data.won - (data.won + data.lost) * expit(data.logits(theta))
    gradient = np.bincount(data.first, rest, data.count) - np.bincount(data.second, rest, data.count)
    phantom: FloatArray = prior * (1 - 2 * expit(theta))
    phantom += np.append(gradient, [rest.sum()] * (theta.size - data.count))
    return phantom


def _information(data: _Data, theta: FloatArray, prior: float) -> FloatArray:
    """Return minus the second derivatives; without a prior the free level of the strengths is pinned to mean 0."""
    chance = expit(data.logits(theta))
    weight = (data.won + data.lost) * chance * (1 - chance)
    size, count = theta.size, data.count
    found = np.zeros((size, size))
    for row, column, sign in (
        (data.first, data.first, 1),
        (data.second, data.second, 1),
        (data.first, data.second, -1),
        (data.second, data.first, -1),
    ):
        np.add.at(found, (row, column), sign * weight)
    if size > count:
        cross = np.bincount(data.first, weight, count) - np.bincount(data.second, weight, count)
        found[:count, count] = found[count, :count] = cross
        found[count, count] = weight.sum()
    phantom = expit(theta)
    found[np.arange(size), np.arange(size)] += 2 * prior * phantom * (1 - phantom)
    if not prior:
        found[:count, :count] += 1 / count
    return found
