"""Signing in and out."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, session, url_for
from flask_babel import gettext as _

from juri.core.accounts.signing import Proven, prove_by_password
from juri.core.errors import ActionRefused
from juri.webapp.account.blueprint import blueprint
from juri.webapp.account.forms import LinkRequest, PasswordSignIn
from juri.webapp.account.targets import first_page, safe_target
from juri.webapp.desk import desk
from juri.webapp.guard import ANYONE, guarded
from juri.webapp.sessions import enter, leave

TOO_MANY = 429
REFUSED = 422


@guarded(blueprint, "/sign-in", needs=ANYONE, methods=("GET", "POST"))
def sign_in() -> Any:
    """Sign in by password; beside it, ask for a link."""
    if desk().actor.person and request.method == "GET":
        return redirect(first_page(desk().actor))
    form = PasswordSignIn()
    form.next.data = safe_target(form.next.data or request.args.get("next"))
    if not form.validate_on_submit():
        return _sign_in_page(form), REFUSED if form.errors else 200
    try:
        proven = prove_by_password(
            desk().workbench.database, form.email.data, form.password.data, address=request.remote_addr or ""
        )
    except ActionRefused as refused:
        return _sign_in_page(form, refusal(refused)), TOO_MANY if refused.code == "too_many" else REFUSED
    return go_on(proven, form.next.data)


@guarded(blueprint, "/sign-out", needs=ANYONE, methods=("POST",))
def sign_out() -> Any:
    """Sign out; the browser is told to forget what it kept for this person."""
    leave()
    response = redirect(url_for("account.sign_in"))
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def go_on(proven: Proven, target: str) -> Any:
    """Sign a proven person in, or ask for the code that is still due."""
    if proven.code_is_due:
        session["proven"] = {"person": proven.person, "email": proven.email, "method": proven.method}
        return redirect(url_for("account.code", next=target or None))
    enter(proven)
    return redirect(target or url_for("account.start"))


def refusal(refused: ActionRefused) -> str:
    """Say in the page's language why signing in was refused."""
    said = {
        "wrong_credentials": _("The address or the password is wrong, or the account is closed."),
        "too_many": _("That was tried too often. Wait 15 minutes, or ask for a link by e-mail."),
        "link_is_over": _("This link was used already, is too old, or was replaced. Ask for a new one."),
        "wrong_code": _("The code is wrong, or was used already. Wait for the next one."),
    }
    return said.get(refused.code) or str(refused)


def _sign_in_page(form: PasswordSignIn, problem: str = "") -> str:
    problems = [problem] if problem else []
    return render_template("account/sign_in.html", form=form, link_form=LinkRequest(formdata=None), problems=problems)
