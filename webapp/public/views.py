"""The public pages: what was published, and by which hashes it can be checked."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flask import Response, make_response, render_template, request
from flask_babel import gettext as _

from juri.core.audit.trail import chain_head
from juri.core.editions.verbs import Running
from juri.core.errors import NotFound
from juri.core.extension import Report
from juri.core.results.publication import Announcement, Place, announcements_of, published_editions
from juri.core.scoring.number import decimal_text
from juri.plugins.exporters.as_csv import write_csv
from juri.webapp.desk import desk
from juri.webapp.guard import ANYONE, guarded
from juri.webapp.language import shown_text
from juri.webapp.public.blueprint import blueprint
from juri.webapp.public.shown import shown_result, track_names
from juri.webapp.sentences import sentence

__all__ = ["blueprint"]


@guarded(blueprint, "/", needs=ANYONE)
def home() -> str:
    """Show the editions that have published a result."""
    with desk().reading() as session:
        editions = [desk().running(session, slug) for slug in published_editions(session)]
    return render_template("public/home.html", editions=editions)


@guarded(blueprint, "/results/<edition>", needs=ANYONE)
def result(edition: str) -> str:
    """Show what an edition has published: only that, and nothing that is merely sealed."""
    running, announcements, trail = _published(edition)
    return render_template(
        "public/result.html", **shown_result(running, announcements, trail, request.args.get("words", "").strip()),
        edition_context={"name": shown_text(running.edition.name), "url": ""},
        breadcrumbs=[(_("Published results"), "/"), (shown_text(running.edition.name), "")],
    )  # fmt: skip


@guarded(blueprint, "/results/<edition>/table.csv", needs=ANYONE)
def result_table(edition: str) -> Response:
    """Write what an edition has published as one table: every recipient of every title, nothing more than the page."""
    running, announcements, _trail = _published(edition)
    tracks = track_names(running)
    rows = tuple(
        (shown_text(announcement.name), shown_text(title.title), *_cells(place, tracks))
        for announcement in announcements
        for title in announcement.titles
        for place in title.places
    )
    answer = make_response(write_csv(Report({}, {"result": (COLUMNS, rows)})))
    answer.headers["Content-Type"] = "text/csv; charset=utf-8"
    answer.headers["Content-Disposition"] = f'attachment; filename="{edition}.csv"'
    return answer


COLUMNS = ("announcement", "title", "rank", "score", "recipient", "innovation", "entrant", "region", "track", "rule")
"""The columns of the table, in the words of the API: programs read it, too."""


def _cells(place: Place, tracks: Mapping[str, str]) -> tuple[Any, ...]:
    score = None if place.score is None else Decimal(decimal_text(place.score, 2))
    track = tracks.get(place.track, place.track)
    is_entry = place.recipient_type == "entry" and place.innovation  # its code is not for everybody
    recipient = place.innovation if is_entry else place.recipient
    said = sentence(place.rule)
    return (place.rank, score, recipient, place.innovation, place.entrant, place.region, track, said)


def _published(edition: str) -> tuple[Running, tuple[Announcement, ...], tuple[int, str]]:
    """Return an edition with what it has published and the end of the audit trail; NotFound where that is nothing."""
    with desk().reading() as session:
        running = desk().running(session, edition)
        announcements = announcements_of(session, running)
        trail = chain_head(session)
    if not announcements:
        raise NotFound("edition", edition)
    return running, announcements, trail
