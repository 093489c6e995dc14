"""Setting up and giving up the second factor."""

from __future__ import annotations

from typing import Any

import segno
from flask import flash, redirect, render_template, session, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from juri.core.accounts.second_factor import (
    count_code,
    has_second_factor,
    new_secret,
    provisioning_address,
    renew_recovery_codes,
    take_code,
    turn_off_second_factor,
    turn_on_second_factor,
)
from juri.core.errors import ActionRefused, InputRefused
from juri.webapp.account.blueprint import blueprint
from juri.webapp.account.forms import CodeForm
from juri.webapp.account.signing_in import REFUSED, refusal
from juri.webapp.desk import desk
from juri.webapp.guard import SIGNED_IN, guarded
from juri.webapp.sessions import must_set_up_second_factor, renew, this_session, vault

ISSUER = "Juri"
_GROUP = 4


@guarded(blueprint, "/second-factor", needs=SIGNED_IN, methods=("GET", "POST"))
def second_factor() -> Any:
    """Share a secret with an authenticator; the first code that it shows turns the second factor on."""
    actor, form = desk().actor, CodeForm()
    with desk().reading() as reading:
        if has_second_factor(reading, actor.person):
            return redirect(url_for("account.profile"))
    if not form.validate_on_submit():
        return _set_up_page(form), REFUSED if form.errors else 200
    here, secret = this_session(), _waiting_secret()
    try:
        with desk().writing() as writing:
            keep = here.sha256 if here else ""
            codes = turn_on_second_factor(
                writing, actor.name, secret, form.code.data, by=actor, vault=vault(), keep=keep
            )
    except InputRefused:
        form.code.errors = [_("The code is wrong. Wait for the next one, and check the clock of your device.")]
        return _set_up_page(form), REFUSED
    session.pop("totp", None)
    renew(second_factor=True)
    flash(_("The second factor is on. Every other browser is signed out."), "ok")
    return render_template("account/recovery_codes.html", codes=codes)


@guarded(blueprint, "/recovery-codes", needs=SIGNED_IN, methods=("POST",))
def recovery() -> Any:
    """Make new recovery codes, against a code of the authenticator."""
    return _with_code("recovery", lambda writing: renew_recovery_codes(writing, desk().actor.name, by=desk().actor))


@guarded(blueprint, "/second-factor/off", needs=SIGNED_IN, methods=("POST",))
def second_factor_off() -> Any:
    """Give up the second factor, against one of its codes."""
    return _with_code("off", lambda writing: turn_off_second_factor(writing, desk().actor.name, by=desk().actor))


@guarded(blueprint, "/second-factor/change", needs=SIGNED_IN)
def second_factor_change() -> Any:
    """Show the two changes of the second factor that need one of its codes."""
    return render_template("account/second_factor_change.html", form=CodeForm(formdata=None), problems=[])


def _with_code(what: str, act: Any) -> Any:
    """Do something that needs a code of the second factor."""
    actor, form = desk().actor, CodeForm()
    problems = []
    if form.validate_on_submit():
        try:
            count_code(desk().workbench.database, actor.person)
            with desk().writing() as writing:
                take_code(writing, actor.person, form.code.data, vault())
                codes = act(writing)
        except ActionRefused as refused:
            problems = [refusal(refused)]
        else:
            return _done(what, codes)
    return render_template("account/second_factor_change.html", form=form, problems=problems), REFUSED


def _done(what: str, codes: Any) -> Any:
    renew(second_factor=what != "off")
    if what == "recovery":
        return render_template("account/recovery_codes.html", codes=codes)
    flash(_("The second factor is off."), "info")
    return redirect(url_for("account.profile"))


def _waiting_secret() -> str:
    return vault().open(session.get("totp", ""), desk().actor.person)


def _set_up_page(form: CodeForm) -> str:
    """Show the secret as a QR code and as text; it waits in the session until a code proves that it arrived."""
    secret = _waiting_secret()
    if not secret:
        secret = new_secret()
        session["totp"] = vault().close(secret, desk().actor.person)
    address = provisioning_address(secret, desk().actor.name, ISSUER)
    drawn = segno.make(address, micro=False).svg_inline(scale=5, border=4, light="#fff", svgclass=None, lineclass=None)
    return render_template(
        "account/second_factor.html",
        form=form,
        address=address,
        drawn=Markup(drawn),  # noqa: S704  drawn by us: paths only, no text of anybody
        secret=" ".join(secret[at : at + _GROUP] for at in range(0, len(secret), _GROUP)),
        must_set_up=must_set_up_second_factor(),
    )
