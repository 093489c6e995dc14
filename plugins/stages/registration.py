"""The stage in which entries are written, handed up the chain of roles and submitted."""

from __future__ import annotations

from marshmallow import Schema, ValidationError, fields, validate

from juri.core.extension import StageKind
from juri.core.view import ADVANCE, STOP, EntryFacts, Outcome, Proposal, StageView
from juri.plugins import hookimpl
from juri.plugins.views import by_code

NOT_SUBMITTED = "not_submitted"
ROLES = ("unit", "local_admin")
REGISTRATION, RESULT = "registration", "result"


def _in_order(chain: list[str]) -> None:
    if chain != [role for role in ROLES if role in chain]:
        raise ValidationError(f"Name each role once, in the order {', '.join(ROLES)}.")


class RegistrationOptions(Schema):
    """``chain``: through whose hands an entry goes before it is submitted; the last one submits.

    ``[unit, local_admin]`` is the national KIPP (a work unit writes, the agency's admin submits: in 2023 3,110 were
    registered and 2,269 submitted); ``[unit]``, the default, fits contests of persons such as Krenova.
    ``withdraw_until``: how long an entrant may take an entry back by themselves, while registration is open
    (``registration``, also without it) or until the last decision is sealed (``result``).
    """

    chain = fields.List(
        fields.String(validate=validate.OneOf(ROLES)),
        load_default=lambda: ["unit"],
        validate=[validate.Length(min=1), _in_order],
    )
    withdraw_until = fields.String(validate=validate.OneOf((REGISTRATION, RESULT)))


def close_registration(view: StageView) -> Outcome:
    """Let every entry go on that was submitted; what still lies with a unit or a local admin stops here."""
    return Outcome(tuple(_proposal(entry, view.options["chain"][-1]) for entry in by_code(view.entries)))


def _proposal(entry: EntryFacts, last: str) -> Proposal:
    if entry.submitted_at is not None:
        return Proposal(entry.code, ADVANCE, "submitted in time", f"submitted at {entry.submitted_at.isoformat()}")
    reason = f"never submitted: '{last}' had to submit it before registration closed"
    return Proposal(entry.code, STOP, "submitted in time", reason, (NOT_SUBMITTED,))


@hookimpl
def juri_stage_kinds() -> list[StageKind]:
    """Offer the registration."""
    return [
        StageKind(
            name="registration",
            title="Registration",
            version="1",
            advances_as="submitted",
            stops_as="lapsed",
            outcome=close_registration,
            options=RegistrationOptions,
            takes_entries=True,
        )
    ]
