"""One person: their roles, whether their account is open, their second factor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from juri.core.accounts.accounts import disable_account, enable_account
from juri.core.accounts.listing import ListedAccount, find_account
from juri.core.accounts.second_factor import turn_off_second_factor
from juri.core.audit.reading import Wanted, list_events
from juri.core.entries.people import grant_role, revoke_role
from juri.core.errors import ActionRefused, InputRefused
from juri.core.policy import Grant
from juri.core.storage.session import WriteSession
from juri.webapp.admin.blueprint import blueprint
from juri.webapp.admin.forms import GrantForm, ReasonForm
from juri.webapp.admin.frame import MANAGES, REFUSED, shown
from juri.webapp.admin.people import grant_of, offer_scopes
from juri.webapp.desk import desk
from juri.webapp.frame import role_name
from juri.webapp.guard import guarded
from juri.webapp.sentences import sentence
from juri.webapp.sessions import this_session

Act = Callable[[WriteSession, str], None]


@guarded(blueprint, "/people/<int:person>", needs=MANAGES)
def person(person: int) -> Any:
    """Show one person."""
    return _page(person)


@guarded(blueprint, "/people/<int:person>/grant", needs=MANAGES, methods=("POST",))
def grant(person: int) -> Any:
    """Give a role."""
    form = GrantForm()
    with desk().reading() as session:
        offer_scopes(form, session)
    if not form.validate_on_submit():
        return _page(person, form), REFUSED
    given = grant_of(form)

    def act(session: WriteSession, email: str) -> None:
        scope = {"edition": given.edition, "organization": given.organization, "stage": given.stage}
        grant_role(session, email, given.role, by=desk().actor, **scope)

    return _done(person, act, _("The role is given."), form)


@guarded(blueprint, "/people/<int:person>/revoke", needs=MANAGES, methods=("POST",))
def revoke(person: int) -> Any:
    """Take a role back; the person notices with their next request."""
    posted = request.form
    taken = Grant(*(posted.get(name, "") for name in ("role", "edition", "organization", "stage")))

    def act(session: WriteSession, email: str) -> None:
        if taken.role == "administrator" and email == desk().actor.name:
            raise ActionRefused([_("You cannot take this role from yourself; let another administrator do it.")])
        scope = {"edition": taken.edition, "organization": taken.organization, "stage": taken.stage}
        revoke_role(session, email, taken.role, by=desk().actor, **scope)

    return _done(person, act, _("The role is taken back."))


@guarded(blueprint, "/people/<int:person>/disable", needs=MANAGES, methods=("POST",))
def disable(person: int) -> Any:
    """Close the account, at once."""

    def act(session: WriteSession, email: str) -> None:
        disable_account(session, email, by=desk().actor, reason=request.form.get("reason", ""))

    return _done(person, act, _("The account is closed. Every browser of this person is signed out."))


@guarded(blueprint, "/people/<int:person>/enable", needs=MANAGES, methods=("POST",))
def enable(person: int) -> Any:
    """Open the account again."""

    def act(session: WriteSession, email: str) -> None:
        enable_account(session, email, by=desk().actor)

    return _done(person, act, _("The account is open again."))


@guarded(blueprint, "/people/<int:person>/second-factor", needs=MANAGES, methods=("POST",))
def forget_second_factor(person: int) -> Any:
    """Turn the second factor off, for somebody who lost the device and the recovery codes."""

    def act(session: WriteSession, email: str) -> None:
        turn_off_second_factor(session, email, by=desk().actor, reason=request.form.get("reason", ""))

    return _done(person, act, _("The second factor is off. The person can sign in without it, and set up another."))


def _done(person: int, act: Act, said: str, form: GrantForm | None = None) -> Any:
    """Carry an act out, say so, and show the person again; what is refused is shown there, too."""
    with desk().reading() as session:
        email = find_account(session, person).email
    try:
        with desk().writing() as writing:
            act(writing, email)
    except InputRefused as refused:
        return _page(person, form, [sentence(problem.message) for problem in refused.problems]), REFUSED
    except ActionRefused as refused:
        return _page(person, form, [sentence(reason) for reason in refused.reasons]), REFUSED
    flash(said, "ok")
    return redirect(url_for("admin.person", person=person))


def _page(person: int, form: GrantForm | None = None, problems: list[str] | None = None) -> str:
    grant_form = form or GrantForm(formdata=None)
    with desk().reading() as session:
        offer_scopes(grant_form, session)
        account = find_account(session, person)
        return shown(
            "person.html",
            account=account,
            form=grant_form,
            closing=_reason("reason-disable"),
            forgetting=_reason("reason-factor"),
            problems=problems or [],
            events=list_events(session, Wanted(actor=account.email), most=10),
            is_self=_is_self(account),
            role_name=role_name,
        )


def _reason(name: str) -> ReasonForm:
    """Return a form for a reason, whose field has a name of its own on the page."""
    form = ReasonForm(formdata=None)
    form.reason.id = name
    return form


def _is_self(account: ListedAccount) -> bool:
    here = this_session()
    return here is not None and here.person == account.person
