"""Answers that travel light: compressed where the browser takes it, since many of our readers are on a phone far away.

Files are packed once, as tightly as can be, and kept; pages are packed as they are made. A page that another site leads
to is sent as it is: whoever can make a browser ask for pages of ours with a text of their own choice could guess
secrets on them from the size of the packed answer.
"""

from __future__ import annotations

import gzip
from functools import lru_cache

from flask import Flask, Response, request

PACKED_TYPES = frozenset({"text/html", "text/css", "text/javascript", "application/json", "image/svg+xml"})
LEAST_WORTH = 1000
"""Smaller answers fit into one packet anyway."""
TIGHT = 9
QUICK = 5
FILES_AT_HAND = 100


def register_compression(app: Flask) -> None:
    """Compress the answers of an application."""
    app.after_request(compress)


def compress(response: Response) -> Response:
    """Pack an answer that is worth it, for a browser that takes it."""
    if response.status_code != 200 or response.mimetype not in PACKED_TYPES or response.content_encoding:  # noqa: PLR2004  the status of an answer that is whole
        return response
    response.vary.add("Accept-Encoding")
    is_file = request.endpoint == "static"
    if not request.accept_encodings["gzip"] or not (is_file or _is_asked_by_our_own_reader()):
        return response
    response.direct_passthrough = False
    plain = response.get_data()
    if len(plain) < LEAST_WORTH:
        return response
    response.set_data(_packed_once(plain) if is_file else gzip.compress(plain, QUICK, mtime=0))
    response.content_encoding = "gzip"
    etag, _is_weak = response.get_etag()
    if etag:
        response.set_etag(etag, weak=True)
    return response


def _is_asked_by_our_own_reader() -> bool:
    return request.headers.get("Sec-Fetch-Site", "none") in {"none", "same-origin"}


@lru_cache(maxsize=FILES_AT_HAND)
def _packed_once(plain: bytes) -> bytes:
    return gzip.compress(plain, TIGHT, mtime=0)
