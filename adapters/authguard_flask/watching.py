"""What a request gives away of a deployment in which limits are worth less than they say."""

import logging
from typing import TYPE_CHECKING, Final

from authguard_core import Guard, MemoryStorage
from authguard_flask.requests import PROXY_FIX, peer_of

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

__all__ = ["DeploymentWatch"]

logger = logging.getLogger("authguard")

_UNTRUSTED: Final = (
    "ProxyFix believes whoever connects, so authguard looks behind it, and TRUSTED_PROXIES doesn't name the "
    "peer that it found there: this peer is counted as the client, and if it is your proxy, all clients "
    "share its budget. Set AUTHGUARD_TRUSTED_PROXIES to the networks of your proxies."
)
_ALONE: Final = (
    "The store is memory:// and the server says that it may run several processes: each counts for itself, "
    "so that every limit holds as many times as there are processes. Set AUTHGUARD_STORAGE_URL to a store "
    "they share, or run one process with threads."
)


class DeploymentWatch:
    """Looks at the requests of one application, and says each thing once."""

    def __init__(self, guard: Guard) -> None:
        self._trusts = guard.policy.trusted.trusts
        self._in_memory = isinstance(guard.storage, MemoryStorage)
        self._said: set[str] = set()

    def look(self, environ: "WSGIEnvironment") -> None:
        """Warn of a peer that only ``ProxyFix`` trusts, and of a store that several processes don't share."""
        if PROXY_FIX in environ and not self._trusts(peer_of(environ)):
            self._say(_UNTRUSTED)
        if self._in_memory and environ.get("wsgi.multiprocess"):
            self._say(_ALONE)

    def _say(self, text: str) -> None:
        if text not in self._said:
            self._said.add(text)
            logger.warning(text)
