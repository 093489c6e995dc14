"""The method ``trimmed``: the mean of an entry's sheets without its lowest and highest ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from juri.core.extension import Method
from juri.core.scoring.aggregate import Trim, trimmed_mean
from juri.core.scoring.matrix import Matrix
from juri.core.scoring.standings import EntryScores
from juri.plugins import hookimpl
from juri.plugins.options import Whole

_NOT_NEGATIVE = validate.Range(min=0)


class TrimmedOptions(Schema):
    """How many sheets are dropped.

    Either ``low`` and ``high`` (1 each, unless said otherwise), for entries with at least ``min_sheets`` sheets (the
    least number that leaves one, unless said otherwise); or ``per_n: {9: [1, 1], 8: [1, 1]}``, the low and the high
    number by number of sheets, where other numbers drop nothing.
    """

    low = Whole(load_default=None, allow_none=True, validate=_NOT_NEGATIVE)
    high = Whole(load_default=None, allow_none=True, validate=_NOT_NEGATIVE)
    min_sheets = Whole(load_default=None, allow_none=True, validate=_NOT_NEGATIVE)
    per_n = fields.Dict(
        keys=Whole(validate=validate.Range(min=1)),
        values=fields.List(Whole(validate=_NOT_NEGATIVE), validate=validate.Length(equal=2)),
        load_default=None,
        allow_none=True,
    )

    @validates_schema
    def check(self, data: Mapping[str, Any], **_: Any) -> None:
        """Refuse a rule that contradicts itself or would leave no sheet."""
        problems = list(_per_n_problems(data) if data["per_n"] is not None else _least_problems(data))
        if problems:
            raise ValidationError(problems)


def _per_n_problems(data: Mapping[str, Any]) -> Iterator[str]:
    if any(data[name] is not None for name in ("low", "high", "min_sheets")):
        yield "per_n says it all: remove low, high and min_sheets, or per_n."
    for sheets, (low, high) in data["per_n"].items():
        if low + high >= sheets:
            yield f"per_n would drop {low} + {high} of {sheets} sheets and leave none."


def _least_problems(data: Mapping[str, Any]) -> Iterator[str]:
    trim = _trim(data)
    if data["min_sheets"] is not None and data["min_sheets"] <= trim.low + trim.high:
        yield f"min_sheets must be more than the {trim.low} + {trim.high} sheets that are dropped."


def _trim(options: Mapping[str, Any]) -> Trim:
    return Trim(*(1 if options[name] is None else options[name] for name in ("low", "high")))


def rank(matrix: Matrix, options: Mapping[str, Any]) -> EntryScores:
    """Score each entry with the mean of the sheets that are left."""
    trim = _trim(options)
    least = trim.low + trim.high + 1 if options["min_sheets"] is None else options["min_sheets"]
    per_n = None if options["per_n"] is None else {n: Trim(*rule) for n, rule in options["per_n"].items()}
    return trimmed_mean(matrix, trim, least, per_n)


@hookimpl
def juri_methods() -> list[Method]:
    """Offer the method ``trimmed``."""
    return [Method(name="trimmed", title="Trimmed mean", version="1", rank=rank, options=TrimmedOptions)]
