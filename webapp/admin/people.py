"""People: who is known, what they may do, and inviting somebody new."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from juri.core.accounts.asking import invite as invite_person
from juri.core.accounts.listing import Sought, count_accounts, list_accounts
from juri.core.editions.model import EditionRow, StageRow
from juri.core.entries.model import Organization
from juri.core.entries.people import ROLES, add_person, grant_role
from juri.core.errors import InputRefused
from juri.core.policy import Grant
from juri.webapp.admin.blueprint import blueprint
from juri.webapp.admin.forms import GrantForm, InvitationForm
from juri.webapp.admin.frame import MANAGES, PAGE, REFUSED, paging, shown
from juri.webapp.desk import desk
from juri.webapp.frame import role_name
from juri.webapp.guard import guarded
from juri.webapp.paging import page_number
from juri.webapp.sentences import sentence
from juri.webapp.sessions import this_session


@guarded(blueprint, "/people", needs=MANAGES)
def people() -> Any:
    """List everybody who is known."""
    asked = request.args
    sought = Sought(
        text=asked.get("q", "").strip()[:100],
        role=asked.get("role", ""),
        edition=asked.get("edition", ""),
        disabled=asked.get("disabled") == "1",
    )
    page = page_number()
    with desk().reading() as session:
        return shown(
            "people.html",
            people=list_accounts(session, sought, first=(page - 1) * PAGE, most=PAGE),
            sought=sought,
            roles=[(role, role_name(role)) for role in sorted(ROLES)],
            editions=editions_of(session),
            role_name=role_name,
            **paging(count_accounts(session, sought), page),
        )


@guarded(blueprint, "/people/new", needs=MANAGES, methods=("GET", "POST"))
def invite() -> Any:
    """Add somebody with their first role, and write them an invitation."""
    form = InvitationForm()
    with desk().reading() as session:
        offer_scopes(form, session)
    if not form.validate_on_submit():
        return shown("invite.html", form=form, problems=[]), REFUSED if form.errors else 200
    try:
        number = _invited(form)
    except InputRefused as refused:
        told = [replace(problem, message=sentence(problem.message)) for problem in refused.problems]
        return shown("invite.html", form=form, problems=form.place(told)), REFUSED
    if form.write.data:
        flash(_("The invitation waits in the outbox: look at it there, and release it."), "ok")
    else:
        flash(_("The person is known now."), "ok")
    return redirect(url_for("admin.person", person=number))


def offer_scopes(form: GrantForm, session: Session) -> None:
    """Offer the roles, and the editions and organizations that they can be held for."""
    organizations = session.scalars(select(Organization.name).order_by(Organization.name)).all()
    stages = select(EditionRow.slug, StageRow.key).join(StageRow, StageRow.edition_id == EditionRow.id)
    offered = session.execute(stages.order_by(EditionRow.slug, StageRow.position)).all()
    form.offer(editions_of(session), organizations, [f"{edition}/{key}" for edition, key in offered])


def editions_of(session: Session) -> list[str]:
    """Return every edition that is installed."""
    return list(session.scalars(select(EditionRow.slug).order_by(EditionRow.slug)))


def grant_of(form: GrantForm) -> Grant:
    """Return the grant that a form describes."""
    stage = (form.stage.data or "").rpartition("/")[2]
    return Grant(form.role.data, form.edition.data or "", form.organization.data or "", stage)


def _invited(form: InvitationForm) -> int:
    actor, grant, here = desk().actor, grant_of(form), this_session()
    name, email = form.name.data, form.email.data
    with desk().writing() as session:
        if form.write.data:
            to = grant.edition or _("the whole installation")
            inviter = here.name if here else actor.name
            person = invite_person(session, name=name, email=email, grant=grant, to=to, inviter=inviter, by=actor)
        else:
            person = add_person(session, name=name, email=email, by=actor)
            scope = {"edition": grant.edition, "organization": grant.organization, "stage": grant.stage}
            grant_role(session, email, grant.role, by=actor, **scope)
        return person.id
