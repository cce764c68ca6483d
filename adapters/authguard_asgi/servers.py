"""Whether the server lets clients choose the address that they are counted under.

A server may replace ``scope["client"]`` by what a forwarding header says, before any application sees the
request. uvicorn does so for peers that it trusts (``--forwarded-allow-ips``, ``FORWARDED_ALLOW_IPS``;
gunicorn's uvicorn worker too). If it trusts everybody, it takes the left-most entry, which is the client's
own invention: every limit by address is void then, and no application can find the real peer any more.

So an application with guarded routes refuses to start under such a server, as far as that can be seen:
uvicorn shows its configuration in the lifespan. Where nothing can be seen, the requests are looked at: an
address that a header brought has no port as a rule, and one warning says so.
"""

import logging
import os
from collections.abc import Iterable, Iterator
from ipaddress import IPv6Network, ip_network
from types import CellType, FunctionType, MethodType
from typing import Final, NamedTuple, cast

from authguard_asgi.protocol import Receive, Scope, Send
from authguard_core.clientip import TrustedProxies
from authguard_core.errors import ConfigurationError

__all__ = ["PeerWatch"]

logger = logging.getLogger("authguard")

_VARIABLE: Final = "FORWARDED_ALLOW_IPS"
_ANYBODY: Final = "*"
_MAPPED: Final = IPv6Network("::ffff:0:0/96")
_WRAPPERS: Final = 4
"""How many functions around the server's own are looked through."""
_REWRITTEN: Final = (
    "The address of a client didn't come from its connection (it has no port): something before the guard, "
    "such as a ProxyHeadersMiddleware, took it from a header. If that believes everybody, clients choose the "
    "address that they are counted under. Let it trust your own proxies alone, or leave it out and set "
    "TRUSTED_PROXIES."
)
_TRUSTING: Final = (
    f"{_VARIABLE} is %s: a server that obeys it lets clients choose the address that they are "
    "counted under. Name your own proxies in it, or let the server leave the address alone and set "
    "TRUSTED_PROXIES."
)


class _Rewriting(NamedTuple):
    """What a server does to the peer's address."""

    happens: bool
    allowed: object
    """For whom: as given to the server."""


class PeerWatch:
    """Sees to it that the peer's address is nobody's invention, for one application."""

    def __init__(self) -> None:
        self._quiet = False

    async def refuses_start(self, receive: Receive, send: Send) -> bool:
        """Look at the server whose lifespan begins, and refuse to start under one that trusts everybody."""
        rewriting = _rewriting(receive)
        if rewriting is None:
            _look_at_environment()
            return False
        if rewriting.happens and _is_anybody(rewriting.allowed):
            await receive()
            await send({"type": "lifespan.startup.failed", "message": str(_refusal(rewriting.allowed))})
            return True
        self._quiet = rewriting.happens
        return False

    def look(self, scope: Scope) -> None:
        """Warn, once, of an address that doesn't come from the connection."""
        client = scope.get("client")
        if client and client[-1] == 0 and not self._quiet:
            self._quiet = True
            logger.warning(_REWRITTEN)


def _look_at_environment() -> None:
    allowed = os.environ.get(_VARIABLE, "").strip()
    if _is_anybody(allowed):
        logger.warning(_TRUSTING, allowed)


def _rewriting(receive: Receive) -> _Rewriting | None:
    """Return what the server does, None if it doesn't show it. uvicorn's ``receive`` is a method."""
    configs = (getattr(owner, "config", None) for owner in _owners(receive, _WRAPPERS))
    for config in configs:
        happens: object = getattr(config, "proxy_headers", None)
        if happens is not None:
            return _Rewriting(bool(happens), getattr(config, "forwarded_allow_ips", None))
    return None


def _owners(receive: object, depth: int) -> Iterator[object]:
    """Yield whose method it is, or wraps: FastAPI, among others, puts a function of its own around it.

    Nothing but plain functions and methods is looked into, so that looking has no effect.
    """
    if type(receive) is MethodType:
        yield receive.__self__
    elif type(receive) is FunctionType and depth:
        for cell in receive.__closure__ or ():
            yield from _owners(_content(cell), depth - 1)


def _content(cell: CellType) -> object:
    try:
        return cast("object", cell.cell_contents)
    except ValueError:  # a variable that has no value yet
        return None


def _is_anybody(allowed: object) -> bool:
    """Whether a server that allows these takes strangers for proxies. One ``*`` among others is no name."""
    if isinstance(allowed, str):
        names: list[object] = [*allowed.split(",")]
    else:
        names = list(cast("Iterable[object]", allowed)) if isinstance(allowed, Iterable) else []
    return names == [_ANYBODY] or any(map(_is_too_wide, names))


def _is_too_wide(name: object) -> bool:
    """Whether it is a network that ``TRUSTED_PROXIES`` would refuse, because clients are in it."""
    try:
        network = ip_network(str(name).strip())
    except ValueError:  # an address of a socket, or a name: it trusts nobody by mistake
        return False
    if isinstance(network, IPv6Network) and _MAPPED.subnet_of(network):  # all of IPv4, on a socket for both
        return True
    try:
        # Without a zone or a mask, which servers take and the settings don't.
        TrustedProxies.parse([f"{network.network_address}".partition("%")[0] + f"/{network.prefixlen}"])
    except ConfigurationError:
        return True
    return False


def _refusal(allowed: object) -> ConfigurationError:
    return ConfigurationError.of(
        "forwarded_allow_ips",
        got=allowed,
        expected="the server to leave the client's address alone, or to trust your own proxies alone",
        do="With this every client chooses the address that it is counted under. Start the server with "
        "--no-proxy-headers and name your proxies in AUTHGUARD_TRUSTED_PROXIES, or give their networks here.",
    )
