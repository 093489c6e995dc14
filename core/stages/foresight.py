"""What the administrative selection would find against an entry today, as far as rules alone can tell."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from juri.core.document import StageSpec
from juri.core.editions.verbs import Running
from juri.core.entries.facts import award_history, facts_of
from juri.core.entries.model import EntryRow
from juri.core.errors import ActionRefused
from juri.core.extension import StageKind
from juri.core.stages.gates import outcome_of
from juri.core.view import STOP, RuleContext, StageView

REFUSED = "refused"
"""Entries are refused by a stage that looks at papers, not at merit."""


def find_selection(running: Running, track: str) -> StageSpec | None:
    """Return the first stage that may refuse an entry of a track; None where the edition has none."""
    for stage in running.edition.stages:
        kind = running.registry.find(StageKind, stage.kind)
        if kind.stops_as == REFUSED and (not stage.tracks or track in stage.tracks):
            return stage
    return None


def foresee_refusal(session: Session, running: Running, entry: EntryRow, beside: Iterable[EntryRow]) -> str:
    """Return why rules would refuse an entry as it is now; empty where they find nothing.

    Args:
        session: a reading session.
        running: the edition.
        entry: the entry.
        beside: the entries that it is compared with, itself included: those that whoever asks may see.

    """
    spec = find_selection(running, entry.track)
    if spec is None:
        return ""
    kind = running.registry.find(StageKind, spec.kind)
    compared = facts_of(session, running, beside)
    edition = running.edition
    view = StageView(
        stage=spec,
        entries=tuple(facts for facts in compared if facts.code == entry.code),
        tracks=edition.tracks,
        eligibility=edition.eligibility,
        context=RuleContext(
            calendar=edition.calendar,
            entries=compared,
            history=award_history(session, running),
            form=edition.form,
            time_zone=edition.time_zone,
            extensions=running.registry.get,
        ),
        extensions=running.registry.get,
    )
    try:
        (proposal,) = outcome_of(running, kind, view).proposals
    except ActionRefused:
        return ""  # a rule cannot be applied yet, such as one that counts from a day which the calendar does not have
    return proposal.reason if proposal.outcome == STOP else ""
