"""How a store reaches its server, for an event loop: over a client's pool, or a Cluster's client."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from redis.asyncio import Redis, RedisCluster

from authguard_redis.wire import is_answer, pack, refuse_decoding

__all__ = ["AsyncClient", "AsyncLink", "link_to"]

AsyncClient = Redis | RedisCluster


class AsyncLink(Protocol):
    """Runs commands."""

    async def run(self, command: Sequence[bytes], /) -> Sequence[bytes]:
        """Send a command, and return the reply; raise the server's error."""
        ...

    async def aclose(self) -> None:
        """Close all connections."""
        ...


class _Pooled:
    """One server, or the master that Sentinel names. It keeps connections as the one for threads does."""

    def __init__(self, client: Redis) -> None:
        self._client = client
        self._pool: Any = client.connection_pool
        self._kept: list[Any] = []

    async def run(self, command: Sequence[bytes], /) -> Sequence[bytes]:
        connection = self._kept.pop() if self._kept else await self._pool.get_connection()
        try:
            await connection.send_packed_command((pack(command),), check_health=False)
            replies: Sequence[bytes] = await connection.read_response()
        except BaseException as error:
            await self._part_with(connection, error)
            raise
        self._kept.append(connection)
        return replies

    async def _part_with(self, connection: Any, error: BaseException) -> None:  # noqa: ANN401 - the driver's connections have no common type
        """Keep a connection over which the server said no; after anything else trust none of them.

        Cancelled, too: what is still under way must not answer somebody else.
        """
        if is_answer(error):
            self._kept.append(connection)
            return
        kept, self._kept = self._kept, []
        for one in (connection, *kept):
            await one.disconnect(nowait=True)
            await self._pool.release(one)

    async def aclose(self) -> None:
        self._kept = []
        await self._pool.disconnect()
        await self._client.aclose()


class _Clustered:
    """A Cluster: its client knows which node has a key."""

    def __init__(self, client: RedisCluster) -> None:
        self._client: Any = client

    async def run(self, command: Sequence[bytes], /) -> Sequence[bytes]:
        # Before each command: else the first ones, all at once, disturb the look for the nodes.
        await self._client.initialize()
        replies: Sequence[bytes] = await self._client.execute_command(command[0].decode(), *command[1:])
        return replies

    async def aclose(self) -> None:
        await self._client.aclose()


class _Later:
    """A link for each event loop, made when it is first used there: connections belong to their loop."""

    def __init__(self, make: Callable[[], AsyncClient]) -> None:
        self._make = make
        self._made: WeakKeyDictionary[asyncio.AbstractEventLoop, AsyncLink] = WeakKeyDictionary()

    async def run(self, command: Sequence[bytes], /) -> Sequence[bytes]:
        loop = asyncio.get_running_loop()
        link = self._made.get(loop)
        if link is None:
            link = self._made[loop] = link_to(self._make())
        return await link.run(command)

    async def aclose(self) -> None:
        link = self._made.pop(asyncio.get_running_loop(), None)
        if link:
            await link.aclose()


def link_to(client: "AsyncClient | Callable[[], AsyncClient]") -> AsyncLink:
    """Return the link over a client, or over those that are made when they are first needed.

    Raises:
        ConfigurationError: the client decodes responses.

    """
    if isinstance(client, RedisCluster):
        refuse_decoding(client)
        return _Clustered(client)
    if isinstance(client, Redis):
        refuse_decoding(client)
        return _Pooled(client)
    return _Later(client)
