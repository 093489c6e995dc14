"""The cut: a rule turns the standings of earlier stages into who goes on."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema

from juri.core.document import RuleUse
from juri.core.extension import StageKind
from juri.core.view import Outcome, StageView
from juri.plugins import hookimpl
from juri.plugins.cutting import against_missing_ranking, against_rules, cut
from juri.plugins.options import RankingOf, rules_by_track
from juri.plugins.views import undecided_left


class CutOptions(Schema):
    """``rule`` cuts the ranking ``of`` a stage, or of several combined; one rule for all tracks, or one for each.

    ``of`` may be left out where a person picks (``rule: human``). ``merge_tracks`` lets the tracks compete for the
    same places, by score alone. The quotas of merged tracks are added up.

    Needed by: national KIPP (2 times the quota in 2023, at least 85 in 2025), Krenova Jawa Tengah (40 to the
    presentation), KIJB (places by cluster), KOVABLIK (a person picks).
    """

    of = RankingOf(load_default=None)
    rule = rules_by_track("cut_rules", required=True)
    merge_tracks = fields.Boolean(load_default=False, truthy={True}, falsy={False})

    @validates_schema
    def require_a_ranking(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse a rule that has no ranking to cut, and rules by track where there are no tracks left.

        Raises:
            ValidationError: ``of`` is missing, or ``merge_tracks`` stands beside rules by track.

        """
        rules = [data["rule"]] if isinstance(data["rule"], RuleUse) else list(data["rule"].values())
        if data["of"] is None and any(use.rule != "human" for use in rules):
            raise ValidationError("Say which ranking is cut: the id of a stage, or a combination.", "of")
        if data["merge_tracks"] and not isinstance(data["rule"], RuleUse):
            raise ValidationError("Merged tracks have one rule.", "rule")


def cut_standings(view: StageView) -> Outcome:
    """Propose who goes on, track by track or over all of them."""
    return cut(view, view.options["rule"], view.options["of"], merge=view.options["merge_tracks"])


def against_opening(view: StageView) -> list[str]:
    """Say which rule cannot be applied."""
    return against_rules(view, view.options["rule"])


def against_closing(view: StageView) -> list[str]:
    """Say which standings are not there yet."""
    return against_missing_ranking(view, view.options["of"])


@hookimpl
def juri_stage_kinds() -> list[StageKind]:
    """Offer the cut."""
    return [
        StageKind(
            name="cut",
            title="Cut",
            version="1",
            outcome=cut_standings,
            options=CutOptions,
            against_opening=against_opening,
            against_closing=against_closing,
            against_sealing=undecided_left,
        )
    ]
