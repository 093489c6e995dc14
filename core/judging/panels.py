"""Who judges: the jurors of an edition's panels."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from juri.core.audit.trail import record
from juri.core.editions.verbs import Running
from juri.core.entries.people import find_person
from juri.core.errors import InputRefused, NotFound
from juri.core.judging.model import JurorRow
from juri.core.policy import Actor, Subject, require
from juri.core.storage.session import WriteSession


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
        InputRefused: the panel or a category is not in the edition, or the weight is not a positive whole number.

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
        return known
    row = JurorRow(
        edition_id=running.id,
        panel=panel,
        code=code or person.email,
        person_id=person.id,
        weight=weight,
        categories=list(categories),
        active=True,
    )
    session.add(row)
    session.flush()
    record(session, by=by.name, action="juror.add", subject=f"{running.slug}/{panel}/{row.code}")
    return row


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
