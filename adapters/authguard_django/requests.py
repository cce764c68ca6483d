"""What the guard needs to know of a request."""

from typing import Final, cast

from django.http import HttpRequest

from authguard_core import AsyncGuard, Attempt, Guard
from authguard_core.clientip import UNIX_PEER, ClientAddress
from authguard_core.device import received
from authguard_django.configuration import get_guard
from authguard_django.identity import is_storable

__all__ = ["attempt_of", "client_address_of", "peer_of"]

_FORWARDING: Final = (("X-Forwarded-For", "HTTP_X_FORWARDED_FOR"), ("Forwarded", "HTTP_FORWARDED"))


def attempt_of(
    guard: Guard | AsyncGuard, request: HttpRequest | None, identifier: str, *, purpose: str = "login"
) -> Attempt:
    """Describe an attempt to the guard. Without a request, in a script say, the account alone is counted.

    A name that not every database takes is nobody's: the attempt is refused, and charged to its address.
    """
    identifier = identifier if is_storable(identifier) else ""
    if request is None:
        return Attempt(identifier=identifier, purpose=purpose)
    return Attempt(
        identifier=identifier,
        peer=peer_of(request),
        headers=_forwarding_headers(request),
        purpose=purpose,
        device=_device_cookie_of(request, guard.cookie_name),
    )


def client_address_of(request: HttpRequest) -> ClientAddress:
    """Return the address under which the request is counted, behind the trusted proxies of the settings.

    It rests on ``REMOTE_ADDR`` being the real peer: neither a server nor a middleware may put there what a
    header says. Name your proxies in ``TRUSTED_PROXIES`` instead.
    """
    return get_guard().client_address(peer_of(request), _forwarding_headers(request))


def peer_of(request: HttpRequest) -> str:
    """Return the address of the connection's other end. A Unix socket has none."""
    return cast("str", request.META.get("REMOTE_ADDR")) or UNIX_PEER


def _forwarding_headers(request: HttpRequest) -> list[tuple[str, str]]:
    return [(name, request.META[key]) for name, key in _FORWARDING if key in request.META]


def _device_cookie_of(request: HttpRequest, name: str) -> str | None:
    """Return the device cookie's value; of two ``request.COOKIES`` would show the last one alone."""
    return received([str(request.META.get("HTTP_COOKIE", ""))], name)
