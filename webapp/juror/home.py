"""Where a juror begins: the stages with assignments, and the queue of each."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _

from juri.core.editions.gate import find_gate
from juri.core.judging.queue import DONE, DRAFT, MISSED, OUT, TODO, Queue, own_stages, read_queue
from juri.webapp.desk import desk
from juri.webapp.guard import SIGNED_IN, guarded
from juri.webapp.juror.blueprint import blueprint
from juri.webapp.juror.frame import frame, views_of
from juri.webapp.own_work import HAS_QUEUE

EVERYTHING = "all"


@guarded(blueprint, "/", needs=SIGNED_IN)
def home() -> Any:
    """List the stages in which the person has assignments; a single one is opened at once."""
    with desk().reading() as session:
        stages = own_stages(session, desk().actor.person)
        if len(stages) == 1:
            return redirect(url_for("juror.queue", edition=stages[0].edition, stage=stages[0].stage))
        editions = {slug: desk().running(session, slug) for slug in sorted({each.edition for each in stages})}
    shown = [
        {
            "own": each,
            "name": editions[each.edition].stage(each.stage).name,
            "edition": editions[each.edition].edition.name,
            "zone": editions[each.edition].edition.time_zone,
        }
        for each in stages
    ]
    return render_template("juror/home.html", stages=shown)


@guarded(blueprint, "/<edition>/<stage>/", needs=HAS_QUEUE)
def queue(edition: str, stage: str) -> Any:
    """Show what is assigned, in the juror's own order."""
    with desk().reading() as session:
        running = desk().running(session, edition)
        own = read_queue(session, running, stage, desk().actor.person)
        gate = find_gate(session, running.id, stage)
    found = _filters(own)
    asked = request.args.get("show", EVERYTHING)
    shown = asked if asked in {name for name, _label, _count in found} else EVERYTHING
    address: dict[str, Any] = {"edition": edition, "stage": stage}
    tabs = [
        {"label": label, "url": url_for("juror.queue", **address, show=name), "count": count, "current": name == shown}
        for name, label, count in found
    ]
    common = frame(running, running.stage(stage))
    return render_template(
        "juror/queue.html",
        **common,
        gate=gate,
        queue=own,
        items=own.items if shown == EVERYTHING else own.having(shown),
        shown=shown,
        filters=tabs,
        views=views_of(own, common["here"], "queue"),
        further=own.next_unfinished(),
    )


@guarded(blueprint, "/<edition>/<stage>/next", needs=HAS_QUEUE)
def go_on(edition: str, stage: str) -> Any:
    """Open the first unfinished entry, or the first behind the one that is skipped; at the end the own list."""
    with desk().reading() as session:
        own = read_queue(session, desk().running(session, edition), stage, desk().actor.person)
    further = own.next_unfinished(request.args.get("after", ""))
    if further is None:
        return redirect(url_for("juror.own_list", edition=edition, stage=stage))
    return redirect(url_for("juror.score", edition=edition, stage=stage, entry=further.entry))


def _filters(own: Queue) -> list[tuple[str, str, int]]:
    names = {TODO: _("To do"), DRAFT: _("Draft"), DONE: _("Sent"), MISSED: _("Not sent in time"), OUT: _("Conflict")}
    found = [(status, label, len(own.having(status))) for status, label in names.items()]
    kept = [each for each in found if each[2] or each[0] in {TODO, DRAFT, DONE}]
    return [(EVERYTHING, _("All"), len(own.items)), *kept]
