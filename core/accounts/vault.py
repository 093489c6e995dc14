"""Keeping secrets that must be read again: encrypted with a key that does not stand in the database.

A password is kept as a hash. The secret of an authenticator is needed to compute its codes, so it is encrypted with
AES-256-GCM; the key is derived from the installation's secret key (HKDF), and whose secret it is, is authenticated with
it. A copy of the database alone tells no code, and a row put under another person opens nothing.
"""

from __future__ import annotations

import base64
import binascii
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_KEY_BYTES = 32
_NONCE_BYTES = 12
_PURPOSE = b"juri: secrets of authenticators, 1"


class Vault:
    """Closes and opens secrets in base32, with a key derived from the installation's."""

    def __init__(self, secret_key: str) -> None:
        derived = HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=None, info=_PURPOSE).derive(secret_key.encode())
        self._cipher = AESGCM(derived)

    def close(self, secret: str, owner: int) -> str:
        """Encrypt the secret of a person; 20 bytes, as authenticators share them, become 64 characters."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, base64.b32decode(secret), _whose(owner))
        return base64.urlsafe_b64encode(nonce + sealed).decode()

    def open(self, kept: str, owner: int) -> str:
        """Return the secret; nothing where it was closed with another key or for somebody else, or was touched."""
        try:
            raw = base64.urlsafe_b64decode(kept)
            secret = self._cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], _whose(owner))
        except (binascii.Error, InvalidTag, ValueError):
            return ""
        return base64.b32encode(secret).decode()


def _whose(owner: int) -> bytes:
    return f"person {owner}".encode()
