"""The method ``jury_public``: the points of a jury and those of the public together."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from marshmallow import Schema, fields, validate

from juri.core.extension import Method
from juri.core.scoring.matrix import Matrix
from juri.core.scoring.standings import EntryScores
from juri.core.scoring.votes import jury_and_public
from juri.plugins import hookimpl
from juri.plugins.options import Exact, not_blank

_WHOLE = 100


class JuryPublicOptions(Schema):
    """``public`` names the juror that is the public; ``share`` is its weight in percent (else points are added)."""

    public = fields.String(
        required=True,
        validate=not_blank(),
        error_messages={"required": "Name the juror that stands for the public: public=NAME."},
    )
    share = Exact(load_default=None, allow_none=True, validate=validate.Range(min=Decimal(0), max=Decimal(_WHOLE)))


def rank(matrix: Matrix, options: Mapping[str, Any]) -> EntryScores:
    """Score each entry with the points of jury and public, added up or weighted. Exact.

    The Junior Eurovision finals 2017 to 2024 add both up; equal sums go to the higher points of the public: the tie
    rule ``juror:NAME`` with the public's name.
    """
    share = None if options["share"] is None else Fraction(options["share"]) / _WHOLE
    return jury_and_public(matrix, options["public"], share)


@hookimpl
def juri_methods() -> list[Method]:
    """Offer the method ``jury_public``."""
    return [Method(name="jury_public", title="Jury and public", version="1", rank=rank, options=JuryPublicOptions)]
