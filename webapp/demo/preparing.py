"""The first steps: the edition is installed, and everybody who takes part is made known, with their roles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from juri.core.audit.model import AuditEvent
from juri.core.audit.trail import record
from juri.core.editions.loader import LoadedEdition, load_edition, load_shipped
from juri.core.editions.model import EditionRow
from juri.core.editions.verbs import install_edition
from juri.core.entries.model import Organization, PastAwardRow, Person
from juri.core.entries.people import add_organizations, add_past_awards, add_person, grant_role, relate
from juri.core.errors import ActionRefused
from juri.core.judging.model import JurorRow
from juri.core.judging.panels import add_juror
from juri.core.policy import Actor
from juri.core.storage.session import WriteSession
from juri.core.view import PastAward
from juri.webapp.demo.agencies import Agency
from juri.webapp.demo.people import ORGANISER, SIGNERS, STAFF, PlannedJuror
from juri.webapp.demo.plan import EDITION, Plan, edition_text
from juri.webapp.demo.replay import WHOLE, Replay, Step
from juri.webapp.demo.words import invent_name

OPERATOR = Actor.operator("demo")
BEGUN = "demo.begin"
"""The audit line by which a demonstration is known again, with its seed, its scale and the hash of its plan."""


def preparing_steps() -> Iterator[Step]:
    """Yield the steps up to the edition being ready to open."""
    yield Step("edition: install", _not_installed, _install)
    yield Step("organizations", _unknown_agencies, _add_agencies, batch=WHOLE)
    yield Step("people and roles", _unknown_people, _add_people)
    yield Step("titles won before (invented)", _unknown_history, _add_history, batch=WHOLE)
    yield Step("panels", _jurors_outside, _seat)


def demonstrations(session: Session) -> dict[str, dict[str, str]]:
    """Return what each demonstration in the database was begun with, by edition."""
    found = session.execute(select(AuditEvent.subject, AuditEvent.detail).where(AuditEvent.action == BEGUN))
    return dict(found.all())


def other_editions(session: Session) -> list[str]:
    """Return the editions of the database that no demonstration made."""
    return sorted(set(session.scalars(select(EditionRow.slug))) - set(demonstrations(session)))


def require_same_plan(session: Session, plan: Plan) -> None:
    """Refuse to go on with an edition that this plan did not begin.

    Raises:
        ActionRefused: the edition is there and was not begun by a demonstration, or by one of another plan.

    """
    if session.scalar(select(EditionRow.id).where(EditionRow.slug == plan.slug)) is None:
        return
    begun = demonstrations(session).get(plan.slug)
    if begun is None:
        why = f"the database holds an edition '{plan.slug}' that no demonstration made; name another by --database"
        raise ActionRefused([why])
    if begun != _told(plan):
        found = f"seed {begun['seed']} at scale {begun['scale']}"
        raise ActionRefused([f"the database holds a demonstration of other data ({found}); start anew by --fresh"])


def load_played(replay: Replay) -> LoadedEdition:
    """Load the shipped demonstration edition, or the smaller one that extends it."""
    registry = replay.workbench.registry
    if replay.plan.slug == EDITION:
        return load_shipped(EDITION, registry)
    return load_edition(edition_text(replay.plan), registry, origin="juri demo --scale")


def _told(plan: Plan) -> dict[str, str]:
    return {"seed": str(plan.seed), "scale": plan.size.scale, "plan_sha256": plan.sha256}


def _not_installed(replay: Replay, session: Session) -> Sequence[str]:
    known = session.scalar(select(EditionRow.id).where(EditionRow.slug == replay.plan.slug))
    return [] if known else [replay.plan.slug]


def _install(replay: Replay, session: WriteSession, _: Sequence[str]) -> None:
    install_edition(session, load_played(replay), by=OPERATOR)
    record(session, by=OPERATOR.name, action=BEGUN, subject=replay.plan.slug, detail=_told(replay.plan))


def _unknown_agencies(replay: Replay, session: Session) -> Sequence[Agency]:
    known = set(session.scalars(select(Organization.name)))
    return [agency for agency in replay.plan.agencies if agency.name not in known]


def _add_agencies(replay: Replay, session: WriteSession, agencies: Sequence[Agency]) -> None:
    add_organizations(session, [(each.name, each.cluster, each.region) for each in agencies], by=OPERATOR)


Planned = Agency | PlannedJuror | str
"""Whose people are made known: an agency's two, a juror, or a member of the staff by address."""


def _unknown_people(replay: Replay, session: Session) -> Sequence[Planned]:
    known = set(session.scalars(select(Person.email)))
    taking_part = {entry.agency.number: entry.agency for entry in replay.plan.entries}
    agencies = [taking_part[number] for number in sorted(taking_part)]
    everybody: list[Planned] = [*STAFF, *replay.plan.jurors, *agencies]
    return [each for each in everybody if _address(each) not in known]


def _address(each: Planned) -> str:
    if isinstance(each, Agency):
        return each.local_admin
    return each if isinstance(each, str) else each.email


def _add_people(replay: Replay, session: WriteSession, people: Sequence[Planned]) -> None:
    for each in people:
        if isinstance(each, Agency):
            _add_agency_people(session, each)
        elif isinstance(each, PlannedJuror):
            _add_juror_person(replay, session, each)
        else:
            add_person(session, name=SIGNERS.get(each, "Sekretariat (peragaan)"), email=each, by=OPERATOR)
            grant_role(session, each, STAFF[each], by=OPERATOR, edition=replay.plan.slug)


def _add_agency_people(session: WriteSession, agency: Agency) -> None:
    for email, role, of in ((agency.unit, "unit", "Unit"), (agency.local_admin, "local_admin", "Admin")):
        name = invent_name(agency.number, of)
        add_person(session, name=name, email=email, by=OPERATOR, organization=agency.name, region=agency.region)
        grant_role(session, email, role, by=OPERATOR, organization=agency.name)


def _add_juror_person(replay: Replay, session: WriteSession, juror: PlannedJuror) -> None:
    add_person(session, name=juror.name, email=juror.email, by=OPERATOR, organization=juror.employer)
    grant_role(session, juror.email, "juror", by=OPERATOR, edition=replay.plan.slug)
    if juror.advises:
        relate(session, juror.email, juror.advises, "advises it (invented)", by=OPERATOR)


def _unknown_history(replay: Replay, session: Session) -> Sequence[PastAward]:
    made_up = {award.edition for award in replay.plan.history}
    known = session.scalar(select(func.count()).where(PastAwardRow.edition.in_(made_up)))
    return [] if known else replay.plan.history


def _add_history(replay: Replay, session: WriteSession, history: Sequence[PastAward]) -> None:
    add_past_awards(session, history, by=OPERATOR)


def _jurors_outside(replay: Replay, session: Session) -> Sequence[PlannedJuror]:
    edition = select(EditionRow.id).where(EditionRow.slug == replay.plan.slug)
    seated = set(session.scalars(select(JurorRow.code).where(JurorRow.edition_id == edition.scalar_subquery())))
    return [juror for juror in replay.plan.jurors if juror.code not in seated]


def _seat(replay: Replay, session: WriteSession, jurors: Sequence[PlannedJuror]) -> None:
    running, by = replay.running(session), replay.actor(session, ORGANISER)
    for juror in jurors:
        add_juror(session, running, juror.panel, juror.email, by=by, code=juror.code)
