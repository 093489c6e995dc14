"""Who judges: the jurors of an edition's panels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import case, func, select, true
from sqlalchemy.orm import Session

from juri.core.audit.trail import record
from juri.core.editions.model import StageRow
from juri.core.editions.verbs import Running
from juri.core.entries.model import Person
from juri.core.entries.people import find_person
from juri.core.errors import InputRefused, NotFound, Problem
from juri.core.judging.model import AssignmentRow, JurorRow
from juri.core.policy import Actor, Subject, require
from juri.core.storage.natural import naturally
from juri.core.storage.session import WriteSession

_LONGEST_CODE = 40
_DONE = func.sum(case((AssignmentRow.state == "done", 1), else_=0))


def add_juror(
    session: WriteSession,
    running: Running,
    panel: str,
    email: str,
    *,
    by: Actor,
    code: str = "",
    weight: int = 1,
    categories: Sequence[str] = (),
) -> JurorRow:
    """Put a person into a panel; doing it twice changes nothing.

    Raises:
        InputRefused: the panel or a category is not in the edition, the weight is not a positive whole number, the code
            is taken, or the person is in the panel already, but otherwise.

    """
    require(by, "panel.change", Subject(running.slug))
    panels = [item.id for item in running.edition.panels]
    if panel not in panels:
        raise InputRefused.at("panel", f"there is no panel '{panel}'; panels are {', '.join(panels) or 'none'}")
    unknown = sorted(set(categories) - {item.id for item in running.edition.categories})
    if unknown or weight < 1:
        raise InputRefused.at("juror", f"unknown categories {unknown}" if unknown else "a weight is 1 or more")
    person = find_person(session, email)
    known = session.scalar(
        select(JurorRow).where(
            JurorRow.edition_id == running.id, JurorRow.panel == panel, JurorRow.person_id == person.id
        )
    )
    if known is not None:
        _require_same(known, code or known.code, weight, categories)
        return known
    row = JurorRow(
        edition_id=running.id,
        panel=panel,
        code=_free_code(session, running, code, person.email),
        person_id=person.id,
        weight=weight,
        categories=list(categories),
        active=True,
    )
    session.add(row)
    session.flush()
    record(session, by=by.name, action="juror.add", subject=f"{running.slug}/{panel}/{row.code}")
    return row


def _require_same(known: JurorRow, code: str, weight: int, categories: Sequence[str]) -> None:
    """Refuse to pass over in silence that a juror is in the panel with another code, weight or categories."""
    told = {
        "code": (known.code, code),
        "weight": (known.weight, weight),
        "categories": (known.categories, [*categories]),
    }
    problems = [
        Problem(
            name, f"{known.code} is in the panel already, with {name} '{_said(before)}', not '{_said(now)}'", "exists"
        )
        for name, (before, now) in told.items()
        if before != now
    ]
    if problems:
        raise InputRefused(problems)


def _said(value: object) -> str:
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value)


def _free_code(session: Session, running: Running, code: str, email: str) -> str:
    """Return the code asked for, or one of our own: the address and, where that is too long or taken, a number."""
    taken = set(session.scalars(select(JurorRow.code).where(JurorRow.edition_id == running.id)))
    if code in taken or len(code) > _LONGEST_CODE:
        why = "belongs to another juror or panel" if code in taken else f"is longer than {_LONGEST_CODE} characters"
        raise InputRefused.at("code", f"the code '{code}' {why}; give another, or leave it out")
    if code or (email not in taken and len(email) <= _LONGEST_CODE):
        return code or email
    return next(name for name in map("J{}".format, range(len(taken) + 1, 2 * len(taken) + 3)) if name not in taken)


def find_juror(session: Session, running: Running, code: str) -> JurorRow:
    """Return a juror of the edition by code.

    Raises:
        NotFound: there is none.

    """
    row = session.scalar(select(JurorRow).where(JurorRow.edition_id == running.id, JurorRow.code == code))
    if row is None:
        raise NotFound("juror", code, f"in edition {running.slug}")
    return row


def panel_jurors(session: Session, running: Running, panel: str) -> dict[str, JurorRow]:
    """Return the active jurors of a panel by code."""
    rows = session.scalars(
        select(JurorRow)
        .where(JurorRow.edition_id == running.id, JurorRow.panel == panel, JurorRow.active)
        .order_by(JurorRow.code)
    )
    return {row.code: row for row in rows}


def panel_emails(session: Session, running: Running, panel: str) -> set[str]:
    """Return the addresses of everybody who is in a panel."""
    return set(
        session.scalars(
            select(Person.email)
            .join(JurorRow, JurorRow.person_id == Person.id)
            .where(JurorRow.edition_id == running.id, JurorRow.panel == panel)
        )
    )


@dataclass(frozen=True)
class Seat:
    """A juror in a panel, with how many entries are assigned and how many of them are scored."""

    panel: str
    code: str
    name: str
    email: str
    weight: int
    assigned: int
    done: int


def list_jurors(session: Session, running: Running, stage: str = "") -> list[Seat]:
    """Return the jurors of every panel, or those of one stage's panel and what they have to do in that stage."""
    panel = str(running.stage(stage).options.get("panel", "")) if stage else ""
    counted = (
        select(AssignmentRow.juror_id, func.count().label("assigned"), _DONE.label("done"))
        .join(StageRow, StageRow.id == AssignmentRow.stage_id)
        .where(AssignmentRow.state.not_in(("conflict", "recused")), StageRow.key == stage if stage else true())
        .group_by(AssignmentRow.juror_id)
        .subquery()
    )
    found = session.execute(
        select(
            JurorRow.panel,
            JurorRow.code,
            Person.name,
            Person.email,
            JurorRow.weight,
            counted.c.assigned,
            counted.c.done,
        )
        .join(Person, Person.id == JurorRow.person_id)
        .outerjoin(counted, counted.c.juror_id == JurorRow.id)
        .where(JurorRow.edition_id == running.id, JurorRow.panel == panel if stage else true())
        .order_by(JurorRow.panel, *naturally(JurorRow.code))
    )
    return [
        Seat(own, code, name, email, weight, assigned or 0, int(done or 0))
        for own, code, name, email, weight, assigned, done in found
    ]
