"""Registration and administrative selection: units write, local admins submit, the secretariat reads every entry."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from juri.core.editions.model import EditionRow
from juri.core.editions.verbs import Running
from juri.core.entries.model import EntryRow
from juri.core.entries.verbs import EntryContent, hand_over_entry, register_entry, submit_entry
from juri.core.errors import ActionRefused
from juri.core.stages.acts import Act, record_acts
from juri.core.stages.model import StageRecord
from juri.core.storage.session import WriteSession
from juri.webapp.demo.defects import CARELESS
from juri.webapp.demo.entries import DRAFTED, OVER_LIMIT, SUBMITTED, PlannedEntry
from juri.webapp.demo.people import SECRETARIAT
from juri.webapp.demo.replay import Replay, Step
from juri.webapp.demo.stages import Course, stage_row, stage_steps
from juri.webapp.demo.words import invent_name

SENSIBLE = "sensible"
"""The item of the checklist that a person answers."""


def registering_steps() -> Iterator[Step]:
    """Yield the steps from the opening of registration to the end of the administrative selection."""
    yield from stage_steps(Course("registration"), Step("registration: entries", _not_registered, _register))
    yield from stage_steps(Course("admin"), Step("admin: checks by the secretariat", _unchecked, _check, batch=500))


def _not_registered(replay: Replay, session: Session) -> Sequence[PlannedEntry]:
    known = _codes(replay, session)
    return [entry for entry in replay.plan.entries if entry.proposal.code not in known]


def _codes(replay: Replay, session: Session) -> set[str]:
    edition = select(EditionRow.id).where(EditionRow.slug == replay.plan.slug).scalar_subquery()
    return set(session.scalars(select(EntryRow.code).where(EntryRow.edition_id == edition)))


def _register(replay: Replay, session: WriteSession, entries: Sequence[PlannedEntry]) -> None:
    running = replay.running(session)
    for entry in entries:
        _bring_in(replay, session, running, entry)


def _bring_in(replay: Replay, session: WriteSession, running: Running, entry: PlannedEntry) -> None:
    """Let the unit write the entry and hand it over, and the local admin submit it, as far as it comes."""
    code, unit = entry.proposal.code, replay.actor(session, entry.agency.unit)
    register_entry(session, running, entry.agency.name, _content(entry), by=unit, code=code)
    if entry.fate == DRAFTED:
        return
    hand_over_entry(session, running, code, by=unit)
    if entry.fate in {SUBMITTED, OVER_LIMIT}:
        _submit(replay, session, running, entry)


def _submit(replay: Replay, session: WriteSession, running: Running, entry: PlannedEntry) -> None:
    try:
        submit_entry(session, running, entry.proposal.code, by=replay.actor(session, entry.agency.local_admin))
    except ActionRefused as refused:
        if entry.fate != OVER_LIMIT or refused.code != "limit":
            raise


def _content(entry: PlannedEntry) -> EntryContent:
    number = entry.agency.number
    return EntryContent(
        title=entry.proposal.title,
        track=entry.proposal.track,
        category=entry.proposal.category,
        unit="Unit Pelayanan (peragaan)",
        people=[invent_name(number + nth, "Inovator") for nth in range(1 + number % 3)],
        answers=entry.proposal.answers,
    )


def _unchecked(replay: Replay, session: Session) -> Sequence[str]:
    stage = stage_row(replay, session, "admin")
    if stage.state != "open":
        return []
    checked = select(StageRecord.entry_id).where(StageRecord.stage_id == stage.id)
    return session.scalars(
        select(EntryRow.code)
        .where(EntryRow.edition_id == stage.edition_id, EntryRow.state == "submitted", EntryRow.id.not_in(checked))
        .order_by(EntryRow.code)
    ).all()


def _check(replay: Replay, session: WriteSession, codes: Sequence[str]) -> None:
    acts = [_answer(replay.plan.by_code[code]) for code in codes]
    record_acts(session, replay.running(session), "admin", acts, by=replay.actor(session, SECRETARIAT))


def _answer(entry: PlannedEntry) -> Act:
    data = {"answer": "yes"}
    if entry.defect == CARELESS:
        data = {"answer": "no", "reason": "the same words three times instead of an impact"}
    return Act("check", data, entry.proposal.code, SENSIBLE)
