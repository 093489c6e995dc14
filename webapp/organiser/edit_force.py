"""Putting a working copy in force: what it changes, what that does to sheets and ranks, and the confirmation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from flask import redirect, request, url_for
from flask_babel import gettext
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import HiddenField

from juri.core.editions.verbs import move_edition
from juri.core.editions.working import hold_copy, install_copy, load_copy, mark_in_force
from juri.core.entries.model import EntryRow
from juri.core.errors import ActionRefused, Conflict, DefinitionError, PluginError, Problem
from juri.core.judging.rescoring import Counts
from juri.core.stages.effects import StageEffect, rubric_effects
from juri.core.stages.revising import revise_rules
from juri.webapp.desk import desk
from juri.webapp.forms import JuriForm
from juri.webapp.guard import Needs, guarded, in_edition
from juri.webapp.language import ngettext
from juri.webapp.organiser.blueprint import blueprint
from juri.webapp.organiser.drafts import EDIT, Draft, drafting, edit_page, overtaken_lines, seen_of
from juri.webapp.organiser.edit_gaps import gaps_of
from juri.webapp.organiser.forms import NeededReasonForm, PlainForm
from juri.webapp.organiser.frame import Attempt, acting, sight, tell
from juri.webapp.sentences import sentence


class ForceForm(NeededReasonForm):
    """Why, and the revision in force that the working copy was compared with."""

    revision = HiddenField()


@guarded(blueprint, "/<edition>/edit/force", needs=EDIT, methods=("GET", "POST"))
def edit_force(edition: str) -> Any:
    """Show what the working copy would change; once that is confirmed, install it or put it in force."""
    form = ForceForm() if "revision" in request.form else PlainForm()
    attempt = Attempt(form)
    if form.validate_on_submit():
        with _telling_conflicts(attempt), attempt:
            return _confirmed(edition, form)
    elif form.is_submitted():
        attempt.status = 422
    return _page(edition, attempt)


@contextmanager
def _telling_conflicts(attempt: Attempt) -> Iterator[None]:
    """Have the page say that somebody saved meanwhile, or that the document has faults."""
    try:
        yield
    except Conflict as conflict:
        attempt.refuse([Problem("", reason) for reason in conflict.reasons], 409)
    except DefinitionError:
        attempt.refuse([Problem("", gettext("The document has faults; mend them first."))], 422)


def _confirmed(edition: str, form: JuriForm) -> Response:
    """Install the working copy, or put it in force, if it and what is in force still are what was looked at."""
    here, seen = desk(), seen_of(request.form.get("seen"))
    with here.writing() as session:
        if not seen.base:
            install_copy(session, here.registry, edition, by=here.actor, seen=seen)
            told = gettext("The edition is installed. Open it, and registration can begin.")
        else:
            running = here.running(session, edition)
            if str(running.revision) != request.form.get("revision"):
                raise ActionRefused([gettext("another revision was put in force meanwhile; look at the changes again")])
            loaded = load_copy(session, here.registry, hold_copy(session, edition, seen))
            counts = revise_rules(session, running, loaded, by=here.actor, reason=str(form["reason"].data))
            mark_in_force(session, edition, running.revision + 1, by=here.actor)
            told = _done(running.revision + 1, counts)
    tell(told)
    return redirect(url_for("organiser.edit_force", edition=edition), 303)


def _done(revision: int, counts: Mapping[str, Counts]) -> str:
    scored, returned = sum(each.scored for each in counts.values()), sum(each.returned for each in counts.values())
    told = [gettext("Revision %(n)s is in force.", n=revision)]
    if not counts:
        told.append(gettext("No score was touched."))
    if scored:
        told.append(ngettext("%(num)d scorecard was scored again.", "%(num)d scorecards were scored again.", scored))
    if returned:
        back = ngettext("%(num)d went back to its juror.", "%(num)d went back to their jurors.", returned)
        told.append(back)
    return " ".join(told)


@guarded(blueprint, "/<edition>/edit/open", needs=Needs("edition.move", in_edition), methods=("POST",))
def edit_open(edition: str) -> Any:
    """Open an edition that is installed and still a draft."""
    attempt = Attempt()
    with attempt, acting(edition) as (session, running):
        move_edition(session, running, "open", by=desk().actor)
    if attempt.failed:
        return _page(edition, attempt)
    tell(gettext("The edition is open."))
    return redirect(url_for("organiser.board", edition=edition), 303)


def _page(edition: str, attempt: Attempt) -> Any:
    with drafting(edition) as draft:
        effects, broken = _effects(draft)
        form = attempt.form if isinstance(attempt.form, ForceForm) else ForceForm(formdata=None)
        return edit_page(
            "force.html",
            draft,
            current="force",
            trail=[(gettext("Put in force"), "")],
            status=attempt.status,
            form=form,
            changes=draft.changes(),
            effects=effects,
            held=[effect for effect in effects if effect.state != "open" and not effect.is_wording],
            titles=_titles(draft),
            problems=[*attempt.problems, *broken],
            gaps=gaps_of(draft),
            overtaken=overtaken_lines(draft) if "seen" in request.form else (),
            is_same=_is_same(draft),
        )


def _is_same(draft: Draft) -> bool:
    """Tell whether the working copy says what is in force, to the letter."""
    loaded = draft.checked.loaded
    return loaded is not None and draft.running is not None and loaded.sha256 == draft.running.sha256


def _effects(draft: Draft) -> tuple[tuple[StageEffect, ...], list[str]]:
    """Return what the change does to what was judged, or why that cannot be said."""
    loaded = draft.checked.loaded
    if loaded is None or draft.running is None:
        return (), []
    try:
        effects = rubric_effects(draft.session, draft.running, loaded.edition)
    except PluginError as error:
        return (), [str(error)]
    answers = [sight(draft.running.slug, effect.stage) for effect in effects]
    hidden = [sentence(answer.why) for answer in answers if not answer.allowed]
    return ((), hidden) if hidden else (effects, [])


def _titles(draft: Draft) -> dict[str, str]:
    """Return what the entries are called, by code."""
    if draft.running is None:
        return {}
    found = select(EntryRow.code, EntryRow.title).where(EntryRow.edition_id == draft.running.id)
    return {row.code: row.title for row in draft.session.execute(found)}
