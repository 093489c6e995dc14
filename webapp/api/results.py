"""Standings for those who run an edition, the published result for everybody, and the head of the audit trail."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from juri.core.audit.trail import chain_head
from juri.core.editions.gate import find_stage
from juri.core.editions.verbs import Running
from juri.core.errors import NotFound
from juri.core.policy import Subject, may
from juri.core.results.publication import Announcement, announcements_of
from juri.core.results.snapshots import standings_in_force
from juri.webapp.api.blueprint import SEES_STANDINGS, SEES_TRAIL
from juri.webapp.api.routing import Told, read_query, resource
from juri.webapp.api.schemas import ResultOut, ResultQuery, StandingsOut, TrailOut
from juri.webapp.desk import desk
from juri.webapp.guard import ANYONE
from juri.webapp.language import language_of_asker
from juri.webapp.problems import asker_says


@resource("/editions/<edition>/stages/<stage>/standings", needs=SEES_STANDINGS, answer=StandingsOut)
def standings(edition: str, stage: str) -> Any:
    """Read the standings that a stage came to when it closed, for those who run the edition."""
    with desk().reading() as session:
        running = desk().running(session, edition)
        running.stage(stage)
        row = find_stage(session, running.id, stage)
        found = standings_in_force(session, row)
    tracks = [
        {
            "track": track,
            "method": told.method,
            "lines": [_line(line) for line in told.lines],
            "unranked": [{"entry": each.entry, "reason": asker_says(each.reason)} for each in told.unranked],
            "warnings": list(map(asker_says, told.warnings)),
        }
        for track, told in sorted(found.items())
    ]
    headers = {"Content-Language": language_of_asker(), "Vary": "Accept-Language"}
    return Told({"stage": stage, "state": row.state, "tracks": tracks}, headers=headers)


@resource("/editions/<edition>/result", needs=ANYONE, answer=ResultOut, query=ResultQuery)
def result(edition: str) -> Any:
    """Read what an edition has published, as openly as the edition says; nothing that is merely sealed."""
    preview = read_query(ResultQuery)["preview"]
    if preview and not may(desk().actor, "standings.see", Subject(edition, stage=preview)).allowed:
        raise NotFound("result", edition)
    with desk().reading() as session:
        running = desk().running(session, edition)
        found = announcements_of(session, running, preview=preview)
        if not found:
            raise NotFound("result", edition)
        return _result(session, running, found)


@resource("/editions/<edition>/audit/head", needs=SEES_TRAIL, answer=TrailOut)
def audit_head(edition: str) -> Any:
    """Read the head of the audit trail, to publish it elsewhere."""
    with desk().reading() as session:
        desk().running(session, edition)
        return _trail(session)


def _result(session: Session, running: Running, found: tuple[Announcement, ...]) -> dict[str, Any]:
    return {
        "edition": running.slug,
        "document_sha256": running.sha256,
        "announcements": [
            {**vars(each), "titles": [{**vars(title), "places": _places(title)} for title in each.titles]}
            for each in found
        ],
        "trail": _trail(session),
    }


def _places(title: Any) -> list[dict[str, Any]]:
    return [{**vars(place), "score_exact": place.score} for place in title.places]


def _trail(session: Session) -> dict[str, Any]:
    events, head = chain_head(session)
    return {"events": events, "head": head}


def _line(line: Any) -> dict[str, Any]:
    return {**vars(line), "score_exact": line.score, "raw_exact": line.raw}
