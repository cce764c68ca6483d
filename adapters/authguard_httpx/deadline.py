"""One deadline over everything that a synchronous look-up waits for.

The transport's time-outs bound single operations: a server that sends a byte every second would hold a thread
for hours. So it is given instants of the monotonic clock in place of durations. Only the sockets below look
at them, and wait until then at most.
"""

import ssl
import time
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from typing import Any, Final

from authguard_httpx.addresses import resolving, share
from authguard_httpx.backend import httpcore
from authguard_httpx.limits import POOL_SHARE

__all__ = ["DeadlineBackend", "in_time"]

_FAR: Final = float("-inf")
"""The deadline of an operation that was given none: it has passed. Nothing here waits for ever."""


@contextmanager
def in_time(seconds: float) -> Generator[dict[str, Any]]:
    """Yield what tells the transport to be done within so many seconds."""
    end = time.monotonic() + seconds
    yield {"timeout": {"pool": seconds * POOL_SHARE, "connect": end, "write": end, "read": end}}


def _left(end: float | None) -> float:
    """Return the seconds that are left.

    Raises:
        TimeoutError: None are.
    """
    left = (_FAR if end is None else end) - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


class DeadlineBackend(httpcore.NetworkBackend):
    """Opens connections whose every operation has to be done by an instant."""

    def __init__(self) -> None:
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first of the host's addresses that answers."""
        refusal: Exception = httpcore.ConnectError()
        addresses = resolving(host, port).result(_left(timeout))
        for tried, address in enumerate(addresses):
            seconds = share(_left(timeout), len(addresses) - tried)
            try:
                return DeadlineStream(
                    self._sockets.connect_tcp(address, port, seconds, local_address, socket_options)
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                refusal = error
        raise refusal


class DeadlineStream(httpcore.NetworkStream):
    """A connection whose every operation has to be done by an instant."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what there is."""
        return self._stream.read(max_bytes, _left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write a request, which is so short that it goes at once."""
        self._stream.write(buffer, _left(timeout))

    def close(self) -> None:
        """Close the socket."""
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """Shake hands. The standard library's time-out is for the whole handshake."""
        return DeadlineStream(self._stream.start_tls(ssl_context, server_hostname, _left(timeout)))

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - the transport's own type
        """Tell what the socket tells."""
        return self._stream.get_extra_info(info)
