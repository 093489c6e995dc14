"""The rubric kind ``banded``: a total of points or weighted marks, and the grade of the band that it falls into."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor
from typing import Any

from marshmallow import Schema, fields, validate

from juri.core.errors import InputRefused, Problem
from juri.core.extension import RubricKind
from juri.core.scoring.number import ROUNDING_MODES, round_fraction
from juri.core.scoring.rubric import Answer, Criterion, Rubric, Score
from juri.core.scoring.tree import exact_text
from juri.plugins import hookimpl
from juri.rubrics.kinds import points, weighted

INNER = {"weighted": weighted.KIND, "points": points.KIND}
"""The kinds whose total can be banded."""

_BOUNDS = {"weighted": weighted.total_bounds, "points": points.total_bounds}


class BandSchema(Schema):
    """A band: its grade and its inclusive bounds; a bound left out goes up to the next band."""

    grade = fields.String(required=True, validate=validate.Length(min=1))
    min = fields.Decimal(allow_nan=False)
    max = fields.Decimal(allow_nan=False)


class BandRounding(Schema):
    """How a total is rounded, once, before it is banded."""

    decimals = fields.Integer(required=True, validate=validate.Range(0, 9))
    mode = fields.String(load_default="half_up", validate=validate.OneOf(list(ROUNDING_MODES)))


class BandedOptions(weighted.WeightedOptions):
    """The keys of a banded rubric: ``bands``, ``rounding``, ``inner``, and those of the inner kind."""

    inner = fields.String(load_default="weighted", validate=validate.OneOf(list(INNER)))
    bands = fields.List(fields.Nested(BandSchema), required=True, validate=validate.Length(min=1))
    rounding = fields.Nested(BandRounding)


@dataclass(frozen=True)
class Band:
    """One band; ``least`` and ``most`` belong to it, None means that it is open on that side."""

    grade: str
    least: Fraction | None
    most: Fraction | None


def prepare(criterion: Criterion) -> Criterion:
    """Give an item of points its scale where it says ``maximum`` or ``step``."""
    return points.with_own_scale(criterion)


def score(rubric: Rubric, answers: Mapping[str, Answer]) -> Score:
    """Work out the total by the ``inner`` kind (weighted or points), and the grade of its band.

    The total stays exact; only the figure that is looked up in the bands is rounded, by ``rounding``. With inner
    points, an item says its maximum as ``maximum`` or as its scale.

    Source: Krenova Kota Magelang 2019 (A from 90, B from 80, C from 70, D below); bands that close on two decimals
    (60.01, 65.01) or one (86.9, 87) stand in the forms of other contests.
    """
    found = inner_kind(rubric).score(rubric, answers)
    return replace(found, grade=grade_of(rubric, found.total))


def grade_of(rubric: Rubric, total: Fraction) -> str:
    """Return the grade of a total, such as one juror's, or the mean over all.

    Raises:
        InputRefused: the total is in no band; a rubric that passed ``check`` has one for each total within its bounds.

    """
    figure = rounded(rubric, total)
    for band in bands(rubric):
        if band.least is None or figure >= band.least:
            if band.most is not None and figure > band.most:
                break
            return band.grade
    raise InputRefused.at("bands", f"the total {exact_text(figure)} is in no band", "no_band")


def bands(rubric: Rubric) -> list[Band]:
    """Return the bands, best first."""
    found = [
        Band(band["grade"], _bound(band.get("min")), _bound(band.get("max")))
        for band in rubric.options.get("bands", ())
    ]
    return sorted(found, key=lambda band: (band.least is not None, band.least or Fraction(0)), reverse=True)


def rounded(rubric: Rubric, total: Fraction) -> Fraction:
    """Round a total as the rubric declares; it stays as it is where nothing is declared."""
    rounding: Mapping[str, Any] | None = rubric.options.get("rounding")
    return round_fraction(total, rounding["decimals"], rounding.get("mode", "half_up")) if rounding else total


def inner_kind(rubric: Rubric) -> RubricKind:
    """Return the kind that works out the total."""
    return INNER[rubric.options.get("inner", "weighted")]


def check(rubric: Rubric) -> list[Problem]:
    """List what is wrong with the total, or else with the bands: gaps, overlaps and doubled grades."""
    ordered = bands(rubric)
    if not ordered:
        return [Problem("bands", "a banded rubric needs bands; list them, each with its grade", "no_bands")]
    return list(inner_kind(rubric).check(rubric)) or list(_band_problems(rubric, ordered))


def total_bounds(rubric: Rubric) -> tuple[Fraction, Fraction]:
    """Return the least and the greatest total."""
    return _BOUNDS[rubric.options.get("inner", "weighted")](rubric)


def _bound(value: Decimal | None) -> Fraction | None:
    return None if value is None else Fraction(value)


def _band_problems(rubric: Rubric, ordered: Sequence[Band]) -> Iterator[Problem]:
    grades = [band.grade for band in ordered]
    for grade in sorted({grade for grade in grades if grades.count(grade) > 1}):
        yield Problem("bands", f"the grade '{grade}' has two bands; join them or rename one", "double_grade")
    for band in ordered:
        if band.least is not None and band.most is not None and band.least > band.most:
            yield Problem("bands", f"the band '{band.grade}' ends before it begins; swap its bounds", "empty_band")
    for higher, lower in pairwise(ordered):
        yield from _seam_problems(rubric, higher, lower)
    least, most = (rounded(rubric, bound) for bound in total_bounds(rubric))
    if ordered[-1].least is not None and least < ordered[-1].least:
        message = f"totals from {exact_text(least)} up to {exact_text(ordered[-1].least)} are in no band; add one"
        yield Problem("bands", message, "gap")
    if ordered[0].most is not None and most > ordered[0].most:
        message = f"totals above {exact_text(ordered[0].most)} up to {exact_text(most)} are in no band; add one"
        yield Problem("bands", message, "gap")


def _seam_problems(rubric: Rubric, higher: Band, lower: Band) -> Iterator[Problem]:
    if higher.least is None:
        message = (
            f"'{higher.grade}' and '{lower.grade}' have no lower bound both; only the lowest band may leave it out"
        )
        yield Problem("bands", message, "overlap")
    elif higher.least == lower.least:
        message = f"'{higher.grade}' and '{lower.grade}' both begin at {exact_text(higher.least)}; move one"
        yield Problem("bands", message, "overlap")
    elif lower.most is not None:
        yield from _closed_seam_problems(rubric, higher, lower, higher.least, lower.most)


def _closed_seam_problems(
    rubric: Rubric, higher: Band, lower: Band, least: Fraction, most: Fraction
) -> Iterator[Problem]:
    names = f"'{lower.grade}' (up to {exact_text(most)}) and '{higher.grade}' (from {exact_text(least)})"
    rounding = rubric.options.get("rounding")
    if most >= least:
        yield Problem("bands", f"{names} overlap: both take {exact_text(least)}; move one of the bounds", "overlap")
    elif rounding is None:
        message = f"between {names} lie totals of no band; declare 'rounding', or leave the upper bound out"
        yield Problem("bands", message, "gap")
    else:
        steps = 10 ** rounding["decimals"]
        if floor(most * steps) + 1 < ceil(least * steps):
            message = (
                f"between {names} lie totals of no band, such as {exact_text(Fraction(floor(most * steps) + 1, steps))}"
                f" after rounding to {rounding['decimals']} decimals; move one of the bounds"
            )
            yield Problem("bands", message, "gap")


KIND = RubricKind(
    name="banded",
    title="Grades by bands of the total",
    version="1",
    score=score,
    options=BandedOptions,
    criterion_options=points.PointsItemOptions,
    prepare=prepare,
    check=check,
    bounds=total_bounds,
)


@hookimpl
def juri_rubric_kinds() -> list[RubricKind]:
    """Offer the kind ``banded``."""
    return [KIND]
