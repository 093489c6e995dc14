"""The stage in which a panel fills scorecards: proposals read at the desk, or any other judging without a meeting."""

from __future__ import annotations

from juri.core.extension import StageKind
from juri.plugins import hookimpl
from juri.plugins.judging import JudgingOptions, against_judging, against_missing_sheets, judge


@hookimpl
def juri_stage_kinds() -> list[StageKind]:
    """Offer the scoring."""
    return [
        StageKind(
            name="scoring",
            title="Scoring by a panel",
            version="1",
            outcome=judge,
            options=JudgingOptions,
            judged=True,
            against_opening=against_judging,
            against_closing=against_missing_sheets,
        )
    ]
