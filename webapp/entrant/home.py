"""Where an agency begins: its editions, and in each the stages with their dates, its entries, and what comes next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import redirect, render_template, url_for
from flask_babel import gettext as _

from juri.core.editions.listing import ListedStage, listed_stages
from juri.core.entries.listing import agencies_of, agency_editions
from juri.core.results.known import OwnEntry, own_entries
from juri.core.results.publication import published_editions
from juri.core.stages.objections import objection_windows
from juri.webapp.desk import desk
from juri.webapp.entrant.blueprint import TAKES_PART, blueprint
from juri.webapp.entrant.entry import Step, steps_of
from juri.webapp.entrant.frame import Look, looking, page
from juri.webapp.guard import SIGNED_IN, guarded
from juri.webapp.language import ngettext, shown_moment, shown_text

OVER = frozenset({"closed", "sealed", "published"})


@dataclass(frozen=True)
class Line:
    """One of the agency's entries, with the one step that it waits for."""

    own: OwnEntry
    next: Step | None


@guarded(blueprint, "/", needs=SIGNED_IN)
def home() -> Any:
    """List the editions in which the person acts for an agency; a single one is opened at once."""
    with desk().reading() as session:
        slugs = agency_editions(session, desk().actor)
    if len(slugs) == 1:
        return redirect(url_for("entrant.edition", edition=slugs[0]))
    return render_template("entrant/home.html", editions=[_tile(slug) for slug in slugs])


@guarded(blueprint, "/<edition>/", needs=TAKES_PART)
def edition(edition: str) -> Any:
    """Show an edition to an agency: its entries, what is to be done until when, and the stages."""
    with looking(edition) as look:
        own = own_entries(look.session, look.running, by=desk().actor)
        stages = listed_stages(look.session, look.running)
        has_result = edition in published_editions(look.session)
        hears = bool(objection_windows(look.session, look.running))
        lines = [
            Line(each, next((step for step in steps if step.name != "withdraw"), None))
            for each, steps in zip(own, steps_of(look, own), strict=True)
        ]
    agencies = agencies_of(desk().actor, edition)
    return page(
        "edition.html",
        look.running,
        look=look,
        lines=lines,
        objections_url=url_for("entrant.objections", edition=edition) if hears else "",
        agencies=agencies,
        todo=todo_of(look, own, has_result=has_result),
        result_url=url_for("public.result", edition=edition) if has_result else "",
        may_begin=look.is_open and bool(agencies_of(desk().actor, edition, "entry.register")),
        stages=[_shown(stage) for stage in stages],
        names={track.id: shown_text(track.name) for track in look.running.edition.tracks},
    )


def todo_of(look: Look, own: Iterable[OwnEntry], *, has_result: bool = False) -> tuple[str, str]:
    """Say what the agency must do next, and until when."""
    gate = look.registration
    if gate is None or gate.state == "planned":
        opens = gate.opens_at if gate else None
        when = _("It opens on %(moment)s.", moment=shown_moment(opens)) if opens else ""
        return _("The registration is not open yet."), when
    drafts = sum(each.state in {"drafted", "at_local_admin"} for each in own)
    if look.is_open:
        until = _("until %(moment)s", moment=shown_moment(gate.closes_at)) if gate.closes_at else _("no deadline yet")
        if drafts:
            said = ngettext("%(num)d entry is not submitted yet.", "%(num)d entries are not submitted yet.", drafts)
            return said, until
        return _("You can write entries and submit them."), until
    if has_result:
        return _("A result is published."), _("What became of your entries stands with each of them.")
    return _("The registration is over."), _("You are told here as soon as a result is published.")


def _tile(slug: str) -> dict[str, Any]:
    with looking(slug) as look:
        own = own_entries(look.session, look.running, by=desk().actor)
        said, until = todo_of(look, own, has_result=slug in published_editions(look.session))
    return {"edition": look.running.edition, "slug": slug, "count": len(own), "said": said, "until": until}


def _shown(stage: ListedStage) -> dict[str, str]:
    """Say where a stage stands for an agency: how far its judging is, no agency is told."""
    position = "past" if stage.state in OVER else "now" if stage.state == "open" else "next"
    notes = {"now": _("open now"), "past": "", "next": ""}
    if stage.state == "published":
        notes["past"] = _("result published")
    return {
        "name": shown_text(stage.name),
        "position": position,
        "when": _dates(stage),
        "note": notes[position],
    }


def _dates(stage: ListedStage) -> str:
    opens, closes = shown_moment(stage.opens_at), shown_moment(stage.closes_at)
    if opens and closes:
        return str(_("%(opens)s to %(closes)s", opens=opens, closes=closes))
    if opens:
        return str(_("from %(moment)s", moment=opens))
    return str(_("until %(moment)s", moment=closes)) if closes else ""
