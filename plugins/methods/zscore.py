"""The method ``zscore``: each sheet in units of its juror's own spread. Fair only where jurors saw equal entries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, validate

from juri.core.extension import Method
from juri.core.scoring.matrix import Matrix
from juri.core.scoring.standings import EntryScores
from juri.plugins import hookimpl
from juri.plugins.options import Whole


class ZScoreOptions(Schema):
    """``prior`` mixes so many sheets of everybody's spread into each juror's own: 10 steadies those with few."""

    prior = Whole(load_default=0, validate=validate.Range(min=0))


def rank(matrix: Matrix, options: Mapping[str, Any]) -> EntryScores:
    """Score each entry with the mean of ``(y_ij - m_j) / s_j`` over its jurors: ``m_j`` and ``s_j`` are juror j's own.

    As FIRST LEGO League standardises scores (fll-sw). Refused where jurors fall into groups without a common entry;
    warns where a juror has fewer than 20 sheets and where jurors evidently did not see equally good entries. Scores
    are rounded to six places, and exact from there on.
    """
    from juri.core.analysis.corrected import z_scores

    return z_scores(matrix, options["prior"])


@hookimpl
def juri_methods() -> list[Method]:
    """Offer the method ``zscore``."""
    return [
        Method(name="zscore", title="Z-score by juror", version="1", rank=rank, options=ZScoreOptions, corrects=True)
    ]
