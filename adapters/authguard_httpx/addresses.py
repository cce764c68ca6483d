"""A host's addresses, and how much of a deadline each of them gets.

The resolver has no time-out and may take half a minute to give up. It is asked in a thread of its own, which
ends by itself and which nobody waits for: not the end of the process, and no pool of threads that the
application needs for something else, such as the event loop's own. The pause after a failure keeps them few.
"""

import socket
import threading
from concurrent.futures import Future
from typing import Final

__all__ = ["resolving", "share"]

_LEAST: Final = 0.25
"""Seconds for an address, if there are so many: less would leave out a good one that is far away."""


def resolving(host: str, port: int) -> "Future[list[str]]":
    """Begin to ask for a host's addresses. It can't be cancelled, only left alone."""
    found: Future[list[str]] = Future()
    found.set_running_or_notify_cancel()  # whoever gives up waiting doesn't take away where the result goes
    threading.Thread(target=_resolve, args=(found, host, port), daemon=True).start()
    return found


def _resolve(found: "Future[list[str]]", host: str, port: int) -> None:
    try:
        infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        found.set_exception(error)
    else:
        found.set_result([str(address[0]) for *_, address in infos])


def share(left: float, addresses: int) -> float:
    """Return the seconds for the next address, out of those that are left for so many.

    One that never answers, as where a network drops what it doesn't route, leaves time for the others.
    """
    return min(left, max(_LEAST, left / addresses))
