"""Organizations, people, their roles and ties, and titles won before."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from juri.core.audit.trail import record
from juri.core.editions.model import EditionRow, StageRow
from juri.core.entries.model import Organization, PastAwardRow, Person, Relation, RoleGrant
from juri.core.errors import ActionRefused, InputRefused, NotFound
from juri.core.policy import Actor, Grant, Subject, require
from juri.core.storage.session import WriteSession
from juri.core.view import PastAward

ROLES = frozenset(
    {"administrator", "organiser", "secretariat", "unit", "local_admin", "juror", "panel_chair", "auditor"}
)
_PAST_AWARD = (
    PastAwardRow.competition,
    PastAwardRow.edition,
    PastAwardRow.year,
    PastAwardRow.award,
    PastAwardRow.entrant,
    PastAwardRow.title,
    PastAwardRow.track,
)

LONGEST_ADDRESS = 200
_PART = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_IS_ADDRESS = re.compile(rf"[a-z0-9.!#$%&'*+/=?^_`{{|}}~-]+@{_PART}(?:\.{_PART})*").fullmatch
"""What browsers take for one; letters beyond these would let two addresses look alike."""

OF_AN_ORGANIZATION = frozenset({"unit", "local_admin"})
"""Roles that are held for one organization; every other is held for an edition or the installation."""

OF_A_STAGE = frozenset({"organiser", "secretariat", "panel_chair", "auditor"})
"""Roles that may be held for one stage of an edition: those behind the desk. What jurors do goes by assignments."""


def add_organizations(
    session: WriteSession, found: Iterable[tuple[str, str, str]], *, by: Actor, edition: str = ""
) -> dict[str, int]:
    """Add organizations that are not known yet, from (name, cluster, region); returns the id of each by name.

    ``edition`` is the one that they take part in: who works for it may add them for it.
    """
    require(by, "organization.add", Subject(edition))
    wanted = {" ".join(name.split()): (cluster, region) for name, cluster, region in found}
    stored = session.execute(select(Organization.name, Organization.id))
    known = {name: number for name, number in stored}  # noqa: C416  a row is no pair to the type checker
    fresh = [Organization(name=n, cluster=c, region=r) for n, (c, r) in wanted.items() if n not in known]
    session.add_all(fresh)
    session.flush()
    if fresh:
        record(session, by=by.name, action="organization.add", subject=f"{len(fresh)} organizations")
    known.update({row.name: row.id for row in fresh})
    return {name: known[name] for name in wanted}


def add_person(
    session: WriteSession,
    *,
    name: str,
    email: str,
    by: Actor,
    organization: str = "",
    region: str = "",
    edition: str = "",
) -> Person:
    """Add a person, or return the one of that address as it is.

    ``edition`` is the one that the person is to work in: who runs it may add people for it.

    Raises:
        InputRefused: the address is not usable or the organization is unknown.

    """
    require(by, "person.change", Subject(edition))
    address = clean_address(email)
    known = session.scalar(select(Person).where(Person.email == address))
    if known is not None:
        return known
    place = find_organization(session, organization).id if organization else None
    person = Person(name=" ".join(name.split()) or address, email=address, organization_id=place, region=region)
    session.add(person)
    session.flush()
    record(session, by=by.name, action="person.add", subject=address)
    return person


def grant_role(
    session: WriteSession,
    email: str,
    role: str,
    *,
    by: Actor,
    edition: str = "",
    organization: str = "",
    stage: str = "",
) -> None:
    """Give a person a role for the installation, an edition, a stage of it or an organization; twice changes nothing.

    Raises:
        InputRefused: there is no such role, or it is not held for that.
        ActionRefused: the actor may not, or the person would enter and judge in one edition. Administrators are
            appointed by administrators.

    """
    require(by, "administrator.appoint" if role == "administrator" else "person.change", Subject(edition))
    _require_role(role, edition, organization)
    _require_stage(session, role, edition, stage)
    person = find_person(session, email)
    _require_apart(session, person, role, edition)
    if organization:
        organization = find_organization(session, organization).name
    scope = {"edition": edition, "organization": organization, "stage": stage}
    row = session.scalar(select(RoleGrant).filter_by(person_id=person.id, role=role, **scope))
    if row is None:
        row = RoleGrant(person_id=person.id, role=role, active=False, **scope)
        session.add(row)
    if not row.active:
        row.active = True
        record(session, by=by.name, action="role.grant", subject=person.email, detail={"role": role, **scope})


def _require_role(role: str, edition: str, organization: str) -> None:
    if role not in ROLES:
        raise InputRefused.at("role", f"there is no role '{role}'; roles are {', '.join(sorted(ROLES))}")
    if (role in OF_AN_ORGANIZATION) != bool(organization):
        what = "name the organization" if role in OF_AN_ORGANIZATION else "leave the organization out"
        raise InputRefused.at("organization", f"the role '{role}' needs another scope: {what}")
    if role == "administrator" and edition:
        raise InputRefused.at("edition", "an administrator is one of the whole installation; leave the edition out")


def _require_stage(session: Session, role: str, edition: str, stage: str) -> None:
    """Refuse a stage for a role that is not held for one, and one that the edition does not have."""
    if not stage:
        return
    if role not in OF_A_STAGE:
        raise InputRefused.at("stage", f"the role '{role}' is not held for one stage; leave the stage out")
    keys = session.scalars(
        select(StageRow.key).join(EditionRow, EditionRow.id == StageRow.edition_id).where(EditionRow.slug == edition)
    ).all()
    if stage not in keys:
        raise InputRefused.at("stage", f"the edition '{edition}' has no stage '{stage}'; name one of its own")


def _require_apart(session: Session, person: Person, role: str, edition: str) -> None:
    """Refuse to let one person enter and judge in the same edition."""
    other = (
        frozenset({"juror"}) if role in OF_AN_ORGANIZATION else OF_AN_ORGANIZATION if role == "juror" else frozenset()
    )
    held = _grants(session, person.id).get(person.id, ())
    meets = [each for each in held if each.role in other and (each.edition == edition or "" in {each.edition, edition})]
    if meets:
        said = Grant(role, edition).said()
        raise ActionRefused(
            [f"{person.email} holds {meets[0].said()} and cannot be {said}: nobody enters and judges in one edition"],
            code="enters_and_judges",
        )


def revoke_role(
    session: WriteSession,
    email: str,
    role: str,
    *,
    by: Actor,
    edition: str = "",
    organization: str = "",
    stage: str = "",
) -> None:
    """Take a role back; the grant stays, as one that is over.

    Raises:
        NotFound: the person does not hold it, for exactly that.
        ActionRefused: the actor may not.

    """
    require(by, "administrator.appoint" if role == "administrator" else "person.change", Subject(edition))
    person = find_person(session, email)
    scope = {"edition": edition, "organization": organization, "stage": stage}
    row = session.scalar(select(RoleGrant).filter_by(person_id=person.id, role=role, active=True, **scope))
    if row is None:
        held = [each.said() for each in _grants(session).get(person.id, ())]
        raise NotFound("role", role, f"{person.email} holds {', '.join(held) or 'none'}")
    row.active = False
    record(session, by=by.name, action="role.revoke", subject=person.email, detail={"role": role, **scope})


def relate(session: WriteSession, email: str, organization: str, kind: str, *, by: Actor) -> None:
    """Note a tie of a person to an organization (spouse, company), to be found as a conflict; twice changes nothing."""
    require(by, "person.change", Subject())
    person, place = find_person(session, email), find_organization(session, organization)
    same = (Relation.person_id == person.id, Relation.organization_id == place.id, Relation.kind == kind)
    if session.scalar(select(Relation.id).where(*same)) is not None:
        return
    session.add(Relation(person_id=person.id, organization_id=place.id, kind=kind))
    record(session, by=by.name, action="person.relate", subject=person.email, detail={"kind": kind, "to": place.name})


def add_past_awards(session: WriteSession, awards: Iterable[PastAward], *, by: Actor) -> int:
    """Take over titles won before, so that eligibility across editions can be checked; returns how many are new."""
    require(by, "person.change", Subject())
    known = {PastAward(*row) for row in session.execute(select(*_PAST_AWARD))}
    rows = [PastAwardRow(**award.__dict__) for award in dict.fromkeys(awards) if award not in known]
    if rows:
        session.add_all(rows)
        record(session, by=by.name, action="past_award.add", subject=f"{len(rows)} titles")
    return len(rows)


@dataclass(frozen=True)
class KnownPerson:
    """A person as lists show one; ``organization`` is empty for who belongs to none."""

    email: str
    name: str
    organization: str
    grants: tuple[Grant, ...]


def list_people(session: Session) -> list[KnownPerson]:
    """Return everybody who is known, by address, with the roles that are active now."""
    grants = _grants(session)
    found = session.execute(
        select(Person.id, Person.email, Person.name, Organization.name)
        .outerjoin(Organization, Organization.id == Person.organization_id)
        .order_by(Person.email)
    )
    return [KnownPerson(email, name, place or "", grants.get(number, ())) for number, email, name, place in found]


def _grants(session: Session, person: int | None = None) -> dict[int, tuple[Grant, ...]]:
    """Return the active roles by person, of one or of everybody."""
    wanted = select(RoleGrant).where(RoleGrant.active).order_by(RoleGrant.role, RoleGrant.id)
    rows = session.scalars(wanted if person is None else wanted.where(RoleGrant.person_id == person))
    held: dict[int, tuple[Grant, ...]] = {}
    for row in rows:
        held[row.person_id] = (*held.get(row.person_id, ()), row.grant)
    return held


def actor_of(session: Session, email: str) -> Actor:
    """Return a person as an actor, with the roles that are active now.

    Raises:
        NotFound: there is no person of that address.

    """
    person = find_person(session, email)
    active = select(RoleGrant).where(RoleGrant.person_id == person.id, RoleGrant.active, RoleGrant.role.in_(ROLES))
    held = session.scalars(active)
    return Actor(person.email, frozenset(row.grant for row in held), person.id)


def find_person(session: Session, email: str) -> Person:
    """Return the person of an address.

    Raises:
        NotFound: there is none.

    """
    person = session.scalar(select(Person).where(Person.email == clean_address(email)))
    if person is None:
        raise NotFound("person", email)
    return person


def find_organization(session: Session, name: str) -> Organization:
    """Return the organization of a name.

    Raises:
        NotFound: there is none.

    """
    found = session.scalar(select(Organization).where(Organization.name == " ".join(name.split())))
    if found is None:
        raise NotFound("organization", name)
    return found


def clean_address(email: str) -> str:
    """Bring an e-mail address to the one form in which it is kept: one address is one person.

    Raises:
        InputRefused: it is not an address.

    """
    address = unicodedata.normalize("NFKC", email).strip().lower()
    if len(address) > LONGEST_ADDRESS or not _IS_ADDRESS(address):
        raise InputRefused.at("email", f"'{email}' is not an e-mail address; write name@place")
    return address
