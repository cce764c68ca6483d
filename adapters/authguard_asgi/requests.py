"""What the guard needs to know of a request, read from its ASGI scope."""

from typing import Final

from authguard_asgi.protocol import Scope
from authguard_core import AsyncGuard, Attempt
from authguard_core.clientip import UNIX_PEER, ClientAddress
from authguard_core.device import received

__all__ = [
    "attempt_of",
    "client_address_of",
    "content_length_of",
    "content_type_of",
    "device_cookie_of",
    "peer_of",
]

_FORWARDING: Final = frozenset({b"x-forwarded-for", b"forwarded"})


def attempt_of(guard: AsyncGuard, scope: Scope, identifier: str, *, purpose: str = "login") -> Attempt:
    """Describe an attempt to the guard.

    Args:
        guard: Whose device cookie is read.
        scope: The request's ASGI scope.
        identifier: Whose secret is tried, exactly as submitted.
        purpose: Whose limits hold.
    """
    return Attempt(
        identifier=identifier,
        peer=peer_of(scope),
        headers=_forwarding_headers(scope),
        purpose=purpose,
        device=device_cookie_of(scope, guard.cookie_name),
    )


def client_address_of(guard: AsyncGuard, scope: Scope) -> ClientAddress:
    """Return the address under which the request is counted, behind the trusted proxies of the settings.

    It rests on ``scope["client"]`` being the real peer. A server that replaces it by what a header
    says (uvicorn does for trusted peers, unless it runs with ``proxy_headers=False``) takes that
    decision away from the guard, and may let clients choose their address.
    """
    return guard.client_address(peer_of(scope), _forwarding_headers(scope))


def peer_of(scope: Scope) -> str:
    """Return the address of the connection's other end. A Unix socket has none."""
    client = scope.get("client")
    return str(client[0]) if client else UNIX_PEER


def device_cookie_of(scope: Scope, name: str) -> str | None:
    """Return the device cookie's value; None if it is missing, overlong or there twice."""
    return received(_lines(scope, b"cookie"), name)


def content_type_of(scope: Scope) -> str | None:
    """Return the content type; None if it is missing, or there twice: who knows which one is believed."""
    lines = _lines(scope, b"content-type")
    return lines[0] if len(lines) == 1 else None


def content_length_of(scope: Scope) -> int:
    """Return the announced length of the body in bytes; 0 if it isn't announced in one plain number."""
    lines = _lines(scope, b"content-length")
    plain = len(lines) == 1 and lines[0].isascii() and lines[0].isdigit()
    return int(lines[0][:_LENGTH_DIGITS]) if plain else 0


_LENGTH_DIGITS: Final = 18
"""Digits of a length that are looked at. One that has more is too long all the same."""


def _forwarding_headers(scope: Scope) -> list[tuple[str, str]]:
    return [
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, value in scope["headers"]
        if name.lower() in _FORWARDING
    ]


def _lines(scope: Scope, wanted: bytes) -> list[str]:
    """Return the values of all header lines of one name (lower-case), in their order."""
    return [value.decode("latin-1") for name, value in scope["headers"] if name.lower() == wanted]
