"""Random secrets, and the hashes that are stored in their place."""

from __future__ import annotations

import hashlib
import secrets

TOKEN_BYTES = 32
"""256 bits: cannot be guessed, so that a plain hash of it is enough."""


def new_token() -> str:
    """Return a new random secret that is safe in an address and in a cookie."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def hash_token(token: str) -> str:
    """Return the SHA-256 of a secret, in hexadecimal: what is stored."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
