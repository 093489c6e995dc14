"""Editions, their documents and their stages."""

from __future__ import annotations

from typing import Any

from juri.core.editions.listing import listed_stages
from juri.core.editions.verbs import Running, find_document
from juri.core.errors import NotFound
from juri.core.policy import Subject, may
from juri.core.results.publication import visible_editions
from juri.core.stages.progress import stage_progress
from juri.webapp.api.blueprint import SEES_EDITION, SEES_STANDINGS
from juri.webapp.api.routing import resource
from juri.webapp.api.schemas import DocumentOut, EditionOut, EditionsOut, ProgressOut, StagesOut
from juri.webapp.desk import desk
from juri.webapp.guard import ANYONE

OVER = "closed"


@resource("/editions", needs=ANYONE, answer=EditionsOut)
def editions() -> Any:
    """List the editions that you may know of: your own, and those with a published result."""
    with desk().reading() as session:
        found = [desk().running(session, slug) for slug in visible_editions(session, desk().actor)]
    return {"editions": [_edition(running) for running in found]}


@resource("/editions/<edition>", needs=SEES_EDITION, answer=EditionOut)
def edition(edition: str) -> Any:
    """Read an edition."""
    with desk().reading() as session:
        return _edition(desk().running(session, edition))


@resource("/editions/<edition>/document", needs=SEES_EDITION, answer=DocumentOut)
def document(edition: str) -> Any:
    """Read the rules of an edition as they are in force."""
    with desk().reading() as session:
        running = desk().running(session, edition)
        found = find_document(session, desk().registry, edition)
    if found is None:
        raise NotFound("edition", edition)
    return {"edition": edition, "revision": running.revision, "sha256": running.sha256, "document": found.data}


@resource("/editions/<edition>/stages", needs=SEES_EDITION, answer=StagesOut)
def stages(edition: str) -> Any:
    """List the stages of an edition with their dates."""
    runs_it = may(desk().actor, "desk.see", Subject(edition)).allowed
    with desk().reading() as session:
        running = desk().running(session, edition)
        listed = listed_stages(session, running)
    told = [
        {
            "stage": each.key,
            "kind": running.stage(each.key).kind,
            "name": each.name,
            "state": OVER if each.state == "sealed" and not runs_it else each.state,
            "opens_at": each.opens_at,
            "closes_at": each.closes_at,
            "tracks": running.stage(each.key).tracks,
        }
        for each in listed
    ]
    return {"edition": edition, "stages": told}


@resource("/editions/<edition>/stages/<stage>/progress", needs=SEES_STANDINGS, answer=ProgressOut)
def progress(edition: str, stage: str) -> Any:
    """Tell how far the jurors of a stage are."""
    with desk().reading() as session:
        found = stage_progress(session, desk().running(session, edition), stage)
    return {
        "stage": stage,
        "assigned": found.assigned,
        "done": found.done,
        "jurors": found.jurors,
        "entries": found.entries,
    }


def _edition(running: Running) -> dict[str, Any]:
    told = running.edition
    return {"edition": running.slug, "name": told.name, "state": running.state, "time_zone": told.time_zone}
