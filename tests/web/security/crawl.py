"""Walking through all pages as somebody: by their links, and by every order, filter and search of every list."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

MOST_OF_A_KIND = 2
"""Pages of one route with the same names in their query: of a list of entries, so many entries are opened."""
FOUND, NOT_FOUND = 200, 404
NOT_FOLLOWED = ("/static/", "/account/sign-out")
TOLD_BY_VALUE = {"sort", "order", "q", "words", "state", "show"}
SHOWS_THE_SAME = re.compile(r"[?&](lang|theme)=")


@dataclass
class Walk:
    """A walk: what answered, by address, and which links led nowhere."""

    bodies: dict[str, bytes] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)
    kinds: Counter[Any] = field(default_factory=Counter)


class _Links(HTMLParser):
    """The addresses in a page: links, and the forms that ask, with each choice that they offer."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.searches: list[str] = []
        self._form: str | None = None
        self._select = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "a" and "href" in given:
            self.found.append(given["href"])
        elif tag == "form":
            self._form = given.get("action", "") if given.get("method", "get").lower() == "get" else None
        elif tag == "select":
            self._select = given.get("name", "")
        elif tag == "option" and self._form is not None and self._select and given.get("value"):
            self.found.append(f"{self._form}?{urlencode({self._select: given['value']})}")
        elif tag == "input" and given.get("type") == "search":
            self.searches.append(given.get("name", ""))
        if "hx-get" in given:
            self.found.append(given["hx-get"])


def walk(client: Any, starts: list[str], match: Any, searched: list[str]) -> Walk:
    """Open the starts, and every link from there, as long as it leads to another kind of page; search every list."""
    trip, waiting = Walk(), [(start, "") for start in starts]
    while waiting:
        url, source = waiting.pop(0)
        kind = _kind(url, match)
        if (
            url in trip.statuses
            or url.startswith(NOT_FOLLOWED)
            or SHOWS_THE_SAME.search(url)
            or (source and trip.kinds[kind] >= MOST_OF_A_KIND)
        ):
            continue
        trip.kinds[kind] += 1
        with client.get(url) as answer:
            trip.statuses[url], trip.bodies[url] = answer.status_code, b"\n".join(_contents(answer))
            if trip.statuses.get(source) == FOUND and answer.status_code == NOT_FOUND:
                trip.broken[url] = source
            waiting += [(found, url) for found in _further(url, answer, searched)]
    return trip


def _further(url: str, answer: Any, searched: list[str]) -> Iterator[str]:
    targets = [answer.location] if answer.location else []
    if answer.mimetype == "text/html":
        page = _Links()
        page.feed(answer.text)
        targets += [*page.found, *(f"?{urlencode({name: word})}" for name in page.searches for word in searched)]
    for target in targets:
        parts = urlsplit(urljoin(url, target))
        if not parts.netloc or parts.netloc == "localhost":
            yield parts.path + (f"?{parts.query}" if parts.query else "")


def _kind(url: str, match: Any) -> Any:
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    asked = frozenset(query.items()) if TOLD_BY_VALUE & set(query) else frozenset(query)
    return match(parts.path), asked


def _contents(answer: Any) -> Iterator[bytes]:
    """Return everything that an answer says: its address, headers, body, and the files in it where it is an archive."""
    yield str(answer.headers).encode()
    yield answer.data
    if answer.data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
            yield from (archive.read(name) for name in archive.namelist())
