"""What the page of a published result shows: for everybody, and for whoever looks at it before it is published."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from flask import g

from juri.core.editions.verbs import Running
from juri.core.results.publication import Announcement, Place, PublishedTitle
from juri.webapp.language import shown_text

SHORT, FIRST = 12, 10
"""A list of more than ``SHORT`` places shows the ``FIRST`` of them, and the others on demand or where one is sought."""


def shown_result(
    running: Running, announcements: Iterable[Announcement], trail: tuple[int, str], sought: str = ""
) -> dict[str, Any]:
    """Return the values of the page; ``trail`` is the end of the audit trail, ``sought`` the words of a search."""
    g.zone = running.edition.time_zone
    given = tuple(announcements)
    return {
        "running": running,
        "announcements": _found_in(given, sought.casefold()) if sought else given,
        "sought": sought,
        "short": SHORT,
        "first": FIRST,
        "is_long": sum(len(title.places) for each in given for title in each.titles) > SHORT,
        "tracks": track_names(running),
        "events": trail[0],
        "head": trail[1],
    }


def track_names(running: Running) -> dict[str, str]:
    """Return what the tracks of an edition are called, in the language of the page."""
    return {track.id: shown_text(track.name) for track in running.edition.tracks}


def _found_in(announcements: Iterable[Announcement], sought: str) -> list[Announcement]:
    """Return the announcements with only the places in which these words stand; titles without any are left out."""
    found = []
    for announcement in announcements:
        titles = [_with_words(title, sought) for title in announcement.titles]
        if any(title.places for title in titles):
            found.append(replace(announcement, titles=tuple(title for title in titles if title.places)))
    return found


def _with_words(title: PublishedTitle, sought: str) -> PublishedTitle:
    return replace(title, places=tuple(place for place in title.places if sought in _words_of(place)))


def _words_of(place: Place) -> str:
    return f"{place.recipient} {place.innovation} {place.entrant} {place.region}".casefold()
