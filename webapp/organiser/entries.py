"""Entries: the list with its filters, and each entry with its whole way through the stages."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from juri.core.entries.facts import alive_titles
from juri.core.entries.listing import EntryFilter, clusters_of, list_entries
from juri.core.entries.model import Organization
from juri.core.entries.verbs import disqualify_entry, find_entry, revisions_of
from juri.core.lifecycle import TRANSITIONS
from juri.core.policy import Subject
from juri.core.stages.explanations import explain
from juri.webapp.cards import aspect_names
from juri.webapp.desk import desk
from juri.webapp.entry_forms import answer_words
from juri.webapp.guard import Needs, guarded, in_edition
from juri.webapp.language import shown_text
from juri.webapp.organiser.act_forms import told_of
from juri.webapp.organiser.blueprint import blueprint
from juri.webapp.organiser.forms import NeededReasonForm
from juri.webapp.organiser.frame import Attempt, acting, is_partial, looking, page, tell
from juri.webapp.organiser.remarks import remarks_on
from juri.webapp.paging import page_number

SEE = Needs("entry.see", in_edition)
DECIDE = Needs("decision.take", in_edition)
FILTERS = ("state", "track", "category", "cluster", "words", "sort")
Answer = str | Response | tuple[str, int]


@guarded(blueprint, "/<edition>/entries/", needs=SEE)
def entries(edition: str) -> Answer:
    """List the entries that fit what is asked for."""
    asked = {name: request.args.get(name, "").strip() for name in FILTERS}
    wanted = EntryFilter(**{**asked, "sort": asked["sort"] or "code"}, page=page_number())
    with looking(edition) as look, Attempt() as attempt:
        found = list_entries(look.session, look.running, wanted, by=desk().actor)
        clusters = clusters_of(look.session, look.running)
    if attempt.failed:
        return redirect(url_for("organiser.entries", edition=edition))
    given: dict[str, Any] = {name: value for name, value in asked.items() if value}
    template = "entries_part.html" if is_partial() else "entries.html"
    return page(
        template, look.running, current="entries", trail=[(gettext("Entries"), "")], found=found, asked=asked,
        states=_states(), clusters=[(cluster, cluster) for cluster in clusters],
        is_filtered=any(value for name, value in given.items() if name != "sort"),
        sort_url=lambda by: url_for("organiser.entries", edition=edition, **{**given, "sort": by}),
        names=_names(look.running.edition.tracks), categories=_names(look.running.edition.categories),
    )  # fmt: skip


def _states() -> list[str]:
    return list(TRANSITIONS["entry"])


def _names(items: Any) -> dict[str, str]:
    return {item.id: shown_text(item.name) for item in items}


def _entry_at_desk(edition: str, code: str) -> Subject:
    """Return the subject of an entry: the edition, or the stage in which it is, for who works in that stage alone."""
    stages = desk().actor.stages_in(edition)
    if stages:
        with looking(edition) as look:
            for stage in stages:
                if code in alive_titles(look.session, look.running, look.running.stage(stage)):
                    return Subject(edition, stage=stage)
    return Subject(edition)


@guarded(blueprint, "/<edition>/entries/<code>/", needs=Needs("entry.see", _entry_at_desk))
def entry(edition: str, code: str) -> Any:
    """Show an entry: what it says, and what every stage made of it."""
    with looking(edition) as look:
        row = find_entry(look.session, look.running, code)
        told = explain(look.session, look.running, code)
        told = replace(told, stages=tuple(stage for stage in told.stages if stage.stage not in look.hidden))
        place = look.session.get_one(Organization, row.organization_id)
        revisions = revisions_of(look.session, row)
        said = {stage.stage: remarks_on(look, stage.notes) for stage in told.stages if stage.notes}
    edition_ = look.running.edition
    zone = edition_.time_zone
    criteria = aspect_names(edition_.rubrics.values())
    title = f"{code} · {row.title}"
    return page(
        "entry.html", look.running, current="entries", row=row, told=told, place=place, revisions=revisions,
        title=title, trail=[(gettext("Entries"), url_for("organiser.entries", edition=edition)), (title, "")],
        names=_names(edition_.tracks), categories=_names(edition_.categories), criteria=criteria,
        questions={field.id: field for field in edition_.form}, answer_words=answer_words,
        told_of=lambda record: told_of(record, zone), said=said,
        may_disqualify="disqualified" in TRANSITIONS["entry"][row.state],
    )  # fmt: skip


@guarded(blueprint, "/<edition>/entries/<code>/disqualify", needs=DECIDE, methods=("GET", "POST"))
def disqualify(edition: str, code: str) -> Answer:
    """Disqualify an entry, with a reason."""
    form = NeededReasonForm()
    attempt = Attempt(form)
    if form.validate_on_submit():
        with attempt, acting(edition) as (session, running):
            disqualify_entry(session, running, code, by=desk().actor, reason=form.reason.data)
        if not attempt.failed:
            tell(gettext("%(code)s is disqualified.", code=code))
            return redirect(url_for("organiser.entry", edition=edition, code=code))
    elif form.is_submitted():
        attempt.status = 422
    with looking(edition) as look:
        row = find_entry(look.session, look.running, code)
    back = url_for("organiser.entry", edition=edition, code=code)
    trail = [(gettext("Entries"), url_for("organiser.entries", edition=edition)), (code, back),
             (gettext("Disqualify"), "")]  # fmt: skip
    written = page("disqualify.html", look.running, current="entries", trail=trail, row=row, form=form,
                   problems=attempt.problems, back=back)  # fmt: skip
    return written, attempt.status
