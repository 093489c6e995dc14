"""Objections as those who take part know them: where they can be filed, what became of one's own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from juri.core.document import StageSpec
from juri.core.editions.gate import find_stage, hold_open
from juri.core.editions.verbs import Running
from juri.core.entries.listing import agencies_of
from juri.core.entries.model import EntryRow
from juri.core.errors import ActionRefused, InputRefused
from juri.core.extension import StageKind
from juri.core.policy import Actor, Subject, require
from juri.core.stages.acts import Act, keep_acts
from juri.core.stages.views import records_of
from juri.core.storage.database import database_now
from juri.core.storage.session import WriteSession

OBJECTION, ANSWER = "objection", "answer"
"""The topics of the acts, by which a stage kind says that it hears objections."""

OF_ENTRANTS = frozenset({"unit", "local_admin"})
LONGEST = 5000


@dataclass(frozen=True)
class Window:
    """A stage that hears objections and was opened; ``is_open`` by the clock of the database."""

    spec: StageSpec
    is_open: bool
    closes_at: datetime | None


@dataclass(frozen=True)
class Objection:
    """An objection of an agency: ``verdict`` is empty until it is answered."""

    stage: str
    number: str
    entry: str
    sender: str
    text: str
    at: datetime
    verdict: str = ""
    answer: str = ""


def objection_windows(session: Session, running: Running) -> tuple[Window, ...]:
    """Return where entrants object in an edition, in the order of its stages; what is planned is left out."""
    return tuple(_windows(session, running))


def _windows(session: Session, running: Running) -> Iterator[Window]:
    for spec in running.edition.stages:
        told = running.registry.find(StageKind, spec.kind).records.get(OBJECTION)
        row = find_stage(session, running.id, spec.id) if told and told.roles & OF_ENTRANTS else None
        if row is not None and row.state != "planned":
            in_time = row.closes_at is None or database_now(session) <= row.closes_at
            yield Window(spec, row.state == "open" and in_time, row.closes_at)


def own_objections(session: Session, running: Running, *, by: Actor) -> tuple[Objection, ...]:
    """Return the objections of the actor's own agencies with their answers, the newest first."""
    agencies = agencies_of(by, running.slug)
    found = [
        each
        for window in objection_windows(session, running)
        for each in _objections(session, running, window.spec.id)
        if each.sender in agencies
    ]
    return tuple(sorted(found, key=lambda each: each.at, reverse=True))


def _objections(session: Session, running: Running, stage: str) -> Iterator[Objection]:
    kept = records_of(session, running.registry, find_stage(session, running.id, stage))
    answers = {(each.entry, each.subject): each.data for each in kept if each.topic == ANSWER}
    for each in kept:
        if each.topic == OBJECTION:
            said = answers.get((each.entry, each.subject), {})
            words = str(said.get("verdict", "")), str(said.get("text", ""))
            yield Objection(
                stage, each.subject, each.entry or "", str(each.data["from"]), str(each.data["text"]), each.at, *words
            )


def file_objection(
    session: WriteSession, running: Running, stage: str, entry: str, text: str, *, organization: str, by: Actor
) -> str:
    """Object for an agency to an entry, inside the window; returns the number by which the objection is known.

    Any entry that was submitted can be objected to, whether it is still in the race or not: what is answered tells
    nobody which.

    Raises:
        InputRefused: nothing is said, or no submitted entry has that number.
        ActionRefused: the window is not open, its deadline has passed, or the actor may not object for that agency.

    """
    require(by, "objection.file", Subject(running.slug, organization, stage=stage))
    if stage not in {window.spec.id for window in objection_windows(session, running)}:
        raise ActionRefused([f"'{stage}' hears no objections"], code="stage_not_open")
    row, _ = hold_open(session, running.id, stage, alone=True)
    known = select(EntryRow.id).where(EntryRow.edition_id == running.id, EntryRow.code == entry)
    if session.scalar(known.where(EntryRow.submitted_at.is_not(None))) is None:
        raise InputRefused.at("entry", f"no submitted entry has the number '{entry}'", "not_found")
    if not text.strip() or len(text) > LONGEST:
        raise InputRefused.at("text", f"say what you object to, in at most {LONGEST} characters")
    filed = sum(each.topic == OBJECTION for each in records_of(session, running.registry, row))
    number = f"S-{filed + 1}"
    act = Act(OBJECTION, {"from": organization, "text": text.strip()}, entry, number)
    keep_acts(session, running, stage, [act], by=by)
    return number
