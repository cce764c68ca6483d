"""Connections that are closed when a look-up is given up, to names whose resolution blocks nobody.

The deadline of an asynchronous look-up is a cancellation, and so is a browser that goes away. The transport
closes its socket after an error in a TLS handshake, but not after a cancellation. And it resolves names in
the event loop's pool of threads: a resolver that hangs would take all of them from the application.
"""

import asyncio
import ssl
from collections.abc import Iterable
from typing import Any, cast

from authguard_httpx.addresses import resolving, share
from authguard_httpx.backend import anyio, httpcore

__all__ = ["ClosingBackend"]


class ClosingBackend(httpcore.AsyncNetworkBackend):
    """Opens connections that no cancellation leaves open."""

    def __init__(self) -> None:
        # a cast: where anyio is missing the name stands for another class
        self._sockets = cast("httpcore.AsyncNetworkBackend", httpcore.AnyIOBackend())

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002, ASYNC109 - the transport's signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first of the host's addresses that answers."""
        refusal: Exception = httpcore.ConnectError()
        addresses = await asyncio.wrap_future(resolving(host, port))
        for tried, address in enumerate(addresses):
            seconds = share(_left(), len(addresses) - tried)
            try:
                return ClosingStream(
                    await self._sockets.connect_tcp(address, port, seconds, local_address, socket_options)
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                refusal = error
        raise refusal


def _left() -> float:
    """Return the seconds that are left of the look-up, or of whatever its caller has set a deadline for."""
    return anyio.current_effective_deadline() - anyio.current_time()


class ClosingStream(httpcore.AsyncNetworkStream):
    """A connection that no cancellation leaves open."""

    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        """Read what there is."""
        return await self._stream.read(max_bytes, timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        """Write all of it."""
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        """Close the socket."""
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - the transport's signature
    ) -> httpcore.AsyncNetworkStream:
        """Shake hands, or close."""
        try:
            return ClosingStream(await self._stream.start_tls(ssl_context, server_hostname, timeout))
        except BaseException:
            with anyio.CancelScope(shield=True):
                await self._stream.aclose()
            raise

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - the transport's own type
        """Tell what the socket tells."""
        return self._stream.get_extra_info(info)
