"""Conflicts of interest: declared or denied by jurors, and found by rule."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from juri.core.audit.trail import record
from juri.core.editions.gate import hold_open
from juri.core.editions.model import StageRow
from juri.core.editions.verbs import Running
from juri.core.entries.model import EntryRow, Organization, Person, Relation
from juri.core.entries.verbs import find_entry
from juri.core.errors import ActionRefused, InputRefused, NotFound
from juri.core.judging.model import AssignmentRow, ConflictRow, JurorRow
from juri.core.judging.panels import find_juror
from juri.core.lifecycle import move
from juri.core.policy import Actor, Subject, require
from juri.core.storage.database import database_now
from juri.core.storage.session import WriteSession


def declare_conflict(
    session: WriteSession, running: Running, juror: str, entry: str, reason: str, *, by: Actor
) -> ConflictRow:
    """Note that a juror must not score an entry; a sheet that was given no longer counts, and stays in the records.

    In a stage that is sealed it counts on until the stage is reopened: what is sealed does not change.

    Raises:
        InputRefused: no reason is given, or the conflict is noted already.

    """
    if not reason.strip():
        raise InputRefused.at("reason", "name the conflict: own agency, family, business, other")
    row = find_juror(session, running, juror)
    require(by, "conflict.declare", Subject(running.slug, person=row.person_id))
    target = find_entry(session, running, entry)
    stages = _hold_stages(session, running)
    known = select(ConflictRow.id).where(ConflictRow.juror_id == row.id, ConflictRow.entry_id == target.id)
    if session.scalar(known) is not None:
        raise InputRefused.at("entry", f"the conflict of {juror} with {entry} is noted already", "exists")
    moment = database_now(session)
    conflict = ConflictRow(
        juror_id=row.id, entry_id=target.id, kind="declared", reason=reason, said_by=by.name, at=moment
    )
    session.add(conflict)
    for stage in stages:
        if stage.state not in {"sealed", "published"}:
            apply_conflicts(session, stage.id)
    subject = f"{running.slug}/{entry}/{juror}"
    record(session, by=by.name, action="conflict.declare", subject=subject, detail={"reason": reason})
    return conflict


def accept_assignment(
    session: WriteSession, running: Running, stage: str, entry: str, juror: str, *, by: Actor
) -> None:
    """Note that a juror knows of no conflict with an entry, so that its content may be shown; twice changes nothing.

    Raises:
        NotFound: the entry is not assigned to the juror.
        ActionRefused: the stage is not open, or a conflict is noted already.

    """
    gate, _ = hold_open(session, running.id, stage)
    person = find_juror(session, running, juror)
    assignment = session.scalar(
        select(AssignmentRow)
        .join(EntryRow, EntryRow.id == AssignmentRow.entry_id)
        .where(AssignmentRow.stage_id == gate.id, AssignmentRow.juror_id == person.id, EntryRow.code == entry)
        .with_for_update(of=AssignmentRow)
        .execution_options(populate_existing=True)
    )
    if assignment is None:
        raise NotFound("assignment", f"{juror} to {entry}", f"in stage {stage}")
    require(by, "conflict.declare", Subject(running.slug, person=person.person_id))
    if assignment.state in {"conflict", "recused"}:
        raise ActionRefused([f"{juror} is recused from {entry}; ask the secretariat"], code="conflict_of_interest")
    if assignment.state == "offered":
        move(assignment, "assignment", "accepted")
        record(session, by=by.name, action="assignment.accept", subject=f"{running.slug}/{stage}/{entry}/{juror}")


def apply_conflicts(session: WriteSession, stage_id: int) -> None:
    """Take the jurors who declared a conflict off their assignments in a stage; the caller holds its gate."""
    affected = (
        select(AssignmentRow)
        .join(
            ConflictRow,
            (ConflictRow.juror_id == AssignmentRow.juror_id) & (ConflictRow.entry_id == AssignmentRow.entry_id),
        )
        .where(AssignmentRow.stage_id == stage_id, AssignmentRow.state.not_in(("conflict", "recused")))
        .order_by(AssignmentRow.id)
        .with_for_update(of=AssignmentRow)
        .execution_options(populate_existing=True)
    )
    session.flush()
    for assignment in session.scalars(affected).all():
        move(assignment, "assignment", "conflict")


def _hold_stages(session: WriteSession, running: Running) -> Sequence[StageRow]:
    """Hold every stage shared, so that none closes and none is assigned meanwhile."""
    held = select(StageRow).where(StageRow.edition_id == running.id).order_by(StageRow.id).with_for_update(read=True)
    return session.scalars(held.execution_options(populate_existing=True)).all()


def forbidden_pairs(
    session: Session, running: Running, panel: str, jurors: Collection[JurorRow]
) -> dict[tuple[str, str], str]:
    """Find which juror must not score which entry, and why: what was declared and what rules find.

    The panel's ``conflicts`` in the edition says which rules count; own agency and noted relations do by default.
    """
    kinds = next((item.conflicts for item in running.edition.panels if item.id == panel), ())
    found: dict[tuple[str, str], str] = {}
    entries = session.execute(
        select(EntryRow.code, EntryRow.organization_id, Organization.region)
        .join(Organization, Organization.id == EntryRow.organization_id)
        .where(EntryRow.edition_id == running.id)
    ).all()
    ties = _ties(session, jurors)
    for juror in jurors:
        employer, region, related = ties[juror.id]
        for code, organization, entry_region in entries:
            if "own_agency" in kinds and organization == employer:
                found[code, juror.code] = "own_agency"
            elif "relation" in kinds and organization in related:
                found[code, juror.code] = "relation"
            elif "own_region" in kinds and region and region == entry_region:
                found[code, juror.code] = "own_region"
    found.update(_declared(session, running))
    return found


def _ties(session: Session, jurors: Collection[JurorRow]) -> dict[int, tuple[int | None, str, set[int]]]:
    """Return for each juror the employer, the region and the organizations of noted relations."""
    wanted = [juror.person_id for juror in jurors]
    people = {row.id: row for row in session.scalars(select(Person).where(Person.id.in_(wanted)))}
    related: dict[int, set[int]] = {person: set() for person in wanted}
    for relation in session.scalars(select(Relation).where(Relation.person_id.in_(wanted))):
        related[relation.person_id].add(relation.organization_id)
    return {
        juror.id: (people[juror.person_id].organization_id, people[juror.person_id].region, related[juror.person_id])
        for juror in jurors
    }


def _declared(session: Session, running: Running) -> dict[tuple[str, str], str]:
    rows = session.execute(
        select(EntryRow.code, JurorRow.code, ConflictRow.kind)
        .join(EntryRow, EntryRow.id == ConflictRow.entry_id)
        .join(JurorRow, JurorRow.id == ConflictRow.juror_id)
        .where(JurorRow.edition_id == running.id)
    )
    return {(entry, juror): kind for entry, juror, kind in rows}
