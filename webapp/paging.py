"""Long lists by pages: the part of a list that an address asks for, and the address of another part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from flask import request, url_for

Line = TypeVar("Line")
PAGE = 25
"""So many lines stand on a page."""

_LONGEST = 6
"""No list has a page whose number has more digits."""


@dataclass(frozen=True)
class Part(Generic[Line]):
    """What one page shows of ``total`` lines."""

    lines: Sequence[Line]
    number: int
    pages: int
    total: int


def paged(found: Sequence[Line]) -> Part[Line]:
    """Return the lines of the page that the address asks for, or of the last."""
    pages = max(1, -(-len(found) // PAGE))
    number = min(page_number(), pages)
    return Part(found[(number - 1) * PAGE : number * PAGE], number, pages, len(found))


def page_number() -> int:
    """Return which page of a list the address asks for, from 1."""
    asked = request.args.get("page", "")
    return max(int(asked), 1) if asked.isdecimal() and len(asked) <= _LONGEST else 1


def page_url(number: int, endpoint: str = "") -> str:
    """Return the address of another page of the list that is shown; where another route shows it, by that route."""
    kept = {name: value for name, value in request.args.items() if name != "page" and value}
    return url_for(endpoint or str(request.endpoint), **{**(request.view_args or {}), **kept, "page": str(number)})
