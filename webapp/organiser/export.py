"""The result as a file, and the public page before it is public."""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, render_template, request, url_for
from flask_babel import gettext

from juri.core.audit.trail import chain_head
from juri.core.errors import NotFound
from juri.core.extension import Exporter
from juri.core.results.publication import announcements_of
from juri.core.stages.reports import edition_report
from juri.webapp.guard import Needs, guarded, in_edition
from juri.webapp.language import shown_text
from juri.webapp.organiser.blueprint import blueprint
from juri.webapp.organiser.frame import looking, page
from juri.webapp.public.shown import shown_result

SEE = Needs("standings.see", in_edition)


@guarded(blueprint, "/<edition>/exports/", needs=SEE)
def exports(edition: str) -> Any:
    """Offer the result in every format that a plugin writes."""
    with looking(edition) as look:
        exporters = [look.running.registry.find(Exporter, name) for name in look.running.registry.names("exporters")]
    trail = [(gettext("Export"), "")]
    return page("exports.html", look.running, current="board", trail=trail, exporters=exporters)


@guarded(blueprint, "/<edition>/exports/<name>", needs=SEE)
def export(edition: str, name: str) -> Response:
    """Write the result as a file; with ``sheets`` every juror's total stands in it, too."""
    with looking(edition) as look:
        exporter = look.running.registry.find(Exporter, name)
        report = edition_report(look.session, look.running, sheets=request.args.get("sheets") == "1")
    answer = make_response(exporter.write(report))
    answer.headers["Content-Type"] = exporter.media_type
    answer.headers["Content-Disposition"] = f'attachment; filename="{edition}{exporter.suffix}"'
    return answer


@guarded(blueprint, "/<edition>/preview/<stage>", needs=SEE)
def preview(edition: str, stage: str) -> Any:
    """Show the public page of a sealed stage as it will look, marked as what it is."""
    with looking(edition) as look:
        announcements = announcements_of(look.session, look.running, preview=stage)
        trail = chain_head(look.session)
    if not announcements:
        raise NotFound("announcement", stage)
    name = shown_text(look.running.edition.name)
    board = url_for("organiser.board", edition=edition)
    return render_template(
        "organiser/preview.html", **shown_result(look.running, announcements, trail), stage=stage, edition=edition,
        edition_context={"name": name, "url": board}, breadcrumbs=[(name, board), (gettext("Preview"), "")],
    )  # fmt: skip
