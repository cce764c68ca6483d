"""Secrets that are handed out once and stored as a digest only.

A token holds 256 random bits, so a plain digest is enough: there is nothing to
guess, and who reads the table can't use what it holds. Looking a digest up in an
index tells a stranger's clock nothing about the token.
"""

import hashlib
import secrets

__all__ = ["digest", "new_token"]

_BYTES = 32


def new_token() -> str:
    """Draw 32 random bytes as text for links and cookies (NIST SP 800-63B-4, 5.1; ASVS V7.2.3)."""
    return secrets.token_urlsafe(_BYTES)


def digest(token: str) -> bytes:
    """Return what is stored of a token. Takes any text a request may carry and never raises."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
