"""What stands in the way of a stage's next step: asked by the verbs before they act, and by pages before people do."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from juri.core.editions.gate import find_stage
from juri.core.editions.model import StageRow
from juri.core.editions.verbs import Running
from juri.core.errors import JuriError, PluginError
from juri.core.extension import StageKind
from juri.core.judging.paper import waiting_sheets
from juri.core.stages.views import stage_view
from juri.core.view import UNDECIDED, Outcome, StageView

Answer = TypeVar("Answer")

NEXT_STEP = {"planned": "open", "open": "close", "closed": "seal", "sealed": "publish"}
"""The step that follows, by the stage's state; nothing follows where it is published."""

_SHOWN = 5


def obstacles(session: Session, running: Running, key: str) -> list[str]:
    """List everything that keeps a stage from its next step (opened, closed, sealed); empty: go ahead.

    A deadline that lies ahead is none: a stage may be closed early, with a reason.
    """
    row = find_stage(session, running.id, key)
    kind = running.registry.find(StageKind, row.kind)
    step = NEXT_STEP.get(row.state, "")
    if step == "open":
        return _against_opening(session, running, row, kind)
    if step == "close":
        return against_closing(session, running, row, kind, stage_view(session, running, row))
    return against_sealing(running, kind, stage_view(session, running, row)) if step == "seal" else []


def _against_opening(session: Session, running: Running, row: StageRow, kind: StageKind) -> list[str]:
    if running.state not in {"open", "judging"}:
        return [closed_edition(running)]
    waiting = [seal_first(*each) for each in not_sealed_before(session, running, row)]
    return waiting or kind_reasons(running, kind, "against_opening", stage_view(session, running, row))


def closed_edition(running: Running) -> str:
    """Say that no stage opens while its edition is not open."""
    return f"the edition is {running.state}; open the edition first"


def seal_first(key: str, state: str) -> str:
    """Say that an earlier stage must be sealed before."""
    return f"stage '{key}' is {state}; seal it first"


def against_closing(session: Session, running: Running, row: StageRow, kind: StageKind, view: StageView) -> list[str]:
    """List what keeps an open stage from being closed: what its kind says, and typed sheets that nobody looked at."""
    waiting = len(waiting_sheets(session, running, row.key))
    typed = f"sheets typed from paper wait for a second person: {waiting}; confirm or reject them first"
    return [*kind_reasons(running, kind, "against_closing", view), *([typed] if waiting else [])]


def against_sealing(running: Running, kind: StageKind, view: StageView) -> list[str]:
    """List what keeps a closed stage from being sealed: what its kind says, and entries that nobody decided."""
    reasons = kind_reasons(running, kind, "against_sealing", view)
    undecided = undecided_entries(view)
    some = f"{len(undecided)} entries are not decided, such as {', '.join(undecided[:_SHOWN])}; decide first"
    return [*reasons, *([some] if undecided and some not in reasons else [])]


def undecided_entries(view: StageView) -> list[str]:
    """Return the entries of a stage without a decision."""
    return [entry.code for entry in view.entries if view.decided.get(entry.code, UNDECIDED) == UNDECIDED]


def not_sealed_before(session: Session, running: Running, row: StageRow) -> list[tuple[str, str]]:
    """Return the earlier stages that decide who takes part in this one and are not sealed yet, with their states."""
    earlier = session.execute(
        select(StageRow.key, StageRow.state, StageRow.kind)
        .where(StageRow.edition_id == running.id, StageRow.position < row.position)
        .order_by(StageRow.position)
    )
    tracks = set(running.stage(row.key).tracks)
    return [
        (key, state)
        for key, state, kind in earlier
        if state not in {"sealed", "published"}
        and running.registry.find(StageKind, kind).blocks
        and (not tracks or not running.stage(key).tracks or tracks & set(running.stage(key).tracks))
    ]


def against_reopening(session: Session, running: Running, row: StageRow) -> list[str]:
    """List what keeps a stage from being opened again: its state, and the later stages that rest on it."""
    if row.state not in {"closed", "sealed", "published"}:
        return [f"'{row.key}' is {row.state}; only a closed or sealed stage can be opened again"]
    later = session.scalars(
        select(StageRow.key).where(
            StageRow.edition_id == running.id, StageRow.position > row.position, StageRow.state != "planned"
        )
    ).all()
    return [f"stage '{key}' was opened after it; its result rests on this one" for key in later]


def kind_reasons(running: Running, kind: StageKind, what: str, view: StageView) -> list[str]:
    """Ask a stage's kind what is against a step (``against_opening``, ``against_closing``, ``against_sealing``)."""
    return list(_call(running, kind, what, lambda: list(getattr(kind, what)(view))))


def outcome_of(running: Running, kind: StageKind, view: StageView) -> Outcome:
    """Ask a stage's kind what the stage comes to.

    Raises:
        PluginError: the kind broke down, or did not propose once for every entry.

    """
    outcome: Outcome = _call(running, kind, "outcome", lambda: kind.outcome(view))
    named = sorted(proposal.entry for proposal in outcome.proposals)
    if named != sorted(entry.code for entry in view.entries):
        owner = running.registry.owner("stage_kinds", kind.name)
        raise PluginError(owner, f"outcome of stage kind '{kind.name}'", "it must propose once for every entry alive")
    return outcome


def _call(running: Running, kind: StageKind, what: str, call: Callable[[], Answer]) -> Answer:
    try:
        return call()
    except JuriError:
        raise
    except (Exception, SystemExit) as error:
        owner = running.registry.owner("stage_kinds", kind.name)
        raise PluginError(owner, f"{what} of stage kind '{kind.name}'", f"{type(error).__name__}: {error}") from error
