"""What the guard needs to know of a request, read from its WSGI environ."""

from typing import TYPE_CHECKING, Final

from authguard_core import Attempt, Guard
from authguard_core.clientip import UNIX_PEER
from authguard_core.device import received

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

__all__ = ["PROXY_FIX", "attempt_of", "forwarding_headers", "peer_of"]

PROXY_FIX: Final = "werkzeug.proxy_fix.orig"
"""Where werkzeug's ``ProxyFix`` leaves what the server had said."""

_FORWARDING: Final = {"HTTP_X_FORWARDED_FOR": "x-forwarded-for", "HTTP_FORWARDED": "forwarded"}


def attempt_of(guard: Guard, environ: "WSGIEnvironment", identifier: str | None, *, purpose: str) -> Attempt:
    """Describe an attempt with everything that its request tells."""
    return Attempt(
        identifier=identifier,
        peer=peer_of(environ),
        headers=forwarding_headers(environ),
        purpose=purpose,
        # None if it is missing, overlong or there twice.
        device=received([environ.get("HTTP_COOKIE", "")], guard.cookie_name),
    )


def peer_of(environ: "WSGIEnvironment") -> str:
    """Return the address of the connection's other end, as the server saw it. A Unix socket has none.

    ``ProxyFix`` replaces it by what a header says, whoever sent that header, and leaves the original beside
    it. The original counts: who is believed is decided by the trusted proxies of the settings alone.
    """
    seen = environ.get(PROXY_FIX, environ).get("REMOTE_ADDR")
    return seen or UNIX_PEER


def forwarding_headers(environ: "WSGIEnvironment") -> list[tuple[str, str]]:
    """Return the forwarding headers as they came. Servers join the lines of one name in their order."""
    return [(name, environ[key]) for key, name in _FORWARDING.items() if key in environ]
