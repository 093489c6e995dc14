"""The plenary: rules propose, the panel decides in a meeting with a quorum, and each departure has its reason."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from juri.core.document import RuleUse
from juri.core.extension import RecordType, StageKind
from juri.core.view import Outcome, StageView
from juri.plugins import hookimpl
from juri.plugins.cutting import against_missing_ranking, against_rules, cut
from juri.plugins.options import YES_NO, RankingOf, Whole, not_blank, rules_by_track
from juri.plugins.views import count, in_force, undecided_left

ATTENDANCE = "attendance"
HUMAN = RuleUse("human")


class PlenaryOptions(Schema):
    """``panel`` meets; at least ``quorum`` of it must be present (null: the rule book names none).

    ``proposes`` is the cut rule that makes the proposal, one for all tracks or one for each; left out, nobody is
    proposed and the panel picks. ``of`` is the ranking it looks at.

    Needed by: national KIPP (finalists and winners are fixed in plenary, with regard to regions and clusters),
    Krenova Jawa Tengah (the governor decides on the jury's proposal), Kotamobagu.
    """

    panel = fields.String(required=True, validate=not_blank())
    quorum = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))
    of = RankingOf(load_default=None)
    proposes = rules_by_track("cut_rules", load_default=HUMAN)

    @validates_schema
    def require_a_ranking(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse a rule that has no ranking to look at.

        Raises:
            ValidationError: ``of`` is missing.

        """
        rules = [data["proposes"]] if isinstance(data["proposes"], RuleUse) else list(data["proposes"].values())
        if data["of"] is None and any(use.rule != HUMAN.rule for use in rules):
            raise ValidationError("Say which ranking the proposal is made from.", "of")


class AttendanceRecord(Schema):
    """Whether a juror (the subject of the record) is present."""

    present = fields.String(required=True, validate=validate.OneOf(YES_NO))
    note = fields.String()


def propose(view: StageView) -> Outcome:
    """Propose by the rule of each track; what the panel decides is kept apart, in its decisions."""
    return cut(view, view.options["proposes"], view.options["of"])


def against_opening(view: StageView) -> list[str]:
    """Say which rule cannot be applied."""
    return against_rules(view, view.options["proposes"])


def against_closing(view: StageView) -> list[str]:
    """Say which standings are not there yet."""
    return against_missing_ranking(view, view.options["of"])


def against_sealing(view: StageView) -> list[str]:
    """Say whether too few were present, and which entries nobody has decided."""
    return [*_against_quorum(view), *undecided_left(view)]


def _against_quorum(view: StageView) -> list[str]:
    wanted = view.options["quorum"]
    present = {juror for (_, juror), record in in_force(view, ATTENDANCE).items() if record.data["present"] == "yes"}
    if wanted is None or len(present) >= wanted:
        return []
    return [f"no quorum: {count(len(present), 'juror')} present, {wanted} needed"]


@hookimpl
def juri_stage_kinds() -> list[StageKind]:
    """Offer the plenary."""
    roles = frozenset({"panel_chair", "secretariat", "organiser"})
    attendance = RecordType(AttendanceRecord, roles, "Attendance at the plenary", per_entry=False, after_close=True)
    return [
        StageKind(
            name="plenary",
            title="Plenary",
            version="1",
            people_decide=True,
            outcome=propose,
            options=PlenaryOptions,
            records={ATTENDANCE: attendance},
            against_opening=against_opening,
            against_closing=against_closing,
            against_sealing=against_sealing,
        )
    ]
