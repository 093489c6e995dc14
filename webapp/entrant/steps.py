"""The steps of an entry: handing over and submitting, each after a look at the whole, and withdrawing with a reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as later
from wtforms import BooleanField, TextAreaField
from wtforms.validators import InputRequired, Length

from juri.core.entries.verbs import content_of, hand_over_entry, submit_entry, withdraw_entry
from juri.core.errors import InputRefused
from juri.core.results.known import find_own
from juri.webapp.desk import desk
from juri.webapp.entrant.blueprint import WRITES, blueprint
from juri.webapp.entrant.entry import passages_of, review_of, steps_of
from juri.webapp.entrant.frame import Attempt, acting, looking, page
from juri.webapp.forms import JuriForm
from juri.webapp.guard import guarded

LONGEST_REASON = 500


class SureForm(JuriForm):
    """A step after a look at the whole; where something is open, it must be taken on knowingly."""

    sure = BooleanField(later("I know that this entry may be refused as it is, and go on"))


class WithdrawForm(JuriForm):
    """Why an entry is taken out."""

    reason = TextAreaField(
        later("Why is it withdrawn?"), [InputRequired(message=later("Say why.")), Length(max=LONGEST_REASON)]
    )


@guarded(blueprint, "/<edition>/entries/<code>/hand-over", needs=WRITES, methods=("GET", "POST"))
def hand_over(edition: str, code: str) -> Any:
    """Hand an entry over to the agency's local administrator."""
    return _reviewed(edition, code, "hand_over", hand_over_entry)


@guarded(blueprint, "/<edition>/entries/<code>/submit", needs=WRITES, methods=("GET", "POST"))
def submit(edition: str, code: str) -> Any:
    """Submit an entry for its agency."""
    return _reviewed(edition, code, "submit", submit_entry)


@guarded(blueprint, "/<edition>/entries/<code>/withdraw", needs=WRITES, methods=("GET", "POST"))
def withdraw(edition: str, code: str) -> Any:
    """Take an entry out for good."""
    form, attempt, problems = WithdrawForm(), Attempt(), []
    if form.validate_on_submit():
        try:
            with attempt, acting(edition) as (session, running):
                withdraw_entry(session, running, code, by=desk().actor, reason=str(form.reason.data))
        except InputRefused as refused:
            attempt.status, problems = 422, form.place(refused.problems)
        if attempt.status == 200:  # noqa: PLR2004  nothing went wrong
            flash(_("The entry is withdrawn."), "ok")
            return redirect(url_for("entrant.entry", edition=edition, code=code))
    elif form.is_submitted():
        attempt.status = 422
    with looking(edition) as look:
        own = find_own(look.session, look.running, code, by=desk().actor)
    back = url_for("entrant.entry", edition=edition, code=code)
    trail = ((own.row.title, back), (_("Withdraw"), ""))
    values = {"own": own, "form": form, "reasons": attempt.reasons, "problems": problems, "back": back}
    return page("withdraw.html", look.running, *trail, look=look, **values), attempt.status


def _reviewed(edition: str, code: str, act: str, verb: Callable[..., Any]) -> Any:
    """Show the whole entry once more; then take the step."""
    form, attempt = SureForm(), Attempt()
    with looking(edition) as look:
        own = find_own(look.session, look.running, code, by=desk().actor)
        review = review_of(look, own)
        is_offered = act in {step.name for step in steps_of(look, [own])[0]}
        passages = list(passages_of(look.running, content_of(own.row)))
    if form.validate_on_submit():
        if review.findings and is_offered and not form.sure.data:
            form.sure.errors = [_("Mend what is listed, or say that you go on knowingly.")]
            attempt.status = 422
        else:
            with attempt, acting(edition) as (session, running):
                verb(session, running, code, by=desk().actor)
            if attempt.status == 200:  # noqa: PLR2004  nothing went wrong
                flash(_done(act), "ok")
                return redirect(url_for("entrant.entry", edition=edition, code=code))
    back = url_for("entrant.entry", edition=edition, code=code)
    title = _("Hand over") if act == "hand_over" else _("Check and submit")
    values = {"own": own, "review": review, "form": form, "passages": passages, "reasons": attempt.reasons}
    trail = ((own.row.title, back), (title, ""))
    written = page("review.html", look.running, *trail, look=look, act=act, back=back, is_offered=is_offered, **values)
    return written, attempt.status


def _done(act: str) -> str:
    if act == "hand_over":
        return str(_("Handed over. Your local administrator checks the entry and submits it."))
    return str(_("Submitted. Until the registration closes you may still withdraw it."))
