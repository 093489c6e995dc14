"""The public pages: what was published, and by which hashes it can be checked."""

from __future__ import annotations

from typing import Any

from flask import g, render_template
from flask_babel import gettext as _

from juri.core.audit.trail import chain_head
from juri.core.errors import NotFound
from juri.core.results.publication import announcements_of, published_editions
from juri.webapp.desk import desk
from juri.webapp.guard import ANYONE, guarded
from juri.webapp.language import shown_text
from juri.webapp.public.blueprint import blueprint

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
    with desk().reading() as session:
        running = desk().running(session, edition)
        announcements = announcements_of(session, running)
        count, head = chain_head(session)
    if not announcements:
        raise NotFound("edition", edition)
    g.zone = running.edition.time_zone
    tracks = {track.id: shown_text(track.name) for track in running.edition.tracks}
    page: dict[str, Any] = {
        "running": running,
        "announcements": announcements,
        "tracks": tracks,
        "events": count,
        "head": head,
        "edition_context": {"name": shown_text(running.edition.name), "url": ""},
        "breadcrumbs": [(_("Published results"), "/"), (shown_text(running.edition.name), "")],
    }
    return render_template("public/result.html", **page)
