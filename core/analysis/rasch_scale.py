"""From scores to the categories of a Rasch model, and what in the design keeps its measures from being compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from juri.core.analysis.design import Design, FloatArray
from juri.core.analysis.rasch import MOST_CATEGORIES, Observations
from juri.core.scoring.matrix import Matrix
from juri.core.scoring.number import IntArray

CLASSES = 10
"""Into so many classes of equal width a longer scale is cut, between the least and greatest score of each criterion."""


@dataclass(frozen=True, eq=False)
class RatingScale:
    """Observations with the names of what they are about.

    ``names`` has those of entries, jurors and criteria; ``value`` the scores as they were given. ``labels`` says what
    each category stands for, ``is_cut`` whether the scale was cut into classes. ``subsets`` are the jurors by the
    part of the design they belong to: only within one can measures be compared.
    """

    observations: Observations
    names: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]
    value: FloatArray
    labels: tuple[str, ...]
    is_cut: bool
    subsets: tuple[tuple[str, ...], ...]


def rating_scale(criteria: Mapping[str, Matrix], classes: int | None = None) -> RatingScale:
    """Number the categories of the scores of each criterion; unused ones are left out, so that each has scores.

    A scale with more different scores than ``classes`` is cut into so many; without ``classes``, one with more than
    ``MOST_CATEGORIES`` into ``CLASSES``.
    """
    entries, jurors = (
        tuple(sorted({name for matrix in criteria.values() for name in names(matrix)})) for names in (_entries, _jurors)
    )
    parts = [
        (*_numbered(matrix, entries, jurors), np.full(matrix.entry.size, number), Design.of(matrix).value)
        for number, matrix in enumerate(criteria.values())
    ]
    entry, juror, criterion, value = (np.concatenate(column) for column in zip(*parts, strict=True))
    distinct, category = np.unique(value, return_inverse=True)
    labels = tuple(f"{each:g}" for each in distinct)
    is_cut = distinct.size > (classes or MOST_CATEGORIES)
    if is_cut:
        used, category = np.unique(_classes(value, criterion, classes or CLASSES), return_inverse=True)
        labels = tuple(f"class {each + 1}" for each in used)
    sizes = (len(entries), len(jurors), len(criteria))
    observations = Observations((entry, juror, criterion), sizes, category, len(labels) - 1)
    subsets = _subsets(entry, juror, jurors, len(entries))
    return RatingScale(observations, (entries, jurors, tuple(criteria)), value, labels, is_cut, subsets)


def _entries(matrix: Matrix) -> tuple[str, ...]:
    return tuple(matrix.entries[at] for at in np.unique(matrix.entry))


def _jurors(matrix: Matrix) -> tuple[str, ...]:
    return tuple(matrix.jurors[at] for at in np.unique(matrix.juror))


def _numbered(matrix: Matrix, entries: tuple[str, ...], jurors: tuple[str, ...]) -> tuple[IntArray, IntArray]:
    places = ({name: at for at, name in enumerate(names)} for names in (entries, jurors))
    to_entry, to_juror = (
        np.array([at.get(name, 0) for name in names], dtype=np.int64)
        for at, names in zip(places, (matrix.entries, matrix.jurors), strict=True)
    )
    return to_entry[matrix.entry], to_juror[matrix.juror]


def _classes(value: FloatArray, criterion: IntArray, classes: int) -> IntArray:
    found = np.zeros(value.size, dtype=np.int64)
    for number in np.unique(criterion):
        own = criterion == number
        least, greatest = value[own].min(), value[own].max()
        if greatest > least:
            part = (value[own] - least) / (greatest - least)
            found[own] = np.minimum((part * classes).astype(np.int64), classes - 1)
    return found


def _subsets(entry: IntArray, juror: IntArray, jurors: tuple[str, ...], entries: int) -> tuple[tuple[str, ...], ...]:
    pairs = np.unique(np.stack([entry, juror]), axis=1)
    design = Design(pairs[0], pairs[1], np.zeros(pairs.shape[1]), entries, len(jurors))
    parts: dict[int, list[str]] = {}
    for at in np.flatnonzero(design.loads):
        parts.setdefault(int(design.islands[at]), []).append(jurors[at])
    return tuple(map(tuple, parts.values()))
