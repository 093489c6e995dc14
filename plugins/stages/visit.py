"""The field verification: claims of an entry confirmed or refuted with evidence, as a gate or as a scored step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import ceil
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from juri.core.errors import Problem
from juri.core.extension import RecordType, StageKind
from juri.core.view import ADVANCE, STOP, UNDECIDED, EntryFacts, Outcome, Proposal, Record, StageView
from juri.plugins import hookimpl
from juri.plugins.judging import JudgingOptions, against_judging, against_missing_sheets, judge
from juri.plugins.options import Exact, Reference, Whole, Wording, known_policy, names_by_track, not_blank
from juri.plugins.views import by_code, count, entries_text, in_force, some

CLAIM = "claim"
REFUTED = "claim_refuted"
SCORED = "scored"
GATE = "gate"

Findings = Mapping[str, str]
"""What was found for each claim of an entry."""


class ClaimOptions(Schema):
    """What is verified on the spot."""

    id = fields.String(required=True, validate=not_blank())
    text = Wording(required=True)


class SampleOptions(Schema):
    """How many entries must be visited at least: a ``share`` between 0 and 1 (rounded up) or a ``count``."""

    share = Exact(validate=validate.Range(min=0, min_inclusive=False, max=1))
    count = Whole(validate=validate.Range(min=1))

    @validates_schema
    def require_one(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse both and neither.

        Raises:
            ValidationError: not exactly one of the two is given.

        """
        if len(data) != 1:
            raise ValidationError("Write a share or a count.")


class VisitOptions(JudgingOptions):
    """``mode: gate`` stops entries with more than ``tolerate`` refuted claims; ``mode: scored`` ranks by scorecards.

    ``claims`` lists what is verified. Without ``sample`` every entry is visited; with it, at least so many are, and an
    entry that was not visited goes on. ``scored`` takes the options of scoring, ``gate`` refuses them.

    As a gate: national KIPP (a sample of the finalists), KIJB, Sulawesi Selatan. Scored: LIVID, Kotamobagu, Buleleng.
    """

    mode = fields.String(required=True, validate=validate.OneOf((GATE, SCORED)))
    claims = fields.List(fields.Nested(ClaimOptions), load_default=list)
    sample = fields.Nested(SampleOptions, load_default=None)
    tolerate = Whole(load_default=0, validate=validate.Range(min=0))
    panel = fields.String(load_default=None, validate=not_blank())
    rubric = names_by_track(load_default=None)
    method = Reference("methods", key="name", load_default=None)
    missing = fields.String(load_default=None, validate=known_policy)

    @validates_schema
    def check_mode(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse a scored visit without the keys of scoring, and a gate with them or without claims.

        Raises:
            ValidationError: lists every key that is missing or out of place.

        """
        keys = ("panel", "rubric", "method", "missing")
        if data["mode"] == SCORED:
            wrong = {key: ["A scored visit needs this."] for key in keys if data[key] is None}
        else:
            wrong = {key: ["A visit as a gate has no scores; write mode: scored."] for key in keys if data[key]}
            wrong |= {} if data["claims"] else {"claims": ["A visit as a gate needs claims to verify."]}
        if wrong:
            raise ValidationError(wrong)


class ClaimRecord(Schema):
    """What was found for one claim; there is no finding without evidence."""

    finding = fields.String(required=True, validate=validate.OneOf(("confirmed", "partly", "refuted")))
    evidence = fields.List(fields.String(validate=not_blank()), required=True, validate=validate.Length(min=1))
    note = fields.String()


def _check(view: StageView, record: Record) -> Iterator[Problem]:
    known = [claim["id"] for claim in view.options["claims"]]
    if record.subject not in known:
        yield Problem("subject", f"'{record.subject}' is not a claim of this stage; its claims are: {', '.join(known)}")


def visit(view: StageView) -> Outcome:
    """Rank the sheets of a scored visit; at a gate, stop entries with too many refuted claims."""
    if view.options["mode"] == SCORED:
        return judge(view)
    findings = _findings(view)
    return Outcome(tuple(_proposal(view, entry, findings.get(entry.code, {})) for entry in by_code(view.entries)))


def _findings(view: StageView) -> dict[str, dict[str, str]]:
    claims = {claim["id"] for claim in view.options["claims"]}
    found: dict[str, dict[str, str]] = {}
    for (entry, claim), record in in_force(view, CLAIM).items():
        if claim in claims:
            found.setdefault(entry, {})[claim] = record.data["finding"]
    return found


def _proposal(view: StageView, entry: EntryFacts, findings: Findings) -> Proposal:
    tolerated = view.options["tolerate"]
    rule = f"at most {count(tolerated, 'refuted claim')}"
    refuted = sorted(claim for claim, finding in findings.items() if finding == "refuted")
    if len(refuted) > tolerated:
        reason = f"{count(len(refuted), 'claim')} refuted: {', '.join(refuted)}"
        return Proposal(entry.code, STOP, rule, reason, (REFUTED,))
    open_ = [claim["id"] for claim in view.options["claims"] if claim["id"] not in findings]
    if not findings and view.options["sample"]:
        return Proposal(entry.code, ADVANCE, rule, "not in the sample that was visited")
    if open_:
        return Proposal(entry.code, UNDECIDED, rule, f"not verified yet: {', '.join(open_)}")
    partly = sorted(claim for claim, finding in findings.items() if finding == "partly")
    said = [f"{what}: {', '.join(claims)}" for what, claims in (("refuted", refuted), ("partly", partly)) if claims]
    return Proposal(entry.code, ADVANCE, rule, "; ".join(said) or "every claim confirmed")


def against_opening(view: StageView) -> list[str]:
    """Say what in the options of a scored visit would fail."""
    return against_judging(view) if view.options["mode"] == SCORED else []


def against_closing(view: StageView) -> list[str]:
    """Say which claims are not verified, whether the sample is too small, and whose sheets are missing."""
    findings = _findings(view)
    reasons = against_missing_sheets(view) if view.options["mode"] == SCORED else []
    wanted = _sample_size(view)
    if len(findings) < wanted:
        reasons.append(f"{entries_text(len(findings))} visited, at least {wanted} must be")
    reasons.extend(_unverified(view, findings))
    return reasons


def _sample_size(view: StageView) -> int:
    sample, total = view.options["sample"], len(view.entries)
    if not view.options["claims"] or sample is None:
        return 0
    return min(total, sample["count"] if "count" in sample else ceil(Fraction(sample["share"]) * total))


def _unverified(view: StageView, findings: Mapping[str, Findings]) -> Iterator[str]:
    claims = [claim["id"] for claim in view.options["claims"]]
    visited = [e.code for e in by_code(view.entries) if e.code in findings or view.options["sample"] is None]
    open_ = [code for code in visited if any(claim not in findings.get(code, {}) for claim in claims)]
    if open_:
        yield f"{entries_text(len(open_))} with claims that are not verified yet: {some(open_)}"


@hookimpl
def juri_stage_kinds() -> list[StageKind]:
    """Offer the visit."""
    roles = frozenset({"juror", "secretariat", "organiser"})
    return [
        StageKind(
            name="visit",
            title="Field verification",
            version="1",
            outcome=visit,
            options=VisitOptions,
            records={CLAIM: RecordType(ClaimRecord, roles, "Finding on a claim", check=_check)},
            judged=True,
            against_opening=against_opening,
            against_closing=against_closing,
        )
    ]
