"""Where a request comes from: another site, this machine, or elsewhere."""

import ipaddress
from typing import Final

__all__ = ["is_loopback", "origin_allowed"]

_DEFAULT_PORTS: Final = {"http": ":80", "https": ":443"}


def origin_allowed(origin: str | None, host: str, scheme: str) -> bool:
    """Tell whether a state-changing request may go on (OWASP CSRF Prevention, verifying the origin).

    Browsers send ``Origin`` with every cross-site post and can't be made to leave it out;
    a client without one is no browser that a foreign page could steer. So a request
    without it passes, and with it the origin must be this very site's. ``null`` never is.

    Args:
        origin: The ``Origin`` header, ``None`` when there is none.
        host: The ``Host`` header.
        scheme: ``http`` or ``https``, as the client spoke it.
    """
    if origin is None:
        return True
    given_scheme, separator, given_host = origin.lower().partition("://")
    own_scheme = scheme.lower()
    return bool(separator) and (given_scheme, _authority(given_host, given_scheme)) == (
        own_scheme,
        _authority(host.lower(), own_scheme),
    )


def is_loopback(address: str | None) -> bool:
    """Tell whether a resolved client address is this machine. Anything unreadable isn't."""
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return False
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    return (mapped or parsed).is_loopback


def _authority(host: str, scheme: str) -> str:
    """Leave the scheme's default port out, as browsers do in ``Origin``."""
    return host.removesuffix(_DEFAULT_PORTS.get(scheme, ":"))
