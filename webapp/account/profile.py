"""One's own account: what one may do, the password, the display, the browsers one is signed in with."""

from __future__ import annotations

from typing import Any

from flask import flash, jsonify, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from juri.core.accounts.accounts import choose_display, end_other_sessions, has_password, set_password
from juri.core.accounts.second_factor import has_second_factor, recovery_codes_left
from juri.core.accounts.sessions import list_sessions
from juri.core.accounts.signing import prove_by_password
from juri.core.errors import ActionRefused, InputRefused, NotFound
from juri.webapp.account.blueprint import blueprint
from juri.webapp.account.browsers import browser_name
from juri.webapp.account.display import keep_display
from juri.webapp.account.forms import Display, NewPassword
from juri.webapp.account.signing_in import REFUSED, refusal
from juri.webapp.account.targets import first_page
from juri.webapp.desk import desk
from juri.webapp.frame import role_name, session_end
from juri.webapp.guard import SIGNED_IN, guarded
from juri.webapp.language import language, shown_moment
from juri.webapp.sessions import must_set_up_second_factor, renew, stay, this_session


@guarded(blueprint, "/start", needs=SIGNED_IN)
def start() -> Any:
    """Go to the page on which this person begins their work."""
    return redirect(first_page(desk().actor))


@guarded(blueprint, "/", needs=SIGNED_IN)
def profile() -> Any:
    """Show one's own account."""
    return _page()


@guarded(blueprint, "/stay", needs=SIGNED_IN, methods=("POST",), endpoint="stay")
def stay_longer() -> Any:
    """Stay signed in for longer; answers a script of the page on which somebody types."""
    stay()
    end = session_end()
    if end is None:
        raise NotFound("page", request.path)
    return jsonify(until=end.until, said=_("You stay signed in until %(moment)s.", moment=shown_moment(end.moment)))


@guarded(blueprint, "/password", needs=SIGNED_IN, methods=("POST",))
def password() -> Any:
    """Set another password; every other browser is signed out."""
    actor, form, here = desk().actor, NewPassword(), this_session()
    if not form.validate_on_submit() or here is None:
        return _page(form), REFUSED
    try:
        _require_current(form)
        with desk().writing() as session:
            set_password(session, actor.name, form.password.data, by=actor, keep=here.sha256)
    except InputRefused as refused:
        form.password.errors = [_password_problem(refused)]
        return _page(form), REFUSED
    except ActionRefused as refused:
        form.current.errors = [refusal(refused)]
        return _page(form), REFUSED
    renew()
    flash(_("The password is changed. Every other browser is signed out."), "ok")
    return redirect(url_for("account.profile"))


@guarded(blueprint, "/display", needs=SIGNED_IN, methods=("POST",))
def display() -> Any:
    """Keep language and theme, for every browser of this person."""
    actor, form = desk().actor, Display()
    if not form.validate_on_submit():
        return _page(display_form=form), REFUSED
    with desk().writing() as session:
        choose_display(
            session, actor.name, language=form.language.data, theme=form.theme.data.removeprefix("auto"), by=actor
        )
    flash(_("Kept."), "ok")
    response = make_response(redirect(url_for("account.profile")))
    keep_display(response, language=form.language.data, theme=form.theme.data)
    return response


@guarded(blueprint, "/sessions", needs=SIGNED_IN, methods=("POST",))
def sessions() -> Any:
    """Sign out every other browser."""
    here = this_session()
    with desk().writing() as session:
        ended = end_other_sessions(session, desk().actor.name, by=desk().actor, keep=here.sha256 if here else "")
    flash(_("%(count)d other browsers are signed out.", count=ended), "ok")
    return redirect(url_for("account.profile"))


def _require_current(form: NewPassword) -> None:
    """Ask for the password that is in force, so that an open screen alone cannot change it.

    Raises:
        ActionRefused: it is wrong.

    """
    from flask import request

    actor, bench = desk().actor, desk().workbench
    with desk().reading() as session:
        asks = has_password(session, actor.person)
    if asks:
        prove_by_password(bench.database, actor.name, form.current.data or "", address=request.remote_addr or "")


def _password_problem(refused: InputRefused) -> str:
    said = {
        "too_short": _("Write at least 8 characters; a sentence is good."),
        "guessed_first": _("A guesser would try this first. Choose another; a sentence is good."),
    }
    return said.get(refused.problems[0].code) or str(refused)


def _page(form: NewPassword | None = None, display_form: Display | None = None) -> str:
    actor, here = desk().actor, this_session()
    with desk().reading() as session:
        return render_template(
            "account/profile.html",
            form=form or NewPassword(formdata=None),
            display_form=display_form or Display(formdata=None, data=_display()),
            grants=sorted(here.grants if here else (), key=lambda grant: grant.said()),
            here=here,
            role_name=role_name,
            browser_name=browser_name,
            must_set_up=must_set_up_second_factor(),
            **_account(session, actor.person),
        )


def _account(session: Session, person: int) -> dict[str, Any]:
    return {
        "sessions": list_sessions(session, person),
        "asks_current": has_password(session, person),
        "second_factor": has_second_factor(session, person),
        "codes_left": recovery_codes_left(session, person),
    }


def _display() -> dict[str, str]:
    here = this_session()
    return {"language": (here.language if here else "") or language(), "theme": (here.theme if here else "") or "auto"}
