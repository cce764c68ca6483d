"""Where a request comes from, and where it believes to go: another site, or this one."""

from typing import Final

__all__ = ["names_this_machine", "origin_allowed"]

_DEFAULT_PORTS: Final = {"http": ":80", "https": ":443"}
_OWN_NAMES: Final = frozenset({"127.0.0.1", "localhost", "[::1]"})


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


def names_this_machine(host: str) -> bool:
    """Tell whether a ``Host`` header names this machine, whatever the port.

    A page of a foreign site whose name suddenly leads to 127.0.0.1 (DNS rebinding) makes the
    browser of somebody at this machine send requests from it. They still name the foreign site.
    """
    name, _, port = host.rpartition(":")
    return (name if port.isdecimal() else host).lower() in _OWN_NAMES


def _authority(host: str, scheme: str) -> str:
    """Leave the scheme's default port out, as browsers do in ``Origin``."""
    return host.removesuffix(_DEFAULT_PORTS.get(scheme, ":"))
