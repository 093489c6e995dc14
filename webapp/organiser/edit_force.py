"""Putting a working copy in force: what it changes, what that does to sheets and ranks, and the confirmation."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext, ngettext
from wtforms import HiddenField, TextAreaField
from wtforms.validators import Length

from juri.core.editions.verbs import move_edition
from juri.core.editions.working import hold_copy, install_copy, load_copy, mark_in_force
from juri.core.errors import ActionRefused, Conflict, DefinitionError, InputRefused, JuriError
from juri.core.stages.effects import StageEffect, rubric_effects
from juri.core.stages.revising import revise_rules
from juri.webapp.desk import desk
from juri.webapp.forms import JuriForm
from juri.webapp.guard import guarded
from juri.webapp.organiser.blueprint import blueprint
from juri.webapp.organiser.drafts import EDIT, Draft, drafting, edit_page, overtaken_lines, seen_of
from juri.webapp.organiser.edit_unknown import gaps_of


class ForceForm(JuriForm):
    """Why, and what was seen: the working copy, and the revision in force that it was compared with."""

    reason = TextAreaField(validators=[Length(max=500)])
    revision = HiddenField()


@guarded(blueprint, "/<edition>/edit/force", needs=EDIT, methods=("GET", "POST"))
def edit_force(edition: str) -> Any:
    """Show what the working copy would change; install it, or put it in force."""
    if request.method == "POST":
        form = ForceForm()
        if not form.validate():
            return _page(edition, form, [gettext("The form is too old; load the page again.")], 422)
        try:
            return _put_in_force(edition, form)
        except Conflict as conflict:
            return _page(edition, form, list(conflict.reasons), 409)
        except JuriError as error:
            return _page(edition, form, _told(error), 422 if isinstance(error, InputRefused) else 409)
    return _page(edition, ForceForm(formdata=None), [], 200)


def _put_in_force(edition: str, form: ForceForm) -> Any:
    here, seen = desk(), seen_of(request.form.get("seen"))
    with here.writing() as session:
        if seen.base == 0:
            install_copy(session, here.registry, edition, by=here.actor, seen=seen)
            told = gettext("The edition is installed. Open it, and registration can begin.")
        else:
            running = here.running(session, edition)
            if str(running.revision) != form.revision.data:
                raise ActionRefused([gettext("another revision was put in force meanwhile; look at the changes again")])
            loaded = load_copy(session, here.registry, hold_copy(session, edition, seen))
            counts = revise_rules(session, running, loaded, by=here.actor, reason=form.reason.data or "")
            mark_in_force(session, edition, running.revision + 1, by=here.actor)
            scored = sum(each.scored for each in counts.values())
            told = gettext("Revision %(n)s is in force.", n=running.revision + 1)
            if counts:
                again = ngettext("%(num)d scorecard was scored again.", "%(num)d scorecards were scored again.", scored)
                told = f"{told} {again}"
    flash(told, "ok")
    return redirect(url_for("organiser.edit_force", edition=edition), 303)


@guarded(blueprint, "/<edition>/edit/open", needs=EDIT, methods=("POST",))
def edit_open(edition: str) -> Any:
    """Open an edition that is installed and still a draft."""
    here = desk()
    try:
        with here.writing() as session:
            move_edition(session, here.running(session, edition), "open", by=here.actor)
    except ActionRefused as refused:
        return _page(edition, ForceForm(formdata=None), list(refused.reasons), 409)
    flash(gettext("The edition is open."), "ok")
    return redirect(url_for("organiser.board", edition=edition), 303)


def _page(edition: str, form: ForceForm, problems: list[str], status: int) -> Any:
    with drafting(edition) as draft:
        changes = draft.changes()
        effects, broken = _effects(draft)
        return edit_page(
            "force.html",
            draft,
            current="force",
            trail=[(gettext("Put in force"), "")],
            status=status,
            form=form,
            changes=changes,
            effects=effects,
            problems=[*problems, *broken],
            gaps=gaps_of(draft),
            overtaken=overtaken_lines(draft) if request.method == "POST" and "seen" in request.form else (),
            is_same=draft.running is not None and _is_same(draft),
        )


def _is_same(draft: Draft) -> bool:
    loaded = draft.checked.loaded
    return loaded is not None and draft.running is not None and loaded.sha256 == draft.running.sha256


def _effects(draft: Draft) -> tuple[tuple[StageEffect, ...], list[str]]:
    """Return what the change does to what was judged, or why that cannot be said."""
    loaded = draft.checked.loaded
    if loaded is None or draft.running is None:
        return (), []
    try:
        return rubric_effects(draft.session, draft.running, loaded.edition), []
    except JuriError as error:
        return (), _told(error)


def _told(error: JuriError) -> list[str]:
    if isinstance(error, ActionRefused):
        return list(error.reasons)
    if isinstance(error, InputRefused):
        return [problem.message for problem in error.problems]
    return [str(fault) for fault in error.faults] if isinstance(error, DefinitionError) else [str(error)]
