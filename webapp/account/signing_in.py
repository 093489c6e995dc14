"""Signing in and out: by password, by a link, and the code of the second factor behind both."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _

from juri.core.accounts.accounts import display_of
from juri.core.accounts.asking import request_link
from juri.core.accounts.links import person_of_link
from juri.core.accounts.signing import Proven, prove_by_link, prove_by_password
from juri.core.clock import now
from juri.core.errors import ActionRefused, InputRefused
from juri.webapp.account.blueprint import blueprint
from juri.webapp.account.display import keep_display
from juri.webapp.account.forms import CodeForm, LinkRequest, PasswordSignIn
from juri.webapp.account.targets import first_page, safe_target
from juri.webapp.desk import desk
from juri.webapp.guard import ANYONE, guarded
from juri.webapp.sessions import enter, leave

TOO_MANY = 429
REFUSED = 422
CODE_IS_DUE_FOR = timedelta(minutes=10)
"""How long a proven password waits for its code."""


@guarded(blueprint, "/sign-in", needs=ANYONE, methods=("GET", "POST"))
def sign_in() -> Any:
    """Sign in by password; beside it, ask for a link."""
    if desk().actor.person and request.method == "GET":
        return redirect(safe_target(request.args.get("next")) or first_page(desk().actor))
    form = PasswordSignIn()
    form.next.data = safe_target(form.next.data or request.args.get("next"))
    if not form.validate_on_submit():
        return _page(form), REFUSED if form.errors else 200
    try:
        proven = prove_by_password(
            desk().workbench.database, form.email.data, form.password.data, address=request.remote_addr or ""
        )
    except ActionRefused as refused:
        return _page(form, [refusal(refused)]), _status(refused)
    return go_on(proven, form.next.data)


@guarded(blueprint, "/link", needs=ANYONE, methods=("POST",))
def ask_for_link() -> Any:
    """Ask for a sign-in link by e-mail; the answer is the same whether the address is known or not."""
    form = LinkRequest()
    settings = desk().workbench.settings
    if not form.validate_on_submit():
        return _page(PasswordSignIn(formdata=None), link_form=form), REFUSED
    try:
        at_once = settings.sign_in_mail_at_once and bool(settings.smtp_url)
        address = request.remote_addr or ""
        request_link(desk().workbench.database, form.email.data, address=address, at_once=at_once)
    except InputRefused:
        form.email.errors = [_("This is not an e-mail address. Write it as name@place.")]
        return _page(PasswordSignIn(formdata=None), link_form=form), REFUSED
    except ActionRefused as refused:
        return _page(PasswordSignIn(formdata=None), [refusal(refused)], form), _status(refused)
    return redirect(url_for("account.link_is_coming"))


@guarded(blueprint, "/link", needs=ANYONE)
def link_is_coming() -> Any:
    """Say what happens next after asking for a link."""
    settings = desk().workbench.settings
    return render_template("account/link_is_coming.html", sends=bool(settings.smtp_url))


@guarded(blueprint, "/link/<token>", needs=ANYONE, methods=("GET", "POST"))
def link(token: str) -> Any:
    """Sign in by a link: looking at it uses nothing up, since mail programs look at links as well."""
    if request.method == "POST":
        try:
            with desk().writing() as writing:
                proven = prove_by_link(writing, token)
        except ActionRefused as refused:
            flash(refusal(refused), "danger")
            return redirect(url_for("account.sign_in"))
        return go_on(proven, "")
    with desk().reading() as reading:
        person = person_of_link(reading, token)
        return render_template("account/link.html", email=person.email if person else "", token=token)


@guarded(blueprint, "/code", needs=ANYONE, methods=("GET", "POST"))
def code() -> Any:
    """Take the code of the second factor, after the password or the link."""
    proven = _waiting()
    if proven is None:
        flash(_("Please sign in again."), "info")
        return redirect(url_for("account.sign_in"))
    form = CodeForm()
    form.next.data = safe_target(form.next.data or request.args.get("next"))
    if not form.validate_on_submit():
        return render_template("account/code.html", form=form, problems=[]), REFUSED if form.errors else 200
    try:
        return _let_in(proven, form.next.data, code=form.code.data)
    except ActionRefused as refused:
        return render_template("account/code.html", form=form, problems=[refusal(refused)]), _status(refused)


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
        session["proven"] = {
            "person": proven.person,
            "email": proven.email,
            "method": proven.method,
            "at": now().isoformat(),
        }
        return redirect(url_for("account.code", next=target or None))
    return _let_in(proven, target)


def _let_in(proven: Proven, target: str, *, code: str = "") -> Any:
    """Sign in; this browser takes over the language and the theme that its person chose in another."""
    enter(proven, code=code)
    response = redirect(target or url_for("account.start"))
    with desk().reading() as reading:
        language, theme = display_of(reading, proven.person)
    if language:
        keep_display(response, language=language, theme=theme or "auto")
    return response


def refusal(refused: ActionRefused) -> str:
    """Say in the page's language why signing in was refused."""
    said = {
        "wrong_credentials": _("The address or the password is wrong, or the account is closed."),
        "too_many": _("That was tried too often. Wait 15 minutes and try again."),
        "link_is_over": _("This link was used already, is too old, or was replaced. Ask for a new one."),
        "wrong_code": _("The code is wrong, or was used already. Wait for the next one."),
    }
    return said.get(refused.code) or str(refused)


def _waiting() -> Proven | None:
    """Return who showed a password or a link a moment ago, and whose code is due."""
    kept = session.get("proven")
    if not kept or datetime.fromisoformat(kept["at"]) + CODE_IS_DUE_FOR < now():
        return None
    return Proven(kept["person"], kept["email"], kept["method"], code_is_due=True)


def _status(refused: ActionRefused) -> int:
    return TOO_MANY if refused.code == "too_many" else REFUSED


def _page(form: PasswordSignIn, problems: list[str] | None = None, link_form: LinkRequest | None = None) -> str:
    settings = desk().workbench.settings
    return render_template(
        "account/sign_in.html",
        form=form,
        link_form=link_form or LinkRequest(formdata=None),
        problems=problems or [],
        provider=settings.oidc_name or settings.oidc_issuer,
    )
