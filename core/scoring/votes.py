"""Scores in which voices of different weight meet: few votes beside many, a public beside a jury. Exact."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from juri.core.errors import InputRefused
from juri.core.scoring.aggregate import mean, some, total
from juri.core.scoring.matrix import Matrix
from juri.core.scoring.number import ExactColumn, IntArray, group_sums, plus, ratios, times
from juri.core.scoring.standings import EntryScores


def bayesian_mean(matrix: Matrix, prior: Fraction | None = None) -> EntryScores:
    """Return ``(sum x + m C) / (n + m)``: the mean as if ``m`` more sheets had given the mean ``C`` of all sheets.

    An entry with few sheets stays near the mean of all until more speak for it.

    Args:
        matrix: the sheets.
        prior: ``m``, 0 or more; None: the median number of sheets of the entries that have any.

    """
    raw = mean(matrix)
    sheets = matrix.sheets
    if not matrix.value.size:
        return raw
    if prior is None:
        ordered = np.sort(sheets[sheets > 0])
        prior = Fraction(int(ordered[(ordered.size - 1) // 2] + ordered[ordered.size // 2]), 2)
    count, whole = matrix.value.size, int(sum(matrix.value.tolist()))
    sums = times(group_sums(matrix.entry, matrix.value, len(matrix.entries)), count * prior.denominator)
    added = np.full(len(matrix.entries), prior.numerator * whole, dtype=object)
    weight = plus(times(sheets, prior.denominator), np.full(len(matrix.entries), prior.numerator))
    score = ratios(plus(sums, added), np.where(sheets > 0, weight, 0), count * matrix.scale)
    return EntryScores(
        score, raw.scored, raw.counted, (*raw.warnings, f"the mean of all counts for m = {prior} sheets")
    )


def jury_and_public(matrix: Matrix, public: str, share: Fraction | None = None) -> EntryScores:
    """Return what jury and public come to together; an entry that lacks one of them has no score.

    Without a share the points of all are added up, as in the Eurovision contests. With one, the public counts for that
    share and the mean of the jurors for the rest: both must then be on one scale, or the wider one decides alone.

    Args:
        matrix: the sheets; the public's stand among them as those of one juror.
        public: the juror that is the public.
        share: of the public, between 0 and 1; None: points are added.

    Raises:
        InputRefused: nobody of that name gave points, or nobody but the public did.

    """
    if not matrix.jurors:
        return mean(matrix)
    voted = _is_public(matrix, public)
    votes, jury = voted[matrix.juror], ~voted[matrix.juror]
    count = len(matrix.entries)
    of_public, of_jury = (np.bincount(matrix.entry[part], minlength=count) for part in (votes, jury))
    scored = (of_public > 0) & (of_jury > 0)
    warnings = [*_lacking(matrix, of_public, of_jury)]
    if share is None:
        return EntryScores(total(matrix).score, scored, np.ones(matrix.value.size, dtype=bool), tuple(warnings))
    sums = [group_sums(matrix.entry[part], matrix.value[part], count) for part in (votes, jury)]
    means = [ratios(each, many, matrix.scale) for each, many in zip(sums, (of_public, of_jury), strict=True)]
    weighted = [
        ExactColumn(times(each.numerators, part.numerator), each.denominator * part.denominator)
        for each, part in zip(means, (share, 1 - share), strict=True)
    ]
    warnings.extend(_unlike(matrix, votes, jury))
    return EntryScores(weighted[0].added(weighted[1]), scored, np.ones(matrix.value.size, dtype=bool), tuple(warnings))


def _is_public(matrix: Matrix, public: str) -> IntArray:
    voted = np.array([name == public for name in matrix.jurors], dtype=bool)
    if not voted.any() or voted.all():
        missing = "is nobody who gave points" if not voted.any() else "alone gave points, and no juror did"
        message = f"'{public}' {missing}; name the one who stands for the public, among {some(matrix.jurors)}"
        raise InputRefused.at("method.public", message, "no_public")
    return voted


def _lacking(matrix: Matrix, of_public: IntArray, of_jury: IntArray) -> list[str]:
    lacking = [
        (points, [matrix.entries[place] for place in np.flatnonzero((many == 0) & (other > 0))])
        for points, many, other in (("the public", of_public, of_jury), ("the jury", of_jury, of_public))
    ]
    return [f"no points of {who}, so no score: {some(names)}" for who, names in lacking if names]


def _unlike(matrix: Matrix, votes: IntArray, jury: IntArray) -> list[str]:
    """Warn where one side spreads more than twice as far as the other, and so decides whatever its share."""
    spans = [int(np.ptp(matrix.value[part])) for part in (votes, jury)]
    if max(spans) <= 2 * min(spans):
        return []
    wider = ("the public", "the jury")[spans.index(max(spans))]
    return [
        f"{wider} spreads its points more than twice as far as the other side, so it counts for more than its share"
    ]
